"""Sizes of a layer that its cost may go by, as far as its shape tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.model.layers import Layer
from fodlam_core.model.shapes import ConvShape, ExpertsShape, FcShape, MatmulShape

if TYPE_CHECKING:
    from fodlam_core.model.layers import Layer


def sizes(layer: Layer) -> dict[str, float]:
    """Return the sizes of a layer by name, each positive; its MACs where it has no shape.

    >>> from fodlam_core import ConvShape, Layer
    >>> sizes(Layer.from_shape("C", ConvShape.from_input((64, 28, 28), 128, 3, padding=1)))
    {'output width': 28, 'output height': 28, 'output aspect': 1.0, 'kernel area': 9, \
'kernel aspect': 1.0, 'channels': 64, 'filters': 128, 'stride': 1}
    """
    shape = layer.shape
    if isinstance(shape, ConvShape):
        return {
            "output width": shape.out_width,
            "output height": shape.out_height,
            "output aspect": shape.out_height / shape.out_width,
            "kernel area": shape.kernel[0] * shape.kernel[1],
            "kernel aspect": shape.kernel[0] / shape.kernel[1],
            "channels": shape.in_channels // shape.groups,
            "filters": shape.out_channels // shape.groups,
            "stride": shape.stride[1],
        }
    if isinstance(shape, FcShape | ExpertsShape):
        return {"inputs": shape.inputs, "outputs": shape.outputs}
    if isinstance(shape, MatmulShape):
        return {"m": shape.m, "k": shape.k, "n": shape.n}
    return {"MACs": layer.macs}


def output_width(layer: Layer) -> float:
    """Return the width of the output map of a convolution, else the number of output columns."""
    each = sizes(layer)
    for name in ("output width", "outputs", "n", "MACs"):
        if name in each:
            return each[name]
    raise AssertionError(each)
