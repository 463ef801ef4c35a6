"""How long runs of great size take, and how much memory.

    python tests/benchmarks/bench_scale.py [LAYERS [SHAPES]]

runs a chip whose data file has LAYERS rows (100,000 by default), and networks of as many layers on
EIE, as a table and as JSON: one whose layers are of SHAPES shapes (1,000 by default), as those of
large networks repeat, and one in which no layer is like another.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HEADER = """
name = "many"
title = "a chip with many rows"
kinds = ["fc"]
provenance = "measured"
table = "many.csv"
predictors = ["per-mac"]
[citation]
key = "doe2030"
text = "J. Doe, Many, 2030"
bibtex = "@misc{doe2030}"
"""
CHIP_RUN = """
[network]
file = "small.toml"
[accelerator.many]
file = "many.toml"
[dispatch]
fc = "many"
"""


def write_chip(folder: Path, rows: int) -> Path:
    """Write a chip with so many rows, and a run of a network of three layers on it."""
    lines = ["network,layer,kind,batch,latency_us,energy_uj,inputs,outputs"]
    lines += [
        f"net{n // 100},L{n % 100},fc,1,{10 + n % 977},{5 + n % 641},"
        f"{64 + n % 4001},{32 + n % 3001}"
        for n in range(rows)
    ]
    (folder / "many.csv").write_text("\n".join(lines) + "\n")
    (folder / "many.toml").write_text(HEADER)
    write_network(folder / "small.toml", 3, 3)
    config = folder / "chip-run.toml"
    config.write_text(CHIP_RUN)
    return config


def write_network(path: Path, layers: int, shapes: int) -> Path:
    """Write a network of fully-connected layers of so many shapes."""
    lines = [f'name = "{path.stem}"']
    for n in range(layers):
        shape = n % shapes
        lines.append(f'[[layers]]\nname = "F{n}"\nkind = "fc"')
        lines.append(f"inputs = {64 + shape % 4001}\noutputs = {32 + shape % 3001}")
    path.write_text("\n".join(lines) + "\n")
    return path


def measure(what: str, arguments: list[str]) -> None:
    """Print wall time, process time and peak memory of a run."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "fodlam_core", "run", *arguments], stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    print(
        f"{what}: {wall_s:.1f} s ({usage.ru_utime + usage.ru_stime:.1f} s of processor), "
        f"{usage.ru_maxrss / 1024:.0f} MB, exit status {process.returncode}",
        flush=True,
    )


def main() -> None:
    """Measure both, in both formats."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        chip = write_chip(folder, count)
        shapes = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
        for format in ("table", "json"):
            measure(f"chip of {count} rows, {format}", [str(chip), "--format", format])
        for different in (shapes, count):
            network = write_network(folder / f"large{different}.toml", count, different)
            for format in ("table", "json"):
                what = f"network of {count} layers of {different} shapes, {format}"
                measure(what, [str(network), "--format", format])


if __name__ == "__main__":
    main()
