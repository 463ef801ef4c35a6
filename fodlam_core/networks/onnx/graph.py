"""Loads an ONNX model, and gives its inputs their sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from fodlam_core.errors import NetworkError
from fodlam_core.libraries import need
from fodlam_core.networks.onnx.inputs import Inputs
from fodlam_core.networks.onnx.limits import MAX_INPUTS, MAX_SIZE, MAX_STEPS, check_functions
from fodlam_core.networks.onnx.node import attribute
from fodlam_core.networks.onnx.operators import ELEMENTWISE, STANDARD
from fodlam_core.networks.onnx.recurrent import GATES
from fodlam_core.networks.onnx.tensor import MOST_AXES, Dims, described
from fodlam_core.networks.onnx.wire import without_weights

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fodlam_core.networks.reader import ReadOptions


class Graph(NamedTuple):
    """A graph whose inputs have sizes.

    Attributes:
        proto: the ``GraphProto``, without large weights.
        inputs: what it is given, and how large that is.
        opsets: the version of its operators, by domain.
        declared: sizes that the file tells of what operators make; empty if they are stale.
    """

    proto: Any
    inputs: Inputs
    opsets: Mapping[str, int]
    declared: Mapping[str, Dims]


def load_graph(path: Path, options: ReadOptions) -> Graph:
    """Load a model without its weights, and give its inputs their sizes.

    Raises:
        NetworkError: if the file is not ONNX, or a size of its first input has to be told.
    """
    need("onnx", "an ONNX network", "onnx", NetworkError)
    model = _inlined(_parsed(path), path)
    graph = model.graph
    opsets = {each.domain: each.version for each in model.opset_import}
    opsets[""] = opsets.get("", opsets.get("ai.onnx", 1))
    constants = {tensor.name for tensor in graph.initializer}
    constants |= {tensor.values.name for tensor in graph.sparse_initializer}
    values = [value for value in graph.input if value.name not in constants]
    if len(values) > MAX_INPUTS:
        raise NetworkError(f"{path}: more than {MAX_INPUTS} inputs")
    for value in values:
        _check_size(value, path)
    axis, note = _batch_axis(graph, opsets[""], values[:1], options)
    inputs = Inputs(values, options, axis, path)
    inputs.notes[:0] = [note] if note else []
    declared = {}
    if not inputs.changed:
        for value in (*graph.value_info, *graph.output):
            dims = described(value.type, inputs.symbols).dims
            if dims is not None:
                declared[value.name] = dims
    return Graph(proto=graph, inputs=inputs, opsets=opsets, declared=declared)


def _batch_axis(
    graph: Any, version: int, first: list[Any], options: ReadOptions
) -> tuple[int | None, str]:
    """Return the axis of the first input that is the batch, None if none is, and a note."""
    if options.batch_axis is not None:
        return (None if options.batch_axis == "none" else options.batch_axis), ""
    if not first:
        return 0, ""
    name = first[0].name
    node = _time_first(graph, name, version)
    if node is None:
        return 0, ""
    axis = None if node.op_type == "Scan" else 1
    what = "axis 1 is the batch" if axis else "no axis is the batch"
    return axis, f"axis 0 of input {name!r} counts time steps ({node.op_type}): {what}"


def _time_first(graph: Any, name: str, version: int) -> Any:
    """Return the operator that takes the first axis of an input for time; None if none does."""
    names = {name}
    for node in graph.node:
        if node.domain not in STANDARD or not names.intersection(node.input):
            continue
        if node.op_type in GATES and node.input[0] in names and not attribute(node, "layout", 0):
            return node
        if node.op_type == "Scan" and version > 8:  # before, the batch is first
            count = min(attribute(node, "num_scan_inputs", 0), len(node.input))
            axes = attribute(node, "scan_input_axes", []) or [0] * count
            scanned = list(node.input)[len(node.input) - count :]
            if any(each in names and axis == 0 for each, axis in zip(scanned, axes, strict=False)):
                return node
        if node.op_type in ELEMENTWISE and node.input[0] in names:
            names.update(node.output)
    return None


def _check_size(value: Any, path: Path) -> None:
    dims = value.type.tensor_type.shape.dim
    if len(dims) > MOST_AXES:
        raise NetworkError(f"{path}: tensor {value.name!r} has {len(dims)} axes")
    sizes = [dim.dim_value for dim in dims]
    if any(size > MAX_SIZE for size in sizes):
        raise NetworkError(f"{path}: tensor {value.name!r} is absurdly large: {sizes}")


def _parsed(path: Path) -> Any:
    import onnx
    from google.protobuf.message import DecodeError

    try:
        model = onnx.ModelProto.FromString(without_weights(path))
    except DecodeError as error:
        raise NetworkError(f"{path}: not ONNX, or cut off: {error}") from None
    if not model.graph.node:
        raise NetworkError(f"{path}: no operators; is this an ONNX network?")
    if len(model.graph.node) > MAX_STEPS:
        raise NetworkError(f"{path}: more than {MAX_STEPS} operators")
    for node in model.graph.node:
        texts = (node.name, node.op_type, node.domain, *node.input, *node.output)
        # protobuf hands over as bytes what is not text.
        if set(map(type, texts)) != {str}:
            raise NetworkError(f"{path}: node {node.name!r}: a name in it is not UTF-8 text")
    for value in model.graph.input:
        symbols = (dim.dim_param for dim in value.type.tensor_type.shape.dim)
        if not all(isinstance(text, str) for text in (value.name, *symbols)):
            raise NetworkError(f"{path}: input {value.name!r}: a name in it is not UTF-8 text")
    return model


def _inlined(model: Any, path: Path) -> Any:
    """Put functions that the model defines in the place of their calls."""
    if not model.functions:
        return model
    from onnx.inliner import inline_local_functions

    check_functions(model, path)
    try:
        return inline_local_functions(model)
    except Exception as error:  # whatever the library's C++ code makes of a malformed model
        raise NetworkError(f"{path}: its functions cannot be resolved: {_line(error)}") from None


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
