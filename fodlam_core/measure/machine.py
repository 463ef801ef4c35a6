"""What the machine at hand is: processor, system, caches, memory, and how busy it is."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import NamedTuple

from fodlam_core.errors import FodlamError

COPIES = 3
"""How often the runtime holds the tensors of a model at most, while it reads them."""
CPUINFO = Path("/proc/cpuinfo")
MEMINFO = Path("/proc/meminfo")
CPU0 = Path("/sys/devices/system/cpu/cpu0")


class Machine(NamedTuple):
    """A machine; what cannot be told is None.

    Attributes:
        cpu: the name of the processor.
        system: the operating system and its version.
        cores: processors that this process may use.
        load: processes that wanted to run in the last minute, on average.
        governor: what sets the clock.
        cache_bytes: size of the last-level cache.
        memory_bytes: size of the memory.
    """

    cpu: str
    system: str
    cores: int
    load: float | None
    governor: str | None
    cache_bytes: int | None
    memory_bytes: int | None


def machine() -> Machine:
    """Return the machine at hand."""
    affinity = getattr(os, "sched_getaffinity", None)
    governor = _text(CPU0 / "cpufreq" / "scaling_governor")
    return Machine(
        cpu=_field(CPUINFO, "model name") or platform.processor() or platform.machine(),
        system=platform.platform(aliased=True, terse=True),
        cores=len(affinity(0)) if affinity else os.cpu_count() or 1,
        load=os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        governor=governor,
        cache_bytes=last_level_cache(CPU0 / "cache"),
        memory_bytes=_kib("MemTotal"),
    )


def free_memory_bytes() -> int | None:
    """Return how much memory can still be had; None if that cannot be told."""
    return _kib("MemAvailable")


def check_memory(tensor_bytes: int) -> None:
    """Refuse a model that the system would end this process for.

    Raises:
        FodlamError: if the memory that is free does not hold it.
    """
    free = free_memory_bytes()
    if free is not None and COPIES * tensor_bytes > free:
        raise FodlamError(
            f"there is not enough memory for it: {COPIES * tensor_bytes / 1e9:.1f} GB of "
            f"{free / 1e9:.1f} GB free"
        )


def last_level_cache(folder: Path) -> int | None:
    """Return the bytes of the largest cache that the kernel shows."""
    sizes = [_text(path) or "" for path in folder.glob("index*/size")]
    known = [int(size[:-1]) * 1024 for size in sizes if size[:-1].isdigit() and size[-1] == "K"]
    return max(known, default=None)


def _kib(name: str) -> int | None:
    value = (_field(MEMINFO, name) or "").removesuffix(" kB")
    return int(value) * 1024 if value.isdigit() else None


def _field(path: Path, name: str) -> str | None:
    lines = (line.partition(":") for line in (_text(path) or "").splitlines())
    return next((value.strip() for key, _, value in lines if key.strip() == name), None)


def _text(path: Path) -> str | None:
    try:
        return path.read_text().strip()
    except OSError:
        return None
