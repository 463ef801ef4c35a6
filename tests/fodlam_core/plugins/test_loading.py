"""Plugins from a file, blocking, and output on descriptors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fodlam_core import PluginError, load_registry

KIND = """
from __future__ import annotations
from dataclasses import dataclass
from fodlam_core import LayerKind, hookimpl

@dataclass(frozen=True)
class Holder:
    kind: str = "pool"

@hookimpl
def fodlam_layer_kinds():
    yield LayerKind(Holder().kind, "pooling")
"""


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    """A file that is a plugin."""
    path = tmp_path / "mine.py"
    path.write_text(KIND)
    return path


def test_a_file_is_a_plugin(plugin: Path) -> None:
    """A file supplies what an installed plugin would; it is named by its path."""
    registry = load_registry([plugin])

    assert "pool" in registry.names("layer kind")
    assert str(registry.providers["layer kind", "pool"]) == f"plugin 'mine' ({plugin} unpackaged)"


def test_a_package_is_a_plugin(tmp_path: Path) -> None:
    """An ``__init__.py`` may import its neighbours, and is named by its folder."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "kinds.py").write_text(KIND)
    (tmp_path / "mine" / "__init__.py").write_text("from .kinds import fodlam_layer_kinds\n")
    registry = load_registry([tmp_path / "mine" / "__init__.py"])

    assert registry.providers["layer kind", "pool"].name == "mine"


@pytest.mark.parametrize(
    ("name", "code", "problem"),
    [
        ("mine.py", "1 / 0", "ZeroDivisionError"),
        ("mine.py", "", "none of the hooks"),
        ("mine.txt", KIND, "ends in .py"),
    ],
)
def test_a_file_that_was_asked_for_has_to_work(
    tmp_path: Path, name: str, code: str, problem: str
) -> None:
    """Unlike an installed plugin, one that the user names is an error if it is broken."""
    (tmp_path / name).write_text(code)

    with pytest.raises(PluginError, match=f"--plugin .*{name}: .*{problem}"):
        load_registry([tmp_path / name])


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """A missing file is told."""
    with pytest.raises(PluginError, match=r"no\.py: no such file"):
        load_registry([tmp_path / "no.py"])


@pytest.mark.parametrize("command", ["run", "diagnose", "plugins", "networks"])
def test_every_command_takes_it(
    cli: Any, plugin: Path, command: str, toml: Any, tmp_path: Path
) -> None:
    """Each command that uses what is installed takes files as well, and tells of a bad one."""
    (tmp_path / "net.json").write_text("[]")
    (tmp_path / "bad.py").write_text("")
    arguments = {
        "run": ["run", toml('[network]\nname = "AlexNet"\n')],
        "networks": ["networks", "show", tmp_path / "net.json"],
    }.get(command, [command])

    assert cli(*arguments, "--plugin", plugin).status == 0
    bad = cli(*arguments, "--plugin", plugin, "--plugin", tmp_path / "bad.py")
    assert bad.status == 1
    assert "bad.py: it has none of the hooks" in bad.err


def test_blocked_plugins_are_not_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    """A blocked plugin is listed, supplies nothing, and is told where its name is looked for."""
    monkeypatch.setenv("FODLAM_BLOCK_PLUGINS", "eie, eyeriss")
    registry = load_registry()
    status = {plugin.name: plugin.status for plugin in registry.plugins}

    assert status == {"fodlam_core": "active", "eie": "blocked", "eyeriss": "blocked"} | {
        name: status[name] for name in status if name not in ("fodlam_core", "eie", "eyeriss")
    }
    assert "eie" not in registry.names("accelerator")
    with pytest.raises(Exception, match="is blocked by FODLAM_BLOCK_PLUGINS"):
        registry.accelerator("eie")


def test_the_list_as_csv(cli: Any) -> None:
    """The list goes into a table of flat cells."""
    done = cli("plugins", "-f", "csv")

    assert done.out.startswith("name,distribution,version,api_level,provides,citations,status,")
    assert "accelerator eyeriss" in done.out


def test_levels_in_json(cli: Any) -> None:
    """Every loaded plugin has its level of the hooks."""
    records = json.loads(cli("plugins", "-f", "json").out)

    levels = {each["name"]: each["api_level"] for each in records if each["status"] == "active"}
    assert {1, 2} >= set(levels.values())
    assert (2, 2) == (levels["eyeriss"], levels["eie"])
