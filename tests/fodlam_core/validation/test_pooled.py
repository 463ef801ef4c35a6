"""Cross-validation of predictors that are fitted to all that a chip has measured."""

from __future__ import annotations

import math

import attrs
import pytest

from fodlam_core import Accelerator, Citation, FcShape, Layer, Measurement, Network
from fodlam_core.model.costs import Cost
from fodlam_core.model.whole_network import Reference
from fodlam_core.predictors.linear import Linear
from fodlam_core.validation.errors import cross_validated
from fodlam_core.validation.intervals import pooled_interval_rule
from fodlam_core.validation.pooled import BY_NETWORK, BY_SHAPE, hold_out

SIZES = [(64 * k, 128 * n) for k in (1, 2, 3, 5, 8) for n in (1, 2, 4)]


def layer(inputs: int, outputs: int) -> Layer:
    """Return a fully-connected layer."""
    return Layer.from_shape(f"F{inputs}x{outputs}", FcShape(inputs, outputs))


def chip(noise: float = 0.0, networks: int = 5) -> Accelerator:
    """Return a chip that takes a nanosecond for each MAC, as exactly as is asked for."""
    rows = [
        Measurement(
            f"N{number % networks}",
            each,
            1,
            cost=Cost(1e-9 * each.macs * (1 + noise * (-1) ** number), None),
        )
        for number, each in enumerate(layer(*size) for size in SIZES)
    ]
    return Accelerator(
        name="chip",
        title="Chip",
        kinds=["fc"],
        technology=None,
        citation=Citation("x", "X", "@misc{x}"),
        provenance="measured",
        measurements=rows,
        predictors=[Linear(neighbours=False)],
    )


def test_an_exact_chip_is_predicted_exactly() -> None:
    """Where the form holds, what was held out is predicted, and the error says so."""
    held = hold_out(Linear(neighbours=False), chip())
    assert held is not None

    errors = cross_validated(held)
    assert (BY_NETWORK, 5, 15) == (held.scheme, held.groups, len(held.runs))
    assert {"latency"} == set(errors)
    assert errors["latency"].mape == pytest.approx(0, abs=1e-6)


def test_nothing_that_is_held_out_is_fitted() -> None:
    """A group that is ten times as slow as the others is missed by that factor."""
    slow = chip()
    rows = [
        attrs.evolve(row, latency_s=10 * row.latency_s) if row.network == "N0" else row
        for row in slow.measurements
    ]
    held = hold_out(Linear(neighbours=False), attrs.evolve(slow, measurements=rows))
    assert held is not None

    missed = [run for run in held.runs if run.group == "N0"]
    assert all(run.predicted.latency_s < 0.3 * run.measured.latency_s for run in missed)


def test_few_networks_are_held_out_by_shape() -> None:
    """With fewer than three networks the layers of one shape are a group."""
    held = hold_out(Linear(neighbours=False), chip(networks=1))
    assert held is not None

    assert (BY_SHAPE, len(SIZES)) == (held.scheme, held.groups)


def test_whole_networks_are_runs() -> None:
    """References whose layers are known are fitted to, held out and predicted."""
    networks = {
        f"Net{k}": Network(f"Net{k}", [layer(64 * k, 64), layer(64, 32 * k)]) for k in range(1, 7)
    }
    references = [
        Reference(name, 1, latency_s=2e-9 * network.total_macs + 1e-4)
        for name, network in networks.items()
    ]
    whole = attrs.evolve(chip(), measurements=(), references=references, networks=networks)
    held = hold_out(Linear(), whole)
    assert held is not None

    assert {True} == {run.whole for run in held.runs}
    assert cross_validated(held)["latency"].mape < 0.1
    assert whole.fitted_to_networks


def test_intervals_follow_what_was_missed() -> None:
    """The half-width of the interval is that of the held-out errors; stored errors are used."""
    noisy = chip(noise=0.2)
    predictor = noisy.predictors[0]
    fitted = predictor.fit(noisy.measurements)
    rule = pooled_interval_rule(predictor, fitted, noisy)
    held = hold_out(predictor, noisy)
    assert rule is not None
    assert held is not None

    errors = cross_validated(held)
    assert errors["latency"].half_width == rule.latency
    assert math.log(1.2) < rule.latency < math.log(2)
    stored = {"linear": {"latency": errors["latency"]._replace(half_width=1.5)}}
    known = pooled_interval_rule(predictor, fitted, attrs.evolve(noisy, cross_validated=stored))
    assert known is not None
    assert known.latency == 1.5


def test_one_group_cannot_be_held_out() -> None:
    """A single measured network leaves nothing to learn an error from."""
    one = attrs.evolve(chip(), measurements=chip().measurements[:1])
    assert hold_out(Linear(), one) is None
