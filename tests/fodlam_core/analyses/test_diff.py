"""Which input changed which number."""

from __future__ import annotations

import copy
import csv
import io
import json
from pathlib import Path
from typing import Any

import attrs
import pytest

from fodlam_core import (
    Config,
    FcShape,
    Layer,
    Network,
    NetworkConfig,
    Registry,
    TechnologyConfig,
    estimate,
    prepare,
)
from fodlam_core.analyses.diff import Differences, differences
from fodlam_core.config import AcceleratorConfig

AT_65 = TechnologyConfig(node_nm=65, scaler="dennard")

PER_MAC = {name: AcceleratorConfig(predictor="per-mac") for name in ("eyeriss", "eie")}
BASE = Config(NetworkConfig("AlexNet"), AT_65, accelerator=PER_MAC)
NODE = "technology.node_nm"


@pytest.fixture
def record(registry: Registry) -> Any:
    """Return a configuration's result as it comes back from a file."""
    return lambda config: json.loads(json.dumps(estimate(config, registry).to_dict()))


def because(found: Differences, scope: str = "layer") -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the causes by name and number."""
    return {(each.name, each.number): each.because for each in found.numbers if each.scope == scope}


def network(**changes: Any) -> Config:
    """Return the base configuration with a changed network table."""
    return attrs.evolve(BASE, network=attrs.evolve(BASE.network, **changes))


def test_no_difference(record: Any) -> None:
    """A result does not differ from itself."""
    assert differences(record(BASE), record(BASE)).is_empty


def test_node(record: Any) -> None:
    """Another node changes everything, by the ratio of the factors, and is the one cause."""
    found = differences(
        record(BASE), record(attrs.evolve(BASE, technology=TechnologyConfig(45, scaler="dennard")))
    )

    assert [(NODE, 65.0, 45)] == list(found.inputs)
    assert {(NODE,)} == {each.because for each in found.numbers}
    ratios = {(each.name, each.number): each.ratio for each in found.numbers}
    assert (45 / 65) ** 3 == pytest.approx(ratios["CONV1", "energy_j"])
    assert (45 / 65) == pytest.approx(ratios["FC6", "latency_s"])


def test_each_input_where_it_acts(record: Any) -> None:
    """Of three changed inputs each is named at the numbers it acts on, and nowhere else."""
    other = Config(
        NetworkConfig("AlexNet", batch="published"),
        TechnologyConfig(45, scaler="dennard"),
        accelerator={
            **PER_MAC,
            "eyeriss": AcceleratorConfig(predictor="per-mac", options={"latency": "processing"}),
        },
    )
    option = "accelerator.eyeriss.options.latency"

    found = differences(record(BASE), record(other))

    assert {NODE, "network.batch", option} == {each.name for each in found.inputs}
    causes = because(found)
    assert {NODE, "network.batch", option} == set(causes["CONV1", "latency_s"])
    assert {NODE, "network.batch"} == set(causes["CONV1", "energy_j"])
    assert {NODE, option} == set(causes["CONV1", "power_w"])
    assert {(NODE,)} == {causes["FC6", number] for number in ("latency_s", "energy_j", "power_w")}
    totals = because(found, "total")
    assert (NODE,) == totals["fc", "latency_s"]
    assert {NODE, "network.batch", option} == set(totals["total", "latency_s"])


def test_batch(record: Any) -> None:
    """Another batch multiplies latency and energy, and leaves power."""
    found = differences(record(BASE), record(network(batch=8)))

    assert {("network.batch",)} == {each.because for each in found.numbers}
    assert {"latency_s", "energy_j"} == {each.number for each in found.numbers}
    assert {8.0} == {round(each.ratio or 0, 9) for each in found.numbers}


def test_power_of_a_total_that_only_weighs_differently(record: Any) -> None:
    """Where no layer has another power, that of the total differs for what moved their shares."""
    found = differences(record(network(batch="published")), record(network(batch=1)))

    assert not any(number == "power_w" for _, number in because(found))
    assert ("network.batch",) == because(found, "total")["total", "power_w"]


def test_method(record: Any) -> None:
    """Predicted instead of published is the method's doing; EIE's power is the same."""
    found = differences(record(BASE), record(network(method="predicted")))

    causes = because(found)
    assert {("network.method",)} == set(causes.values())
    assert ("FC6", "power_w") not in causes


def test_predicted_at_the_published_batch(record: Any) -> None:
    """A predictor that is fitted to costs as printed differs because of the batch."""
    found = differences(
        record(network(method="predicted")), record(network(method="predicted", batch="published"))
    )

    assert {("network.batch",)} == set(because(found).values())
    assert {"CONV1", "CONV2", "CONV3", "CONV4", "CONV5"} == {name for name, _ in because(found)}


def test_layers_on_one_side(record: Any) -> None:
    """A layer that only one result has is shown without a ratio."""
    found = differences(record(BASE), record(network(layers=("FC6", "FC6", "CONV1"))))

    gone = [each for each in found.numbers if each.name == "CONV2"]
    assert {("network.layers",)} == {each.because for each in gone}
    assert {(None, None)} == {(each.b, each.ratio) for each in gone}
    again = [each for each in found.numbers if each.name == "FC6 (2)"]
    assert {None} == {each.a for each in again}


def test_data(record: Any, registry: Registry) -> None:
    """Changed measurements are named as such where they act."""
    eie = registry.accelerator("eie")
    rows = [attrs.evolve(row, latency_s=2 * row.latency_s) for row in eie.measurements]
    items = {**registry.items, ("accelerator", "eie"): attrs.evolve(eie, measurements=rows)}
    other = estimate(BASE, registry._replace(items=items)).to_dict()

    found = differences(record(BASE), other)

    assert ["data.eie"] == [each.name for each in found.inputs]
    assert {("data.eie",)} == {each.because for each in found.numbers}
    assert {"FC6", "FC7", "FC8", "fc", "total"} == {each.name for each in found.numbers}


def test_versions(record: Any) -> None:
    """A difference that nothing else explains is put down to the versions, if they differ."""
    a = record(BASE)
    b = copy.deepcopy(a)
    b["layers"][0]["latency_s"] *= 2
    b["layers"][0]["native"]["latency_s"] *= 2

    unexplained = differences(a, b)
    b["versions"]["fodlam-core"] = "99"
    explained = differences(a, b)

    assert {()} == {each.because for each in unexplained.numbers}
    assert ("version.fodlam-core",) == because(explained)["CONV1", "latency_s"]


def test_dram_energy(record: Any) -> None:
    """A dearer byte changes DRAM energy and nothing else."""
    cheap, dear = (
        attrs.evolve(BASE, system={"dram_energy_j_per_byte": price}) for price in (1e-10, 2e-10)
    )

    found = differences(record(cheap), record(dear))

    assert {"dram_energy_j"} == {each.number for each in found.numbers}
    assert {("system.dram_energy_j_per_byte",)} == {each.because for each in found.numbers}


def test_command(cli: Any, examples: Path, tmp_path: Path) -> None:
    """``diff`` compares two files of ``run`` in every format, and succeeds."""
    a, b = tmp_path / "a.json", tmp_path / "b.json"
    path = examples / "alexnet.toml"
    cli("run", path, "-f", "json", "-o", a)
    cli("run", path, "-f", "json", "-o", b, "--set", "technology.node_nm=45")

    text = cli("diff", a, b)
    data = json.loads(cli("diff", a, b, "-f", "json").out)
    rows = list(csv.DictReader(io.StringIO(cli("diff", a, b, "-f", "csv").out)))
    nothing = cli("diff", a, a)

    assert (0, 0) == (text.status, nothing.status)
    assert "technology.node_nm" in text.out
    assert "no input and no number differs" in nothing.out
    assert len(data["numbers"]) == len(rows) == 33
    assert {NODE} == {row["because"] for row in rows}


def test_a_held_clock_explains_no_energy(record: Any) -> None:
    """The clock is named for latency and power, and never for energy, which it leaves alone."""
    held = attrs.evolve(BASE, technology=TechnologyConfig(28, clock="hold", scaler="dennard"))
    causes = because(differences(record(BASE), record(held)))

    assert {NODE, "technology.clock"} == set(causes["CONV1", "power_w"])
    assert (NODE,) == causes["CONV1", "energy_j"]
    scaled = attrs.evolve(BASE, technology=TechnologyConfig(28, scaler="dennard"))
    causes = because(differences(record(scaled), record(held)))
    assert {("technology.clock",)} == set(causes.values())
    assert {"latency_s", "power_w"} == {number for _, number in causes}


def test_a_batch_that_code_asks_for_is_an_input(registry: Registry) -> None:
    """What ``Composer.estimate(batch)`` is given stands in the record, and explains numbers."""
    composer = prepare(BASE, registry)
    a, b = composer.estimate(1).to_dict(), composer.estimate(7).to_dict()

    assert (1, 7) == (a["inputs"]["network"]["batch"], b["inputs"]["network"]["batch"])
    assert {("network.batch",)} == {each.because for each in differences(a, b).numbers}


def test_an_edited_network_file_is_an_input(registry: Registry) -> None:
    """Layers of one name and file that are others are told by their checksum."""
    one, two = (
        estimate(None, registry, Network("x", [Layer.from_shape("f", FcShape(512, outputs))]))
        for outputs in (512, 1024)
    )
    found = differences(one.to_dict(), two.to_dict())
    assert ["network.data"] == [each.name for each in found.inputs]
    assert {("network.data",)} == {each.because for each in found.numbers}


def test_totals_of_other_layers_name_the_technology_too(record: Any) -> None:
    """Where no layer is in both results, all that has changed may explain a total."""
    other = Config(
        NetworkConfig("VGG16", layers=("CONV1-1",)), TechnologyConfig(28, scaler="dennard")
    )
    found = differences(record(network(layers=("CONV1",))), record(other))
    assert NODE in because(found, "total")["conv", "latency_s"]
    assert NODE not in because(found)["CONV1", "latency_s"]
