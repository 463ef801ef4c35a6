"""What a module is run on: examples, or tensors of a given size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from fodlam_core.errors import NetworkError


def examples(inputs: Any, dtype: Any, device: str) -> list[Any]:
    """Return the inputs of a module.

    Args:
        inputs: a size without the batch, a tensor, or a list of these.
        dtype: the type of inputs given by size.
        device: where they are to be.

    Raises:
        NetworkError: if they are neither.
    """
    if isinstance(inputs, torch.Tensor):
        return [inputs.to(device)]
    if _is_size(inputs):
        return [_of_size(inputs, dtype, device)]
    if isinstance(inputs, Sequence) and not isinstance(inputs, str) and inputs:
        parts = [each if isinstance(each, torch.Tensor) else _size(each, inputs) for each in inputs]
        return [
            each.to(device) if isinstance(each, torch.Tensor) else _of_size(each, dtype, device)
            for each in parts
        ]
    raise _wrong(inputs)


def example(value: Any, dtype: Any, device: str) -> Any:
    """Return an argument given by keyword: tensors are moved, all else is handed on."""
    if isinstance(value, torch.Tensor):
        return value.to(device)
    if isinstance(value, list | tuple) and any(isinstance(each, torch.Tensor) for each in value):
        return type(value)(example(each, dtype, device) for each in value)
    return value


def shown(given: Sequence[Any]) -> str:
    """Return the inputs as messages have them, without the batch."""
    sizes = [tuple(each.shape[1:]) for each in given]
    return f"input {sizes}"


def _is_size(value: Any) -> bool:
    return (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and len(value) > 0
        and all(type(number) is int and number > 0 for number in value)
    )


def _size(value: Any, inputs: Any) -> Any:
    if not _is_size(value):
        raise _wrong(inputs)
    return value


def _of_size(size: Sequence[int], dtype: Any, device: str) -> Any:
    """Return a tensor with a batch of 1: without values, or with random ones, or with zeros."""
    shape = (1, *size)
    if device == "meta":
        return torch.empty(shape, dtype=dtype, device=device)
    if dtype.is_floating_point:
        return torch.rand(shape, dtype=dtype, device=device)
    return torch.zeros(shape, dtype=dtype, device=device)


def _wrong(inputs: Any) -> NetworkError:
    text = " ".join(repr(inputs).split())[:100]
    return NetworkError(
        "from_torch: inputs (input_size): expected the size of one input without the batch, such "
        f"as (3, 224, 224), an example tensor, or a list of them; got {text}"
    )
