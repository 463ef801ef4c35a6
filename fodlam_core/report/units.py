"""Numbers as a person reads them."""

from __future__ import annotations

import math

MOST_FACTOR = 10  # an interval that reaches farther is shown in words
PREFIXES = {-15: "f", -12: "p", -9: "n", -6: "u", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T"}


def quantity(value: float | None, unit: str = "", digits: int = 4) -> str:
    """Return a number with a prefix of the SI, rounded to so many significant digits.

    >>> quantity(0.0043094, "s"), quantity(15470264320, "MAC"), quantity(None), quantity(0.0, "J")
    ('4.309 ms', '15.47 GMAC', '-', '0 J')
    """
    if value is None:
        return "-"
    if value == 0:
        return f"0 {unit}".rstrip()
    # Rounded first: 999.96 with four digits is 1 k.
    value = float(f"{value:.{digits - 1}e}")
    exponent = min(12, max(-15, 3 * math.floor(math.log10(abs(value)) / 3)))
    return f"{value / 10.0**exponent:.{digits}g} {PREFIXES[exponent]}{unit}".rstrip()


def number(value: float | None, digits: int = 4) -> str:
    """Return a number without a unit; with a prefix of the SI where its digits do not suffice.

    >>> number(13210.4), number(9999.0), number(0.000123), number(None)
    ('13.21 k', '9999', '0.000123', '-')
    """
    if value is None:
        return "-"
    text = f"{value:.{digits}g}"
    return quantity(value, digits=digits) if "e+" in text else text


def plain(value: float) -> str:
    """Return a number to four digits or to whole ones, without a prefix or an exponent.

    >>> plain(13210.4), plain(0.0132104)
    ('13210', '0.01321')
    """
    return f"{value:.0f}" if abs(value) >= 1e4 else f"{value:.4g}"


def counted(count: int | str, noun: str) -> str:
    """Return how many there are of something.

    >>> counted(1, "inference"), counted(3, "inference")
    ('1 inference', '3 inferences')
    """
    return f"{count} {noun}{'' if count == 1 else 's'}"


def percent(share: float | None) -> str:
    """Return a share in percent; what is neither nothing nor all never looks like it.

    >>> percent(1.0), percent(0.99999), percent(0.5), percent(1e-6), percent(0.0), percent(None)
    ('100 %', '>99.9 %', '50.0 %', '<0.1 %', '0 %', '-')
    """
    if share is None:
        return "-"
    if share in (0.0, 1.0):
        return f"{share:.0%}".replace("%", " %")
    if share > 0.999:
        return ">99.9 %"
    if share < 0.001:
        return "<0.1 %"
    return f"{100 * share:.1f} %"


def deviation(value: float | None, ends: tuple[float, float]) -> str:
    """Return how far the ends of an interval lie from a value: in percent, or as factors from 2.

    Beyond a factor of ten the digits of a factor say nothing.

    >>> deviation(10.0, (9.98, 10.02)), deviation(10.0, (7.5, 15.0)), deviation(10.0, (2.0, 30.0))
    ('0.2 %', '-25 +50 %', '/5 x3')
    >>> deviation(10.0, (0.5, 70.0)), deviation(10.0, (0.01, 7000.0))
    ('order of magnitude', 'orders of magnitude')
    >>> deviation(10.0, (10.0, 47.0)), deviation(10.0, (9.98, 10.1)), deviation(10.0, (10.0, 10.1))
    ('x4.7', '-0.2 +1 %', '+1 %')
    """
    if not value:
        return "-"
    low, high = ends
    widest = max(high / value, value / low if low > 0 else 1.0)
    if widest > MOST_FACTOR:
        return "order of magnitude" if widest < MOST_FACTOR**2 else "orders of magnitude"
    if high >= 2 * value and low > 0:
        below = f"{value / low:.2g}"
        return f"{'' if below == '1' else f'/{below} '}x{high / value:.2g}"
    down, up = (100 * abs(end / value - 1) for end in ends)
    if f"{down:.2g}" == f"{up:.2g}":
        return f"{up:.2g} %"
    ends_text = (f"{sign}{_rounded(end)}" for sign, end in (("-", down), ("+", up)))
    return f"{' '.join(text for text in ends_text if len(text) > 1) or '<0.1'} %"


def _rounded(percents: float) -> str:
    """Return whole percents, below one with a digit more; empty if even that says nothing."""
    text = f"{percents:.0f}" if percents > 0.5 else f"{percents:.1f}"
    return "" if text == "0.0" else text
