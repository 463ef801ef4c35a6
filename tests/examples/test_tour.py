"""The notebook: its cells run, and what is stored in it is what comes out."""

from __future__ import annotations

import ast
import contextlib
import io
import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
FILE = ROOT / "examples/tour.ipynb"
MOST_BYTES = 400_000


def code_cells() -> list[dict[str, Any]]:
    """Return the cells that hold code."""
    cells: list[dict[str, Any]] = json.loads(FILE.read_text())["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def run(source: str, names: dict[str, Any]) -> str:
    """Run a cell; return what it prints, or its last value as a notebook shows it as text."""
    lines = (line for line in source.splitlines(keepends=True) if not line.startswith("%"))
    tree = ast.parse("".join(lines))
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(tree, "cell", "exec"), names)
        if not isinstance(last, ast.Expr):
            return printed.getvalue()
        value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
    return repr(value)


def stored(cell: dict[str, Any]) -> str:
    """Return the text that is stored of a cell; of a figure its size is not part of it."""
    texts = [each.get("text") or each["data"]["text/plain"] for each in cell["outputs"]]
    return "".join("".join(text) for text in texts)


def test_every_cell_gives_what_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cells run in order, in the folder of the notebook, and print what is stored in it."""
    monkeypatch.chdir(FILE.parent)
    names: dict[str, Any] = {}
    for cell in code_cells():
        assert stored(cell) == run("".join(cell["source"]), names)


def test_small() -> None:
    """What is stored is small, has a picture for each figure, and no error."""
    cells = code_cells()
    outputs = [each for cell in cells for each in cell["outputs"]]
    figures = [cell for cell in cells if cell["source"][-1].endswith(".figure")]

    assert FILE.stat().st_size < MOST_BYTES
    assert len(figures) == sum("image/png" in each.get("data", {}) for each in outputs) >= 6
    assert {"stream", "execute_result", "display_data"} >= {each["output_type"] for each in outputs}
    assert [*range(1, len(cells) + 1)] == [cell["execution_count"] for cell in cells]


@pytest.mark.filterwarnings("ignore")
def test_in_a_kernel() -> None:
    """Where Jupyter is installed the notebook runs in a kernel."""
    nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed")
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
    pytest.importorskip("ipykernel", reason="ipykernel is not installed")
    notebook = nbformat.read(FILE, as_version=4)
    resources = {"metadata": {"path": str(FILE.parent)}}

    nbclient.NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources=resources
    ).execute()
