"""What was refused in a comparison, each reason told once."""

from __future__ import annotations

import re
from textwrap import shorten
from typing import TYPE_CHECKING, NamedTuple

from fodlam_core.errors import listed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fodlam_core.analyses.comparison import Outcome

LEAST = 20  # columns that a reason needs at the least; where there are less, its number stands


class Refusal(NamedTuple):
    """Outcomes that were refused for one reason.

    Attributes:
        outcomes: what was refused.
        reasons: the reason as it was given, which may name what was chosen.
        briefs: the same in a few words.
    """

    outcomes: list[Outcome]
    reasons: dict[str, None]
    briefs: dict[str, None]


def gather_refusals(outcomes: Iterable[Outcome]) -> list[Refusal]:
    """Return what was refused by the reason, whatever the names in it that were chosen."""
    by_reason: dict[str, list[Outcome]] = {}
    for each in outcomes:
        if each.reason:
            by_reason.setdefault(each.reason, []).append(each)
    refusals: dict[str, Refusal] = {}
    for reason, group in by_reason.items():
        refusal = refusals.setdefault(_without(_common(group), reason, "NAME"), Refusal([], {}, {}))
        refusal.outcomes.extend(group)
        refusal.reasons[reason] = None
        brief = _without(_common(group), group[0].brief, "it").removeprefix("it: ")
        refusal.briefs[brief] = None
    return list(refusals.values())


def number_of(outcome: Outcome, refusals: Iterable[Refusal]) -> str:
    """Return the number of the reason why an outcome was refused; "" if it was not."""
    for number, refusal in enumerate(refusals, start=1):
        if outcome.reason in refusal.reasons:
            return f"[{number}]"
    return ""


def brief_reasons(refusals: Iterable[Refusal], room: int) -> dict[str, str]:
    """Return by its number as much of each reason as there is room for."""
    brief = {}
    for number, refusal in enumerate(refusals, start=1):
        text = f"[{number}] {' / '.join(refusal.briefs)}"
        short = shorten(text, max(room, LEAST), placeholder=" ...")
        brief[f"[{number}]"] = short if room >= LEAST else f"[{number}]"
    return brief


def refusal_lines(refusals: Iterable[Refusal]) -> list[str]:
    """Return a numbered line for each reason, with the choices that it holds for."""
    lines = []
    for number, (outcomes, reasons, _) in enumerate(refusals, start=1):
        names = zip(*(each.choices.values() for each in outcomes), strict=True)
        which = "; ".join(listed(dict.fromkeys(axis)) for axis in names)
        reason = next(iter(reasons))
        if len(reasons) > 1:
            alike = [each for each in outcomes if each.reason == reason]
            reason = _without(_common(alike), reason, "NAME")
        lines.append(f"[{number}] {which}: {'; '.join(dict.fromkeys(reason.splitlines()))}")
    return lines


def _common(outcomes: Iterable[Outcome]) -> set[str]:
    """Return the names that all of some outcomes have chosen; a batch is none."""
    chosen = ({*each.choices.items()} for each in outcomes)
    return {name for what, name in set.intersection(*chosen) if what != "batch"}


def _without(names: set[str], text: str, instead: str) -> str:
    """Return a text with something else for some names."""
    pattern = "|".join(map(re.escape, sorted(names)))
    return re.sub(rf"(?<![\w-])({pattern})(?![\w-])", instead, text) if names else text
