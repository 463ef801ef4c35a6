"""Reasons for which points have no costs."""

from __future__ import annotations

import polars as pl
import pytest

from fodlam_core.sweeps.reasons import MOST, Reason, count_reasons, merge_reasons


def reasons(*texts: str) -> tuple[Reason, ...]:
    """Count texts, each of which one point has."""
    return count_reasons(pl.DataFrame({"problem": texts, "len": [1] * len(texts)}))


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        (
            ["from 65 nm 1 V to 28 nm 0.7 V", "from 65 nm 1 V to 32 nm 1.2 V"],
            "from 65 nm 1 V to 28..32 nm 0.7..1.2 V",
        ),
        (["CONV1-1 is new", "CONV1-1 is new (and 2 more)"], "CONV1-1 is new"),
        (["-1 (2, 3) [4] x=5", "-2 (3, 3) [5] x=5e3"], "-2..-1 (2..3, 3) [4..5] x=5..5000"),
        (["no \0 number"], "no   number"),
        (["0.123456789"], "0.123457"),
    ],
)
def test_numbers(texts: list[str], told: str) -> None:
    """Numbers that stand by themselves become ranges; those in names tell reasons apart."""
    assert told in [str(each) for each in reasons(*texts)]


def test_names_tell_reasons_apart() -> None:
    """What differs in more than numbers is another reason."""
    assert 2 == len(reasons("VGG16 at 3 nm", "VGG19 at 3 nm", "VGG16 at 4 nm"))


def test_parts_together() -> None:
    """The reasons of parts are those of all points, however these are divided."""
    texts = [f"{rule} refuses {node} nm" for rule in "abc" for node in range(1, 9)] + ["a"] * 3
    whole = count_reasons(pl.Series("problem", texts).value_counts(name="len"))

    parts = merge_reasons([*reasons(*texts[:5]), *reasons(*texts[5:20]), *reasons(*texts[20:])])

    assert sorted(whole) == sorted(parts)
    assert len(texts) == sum(each.points for each in parts)


def test_only_the_most_frequent() -> None:
    """There are never more than a bounded number of reasons."""
    names = [f"name{number}x" for number in range(2 * MOST)]

    assert MOST == len(reasons(*names)) == len(merge_reasons(Reason(name, (), 1) for name in names))
