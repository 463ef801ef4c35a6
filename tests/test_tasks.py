"""The page of tasks: everything on it is done, and prints what the page says."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/tasks.md").read_text()
TASKS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S))


def fenced(text: str, language: str) -> str:
    """Return what stands between the fences of one language; empty if there are none."""
    found = re.search(rf"^```{language}\n(.*?)^```", text, re.M | re.S)
    return found[1] if found else ""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as a reader has it: the examples, and a network file."""
    helper = pytest.importorskip("onnx.helper", reason="onnx is not installed")
    onnx = pytest.importorskip("onnx")
    shutil.copytree(
        ROOT / "examples", tmp_path / "examples", ignore=shutil.ignore_patterns("plugins")
    )
    kind = onnx.TensorProto.FLOAT
    sizes = {"x": (1, 3, 64, 64), "w": (32, 3, 3, 3), "v": (64, 32, 3, 3), "y": (1, 64, 60, 60)}
    value = {name: helper.make_tensor_value_info(name, kind, size) for name, size in sizes.items()}
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["h"], "first"),
        helper.make_node("Conv", ["h", "v"], ["y"], "second"),
    ]
    inputs = [value[name] for name in "xwv"]
    graph = helper.make_graph(nodes, "mine", inputs, [value["y"]])
    onnx.save(helper.make_model(graph), tmp_path / "my-network.onnx")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_there_are_nine() -> None:
    """Each of the nine tasks takes three commands at most."""
    assert 9 == len(TASKS)
    assert all(1 <= len(fenced(text, "sh").splitlines()) <= 3 for text in TASKS.values())


def test_the_datasheet_is_the_example() -> None:
    """The data file on the page is the one among the examples."""
    assert (ROOT / "examples/chips/npu.toml").read_text() in PAGE


@pytest.mark.parametrize("task", TASKS)
def test_task(task: str, folder: Path, cli) -> None:
    """The commands of a task succeed, write what they name, and print what the page shows."""
    text = TASKS[task]
    if shown := fenced(text, "toml"):
        name = shown.split()[1]
        (folder / name).write_text(shown)
    printed = ""
    for line in fenced(text, "sh").splitlines():
        command, _, fails = line.partition(" || ")
        program, *words = shlex.split(command)
        assert "fodlam-core" == program
        result = cli(*words)
        assert (result.status != 0) == bool(fails), result.err
        files = [words[n + 1] for n, word in enumerate(words) if word in ("-o", "--plot")]
        assert all((folder / name).stat().st_size for name in files)
        printed += result.out + result.err
        printed += "".join((folder / name).read_text() for name in files if name.endswith(".tex"))
    squeezed = " ".join(printed.split())

    assert fenced(text, "text")
    for line in fenced(text, "text").splitlines():
        assert " ".join(line.split()) in squeezed
