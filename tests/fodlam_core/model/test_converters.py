"""What value types share."""

from __future__ import annotations

import pytest

from fodlam_core.model.converters import as_tuple, words


def test_any_items_become_a_tuple() -> None:
    """Lists and generators become tuples."""
    assert (1, 2) == as_tuple([1, 2]) == as_tuple(n for n in (1, 2))


def test_a_string_is_refused() -> None:
    """A string is not a list of its letters."""
    with pytest.raises(TypeError, match=r"write \['ab'\]"):
        as_tuple("ab")


def test_words() -> None:
    """A long set of names is a text over several lines."""
    assert {"a", "b"} == words(" a \n b a ")
