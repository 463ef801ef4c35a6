"""Loads an ONNX model, fixes the sizes of its inputs and infers all others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from fodlam_core.errors import NetworkError
from fodlam_core.networks.draft import require
from fodlam_core.networks.onnx.inputs import fix_inputs
from fodlam_core.networks.onnx.limits import check_functions, check_sizes, values_stay_few
from fodlam_core.networks.onnx.operators import REGION_POOLS, STANDARD
from fodlam_core.networks.onnx.wire import without_weights

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from fodlam_core.networks.reader import ReadOptions

Dims = tuple[int | None, ...]


class Graph(NamedTuple):
    """A graph whose sizes are inferred.

    Attributes:
        name: its name.
        nodes: its operators, in the order in which they run.
        dims: the shapes of its tensors, as far as they are known.
        constants: names of what it holds itself: weights, sizes.
        inputs: names of what it is given.
        batch: inferences in one run, as the first input tells; 1 if it tells none.
        batched: the name of the input that tells the batch.
        notes: what was assumed.
    """

    name: str
    nodes: list[Any]
    dims: Mapping[str, Dims]
    constants: frozenset[str]
    inputs: tuple[str, ...]
    batch: int
    batched: str
    notes: tuple[str, ...]


def load_graph(path: Path, options: ReadOptions) -> Graph:
    """Load a model without its weights.

    Raises:
        NetworkError: if the file is no ONNX, or a size of its first input has to be told.
    """
    require("onnx", "onnx", "reading an ONNX network")
    model = _inlined(_parsed(path), path)
    graph = model.graph
    constants = {tensor.name for tensor in graph.initializer}
    constants |= {tensor.values.name for tensor in graph.sparse_initializer}
    inputs = [value for value in graph.input if value.name not in constants]
    batch, notes = fix_inputs(inputs, options, path)
    check_sizes(_written_dims(inputs), path)  # before the library meets them
    _drop_stale_shapes(graph, options)
    graph = _inferred(model, path).graph
    return Graph(
        graph.name,
        list(graph.node),
        _all_dims(graph, path),
        frozenset(constants),
        tuple(value.name for value in inputs),
        batch,
        inputs[0].name if inputs else "",
        tuple(notes),
    )


def _parsed(path: Path) -> Any:
    import onnx
    from google.protobuf.message import DecodeError

    try:
        model = onnx.ModelProto.FromString(without_weights(path))
    except DecodeError as error:
        raise NetworkError(f"{path}: not ONNX, or cut off: {error}") from None
    if not model.graph.node:
        raise NetworkError(f"{path}: no operators; is this an ONNX network?")
    for node in model.graph.node:
        texts = (node.name, node.op_type, node.domain, *node.input, *node.output)
        # protobuf hands over as bytes what is no text.
        if not all(isinstance(text, str) for text in texts):
            raise NetworkError(f"{path}: node {node.name!r}: a name in it is not UTF-8 text")
    imported = {each.domain for each in model.opset_import}
    for domain in {node.domain for node in model.graph.node} - imported - set(STANDARD):
        model.opset_import.add(domain=domain, version=1)  # exporters forget it
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


def _inferred(model: Any, path: Path) -> Any:
    from onnx.shape_inference import infer_shapes

    try:
        return infer_shapes(model, data_prop=values_stay_few(model.graph))
    except Exception as error:  # as above
        raise NetworkError(f"{path}: its shapes cannot be inferred: {_line(error)}") from None


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]


def _drop_stale_shapes(graph: Any, options: ReadOptions) -> None:
    """Forget the sizes in the file that inference tells anew, for the sizes of the inputs."""
    from onnx import defs

    foreign = {
        name
        for node in graph.node
        if node.domain not in STANDARD or not defs.has(node.op_type)
        for name in node.output
    }
    kept = [value for value in graph.value_info if value.name in foreign and not options.input]
    del graph.value_info[:]
    graph.value_info.extend(kept)
    for value in graph.output:
        if value.name not in foreign or options.input:
            value.type.tensor_type.ClearField("shape")
    if options.regions is None:
        return
    from onnx.helper import make_tensor_value_info

    for node in graph.node:
        if node.op_type in REGION_POOLS and node.domain in STANDARD and node.output:
            sizes = [options.regions, None, None, None]
            graph.value_info.append(make_tensor_value_info(node.output[0], 1, sizes))


def _all_dims(graph: Any, path: Path) -> dict[str, Dims]:
    found = _written_dims((*graph.input, *graph.value_info, *graph.output))
    found |= {tensor.name: tuple(tensor.dims) for tensor in graph.initializer}
    check_sizes(found, path)
    return found


def _written_dims(values: Iterable[Any]) -> dict[str, Dims]:
    return {
        value.name: tuple(
            dim.dim_value if dim.dim_value > 0 else None for dim in value.type.tensor_type.shape.dim
        )
        for value in values
        if value.type.tensor_type.HasField("shape")
    }
