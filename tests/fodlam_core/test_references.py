"""Published costs of whole networks."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fodlam_core import (
    Accelerator,
    Citation,
    Config,
    ConfigError,
    NetworkConfig,
    NetworkError,
    Registry,
    Technology,
    TechnologyConfig,
    estimate,
)
from fodlam_core.estimates.coverage import check_coverage
from fodlam_core.model.whole_network import Reference
from fodlam_core.report.report import as_json

ALEXNET_MACS = 724_406_816


def chip(*references: Reference, **changes: Any) -> Accelerator:
    """Return an accelerator that is known by whole networks only."""
    fields: dict[str, Any] = {
        "name": "whole",
        "title": "whole networks only",
        "kinds": ["conv", "fc"],
        "technology": Technology(65),
        "citation": Citation("doe", "J. Doe", "@misc{doe}"),
        "provenance": "projected",
        "references": references,
    }
    return Accelerator(**{**fields, **changes})


def run(registry: Registry, accelerator: Accelerator, **network: Any) -> Any:
    """Estimate AlexNet on the accelerator alone."""
    config = Config(
        NetworkConfig(**{"name": "AlexNet", **network}),
        TechnologyConfig(node_nm=network.pop("node_nm", 65)),
        dispatch={"conv": accelerator.name, "fc": accelerator.name},
    )
    return estimate(config, registry.with_accelerator(accelerator, "chip.toml"))


def test_answers_for_that_network_exactly(registry: Registry) -> None:
    """The total is the published cost; no layer has one."""
    result = run(registry, chip(Reference("AlexNet", 1, 0.02, 0.005)))
    total = result.totals["total"]

    assert (total.latency_s, total.energy_j, total.power_w) == (0.02, 0.005, 0.25)
    assert total.inferences_per_s == 50
    assert total.gmacs_per_s == pytest.approx(ALEXNET_MACS / 0.02 / 1e9)
    assert {each.latency_s for each in result.layers} == {None}
    assert result.totals["conv"].latency_s is None
    assert result.accelerators["whole"].energy_j == 0.005
    assert any("published for the whole network" in note for note in result.notes)
    assert not any("missing from latency" in note for note in result.notes)


@pytest.mark.parametrize(("batch", "latency_s"), [(1, 0.01), (4, 0.04), ("published", 0.04)])
def test_is_linear_in_the_batch(registry: Registry, batch: Any, latency_s: float) -> None:
    """The cost of a batch is shared by its inferences, or stands as printed."""
    result = run(registry, chip(Reference("AlexNet", 4, 0.04)), batch=batch)

    assert result.totals["total"].latency_s == latency_s
    assert result.totals["total"].energy_j is None


def test_the_record_has_it(registry: Registry) -> None:
    """JSON has the figures as asked for and as published, and is valid without energy."""
    result = run(registry, chip(Reference("AlexNet", 4, 0.04, where="Table 1")))

    assert result.to_dict()["references"] == [
        {
            "accelerator": "whole",
            "network": "AlexNet",
            "inferences": 1,
            "latency_s": 0.01,
            "energy_j": None,
            "measured_batch": 4,
            "native_latency_s": 0.04,
            "native_energy_j": None,
            "where": "Table 1",
            "citation": "doe",
            "implausible": [],
            "steps": [
                {
                    "quantity": "latency",
                    "text": "Table 1, all of AlexNet: 40 ms, for 4 inferences",
                    "value": 0.04,
                    "unit": "s",
                },
                {
                    "quantity": "latency",
                    "text": "1 inference: 40 ms / 4 x 1 = 10 ms",
                    "value": 0.01,
                    "unit": "s",
                },
                {
                    "quantity": "result",
                    "text": "latency 10 ms, energy -",
                    "value": 0.01,
                    "unit": "s",
                },
            ],
        }
    ]
    assert as_json(result.to_dict())


def test_is_shown_beside_the_layers(registry: Registry) -> None:
    """Where layers are known as well, the total stays theirs and the reference stands beside."""
    [eyeriss] = [each for each in registry.accelerators if each.name == "eyeriss"]
    from attrs import evolve

    both = evolve(eyeriss, name="both", references=(Reference("AlexNet", 1, 1.0),))
    config = Config(NetworkConfig("AlexNet"), dispatch={"conv": "both"})
    plain = estimate(Config(NetworkConfig("AlexNet")), registry)
    result = estimate(config, registry.with_accelerator(both, "chip.toml"))

    assert result.totals == plain.totals
    assert [each.latency_s for each in result.references] == [1.0]
    assert plain.references == ()
    assert "Published for all of AlexNet on both: 1 s (measured batch 1)" in result._repr_html_()


def test_is_scaled_to_the_target(registry: Registry) -> None:
    """A reference goes to another node by the same factors as a layer."""
    config = Config(
        NetworkConfig("AlexNet"),
        TechnologyConfig(node_nm=130),
        dispatch={"conv": "whole", "fc": "whole"},
    )
    accelerator = chip(Reference("AlexNet", 1, 1.0, 1.0))
    total = estimate(config, registry.with_accelerator(accelerator, "x")).totals["total"]

    assert (total.latency_s, total.energy_j) == (2.0, 8.0)


@pytest.mark.parametrize(
    ("reference", "network", "text"),
    [
        (Reference("VGG16", 1, 1.0), {}, "AlexNet with 724406816 MACs is not one of them"),
        (Reference("AlexNet", 1, 1.0, macs=5), {}, "is not one of them"),
        (Reference("AlexNet", 1, 1.0), {"layers": ("FC6",)}, "leave layers out"),
        (Reference("AlexNet", 1, 1.0), {"method": "predicted"}, 'write method = "auto"'),
    ],
)
def test_is_never_spread_over_layers(
    registry: Registry, reference: Reference, network: dict[str, Any], text: str
) -> None:
    """Whatever is not that very network as a whole is refused, saying what to write."""
    with pytest.raises(ConfigError, match=text):
        run(registry, chip(reference), **network)


def test_is_not_mixed_with_layers(registry: Registry) -> None:
    """An accelerator for whole networks cannot share a network with another."""
    config = Config(NetworkConfig("AlexNet"), dispatch={"conv": "whole"})
    extended = registry.with_accelerator(chip(Reference("AlexNet", 1, 1.0)), "x")

    with pytest.raises(ConfigError, match="give it every kind, not some to eie"):
        estimate(config, extended)


def test_is_taken_only_by_name(registry: Registry) -> None:
    """It serves no kind of layer on its own, not even one that nothing else serves."""
    accelerator = chip(Reference("AlexNet", 1, 1.0), default_for=["conv"])
    result = estimate(Config(NetworkConfig("AlexNet")), registry.with_accelerator(accelerator, "x"))

    assert "whole" not in result.platforms


def test_several_batches_are_ambiguous(registry: Registry) -> None:
    """Of several batches the one asked for answers; if none is, they are named."""
    accelerator = chip(Reference("AlexNet", 2, 1.0), Reference("AlexNet", 8, 3.0))

    assert run(registry, accelerator, batch=8).totals["total"].latency_s == 3.0
    with pytest.raises(ConfigError, match=r"for the batches 2, 8; write one of them"):
        run(registry, accelerator)


@pytest.mark.parametrize(
    ("reference", "problem"),
    [
        (Reference("x"), "neither latency_s nor energy_j"),
        (Reference("x", 0, 1.0), "batch 0"),
        (Reference("x", 1, -1.0), "latency_s -1.0"),
        (Reference("x", 1, energy_j=float("nan")), "energy_j nan"),
        (Reference("x", 1, 1.0, macs=0), "macs 0"),
        (Reference(3, 1, 1.0), "strings"),  # type: ignore[arg-type]
    ],
)
def test_wrong_references_say_why(reference: Reference, problem: str) -> None:
    """Each impossible figure is named."""
    assert problem in str(reference.problem())


HEADER = """
name = "whole"
title = "Whole"
kinds = ["conv", "fc"]
provenance = "measured"
technology = { node_nm = 65 }
citation = { key = "doe", text = "J. Doe", bibtex = "@misc{doe}" }
"""


def test_from_a_data_file(toml: Callable[..., Path], cli: Any) -> None:
    """A data file may have references alone, in printed units, and be named by a configuration."""
    references = '[[references]]\nnetwork = "AlexNet"\nbatch = 2\nlatency_ms = 30\nenergy_mj = 8\n'
    toml(HEADER + references, "whole.toml")
    config = toml(
        '[network]\nname = "AlexNet"\n[dispatch]\nconv = "whole"\nfc = "whole"\n'
        '[accelerator.whole]\nfile = "whole.toml"\n'
    )
    total = estimate(config).totals["total"]
    shown = cli("run", config)

    assert (total.latency_s, total.energy_j) == (0.015, 0.004)
    assert "the totals lack their cost" not in shown.out
    assert "Published for all of AlexNet on whole: 15 ms, 4 mJ (measured batch 2)" in shown.out


def test_numbers_beyond_every_float_are_refused() -> None:
    """A whole number too large for any calculation is no positive, finite number."""
    assert Reference("A", energy_j=10**400).problem() is not None


@pytest.fixture
def whole(toml: Callable[..., Path]) -> Path:
    """Return a configuration of AlexNet on an accelerator that publishes it for a batch of 4."""
    references = (
        '[[references]]\nnetwork = "AlexNet"\nbatch = 4\nlatency_ms = 30\nenergy_mj = 8\n'
        'where = "Table I"\n'
    )
    toml(HEADER + references, "whole.toml")
    return toml(
        '[network]\nname = "AlexNet"\n[dispatch]\nconv = "whole"\nfc = "whole"\n'
        '[accelerator.whole]\nfile = "whole.toml"\n'
    )


def test_dram_energy_of_the_accelerator_is_not_known(whole: Path, cli: Any) -> None:
    """Where no layer tells its traffic, DRAM energy is null by accelerator as in the total."""
    price = "system.dram_energy_j_per_byte=160e-12"
    record = json.loads(cli("run", whole, "--set", price, "-f", "json").out)

    for sums in (record["totals"]["total"], record["accelerators"]["whole"]):
        assert (None, None) == (sums["dram_energy_j"], sums["system_energy_j"])


def test_is_explained(whole: Path, cli: Any) -> None:
    """``--explain`` has the chain of the total, and says of layers that the total is all there is.

    130 nm is twice 65 nm: time x2, energy x8 under Dennard scaling.
    """
    asked = ("run", whole, "--set", "technology.node_nm=130", "--explain")
    text = cli(*asked, "-f", "markdown").out
    record = json.loads(cli(*asked, "-f", "json").out)
    rows = list(csv.DictReader(io.StringIO(cli(*asked, "-f", "csv").out)))

    assert "no accelerator serves" not in text
    assert 8 == text.count("whole publishes a cost of the whole network")
    assert "total of AlexNet: published on whole" in text
    assert ["latency"] * 3 + ["energy"] * 3 + ["result"] == [row["quantity"] for row in rows]
    assert {"total"} == {row["layer"] for row in rows}
    assert [0.03, 0.06, 0.015, 0.008, 0.064, 0.016, 0.016] == pytest.approx(
        [step["value"] for step in record["total"]["steps"]]
    )
    assert "Table I, all of AlexNet: 30 ms, for 4 inferences" in text
    assert "J. Doe, Table I (accelerator whole)" in cli("cite", whole, "-f", "text").out


def test_layers_that_are_summed_up_have_no_chain_of_the_total(cli: Any, examples: Path) -> None:
    """Where layers have costs, the total is their sum and has no chain of its own."""
    record = json.loads(cli("run", examples / "alexnet.toml", "--explain", "-f", "json").out)

    assert record["total"] is None


def test_covers_the_network(whole: Path, cli: Any) -> None:
    """A total that is published covers all layers, though none of them has a cost."""
    result = cli("run", whole, "--require-coverage", "100")
    record = json.loads(cli("run", whole, "-f", "json").out)

    assert 0 == result.status
    assert "Coverage: published 100 % of MACs (8 layers)" in result.out
    assert (8, ALEXNET_MACS) == tuple(record["coverage"]["published"].values())[:2]
    assert {"not modelled"} == {layer["method"] for layer in record["layers"]}


@pytest.mark.parametrize(
    ("reference", "lacks"),
    [(Reference("AlexNet", 1, 0.02), "energy"), (Reference("AlexNet", 1, energy_j=1.0), "latency")],
)
def test_half_a_cost_covers_nothing(registry: Registry, reference: Reference, lacks: str) -> None:
    """With latency or energy alone nothing counts as covered, and what is missing is named."""
    result = run(registry, chip(reference))

    assert 0 == result.coverage.modelled_share
    assert any(f"whole: no {lacks} of AlexNet is published" in note for note in result.notes)
    with pytest.raises(NetworkError, match=f"required; whole publishes no {lacks} of AlexNet"):
        check_coverage(result, 50)


@pytest.mark.parametrize(
    ("batch", "note"),
    [
        (1, "costs measured at another batch are divided by it"),
        ("published", "costs are as printed, for total: 4 images"),
    ],
)
def test_batch_is_told(registry: Registry, batch: Any, note: str) -> None:
    """That the figure was measured at another batch, or is as printed, is in the notes."""
    at_4 = run(registry, chip(Reference("AlexNet", 4, 0.04)), batch=batch)
    at_1 = run(registry, chip(Reference("AlexNet", 1, 0.04)))

    assert any(each.startswith(note) for each in at_4.notes)
    assert not any(each.startswith("costs") for each in at_1.notes)
    assert ("Costs as printed: total: 4 images" in at_4._repr_html_()) == (batch == "published")
    assert at_4.batches == ({"total": (4,)} if batch == "published" else {})


@pytest.mark.parametrize(
    ("reference", "what"),
    [
        (Reference("AlexNet", 1, 0.02, 1e-12), "energy per MAC too low"),
        (Reference("AlexNet", 1, 0.02, 1.0), "energy per MAC too high"),
        (Reference("AlexNet", 1, 1e-9, 0.01), "rate above peak"),
        (Reference("AlexNet", 2, 0.02, 0.01), "rate above peak"),
        (Reference("AlexNet", 1, 0.02, 0.5), "power density"),
    ],
)
@pytest.mark.parametrize("batch", [1, 3, "published"])
def test_what_cannot_be_is_told(
    registry: Registry, reference: Reference, what: str, batch: Any
) -> None:
    """A published total beyond a bound is doubted in the notes and in the JSON."""
    accelerator = chip(reference, peak_macs_per_s=50e9, area_mm2=10.0)
    result = run(registry, accelerator, batch=batch)

    assert result.notes[0].startswith("implausible: whole: ")
    assert any(f"{what} of all of AlexNet" in note for note in result.notes)
    [record] = result.to_dict()["references"]
    assert what in [doubt["what"] for doubt in record["implausible"]]


def test_plausible_totals_are_not_doubted(registry: Registry) -> None:
    """A sensible figure raises no doubt; the rate of a chip that skips zeros is not judged."""
    sensible = chip(Reference("AlexNet", 4, 0.08, 0.02), peak_macs_per_s=50e9, area_mm2=10.0)
    skipping = chip(Reference("AlexNet", 1, 1e-9), peak_macs_per_s=50e9, skips_zeros=True)

    for accelerator in (sensible, skipping):
        assert not any("implausible" in note for note in run(registry, accelerator).notes)


def test_wrong_references_in_a_data_file(toml: Callable[..., Path]) -> None:
    """An impossible figure in a data file names file and network."""
    toml(f'{HEADER}[[references]]\nnetwork = "AlexNet"\nlatency_ms = -3\n', "whole.toml")
    config = toml('[network]\nname = "AlexNet"\n[accelerator.whole]\nfile = "whole.toml"\n')

    with pytest.raises(
        ConfigError, match=r"whole.toml: \[\[references\]\] 1 latency_ms: expected a positive"
    ):
        estimate(config)
