"""Arrays lie where others of their use lie."""

from __future__ import annotations

import numpy as np

from fodlam_core.measure.places import ALIGNMENT, LEAST_BYTES, Places


def test_places() -> None:
    """Arrays of one use share memory from its begin, those of another use have their own."""
    places = Places()
    some = {"a": np.arange(5, dtype="float32"), "b": np.ones((2, 3), "float32")}

    made = places.placed("read", some)
    again = places.placed("read", {"c": np.zeros(70, "float32")})
    other = places.placed("written", {"c": np.ones(70, "float32")})

    assert made["b"].ctypes.data - made["a"].ctypes.data == ALIGNMENT
    assert made["a"].ctypes.data == again["c"].ctypes.data
    assert not made["a"].any()
    assert other["c"].all()
    assert made["a"].ctypes.data % ALIGNMENT == 0


def test_types() -> None:
    """What one type of elements is filled with is nothing that another reads."""
    places = Places()

    made = places.placed("read", {"a": np.ones(9, "float32"), "b": np.full(9, 7, "uint8")})

    assert made["a"].tolist() == [1.0] * 9
    assert made["b"].tolist() == [7] * 9


def test_growth() -> None:
    """A larger array has a new place, and those at the old one keep theirs."""
    places = Places()

    small = places.placed("read", {"a": np.ones(4, "uint8")})["a"]
    large = places.placed("read", {"a": np.zeros(LEAST_BYTES + 1, "uint8")})["a"]

    assert small.all()
    assert not large.any()
