"""The factors of a rule over nodes."""

from __future__ import annotations

from fodlam_core.figures.factors import factors
from fodlam_core.model.technology import ScalingFactors


def test_lines() -> None:
    """Each quantity is a line over nodes, large ones first; what is not known is left out."""
    over = {28.0: ScalingFactors(time=0.5, energy=0.25), 45.0: ScalingFactors(0.7, 0.5, area=0.4)}
    each = factors("a-rule", 65, over)
    time, energy, _, area = each.lines[:4]

    assert ([45, 28], [0.7, 0.5]) == (list(time.get_xdata()), list(time.get_ydata()))
    assert [0.5, 0.25] == list(energy.get_ydata())
    assert [45] == list(area.get_xdata())
    assert "process node (nm)" == each.get_xlabel()


def test_equal_quantities_are_one_line() -> None:
    """A line that would lie under another one is named with it."""
    over = {45.0: ScalingFactors(0.7, 0.7), 28.0: ScalingFactors(0.5, 0.5)}
    names = [text.get_text() for text in factors("a-rule", 65, over).figure.legends[0].texts]
    assert ["time and energy", "power"] == names
