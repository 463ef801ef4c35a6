"""Patterns of names."""

from __future__ import annotations

import pytest

from fodlam_core.plugins.patterns import is_pattern, matches


@pytest.mark.parametrize(
    ("name", "pattern", "expected"),
    [
        ("jetson-nano/int8", "jetson-*/int8", True),
        ("jetson-nano/int8", "*/*", True),
        ("jetson-nano", "jetson-[a-n]*", True),
        ("Jetson-nano", "jetson-*", False),
        ("jetson-nano/int8", "*", False),
        ("jetson-nano", "*/int8", False),
    ],
)
def test_a_star_stays_within_its_part(name: str, pattern: str, *, expected: bool) -> None:
    """A pattern matches part by part, and case counts."""
    assert is_pattern(pattern)
    assert expected == matches(name, pattern)
