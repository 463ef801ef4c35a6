"""How many design points a second a sweep writes, and how much memory it needs.

    python tests/benchmarks/bench_sweep.py [--large]

Every figure is taken in this run, and those that can be are ratios:

* points per second to Parquet, from the first point to the finished file, with the default
  columns and with all of them;
* the same against single estimates on a prepared composer, and against ``model()`` of FODLAM if a
  checkout of it is named in the environment variable FODLAM;
* the same where every point is a technology point of its own, and the rule is asked for each;
* peak memory at 10^8 points (with ``--large``, else at 10^7) against that at 10^6;
* the time of a sweep of ten points beyond that of a run and the import of polars.

Run it with the package installed from a wheel, so that the byte code is there.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import timeit
from pathlib import Path

from fodlam_core import Config, NetworkConfig, load_registry, prepare

PROGRAM = Path(sys.executable).with_name("fodlam-core")
SWEEP = """
[network]
name = "VGG16"
[sweep]
"network.name" = ["AlexNet", "VGG16", "VGG_CNN_M", "Faster-R-CNN-VGG16", "Faster-R-CNN-VGG_CNN_M"]
"accelerator.eyeriss.latency" = ["total", "processing"]
"technology.node_nm" = {{ start = 10, stop = 134.5, num = 250 }}
"technology.scaler" = ["dennard", "none"]
"technology.clock" = ["scale", "hold"]
"network.batch" = {{ start = 1, stop = {batches}, num = {batches} }}
"""
POINTS_PER_BATCH = 10_000
TECHNOLOGIES = """
[network]
name = "VGG16"
[technology]
scaler = "{scaler}"
{options}
[accelerator.eie.technology]
vdd = 1.0
[sweep]
"technology.node_nm" = {{ start = 28, stop = 90, num = 499 }}
"technology.vdd" = {{ start = 0.7, stop = 1.2, num = {voltages} }}
"""
RULES = {"dennard": "", "general": 'options = { model = "long-channel" }'}
ROUNDS = 5
FODLAM = """
import contextlib, io, sys, timeit
sys.path.insert(0, {path!r})
import fodlam
call = lambda: fodlam.model({{"net": "VGG16", "layers": {layers!r}}})
call()
print(min(timeit.repeat(call, number=5, repeat=3)) / 5)
"""


def run(command: list[str | Path]) -> tuple[float, float]:
    """Run a process; return its seconds and its peak memory in MB."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status:
        raise SystemExit(f"failed: {command}")
    return seconds, usage.ru_maxrss / 1024


def sweep(folder: Path, points: int, *options: str) -> tuple[float, float]:
    """Sweep so many points to a file; return seconds and peak memory in MB."""
    config = folder / "sweep.toml"
    config.write_text(SWEEP.format(batches=points // POINTS_PER_BATCH))
    output = folder / "out.parquet"
    found = run([PROGRAM, "sweep", config, "-o", output, "-q", "--yes", "--force", *options])
    output.unlink()
    return found


def throughput(folder: Path) -> float:
    """Print points per second, start-up left out; return that with the default columns."""
    small, large = 1_000_000, 10_000_000
    found = {}
    for name, options in (("default columns", ()), ("all columns", ("--columns", "all"))):
        rates = []
        for _ in range(ROUNDS):
            first, second = (sweep(folder, points, *options)[0] for points in (small, large))
            rates.append((large - small) / (second - first))
        found[name] = statistics.median(rates)
        print(
            f"{name}: {found[name] / 1e6:.1f} million points/s "
            f"(from {min(rates) / 1e6:.1f} to {max(rates) / 1e6:.1f}, {ROUNDS} rounds)"
        )
    return found["default columns"]


def technologies(folder: Path) -> None:
    """Print points per second where each is a technology point, start-up left out."""
    config, output = folder / "technologies.toml", folder / "out.parquet"
    few, many = 10, 210
    for scaler, options in RULES.items():
        rates = []
        for _ in range(ROUNDS):
            seconds = []
            for voltages in (few, many):
                text = TECHNOLOGIES.format(scaler=scaler, options=options, voltages=voltages)
                config.write_text(text)
                command = [PROGRAM, "sweep", config, "-o", output, "-q", "--force"]
                seconds.append(run(command)[0])
            rates.append(499 * (many - few) / (seconds[1] - seconds[0]))
        print(
            f"technology points under {scaler}: {statistics.median(rates) / 1e6:.2f} million/s "
            f"(from {min(rates) / 1e6:.2f} to {max(rates) / 1e6:.2f}, {ROUNDS} rounds)"
        )


def against_single_calls(rate: float) -> None:
    """Print the ratio to estimates one by one, and to FODLAM's own."""
    registry = load_registry()
    composer = prepare(Config(NetworkConfig("VGG16")), registry)
    seconds = min(timeit.repeat(composer.estimate, number=500, repeat=5)) / 500
    print(f"against estimates on a prepared composer: {rate * seconds:,.0f} times")
    path = os.environ.get("FODLAM")
    if path:
        layers = [each.name for each in composer.network.layers]
        code = FODLAM.format(path=path, layers=layers)
        result = subprocess.run(
            [sys.executable, "-c", code], cwd=path, capture_output=True, text=True, check=True
        )
        print(f"against FODLAM's model(): {rate * float(result.stdout.split()[-1]):,.0f} times")


def memory(folder: Path, large: int) -> None:
    """Print peak memory for a large sweep, and its ratio to that for a million points."""
    for name, options in (("default columns", ()), ("all columns", ("--columns", "all"))):
        small = sweep(folder, 1_000_000, *options)[1]
        seconds, peak = sweep(folder, large, *options)
        print(
            f"{name}, {large:,} points: {peak:.0f} MB, {peak / small:.2f} times that of 1,000,000; "
            f"{seconds:.0f} s"
        )


def small_sweep(folder: Path) -> None:
    """Print how much longer ten points take than a run and the import of polars."""
    network = '[network]\nname = "VGG16"\n'
    config, one = folder / "ten.toml", folder / "one.toml"
    config.write_text(f"{network}[sweep]\nnetwork.batch = {list(range(1, 11))}\n")
    one.write_text(network)
    beyond = []
    for _ in range(ROUNDS):
        alone = run([PROGRAM, "run", one])[0]
        polars = (
            run([sys.executable, "-c", "import polars"])[0] - run([sys.executable, "-c", ""])[0]
        )
        beyond.append(run([PROGRAM, "sweep", config, "-q"])[0] - alone - polars)
    print(f"ten points, beyond a run and the import of polars: {statistics.median(beyond):.2f} s")


def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--large", action="store_true", help="10^8 points, which takes a minute")
    args = parser.parse_args()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{os.cpu_count()} cores; this process itself: {peak:.0f} MB")
    with tempfile.TemporaryDirectory() as name:
        small_sweep(Path(name))
        against_single_calls(throughput(Path(name)))
        technologies(Path(name))
        memory(Path(name), 10**8 if args.large else 10**7)


if __name__ == "__main__":
    main()
