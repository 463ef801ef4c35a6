"""What the header of a measured file says of where its numbers come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from fodlam_core import Accelerator, FcShape, FodlamError, Layer, Network, load_accelerator
from fodlam_core.measure.about import About, power_note
from fodlam_core.measure.chip_file import write_chip
from fodlam_core.measure.found import Found, Task
from fodlam_core.measure.machine import Machine
from fodlam_core.measure.selection import items
from fodlam_core.measure.sessions import Setting
from fodlam_core.measure.timing import Sample

HERE = Machine('Fast "9000" {é}', "Linux-6", 2, 1.5, None, 32 << 20, None)
MEASURED = About("mine", HERE, "onnxruntime 1.32.0", "2026-11-25", notes=("idle",))
IMPORTED = About("mine", HERE, "", "2026-11-25", sources=("a.json",))


def written(about: About, path: Path, energy_j: float | None = None) -> Accelerator:
    """Return a chip whose file has a header."""
    found = Found(covers="chip" if energy_j else "")
    for item in items([Network("net", [Layer.from_shape("fc", FcShape(12, 5))])])[0]:
        task = Task(Setting(), 1, item)
        found.layers[task.key] = task, Sample(1e-5, 1e-5, 1e-5, 3, energy_j)
    write_chip(str(path), about, found)
    return load_accelerator(path)


def test_going_on(tmp_path: Path) -> None:
    """Another day of the same machine keeps the key, both days and the notes of both."""
    there = written(MEASURED, tmp_path / "mine.toml")

    on = MEASURED._replace(date="2026-11-26", notes=("busy",)).going_on("mine.toml", there)
    again = written(on, tmp_path / "again.toml")

    assert there.citation.key == again.citation.key == "measured20261125"
    assert "2026-11-25 to 2026-11-26" in again.citation.text
    assert ("idle", "busy") == tuple(again.notes)


@pytest.mark.parametrize(
    ("before_w", "energy_j", "now_w", "kept_w"),
    [
        (15.0, None, None, 15.0),
        (15.0, None, 15.0, 15.0),
        (None, None, 15.0, 15.0),
        (None, 1e-3, None, None),
        (15.0, None, 30.0, "have an energy at 15 W"),
        (None, 1e-3, 30.0, "was measured"),
    ],
)
def test_one_power(
    tmp_path: Path,
    before_w: float | None,
    energy_j: float | None,
    now_w: float | None,
    kept_w: float | str | None,
) -> None:
    """All rows of a file have their energy from one stated power, or from a counter."""
    notes = () if before_w is None else (power_note(before_w),)
    about = MEASURED._replace(power_w=before_w, notes=notes)
    there = written(about, tmp_path / "mine.toml", energy_j)
    now = MEASURED._replace(power_w=now_w)

    if isinstance(kept_w, str):
        with pytest.raises(FodlamError, match=kept_w):
            now.going_on("mine.toml", there)
    else:
        assert kept_w == now.going_on("mine.toml", there).power_w


def test_several_imports(tmp_path: Path) -> None:
    """Times taken over from several files are cited with all of them, each once."""
    there = written(IMPORTED, tmp_path / "mine.toml")

    on = IMPORTED._replace(sources=("b.csv",)).going_on("mine.toml", there)
    there = written(on, tmp_path / "both.toml")
    again = IMPORTED.going_on("both.toml", there)

    assert "taken over from a.json, b.csv," in there.citation.text
    assert ("a.json", "b.csv") == again.sources


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (IMPORTED, MEASURED),
        (MEASURED, IMPORTED),
        (MEASURED, MEASURED._replace(runtime="onnxruntime 1.33.0")),
        (MEASURED, MEASURED._replace(machine=HERE._replace(cpu="another"))),
    ],
)
def test_another_origin(tmp_path: Path, before: About, after: About) -> None:
    """One citation never stands for rows of two machines, runtimes, or ways to measure."""
    there = written(before, tmp_path / "mine.toml")

    with pytest.raises(FodlamError, match=r"--resume mine\.toml: its rows were .*another file"):
        after.going_on("mine.toml", there)
