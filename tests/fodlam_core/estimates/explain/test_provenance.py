"""The chain from printed numbers to the cost of a layer."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
from pathlib import Path
from typing import Any

import attrs
import pytest

from fodlam_core import Config, Estimate, NetworkConfig, Registry, TechnologyConfig, estimate
from fodlam_core.analyses.citations import cited
from fodlam_core.config import AcceleratorConfig
from fodlam_core.estimates.explain.provenance import provenances
from fodlam_core.model.costs import Cost
from fodlam_core.model.layers import Layer
from fodlam_core.report.units import PREFIXES

AT_65 = TechnologyConfig(node_nm=65, scaler="dennard")

SCALES = {symbol: 10.0**power for power, symbol in PREFIXES.items()}
PER_MAC = {name: AcceleratorConfig(predictor="per-mac") for name in ("eyeriss", "eie")}
PROCESSING = {
    **PER_MAC,
    "eyeriss": AcceleratorConfig(predictor="per-mac", options={"latency": "processing"}),
}
CONFIGS = [
    Config(
        NetworkConfig("VGG16", batch=batch, method=method),
        TechnologyConfig(node_nm=node, clock=clock, scaler="dennard"),
        accelerator=PER_MAC if latency == "total" else PROCESSING,
        system={"dram_energy_j_per_byte": 160e-12},
    )
    for batch, method, node, clock, latency in itertools.product(
        (1, 8, "published"),
        ("published", "predicted"),
        (65, 28),
        ("scale", "hold"),
        ("total", "processing"),
    )
]


class Formula:
    """A predictor that fits nothing: every layer takes a millisecond and a millijoule."""

    name = "formula"
    requires: frozenset[str] = frozenset()

    def fit(self, measurements: object) -> Formula:
        """Return the formula."""
        return self

    def predict(self, layer: Layer) -> Cost:
        """Return a millisecond and a millijoule."""
        return Cost(1e-3, 1e-3)


def number(text: str) -> float:
    """Return a quantity such as ``"76.2 ms"`` in SI units."""
    digits, _, unit = text.partition(" ")
    prefix = re.match(r"([fpnumkMGT]?)(?:s|J|W|B|MAC|J/B|s/B|s/MAC|J/MAC)$", unit)
    assert prefix or not unit, text
    return float(digits) * (SCALES[prefix[1]] if prefix else 1.0)


def evaluate(formula: str) -> float:
    """Return the value of products, quotients, sums and differences of quantities."""
    total = 0.0
    for sign, term in re.findall(r"(^|[+-] )([^+]+?)(?= [+-] |$)", formula):
        value = 1.0
        for operator, factor in re.findall(r"(^|x |/ )(.+?)(?= x | / |$)", term.strip()):
            value = value / number(factor) if operator == "/ " else value * number(factor)
        total += -value if sign == "- " else value
    return total


def formulas(text: str) -> list[tuple[str, str]]:
    """Return the formulas in a step, each with what it is said to yield."""
    text = re.sub(r" \([^()]*(\([^()]*\)[^()]*)*\)", "", text)
    found = []
    for part in text.split("; "):
        sides = re.split(r": | = ", re.sub(r", (for|never) .*", "", part))
        operators = [side for side in sides if re.search(r"\d.* [x/+-] ", side)]
        found += [
            (side.removeprefix("x "), sides[sides.index(side) + 1])
            for side in operators
            if side != sides[-1] and not side.startswith("x ")
        ]
    return found


@pytest.mark.parametrize("config", CONFIGS, ids=range(len(CONFIGS)))
def test_chain_ends_at_the_result(config: Config, registry: Registry) -> None:
    """The last step of each quantity is the layer's number, and the last line is as printed."""
    result = estimate(config, registry)

    for each, chain in zip(result.layers, provenances(result), strict=True):
        assert chain is not None
        last = {step.quantity: step.value for step in chain.steps}
        assert last["latency"] == pytest.approx(each.latency_s, rel=1e-12)
        assert last["energy"] == pytest.approx(each.energy_j, rel=1e-12)
        assert "result" == chain.steps[-1].quantity


