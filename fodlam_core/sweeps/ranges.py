"""Evenly spaced values that are made when they are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, overload

from fodlam_core.errors import quoted, unknown
from fodlam_core.schema.numbers import MOST_COUNT, is_number

KEYS = ("start", "stop", "num")
SIGNIFICANT_DIGITS = 12


class Range(Sequence[float]):
    """So many numbers from start to stop, both included.

    They are whole numbers where start, stop and the steps between are; others are rounded to
    twelve significant digits, so that a step of 0.01 gives 0.71 and not 0.7100000000000001.

    >>> list(Range(1, 7, 3)), list(Range(0.7, 0.72, 3))
    ([1, 4, 7], [0.7, 0.71, 0.72])
    """

    def __init__(self, start: float, stop: float, num: int) -> None:
        self.start, self.stop, self.num = start, stop, num
        whole = isinstance(start, int) and isinstance(stop, int) and num > 1
        self.step: int | None = None
        if whole and (stop - start) % (num - 1) == 0:
            self.step = int(stop - start) // (num - 1)

    def __repr__(self) -> str:
        return f"Range({self.start}, {self.stop}, {self.num})"

    def __len__(self) -> int:
        return self.num

    @overload
    def __getitem__(self, index: int) -> float: ...
    @overload
    def __getitem__(self, index: slice) -> list[float]: ...
    def __getitem__(self, index: int | slice) -> float | list[float]:
        if isinstance(index, slice):
            return [self._value(i) for i in range(*index.indices(self.num))]
        return self._value(range(self.num)[index])

    def _value(self, i: int) -> float:
        if self.step is not None:
            return self.start + self.step * i
        value = self.start + (self.stop - self.start) * i / (self.num - 1)
        return float(f"{value:.{SIGNIFICANT_DIGITS}g}")


def range_of(table: Mapping[str, Any]) -> Range:
    """Return the range that a table of start, stop and num describes.

    Raises:
        ValueError: saying what is wrong with it.
    """
    if "step" in table:
        raise ValueError("step: a range is {start, stop, num}; write num, the number of values")
    for key in table:
        if key not in KEYS:
            raise ValueError(unknown("key", key, KEYS))
    missing = [key for key in KEYS if key not in table]
    if missing:
        raise ValueError(f"{' and '.join(missing)} missing; a range is {{start, stop, num}}")
    start, stop, num = (table[key] for key in KEYS)
    for key, value in (("start", start), ("stop", stop)):
        if not is_number(value):
            raise ValueError(f"{key}: expected a finite number, got {quoted(value)}")
    if type(num) is not int or not 2 <= num <= MOST_COUNT:
        raise ValueError(f"num: expected a whole number of at least 2, got {quoted(num)}")
    if not start < stop:
        raise ValueError(f"the range is reversed or empty: start {start} is not below stop {stop}")
    return Range(start, stop, num)
