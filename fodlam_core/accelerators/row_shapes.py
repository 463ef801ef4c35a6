"""The layer of a row: its kind, shape, MACs and densities, as columns give them."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from fodlam_core.errors import FodlamError
from fodlam_core.model.layers import COUNTED, Layer
from fodlam_core.model.shapes import ConvShape, FcShape, MatmulShape

if TYPE_CHECKING:
    from fodlam_core.accelerators.cells import Row
    from fodlam_core.model.shapes import Shape

CONV = ("in_channels", "in_height", "in_width", "out_channels")
# Of one number for both axes, or of two: KERNEL_height and KERNEL_width.
AXES = ("kernel", "stride", "padding")
BOTH = tuple(f"{name}_{axis}" for name in (*AXES, "dilation") for axis in ("height", "width"))
CONV_COLUMNS = (*CONV, *AXES, *BOTH, "dilation", "groups")
FC = ("inputs", "outputs")
MATMUL = ("m", "k", "n")
WEIGHTS = "weight_density_fraction"
DENSITY = "activation_density_fraction"
ZEROS = "activation_zeros_fraction"  # of which density is the rest, and a detail as well
CONVOLUTION, FC_LAYER, PRODUCT = "a convolution", "an fc layer", "a product"
_OF_SHAPES = {
    CONVOLUTION: frozenset(CONV_COLUMNS),
    FC_LAYER: frozenset(FC),
    PRODUCT: frozenset(MATMUL),
}
_CELLS = {CONVOLUTION: CONV_COLUMNS, FC_LAYER: (*FC, "rows"), PRODUCT: (*MATMUL, "count")}
SHAPES = (*CONV_COLUMNS, *FC, "rows", *MATMUL, "count")


def layer_of(row: Row, kind: str) -> Layer | None:
    """Return the layer of a row; None, and problems in the row, if something is wrong with it."""
    before = len(row.problems)
    name, shape = row.text("layer"), shape_of(row)
    if row.has("macs") or shape is None:
        macs = row.whole("macs", least=1 if kind in COUNTED else 0)
    else:
        macs = shape.macs
    weights = row.quantity_if_there(WEIGHTS)
    activations = row.quantity_if_there(DENSITY)
    if row.has(ZEROS):
        activations = 1 - row.quantity(ZEROS)
    if shape and kind != shape.kind and kind in COUNTED:
        row.problems.append(f"kind: a layer of kind {kind!r} cannot have a shape of {shape.kind!r}")
    if len(row.problems) > before:
        return None
    try:
        return Layer(
            name=name,
            kind=kind,
            macs=macs,
            shape=shape,
            repeat=row.whole("repeat") if row.has("repeat") else 1,
            weight_density=weights,
            activation_density=activations,
        )
    except FodlamError as error:
        row.problems.append(f"{error}; correct the row")
        return None


def shape_of(row: Row) -> Shape | None:
    """Return the shape of a row; None without one, and where something is wrong with it."""
    given = [
        what for what, names in _forms(row.columns.quantities) if not names.isdisjoint(row.cells)
    ]
    if not given:
        return None
    if len(given) > 1:
        row.problems.append(f"it has the shapes of {' and of '.join(given)}; remove one")
        return None
    [what] = given
    cells = (what, *map(row.cells.get, _CELLS[what]))
    shape = row.columns.shapes.get(cells)
    if shape is None:
        try:
            shape = _conv(row) if what == CONVOLUTION else _factors(row, what)
        except FodlamError as error:
            row.problems.append(f"{error}; correct the shape")
        if shape is not None:
            row.columns.shapes[cells] = shape
    return shape


@functools.lru_cache(maxsize=16)
def _forms(columns: tuple[str, ...]) -> tuple[tuple[str, frozenset[str]], ...]:
    """Return the shapes that a table with such columns may hold, each with what tells it."""
    return tuple(
        (what, names) for what, names in _OF_SHAPES.items() if not names.isdisjoint(columns)
    )


def _factors(row: Row, what: str) -> FcShape | MatmulShape | None:
    before = len(row.problems)
    *needed, extra = _CELLS[what]
    sizes = [row.whole(name) for name in needed]
    sizes.append(row.whole(extra) if row.has(extra) else 1)
    if len(row.problems) > before:
        return None
    return FcShape(*sizes) if what == FC_LAYER else MatmulShape(*sizes)


def _conv(row: Row) -> ConvShape | None:
    before = len(row.problems)
    input_size = [row.whole(name) for name in CONV[:3]]
    filters = row.whole("out_channels")
    kernel, stride = _pair(row, "kernel"), _pair(row, "stride")
    padding = _pair(row, "padding", least=0)
    dilation = (1, 1)
    if row.has("dilation") or row.has("dilation_height"):
        dilation = _pair(row, "dilation")
    groups = row.whole("groups")
    if len(row.problems) > before:
        return None
    return ConvShape.from_input(
        input_size, filters, kernel, stride, padding, dilation=dilation, groups=groups
    )


def _pair(row: Row, name: str, least: int = 1) -> tuple[int, int]:
    """Return a size along both axes, from one column or from two."""
    if row.has(f"{name}_height") or row.has(f"{name}_width"):
        return row.whole(f"{name}_height", least), row.whole(f"{name}_width", least)
    size = row.whole(name, least)
    return size, size
