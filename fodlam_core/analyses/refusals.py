"""What was refused in a comparison, each reason told once."""

from __future__ import annotations

from textwrap import shorten
from typing import TYPE_CHECKING

from fodlam_core.errors import listed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fodlam_core.analyses.comparison import Outcome
    from fodlam_core.errors import Problem

LEAST = 20  # columns that a reason needs at the least; where there are less, its number stands

# What is wrong with the outcomes, whatever the places and cures -> the outcomes.
Refusals = dict[tuple[str, ...], list["Outcome"]]


def gather_refusals(outcomes: Iterable[Outcome]) -> Refusals:
    """Return what was refused by what is wrong, wherever it is."""
    refusals: Refusals = {}
    for each in outcomes:
        if each.problems:
            refusals.setdefault(_whats(each), []).append(each)
    return refusals


def reasons_in(outcomes: Iterable[Outcome], refusals: Refusals, room: int) -> list[str]:
    """Return for each outcome the number of its reason, and as much of it as there is room for."""
    numbers = {what: number for number, what in enumerate(refusals, start=1)}
    cells = []
    for each in outcomes:
        number = numbers.get(_whats(each))
        text = f"[{number}] {' / '.join(_whats(each))}"
        short = shorten(text, max(room, LEAST), placeholder=" ...")
        cells.append("" if number is None else short if room >= LEAST else f"[{number}]")
    return cells


def refusal_lines(refusals: Refusals) -> list[str]:
    """Return a numbered line for each reason, with the choices that it holds for."""
    lines = []
    for number, outcomes in enumerate(refusals.values(), start=1):
        names = zip(*(each.choices.values() for each in outcomes), strict=True)
        which = "; ".join(listed(dict.fromkeys(axis)) for axis in names)
        problems = zip(*(each.problems for each in outcomes), strict=True)
        lines.append(f"[{number}] {which}: {'; '.join(str(_joined(each)) for each in problems)}")
    return lines


def _whats(outcome: Outcome) -> tuple[str, ...]:
    return tuple(each.what for each in outcome.problems)


def _joined(problems: Iterable[Problem]) -> Problem:
    """Return one problem for several that are alike: what differs in place or details is left out.

    Different cures are all told.
    """
    first, *others = dict.fromkeys(problems)
    where = first.where
    while any(each.where[: len(where)] != where for each in others):
        where = where[:-1]
    more = first.more if all(each.more == first.more for each in others) else ""
    cures = dict.fromkeys(each.cure for each in (first, *others))
    cure = tuple(part for each in cures for part in (" or ", *each))[1:]
    return first._replace(where=where, more=more, cure=cure)
