"""``fodlam-core validate``."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest

from fodlam_core import Registry, load_accelerator, store_fits
from fodlam_core.plugins import Plugin
from fodlam_core.plugins.registry import build_registry

FIELDS = [
    *("accelerator", "kind", "predictor", "metric", "scheme", "mape", "median", "worst"),
    *("worst_layer", "within_10_percent", "rmspe", "rank_correlation", "coverage", "coverage_of"),
    *("networks", "folds", "totals", "notes"),
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
    assert "not identified" in " ".join(out.split())


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


def test_nothing_to_hold_out_is_an_error(
    cli: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, registry: Registry
) -> None:
    """An accelerator without measurements has no errors to show, and that is said."""
    bare = attrs.evolve(registry.accelerator("eie"), measurements=())
    some = registry._replace(items={**registry.items, ("accelerator", "eie"): bare})
    monkeypatch.setattr("fodlam_core.cli.validate.registry_for", lambda args: some)
    result = cli("validate", "--accelerator", "eie")
    assert (result.status, result.out) == (1, "")
    assert "for eie there is no measured layer that could be held out" in result.err


def test_unknown_names_are_errors(cli: Callable[..., Any]) -> None:
    """A misspelt predictor or accelerator is an error with the likely spelling."""
    result = cli("validate", "--predictor", "spars")
    assert (result.status, result.out) == (1, "")
    assert "did you mean 'sparse'?" in result.err
    assert "did you mean 'eyeriss'?" in cli("validate", "--accelerator", "eyeris").err


def test_a_plugins_accelerator_is_validated_like_any_other(
    cli: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A chip from a data file gets the generic predictors, and a row for each of them."""
    (tmp_path / "chip.csv").write_text(
        "network,layer,kind,macs,batch,latency_ms\nA,F1,fc,1000,1,1.0\nA,F2,fc,2000,1,2.0\n"
        "B,F1,fc,4000,1,8.0\nB,F2,fc,5000,1,10.0\n"
    )
    (tmp_path / "chip.toml").write_text(
        'name = "chip"\ntitle = "a chip"\nkinds = ["fc"]\nprovenance = "measured"\n'
        'table = "chip.csv"\npower_w = 0.5\n[technology]\nnode_nm = 28\n'
        '[citation]\nkey = "k"\ntext = "t"\nbibtex = "@misc{k}"\n'
    )
    chip = load_accelerator(tmp_path / "chip.toml")
    registry = build_registry([Plugin("plugin", {"fodlam_accelerators": (chip,)})])
    monkeypatch.setattr("fodlam_core.cli.validate.registry_for", lambda args: registry)
    rows = json.loads(cli("validate", "-f", "json").out)
    assert {row["predictor"] for row in rows} == {
        *("per-mac", "per-mac-geomean", "nearest", "power-law")
    }
    # A MAC costs 1 us in A and 2 us in B, so each is off by a factor of two from the other.
    assert (rows[0]["predictor"], rows[0]["mape"]) == ("per-mac", pytest.approx((1.0 + 0.5) / 2))
    nearest = next(row for row in rows if row["predictor"] == "nearest")
    assert nearest["mape"] is None
    assert "nearest: there is no measured layer to fit to" in nearest["notes"][0]


def test_further_keys(cli: Any) -> None:
    """Every row says share within 10 %, RMSPE, rank correlation, coverage, and the networks."""
    rows = json.loads(cli("validate", "eyeriss", "--format", "json").out)
    keys = ("accelerator", "kind", "predictor", "metric", "scheme")
    assert len({tuple(row[key] for key in keys) for row in rows}) == len(rows)
    [row] = [
        row
        for row in rows
        if (row["predictor"], row["metric"], row["scheme"])
        == ("row-stationary-derived", "latency", "leave-one-network-out")
    ]
    assert row["networks"] == 2
    assert row["rmspe"] >= row["mape"]
    assert 0.5 < row["within_10_percent"] <= 1
    assert row["rank_correlation"] > 0.95
    assert row["coverage"] >= 16 / 18
    assert row["coverage_of"] == 18


def test_summary(cli: Any) -> None:
    """One line for each chip, the default predictor, with a word on two networks."""
    result = cli("validate", "--summary")
    assert result.out.count("row-stationary-derived") == 1
    assert "two thirds" in result.out
    [first, *_] = json.loads(cli("validate", "--summary", "--format", "json").out)
    assert first["latency_mape"] is not None


def test_a_summary_has_no_empty_columns(cli: Any, tmp_path: Path) -> None:
    """A chip without energies has no columns of them, and what came with it is said to have."""
    rows = "".join(
        f"N{n},f,fc,{inputs},{outputs},1,{5 + inputs * outputs / 1000 + n % 2}\n"
        for n, (inputs, outputs) in enumerate([(16, 8), (64, 32), (256, 64), (512, 512), (40, 400)])
    )
    (tmp_path / "mine.csv").write_text(
        f"network,layer,kind,inputs,outputs,batch,latency_us\n{rows}"
    )
    path = tmp_path / "mine.toml"
    path.write_text(
        'name = "mine"\ntitle = "Mine"\nkinds = ["fc"]\nprovenance = "measured"\n'
        'table = "mine.csv"\npredictors = ["linear"]\nfits = "fits.json"\n'
        '[citation]\nkey = "k"\ntext = "t"\nbibtex = "@misc{k}"\n'
    )

    computed = cli("validate", path, "--summary").out
    store_fits(path, tmp_path / "fits.json")
    kept = cli("validate", path, "--summary").out
    there = json.loads(cli("validate", path, "--summary", "-f", "json").out)

    assert "latency within 10 %" in computed
    assert "energy" not in computed
    assert "latency error" in kept
    assert "latency within 10 %" not in kept
    assert "Of 1 chip, the errors came with the tables" in kept
    assert None is there[0]["latency_coverage"]


def test_at_another_node(cli: Any) -> None:
    """Carried to 28 nm, energies err as at home and latencies by what waits for memory."""
    given = ("validate", "eyeriss", "--summary", "--format", "json")
    [home] = json.loads(cli(*given).out)
    [there] = json.loads(cli(*given, "--node", "28").out)
    assert there["energy_mape"] == pytest.approx(home["energy_mape"])
    assert there["latency_mape"] > 1.5 * home["latency_mape"]
    assert cli("validate", "eyeriss", "--node", "0").status == 1
    assert "--scaler: needs --node" in cli("validate", "--scaler", "dennard").err
