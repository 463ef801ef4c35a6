"""The points of a sweep."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from fodlam_core.figures.canvas import drawn
from fodlam_core.figures.design_points import front_of, lines, pareto

ROWS = [
    {"a.rule": rule, "technology.node_nm": node, "x": x, "latency_s": node * x, "energy_j": cost}
    for (rule, cost), node, x in itertools.product([("p", 1.0), ("q", 2.0)], [65, 45, 28], [1, 3])
]
AXES = ["a.rule", "technology.node_nm", "x"]


def test_lines() -> None:
    """The longest axis of numbers lies below; a line is the least of what lies at one place."""
    latency, energy = lines(ROWS, AXES)
    first = latency.lines[0]

    assert ([28, 45, 65], [28, 45, 65]) == (list(first.get_xdata()), list(first.get_ydata()))
    assert [2.0] * 3 == list(energy.lines[1].get_ydata())
    assert "node (nm)" == latency.get_xlabel()
    names = [text.get_text() for text in latency.figure.legends[0].texts]
    assert ["p", "q", "least (line) to greatest of the others"] == names


def test_the_axis_below() -> None:
    """Few values are its ticks; values far apart lie on a logarithmic axis."""
    nodes = lines(ROWS, AXES)[0]
    batches = [{"network.batch": 2**n, "latency_s": n + 1, "energy_j": 1.0} for n in range(9)]
    doubling = lines(batches, ["network.batch"])[0]

    assert ["28", "45", "65"] == [text.get_text() for text in nodes.get_xticklabels()]
    assert ("linear", "log") == (nodes.get_xscale(), doubling.get_xscale())
    assert "256" == doubling.get_xticklabels()[-1].get_text()


def test_no_numbers() -> None:
    """Without an axis of numbers there are no lines, and points without a cost are left out."""
    refused = {**ROWS[0], "latency_s": None, "energy_j": None}
    assert [] == lines(ROWS, ["a.rule"])
    assert [] == lines([refused], AXES)
    assert drawn(pareto([refused], AXES), "png")


def test_pareto() -> None:
    """The front is drawn over the points, and said how long."""
    each = pareto(ROWS, AXES, "a title")
    names = [text.get_text() for text in each.figure.legends[0].texts]

    assert ["front, 1 point"] == [name for name in names if "front" in name]
    assert [28] == list(each.lines[-1].get_xdata())
    assert "p, 28 nm, x 1" in [text.get_text() for text in each.texts]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=20))
def test_front(points: list[tuple[int, int]]) -> None:
    """On the front are exactly the points, each once, that no other beats."""
    front = front_of([{"latency_s": s, "energy_j": j} for s, j in points])
    beaten = [
        (s, j) for s, j in points if any((x, y) != (s, j) and x <= s and y <= j for x, y in points)
    ]
    assert set(points) - set(beaten) == {(row["latency_s"], row["energy_j"]) for row in front}
    assert len(front) == len(set(points) - set(beaten))
