"""EIE's published table: everything that can be recomputed is."""

from __future__ import annotations

import pytest

from fodlam_core import Accelerator, Registry


@pytest.fixture
def eie(registry: Registry) -> Accelerator:
    """The accelerator."""
    return registry.accelerator("eie")


def test_power_from_its_parts(eie: Accelerator) -> None:
    """0.59 W is 64 PEs of 9.157 mW and 21 non-zero detectors of 0.023 mW, rounded."""
    assert {round((64 * 9.157 + 21 * 0.023) * 1e-3, 2)} == {row.power_w for row in eie.measurements}


def test_rows(eie: Accelerator) -> None:
    """Nine layers of batch 1, of which NeuralTalk's three enter no average."""
    assert 9 == len(eie.measurements)
    assert {1} == {row.batch for row in eie.measurements}
    assert ["We", "Wd", "LSTM"] == [
        row.layer.name for row in eie.measurements if not row.calibration
    ]
    assert {"AlexNet", "VGG16"} == {row.network for row in eie.calibration("fc")}


def test_shape_gives_macs(eie: Accelerator) -> None:
    """Every row has a shape, and its MACs are those of the shape."""
    for row in eie.measurements:
        assert row.layer.shape is not None
        assert row.layer.shape.macs == row.layer.macs


def test_actual_is_never_faster_than_theoretical(eie: Accelerator) -> None:
    """Perfect load balance is a lower bound of the actual time."""
    for row in eie.measurements:
        assert row.details["theoretical_latency_s"] <= row.latency_s


def test_densities_give_the_work(eie: Accelerator) -> None:
    """The product of the two densities is the printed share of work, within its rounding."""
    for row in eie.measurements:
        weight, activation = row.layer.weight_density, row.layer.activation_density
        assert weight is not None
        assert activation is not None
        assert weight * activation == pytest.approx(row.details["work_fraction"], abs=0.0101)


def test_what_holds_for_the_table(eie: Accelerator) -> None:
    """The file says node, clock, precision, provenance and source; voltage is not published."""
    assert (45, None) == (eie.technology.node_nm, eie.technology.vdd)
    assert (800e6, "post-layout") == (eie.clock_hz, eie.provenance)
    assert "10.1109/ISCA.2016.30" in eie.citation.bibtex
