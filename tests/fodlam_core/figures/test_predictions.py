"""Predicted against measured."""

from __future__ import annotations

from statistics import median

import pytest

from fodlam_core import Registry
from fodlam_core.figures.canvas import drawn
from fodlam_core.figures.predictions import predictions
from fodlam_core.validation.scores import Validation, validate


@pytest.fixture(scope="module")
def results(registry: Registry) -> list[Validation]:
    """The predictors of EIE, one network held out."""
    return validate([registry.accelerator("eie")], schemes=["leave-one-network-out"])


def test_points(results: list[Validation]) -> None:
    """Each held-out layer of the default predictor is a point, beside the line of equality."""
    latency, energy = predictions(results)
    [default] = [each for each in results if each.default]
    records = list(default.layer_records())

    assert [each["measured_latency_s"] for each in records] == list(latency.lines[0].get_xdata())
    assert [each["predicted_energy_j"] for each in records] == list(energy.lines[0].get_ydata())
    assert ("log", "log") == (latency.get_xscale(), latency.get_yscale())
    assert "measured latency (\N{MICRO SIGN}s)" == latency.get_xlabel()


def test_band(results: list[Validation]) -> None:
    """The band holds what lies between the ends of the intervals, over what is predicted."""
    latency, _ = predictions(results)
    [default] = [each for each in results if each.default]
    low, high = zip(*default.covered["latency"].ends, strict=True)
    corners = latency.collections[0].get_paths()[0].vertices
    ratios = {round(y / x, 9) for x, y in corners}

    assert {round(1 / median(low), 9), round(1 / median(high), 9)} == ratios
    assert max(ratios) > 1 > min(ratios)


def test_many_and_nothing(results: list[Validation]) -> None:
    """More predictors than colours share one; without any layer there is still a figure."""
    many = [each._replace(accelerator=f"chip{n}") for n in range(9) for each in results]
    names = [text.get_text() for text in predictions(many)[0].figure.legends[0].texts]
    nothing = [each._replace(folds=(), covered={}) for each in results]

    assert "3 more" == names[-1]
    assert 7 == len(names)
    assert drawn(predictions(nothing)[0], "png")
