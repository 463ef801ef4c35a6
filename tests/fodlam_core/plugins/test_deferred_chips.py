"""Chips of libraries: named at once, loaded one by one when they are asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import attrs
import pytest

from fodlam_core import (
    Accelerator,
    AcceleratorConfig,
    Citation,
    Config,
    DeferredAccelerator,
    FodlamError,
    Layer,
    Measurement,
    NetworkConfig,
    PluginError,
    PointConfig,
    Registry,
    Technology,
    TechnologyConfig,
    UnknownNameError,
    estimate,
    load_registry,
)
from fodlam_core.cli import main
from fodlam_core.plugins import Plugin
from fodlam_core.plugins.patterns import matches
from fodlam_core.plugins.registry import build_registry
from fodlam_core.predictors.per_mac import PerMac

NAMES = ("jetson-nano/int8", "jetson-nano/fp16", "jetson-orin/int8", "vpu")


def chip(name: str, kinds: Iterable[str] = ("matmul",)) -> Accelerator:
    """Return a chip that was measured on one layer."""
    row = Measurement("N", Layer("QK", "matmul", macs=10**6), 1, 1e-3, power_w=1.0)
    return Accelerator(
        name=name,
        title="A chip",
        kinds=tuple(kinds),
        technology=Technology(node_nm=16, vdd=0.8),
        citation=Citation("doe2030", "J. Doe, 2030", "@misc{doe2030}"),
        provenance="measured",
        measurements=[row],
        predictors=[PerMac()],
    )


def library(load: Callable[[str], Any], names: Iterable[str] = NAMES) -> Registry:
    """Return what is installed with a library of chips."""
    chips = tuple(
        DeferredAccelerator(
            name,
            ["matmul"],
            lambda name=name: load(name),
            aliases=["jetson-nano"] if name == "jetson-nano/int8" else [],
        )
        for name in names
    )
    plugin = Plugin("library", {"fodlam_accelerators": chips}, source="library.py")
    return build_registry([*load_registry(installed=False).plugins, plugin])


def test_names_are_known_and_nothing_is_loaded() -> None:
    """Listing and matching load no chip; the chip that is asked for is loaded, and only once."""
    loaded: list[str] = []
    registry = library(lambda name: loaded.append(name) or chip(name))

    assert set(NAMES) < set(registry.names("accelerator"))
    assert sorted(NAMES) == [each.name for each in registry.serving("matmul")]
    assert [] == loaded

    assert "vpu" == registry.accelerator("vpu").name
    assert registry.accelerator("vpu") is registry.accelerator("vpu")
    assert ["vpu"] == loaded


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("jetson-*/int8", ["jetson-nano/int8", "jetson-orin/int8"]),
        ("jetson-nano/*", ["jetson-nano/fp16", "jetson-nano/int8"]),
        ("jetson-*", ["jetson-nano/int8"]),
        ("jetson-nano", ["jetson-nano/int8"]),
        ("vp[tu]", ["vpu"]),
        ("vpu", ["vpu"]),
    ],
)
def test_patterns(pattern: str, names: list[str]) -> None:
    """A pattern stands for names part by part; a chip without its point is its default point."""
    assert names == library(chip).matching(pattern)


@pytest.mark.parametrize("pattern", ["jetsno-nano", "gpu-*", "*/*/*"])
def test_a_pattern_that_matches_nothing(pattern: str) -> None:
    """It is an error, never an empty answer."""
    with pytest.raises(UnknownNameError, match="accelerator"):
        library(chip).matching(pattern)


def test_a_star_stays_within_its_part() -> None:
    """A star crosses no slash."""
    assert not matches("a/b", "a*")
    assert matches("a/b", "*/*")


def test_an_alias_is_the_chip() -> None:
    """An alias answers wherever the name does, also as the table of a configuration."""
    registry = library(chip)
    config = Config(
        NetworkConfig("BERT-base-128"),
        dispatch={"matmul": "jetson-nano"},
    )

    result = estimate(config, registry)

    assert "jetson-nano/int8" == registry.full_name("accelerator", "jetson-nano")
    assert "jetson-nano/int8" in result.accelerators


def test_a_table_under_an_alias() -> None:
    """What a configuration says under an alias holds for the chip; it is said once."""
    registry = library(chip)
    own = AcceleratorConfig(technology=PointConfig(node_nm=28))
    plain = Config(
        NetworkConfig("BERT-base-128"),
        technology=TechnologyConfig(scaler="dennard", node_nm=7),
        dispatch={"matmul": "jetson-nano"},
    )
    configs = [
        attrs.evolve(plain, accelerator=dict.fromkeys(names, own))
        for names in (
            [],
            ["jetson-nano"],
            ["jetson-nano/int8"],
            ["jetson-nano/int8", "jetson-nano"],
        )
    ]

    none, alias, name = (estimate(each, registry).totals["matmul"] for each in configs[:3])

    assert alias == name
    assert none != name
    with pytest.raises(FodlamError, match="same accelerator as"):
        estimate(configs[3], registry)


PLUGIN = """
import attrs
from fodlam_core import (
    Accelerator, Citation, DeferredAccelerator, Layer, Measurement, Technology, hookimpl
)
from fodlam_core.predictors.per_mac import PerMac


