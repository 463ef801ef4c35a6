"""Tests of the prior from chips that behave alike."""

import pytest

from fodlam_core.predictors.donors import Coefficients, prior
from fodlam_core.predictors.fitted import FittedModels
from fodlam_core.predictors.linear import LinearModel
from fodlam_core.predictors.neighbours import Corrected, Neighbours


def test_without_donors_there_is_no_prior():
    """Nothing is pulled towards where no other chip is known."""
    assert None is prior([[1.0]], [])


def test_donors_are_scaled_and_the_best_are_averaged():
    """Of a chip of the same shape and twenty-one of another, the odd ones weigh less than all."""
    columns = [[1.0, 0.5, 0.25], [0.0, 0.5, 0.75]]
    alike, odd = [2.0, 2.0], [5.0, 1.0]
    assert [1.0, 1.0] == pytest.approx(prior(columns, [alike]))
    found = prior(columns, [odd] + [alike] * 20 + [odd])
    assert [1.0, 1.0] == pytest.approx(found)


def test_one_row_tells_the_chips_that_are_as_fast():
    """Of donors that all fit one row, those count that need the least scaling."""
    columns = [[1.0], [1.0]]
    near, far = [0.25, 0.5], [50.0, 25.0]
    found = prior(columns, [far] * 30 + [near] * 20)
    assert [1 / 3, 2 / 3] == pytest.approx(found)


def test_a_donor_that_costs_nothing_somewhere_is_left_out():
    """A donor that has no cost for a measured row cannot be scaled to it."""
    assert None is prior([[1.0, 0.0]], [[3.0]])


def test_coefficients_are_those_before_the_correction():
    """A donor gives what transfers: the sum of terms."""
    model = LinearModel({"layers": 2.0}, frozenset({"fc"}))
    fitted = FittedModels(Corrected(model, Neighbours((), {})), None)
    assert Coefficients({"layers": 2.0}, None) == Coefficients.of(fitted)
