"""The layer of a row."""

from __future__ import annotations

import pytest

from fodlam_core import ConvShape, FcShape, MatmulShape
from fodlam_core.accelerators.cells import Columns, Row
from fodlam_core.accelerators.row_shapes import layer_of, shape_of

CONV = {
    "in_channels": "3",
    "in_height": "8",
    "in_width": "9",
    "out_channels": "4",
    "kernel": "3",
    "stride": "1",
    "padding": "1",
    "groups": "1",
}


def row(**cells: str) -> Row:
    """Return a row with cells by column."""
    return Row(Columns.named(list(cells)), list(cells.values()))


@pytest.mark.parametrize(
    ("cells", "shape"),
    [
        ({}, None),
        (CONV, ConvShape.from_input((3, 8, 9), 4, 3, padding=1)),
        ({"inputs": "5", "outputs": "6"}, FcShape(5, 6)),
        ({"inputs": "5", "outputs": "6", "rows": "7"}, FcShape(5, 6, 7)),
        ({"m": "2", "k": "3", "n": "4", "count": "5"}, MatmulShape(2, 3, 4, 5)),
    ],
)
def test_shapes(cells: dict[str, str], shape: object) -> None:
    """Each kind of shape is read from its columns."""
    each = row(**cells)

    assert shape == shape_of(each)
    assert [] == each.problems


def test_axes_may_differ() -> None:
    """A window may have a column for each axis."""
    cells = {key: value for key, value in CONV.items() if key != "kernel"}
    shape = shape_of(row(**cells, kernel_height="1", kernel_width="3"))

    assert isinstance(shape, ConvShape)
    assert (1, 3) == shape.kernel


def test_macs_follow_from_the_shape() -> None:
    """Without a column of MACs they are those of the shape."""
    layer = layer_of(row(layer="F", inputs="5", outputs="6"), "fc")

    assert layer is not None
    assert 30 == layer.macs


def test_two_shapes_are_a_mistake() -> None:
    """A row has the columns of one shape."""
    each = row(**CONV, inputs="5", outputs="6")

    assert shape_of(each) is None
    assert 1 == len(each.problems)
