"""What was measured is a data file of a chip, and is read back from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from fodlam_core import ConvShape, FcShape, Layer, MatmulShape, Network, load_accelerator
from fodlam_core.measure.about import About, reference_note
from fodlam_core.measure.chip_file import write_chip
from fodlam_core.measure.found import Found, Task, Whole
from fodlam_core.measure.machine import Machine
from fodlam_core.measure.selection import items
from fodlam_core.measure.sessions import Setting
from fodlam_core.measure.timing import Sample
from fodlam_core.model.memory_pass import MemoryPass

MACHINE = Machine('Fast "9000" \\ é', "Linux-6", 2, 1.5, None, 32 << 20, None)
REFERENCE = reference_note("cpu-fp32-1t", 3.512e-4)
ABOUT = About("mine", MACHINE, "onnxruntime 1.32.0", "2026-11-26", None, ("busy", REFERENCE))
CONV = ConvShape.from_input((4, 9, 7), 8, (3, 1), (2, 1), (1, 0), dilation=(1, 2), groups=2)
NETWORK = Network(
    "net",
    [
        Layer.from_shape("conv", CONV),
        Layer.from_shape("again", CONV),
        Layer.from_shape("fc", FcShape(12, 5, 3)),
        Layer.from_shape("product", MatmulShape(3, 4, 5, 2)),
    ],
)
ITEMS, _ = items([NETWORK])
POOL = MemoryPass("MaxPool", read=400, written=100, window=9)
ADD = MemoryPass("Add", read=200, written=100)
SAMPLE = Sample(1.25e-4, 1e-4, 2e-4, 7)


def measured(energy_j: float | None = None) -> Found:
    """Return samples of all shapes at two points."""
    found = Found()
    for precision in ("fp32", "int8"):
        for item in ITEMS:
            task = Task(Setting("cpu", precision), 2, item)
            found.layers[task.key] = task, SAMPLE._replace(energy_j=energy_j)
    found.networks["cpu-fp32-1t", "net", 2] = Whole(NETWORK), Sample(1e-2, 1e-2, 1e-2, 3)
    found.operators["cpu-int8-1t", POOL, 2] = SAMPLE._replace(energy_j=energy_j)
    found.operators["cpu-int8-1t", ADD, 2] = Sample(0.0, 0.0, 2e-6, 5, energy_j)
    return found


def test_complete_file(tmp_path: Path) -> None:
    """The file is a chip with its points, rows and networks, and says where it was measured."""
    path = tmp_path / "mine.toml"
    write_chip(str(path), ABOUT, measured())

    chip = load_accelerator(path)

    assert ["mine/cpu-fp32-1t", "mine/cpu-int8-1t"] == [point.name for point in chip.points]
    assert ["linear", "per-mac"] == [each.name for each in chip.predictors]
    assert list(NETWORK.layers) == [row.layer for row in chip.measurements]
    assert [True, False, True, True] == [row.calibration for row in chip.measurements]
    assert {(1.25e-4, None, 2)} == {(x.latency_s, x.energy_j, x.batch) for x in chip.measurements}
    [reference] = chip.references
    assert ("net", 1e-2, NETWORK.total_macs) == (
        reference.network,
        reference.latency_s,
        reference.macs,
    )
    [_, quantized] = chip.points
    assert [(POOL, 2), (ADD, 2)] == [(row.what, row.batch) for row in quantized.operators]
    assert ((), 1.25e-4) == (chip.operators, quantized.operators[0].cost.latency_s)
    assert MACHINE.cpu in chip.citation.text
    assert "busy" in chip.notes
    assert 32 << 20 == chip.onchip_bytes


def test_energy(tmp_path: Path) -> None:
    """A measured energy is in the file; a stated power makes one of every row."""
    path = tmp_path / "mine.toml"
    found = measured(energy_j=2e-3)
    found.covers = "chip"
    write_chip(str(path), ABOUT, found)
    chip = load_accelerator(path)
    assert ({2e-3}, "chip") == ({row.energy_j for row in chip.measurements}, chip.energy_covers)

    write_chip(str(path), ABOUT._replace(power_w=4.0), measured(), update=True)
    chip = load_accelerator(path)
    assert pytest.approx(5e-4) == chip.measurements[0].energy_j
