"""Patterns of names, such as ``jetson-*/int8``."""

from __future__ import annotations

from fnmatch import fnmatchcase

ALL = "all"  # what stands for every name, wherever chips are named


def is_pattern(text: str) -> bool:
    """Tell a pattern from a name.

    >>> is_pattern("jetson-*/int8"), is_pattern("all"), is_pattern("jetson-nano")
    (True, True, False)
    """
    return text == ALL or any(char in text for char in "*?[")


def matches(name: str, pattern: str) -> bool:
    """Tell whether a name matches a pattern, part by part; ``all`` is ``*``.

    >>> matches("jetson-nano/int8", "jetson-*/int8"), matches("jetson-nano/int8", "jetson-*")
    (True, False)
    """
    parts, wanted = name.split("/"), ("*" if pattern == ALL else pattern).split("/")
    return len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted))
