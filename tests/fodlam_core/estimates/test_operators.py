"""The line of operators without MACs."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest

from fodlam_core import Config, Estimate, FcShape, Layer, Network, NetworkConfig, estimate
from fodlam_core.config import AcceleratorConfig
from fodlam_core.errors import ConfigError
from fodlam_core.estimates.explain.provenance import provenances
from fodlam_core.estimates.figures import OVERHEAD
from fodlam_core.estimates.verdict import verdict
from fodlam_core.model.memory_pass import MemoryPass

HEADER = """name = "mine"
title = "Mine"
kinds = ["fc"]
provenance = "measured"
table = "mine.csv"
predictors = ["per-mac"]
operator_table = "mine-operators.csv"
[citation]
key = "mine"
text = "Mine"
bibtex = "@misc{mine}"
"""
PASSES = (
    MemoryPass("Add", 2000, 1000, count=3),
    MemoryPass("Sub", 2000, 1000),
    MemoryPass("TopK", 1000, 10),
)
NETWORK = Network(
    "net",
    [Layer.from_shape("F", FcShape(1000, 1000)), Layer.from_shape("G", FcShape(100, 100))],
    {"Add": 3, "Sub": 1, "TopK": 1, "If": 2},
    memory_passes=PASSES,
)


@pytest.fixture
def chip(tmp_path: Path) -> Path:
    """Write a chip that takes 1 us for a million MACs, and 1 us + 1 ns an element for an Add."""
    (tmp_path / "mine.csv").write_text(
        "network,layer,kind,batch,macs,latency_us\nN,F,fc,1,1000000,1\n"
    )
    (tmp_path / "mine-operators.csv").write_text(
        "operator,read,written,latency_us\nAdd,2000,1000,3\nAdd,20000,10000,21\n"
        "Add,200000,100000,201\n"
    )
    path = tmp_path / "mine.toml"
    path.write_text(HEADER)
    return path


def made(chip: Path, network: Network = NETWORK, **wanted: object) -> Estimate:
    """Return what the network costs on the chip."""
    config = Config(
        NetworkConfig(**{"batch": 1, **wanted}),  # type: ignore[arg-type]  # keys of tests
        dispatch={"fc": "mine"},
        accelerator={"mine": AcceleratorConfig(file=str(chip))},
    )
    return estimate(config, network=network)


def test_operators_are_a_line_of_the_total(chip: Path) -> None:
    """Passes are charged by call and element, an operator that was not measured as one like it."""
    result = made(chip)

    [line] = [each for each in result.layers if each.layer.kind == OVERHEAD]
    assert line.layer.name == "operators without MACs (mine)"
    assert line.latency_s == pytest.approx(12e-6)
    assert result.totals["total"].latency_s == pytest.approx(12e-6 + 1.01e-6)
    assert line.interval is not None
    assert any("charged as similar ones: Sub as Add" in note for note in result.notes)
    assert any("counted as free: TopK (1)" in note for note in result.notes)
    assert "mine: operators inside If are counted as free" in result.notes


def test_operators_count_as_no_layer_in_totals(chip: Path) -> None:
    """Totals have as many layers as the coverage; the line of operators still has its row."""
    result = made(chip)

    assert result.totals["total"].layers == sum(result.coverage.layers.values()) == 2
    assert result.accelerators["mine"].layers == 2
    assert result.totals[OVERHEAD].layers == 0
    assert not result.totals[OVERHEAD].is_empty
    assert result.totals["conv"].is_empty


def test_a_batch_shares_calls(chip: Path) -> None:
    """Of a batch each pass is one call."""
    assert made(chip, batch=10).totals[OVERHEAD].latency_s == pytest.approx(4e-6 + 80e-6)


def test_no_power_without_the_energy_of_operators(chip: Path) -> None:
    """A total with the latency of operators but not their energy has no power."""
    (chip.parent / "mine.csv").write_text(
        "network,layer,kind,batch,macs,latency_us,energy_uj\nN,F,fc,1,1000000,1,1\n"
    )

    result = made(chip)

    total = result.totals["total"]
    assert (total.energy_j, total.power_w) == (pytest.approx(1.01e-6), None)
    assert result.totals["fc"].power_w == pytest.approx(1.0)
    assert result.to_dict()["per_inference"]["energy_j"] is None
    besides = "no energy is known of what a run takes besides its layers; totals lack it"
    doubt = f"incomplete: mine: {besides}"
    assert doubt in result.notes
    assert verdict(result).doubts == (doubt,)


def test_power_of_the_header_is_that_of_operators(chip: Path) -> None:
    """A chip of known power has the energy of operators too, and a power of the total."""
    chip.write_text("power_w = 2\n" + HEADER)

    assert made(chip).totals["total"].power_w == pytest.approx(2.0)


def test_a_chip_that_refuses_every_layer_charges_nothing(chip: Path) -> None:
    """Operators alone are not a result: the refusals of the layers are told."""
    chip.write_text(HEADER.replace("per-mac", "linear"))

    with pytest.raises(ConfigError, match="F cannot be predicted: linear"):
        made(chip)


@pytest.mark.parametrize(("first", "told"), [(0, "4 passes of"), (1, "1 pass of")])
def test_the_count_is_told_beside_the_line(chip: Path, first: int, told: str) -> None:
    """The line has one name however many passes it is of, so that results can be compared."""
    result = made(chip, attrs.evolve(NETWORK, memory_passes=PASSES[first:]))

    assert result.layers[-1].layer.name == "operators without MACs (mine)"
    assert any(note.startswith(f"mine: {told} operators without MACs") for note in result.notes)


def test_too_few_rows_say_why_there_is_no_interval(chip: Path) -> None:
    """Where no operator was measured three times, a note says that a total has no interval."""
    assert not any("no interval is known" in note for note in made(chip).notes)
    (chip.parent / "mine-operators.csv").write_text(
        "operator,read,written,latency_us\nAdd,2000,1000,3\nAdd,20000,10000,21\n"
    )

    result = made(chip)

    assert result.totals["total"].interval is None
    assert any("no interval is known of operators" in note for note in result.notes)


def test_operators_of_no_known_name_are_told(chip: Path) -> None:
    """A name that ONNX does not have may be misspelt, or an operator of one's own: a note."""
    assert not any("operator table" in note for note in made(chip).notes)
    with (chip.parent / "mine-operators.csv").open("a") as file:
        file.write("HardSwsh,2000,1000,3\nAdd broadcast,20,10,1\nNonMaxSuppression,20,10,1\n")

    told = "its operator table has names that ONNX does not have: 'HardSwsh' (did you mean "
    assert any(f"mine: {told}'HardSwish'?)" in note for note in made(chip).notes)