def test_every_predictor_has_a_chain(registry: Registry) -> None:
    """Whatever predictor is taken, its formula is told or its result, and the chain ends there."""
    for accelerator in registry.accelerators:
        for predictor in accelerator.predictors:
            settings = {accelerator.name: AcceleratorConfig(predictor=predictor.name)}
            kinds = dict.fromkeys(accelerator.kinds, accelerator.name)
            names = [
                row.layer.name
                for row in accelerator.measurements
                if row.network == "VGG16" and not predictor.requires - {"shape"}
            ]
            if not names:
                continue  # it needs densities, which the zoo does not know
            network = NetworkConfig("VGG16", method="predicted", layers=tuple(names))
            result = estimate(
                Config(
                    network,
                    AT_65,
                    dispatch=kinds,
                    accelerator=settings,
                ),
                registry,
            )
            for each, chain in zip(result.layers, provenances(result), strict=True):
                assert chain is not None
                assert predictor.name == chain.predictor
                last = {step.quantity: step.value for step in chain.steps}
                assert last["latency"] == pytest.approx(each.latency_s, rel=1e-12)
                assert last["energy"] == pytest.approx(each.energy_j, rel=1e-12)


@pytest.mark.parametrize("config", CONFIGS, ids=range(len(CONFIGS)))
def test_formulas_are_true(config: Config, registry: Registry) -> None:
    """Every formula, worked out by hand from its printed digits, yields what it says."""
    checked = 0
    for chain in provenances(estimate(config, registry)):
        assert chain is not None
        for step in chain.steps:
            for formula, stated in formulas(step.text):
                assert evaluate(formula) == pytest.approx(number(stated), rel=2e-5), step.text
                checked += 1
    assert checked >= 16


def test_each_step_follows_from_printed_cells(registry: Registry) -> None:
    """CONV1-1 at 28 nm for 8 images: 76.2 and 38.0 ms and 247 mW, worked out by hand."""
    config = Config(NetworkConfig("VGG16", batch=8), TechnologyConfig(node_nm=28, scaler="dennard"))
    chain = provenances(estimate(config, registry))[0]
    assert chain is not None

    s = 28 / 65
    latency = [step.value for step in chain.steps if step.quantity == "latency"]
    assert [
        *(0.0762, 0.0762 / 3, 0.038 / 3 * s + 0.0382 / 3),
        8 * (0.038 / 3 * s + 0.0382 / 3),
    ] == pytest.approx(latency)
    energy = [step.value for step in chain.steps if step.quantity == "energy"]
    joules = 0.247 * 0.0762
    assert [joules, joules / 3, joules / 3 * s**3, 8 * joules / 3 * s**3] == pytest.approx(energy)
    assert {"latency_ms", "processing_latency_ms", "power_mw"} == {
        cell.quantity for cell in chain.cells
    }
    assert chain.scaling is not None
    assert ("dennard", pytest.approx(0.0382 / 3)) == (
        chain.scaling["rule"],
        chain.scaling["offchip_latency_s_not_scaled"],
    )
    assert (3, None, {}) == (chain.batch, chain.predictor, chain.fitted_to)


def test_processing_latency_names_its_own_column(registry: Registry) -> None:
    """With ``latency = "processing"`` the chain starts at that column, energy at the total's."""
    config = Config(
        NetworkConfig("AlexNet"),
        AT_65,
        accelerator=PROCESSING,
    )
    chain = provenances(estimate(config, registry))[0]
    assert chain is not None

    assert 'column "Processing Latency (ms)": 16.5 ms' in chain.steps[0].text
    [energy] = [step.text for step in chain.steps if "power x total latency" in step.text]
    assert 'column "Total Latency (ms)": 20.9 ms' in energy


