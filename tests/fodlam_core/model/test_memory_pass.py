"""Passes over memory."""

from __future__ import annotations

from typing import Any

import pytest

from fodlam_core.errors import FodlamError
from fodlam_core.model.memory_pass import MemoryPass


@pytest.mark.parametrize(
    ("values", "elements"),
    [
        ({"read": 10, "written": 10}, 10),
        ({"read": 20, "written": 10}, 20),
        ({"read": 100, "written": 1}, 100),
        ({"read": 40, "written": 10, "window": 9}, 90),
    ],
)
def test_elements_are_what_is_looked_at(values: dict[str, int], elements: int) -> None:
    """The time of a pass goes by what it reads or writes most, of a pool by its windows."""
    assert MemoryPass("X", **values).elements == elements


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"operator": ""}, "give a string that is not empty"),
        ({"read": 0}, "'Add': read is 0; give a whole number from 1"),
        ({"written": 1.5}, "written is 1.5"),
        ({"count": True}, "count is True"),
        ({"window": 10**19}, "window is 10000000000000000000"),
    ],
)
def test_wrong_values_are_refused(wrong: dict[str, Any], text: str) -> None:
    """A pass says which of its values is wrong, and what to give."""
    with pytest.raises(FodlamError, match=text):
        MemoryPass(**{"operator": "Add", "read": 1, "written": 1, **wrong})
