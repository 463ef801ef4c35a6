"""Plugins from files and folders: packages, and what takes the place of an installed copy."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from fodlam_core import PluginError, load_registry

KIND = """
from fodlam_core import LayerKind, hookimpl
from {package}.words import {word}
import {package}.words as words

@hookimpl
def fodlam_layer_kinds():
    yield LayerKind("pool", words.{word})
"""


def package(folder: Path, text: str, name: str = "fodlam_pooling") -> Path:
    """Write a package that imports itself by its name."""
    home = folder / name
    home.mkdir(parents=True)
    (home / "__init__.py").write_text(KIND.format(package=name.replace("/", "."), word="WORD"))
    (home / "words.py").write_text(f"WORD = {text!r}\n")
    return home


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed plugin, which is a package."""
    site = tmp_path / "site"
    home = package(site, "installed")
    monkeypatch.syspath_prepend(site)
    info = site / "pooling-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: pooling\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[fodlam]\npooling = fodlam_pooling\n")
    importlib.invalidate_caches()
    return home


@pytest.mark.parametrize("ending", ["", "__init__.py"])
def test_a_package_imports_itself(tmp_path: Path, ending: str) -> None:
    """A package is found by its folder or its file, and imports itself by its own name."""
    home = package(tmp_path, "new", "fodlam_self")

    registry = load_registry([home / ending])

    assert "new" == registry.layer_kind("pool").description
    assert "fodlam_self" == registry.providers["layer kind", "pool"].name


def test_a_package_within_a_package(tmp_path: Path) -> None:
    """A package that is part of another is imported with it."""
    (tmp_path / "outer").mkdir()
    (tmp_path / "outer" / "__init__.py").write_text("")
    home = package(tmp_path, "inner", "outer/inner")

    assert "inner" == load_registry([home]).layer_kind("pool").description


def test_a_file_takes_the_place_of_the_installed_copy(
    installed: Path, tmp_path: Path, cli: Any
) -> None:
    """The copy that the user names is taken, under the name of the plugin, and it is said."""
    home = package(tmp_path / "checkout", "newer")
    before = load_registry()
    named = load_registry([home])
    after = load_registry()

    assert ["installed", "newer", "installed"] == [
        each.layer_kind("pool").description for each in (before, named, after)
    ]
    assert 1 == [plugin.name for plugin in named.plugins].count("pooling")
    done = cli("plugins", "--plugin", home)
    assert 0 == done.status
    assert f"--plugin {home}/__init__.py takes the place of plugin 'pooling' (pooling 1.0)" in (
        done.err
    )


def test_our_own_plugin_can_be_replaced_by_a_checkout(cli: Any, toml: Any) -> None:
    """A copy of one of fodlam-core's plugins keeps its names and its defaults."""
    import fodlam_eyeriss

    path = toml('[network]\nname = "AlexNet"\n')
    before = cli("run", path, "-f", "json")
    done = cli("run", path, "-f", "json", "--plugin", Path(fodlam_eyeriss.__file__).parent)

    assert 0 == done.status
    assert json.loads(before.out)["totals"] == json.loads(done.out)["totals"]
    assert "takes the place of plugin 'eyeriss' (fodlam-core " in done.err


@pytest.mark.parametrize("name", ["json", "fodlam_core", "pytest"])
def test_no_module_in_use_is_replaced(tmp_path: Path, name: str) -> None:
    """A package by the name of a module that something else needs is refused."""
    module = sys.modules.get(name)
    with pytest.raises(PluginError, match=f"a module '{name}' is in use already"):
        load_registry([package(tmp_path, "x", name)])
    assert module is sys.modules.get(name)


def test_a_package_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """What was half imported is forgotten, so that a mended copy is imported anew."""
    home = package(tmp_path, "x", "fodlam_torn")
    (home / "words.py").write_text("1 / 0")
    with pytest.raises(PluginError, match="fodlam_torn/__init__.py: ZeroDivisionError"):
        load_registry([home])
    assert not [name for name in sys.modules if name.startswith("fodlam_torn")]
