"""What was written of measurements is read back, and nothing of it is lost when more is added."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fodlam_core import ConvShape, FcShape, Layer, MatmulShape, Network, load_accelerator
from fodlam_core.measure.about import About, reference_note
from fodlam_core.measure.chip_file import write_chip
from fodlam_core.measure.chip_read import read_chip
from fodlam_core.measure.found import Found, Task, Whole
from fodlam_core.measure.machine import Machine
from fodlam_core.measure.selection import items
from fodlam_core.measure.sessions import Setting
from fodlam_core.measure.timing import Sample
from fodlam_core.model.memory_pass import MemoryPass
from fodlam_core.networks.zoo import zoo_network

if TYPE_CHECKING:
    from pathlib import Path

REFERENCE = reference_note("cpu-fp32-1t", 3.512e-4)
MACHINE = Machine("cpu", "os", 1, None, None, None, None)
ABOUT = About("mine", MACHINE, "onnxruntime 1.32.0", "2026-11-26", None, (REFERENCE,))
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
SAMPLE = Sample(1.25e-4, 1e-4, 2e-4, 7)


def measured() -> Found:
    """Return samples of all shapes at two points."""
    found = Found()
    for precision in ("fp32", "int8"):
        for item in ITEMS:
            task = Task(Setting("cpu", precision), 2, item)
            found.layers[task.key] = task, SAMPLE
    found.networks["cpu-fp32-1t", "net", 2] = Whole(NETWORK), Sample(1e-2, 1e-2, 1e-2, 3)
    found.operators["cpu-int8-1t", POOL, 2] = SAMPLE
    return found


def test_read_back(tmp_path: Path) -> None:
    """What is read back is what was written."""
    path = str(tmp_path / "mine.toml")
    found = measured()
    write_chip(path, ABOUT, found)

    again = read_chip(path, ITEMS, [Whole(NETWORK)])

    assert [task for task, _ in found.layers.values()] == [
        task for task, _ in again.layers.values()
    ]
    for _, sample in again.layers.values():
        assert pytest.approx(SAMPLE[:4]) == sample[:4]
    assert set(found.networks) == set(again.networks)
    assert list(found.operators) == list(again.operators)
    for key, sample in again.operators.items():
        assert pytest.approx(found.operators[key][:4]) == sample[:4]
    assert {"cpu-fp32-1t": 3.512e-4} == pytest.approx(again.references_s)
    other = tmp_path / "other.toml"
    write_chip(str(other), ABOUT, read_chip(path, (), ()))
    rows = (tmp_path / "other.csv").read_text().splitlines()
    assert sorted((tmp_path / "mine.csv").read_text().splitlines()) == sorted(rows)
    operators = [(tmp_path / f"{name}-operators.csv").read_text() for name in ("mine", "other")]
    assert operators[0] == operators[1]


def test_another_network_adds_to_what_is_there(tmp_path: Path) -> None:
    """A shape that two networks share keeps the rows of both, whichever is asked for."""
    path = str(tmp_path / "mine.toml")
    write_chip(path, ABOUT, measured())
    other = Network("other", [Layer.from_shape("shared", CONV)])

    again = read_chip(path, items([other])[0], [Whole(other)])
    write_chip(path, ABOUT, again, update=True)

    asked = Task(Setting("cpu", "fp32"), 2, items([other])[0][0])
    assert asked.key in again.layers  # so it is not measured again
    rows = {(row.network, row.layer.name) for row in load_accelerator(path).measurements}
    assert {*(("net", each.name) for each in NETWORK.layers), ("other", "shared")} == rows


def test_networks_that_are_not_asked_for_keep_all(tmp_path: Path) -> None:
    """The table of networks has their MACs as before; built-in ones have their layers too."""
    path = str(tmp_path / "mine.toml")
    found = measured()
    zoo = zoo_network("MobileNetV2")
    found.networks["cpu-fp32-1t", zoo.name, 1] = Whole(zoo, calibration=True), SAMPLE
    write_chip(path, ABOUT, found)
    table = tmp_path / "mine-networks.csv"
    before = table.read_text()

    again = read_chip(path, (), ())
    write_chip(path, ABOUT, again, update=True)

    assert before == table.read_text()
    wholes = {name: whole for (_, name, _), (whole, _) in again.networks.items()}
    assert zoo.layers == wholes[zoo.name].network.layers
    assert ((), NETWORK.total_macs) == (wholes["net"].network.layers, wholes["net"].macs)
