"""The ``[sweep]`` table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from fodlam_core import ConfigError, Registry
from fodlam_core.networks.zoo import zoo_names
from fodlam_core.sweeps.plan import Plan, make_plan


@pytest.fixture
def plan(registry: Registry) -> Callable[..., Plan]:
    """Plan a sweep of VGG-16 with a ``[sweep]`` table."""

    def make(sweep: dict[str, Any], **tables: Any) -> Plan:
        return make_plan({"network": {"name": "VGG16"}, "sweep": sweep, **tables}, registry)

    return make


@pytest.mark.parametrize(
    ("sweep", "message"),
    [
        ({}, "[sweep]: no axis; write for example"),
        ({"technology.node": [65]}, "unknown axis 'technology.node'; did you mean"),
        ({"vdd": [1.0]}, "unknown axis 'vdd'; did you mean 'technology.vdd' or 'accelerator.eie."),
        ({"xyz": [1]}, "unknown axis 'xyz'; `fodlam-core sweep CONFIG --axes` lists all"),
        ({"technology": [65]}, "'technology' is a table, and axes are single keys, such as"),
        (
            {"technology.options.model": ["long-channel"]},
            "'model' is not an option of dennard, so it cannot be an axis",
        ),
        (
            {
                "technology.scaler": ["general"],
                "technology.options": [{}],
                "technology.options.model": ["long-channel"],
            },
            "technology.options: holds technology.options.model, which is an axis as well",
        ),
        (
            {"system.dram_energy_j_per_byte": [1e-10, 2]},
            "[system] dram_energy_j_per_byte: 2 is over 1e-06 J",
        ),
        ({"accelerator.mychip.file": ["none.toml"]}, "[accelerator.mychip] file: none.toml"),
        ({"accelerator.eie.file": ["x.toml"]}, "[accelerator.eie] file: "),
        ({"accelerator.mychip.file": [3]}, "[accelerator.mychip] file: expected a string, got 3"),
        ({"technology.node_nm": []}, "[sweep] technology.node_nm: an empty list"),
        ({"technology.node_nm": 65}, "expected a list of values or a range"),
        ({"technology.node_nm": [65, 45, 65]}, "technology.node_nm: 65 is given twice"),
        ({"technology.node_nm": [65, "x"]}, "[technology] node_nm: expected a number, got 'x'"),
        ({"technology.node_nm": [65, float("nan")]}, "[technology] node_nm: expected a number"),
        (
            {"technology.vdd": {"start": 1, "stop": 0.5, "num": 3}},
            "[sweep] technology.vdd: the range is reversed",
        ),
        (
            {"technology.vdd": {"start": 1, "stop": 500, "num": 3}},
            "[technology] vdd: 500.0 is not between 0.01 and 100",
        ),
        (
            {"network.batch": {"start": 1, "stop": 2, "num": 3}},
            "[network] batch: expected a whole number",
        ),
        ({"technology.scaler": ["dennard", "denard"]}, "did you mean 'dennard'?"),
        ({"network.name": ["VGG16", "VGG17"]}, "[network] name: unknown network 'VGG17'"),
        ({"dispatch.conv": ["eyeriss", "eie"]}, "[dispatch] conv: eie does not serve 'conv'"),
        ({"accelerator.eyeris.predictor": ["per-mac"]}, "did you mean 'accelerator.eyeriss."),
        ({"network.name": {"glob": "Resnext*"}}, "nothing matches 'Resnext*'"),
        ({"technology.node_nm": {"glob": "*"}}, "glob matches files or names"),
        ({"network.batch": [1], "zip": [["network.batch", "x"]]}, "zip: unknown axis 'x'"),
        (
            {
                "network.batch": [1, 2],
                "technology.node_nm": [1, 2, 3],
                "zip": [["network.batch", "technology.node_nm"]],
            },
            "need equally many values, but network.batch has 2, technology.node_nm has 3",
        ),
        (
            {"network.batch": [1, 2], "zip": ["network.batch", "network.batch"]},
            "network.batch is in two groups, or twice in one",
        ),
        ({"network.batch": [1], "zip": 3}, "[sweep] zip: expected lists of axes, got 3"),
        ({"network.batch": [1, date(2017, 1, 1)]}, "[network] batch: expected a whole number"),
        ({"network.batch": [1], "where": [3]}, "[sweep] where: expected conditions"),
    ],
)
def test_bad_tables(plan: Callable[..., Plan], sweep: dict[str, Any], message: str) -> None:
    """What is wrong with the table is said, with the key and a suggestion."""
    with pytest.raises(ConfigError) as error:
        plan(sweep)

    assert message in str(error.value)


def test_all_mistakes_at_once(plan: Callable[..., Plan]) -> None:
    """Mistakes of axes and of the rest of the configuration are told together."""
    with pytest.raises(ConfigError) as error:
        plan({"technology.node_nm": [], "network.bach": [1]}, technology={"clock": "hol"})

    assert 3 == len(error.value.problems)


def test_no_table(registry: Registry) -> None:
    """A configuration without axes is not a sweep."""
    with pytest.raises(ConfigError, match=r"no \[sweep\] table"):
        make_plan({"network": {"name": "VGG16"}}, registry)


def test_nested_and_dotted_keys_are_the_same(plan: Callable[..., Plan]) -> None:
    """A key may be quoted with its dots, or written as TOML nests tables."""
    dotted = plan({"technology.node_nm": [65], "accelerator.eyeriss.latency": ["total"]})
    nested = plan(
        {"technology": {"node_nm": [65]}, "accelerator": {"eyeriss": {"latency": ["total"]}}}
    )

    assert dotted.axes == nested.axes


def test_names_by_pattern(plan: Callable[..., Plan]) -> None:
    """A pattern stands for every name that the key can have."""
    axis = plan({"network.name": {"glob": "*"}}).axes.axes[0]

    assert sorted(zoo_names()) == axis.values


def test_files_by_pattern(registry: Registry, toml: Callable[..., Path], tmp_path: Path) -> None:
    """A pattern of files starts where the configuration lies."""
    (tmp_path / "nets").mkdir()
    for name in ("b", "a"):
        (tmp_path / "nets" / f"{name}.toml").write_text("")
    path = toml('[sweep]\n"network.file" = {glob = "nets/*.toml"}\n')

    assert ["nets/a.toml", "nets/b.toml"] == make_plan(path, registry).axes.axes[0].values


def test_the_base_may_lack_what_an_axis_tells(registry: Registry) -> None:
    """A sweep over networks needs no network beside it."""
    found = make_plan({"sweep": {"network.name": ["VGG16", "AlexNet"]}}, registry)

    assert 2 == found.grid.points


def test_a_loaded_configuration_is_one_too(registry: Registry, toml: Callable[..., Path]) -> None:
    """A file, its tables and the loaded configuration make the same sweep."""
    from fodlam_core import load_config

    path = toml(
        '[network]\nname = "VGG16"\n[accelerator.eyeriss]\nlatency = "processing"\n'
        "[system]\ndram_energy_j_per_byte = 160e-12\n[sweep]\ntechnology.node_nm = [65, 45]\n"
    )
    loaded = make_plan(load_config(path, registry), registry)

    assert make_plan(path, registry).grid == loaded.grid
    assert "processing" == loaded.base["accelerator"]["eyeriss"]["latency"]
    assert {"dram_energy_j_per_byte": 160e-12} == loaded.base["system"]
    assert loaded.priced
