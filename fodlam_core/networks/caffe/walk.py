"""Follows the blobs of a Caffe network through its layers, and costs them."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from fodlam_core.errors import FodlamError, LayerError, NetworkError, Problem
from fodlam_core.model.layers import Layer, Network
from fodlam_core.model.shapes import ConvShape, FcShape, Shape
from fodlam_core.networks.caffe.blobs import RECURRENT, Blob, Inputs, inputs_of, is_source
from fodlam_core.networks.caffe.output_shapes import ENDS, RULES, SAME, is_loss, slices
from fodlam_core.networks.caffe.text import parse
from fodlam_core.networks.caffe.upgrade import Node, nodes_of
from fodlam_core.networks.caffe.windows import (
    MAX_SIZE,
    Dims,
    axis_of,
    four_axes,
    per_axis,
    text,
    window_counts,
)
from fodlam_core.networks.draft import Draft
from fodlam_core.networks.read_text import REGIONS

if TYPE_CHECKING:
    from pathlib import Path

    from fodlam_core.networks.reader import ReadOptions

DEPTHWISE = ("ConvolutionDepthwise", "DepthwiseConvolution")
CONVOLUTIONS = ("Convolution", "Deconvolution", *DEPTHWISE)
POOLS_OF_REGIONS = {
    "ROIPooling": "roi_pooling_param",
    "ROIAlign": "roi_align_param",
    "PSROIPooling": "psroi_pooling_param",
}
# Python layers of py-faster-rcnn, none of which multiplies weights.
FREE_PYTHON = ("ProposalLayer", "ProposalTargetLayer", "AnchorTargetLayer", "RoIDataLayer")


def walk(path: Path, options: ReadOptions) -> Network:
    """Read a prototxt.

    Raises:
        NetworkError: naming file and line.
    """
    parsed = parse(path)
    nodes = nodes_of(parsed, path)
    inputs = inputs_of(parsed.net, nodes, options, str(path))
    state = _Walk(options.regions, inputs)
    for number, node in enumerate(nodes):
        state.visit(number, node)
    if state.problems:
        raise NetworkError(*state.problems)
    if state.draft.uncosted and not state.draft.layers:
        counts = ", ".join(f"{count} {name}" for name, count in state.draft.uncosted.items())
        raise NetworkError(f"{path}: no layer of it can be costed: {counts}")
    given = dict.fromkeys(parsed.net.input)
    given |= dict.fromkeys(top for node in nodes if node.type == "Input" for top in node.tops)
    read = {bottom for node in nodes for bottom in node.bottoms}
    state.draft.notes += parsed.notes
    state.draft.notes += [
        f"input {name!r}: no layer reads it" for name in given if name not in read
    ]
    return state.draft.network(parsed.net.name or path.stem, str(path))


class _Walk:
    """Follows the blobs through the layers, in the order of the file."""

    def __init__(self, regions: int | None, inputs: Inputs) -> None:
        self.regions = regions
        self.draft = Draft()
        self.blobs = inputs.blobs
        self.batch = inputs.batch
        self.problems: list[Problem] = []

    def visit(self, number: int, node: Node) -> None:
        """Cost a layer, and tell what it makes."""
        if is_source(node):
            self.draft.skipped[node.type] += 1
            return
        try:
            bottoms = self._bottoms(node)
            tops = self._tops(node, bottoms)
            for blob in tops:
                if blob.dims and max(blob.dims) > MAX_SIZE:
                    raise LayerError("its output is absurdly large; check its sizes")
        except FodlamError as error:
            self._report(node, error)
            tops = [Blob(None)]
        if len(tops) == 1:
            tops *= len(node.tops)
        for name, blob in zip(node.tops, tops, strict=False):
            self.blobs[name] = blob._replace(made=number)

    def _report(self, node: Node, error: FodlamError) -> None:
        layer = f"layer {node.name!r}"
        for each in error.problems:
            named = each.where or not each.what.startswith("layer ")
            self.problems.append(each.at(node.where, *((layer,) if named else ())))

    def _bottoms(self, node: Node) -> list[Blob]:
        missing = [name for name in node.bottoms if name not in self.blobs]
        if missing and not is_loss(node.type):
            names = ", ".join(map(repr, missing))
            raise NetworkError(f"it reads {names}, which no layer before it makes")
        return [self.blobs[name] for name in node.bottoms if name in self.blobs]

    def _tops(self, node: Node, bottoms: list[Blob]) -> list[Blob]:
        """Return what a layer makes: a blob for each top, or one for all."""
        if node.type in CONVOLUTIONS:
            return [self._convolution(node, blob) for blob in bottoms]
        if node.type == "InnerProduct":
            return [self._inner_product(node, blob) for blob in bottoms]
        if node.type in RECURRENT:
            return [self._recurrent(node, bottoms)]
        if node.type in POOLS_OF_REGIONS:
            return [self._pool_of_regions(node, bottoms[0])]
        free = is_loss(node.type) or node.type in ENDS
        type_ = node.type
        if type_ == "Python":
            free = node.params.python_param.layer in FREE_PYTHON
            type_ += f" {node.params.python_param.layer}"
        known = node.type in SAME or node.type in RULES or node.type == "Slice"
        if not free and not known:
            self.draft.uncosted[type_] += 1
            return [_unsized(f"layer {node.name!r} before it is of unknown type {type_!r}")]
        self.draft.skipped[type_] += 1
        if free:
            return [_unsized(f"layer {node.name!r} ({node.type}) does not give it")]
        return self._free(node, bottoms)

    def _free(self, node: Node, bottoms: list[Blob]) -> list[Blob]:
        """Return what a layer without MACs makes."""
        first = bottoms[0]
        unknown = next((blob for blob in bottoms if blob.dims is None), None)
        if node.type in SAME:
            return [first]
        if unknown is not None:
            return [unknown._replace(layer=None)]
        regions = any(blob.regions for blob in bottoms)
        shapes = [blob.dims for blob in bottoms if blob.dims is not None]
        if node.type == "Slice":
            return [Blob(dims, regions=regions) for dims in slices(node, shapes[0])]
        if () in shapes:
            raise LayerError("an input is a single number, without axes")
        made = Blob(RULES[node.type](node, shapes), regions=regions)
        if node.type == "Eltwise" and self._adds(node):
            last = max(bottoms, key=lambda blob: blob.made)
            if last.layer is not None and len(bottoms) > 1:
                self.draft.mark_residual(last.layer)
            return [made._replace(layer=last.layer)]
        return [made]

    @staticmethod
    def _adds(node: Node) -> bool:
        param = node.params.eltwise_param
        return not param.HasField("operation") or param.operation == 1

    def _known(self, blob: Blob) -> Dims:
        if blob.dims is None:
            raise NetworkError(*blob.why, where="the size of its input is not known")
        return blob.dims

    def _images(self, count: int, blob: Blob) -> int:
        """Return how many of ``count`` items belong to one inference."""
        if blob.regions:
            return count
        if count % self.batch:
            raise LayerError(f"{count} items cannot be divided by the batch of {self.batch}")
        return count // self.batch

    def _add(self, node: Node, shape: Shape, repeat: int) -> int:
        return self.draft.add(Layer.from_shape(node.name, shape, repeat=repeat))

    def _convolution(self, node: Node, blob: Blob) -> Blob:
        param = node.params.convolution_param
        batch, channels, height, width = four_axes(self._known(blob))
        if param.HasField("axis") and param.axis not in (1, -3):
            raise LayerError(f"axis {param.axis}: channels are expected on axis 1")
        if param.num_output < 1:
            raise LayerError("num_output is missing or 0")
        groups = param.group if param.HasField("group") else 1
        kernel, stride = per_axis(param, "kernel", None), per_axis(param, "stride", 1)
        pad, dilation = per_axis(param, "pad", 0), per_axis(param, "dilation", 1)
        transposed = node.type == "Deconvolution"
        if transposed:
            out_height, out_width = (
                stride[axis] * (size - 1) + dilation[axis] * (kernel[axis] - 1) + 1 - 2 * pad[axis]
                for axis, size in enumerate((height, width))
            )
        else:
            out_height, out_width = window_counts(param, (height, width), kernel)
        shape = ConvShape(
            in_channels=channels,
            in_height=height,
            in_width=width,
            out_channels=param.num_output,
            out_height=out_height,
            out_width=out_width,
            kernel=kernel,
            stride=stride,
            padding=(*pad, *pad),
            dilation=dilation,
            groups=channels if node.type in DEPTHWISE else groups,
            transposed=transposed,
        )
        index = self._add(node, shape, self._images(batch, blob))
        made = (batch, param.num_output, out_height, out_width)
        return Blob(made, regions=blob.regions, layer=index)

    def _inner_product(self, node: Node, blob: Blob) -> Blob:
        param = node.params.inner_product_param
        dims = self._known(blob)
        if param.num_output < 1:
            raise LayerError("num_output is missing or 0")
        axis = axis_of(param.axis if param.HasField("axis") else 1, dims)
        rows = self._images(prod(dims[:axis]), blob)
        index = self._add(node, FcShape(prod(dims[axis:]), param.num_output, rows), 1)
        return Blob((*dims[:axis], param.num_output), regions=blob.regions, layer=index)

    def _recurrent(self, node: Node, bottoms: list[Blob]) -> Blob:
        """Add the products of a layer that runs over the first axis, steps, batch on the second."""
        units = node.params.recurrent_param.num_output
        dims = self._known(bottoms[0])
        if len(dims) < 3 or units < 1 or len(bottoms) > 3:
            raise LayerError(
                "expected num_output, and inputs of steps x batch x values and of steps x batch"
            )
        steps = self._images(dims[0] * dims[1], bottoms[0])
        of_input, of_state = RECURRENT[node.type]
        products = [
            ("input", FcShape(prod(dims[2:]), of_input * units, steps)),
            ("state", FcShape(units, of_state * units, steps)),
        ]
        for blob in bottoms[2:]:
            static = self._known(blob)
            rows = self._images(static[0], blob)
            products.append(("static", FcShape(prod(static[1:]), of_input * units, rows)))
        index = 0
        for suffix, shape in products:
            index = self._add(node._replace(name=f"{node.name}/{suffix}"), shape, 1)
        return Blob((*dims[:2], units), layer=index)

    def _pool_of_regions(self, node: Node, blob: Blob) -> Blob:
        """Return the blob in which the first axis counts regions."""
        self.draft.skipped[node.type] += 1
        _, channels, _, _ = four_axes(self._known(blob))
        if self.regions is None:
            raise NetworkError(REGIONS)
        param = getattr(node.params, POOLS_OF_REGIONS[node.type])
        if node.type == "PSROIPooling":
            dims = (self.regions, param.output_dim, param.group_size, param.group_size)
        else:
            dims = (self.regions, channels, param.pooled_h, param.pooled_w)
        if min(dims) < 1:
            raise LayerError(f"its output would be {text(dims)}")
        return Blob(dims, regions=True)


def _unsized(why: str) -> Blob:
    return Blob(None, (Problem(why),))
