"""Rows of predictors that are fitted to everything a chip has measured."""

from __future__ import annotations

import math
from collections.abc import Sequence

import attrs
import pytest

from fodlam_core import (
    Accelerator,
    Citation,
    FcShape,
    Layer,
    Measurement,
    Network,
    PredictionError,
)
from fodlam_core.model.costs import Cost
from fodlam_core.model.stored_fit import CrossValidated
from fodlam_core.model.whole_network import Reference
from fodlam_core.predictors.linear import Linear
from fodlam_core.validation.by_kind import KINDS
from fodlam_core.validation.errors import cross_validated
from fodlam_core.validation.pooled import Run, hold_out
from fodlam_core.validation.pooled_scores import cross_conformal
from fodlam_core.validation.scores import validate


def _layer(inputs: int, outputs: int) -> Layer:
    return Layer.from_shape(f"F{inputs}x{outputs}", FcShape(inputs, outputs))


def chip(references: Sequence[Reference] = (), networks: Sequence[Network] = ()) -> Accelerator:
    """Return a chip of twelve layers in four networks, 10 % slower in every second of them."""
    rows = [
        Measurement(
            f"N{number % 4}",
            layer,
            2,
            cost=Cost(2e-9 * layer.macs * (1 + 0.1 * (number % 2)), None),
        )
        for number, layer in enumerate(
            _layer(64 * k, 128 * n) for k in (1, 3, 5) for n in range(1, 5)
        )
    ]
    return Accelerator(
        name="chip",
        title="Chip",
        kinds=["fc"],
        technology=None,
        citation=Citation("x", "X", "@misc{x}"),
        provenance="measured",
        measurements=() if references else rows,
        references=references,
        networks={network.name: network for network in networks},
        predictors=[Linear(neighbours=False)],
    )


def test_a_pooled_predictor_has_one_row_for_all_kinds() -> None:
    """Its errors are those that its intervals are made of, under a scheme of its own."""
    [result] = validate([chip()])
    held = hold_out(Linear(neighbours=False), chip())
    assert held is not None
    record = next(iter(result.records()))
    assert (record["kind"], record["scheme"]) == ("all", "leave-networks-out")
    assert record["mape"] == pytest.approx(cross_validated(held)["latency"].mape)
    assert record["networks"] == 4
    assert {"within_10_percent", "rmspe", "rank_correlation", "coverage"} <= record.keys()
    assert record["coverage_of"] == 12
    for fold in record["folds"]:
        assert fold["held_out"] not in fold["trained_on"]


def test_whole_networks_have_a_row() -> None:
    """A chip that is known by whole networks only is validated by leaving networks out."""
    networks = [Network(f"M{k}", [_layer(64 * k, 64), _layer(64, 32 * k)]) for k in range(1, 7)]
    references = [Reference(each.name, 4, 4e-9 * each.total_macs + 1e-4) for each in networks]
    [result] = validate([chip(references, networks)])
    record = next(iter(result.records()))
    assert record["networks"] == 6
    assert record["mape"] < 0.2
    layers = list(result.layer_records())
    assert {each["layer"] for each in layers} == {"all layers"}
    measured = sorted(each["measured_latency_s"] for each in layers)
    assert measured == pytest.approx([each.latency_s / 4 for each in references if each.latency_s])


def test_other_schemes_are_not_its_own() -> None:
    """Leaving one layer out has no row of a predictor that holds out networks."""
    assert validate([chip()], schemes=["leave-one-layer-out"]) == []


def test_one_group_has_a_row_that_says_so() -> None:
    """Where nothing can be held out there is a row without an error, and its reason."""
    one = attrs.evolve(chip(), measurements=chip().measurements[:1])
    [result] = validate([one])
    record = next(iter(result.records()))
    assert record["mape"] is None
    assert "only one group" in record["notes"][0]


def _run(group: str, ratio: float) -> Run:
    row = Measurement("N", _layer(64, 64), 1, cost=Cost(1.0, None))
    return Run("r", group, row.cost, Cost(ratio, None), whole=False, measurement=row)


def test_intervals_have_not_seen_what_they_are_judged_by() -> None:
    """A group that errs more than all others lies outside of their intervals, and they inside."""
    runs = [_run(f"G{number}", math.exp(0.1)) for number in range(10)] + [_run("odd", 2.0)]
    found = cross_conformal(runs)["latency"]
    assert (found.inside, found.judged) == (10, 11)
    assert found.ends[-1] == pytest.approx((math.exp(-0.1), math.exp(0.1)))
    assert cross_conformal(runs)["energy"].share is None


def test_errors_that_came_with_a_chip_stand_where_nothing_can_be_held_out() -> None:
    """A chip that knows whole networks without their layers has the errors that `run` states."""
    kinds = {kind: CrossValidated("leave-chips-out", 4, 6, 0.5, 0.3, 0.1) for kind in KINDS}
    errors = CrossValidated("leave-chips-out", 5, 9, 0.4, 0.2, 0.1, kinds=kinds)
    known = attrs.evolve(
        chip([Reference(name, 1, latency_s=1e-3) for name in ("A", "B")]),
        cross_validated={"linear": {"latency": errors}},
    )

    every, *parts = validate([known])

    latency, energy, _ = every.records()
    assert ("leave-chips-out", 0.2, 0.1) == tuple(
        latency[key] for key in ("scheme", "mape", "median")
    )
    assert (2, None) == (latency["networks"], energy["mape"])
    assert ["its errors came with the chip, from 5 groups held out"] == latency["notes"]
    assert list(KINDS) == [part.kind for part in parts]
    assert {0.3} == {next(part.records())["mape"] for part in parts}


class Choosy:
    """A predictor of everything but layers of 128 outputs, which are those of one network."""

    name, pooled, requires = "choosy", True, frozenset[str]()

    def fit(self, measurements: object, references: object, networks: object) -> Choosy:
        """Learn nothing."""
        return self

    def predict(self, layer: Layer, batch: int) -> Cost:
        """Return the cost of a batch of any size, or refuse."""
        assert isinstance(layer.shape, FcShape)
        if layer.shape.outputs == 128:
            raise PredictionError("no layers of 128 outputs")
        return Cost(2e-9 * layer.macs, None)


def test_what_is_refused_leaves_the_error_of_the_rest() -> None:
    """Error, share and coverage are of the same layers, and a note counts the others."""
    [result] = validate([attrs.evolve(chip(), predictors=[Choosy()])])

    record = next(iter(result.records()))
    assert record["mape"] == pytest.approx((0 + 2 * (1 - 1 / 1.1)) / 3)
    assert record["within_10_percent"] == 1
    assert record["coverage_of"] == 9
    assert any("3 that it refuses are not counted" in note for note in record["notes"])


def test_a_summary_takes_what_came_with_a_chip() -> None:
    """Its errors stand as they are, and predictors that are not the default are left out."""
    errors = CrossValidated("leave-chips-out", 5, 9, 0.4, 0.2, 0.1)
    known = attrs.evolve(
        chip(), cross_validated={"linear": {"latency": errors}}, predictors=[Linear(), Choosy()]
    )
    seen: list[tuple[int, int]] = []

    [kept] = validate(
        [known], defaults_only=True, stored=True, watch=lambda *counts: seen.append(counts)
    )
    computed = validate([known])

    assert 0.2 == next(kept.records())["mape"]
    assert ["linear", "choosy"] == [each.predictor for each in computed]
    assert next(computed[0].records())["mape"] < 0.15
    assert [(0, 1)] == seen
