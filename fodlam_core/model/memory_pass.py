"""Operators without MACs: how much memory each passes over."""

from __future__ import annotations

from typing import Any

import attrs

from fodlam_core.errors import FodlamError
from fodlam_core.model import validators
from fodlam_core.model.value import Value

MOST = 10**18


def _elements(instance: MemoryPass, attribute: attrs.Attribute[Any], value: object) -> None:
    if not validators.is_count(value) or value > MOST:
        raise FodlamError(
            f"{instance.operator!r}: {attribute.name} is {value!r:.40}; give a whole number from 1 "
            f"to {MOST:.0e}"
        )


@attrs.frozen(eq=False, repr=False)
class MemoryPass(Value):
    """One pass of an operator without MACs over memory, in one inference.

    Attributes:
        operator: the operator of ONNX, with `` broadcast`` where one operand is smaller than the
            result; or what several operators make together, such as ``Swish`` or ``Gelu``.
        read: elements that it reads.
        written: elements that it writes.
        window: elements that each output of a pool is made of.
        count: how many such passes there are.

    Raises:
        FodlamError: if a value is not as it should be.

    >>> MemoryPass("MaxPool", read=12544, written=3136, window=9).elements
    28224
    """

    operator: str = attrs.field(validator=validators.filled)
    read: int = attrs.field(validator=_elements)
    written: int = attrs.field(validator=_elements)
    window: int = attrs.field(default=1, validator=_elements)
    count: int = attrs.field(default=1, validator=_elements)

    @property
    def elements(self) -> int:
        """What its time goes by: elements read, or those written as often as a window has."""
        return max(self.read, self.written * self.window)
