"""A saved result computed again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import attrs
import pytest

from fodlam_core import FodlamError, Layer, Network, Registry, estimate
from fodlam_core.analyses.check import check, saved_config
from fodlam_core.config.asked import asked_config
from fodlam_core.plugins import Plugin
from fodlam_core.plugins.registry import build_registry

RULES = """\
[network]
name = "MobileNetV1"
[technology]
node_nm = 28
scaler = "custom"
options = { factors = [{ from_nm = 65, to_nm = 28, time = 0.5, power = 0.5 }] }
[dispatch]
conv = "eyeriss"
rules = [{ form = "depthwise", accelerator = "eyeriss" }]
[accelerator.eyeriss]
predictor = "power-law"
[accelerator.eyeriss.technology]
vdd = 1.0
[system]
dram_energy_j_per_byte = 160e-12
"""


def saved(config: Any, registry: Registry) -> dict[str, Any]:
    """Return what a file holds of a result."""
    return json.loads(json.dumps(estimate(config, registry).to_dict()))


@pytest.mark.parametrize("name", ["vgg16", "alexnet-28nm-held-clock", "vgg16-after-pool1"])
def test_an_example_gives_the_same_again(name: str, examples: Path, registry: Registry) -> None:
    """Nothing differs where nothing has changed, whatever the configuration says."""
    found = check(saved(examples / f"{name}.toml", registry), registry)

    assert found.is_same
    assert () == found.differences.inputs


def test_every_table_is_restored(toml: Any, registry: Registry) -> None:
    """Options, rules, points, predictors and the chips that alone run come back as they were."""
    config = asked_config(toml(RULES), registry)
    alone = asked_config("VGG16", registry, [], ["conv=eyeriss"])

    for each in (config, alone):
        again = saved_config(saved(each, registry))
        assert each == attrs.evolve(again, warnings=each.warnings)


def test_changed_data_are_named(examples: Path, registry: Registry) -> None:
    """Where a printed number was corrected, the data are why layer and totals differ."""
    old = saved(examples / "vgg16.toml", registry)
    chip = registry.accelerator("eyeriss")
    rows = [
        attrs.evolve(row, latency_s=(2 if row.network == "VGG16" else 1) * row.latency_s)
        for row in chip.measurements
    ]
    changed = attrs.evolve(chip, measurements=tuple(rows))
    plugins = [
        each._replace(provided={"fodlam_accelerators": (changed,)})
        if each.name == "eyeriss"
        else each
        for each in registry.plugins
    ]

    found = check(old, build_registry(plugins))

    assert not found.is_same
    assert ["data.eyeriss"] == [each.name for each in found.differences.inputs]
    causes = {each.because for each in found.differences.numbers if each.number == "latency_s"}
    assert {("data.eyeriss",)} == causes


def test_a_chip_that_is_gone(examples: Path, registry: Registry) -> None:
    """What is not installed any more is an error that names it."""
    old = saved(examples / "vgg16.toml", registry)
    rest = [Plugin(**each._asdict()) for each in registry.plugins if each.name != "eie"]

    with pytest.raises(FodlamError, match="eie"):
        check(old, build_registry(rest))


def test_a_network_from_code(registry: Registry) -> None:
    """A network that no file holds cannot be read again."""
    network = Network("mine", [Layer("F", "fc", 10)])
    old = json.loads(json.dumps(estimate(registry=registry, network=network).to_dict()))

    with pytest.raises(FodlamError, match="mine was built in code"):
        saved_config(old)


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("network", 3, "inputs: network: expected a table, got 3"),
        ("accelerator", [1], "inputs: accelerator: expected a table, got [1]"),
        ("accelerator", {"eie": 4}, "inputs: [accelerator] eie: expected a table, got 4"),
        (
            "accelerator",
            {"eie": {"options": 3}},
            "inputs: [accelerator.eie] options: expected a table, got 3",
        ),
        (
            "accelerator",
            {"eie": {"options": [["a"]]}},
            "inputs: [accelerator.eie] options: expected a table, got [['a']]",
        ),
        ("technology", 3, "inputs: technology: expected a table, got 3"),
    ],
)
def test_inputs_of_other_types(
    key: str, value: object, says: str, examples: Path, registry: Registry
) -> None:
    """What should be a table and is none is an error that says where it stands."""
    old = saved(examples / "vgg16.toml", registry)
    old["inputs"][key] = value

    with pytest.raises(FodlamError) as raised:
        saved_config(old)

    assert f"{old['config']}: {says}" in str(raised.value)


def test_inputs_of_a_later_version(examples: Path, registry: Registry) -> None:
    """A key that is not known is refused, never left out."""
    old = saved(examples / "vgg16.toml", registry)
    old["inputs"]["network"]["colour"] = "red"

    with pytest.raises(FodlamError, match="unknown key 'colour'"):
        saved_config(old)
