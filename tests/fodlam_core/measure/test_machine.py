"""What the machine at hand is."""

from __future__ import annotations

from pathlib import Path

import pytest

from fodlam_core.measure import machine as module
from fodlam_core.measure.machine import free_memory_bytes, last_level_cache, machine


def test_files_of_the_kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Processor, memory and the largest cache are read where the kernel shows them."""
    (tmp_path / "cpuinfo").write_text("processor\t: 0\nmodel name\t: Fast: 9000\n")
    (tmp_path / "meminfo").write_text("MemTotal:  2048 kB\nMemAvailable:  1024 kB\n")
    for number, size in enumerate(("32K", "1024K", "odd")):
        (tmp_path / f"cache/index{number}").mkdir(parents=True)
        (tmp_path / f"cache/index{number}/size").write_text(size)
    monkeypatch.setattr(module, "CPUINFO", tmp_path / "cpuinfo")
    monkeypatch.setattr(module, "MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(module, "CPU0", tmp_path)

    found = machine()

    assert ("Fast: 9000", 2 << 20, 1 << 20) == (found.cpu, found.memory_bytes, found.cache_bytes)
    assert found.cores >= 1
    assert 1 << 20 == free_memory_bytes()


def test_other_systems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be told is unknown."""
    for name in ("CPUINFO", "MEMINFO", "CPU0"):
        monkeypatch.setattr(module, name, tmp_path / "none")

    found = machine()

    assert found.cpu
    assert (None, None, None) == (found.governor, found.cache_bytes, found.memory_bytes)
    assert free_memory_bytes() is None
    assert last_level_cache(tmp_path) is None
