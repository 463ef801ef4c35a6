"""Conditions in SQL."""

from __future__ import annotations

import polars as pl
import pytest

from fodlam_core import ConfigError
from fodlam_core.sweeps.conditions import conditions

SCHEMA = pl.Schema({"technology.vdd": pl.Float64(), "name": pl.String()})


def test_columns_with_dots_need_no_quotes() -> None:
    """A dotted name is a column, and in a string it is text."""
    frame = pl.DataFrame({"technology.vdd": [0.8, 1.0], "name": ["technology.vdd", "b"]})

    [by_value, by_text] = conditions(["technology.vdd > 0.9", "name = 'technology.vdd'"], SCHEMA)

    assert ["b"] == frame.filter(by_value)["name"].to_list()
    assert [0.8] == frame.filter(by_text)["technology.vdd"].to_list()


@pytest.mark.parametrize(
    "text", ["technology.vdd >", "technology.vd > 1", "MAX(technology.vdd) > 1", "name + 1 > 2"]
)
def test_each_mistake_is_told(text: str) -> None:
    """What is wrong with a condition is one line that repeats it."""
    with pytest.raises(ConfigError) as caught:
        conditions([text, "technology.vdd > 0"], SCHEMA)

    [problem] = caught.value.problems
    assert problem.startswith(f"[sweep] where: {text!r}: ")
