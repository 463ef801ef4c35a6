"""What plugins and notebooks may import: one list."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import fodlam_core
import fodlam_core.testing

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
# What is installed with a plugin; its tests and its tools may look deeper.
PLUGINS = sorted(
    path
    for path in (ROOT / "examples/plugins").rglob("*.py")
    if not {"tests", "tools"} & set(path.parts[len(ROOT.parts) :])
)


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """Yield module and name of everything that a file imports from fodlam_core."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            if node.module.partition(".")[0] == "fodlam_core":
                yield from ((node.module, each.name) for each in node.names)
        elif isinstance(node, ast.Import):
            yield from (
                (each.name, "")
                for each in node.names
                if each.name.partition(".")[0] == "fodlam_core"
            )


def test_both_halves_agree() -> None:
    """What type checkers see of fodlam_core is what can be imported when it runs."""
    path = Path(fodlam_core.__file__)
    seen = {name: module for module, name in imports(path)}

    assert set(fodlam_core.__all__) == set(seen)
    for name in set(seen) - {"__version__"}:
        assert seen[name] == f"fodlam_core.{fodlam_core._HOME[name]}"


@pytest.mark.parametrize("name", fodlam_core.__all__)
def test_every_name_is_there(name: str) -> None:
    """Every public name can be imported, and has a docstring of its own."""
    value = getattr(fodlam_core, name)

    assert name == "__version__" or name == "hookimpl" or value.__doc__


@pytest.mark.parametrize("path", PLUGINS, ids=lambda path: path.name)
def test_plugins_import_what_is_public(path: Path) -> None:
    """The example plugins import nothing but what is public."""
    public = {
        "fodlam_core": fodlam_core.__all__,
        "fodlam_core.testing": fodlam_core.testing.__all__,
    }

    private = [
        (module, name) for module, name in imports(path) if name not in public.get(module, ())
    ]

    assert [] == private


def test_nothing_is_imported_before_it_is_asked_for() -> None:
    """Importing fodlam_core imports no further module of it but the version."""
    code = "import sys, fodlam_core; print(*(m for m in sys.modules if m.startswith('fodlam')))"

    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert {"fodlam_core", "fodlam_core.version"} == set(result.stdout.split())
