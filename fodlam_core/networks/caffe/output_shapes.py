"""Shapes of Caffe's blobs: what each layer type makes of what it reads.

Source: the ``Reshape`` methods under ``src/caffe/layers`` of BVLC/caffe, and those of the forks
that define the other types (SSD, py-faster-rcnn, PSPNet, SegNet, SENet, DeepLab,
MobileNet-YOLO).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from math import prod

from fodlam_core.errors import LayerError
from fodlam_core.model.converters import words
from fodlam_core.networks.caffe.upgrade import Node
from fodlam_core.networks.caffe.windows import (
    Dims,
    axis_of,
    four_axes,
    per_axis,
    pool_counts,
    text,
    window_counts,
)

Rule = Callable[[Node, Sequence[Dims]], Dims]

# Free of MACs; one top with the shape of the first bottom.
SAME = words("""
    AbsVal BN BNLL BatchNorm BatchNormalization Bias CReLUInPlace Clip CuDNNBatchNorm
    Dropout ELU Exp HardSigmoid Log LRN MVN Normalize NormalizeLayer PReLU Power ReLU ReLU6
    Reverse Scale SeLU ShuffleChannel Sigmoid Softmax Split Swish SyncBN TanH Threshold
""")  # fmt: skip
# Free of MACs; what they make is not an input of a layer that costs.
ENDS = words("""
    DetectionEvaluate DetectionOutput HDF5Output MatWrite MultiBoxLoss PriorBox Proposal
    Silence YoloDetectionOutput Yolov3DetectionOutput
