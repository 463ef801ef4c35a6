"""The plugins in the docstrings of the hooks."""

from __future__ import annotations

import inspect
import sys
import textwrap
import types
from pathlib import Path

import pytest

from fodlam_core import Config, NetworkConfig, PluginError, TechnologyConfig, estimate
from fodlam_core.networks.reader import ReadOptions
from fodlam_core.plugins import Plugin, call_hooks, check_api_level
from fodlam_core.plugins.hookspecs import HookSpecs
from fodlam_core.plugins.registry import Registry, build_registry, load_registry
from fodlam_core.testing import check_plugin

HOOKS = [name for name in vars(HookSpecs) if name.startswith("fodlam_")]


def documented(hook: str) -> types.ModuleType:
    """Return the plugin in the docstring of a hook as a module."""
    text = inspect.getdoc(getattr(HookSpecs, hook)) or ""
    code = textwrap.dedent(text.split("::\n", 1)[1])
    module = types.ModuleType(f"documented_{hook}")
    sys.modules[module.__name__] = module  # so that what it defines can be pickled
    exec(compile(code, hook, "exec"), vars(module))
    return module


def with_documented(hook: str) -> Registry:
    """Return what is installed, and the plugin of the docstring."""
    plugin = Plugin("documented", call_hooks(documented(hook), HookSpecs), source="doc.py")
    return build_registry([*load_registry().plugins, plugin])


def test_there_are_four() -> None:
    """The hooks are those for kinds, accelerators, rules and readers."""
    assert len(HOOKS) == 4


@pytest.mark.parametrize("hook", HOOKS)
def test_supplies(hook: str) -> None:
    """Each docstring holds a complete plugin, which supplies one thing through its hook."""
    module = documented(hook)

    assert check_api_level(module, HookSpecs) == 1
    assert len(call_hooks(module, HookSpecs)[hook]) == 1
    assert not with_documented(hook).broken()


def test_levels() -> None:
    """A plugin that names no level is of level 1; each level so far is served, no later one."""
    module = documented("fodlam_layer_kinds")
    assert 2 == HookSpecs.FODLAM_API
    for level in (1, 2):
        vars(module)["FODLAM_API"] = level
        assert level == check_api_level(module, HookSpecs)
    vars(module)["FODLAM_API"] = 3
    with pytest.raises(PluginError, match="made for level 3 of the hooks .*, this is level 2"):
        check_api_level(module, HookSpecs)


@pytest.mark.parametrize("hook", HOOKS)
def test_conforms(hook: str) -> None:
    """What the documented plugins supply passes the checks for it."""
    check_plugin(documented(hook))


def test_the_accelerator_runs() -> None:
    """The documented accelerator answers with its table."""
    config = Config(
        NetworkConfig("VGG16", layers=("FC6",)),
        TechnologyConfig(node_nm=28),
        dispatch={"fc": "mychip"},
    )
    result = estimate(config, with_documented("fodlam_accelerators"))

    assert result.totals["fc"].latency_s == 41e-6


def test_the_rule_scales() -> None:
    """The documented rule carries Eyeriss to another node."""
    config = Config(
        NetworkConfig("AlexNet", layers=("CONV1",)), TechnologyConfig(32.5, scaler="linear")
    )
    registry = with_documented("fodlam_technology_scalers")

    assert estimate(config, registry).platforms["eyeriss"].factors.time == 0.5


def test_the_reader_reads(tmp_path: Path) -> None:
    """The documented reader reads a file of its format."""
    path = tmp_path / "net.lines"
    path.write_text("a conv 10\nb fc 20\n")
    reader = with_documented("fodlam_network_readers").reader("lines")

    assert [layer.macs for layer in reader.read(path, ReadOptions()).layers] == [10, 20]
