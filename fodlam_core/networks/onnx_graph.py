"""Loads an ONNX model, fixes the sizes of its inputs and infers all others."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from fodlam_core.errors import NetworkError
from fodlam_core.networks.draft import require
from fodlam_core.networks.onnx_operators import REGION_POOLS, STANDARD
from fodlam_core.networks.onnx_wire import without_weights
from fodlam_core.readers import ReadOptions

Dims = tuple[int | None, ...]
MAX_SIZE = 10**12


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
    batch, notes = _fix_inputs(inputs, options, path)
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
    return model


def _inlined(model: Any, path: Path) -> Any:
    """Put functions that the model defines in the place of their calls."""
    if not model.functions:
        return model
    from onnx.inliner import inline_local_functions

    try:
        return inline_local_functions(model)
    except Exception as error:  # whatever the library's C++ code makes of a malformed model
        raise NetworkError(f"{path}: its functions cannot be resolved: {_line(error)}") from None


def _inferred(model: Any, path: Path) -> Any:
    from onnx.shape_inference import infer_shapes

    try:
        return infer_shapes(model, data_prop=True)
    except Exception as error:  # as above
        raise NetworkError(f"{path}: its shapes cannot be inferred: {_line(error)}") from None


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]


def _fix_inputs(inputs: list[Any], options: ReadOptions, path: Path) -> tuple[int, list[str]]:
    """Give every symbolic size a number; return the batch and what was assumed."""
    if not inputs:
        return 1, []
    first = inputs[0]
    dims = first.type.tensor_type.shape.dim
    notes = []
    if options.input is not None:
        if first.type.tensor_type.HasField("shape") and len(dims) != len(options.input) + 1:
            raise NetworkError(
                f"{path}: input {first.name!r} takes {max(0, len(dims) - 1)} numbers without the "
                f"batch, {_shown(dims)}; got {list(options.input)}"
            )
        while len(dims) < len(options.input) + 1:
            dims.add()
    symbols: dict[str, int] = {}
    if dims and dims[0].dim_value < 1:
        symbol = dims[0].dim_param
        notes.append(f"the batch{f' {symbol!r}' if symbol else ''} is taken as 1")
        _set(dims[0], 1, symbols)
    batch = dims[0].dim_value if len(dims) > 1 else 1
    for dim, size in zip(list(dims)[1:], options.input or (), strict=False):
        _set(dim, size, symbols)
    _check_first(first, symbols, path)
    for value in inputs[1:]:
        for axis, dim in enumerate(value.type.tensor_type.shape.dim):
            if dim.dim_value < 1 and dim.dim_param in symbols:
                _set(dim, symbols[dim.dim_param], symbols)
            elif dim.dim_value < 1 and axis == 0:
                _set(dim, batch, symbols)
    return batch, notes


def _set(dim: Any, size: int, symbols: dict[str, int]) -> None:
    if dim.dim_param:
        symbols[dim.dim_param] = size
    dim.dim_value = size


def _check_first(first: Any, symbols: Mapping[str, int], path: Path) -> None:
    dims = first.type.tensor_type.shape.dim
    for dim in dims:
        if dim.dim_value < 1 and dim.dim_param in symbols:
            dim.dim_value = symbols[dim.dim_param]
    unknown = [dim for dim in dims if dim.dim_value < 1]
    if unknown or (not dims and first.type.HasField("tensor_type")
                   and not first.type.tensor_type.HasField("shape")):  # fmt: skip
        shown = f"has the size {_shown(dims)}" if dims else "has no size"
        usual = (3, 224, 224) if len(dims) in (0, 4) else (128,) * (len(dims) - 1)
        sizes = [dim.dim_value if dim.dim_value > 0 else 0 for dim in list(dims)[1:]]
        sizes = [size or usual[axis] for axis, size in enumerate(sizes)] or list(usual)
        raise NetworkError(
            f"{path}: input {first.name!r} {shown}; say which, write for instance "
            f"input = {sizes} under [network]"
        )


def _shown(dims: Any) -> str:
    return "[" + ", ".join(dim.dim_param or str(dim.dim_value or "?") for dim in dims) + "]"


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
        if node.op_type in REGION_POOLS and node.domain in STANDARD:
            sizes = [options.regions, None, None, None]
            graph.value_info.append(make_tensor_value_info(node.output[0], 1, sizes))


def _all_dims(graph: Any, path: Path) -> dict[str, Dims]:
    found: dict[str, Dims] = {}
    for value in (*graph.input, *graph.value_info, *graph.output):
        if value.type.tensor_type.HasField("shape"):
            found[value.name] = tuple(
                dim.dim_value if dim.dim_value > 0 else None
                for dim in value.type.tensor_type.shape.dim
            )
    for tensor in graph.initializer:
        found[tensor.name] = tuple(tensor.dims)
    for name, dims in found.items():
        if any(size is not None and size > MAX_SIZE for size in dims):
            raise NetworkError(f"{path}: tensor {name!r} is absurdly large: {list(dims)}")
    return found
