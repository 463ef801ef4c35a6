"""What GPUs have in common per unit of their datasheets."""

from __future__ import annotations

import csv
from typing import Any

import pytest
import shared as tool
from fodlam_silicon import shared
from fodlam_silicon.catalogue import HERE, index
from fodlam_silicon.point import accelerator

from fodlam_core import Network
from fodlam_core.predictors.terms import SETS

POINTS = {"llamacpp-f16": 16.0, "llamacpp-q4": 4.9}


def every(point: str) -> tool.Runs:
    """Return the runs of all chips of a point."""
    found = {}
    for chip, entry in index().items():
        own = shared.units(entry, POINTS[point])
        if point in entry["points"] and own is not None:
            found[chip] = tool.runs(accelerator(chip, point).references, own)
    return found


def seconds_of(fitted: Any, network: Network) -> float:
    """Return the predicted time of a run."""
    return sum(layer.repeat * fitted.predict(layer).latency_s for layer in network.layers)


@pytest.mark.parametrize("point", POINTS)
def test_table_is_what_the_runs_give(point: str) -> None:
    """Factors and errors of the table are those that are fitted to the runs of all chips."""
    with open(HERE / "llamacpp" / "shared.csv", encoding="utf-8", newline="") as file:
        rows = {row["without"]: row for row in csv.DictReader(file) if row["point"] == point}
    runs = every(point)
    assert rows.keys() == {"", *runs}
    one = next(iter(runs))
    for without in ("", one):
        expected = [float(rows[without][term]) for term in shared.TERMS]
        assert expected == pytest.approx(tool.factors(runs, without), rel=1e-4)


def test_terms_are_those_of_the_core() -> None:
    """The terms of the table are the set that the predictor adds up."""
    assert SETS["tokens"] == shared.TERMS


def test_a_gpu_that_nobody_measured_is_projected() -> None:
    """By its datasheet an L4 with 300 GB/s reads 16 GB of weights in 40 to 90 ms."""
    point = accelerator("l4", "projected-llamacpp-f16")
    step = next(iter(accelerator("a40", "llamacpp-f16").networks.values()))
    fitted = point.predictors[0].fit((), (), {})
    seconds = seconds_of(fitted, step)
    assert (point.provenance, point.measurements, point.references) == ("projected", (), ())
    assert 0.04 < seconds < 0.09
    assert point.cross_validated["linear"]["latency"].scheme == "leave-chips-out"


def test_a_measured_gpu_is_near_its_own_runs() -> None:
    """A chip with runs of its own is fitted to them: each is within a fifth."""
    point = accelerator("rtx-4090", "llamacpp-q4")
    fitted = point.predictors[0].fit((), point.references, point.networks)
    for reference in point.references:
        seconds = seconds_of(fitted, point.networks[reference.network])
        assert seconds == pytest.approx(reference.latency_s, rel=0.2)


def test_what_lacks_a_fact_shares_nothing() -> None:
    """Without a peak or a bandwidth there are no units."""
    assert shared.units({"peaks": {"fp16": 1e12}}, 16) is None
    assert shared.units({"memory_bandwidth_bytes_per_s": 1e12}, 16) is None
    assert shared.coefficients("timm", "l4", "x", index()["l4"], 16) is None
