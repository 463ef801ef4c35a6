"""Numbers as a publication prints them: digits, and a unit in the name of the column."""

from __future__ import annotations

import functools
import math

from fodlam_core.errors import quoted
from fodlam_core.schema.numbers import PHYSICAL, is_physical

# Suffix of a column name -> (suffix of the SI name, factor). MB are 1e6 bytes, as in the papers.
UNITS = {
    "_s": ("_s", 1.0),
    "_ms": ("_s", 1e-3),
    "_us": ("_s", 1e-6),
    "_w": ("_w", 1.0),
    "_mw": ("_w", 1e-3),
    "_j": ("_j", 1.0),
    "_mj": ("_j", 1e-3),
    "_uj": ("_j", 1e-6),
    "_mb": ("_bytes", 1e6),
    "_gmacs": ("_macs", 1e9),
    "_pct": ("_fraction", 1e-2),
}
MOST_DIGITS = 19


def in_si(column: str) -> tuple[str, float]:
    """Return the name of a quantity in SI units, and the factor that leads there.

    >>> in_si("latency_ms"), in_si("active_pes")
    (('latency_s', 0.001), ('active_pes', 1.0))
    """
    stem, _, suffix = column.rpartition("_")
    unit = UNITS.get(f"_{suffix}") if stem else None
    return (stem + unit[0], unit[1]) if unit else (column, 1.0)


def written(name: str) -> str:
    """Return how the column of a quantity may be called.

    >>> written("latency_s"), written("macs")
    ('latency_s, latency_ms or latency_us', 'macs')
    """
    stem, _, suffix = name.rpartition("_")
    names = [stem + unit for unit, (si, _) in UNITS.items() if stem and si == f"_{suffix}"]
    return " or ".join(part for part in (", ".join(names[:-1]), (names or [name])[-1]) if part)


def number(text: str) -> float:
    """Return a printed number, which is finite and not negative.

    Raises:
        ValueError: saying what is wrong with it.

    >>> number("20.9")
    20.9
    """
    try:
        # Python would take 1_000 and the digits of every script.
        value = float(text if text.isascii() and "_" not in text else "?")
    except ValueError:
        raise ValueError(f"{quoted(text)} is not a number; write digits, as in 20.9") from None
    if value == 0 or is_physical(value):
        return value
    if not (math.isfinite(value) and value >= 0):
        raise ValueError(
            f"{quoted(text)} is negative or not finite; leave the cell empty if it is not known"
        )
    raise ValueError(f"{quoted(text)} is not {PHYSICAL}; look at its exponent")


@functools.lru_cache(maxsize=4096)  # sizes and batches of a table are few, its rows are many
def whole(text: str, least: int = 1) -> int:
    """Return a printed whole number.

    Raises:
        ValueError: saying what is wrong with it.

    >>> whole("96")
    96
    """
    if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS and int(text) >= least:
        return int(text)
    shown = text if len(text) <= MOST_DIGITS else f"{text[:MOST_DIGITS]}..."
    raise ValueError(f"{shown!r} is not a whole number of at least {least}; write digits only")


def half_unit(text: str) -> float:
    """Return half a unit of the last digit of a printed number.

    >>> half_unit("20.9"), half_unit("332"), half_unit("1.50e3")
    (0.05, 0.5, 5.0)
    """
    if text.isdigit():
        return 0.5
    digits, _, exponent = text.lower().partition("e")
    return 0.5 * 10.0 ** (int(exponent or 0) - len(digits.partition(".")[2]))