""")  # fmt: skip


def is_loss(type_: str) -> bool:
    """Tell whether a layer type is a loss, which a file for deployment may leave dangling."""
    return "Loss" in type_ or type_.endswith("Accuracy") or type_ == "DetectionEvaluate"


def _pooling(node: Node, bottoms: Sequence[Dims]) -> Dims:
    batch, channels, *sizes = four_axes(bottoms[0])
    if node.params.pooling_param.global_pooling:
        return batch, channels, 1, 1
    return batch, channels, *pool_counts(node.params.pooling_param, (sizes[0], sizes[1]))


def _padding(node: Node, bottoms: Sequence[Dims]) -> Dims:
    batch, channels, height, width = four_axes(bottoms[0])
    pads = per_axis(node.params.convolution_param, "pad", 0)
    return batch, channels, height + 2 * pads[0], width + 2 * pads[1]


def _im2col(node: Node, bottoms: Sequence[Dims]) -> Dims:
    param = node.params.convolution_param
    batch, channels, height, width = four_axes(bottoms[0])
    kernel = per_axis(param, "kernel", None)
    return batch, channels * prod(kernel), *window_counts(param, (height, width), kernel)


def _concat(node: Node, bottoms: Sequence[Dims]) -> Dims:
    param = node.params.concat_param
    axis = param.concat_dim if param.HasField("concat_dim") else 1
    axis = param.axis if param.HasField("axis") else axis
    first = bottoms[0]
    axis = axis_of(axis, first)
    for dims in bottoms:
        if (
            len(dims) != len(first)
            or axis >= len(first)
            or (dims[:axis] + dims[axis + 1 :] != first[:axis] + first[axis + 1 :])
        ):
            raise LayerError(f"cannot join {text(first)} and {text(dims)} along axis {axis}")
    return *first[:axis], sum(dims[axis] for dims in bottoms), *first[axis + 1 :]


def _eltwise(_node: Node, bottoms: Sequence[Dims]) -> Dims:
    for dims in bottoms:
        if dims != bottoms[0]:
            raise LayerError(f"its inputs differ in shape: {text(bottoms[0])} and {text(dims)}")
    return bottoms[0]


def _flatten(node: Node, bottoms: Sequence[Dims]) -> Dims:
    param = node.params.flatten_param
    dims = bottoms[0]
    start = axis_of(param.axis if param.HasField("axis") else 1, dims)
    end = axis_of(param.end_axis if param.HasField("end_axis") else -1, dims) + 1
    return *dims[:start], prod(dims[start:end]), *dims[end:]


def _reshape(node: Node, bottoms: Sequence[Dims]) -> Dims:
    """0 copies a size, -1 takes what is left; ``axis`` and ``num_axes`` confine it."""
    param = node.params.reshape_param
    dims = bottoms[0]
    start = param.axis if param.axis >= 0 else len(dims) + param.axis + 1
    count = param.num_axes if param.HasField("num_axes") else -1
    end = len(dims) if count < 0 else start + count
    if not 0 <= start <= end <= len(dims):
        raise LayerError(f"axis and num_axes do not fit an input of {text(dims)}")
    wanted = list(param.shape.dim)
    for index, size in enumerate(wanted):
        if size == 0 and start + index < len(dims):
            wanted[index] = dims[start + index]
    if wanted.count(-1) > 1 or any(size < 1 and size != -1 for size in wanted):
        raise LayerError(f"shape {list(param.shape.dim)} does not fit an input of {text(dims)}")
    inner = prod(dims[start:end])
    if -1 in wanted:
        known = prod(size for size in wanted if size != -1)
        wanted[wanted.index(-1)] = inner // known
    if prod(wanted) != inner:
        raise LayerError(f"cannot make {text(dims)} into {text(tuple(param.shape.dim))}")
    return *dims[:start], *wanted, *dims[end:]


def _crop(node: Node, bottoms: Sequence[Dims]) -> Dims:
    if len(bottoms) != 2 or len(bottoms[0]) != len(bottoms[1]):
        raise LayerError("expected two inputs with as many axes")
    param = node.params.crop_param
    axis = axis_of(param.axis if param.HasField("axis") else 2, bottoms[0])
    return *bottoms[0][:axis], *bottoms[1][axis:]


def _permute(node: Node, bottoms: Sequence[Dims]) -> Dims:
    dims, order = bottoms[0], list(node.params.permute_param.order)
    order += [axis for axis in range(len(dims)) if axis not in order]
    if sorted(order) != list(range(len(dims))):
        raise LayerError(f"order {order} does not fit an input of {text(dims)}")
    return tuple(dims[axis] for axis in order)


def _interp(node: Node, bottoms: Sequence[Dims]) -> Dims:
    param = node.params.interp_param
    batch, channels, *sizes = four_axes(bottoms[0])
    if len(bottoms) == 2:
        return batch, channels, *four_axes(bottoms[1])[2:]
    sizes = [size + param.pad_beg + param.pad_end for size in sizes]
    if param.HasField("shrink_factor"):
        sizes = [(size - 1) // max(1, param.shrink_factor) + 1 for size in sizes]
    if param.HasField("zoom_factor"):
        sizes = [size + (size - 1) * (param.zoom_factor - 1) for size in sizes]
    if param.HasField("height") and param.HasField("width"):
        sizes = [param.height, param.width]
    return batch, channels, *sizes


def _upsample(node: Node, bottoms: Sequence[Dims]) -> Dims:
    param = node.params.upsample_param
    batch, channels, height, width = four_axes(bottoms[0])
    scale = param.scale or 2
    return (
        batch,
        channels,
        param.upsample_h or height * (param.scale_h or scale),
        param.upsample_w or width * (param.scale_w or scale),
    )


def _pyramid(node: Node, bottoms: Sequence[Dims]) -> Dims:
    levels = node.params.spp_param.pyramid_height
    if not 1 <= levels <= 20:
        raise LayerError(f"pyramid_height {levels}: expected 1 to 20")
    return bottoms[0][0], bottoms[0][1] * sum(4**level for level in range(levels))


def _tile(node: Node, bottoms: Sequence[Dims]) -> Dims:
    param, dims = node.params.tile_param, bottoms[0]
    axis = axis_of(param.axis if param.HasField("axis") else 1, dims)
    return *dims[:axis], dims[axis] * param.tiles, *dims[axis + 1 :]


def _reduction(node: Node, bottoms: Sequence[Dims]) -> Dims:
    return bottoms[0][: axis_of(node.params.reduction_param.axis, bottoms[0])]


def _argmax(node: Node, bottoms: Sequence[Dims]) -> Dims:
    param, dims = node.params.argmax_param, bottoms[0]
    top = param.top_k or 1
    if param.HasField("axis"):
        axis = axis_of(param.axis, dims)
        return *dims[:axis], top, *dims[axis + 1 :]
    return dims[0], 2 if param.out_max_val else 1, top


def _axpy(_node: Node, bottoms: Sequence[Dims]) -> Dims:
    """Scale x and y, in this order, make a x + y, where a is one factor for each channel."""
    if len(bottoms) != 3 or bottoms[1] != bottoms[2]:
        raise LayerError("expected factors and two inputs of one shape")
    return bottoms[1]


def _embed(node: Node, bottoms: Sequence[Dims]) -> Dims:
    return *bottoms[0], node.params.embed_param.num_output


def slices(node: Node, dims: Dims) -> list[Dims]:
    """Return what a Slice layer makes of its input.

    Raises:
        LayerError: if the input cannot be cut so.
    """
    param = node.params.slice_param
    axis = param.slice_dim if param.HasField("slice_dim") else 1
    axis = axis_of(param.axis if param.HasField("axis") else axis, dims)
    count = len(node.tops)
    if axis >= len(dims):
        raise LayerError(f"axis {axis}: the input has {len(dims)} axes, {text(dims)}")
    size, points = dims[axis], list(param.slice_point)
    if not points:
        if size % count:
            raise LayerError(f"{size} channels cannot be cut into {count} equal parts")
        points = [size // count * part for part in range(1, count)]
    edges = [0, *points, size]
    parts = [after - before for before, after in itertools.pairwise(edges)]
    if len(parts) != count or min(parts) < 1:
        raise LayerError(f"slice points {points} do not cut {size} into {count} parts")
    return [(*dims[:axis], part, *dims[axis + 1 :]) for part in parts]


RULES: dict[str, Rule] = {
    "ArgMax": _argmax,
    "Axpy": _axpy,
    "Concat": _concat,
    "Crop": _crop,
    "Eltwise": _eltwise,
    "Embed": _embed,
    "Flatten": _flatten,
    "Im2col": _im2col,
    "Interp": _interp,
    "Padding": _padding,
    "Permute": _permute,
    "Pooling": _pooling,
    "Reduction": _reduction,
    "Reshape": _reshape,
    "SPP": _pyramid,
    "Tile": _tile,
    "Upsample": _upsample,
}
