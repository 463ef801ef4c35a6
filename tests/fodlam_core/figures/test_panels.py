"""A panel for each chip."""

from __future__ import annotations

import pytest

from fodlam_core import Registry
from fodlam_core.figures.canvas import drawn
from fodlam_core.figures.panels import COLUMNS, ROWS, panels
from fodlam_core.validation.scores import Validation, Validations, validate


@pytest.fixture(scope="module")
def one(registry: Registry) -> Validation:
    """The default predictor of EIE, one network held out."""
    results = validate([registry.accelerator("eie")], schemes=["leave-one-network-out"])
    return next(each for each in results if each.default)


def chips(one: Validation, count: int) -> list[Validation]:
    """Return so many chips with the same results."""
    return [one._replace(accelerator=f"chip{number}/fast") for number in range(count)]


def test_a_panel_has_the_points_of_its_chip(one: Validation) -> None:
    """Each held-out layer is a point of the panel, which names chip, point and error."""
    [first] = panels(chips(one, 8), ["A source"])
    figure = first.get_figure(root=True)
    assert figure is not None
    shown = [each for each in figure.axes if each.axison]
    line, points = shown[-1].lines
    records = list(one.layer_records())

    assert len(shown) == 8
    assert list(points.get_xdata()) == [each["measured_latency_s"] for each in records]
    assert list(points.get_ydata()) == [each["predicted_latency_s"] for each in records]
    assert list(line.get_xdata()) == list(line.get_ydata())
    mean = next(iter(one.records()))["mape"]
    assert shown[-1].get_title() == "chip7\nfast"
    assert f"{100 * mean:.0f} %" in [text.get_text() for text in shown[-1].texts]
    assert drawn(first, "svg") == drawn(panels(chips(one, 8), ["A source"])[0], "svg")


def test_few_chips_have_no_panels(one: Validation) -> None:
    """What one picture shows needs no other; nothing measured has none either."""
    assert panels(chips(one, 7)) == []
    assert Validations([]).plot.panels() == []


def test_many_chips_have_pages(one: Validation) -> None:
    """A page holds as many panels as it has room for."""
    found = Validations(chips(one, COLUMNS * ROWS + 1)).plot.panels()
    titles = [each.figure.legends[0].get_title().get_text() for each in found]

    assert len(found) == 2
    assert titles[1].endswith("; 2 of 2")
