"""The table of what predictions for language models are worth."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import accuracy
import pytest
from fodlam_silicon.catalogue import HERE
from fodlam_silicon.point import accelerator

from fodlam_core.validation.half_widths import half_width

PAGE = Path(__file__).parents[4] / "docs" / "language-models.md"


def rows() -> dict[tuple[str, str], dict[str, str]]:
    """Return the rows of the table."""
    with open(HERE / "language_models" / "accuracy.csv", encoding="utf-8", newline="") as file:
        return {(row["what"], row["chip"]): row for row in csv.DictReader(file)}


@pytest.mark.parametrize(
    "cases",
    [
        lambda: accuracy.llamacpp("llamacpp-f16", 16.0),
        lambda: accuracy.mlenergy("h100-sxm-80gb"),
        lambda: accuracy.products("a40"),
    ],
    ids=["llama.cpp", "ML.ENERGY", "vidur"],
)
def test_table_is_what_is_computed(cases: Callable[[], Iterable[accuracy.Case]]) -> None:
    """Errors of the table are those of predictions that have not seen what they predict."""
    table = rows()
    for case in cases():
        expected, found = table[case.what, case.chip], case.record()
        assert expected["count"] == str(found["count"])
        for name in ("median", "p90"):
            assert float(expected[name]) == pytest.approx(float(str(found[name])), abs=0.002)


def test_interval_of_a_datasheet_is_learnt_from_runs() -> None:
    """A GPU known by its datasheet has the interval that runs of other GPUs tell, at 16 bits."""
    pairs = accuracy.datasheets().pairs
    known = accelerator("l4", "datasheet-bf16").cross_validated["roofline"]["latency"]
    width = half_width(abs(math.log(predicted / measured)) for measured, predicted in pairs)
    assert known.runs == len(pairs)
    assert known.half_width == pytest.approx(width, abs=0.01)
    other = accelerator("l4", "datasheet-int8").cross_validated["roofline"]["latency"]
    assert other.scheme == "leave-chips-out"


@pytest.mark.skipif(not PAGE.exists(), reason="the page is part of the repository of the core")
def test_page_prints_the_table() -> None:
    """Every error on the page is one of the table, to its printed digits."""
    printed = re.findall(r"([\d.]+) / ([\d.]+)(?=,| %)", PAGE.read_text(encoding="utf-8"))
    table = {
        tuple(f"{100 * float(row[name]):.2g}" for name in ("median", "p90"))
        for row in rows().values()
    }
    assert len(printed) == 25
    assert [] == [pair for pair in printed if tuple(f"{float(n):.2g}" for n in pair) not in table]