def test_predicted_names_the_rows(registry: Registry) -> None:
    """A predicted layer says its predictor, the rows it was fitted to, and the formula."""
    config = Config(
        NetworkConfig("VGG_CNN_M"),
        AT_65,
        accelerator=PER_MAC,
    )
    chain = provenances(estimate(config, registry))[0]
    assert chain is not None

    assert ("per-mac", None, ()) == (chain.predictor, chain.batch, chain.cells)
    assert {"Table V, AlexNet": 5, "Table VI, VGG16": 13} == {
        table: len(rows) for table, rows in chain.fitted_to.items()
    }
    assert "1.46529 s / 16.0124 GMAC = 91.5097 ps/MAC" in chain.steps[0].text


@pytest.mark.parametrize(
    ("predictor", "tables"),
    [("per-mac", {"IV", "V"}), ("sparse", {"III", "IV", "V"})],
)
def test_predicted_names_every_table(
    predictor: str, tables: set[str], registry: Registry, tmp_path: Path
) -> None:
    """EIE's times are of Table IV, its power of Table V, and densities, if taken, of Table III."""
    path = tmp_path / "net.toml"
    path.write_text(
        'layers = [{name = "F", kind = "fc", inputs = 512, outputs = 512,'
        " weight_density = 0.1, activation_density = 0.3}]"
    )
    config = Config(
        NetworkConfig(file=str(path)),
        AT_65,
        accelerator={"eie": AcceleratorConfig(predictor=predictor)},
    )
    result = estimate(config, registry)
    [chain] = provenances(result)
    assert chain is not None

    networks = ("AlexNet", "VGG16")
    assert {f"Table {table}, {network}" for table in tables for network in networks} == set(
        chain.fitted_to
    )
    assert {("FC6", "FC7", "FC8")} == {tuple(rows) for rows in chain.fitted_to.values()}
    [cited_for_eie] = [each for each in cited([result], registry)[0] if "eie" in each.citation.key]
    assert {f"Table {table}" for table in tables} == set(cited_for_eie.where)


def test_a_formula_is_no_fit(registry: Registry) -> None:
    """A predictor of an accelerator without measurements is a formula, with its source."""
    eyeriss = registry.accelerator("eyeriss")
    where = eyeriss.citation.where
    bare = attrs.evolve(eyeriss, measurements=(), predictors=(Formula(),))
    some = registry._replace(items={**registry.items, ("accelerator", "eyeriss"): bare})
    config = Config(NetworkConfig("AlexNet", layers=("CONV1",)), AT_65)
    chain = provenances(estimate(config, some))[0]
    assert chain is not None

    assert {} == chain.fitted_to
    assert f"formula, a formula, nothing fitted ({where}): 105.415 MMAC: 1 ms" == (
        chain.steps[0].text
    )


def test_without_tables(registry: Registry) -> None:
    """Where an accelerator names no tables, the chain starts at its numbers and says so."""
    bare = attrs.evolve(registry.accelerator("eie"), publication=None)
    some = registry._replace(items={**registry.items, ("accelerator", "eie"): bare})
    chain = provenances(
        estimate(
            Config(
                NetworkConfig("AlexNet", layers=("FC6",)),
                AT_65,
            ),
            some,
        )
    )[0]
    assert chain is not None

    assert "latency: given by the accelerator: 30.3 us" == (
        f"{chain.steps[0].quantity}: {chain.steps[0].text.partition(',')[0]}"
    )


def test_not_modelled(registry: Registry, tmp_path: Path) -> None:
    """A layer that no accelerator serves rests on nothing."""
    path = tmp_path / "net.toml"
    path.write_text(
        'layers = [{name = "F", kind = "fc", inputs = 4, outputs = 4},'
        ' {name = "M", kind = "matmul", m = 2, k = 2, n = 2}]'
    )
    result = estimate(
        Config(NetworkConfig(file=str(path)), AT_65),
        registry,
    )

    assert [True, False] == [chain is not None for chain in provenances(result)]
    assert result.to_dict()["layers"][1]["provenance"] is None


