"""Why a module cannot be run, in our words and with the cure, where the reason is a known one."""

from __future__ import annotations

import re

_BY_VALUE = re.compile(
    r"data.?dependent|Tensor\.item\(\)|meta tensors? (?:cannot|can not)|on meta tensor|"
    r"aten::_local_scalar_dense|aten::nonzero|aten::equal|cannot be called on meta|"
    r"nms|Boolean value of Tensor",
    re.IGNORECASE,
)
_DEVICE = re.compile(r"not on the expected device|on the same device|unexpected device")
_DTYPE = re.compile(
    r"same dtype|expected scalar type|expected m1 and m2|dtype|indices.*(?:Long|Int)"
)
MOST = 300


def refusal(error: Exception, device: str) -> str:
    """Return what is wrong with running a module.

    >>> refusal(RuntimeError("Tensor.item() cannot be called on meta tensors"), "meta")[:44]
    'its steps depend on values, which do not exi'
    """
    text = " ".join(str(error).split()) or type(error).__name__
    kinds = " ".join(kind.__name__ for kind in type(error).__mro__)
    if device == "meta" and (
        _BY_VALUE.search(f"{kinds} {text}") or isinstance(error, NotImplementedError)
    ):
        return (
            'its steps depend on values, which do not exist on the meta device; give device="cpu" '
            f"and examples, or take its parts one by one ({_short(text)})"
        )
    if device == "meta" and _DEVICE.search(text):
        return f'it makes tensors on a device of its own; give device="cpu" ({_short(text)})'
    if isinstance(error, TypeError) and "argument" in text:
        return f"its arguments do not fit; give them as inputs and kwargs ({_short(text)})"
    if _DTYPE.search(text):
        return f"an input has another type than it takes; give dtype or an example ({_short(text)})"
    return _short(text)


def _short(text: str) -> str:
    """Return the beginning of a text, cut between two words."""
    if len(text) <= MOST:
        return text
    return text[:MOST].rpartition(" ")[0] + " ..."