def load(name):
    if name == "broken":
        raise ValueError("no such table")
    row = Measurement("N", Layer("QK", "matmul", macs=10**6), 1, 1e-3, power_w=1.0)
    return Accelerator(
        name=name, title="A chip", kinds=["matmul"], technology=Technology(node_nm=16),
        citation=Citation("d", "D", "@misc{d}"), provenance="measured", measurements=[row],
        predictors=[PerMac()],
    )


@hookimpl
def fodlam_accelerators():
    for name, alias in (("few/int8", "few"), ("many/int8", "many"), ("broken", "torn")):
        yield DeferredAccelerator(name, ["matmul"], lambda name=name: load(name), aliases=[alias])
"""


def _fail(name: str) -> Accelerator:
    raise ValueError(f"no table of {name}")


def _exit(name: str) -> Accelerator:
    raise SystemExit(3)


@pytest.mark.parametrize(
    ("load", "problem"),
    [
        (_fail, "cannot be loaded: ValueError: no table of vpu"),
        (_exit, "cannot be loaded: SystemExit: 3"),
        (lambda name: 3, "load returned a int; an Accelerator was expected"),
        (lambda name: None, "load returned a NoneType"),
        (lambda name: chip("other"), "load returned the accelerator 'other'"),
        (
            lambda name: chip(name, ("fc", "matmul")),
            "the library says that it serves matmul, its data that it serves fc, matmul",
        ),
        (
            lambda name: attrs.evolve(chip(name), default_for=["matmul"]),
            "a chip of a library cannot be the default",
        ),
        (lambda name: attrs.evolve(chip(name), options=int), "which is not an attrs class"),
    ],
)
def test_a_chip_that_fails_is_named(load: Callable[[str], Any], problem: str) -> None:
    """It is named with plugin and distribution, and disturbs no other chip of its library."""
    registry = library(lambda name: load(name) if name == "vpu" else chip(name))

    with pytest.raises(PluginError) as caught:
        registry.accelerator("vpu")

    assert str(caught.value).startswith("plugin 'library' (library.py unpackaged): ")
    assert "accelerator 'vpu'" in str(caught.value)
    assert problem in str(caught.value)
    assert "jetson-orin/int8" == registry.accelerator("jetson-orin/int8").name


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (DeferredAccelerator("a", [1], chip), "kinds of 'a'"),
        (DeferredAccelerator("a", ["fc"], 3), "load of 'a'"),
        (DeferredAccelerator("a", ["fc"], chip, knows=3), "knows of 'a'"),
        (DeferredAccelerator("a", ["fc"], chip, aliases=[2]), "aliases of 'a'"),
        (DeferredAccelerator("", ["fc"], chip), "DeferredAccelerator"),
    ],
)
def test_rubbish_is_refused(given: DeferredAccelerator, problem: str) -> None:
    """What a library says of a chip is looked at without loading it."""
    plugin = Plugin("library", {"fodlam_accelerators": (given,)}, source="library.py")

    [found] = build_registry([plugin]).plugins

    assert problem in str(found.problem)


def test_a_string_is_no_list_of_kinds() -> None:
    """The letters of a string are not taken for kinds."""
    with pytest.raises(TypeError, match=r"write \['fc'\]"):
        DeferredAccelerator("a", "fc", lambda: chip("a"))


def test_an_only_chip_serves_its_kind() -> None:
    """Without a default, the only chip that serves a kind is taken; of several, none."""
    config = Config(NetworkConfig("BERT-base-128"))

    assert "vpu" in estimate(config, library(chip, ["vpu"])).accelerators
    assert {"eie"} == set(estimate(config, library(chip)).accelerators)


def test_a_library_takes_no_default_away() -> None:
    """Chips of a library that serve conv change no run that does not name them."""
    chips = (DeferredAccelerator("vpu", ["conv", "fc"], lambda: chip("vpu", ("conv", "fc"))),)
    plugin = Plugin("library", {"fodlam_accelerators": chips}, source="library.py")
    alone = load_registry(installed=False)
    config = Config(NetworkConfig("AlexNet"))

    result = estimate(config, build_registry([*alone.plugins, plugin]))

    assert estimate(config, alone).totals == result.totals


def test_the_commands_know_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The list of plugins names them, and a sweep and a comparison load what they need."""
    plugin = tmp_path / "few.py"
    plugin.write_text(PLUGIN)
    config = tmp_path / "c.toml"
    config.write_text(
        '[network]\nname = "BERT-base-128"\n'
        '[sweep]\n"dispatch.matmul" = ["few/int8", "many", "broken"]\n'
    )

    assert 0 == main(["plugins", "--plugin", str(plugin), "-f", "json"])
    provides = json.loads(capsys.readouterr().out)[-1]["provides"]
    assert ["accelerator few/int8", "accelerator many/int8", "accelerator broken"] == provides

    assert 1 == main(["sweep", str(config), "--plugin", str(plugin), "-f", "json"])
    assert "accelerator 'broken' cannot be loaded: ValueError" in capsys.readouterr().err
    config.write_text(config.read_text().replace(', "broken"', ""))
    assert 0 == main(["sweep", str(config), "--plugin", str(plugin), "-f", "csv"])
    assert 3 == len(capsys.readouterr().out.splitlines())

    choice = ["compare", str(config), "--accelerator", "*/int8", "--plugin", str(plugin)]
    assert 0 == main([*choice, "-f", "csv"])
    assert "few/int8" in capsys.readouterr().out