def test_json_carries_it(cli: Any, examples: Path) -> None:
    """``run --format json`` has the chain of every layer."""
    record = json.loads(cli("run", examples / "vgg16.toml", "-f", "json").out)

    for layer in record["layers"]:
        chain = layer["provenance"]
        assert layer["citation"] == chain["publication"]
        assert layer["latency_s"] == chain["steps"][-1]["value"]
        assert all(cell["printed"] and cell["table"] for cell in chain["cells"])


def rows_of(result: Estimate) -> dict[str, tuple[str, str, str]]:
    """Return latency, energy and power of each layer as the table prints them."""
    from fodlam_core.estimates.columns import estimate_document
    from fodlam_core.report.document import Table

    tables = [each for each in estimate_document(result).blocks if isinstance(each, Table)]
    latency, energy, power = map(tables[0].header.index, ("latency", "energy", "power"))
    return {row[0]: (row[latency], row[energy], row[power]) for row in tables[0].rows}


def test_explain_every_layer(cli: Any, examples: Path, registry: Registry) -> None:
    """``--explain`` prints a chain for each layer, whose last line is the line of the table."""
    path = examples / "vgg16-per-image.toml"
    result = cli("run", path, "--explain", "--format", "markdown")

    assert 0 == result.status
    blocks = result.out.split("## ")[1:]
    table = rows_of(estimate(path, registry))
    assert 16 == len(blocks) == len(table)
    for block in blocks:
        latency, energy, power = table[block.split(" of ")[0]]
        last = block.strip().splitlines()[-1]
        assert f"- result: latency {latency}, energy {energy}, power {power}" == last


def test_explain_one_layer(cli: Any, examples: Path) -> None:
    """``--explain LAYER`` prints one chain, in any spelling and any format."""
    path = examples / "vgg16.toml"

    text = cli("run", path, "--explain", "conv1_1").out
    record = json.loads(cli("run", path, "--explain", "CONV1-1", "-f", "json").out)
    rows = list(csv.DictReader(io.StringIO(cli("run", path, "--explain", "fc6", "-f", "csv").out)))

    assert 'Table VI, row "CONV1-1", column "Power (mW)": 247 mW' in text
    assert ["CONV1-1"] == [each["name"] for each in record["layers"]]
    assert {"FC6"} == {row["layer"] for row in rows}
    assert [str(index) for index in range(1, len(rows) + 1)] == [row["step"] for row in rows]


def test_explain_wrongly(cli: Any, examples: Path) -> None:
    """An unknown layer is an error with a hint; FODLAM's JSON cannot hold a chain."""
    path = examples / "vgg16.toml"

    unknown = cli("run", path, "--explain", "conv11")
    fodlam = cli("run", path, "--format", "fodlam", "--explain")

    assert ((1, ""), (1, "")) == (unknown[:2], fodlam[:2])
    assert "--explain: unknown layer of VGG16 'conv11'; did you mean" in unknown.err
    assert "--explain: FODLAM's JSON cannot hold it" in fodlam.err


@pytest.mark.parametrize("name", ["row-stationary", "row-stationary-derived", "nearest"])
def test_formulas_of_predictors(name: str, registry: Registry) -> None:
    """The formula that a predictor of Eyeriss tells yields what it says."""
    layers = tuple(
        row.layer.name for row in registry.accelerator("eyeriss").calibration("conv")[5:]
    )
    settings = {"eyeriss": AcceleratorConfig(predictor=name)}
    network = NetworkConfig("VGG16", method="predicted", layers=layers)

    checked = 0
    for chain in provenances(
        estimate(
            Config(network, AT_65, accelerator=settings),
            registry,
        )
    ):
        assert chain is not None
        for step in chain.steps:
            for formula, stated in formulas(step.text):
                assert evaluate(formula) == pytest.approx(number(stated), rel=2e-5), step.text
                checked += 1
    assert checked >= 2 * len(layers)
