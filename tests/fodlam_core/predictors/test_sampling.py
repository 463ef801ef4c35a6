"""Which rows of a large table are fitted to."""

from __future__ import annotations

import random

import pytest

from fodlam_core import FcShape, Layer, Measurement
from fodlam_core.predictors import sampling
from fodlam_core.predictors.linear import Linear
from fodlam_core.predictors.roofline import Roofline

ROWS = [
    Measurement(
        f"net{number % 9}",
        Layer.from_shape(f"F{number}", FcShape(64 + number, 32 + 7 * number % 1000)),
        1,
        latency_s=1e-5 + 1e-9 * (64 + number) * (32 + 7 * number % 1000),
    )
    for number in range(600)
]


def test_few_rows_are_all_taken() -> None:
    """Up to the limit every row is taken, and nothing is said of it."""
    assert sampling.sampled(ROWS, len(ROWS)) is ROWS
    assert sampling.fit_notes(ROWS, ROWS) == ()


def test_the_order_of_a_table_chooses_nothing() -> None:
    """The sample is the same rows, in the order of the table, however it is sorted."""
    shuffled = random.Random(2).sample(ROWS, len(ROWS))
    one, other = (sampling.sampled(rows, 100) for rows in (ROWS, shuffled))
    assert len(one) == 100
    assert {row.key for row in one} == {row.key for row in other}
    assert [ROWS.index(row) for row in one] == sorted(ROWS.index(row) for row in one)


@pytest.mark.parametrize("predictor", [Linear(), Roofline(exponent=1)])
def test_a_fit_to_some_rows_says_so(
    predictor: Linear | Roofline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Predictors that are fitted in many steps take a sample of a large table, and say so."""
    assert predictor.fit(ROWS).notes == ()
    monkeypatch.setattr(sampling, "MOST_FITTED", 200)
    fitted = predictor.fit(ROWS)
    assert fitted.notes == ("fitted to 200 of 600 rows",)
    cost = fitted.predict(ROWS[5].layer)
    assert cost.latency_s == pytest.approx(ROWS[5].latency_s, rel=0.05)
