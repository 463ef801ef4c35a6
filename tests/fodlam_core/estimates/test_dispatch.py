"""No accelerator slips into the place of another that cannot be used."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from typing import Any

import pytest

from fodlam_core import Accelerator, Citation, Config, NetworkConfig, PluginError, Technology
from fodlam_core.estimates.dispatch import accelerator_for
from fodlam_core.plugins import Plugin
from fodlam_core.plugins.registry import Registry, build_registry

ENTRY = EntryPoint("other", "other", "fodlam")
CONFIG = Config(NetworkConfig("VGG16"))


def plugin(name: str, *accelerators: str, default: bool = False) -> Plugin:
    """Return a plugin with accelerators for conv."""
    items = tuple(
        Accelerator(
            name=each,
            title=each,
            kinds=["conv"],
            technology=Technology(65),
            citation=Citation("doe", "J. Doe", "@misc{doe}"),
            provenance="projected",
            default_for=["conv"] if default else [],
        )
        for each in accelerators
    )
    return Plugin(name, {"fodlam_accelerators": items}, source=f"{name}.py")


BROKEN = Plugin("bad", problem="ImportError: boom", source="bad.py")
DEFAULT = plugin("one", "a", default=True)


def chosen(*plugins: Plugin) -> str | None:
    """Return the name of what serves conv."""
    accelerator = accelerator_for("conv", CONFIG, build_registry(list(plugins)))
    return accelerator.name if accelerator else None


def test_what_is_chosen() -> None:
    """The default, else the only one, whatever else is broken or claimed twice."""
    assert chosen(DEFAULT, plugin("two", "b")) == "a"
    assert chosen(plugin("two", "b")) == "b"
    assert chosen(DEFAULT, BROKEN) == "a"
    assert chosen(DEFAULT, plugin("two", "b"), plugin("three", "b")) == "a"
    assert chosen() is None
    assert chosen(BROKEN) is None


@pytest.mark.parametrize(
    ("plugins", "text"),
    [
        ((plugin("two", "b"), BROKEN), "b alone serves 'conv', but plugin 'bad' .*boom; fix it"),
        ((plugin("two", "b", "c"), BROKEN), r"several .* \(b, c\); write conv = .*; plugin 'bad'"),
        ((DEFAULT, plugin("two", "b", default=True)), r"several accelerators serve .*\(a, b\)"),
        ((DEFAULT, plugin("two", "a"), plugin("c", "c", default=True)), "c alone .* but .* 'a' is"),
        ((DEFAULT, plugin("two", "a")), "no accelerator serves 'conv', but the accelerator 'a' is"),
    ],
)
def test_what_is_refused(plugins: tuple[Plugin, ...], text: str) -> None:
    """Where the one that is meant may be missing, the error says so and has the line to write."""
    with pytest.raises(PluginError, match=text):
        chosen(*plugins)


def test_three_claims_are_all_named() -> None:
    """A conflict names every plugin that claims the name."""
    registry: Registry = build_registry([plugin(name, "a") for name in ("one", "two", "three")])
    [text] = registry.conflicts.values()

    assert all(f"plugin '{name}' ({name}.py unpackaged)" in text for name in ("one", "two"))
    assert text.endswith("; drop --plugin two.py --plugin three.py")


@pytest.mark.parametrize(
    ("sources", "cure"),
    [
        ((None, "mine.py"), "; drop --plugin mine.py"),
        ((ENTRY, "mine.py"), "; drop --plugin mine.py"),
        (
            (None, ENTRY),
            "; uninstall all but one of them, or leave them out: FODLAM_BLOCK_PLUGINS=b",
        ),
        (
            (None, ENTRY, "mine.py"),
            (
                "; drop --plugin mine.py, and uninstall all but one of them, or leave them out: "
                "FODLAM_BLOCK_PLUGINS=b"
            ),
        ),
    ],
)
def test_the_cure_of_a_conflict_works(sources: tuple[Any, ...], cure: str) -> None:
    """A file is dropped from the command line, what is installed is blocked or uninstalled."""
    claims = [plugin(name, "a")._replace(source=x) for name, x in zip("abc", sources, strict=False)]
    [text] = build_registry(claims).conflicts.values()

    assert text.endswith(cure)


def item(**attributes: Any) -> Any:
    """Return something with attributes."""
    return type("Item", (), attributes)()


def raising(self: object) -> str:
    """Raise instead of answering."""
    raise SystemExit


@pytest.mark.parametrize(
    ("hook", "items", "text"),
    [
        ("fodlam_technology_scalers", [item(name="a")], "not a valid rule"),
        ("fodlam_technology_scalers", [item(name=3, factors=0)], "not a valid rule"),
        ("fodlam_technology_scalers", [item(name="", factors=0)], "not a valid rule"),
        ("fodlam_technology_scalers", [item(name="a", factors=0)] * 2, "two things by the name"),
        (
            "fodlam_network_readers",
            [item(name="a", suffixes=(3,), accepts=0, read=0)],
            "suffixes of 'a' are not strings",
        ),
        ("fodlam_technology_scalers", [item(name=property(raising))], "cannot be checked"),
        (
            "fodlam_accelerators",
            [item(name="a", kinds=(), default_for=())],
            "not a valid accelerator",
        ),
    ],
)
def test_rubbish_breaks_its_plugin_alone(hook: str, items: list[Any], text: str) -> None:
    """What is not what it should be is told, and everything else stays."""
    bad = Plugin("bad", {hook: tuple(items)}, source="bad.py")
    registry = build_registry([DEFAULT, bad])

    assert text in str(registry.plugins[1].problem)
    assert registry.names("accelerator") == ["a"]
