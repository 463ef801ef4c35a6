"""How long runs of great size take, and how much memory.

    python tests/benchmarks/bench_scale.py [LAYERS [SHAPES]]

runs chips whose data files have LAYERS rows (100,000 by default), of matrices under `per-mac` and
of convolutions under `linear`; and networks of as many layers, matrices on EIE and convolutions on
Eyeriss: of SHAPES shapes (1,000 by default), as those of large networks repeat, and of as many
shapes as layers. All as a table and as JSON.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from fodlam_core import ConvShape

HEADER = """
name = "many"
title = "a chip with many rows"
kinds = ["{kind}"]
provenance = "measured"
table = "{kind}.csv"
predictors = ["{predictor}"]
[citation]
key = "doe2030"
text = "J. Doe, Many, 2030"
bibtex = "@misc{{doe2030}}"
"""
CHIP_RUN = """
[network]
file = "small-{kind}.toml"
[accelerator.many]
file = "{kind}.toml"
[dispatch]
{kind} = "many"
"""


PREDICTORS = {"fc": "per-mac", "conv": "linear"}
CHIPS = {"fc": "EIE", "conv": "Eyeriss"}
COLUMNS = {
    "fc": "inputs,outputs",
    "conv": "in_channels,in_height,in_width,out_channels,kernel,padding,stride,groups,macs",
}


def conv_shape(n: int) -> ConvShape:
    """Return one of 477,591 shapes."""
    size = 7 + n // 401 % 100
    return ConvShape.from_input((16 + n % 401, size, size), 16 + n % 397, 1 + 2 * (n % 3))


def sizes(kind: str, n: int) -> str:
    """Return the cells of the shape of a row of a table."""
    if kind == "fc":
        return f"{64 + n % 4001},{32 + n % 3001}"
    shape = conv_shape(n)
    size, kernel = shape.in_height, shape.kernel[0]
    return f"{shape.in_channels},{size},{size},{shape.out_channels},{kernel},0,1,1,{shape.macs}"


def write_chip(folder: Path, kind: str, rows: int) -> Path:
    """Write a chip with so many rows, and a run of a network of three layers on it."""
    lines = [f"network,layer,kind,batch,latency_us,energy_uj,{COLUMNS[kind]}"]
    lines += [
        f"net{n // 100},L{n % 100},{kind},1,{10 + n % 977},{5 + n % 641},{sizes(kind, n)}"
        for n in range(rows)
    ]
    (folder / f"{kind}.csv").write_text("\n".join(lines) + "\n")
    header = HEADER.format(kind=kind, predictor=PREDICTORS[kind])
    (folder / f"{kind}.toml").write_text(header)
    write_network(folder / f"small-{kind}.toml", kind, 3, 3)
    config = folder / f"chip-{kind}.toml"
    config.write_text(CHIP_RUN.format(kind=kind))
    return config


def write_network(path: Path, kind: str, layers: int, shapes: int) -> Path:
    """Write a network of layers of so many shapes, in few bytes: a file has at most 8 MB."""
    lines = [f'name = "{path.stem}"']
    for n in range(layers):
        place = n % shapes
        lines.append(f'[[layers]]\nname="{n}"\nkind="{kind}"')
        if kind == "fc":
            lines.append(f"inputs={64 + place % 4001}\noutputs={32 + place % 3001}")
        else:
            shape = conv_shape(place)
            size = shape.in_height
            lines.append(f"input=[{shape.in_channels},{size},{size}]")
            lines.append(f"out_channels={shape.out_channels}\nkernel={shape.kernel[0]}")
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
    """Measure all, in both formats."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shapes = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
        runs = {}
        for kind, predictor in PREDICTORS.items():
            runs[f"chip of {count} {kind} rows, {predictor}"] = write_chip(folder, kind, count)
        for kind, chip in CHIPS.items():
            for different in (shapes, count):
                what = f"network of {count} {kind} layers of {different} shapes, {chip}"
                path = folder / f"{kind}{different}.toml"
                runs[what] = write_network(path, kind, count, different)
        for what, path in runs.items():
            for format in ("table", "json"):
                measure(f"{what}, {format}", [str(path), "--format", format])


if __name__ == "__main__":
    main()
