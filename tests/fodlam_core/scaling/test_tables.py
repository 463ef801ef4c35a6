"""Tables of nodes: exact, or interpolated where it is asked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodlam_core import ScalingError, Technology
from fodlam_core.errors import MissingInputsError
from fodlam_core.scaling.inputs import require
from fodlam_core.scaling.tables import NodeTable, factors_between, neighbours

TABLE = NodeTable({65: (1.0, 1.0, 2.0), 45: (0.8, 0.6, 1.0), 28: (0.7, 0.4, 0.35)})


def test_a_node_of_the_table_is_taken_as_it_is() -> None:
    """Exact look-up gives the values themselves, without a note."""
    assert TABLE.at(45).values == (0.8, 0.6, 1.0)
    assert TABLE.at(45.0, interpolate=True) == TABLE.at(45)


@given(st.floats(28, 65))
def test_weights_are_those_of_a_line_in_the_logarithm(node: float) -> None:
    """The weights of the neighbours are positive, add up to 1 and give back the node."""
    weights = neighbours(node, TABLE.rows, interpolate=True)
    assert sum(weight for _, weight in weights) == pytest.approx(1.0, rel=1e-12)
    product = 1.0
    for near, weight in weights:
        assert weight >= 0
        product *= near**weight
    assert product == pytest.approx(node, rel=1e-12)


@pytest.mark.parametrize("interpolate", [False, True])
@pytest.mark.parametrize("node", [27.999, 65.001, 1, 10_000])
def test_nothing_is_extrapolated(node: float, interpolate: bool) -> None:
    """A node beyond the ends is refused either way."""
    with pytest.raises(ScalingError, match="has 65, 45, 28 nm; it is never extrapolated"):
        TABLE.at(node, interpolate)


def test_a_node_in_between_is_refused_with_the_cure() -> None:
    """Without interpolation a node in between is refused; the error has the line to write."""
    with pytest.raises(ScalingError, match=r"\[technology.options\] interpolate = true"):
        TABLE.at(40)


def test_a_table_may_do_without_area() -> None:
    """Two columns are time and energy; the area is then not told."""
    factors = factors_between(
        *(NodeTable({65: (1.0, 1.0), 45: (0.8, 0.6)}).at(node) for node in (65, 45))
    )
    assert (factors.time, factors.energy, factors.area) == (0.8, 0.6, None)


def test_what_is_required_and_stated_is_no_error() -> None:
    """Points that state what is needed pass; the others are named side by side."""
    full, bare = Technology(45, 1.0, "hp"), Technology(45)
    require(full, full, ["vdd", "flavor"], ["vdd"])
    with pytest.raises(
        MissingInputsError, match="vdd and flavor not stated; state vdd and flavor of the target"
    ):
        require(full, bare, ["vdd"], ["vdd", "flavor"])
