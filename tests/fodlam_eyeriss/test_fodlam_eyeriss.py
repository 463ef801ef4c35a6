"""Eyeriss's published table: everything that can be recomputed is."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from fodlam_core import Accelerator, Registry
from fodlam_eyeriss import EyerissOptions

# The Total rows of Tables V and VI: ms, ms, 1e9 MACs, MB, MB, mW.
PRINTED_TOTALS = {
    "AlexNet": (115.3, 103.5, 2.66, 208.5, 15.4, 278),
    "VGG16": (4309.5, 3755.2, 46.04, 11035.8, 321.1, 236),
}


@pytest.fixture
def eyeriss(registry: Registry) -> Accelerator:
    """The accelerator."""
    return registry.accelerator("eyeriss")


def rows(accelerator: Accelerator, network: str) -> list[Any]:
    """Return the rows of one network."""
    return [row for row in accelerator.measurements if row.network == network]


def test_shape_gives_macs(eyeriss: Accelerator) -> None:
    """Every row has a shape, and its MACs are those of the shape."""
    assert 18 == len(eyeriss.measurements)
    for row in eyeriss.measurements:
        assert row.layer.shape.macs == row.layer.macs


def test_batch_is_what_the_mac_column_says(eyeriss: Accelerator) -> None:
    """The printed MACs of a batch, over the MACs of the shape, are the batch: 4 and 3."""
    for row in eyeriss.measurements:
        assert row.details["batch_macs"] / row.layer.macs == pytest.approx(row.batch, rel=0.01)
    assert {"AlexNet": 4, "VGG16": 3} == {row.network: row.batch for row in eyeriss.measurements}


@pytest.mark.parametrize("network", PRINTED_TOTALS)
def test_rows_add_up_to_the_total_row(network: str, eyeriss: Accelerator) -> None:
    """Sums over the rows are the printed Total row, within the rounding of the rows."""
    total_ms, processing_ms, gmacs, buffer_mb, dram_mb, power_mw = PRINTED_TOTALS[network]
    table = rows(eyeriss, network)
    rounding = 0.05 * len(table) + 0.05
    latency_s = sum(row.latency_s for row in table)

    assert 1e3 * latency_s == pytest.approx(total_ms, abs=rounding)
    processing = sum(row.latency_s - row.offchip_latency_s for row in table)
    assert 1e3 * processing == pytest.approx(processing_ms, abs=rounding)
    batch_macs = sum(row.details["batch_macs"] for row in table)
    assert 1e-9 * batch_macs == pytest.approx(gmacs, abs=0.005 * len(table) + 0.05)
    for name, printed in (("global_buffer_bytes", buffer_mb), ("dram_bytes", dram_mb)):
        assert 1e-6 * sum(row.details[name] for row in table) == pytest.approx(
            printed, abs=rounding
        )
    energy_j = sum(row.energy_j for row in table)
    assert round(1e3 * energy_j / latency_s) == power_mw


@pytest.mark.parametrize(
    ("network", "ms", "mj"), [("AlexNet", 28.83, 8.02), ("VGG16", 1436.5, 338.8)]
)
def test_cost_per_image(network: str, ms: float, mj: float, eyeriss: Accelerator) -> None:
    """Per image AlexNet takes 28.83 ms and 8.02 mJ, VGG-16 1436.5 ms and 338.8 mJ."""
    costs = [row.cost for row in rows(eyeriss, network)]

    assert ms == pytest.approx(1e3 * sum(cost.latency_s for cost in costs), abs=0.05)
    assert mj == pytest.approx(1e3 * sum(cost.energy_j for cost in costs), abs=0.05)


def test_no_layer_beats_the_array(eyeriss: Accelerator) -> None:
    """No layer does more MACs per second than its active PEs at 200 MHz can."""
    for row in eyeriss.measurements:
        rate = row.batch * row.layer.macs / (row.latency_s - row.offchip_latency_s)
        assert rate <= row.details["active_pes"] * 200e6
        assert row.details["active_pes"] <= 168


def test_active_pes_of_conv5_1(eyeriss: Accelerator) -> None:
    """VGG-16 CONV5-1 keeps all 168 PEs busy, as its "100 %" in the paper says."""
    [row] = [row for row in rows(eyeriss, "VGG16") if row.layer.name == "CONV5-1"]

    assert 168 == row.details["active_pes"]


def test_processing_latency(eyeriss: Accelerator) -> None:
    """With ``latency = "processing"`` waiting for DRAM goes, and energy stays."""
    processing = eyeriss.configure(EyerissOptions(latency="processing"))

    assert eyeriss == attrs.evolve(eyeriss) == eyeriss.configure(EyerissOptions())
    for total, row in zip(eyeriss.measurements, processing.measurements, strict=True):
        assert total.latency_s - total.offchip_latency_s == row.latency_s
        assert (0.0, total.energy_j) == (row.offchip_latency_s, row.energy_j)


def test_what_holds_for_the_table(eyeriss: Accelerator) -> None:
    """The file says node, voltage, clock, precision, provenance and source."""
    assert (65, 1.0) == (eyeriss.technology.node_nm, eyeriss.technology.vdd)
    assert (200e6, "measured") == (eyeriss.clock_hz, eyeriss.provenance)
    assert "16-bit" in eyeriss.precision
    assert "10.1109/JSSC.2016.2616357" in eyeriss.citation.bibtex
