"""Checks the header of an accelerator's data file, so that all its mistakes are told at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fodlam_core.errors import PluginError, unknown

TEXT, NUMBER, LIST, TABLE, ROWS = "a string", "a number", "a list of strings", "a table", "tables"
FLAG = "true or false"
# Key -> what it has to be, and whether it is required.
HEADER = {
    "name": (TEXT, True),
    "title": (TEXT, True),
    "kinds": (LIST, True),
    "provenance": (TEXT, True),
    "technology": (TABLE, True),
    "citation": (TABLE, True),
    "default_for": (LIST, False),
    "precision": (TEXT, False),
    "notes": (LIST, False),
    "table": (TEXT, False),
    "clock_hz": (NUMBER, False),
    "area_mm2": (NUMBER, False),
    "power_w": (NUMBER, False),
    "peak_macs_per_s": (NUMBER, False),
    "skips_zeros": (FLAG, False),
    "publication": (TEXT, False),
    "references": (ROWS, False),
}
TECHNOLOGY = {"node_nm": (NUMBER, True), "vdd": (NUMBER, False), "flavor": (TEXT, False)}
CITATION = {
    "key": (TEXT, True),
    "text": (TEXT, True),
    "bibtex": (TEXT, True),
    "where": (TEXT, False),
}


def check_header(path: str, header: Mapping[str, Any], needs_numbers: bool = True) -> None:
    """Check the keys of a header and the types of their values.

    Args:
        path: the file, for messages.
        header: the parsed header.
        needs_numbers: whether it has to name a table or hold references.

    Raises:
        PluginError: with all the mistakes in one line.
    """
    problems = list(_problems(header, HEADER, ""))
    if not problems:
        problems += _problems(header["technology"], TECHNOLOGY, "[technology] ")
        problems += _problems(header["citation"], CITATION, "[citation] ")
    if needs_numbers and not header.get("table") and not header.get("references"):
        problems.append("the key 'table' is missing, and so are [[references]]")
    if problems:
        raise PluginError(f"{path}: {'; '.join(problems)}")


def _problems(
    table: Mapping[str, Any], known: Mapping[str, tuple[str, bool]], where: str
) -> Iterator[str]:
    for key in table:
        if key not in known:
            yield where + unknown("key", str(key), known)
    for key, (what, required) in known.items():
        if key not in table:
            if required:
                yield f"{where}the key {key!r} is missing"
        elif not _is(table[key], what):
            yield f"{where}{key}: expected {what}, got {table[key]!r}"


def _is(value: Any, what: str) -> bool:
    if what == TEXT:
        return isinstance(value, str)
    if what == FLAG:
        return isinstance(value, bool)
    if what == NUMBER:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if what == TABLE:
        return isinstance(value, Mapping)
    items = (str,) if what == LIST else (Mapping,)
    return isinstance(value, list) and all(isinstance(item, items) for item in value)
