"""What is told of a result."""

from __future__ import annotations

import polars as pl

from fodlam_core.sweeps.summary import Summary, merge, summarize

COLUMNS = ("latency_s", "energy_j", "power_w")


def frame(*values: float | None) -> pl.DataFrame:
    """Return rows with a value in each cost, or a problem where there is none."""
    problems = [None if value is not None else f"no {3} nm" for value in values]
    costs = {name: pl.Series(values, dtype=pl.Float64) for name in COLUMNS}
    return pl.DataFrame({**costs, "problem": pl.Series(problems, dtype=pl.String)})


def test_parts_merge_to_the_whole() -> None:
    """The summaries of two parts are together that of both."""
    one, other = frame(1.0, None), frame(3.0, 2.0, None)

    whole = summarize(pl.concat([one, other]).lazy())

    assert whole == merge([summarize(one.lazy()), summarize(other.lazy())])
    assert (5, 2, (1.0, 3.0)) == (whole.rows, whole.refused, whole.ranges["latency_s"])
    assert 2 == sum(each.points for each in whole.reasons)


def test_nothing_is_nothing() -> None:
    """Without rows there are no ranges."""
    assert Summary(ranges=dict.fromkeys(COLUMNS, (None, None))) == merge([])


def test_what_cannot_be_selected_is_counted() -> None:
    """Points with costs but without the one that selects are counted, in parts as in the whole."""
    lacking = frame(1.0, 2.0, None).with_columns(energy_j=pl.lit(None, pl.Float64))
    parts = [frame(1.0, None), lacking]

    whole = summarize(pl.concat(parts).lazy(), ("energy_j", "latency_s"))

    assert {"energy_j": 2, "latency_s": 0} == whole.unknown
    assert whole == merge(summarize(each.lazy(), ("energy_j", "latency_s")) for each in parts)
    assert {} == summarize(lacking.lazy()).unknown
