"""Discovery: each plugin apart, and nothing hidden."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest

from fodlam_core import (
    FcShape,
    LayerKind,
    MatmulShape,
    PluginError,
    UnknownNameError,
    load_registry,
)
from fodlam_core.plugins import Plugin, call_hooks, unknown_blocks
from fodlam_core.plugins.hookspecs import HookSpecs, hookimpl
from fodlam_core.plugins.registry import build_registry


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Put a distribution with one plugin on the path, as pip would."""
    monkeypatch.syspath_prepend(tmp_path)

    def add(name: str, code: str, distribution: str = "", entry_point: str = "") -> None:
        distribution = distribution or f"dist-{name}"
        (tmp_path / f"plugin_{name}.py").write_text(code)
        folder = tmp_path / f"{distribution.replace('-', '_')}-1.2.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.2\n"
        )
        (folder / "entry_points.txt").write_text(
            f"[fodlam]\n{entry_point or name} = plugin_{name}\n"
        )
        importlib.invalidate_caches()
        monkeypatch.delitem(sys.modules, f"plugin_{name}", raising=False)

    return add


GOOD = """
from fodlam_core import LayerKind, hookimpl
print("hello from a plugin")

@hookimpl
def fodlam_layer_kinds():
    yield LayerKind("pool", "pooling")
"""


def plugin_named(name: str) -> Plugin:
    """Return what became of one plugin."""
    [plugin] = [plugin for plugin in load_registry().plugins if plugin.name == name]
    return plugin


def test_a_plugin_is_found(install: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """A plugin supplies through its hooks; what it prints goes to standard error."""
    install("good", GOOD)

    registry = load_registry()

    assert "pooling" == registry.layer_kind("pool").description
    assert "plugin 'good' (dist-good 1.2)" == str(registry.providers["layer kind", "pool"])
    captured = capsys.readouterr()
    assert ("", "hello from a plugin\n") == (captured.out, captured.err)


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
        ("raise RuntimeError('a\\nb')", "RuntimeError: a; b"),
        ("def f(:", "SyntaxError"),
        (GOOD.replace("kinds()", "kinds(registry)"), "PluginValidationError"),
        (GOOD.replace("fodlam_layer_kinds", "fodlam_layer_kind"), "fodlam_layer_kind"),
        (GOOD.replace("yield", "return"), "TypeError: 'LayerKind' object is not iterable"),
        (GOOD.replace('LayerKind("pool", "pooling")', "3"), "supplied 'int', not a valid layer"),
        (GOOD.replace("yield", "yield 1/0;"), "ZeroDivisionError"),
    ],
)
def test_a_broken_plugin_disturbs_nobody(install: Any, code: str, problem: str) -> None:
    """A plugin that fails is recorded with the reason; all others work."""
    install("bad", code)
    install("good", GOOD)

    registry = load_registry()

    assert problem in str(plugin_named("bad").problem)
    assert "pool" in registry.names("layer kind")
    assert {"eie", "eyeriss"} <= set(registry.names("accelerator"))
    [sentence] = registry.broken()
    assert sentence.startswith("plugin 'bad' (dist-bad 1.2) cannot be used: ")


RULE = """
from fodlam_core import ScalingFactors, hookimpl

class Rule:
    name = "{name}"
    def factors(self, source, target):
        return ScalingFactors(2.0, 1.0)

@hookimpl
def fodlam_technology_scalers():
    yield Rule()
"""


def test_two_distributions_with_one_name(install: Any) -> None:
    """Plugins are known by distribution and entry point: both are loaded, each under its own."""
    install("one", RULE.format(name="a"), "first", "same")
    install("two", RULE.format(name="b"), "second", "same")

    registry = load_registry()

    assert {"a", "b"} <= set(registry.names("rule"))
    assert ["first", "second"] == [
        plugin.distribution for plugin in registry.plugins if plugin.name == "same"
    ]


def test_what_two_distributions_supply_by_one_name(install: Any) -> None:
    """Both are refused for that name only, and answer to the full form of it."""
    install("one", RULE.format(name="a"), "first", "same")
    install("two", RULE.format(name="a"), "second", "same")

    registry = load_registry()

    with pytest.raises(PluginError, match="write 'first:a' or 'second:a'.*=second:same"):
        registry.scaler("a")
    assert "first:a" == registry.scaler("first:a").name
    assert "plugin 'same' (second 1.2)" == str(registry.providers["rule", "second:a"])


@pytest.mark.parametrize(
    ("block", "gone"),
    [("same", {"first", "second"}), ("first", {"first"}), ("second:same", {"second"})],
)
def test_what_is_blocked(
    install: Any, monkeypatch: pytest.MonkeyPatch, block: str, gone: set[str]
) -> None:
    """A plugin, a distribution or ``distribution:plugin`` is left out, and nothing else."""
    install("one", RULE.format(name="a"), "first", "same")
    install("two", RULE.format(name="b"), "second", "same")
    monkeypatch.setenv("FODLAM_BLOCK_PLUGINS", block)

    registry = load_registry()

    assert gone == {each.distribution for each in registry.plugins if each.blocked}
    assert [] == unknown_blocks(registry.plugins)


class Supplies:
    """A plugin that supplies a layer kind."""

    @hookimpl
    def fodlam_layer_kinds(self) -> Any:
        """Supply a kind."""
        return [LayerKind("pool", self.meaning)]

    def __init__(self, meaning: str) -> None:
        self.meaning = meaning


def test_a_name_claimed_twice() -> None:
    """A name that two plugins supply is unusable until one of them goes; others are not."""
    given = [call_hooks(Supplies(meaning), HookSpecs) for meaning in ("pooling", "swimming", "")]
    registry = build_registry(
        [Plugin("core"), *map(Plugin, ("one", "two", "3"), given)],
    )

    assert [] == registry.names("layer kind")
    with pytest.raises(PluginError, match=r"'pool' is supplied by plugin 'one' .* uninstall"):
        registry.layer_kind("pool")


@pytest.mark.parametrize("order", [1, -1])
def test_a_kind_with_a_shape_stands_for_one_without(order: int) -> None:
    """Of equal kinds the one that brings a shape is taken; of two shapes neither is."""

    def plugin(name: str, *shapes: type | None) -> Plugin:
        kinds = [LayerKind("pool", "pooling", shape) for shape in shapes]
        return Plugin(name, provided={"fodlam_layer_kinds": tuple(kinds)})

    shaped, bare, other = plugin("a", FcShape), plugin("b", None), plugin("c", MatmulShape)
    registry = build_registry([shaped, bare][::order])
    assert registry.layer_kind("pool").shape is FcShape
    assert registry.providers["layer kind", "pool"].name == "a"
    registry = build_registry([bare, other, shaped][::order])
    assert ("layer kind", "pool") in registry.conflicts


def test_equal_kinds_are_one() -> None:
    """Layer kinds of one name and one meaning are no conflict: both plugins may supply them."""
    given = [call_hooks(Supplies(meaning), HookSpecs) for meaning in ("Pooling", "pooling")]
    registry = build_registry([*map(Plugin, ("one", "two"), given)])

    assert "Pooling" == registry.layer_kind("pool").description
    assert {} == registry.conflicts


def test_unknown_names_tell_of_broken_plugins() -> None:
    """What a broken plugin might have supplied is not called unknown without saying so."""
    registry = build_registry([Plugin("bad", problem="ImportError: boom")])

    with pytest.raises(
        UnknownNameError, match=r"no plugin with any accelerator.*ImportError: boom"
    ):
        registry.accelerator("mychip")
