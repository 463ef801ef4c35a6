"""Patterns of names, such as ``jetson-*/int8``."""

from __future__ import annotations

from fnmatch import fnmatchcase


def is_pattern(text: str) -> bool:
    """Tell a pattern from a name.

    >>> is_pattern("jetson-*/int8"), is_pattern("jetson-nano")
    (True, False)
    """
    return any(char in text for char in "*?[")


def matches(name: str, pattern: str) -> bool:
    """Tell whether a name matches a pattern, part by part.

    >>> matches("jetson-nano/int8", "jetson-*/int8"), matches("jetson-nano/int8", "jetson-*")
    (True, False)
    """
    parts, wanted = name.split("/"), pattern.split("/")
    return len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted))
