"""``fodlam-core validate``."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

FIELDS = [
    *("accelerator", "kind", "predictor", "metric", "scheme", "mape", "median", "worst"),
    *("worst_layer", "folds", "totals", "notes"),
]


def test_json_has_a_row_for_everything(cli: Callable[..., Any]) -> None:
    """Each accelerator, kind, predictor, scheme and metric has one row with all fields."""
    result = cli("validate", "--format", "json")
    assert (result.status, result.err) == (0, "")
    rows = json.loads(result.out)
    assert all(list(row) == FIELDS for row in rows)
    keys = [(row["accelerator"], row["predictor"], row["metric"], row["scheme"]) for row in rows]
    assert len(set(keys)) == len(keys) == (8 + 5) * 3 * 3
    assert rows[0]["scheme"] == "leave-one-network-out"
    assert ("eyeriss", "row-stationary-average-zeros", "energy", "leave-one-block-out") in keys


def test_both_directions_are_shown_apart(cli: Callable[..., Any]) -> None:
    """AlexNet from VGG16 and VGG16 from AlexNet each have their own error."""
    row, *_ = json.loads(cli("validate", "-f", "json", "--predictor", "row-stationary").out)
    assert [(fold["held_out"], fold["trained_on"]) for fold in row["folds"]] == [
        ("AlexNet", ["VGG16"]),
        ("VGG16", ["AlexNet"]),
    ]
    assert row["folds"][0]["mape"] < row["folds"][1]["mape"]


def test_the_table_names_schemes_and_marks_the_default(cli: Callable[..., Any]) -> None:
    """The table shows the severest scheme first and marks the default predictor."""
    out = cli("validate").out
    assert out.index("leave-one-network-out:") < out.index("leave-one-block-out:")
    assert "row-stationary-derived *" in out
    assert "62.6 %" in out
    assert "not identified" in out


def test_layers_are_shown(cli: Callable[..., Any]) -> None:
    """With --layers every measured layer is shown, predicted by a fit without its network."""
    rows = json.loads(cli("validate", "--layers", "--predictor", "sparse", "-f", "json").out)
    assert [(row["network"], row["layer"]) for row in rows][:2] == [
        ("AlexNet", "FC6"),
        ("AlexNet", "FC7"),
    ]
    assert {row["scheme"] for row in rows} == {"leave-one-network-out"}
    assert "AlexNet FC6" in cli("validate", "--layers", "--predictor", "sparse").out


def test_csv_is_flat(cli: Callable[..., Any]) -> None:
    """CSV has the same rows, with folds and totals as text."""
    rows = list(
        csv.DictReader(io.StringIO(cli("validate", "-f", "csv", "--accelerator", "eie").out))
    )
    assert len(rows) == 5 * 3 * 3
    assert "VGG16" in rows[0]["totals"]


def test_unknown_names_are_errors(cli: Callable[..., Any]) -> None:
    """A misspelt predictor or accelerator is an error with the likely spelling."""
    result = cli("validate", "--predictor", "spars")
    assert (result.status, result.out) == (1, "")
    assert "did you mean 'sparse'?" in result.err
    assert "did you mean 'eyeriss'?" in cli("validate", "--accelerator", "eyeris").err
