"""Counters of energy, as the kernel shows them."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from fodlam_core.measure import meters
from fodlam_core.measure.meters import Meter, meter


def counter(folder: Path, name: str, microjoules: int) -> None:
    """Write a counter of the kernel."""
    (folder / name).mkdir()
    (folder / name / "energy_uj").write_text(f"{microjoules}\n")
    (folder / name / "max_energy_range_uj").write_text("9000000\n")


def test_packages_are_summed(tmp_path: Path) -> None:
    """Packages count, the cores within them do not count twice."""
    counter(tmp_path, "intel-rapl:0", 2_000_000)
    counter(tmp_path, "intel-rapl:1", 3_000_000)
    counter(tmp_path, "intel-rapl:0:0", 1_000_000)

    found = meter("cpu", tmp_path)

    assert found is not None
    assert (5.0, 18.0, "chip") == (found.read_j(), found.wraps_j, found.covers)


def test_no_counter(tmp_path: Path) -> None:
    """A machine without counters, or with ones that cannot be read, has no meter."""
    assert meter("cpu", tmp_path) is None
    counter(tmp_path, "intel-rapl:0", 1)
    (tmp_path / "intel-rapl:0" / "energy_uj").unlink()
    assert meter("cpu", tmp_path) is None
    assert meter("cuda", tmp_path) is None


@pytest.mark.parametrize(("before", "after"), [(1.0, 3.0), (9.0, 1.0)], ids=["plain", "wrapped"])
def test_per_run(before: float, after: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """The joules of a loop are divided by its runs, also where the counter starts anew."""
    monkeypatch.setattr(meters, "LOOP_S", 0.0)
    readings = iter([before, after])

    energy = Meter("m", "chip", lambda: next(readings), 10.0).per_run(lambda: 1.0)

    assert 2.0 == energy


def test_counter_that_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """A counter that stands still tells nothing; that is not zero."""
    monkeypatch.setattr(meters, "LOOP_S", 0.0)
    readings = itertools.repeat(1.0)

    assert Meter("m", "chip", lambda: next(readings)).per_run(lambda: 1.0) is None
