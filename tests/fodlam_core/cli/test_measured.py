"""What ``measure`` shows at its end."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest

from fodlam_core import FcShape, Layer, Network, load_accelerator
from fodlam_core.cli.measured import report
from fodlam_core.measure.about import About
from fodlam_core.measure.chip_file import write_chip
from fodlam_core.measure.found import Found, Task, Whole
from fodlam_core.measure.machine import Machine
from fodlam_core.measure.selection import items
from fodlam_core.measure.sessions import Setting
from fodlam_core.measure.timing import Sample
from fodlam_core.model.memory_pass import MemoryPass

ABOUT = About("m", Machine("cpu", "os", 1, None, None, None, None), "ort", "2026-11-26")


def test_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Errors, layers and prediction beside the whole, and what was left out are shown."""
    networks = [
        Network(name, [Layer.from_shape(f"l{n}", FcShape(n * size, 100), repeat=2) for n in (1, 2)])
        for name, size in (("one", 100), ("two", 300))
    ]
    found = Found(left=4)
    for item in items(networks)[0]:
        seconds = 1e-9 * item.shape.macs
        task = Task(Setting(), 1, item)
        found.layers[task.key] = task, Sample(seconds, seconds, seconds, 3)
    whole = Sample(9e-5, 9e-5, 9e-5, 3)
    found.networks["cpu-fp32-1t", "one", 1] = Whole(networks[0]), whole
    found.networks["cpu-fp32-1t", "bare", 1] = Whole(Network("bare", ()), macs=7), whole
    path = str(tmp_path / "m.toml")
    write_chip(path, ABOUT, found)

    report(path, found)

    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    # 2 x (10 + 20) us of layers, and the same by the rate of the layers of the other network.
    assert "cpu-fp32-1t one 1 90 us 60 us -33 % 60 us -33 %" in lines
    assert any(line.startswith("cpu-fp32-1t fc per-mac 4 <0.1 % <0.1 % ") for line in lines)
    assert not any(" bare 1 " in line for line in lines)
    assert "- bare" in lines
    assert "- for lack of time 4 shapes and operators; --resume continues with them" in lines
    assert "m: 4 shapes, 2 whole networks measured" in lines
    # Whoever shows the title has shown the name before.
    assert load_accelerator(path).title == "cpu, cpu, fp32, 1 thread"

    monkeypatch.setenv("COLUMNS", "60")
    report(path, found)
    assert max(map(len, capsys.readouterr().out.replace(path, "").splitlines())) <= 60


def test_operators_are_part_of_a_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What a file has beside its layers is in the sum, and predicted from other sizes alone."""
    networks = [Network(f"n{n}", [Layer.from_shape("l", FcShape(n, 100))]) for n in (100, 200)]
    own = MemoryPass("Add", read=2000, written=1000)
    found = Found()
    for item in items(networks)[0]:
        seconds = 1e-9 * item.shape.macs
        task = Task(Setting(), 1, item)
        found.layers[task.key] = task, Sample(seconds, seconds, seconds, 3)
    for size in (1, 2, 4, 8):
        seconds = 1e-6 * size
        what = MemoryPass("Add", read=2000 * size, written=1000 * size)
        found.operators["cpu-fp32-1t", what, 1] = Sample(seconds, seconds, seconds, 3)
    found.operators["cpu-fp32-1t", own, 1] = Sample(3e-6, 3e-6, 3e-6, 3)
    whole = attrs.evolve(networks[0], memory_passes=[attrs.evolve(own, count=10)])
    found.networks["cpu-fp32-1t", "n100", 1] = Whole(whole), Sample(2e-5, 2e-5, 2e-5, 3)
    path = str(tmp_path / "m.toml")
    write_chip(path, ABOUT, found)

    report(path, found)

    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    [errors] = [line for line in lines if " operators per-element " in line]
    assert errors.startswith("cpu-fp32-1t operators per-element 4 ")
    [network] = [line for line in lines if " n100 1 " in line]
    # 10 us of the layer, and ten passes of 1 us each by what larger ones take.
    assert network.startswith("cpu-fp32-1t n100 1 20 us ")
    assert network.endswith(" 20 us +0 %")


def test_a_layer_without_a_shape_has_no_prediction(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A network that was run from its file may have such a layer; its total is not known."""
    networks = [Network(f"n{n}", [Layer.from_shape("l", FcShape(n, 100))]) for n in (100, 200)]
    found = Found()
    for item in items(networks)[0]:
        task = Task(Setting(), 1, item)
        found.layers[task.key] = task, Sample(1e-5, 1e-5, 1e-5, 3)
    bare = Network("bare", [Layer("l", "fc", 500)])
    found.networks["cpu-fp32-1t", "bare", 1] = Whole(bare), Sample(9e-5, 9e-5, 9e-5, 3)
    path = str(tmp_path / "m.toml")
    write_chip(path, ABOUT, found)
    # A predictor that needs no shape would tell it.
    Path(path).write_text(Path(path).read_text(encoding="utf-8").replace(', "per-mac"', ""))

    report(path, found)

    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert "cpu-fp32-1t bare 1 90 us - - - -" in lines
