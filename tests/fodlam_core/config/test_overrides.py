"""Keys that are set on the command line."""

from __future__ import annotations

from typing import Any

import pytest

from fodlam_core import ConfigError
from fodlam_core.config.overrides import apply_override, apply_overrides


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.b=1", {"a": {"b": 1}}),
        ("a.b=x y", {"a": {"b": "x y"}}),
        ('a."c.d"=[1, 2]', {"a": {"c.d": [1, 2]}}),
        ("a.b=", {"a": {"b": ""}}),
    ],
)
def test_values(text: str, expected: dict[str, Any]) -> None:
    """A value is read as TOML, and anything else is a string."""
    table: dict[str, Any] = {}
    apply_override(table, text)

    assert expected == table


@pytest.mark.parametrize("text", ["a", "=1", "a b=1", "a.b.c=1"])
def test_what_is_refused(text: str) -> None:
    """A text of another form, or a key below a value, is an error that repeats the text."""
    with pytest.raises(ConfigError, match=f"--set {text}"):
        apply_override({"a": {"b": 1}}, text)


def test_every_mistake_is_told() -> None:
    """All mistakes are told at once, and a key without a table gets the line to write."""
    with pytest.raises(ConfigError) as caught:
        apply_overrides({}, ["node_nm=28", "x"], ["technology"])

    assert 2 == len(caught.value.problems)
    assert "--set technology.node_nm=28" in str(caught.value.problems[0])
