"""How long a run takes, as ratios measured in one go, and how much memory.

    python tests/benchmarks/bench_run.py

compares the process time of ``fodlam-core run examples/vgg16.toml --format json`` with that of
an interpreter which only imports the libraries a plugin framework stands on and looks up its
entry points; and times the estimate of VGG-16 on a prepared composer. Run it with the package
installed from a wheel, so that the byte code is there.
"""

from __future__ import annotations

import resource
import shutil
import statistics
import subprocess
import sys
import timeit
from pathlib import Path

from fodlam_core import load_config, load_registry, prepare

EXAMPLE = Path(__file__).parents[2] / "examples" / "vgg16.toml"
FLOOR = (
    "import attrs, pluggy, tomli, argparse, json, importlib.metadata as m; "
    "m.entry_points(group='fodlam')"
)
ROUNDS = 40


def process_time_s(command: list[str]) -> float:
    """Return user and system time of a process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def start_up() -> None:
    """Print the ratio of a run to the floor, pair by pair."""
    program = shutil.which("fodlam-core", path=str(Path(sys.executable).parent)) or "fodlam-core"
    run = [program, "run", str(EXAMPLE), "--format", "json"]
    floor = [sys.executable, "-c", FLOOR]
    process_time_s(run), process_time_s(floor)
    ratios = [process_time_s(run) / process_time_s(floor) for _ in range(ROUNDS)]
    low, _, high = statistics.quantiles(ratios, n=4)
    print(
        f"process time of a run / floor: median {statistics.median(ratios):.2f} "
        f"(quartiles {low:.2f} to {high:.2f}, {ROUNDS} pairs)"
    )


def memory() -> None:
    """Print the peak memory of a run, as the process itself saw it (Linux)."""
    code = (
        "import sys; from fodlam_core.cli import main; main(sys.argv[1:]);"
        "print(open('/proc/self/status').read(), file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, "run", str(EXAMPLE), "--format", "json"]
    status = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    [peak] = [line for line in status.splitlines() if line.startswith("VmHWM")]
    print(f"peak memory of a run: {int(peak.split()[1]) / 1024:.0f} MB")


def estimate() -> None:
    """Print how long the estimate of VGG-16 takes once everything is prepared."""
    registry = load_registry()
    composer = prepare(load_config(EXAMPLE, registry), registry)
    seconds = min(timeit.repeat(composer.estimate, number=2000, repeat=7)) / 2000
    print(f"estimate of VGG-16, 16 layer results included: {seconds * 1e6:.1f} us")


if __name__ == "__main__":
    start_up()
    memory()
    estimate()
