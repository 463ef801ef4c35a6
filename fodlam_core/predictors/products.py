"""Layers as the matrix products that they come down to."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, NamedTuple

from fodlam_core.errors import PredictionError
from fodlam_core.model.shapes import ConvShape, ExpertsShape, FcShape
from fodlam_core.model.sums import LayerSums

if TYPE_CHECKING:
    from fodlam_core.model.layers import Layer

PADDING = 64


class Product(NamedTuple):
    """A layer as matrix products, for one inference.

    A convolution is ``groups`` products of ``m`` output pixels, ``n`` filters and ``k`` weights of
    a filter.

    Attributes:
        form: the form of the layer; dense 3x3 convolutions of stride 1 are one of their own.
        m: rows that share the second factor.
        n: columns.
        k: depth.
        groups: number of products.
        weights: number of weights; 0 where both factors are activations.
        inputs: number of input elements.
        outputs: number of output elements.
        macs: multiply-accumulates.
        padded_n: columns, filled up to whole 64s where there is one product.
        stride: of a convolution, else 1.
        tiles: output tiles of 4 x 4 pixels of a convolution that Winograd's algorithm suits.
        cached: elements of the second factor, where it is not weights: keys or values.
        scores: elements of the attention scores among inputs or outputs.
        experts: the layer as experts; None if it is not.
        summed: whether it is many layers, of which only sums are known.
        window: the layer as a convolution; None if it is none.
    """

    form: str
    m: int
    n: int
    k: int
    groups: int
    weights: int
    inputs: int
    outputs: int
    macs: int
    padded_n: int
    stride: int = 1
    tiles: int = 0
    cached: int = 0
    scores: int = 0
    experts: ExpertsShape | None = None
    summed: bool = False
    window: ConvShape | None = None

    def weights_read(self, batch: int) -> float:
        """Return how many weights a batch reads: of experts those that it hits on average."""
        if self.experts is None:
            return self.weights
        return self.experts.experts_hit(batch) * self.n * self.k


def product(layer: Layer) -> Product:
    """Return a layer as matrix products.

    Raises:
        PredictionError: if its shape is not known.

    >>> from fodlam_core import FcShape, Layer
    >>> product(Layer.from_shape("F", FcShape(9216, 4096)))[:5]
    ('fc', 1, 4096, 9216, 1)
    """
    shape = layer.shape
    if isinstance(shape, ConvShape):
        return _convolution(shape)
    if shape is None:
        raise PredictionError(
            f"layer {layer.name!r}: its shape is not known; give one, or choose a predictor that "
            "needs MACs only, such as per-mac"
        )
    if isinstance(shape, ExpertsShape):
        return _experts(shape)
    if isinstance(shape, LayerSums):
        return _sums(shape)
    cached = scores = 0
    if isinstance(shape, FcShape):
        m, n, k, groups, weights = shape.rows, shape.outputs, shape.inputs, 1, shape.weights
        inputs = m * k
    else:
        m, n, k, groups, weights = shape.m, shape.n, shape.k, shape.count, 0
        inputs = groups * k * (m + n)
        cached, scores = groups * k * n, groups * m * max(k, n)
    return Product(
        *(shape.kind, m, n, k, groups, weights, inputs, groups * m * n, shape.macs, _padded(n)),
        cached=cached,
        scores=scores,
    )


def _experts(shape: ExpertsShape) -> Product:
    """Return experts as one product over the rows of all of them, with the weights that are hit."""
    m, n, k = shape.rows * shape.per_row, shape.outputs, shape.inputs
    weights = round(shape.experts_hit() * n * k)
    sizes = (m, n, k, 1, weights, m * k, m * n, shape.macs, _padded(n))
    return Product("fc", *sizes, experts=shape)


def _sums(shape: LayerSums) -> Product:
    """Return layers as one product, of which only what adds up over layers is right."""
    sizes = (1, 1, 1, 1, shape.weights, shape.elements, 0, shape.macs, 1)
    return Product(shape.form, *sizes, summed=True)


def _padded(n: int) -> int:
    return -(-n // PADDING) * PADDING


@functools.lru_cache(maxsize=4096)
def _convolution(shape: ConvShape) -> Product:  # once for all chips that run a network
    groups, n = shape.groups, shape.out_channels // shape.groups
    pixels = shape.out_height * shape.out_width
    form, tiles = _form(shape), 0
    if form == "dense 3x3":
        tiles = -(-shape.out_height // 4) * -(-shape.out_width // 4)
    return Product(
        form=form,
        m=shape.in_height * shape.in_width if shape.transposed else pixels,
        n=n,
        k=shape.weights // shape.out_channels,
        groups=groups,
        weights=shape.weights,
        inputs=shape.in_channels * shape.in_height * shape.in_width,
        outputs=shape.out_channels * pixels,
        macs=shape.macs,
        padded_n=_padded(n) if groups == 1 else n,
        stride=shape.stride[1],
        tiles=tiles,
        window=shape,
    )


def _form(shape: ConvShape) -> str:
    if shape.groups > 1:
        return "depthwise" if shape.groups == shape.in_channels else "grouped"
    if shape.kernel == (1, 1):
        return "pointwise"
    plain = shape.stride == shape.dilation == (1, 1) and not shape.transposed
    return "dense 3x3" if plain and shape.kernel == (3, 3) else "dense"
