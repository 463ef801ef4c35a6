"""Counters of energy: of the processor (RAPL), and of a graphics card (NVML)."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

POWERCAP = Path("/sys/class/powercap")
# Counters are updated about every millisecond: of a loop of this length that is a percent or less.
LOOP_S = 0.1


class Meter(NamedTuple):
    """A counter of energy.

    Attributes:
        name: what it is, for a person.
        covers: one of `fodlam_core.model.costs.COVERS`.
        read_j: returns joules since some moment.
        wraps_j: where it starts again; None if never.
    """

    name: str
    covers: str
    read_j: Callable[[], float]
    wraps_j: float | None = None

    def per_run(self, run: Callable[[], float]) -> float | None:
        """Return the joules of one run, idle power included; None if the counter stands still."""
        start, before, count = time.monotonic(), self.read_j(), 0
        while time.monotonic() - start < LOOP_S or not count:
            run()
            count += 1
        used = self.read_j() - before
        if used < 0 and self.wraps_j:
            used += self.wraps_j
        return used / count if used > 0 else None


def meter(provider: str, folder: Path = POWERCAP) -> Meter | None:
    """Return the counter for a provider; None if the machine has none that can be read.

    Args:
        provider: in short; those of graphics cards of NVIDIA are measured with NVML.
        folder: where the kernel shows counters of processors.
    """
    return _nvml() if provider in ("cuda", "tensorrt") else _rapl(folder)


def _rapl(folder: Path) -> Meter | None:
    """Sum the packages: Linux, Documentation/power/powercap/powercap.rst."""
    packages = sorted(folder.glob("*-rapl:[0-9]*/energy_uj"))
    packages = [path for path in packages if path.parent.name.count(":") == 1]
    try:
        wraps = sum(float((path.parent / "max_energy_range_uj").read_text()) for path in packages)
        for path in packages:
            path.read_text()
    except (OSError, ValueError):
        return None  # there, but for the administrator only
    if not packages:
        return None
    return Meter(
        name="RAPL, processor package",
        covers="chip",
        read_j=lambda: sum(float(path.read_text()) for path in packages) / 1e6,
        wraps_j=wraps / 1e6,
    )


def _nvml() -> Meter | None:
    try:
        import pynvml

        pynvml.nvmlInit()
        card: Any = pynvml.nvmlDeviceGetHandleByIndex(0)
        pynvml.nvmlDeviceGetTotalEnergyConsumption(card)
    except Exception:
        return None
    return Meter(
        "NVML, whole card",
        "board",
        lambda: pynvml.nvmlDeviceGetTotalEnergyConsumption(card) / 1e3,
    )
