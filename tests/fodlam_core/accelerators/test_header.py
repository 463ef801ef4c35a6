"""The header of a data file, whatever is in it."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fodlam_core.accelerators import Accelerator
from fodlam_core.accelerators.header import read_header

HEADER: dict[str, Any] = {
    "name": "mychip",
    "title": "MyChip",
    "kinds": ["conv", "fc"],
    "default_for": ["fc"],
    "provenance": "measured",
    "table": "mychip.csv",
    "power_w": 0.5,
    "technology": {"node_nm": 28, "vdd": 0.9, "flavor": "lp"},
    "citation": {"key": "doe2030", "text": "J. Doe, MyChip, 2030", "bibtex": "@misc{doe2030}"},
    "references": [
        {"network": "VGG16", "latency_ms": 40.5},
        {"network": "VGG16", "batch": 3, "energy_uj": 2, "macs": 7, "where": "Table 3"},
    ],
}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


def test_fields_of_an_accelerator() -> None:
    """Numbers are in SI units, and files relative to the header."""
    header, problems = read_header({**HEADER, "publication": "tables.toml"})
    assert header is not None
    assert [] == problems

    accelerator = Accelerator(**header.fields("chips"))

    first, second = accelerator.references
    assert ("VGG16", 1, 0.0405, None) == (
        first.network,
        first.batch,
        first.latency_s,
        first.energy_j,
    )
    assert (3, 2e-6, 7, "Table 3") == (second.batch, second.energy_j, second.macs, second.where)
    assert ("chips/tables.toml", 28) == (accelerator.publication, accelerator.technology.node_nm)


def test_mistakes_of_all_tables_at_once() -> None:
    """Each table has its own lines, each with its place."""
    header = copy.deepcopy(HEADER)
    header["kinds"] = []
    header["technology"]["vdd"] = "1"
    del header["citation"]["key"]
    header["references"][1]["batch"] = 0

    assert [
        "kinds: expected at least one, all different, got []",
        "[technology] vdd: expected a number, got '1'",
        "[citation] key: is missing; add it",
        "[[references]] 2 batch: expected a positive whole number, got 0",
    ] == list(map(str, read_header(header)[1]))


@given(data=st.data())
def test_any_value_is_read_or_refused(data: st.DataObject) -> None:
    """Whatever replaces any part of a header, it is an accelerator or a line for each mistake."""
    header = copy.deepcopy(HEADER)
    table: Any = header
    key: Any = data.draw(st.sampled_from(sorted(header)))
    while isinstance(table[key], dict | list) and table[key] and data.draw(st.booleans()):
        table = table[key]
        keys = sorted(table) if isinstance(table, dict) else range(len(table))
        key = data.draw(st.sampled_from(keys))
    table[key] = data.draw(ANYTHING)

    read, problems = read_header(header)

    assert (read is None) == bool(problems)
    if read is not None:
        Accelerator(**read.fields(""))


def test_a_datasheet_needs_no_table() -> None:
    """Peak and bandwidth of a datasheet are enough where a predictor is named that uses them."""
    unmeasured = {
        key: value
        for key, value in HEADER.items()
        if key not in ("table", "power_w", "references", "default_for")
    }
    datasheet = {**unmeasured, "provenance": "datasheet", "predictors": ["roofline"]}

    assert [] == read_header(datasheet)[1]
    for lacking in (unmeasured, {**datasheet, "predictors": []}):
        [problem] = read_header(lacking)[1]
        assert "'table' is missing" in problem.what
