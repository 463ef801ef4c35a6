"""Checks the header of an accelerator's data file, so that all its mistakes are told at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fodlam_core.accelerators.printed import in_si
from fodlam_core.errors import FodlamError, unknown
from fodlam_core.model.costs import PROVENANCES
from fodlam_core.model.technology import Technology
from fodlam_core.model.whole_network import Reference, is_positive

TEXT, LIST, TABLE, ROWS = "a string", "a list of strings", "a table", "tables"
WORDS = "a string, not empty"
NAMES = "a list of strings, all different, at least one"
NUMBER, POSITIVE, COUNT = "a number", "a positive, finite number", "a positive whole number"
FLAG = "true or false"
# Key -> what it has to be, and whether it is required.
HEADER = {
    "name": (WORDS, True),
    "title": (WORDS, True),
    "kinds": (NAMES, True),
    "provenance": (WORDS, True),
    "technology": (TABLE, True),
    "citation": (TABLE, True),
    "default_for": (LIST, False),
    "precision": (TEXT, False),
    "notes": (LIST, False),
    "table": (WORDS, False),
    "clock_hz": (POSITIVE, False),
    "area_mm2": (POSITIVE, False),
    "power_w": (POSITIVE, False),
    "peak_macs_per_s": (POSITIVE, False),
    "skips_zeros": (FLAG, False),
    "publication": (WORDS, False),
    "references": (ROWS, False),
}
TECHNOLOGY = {"node_nm": (NUMBER, True), "vdd": (NUMBER, False), "flavor": (TEXT, False)}
CITATION = {
    "key": (WORDS, True),
    "text": (WORDS, True),
    "bibtex": (WORDS, True),
    "where": (TEXT, False),
}
REFERENCE = {
    "network": (WORDS, True),
    "batch": (COUNT, False),
    "macs": (COUNT, False),
    "where": (TEXT, False),
    **{f"latency_{unit}": (POSITIVE, False) for unit in ("s", "ms", "us")},
    **{f"energy_{unit}": (POSITIVE, False) for unit in ("j", "mj", "uj")},
}


def header_problems(header: Mapping[str, Any], formula: bool = False) -> list[str]:
    """Return a line for each mistake in a header.

    Args:
        header: the parsed header.
        formula: whether the accelerator has a predictor of its own, so that it needs no table.
    """
    problems = [*_problems(header, HEADER, ""), *_contradictions(header)]
    technology, citation = (
        table if isinstance(table, Mapping) else None
        for table in (header.get("technology"), header.get("citation"))
    )
    if technology is not None:
        problems += _technology_problems(technology)
    if citation is not None:
        problems += _citation_problems(citation)
    if isinstance(header.get("references"), list):
        problems += _reference_problems(header["references"])
    if "table" not in header:
        if not formula and not header.get("references"):
            problems.append("the key 'table' is missing, and so are [[references]]; add one")
        if "power_w" in header:
            problems.append("power_w: is for the rows of a table, and there is none; remove it")
    return problems


def reference_of(row: Mapping[str, Any]) -> Reference:
    """Return a row of ``references`` that has no problems."""
    values: dict[str, Any] = {}
    for key, value in row.items():
        name, factor = in_si(key)
        values[name] = float(value) * factor if name in ("latency_s", "energy_j") else value
    return Reference(**values)


def _technology_problems(table: Mapping[str, Any]) -> list[str]:
    problems = list(_problems(table, TECHNOLOGY, "[technology] "))
    if not problems:
        for key, value in table.items():
            try:
                Technology(**{"node_nm": 1, key: value})
            except FodlamError as error:
                problems.append(f"[technology] {error}")
    return problems


def _citation_problems(table: Mapping[str, Any]) -> list[str]:
    problems = list(_problems(table, CITATION, "[citation] "))
    if not problems:
        key, bibtex = table["key"], table["bibtex"].strip()
        if not bibtex.startswith("@") or key not in bibtex:
            problems.append(
                f"[citation] bibtex: is no entry of the key {key!r}; write @article{{{key}, ...}}"
            )
    return problems


def _reference_problems(rows: list[Any]) -> Iterator[str]:
    seen = set()
    for number, row in enumerate(rows, 1):
        where = f"[[references]] {number}"
        if not isinstance(row, Mapping):
            continue
        problems = list(_problems(row, REFERENCE, f"{where} "))
        names = [in_si(key)[0] for key in row]
        twice = sorted({name for name in names if names.count(name) > 1})
        problems += [f"{where}: {name} is there in two units; remove one" for name in twice]
        if not problems:
            problem = reference_of(row).problem()
            problems += [f"{where}: {problem}"] if problem else []
            key = row["network"], row.get("batch", 1)
            if key in seen:
                problems.append(f"{where}: {key[0]} at batch {key[1]} is there already; remove one")
            seen.add(key)
        yield from problems


def _contradictions(header: Mapping[str, Any]) -> Iterator[str]:
    provenance = header.get("provenance")
    if isinstance(provenance, str) and provenance not in PROVENANCES:
        yield unknown("provenance", provenance, PROVENANCES)
    kinds: Any = header.get("kinds")
    defaults: Any = header.get("default_for", [])
    if _is(kinds, LIST) and _is(defaults, LIST):
        for kind in defaults:
            if kind not in kinds:
                yield f"default_for: {unknown('kind', kind, kinds)} (kinds in the header)"


def _problems(
    table: Mapping[str, Any], known: Mapping[str, tuple[str, bool]], where: str
) -> Iterator[str]:
    for key in table:
        if key in known:
            continue
        if where and key in HEADER and known is not REFERENCE:
            yield f"{where}{key}: belongs above the first [table] of the file; move it there"
        else:
            yield where + unknown("key", str(key), known)
    for key, (what, required) in known.items():
        if key not in table:
            if required:
                yield f"{where}the key {key!r} is missing; add it"
        elif not _is(table[key], what):
            yield f"{where}{key}: expected {what}, got {table[key]!r:.60}"


def _is(value: Any, what: str) -> bool:
    if what in (TEXT, WORDS):
        return isinstance(value, str) and (what == TEXT or bool(value.strip()))
    if what == FLAG:
        return isinstance(value, bool)
    if what == NUMBER:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if what == POSITIVE:
        return is_positive(value)
    if what == COUNT:
        return type(value) is int and value > 0
    if what == TABLE:
        return isinstance(value, Mapping)
    if not isinstance(value, list):
        return False
    if what == NAMES and (not value or any(value.count(each) > 1 for each in value)):
        return False
    return all(isinstance(item, Mapping if what == ROWS else str) for item in value)
