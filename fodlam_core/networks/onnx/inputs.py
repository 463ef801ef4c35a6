"""Gives every size of the inputs of an ONNX graph a number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fodlam_core.errors import NetworkError

if TYPE_CHECKING:
    from pathlib import Path

    from fodlam_core.networks.reader import ReadOptions


def fix_inputs(inputs: list[Any], options: ReadOptions, path: Path) -> tuple[int, list[str]]:
    """Set the sizes of the inputs; return the batch and what was assumed.

    The first size of the first input is the batch, and 1 if it is symbolic. Its other sizes are
    those of ``options.input``, or else those of the file. A symbol means the same everywhere.

    Args:
        inputs: the ``ValueInfoProto`` of each input that is no weight; changed in place.
        options: what the configuration says.
        path: how errors name the file.

    Raises:
        NetworkError: if a size of the first input has to be told, or the given ones do not fit.
    """
    if not inputs:
        return 1, []
    first, symbols, notes = inputs[0], dict[str, int](), []
    dims = first.type.tensor_type.shape.dim
    shown = _shown(dims)
    if options.input is not None:
        _make_room(first, options.input, path)
    if dims and dims[0].dim_value < 1:
        symbol = dims[0].dim_param
        notes.append(f"the batch{f' {symbol!r}' if symbol else ''} is taken as 1")
        _set(dims[0], 1, symbols)
    batch = dims[0].dim_value if len(dims) > 1 else 1
    if batch > 1:
        notes.append(f"the file is for a batch of {batch}; MACs are those of one inference")
    for dim, size in zip(list(dims)[1:], options.input or (), strict=False):
        _set(dim, size, symbols)
    for dim in (dim for value in inputs for dim in value.type.tensor_type.shape.dim):
        if dim.dim_value < 1 and dim.dim_param in symbols:
            dim.dim_value = symbols[dim.dim_param]
    _check_first(first, shown, path)
    for value in inputs[1:]:
        others = value.type.tensor_type.shape.dim
        if others and others[0].dim_value < 1:
            others[0].dim_value = batch
    return batch, notes


def _make_room(first: Any, sizes: tuple[int, ...], path: Path) -> None:
    """Check that the sizes fit the input; an input without a shape takes any."""
    dims = first.type.tensor_type.shape.dim
    if first.type.tensor_type.HasField("shape") and len(dims) != len(sizes) + 1:
        raise NetworkError(
            f"{path}: input {first.name!r} is {_shown(dims)}, batch first: it takes "
            f"{max(0, len(dims) - 1)} numbers without the batch; got {list(sizes)}"
        )
    while len(dims) < len(sizes) + 1:
        dims.add()


def _set(dim: Any, size: int, symbols: dict[str, int]) -> None:
    if dim.dim_param:
        symbols[dim.dim_param] = size
    dim.dim_value = size


def _check_first(first: Any, shown: str, path: Path) -> None:
    """Ask for the sizes of the first input that are not known."""
    tensor = first.type.tensor_type
    dims = list(tensor.shape.dim)
    shapeless = first.type.HasField("tensor_type") and not tensor.HasField("shape")
    if not shapeless and all(dim.dim_value > 0 for dim in dims):
        return
    usual = (3, 224, 224) if len(dims) in (0, 4) else (128,) * (len(dims) - 1)
    sizes = [max(0, dim.dim_value) or usual[axis] for axis, dim in enumerate(dims[1:])]
    raise NetworkError(
        f"{path}: input {first.name!r} {f'is {shown}' if dims else 'has no size'}; say "
        f"which, write for instance input = {sizes or list(usual)} under [network]"
    )


def _shown(dims: Any) -> str:
    return "[" + ", ".join(dim.dim_param or str(dim.dim_value or "?") for dim in dims) + "]"
