"""The table of quantities, and the values that follow it."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import attrs
import pytest

import fodlam_core
from fodlam_core.estimates import Totals
from fodlam_core.model.costs import Cost
from fodlam_core.model.quantities import (
    COSTS,
    METRICS,
    RATES,
    Amounts,
    Interval,
    each_known,
    interval_of,
)
from fodlam_core.model.technology import Multipliers, ScalingFactors

# A further metric: what is written where, and in place of what.
FURTHER = {
    "quantities.py": [
        ("(LATENCY, ENERGY)", '(LATENCY, ENERGY, Quantity("traffic", "dram_bytes", "B"))'),
        (
            "    energy_j: float | None = None\n",
            "    energy_j: float | None = None\n    dram_bytes: float | None = None\n",
        ),
        (
            "    energy_j: Bounds | None = None\n",
            "    energy_j: Bounds | None = None\n    dram_bytes: Bounds | None = None\n",
        ),
    ],
    "costs.py": [
        (
            "= 0.0\n\n    @classmethod",
            "= 0.0\n    dram_bytes: float | None = None\n\n    @classmethod",
        )
    ],
}


@pytest.fixture(scope="module")
def with_traffic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the packages in which the bytes that Eyeriss published are a third metric."""
    packages = Path(fodlam_core.__file__).parents[1]
    copy = tmp_path_factory.mktemp("packages")
    for name in ("fodlam_core", "fodlam_eie", "fodlam_eyeriss"):
        shutil.copytree(packages / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name, changes in FURTHER.items():
        file = copy / "fodlam_core" / "model" / name
        text = file.read_text()
        for before, after in changes:
            assert text.count(before) == 1
            text = text.replace(before, after)
        file.write_text(text)
    return copy


def fodlam(packages: Path, *args: str) -> str:
    """Run the command line of a copy of the packages."""
    found = subprocess.run(
        [sys.executable, "-m", "fodlam_core", *args],
        env={**os.environ, "PYTHONPATH": str(packages), "COLUMNS": "200"},
        cwd=packages,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    return found.stdout


def test_a_further_metric_is_a_row_and_three_fields(with_traffic: Path) -> None:
    """Then totals, rows, tables and comparisons have it, published and predicted alike."""
    printed = json.loads(fodlam(with_traffic, "run", "AlexNet", "--format", "json"))
    rows = [*csv.DictReader(fodlam(with_traffic, "run", "AlexNet", "-f", "csv").splitlines())]
    rule = "accelerator.eyeriss.predictor=per-mac"
    predicted = json.loads(fodlam(with_traffic, "run", "MobileNetV1", "--set", rule, "-f", "json"))

    # Table V of the Eyeriss paper: 15.4 MB for a batch of four.
    assert printed["totals"]["conv"]["dram_bytes"] == pytest.approx(15.4e6 / 4)
    assert printed["coverage"]["traffic"]["layers"] == 5
    assert float(rows[0]["dram_bytes"]) == pytest.approx(5.0e6 / 4)
    assert predicted["totals"]["conv"]["dram_bytes"] > 0
    assert "traffic" in fodlam(with_traffic, "run", "AlexNet")
    compared = json.loads(
        fodlam(with_traffic, "compare", "AlexNet", "--batch", "1,4", "-f", "json")
    )
    traffic = [each["dram_bytes"] for each in compared["variants"]]
    assert traffic[1] == pytest.approx(4 * traffic[0])


def test_a_further_metric_is_in_sweeps_and_differences(with_traffic: Path) -> None:
    """A sweep has its columns, and diff says how it differs."""
    pytest.importorskip("polars")
    grid = with_traffic / "grid.toml"
    grid.write_text('[network]\nname = "AlexNet"\n[sweep]\n"network.batch" = [1, 4]\n')
    fodlam(with_traffic, "sweep", str(grid), "--columns", "conv.dram_bytes", "-o", "points.csv")
    with (with_traffic / "points.csv").open(encoding="utf-8") as file:
        points = [*csv.DictReader(file)]
    for batch in ("1", "4"):
        saved = ("-f", "json", "-o", f"{batch}.json")
        fodlam(with_traffic, "run", "AlexNet", "--batch", batch, *saved)

    traffic = [float(row["conv.dram_bytes"]) for row in points]
    assert traffic == pytest.approx([15.4e6 / 4, 15.4e6])
    # EIE published none, and a sum without some of its layers would look like the least.
    assert [row["dram_bytes"] for row in points] == ["", ""]
    assert "dram_bytes" in fodlam(with_traffic, "diff", "1.json", "4.json", "-f", "json")


def test_amounts_intervals_and_costs_have_a_field_for_each_metric() -> None:
    """The table and the values that hold a number of each row name the same fields in one order."""
    keys = [metric.key for metric in METRICS]
    costs = [field.name for field in attrs.fields(Cost)]

    assert keys == list(Amounts._fields) == list(Interval._fields)
    assert keys == [name for name in costs if name in keys]


def test_quantities_name_factors_and_parts_that_there_are() -> None:
    """What the table says of scaling are fields of factors and of costs."""
    factors, cost = ScalingFactors(2.0, 3.0), Cost(1.0, 1.0)

    assert all(hasattr(factors, each.factor) for each in COSTS if each.factor)
    assert all(hasattr(cost, each.fixed) for each in METRICS if each.fixed)
    assert all(hasattr(Totals, each.key) for each in (*COSTS, *RATES))


def test_a_cost_is_carried_but_for_the_part_that_waits_for_memory() -> None:
    """Latency takes the factor of time without the wait, energy that of energy."""
    cost = Cost(latency_s=1.0, energy_j=2.0, offchip_latency_s=0.25)

    assert cost.carried(Multipliers(time=2.0, energy=3.0)) == Amounts(0.75 * 2 + 0.25, 6.0)


def test_what_is_not_known_stays_unknown() -> None:
    """None is neither multiplied nor added as a zero."""
    half = Amounts(latency_s=1.0)

    assert half.times(2) == Amounts(2.0, None)
    assert half.plus(Amounts(1.0, 1.0)) == Amounts(2.0, None)
    assert half.power_w is None
    assert [(metric.name, value) for metric, value in each_known(half)] == [("latency", 1.0)]


def test_an_interval_is_multiplied_by_one_factor_or_by_one_for_each_metric() -> None:
    """Runs multiply all alike; scaling does not."""
    interval = Interval((1.0, 2.0), (3.0, 4.0))

    assert interval.times(2.0) == Interval((2.0, 4.0), (6.0, 8.0))
    assert interval.times(2.0, 10.0) == Interval((2.0, 4.0), (30.0, 40.0))
    assert interval_of([None, None]) is None


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_keys_end_in_the_unit(metric) -> None:
    """The ends of an interval have keys of the same unit."""
    unit = metric.key.rpartition("_")[2]

    assert metric.end("high") == f"{metric.name}_high_{unit}"
