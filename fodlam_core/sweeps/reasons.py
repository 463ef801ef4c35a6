"""Why points have no costs: reasons that only differ in their numbers count as one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable

# A number that stands by itself, and not in a name such as CONV1-1.
NUMBER = r"(^|[\s(\[,=])(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)"
BEFORE = " \t([,="
MARK = "\0"
# Reasons name networks and layers as well: there can be very many.
MOST = 100


class Reason(NamedTuple):
    """A reason, with the numbers that it was given for.

    Attributes:
        text: the reason, with a mark at the place of each number.
        ranges: least and greatest of the numbers, place by place.
        points: how many points have it.
    """

    text: str
    ranges: tuple[tuple[float, float], ...]
    points: int

    def __str__(self) -> str:
        first, *rest = self.text.split(MARK)
        pairs = zip(self.ranges, rest, strict=True)
        return first + "".join(f"{_shown(*ends)}{text}" for ends, text in pairs)


def _shown(low: float, high: float) -> str:
    ends = [
        f"{end:.0f}" if end.is_integer() and abs(end) < 1e15 else f"{end:g}" for end in (low, high)
    ]
    return "..".join(dict.fromkeys(ends))


def count_reasons(problems: pl.DataFrame) -> tuple[Reason, ...]:
    """Return the most frequent reasons.

    Args:
        problems: each problem once, with the number of points that have it: ``problem, len``.

    >>> texts = ["VGG16 at 45 nm", "VGG16 at 28 nm", "no"]
    >>> for reason in count_reasons(pl.DataFrame({"problem": texts, "len": [3, 4, 1]})):
    ...     print(reason.points, reason)
    7 VGG16 at 28..45 nm
    1 no
    """
    text = pl.col("problem").str.replace_all(MARK, " ", literal=True)
    numbers = text.str.extract_all(NUMBER).list.eval(pl.element().str.strip_chars(BEFORE))
    marked = problems.select(
        "len",
        text.str.replace_all(NUMBER, "${1}" + MARK).alias("text"),
        numbers.list.eval(pl.element().cast(pl.Float64)).alias("numbers"),
    )
    counts = marked.group_by("text").agg(pl.col("len").sum()).top_k(MOST, by=["len", "text"])
    places = pl.int_ranges(pl.col("numbers").list.len()).alias("place")
    number = pl.col("numbers")
    ends = (
        marked.join(counts, on="text", how="semi")
        .filter(number.list.len() > 0)
        .with_columns(places)
        .explode("numbers", "place")
        .group_by("text", "place")
        .agg(number.min().alias("least"), number.max().alias("greatest"))
        .sort("place")
    )
    ranges: dict[str, list[tuple[float, float]]] = {}
    for name, _, least, greatest in ends.iter_rows():
        ranges.setdefault(name, []).append((least, greatest))
    found = counts.select("text", "len").iter_rows()
    return merge_reasons(Reason(name, tuple(ranges.get(name, ())), count) for name, count in found)


def merge_reasons(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Return the most frequent reasons of several parts."""
    merged: dict[str, Reason] = {}
    for each in reasons:
        known = merged.get(each.text)
        if known:
            pairs = zip(known.ranges, each.ranges, strict=True)
            ranges = tuple((min(a, c), max(b, d)) for (a, b), (c, d) in pairs)
            merged[each.text] = Reason(each.text, ranges, known.points + each.points)
        else:
            merged[each.text] = each
    return tuple(sorted(merged.values(), key=lambda each: (-each.points, each.text))[:MOST])