def test_json_has_every_pass(chip: Path) -> None:
    """The JSON says what each kind of pass takes, and at whose rate."""
    record = made(chip).to_dict()["operators"]

    assert (record["accelerator"], record["count"]) == ("mine", 4)
    assert record["latency_s"] == pytest.approx(12e-6)
    rates = [(each["operator"], each["rate_of"]) for each in record["passes"]]
    assert rates == [("Add", "Add"), ("Sub", "Add"), ("TopK", None)]


@pytest.mark.parametrize("why", ["no table", "no passes", "nothing alike", "some layers"])
def test_what_is_not_known_is_as_before(chip: Path, why: str) -> None:
    """Without a table, or without passes, operators are free, and the result says so."""
    network, layers = NETWORK, None
    if why == "no table":
        chip.write_text(HEADER.replace('operator_table = "mine-operators.csv"\n', ""))
    elif why == "no passes":
        network = attrs.evolve(NETWORK, memory_passes=())
    elif why == "nothing alike":
        network = attrs.evolve(NETWORK, memory_passes=PASSES[2:])
    else:
        layers = ("F", "G")

    result = made(chip, network, layers=layers)

    assert result.totals["total"].latency_s == pytest.approx(1.01e-6)
    assert OVERHEAD not in result.totals
    assert result.to_dict()["operators"] is None
    assert any(note.startswith("7 operators without MACs") for note in result.notes)


def test_explanation_names_what_it_is_made_of(chip: Path) -> None:
    """The way to the number says what each operator adds."""
    [line] = list(provenances(made(chip)))[-1:]

    assert line is not None
    assert "fitted to 3 measured passes: 3 Add 9 us + 1 Sub 3 us" in line.steps[0].text
