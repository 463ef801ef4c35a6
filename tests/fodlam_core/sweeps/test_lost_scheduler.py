"""A Dask scheduler that dies amidst a sweep."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from fodlam_core import FodlamError, Registry
from fodlam_core.sweeps import run
from fodlam_core.sweeps.plan import make_plan
from fodlam_core.sweeps.run import Request, write_sweep

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("distributed", reason="needs the extra dask")
pytestmark = pytest.mark.filterwarnings("default")


def start(role: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a scheduler or a worker on this machine."""
    command = [sys.executable, "-m", f"distributed.cli.dask_{role}", *arguments]
    return subprocess.Popen([*command, "--no-dashboard"], stderr=subprocess.DEVNULL)


def test_lost_scheduler(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is an error that says how to go on, and resuming computes only what is missing."""
    monkeypatch.setattr(run, "POINTS_PER_PART", 20)
    file = tmp_path / "scheduler.json"
    local = ("--scheduler-file", str(file), "--host", "127.0.0.1")
    processes = [start("scheduler", *local, "--port", "0")]
    try:
        while not file.exists():
            time.sleep(0.1)
        processes.append(start("worker", *local, "--nworkers", "1", "--nthreads", "1"))
        address = json.loads(file.read_text())["address"]
        plan = make_plan(
            {"sweep": {"network.batch": {"start": 1, "stop": 2000, "num": 2000}}}
            | {"network": {"name": "AlexNet"}},
            registry,
        )
        output = f"{tmp_path}/out.parquet"
        seen: list[int] = []

        def watch(done: int, total: int) -> None:
            seen.append(done)
            if done > 100:
                processes[0].kill()

        request = Request(engine="dask", scheduler=address)
        with pytest.raises(FodlamError, match="scheduler does not answer any more.*--resume"):
            write_sweep(plan, registry, request, output, watch)
        resumed: list[int] = []
        write_sweep(
            plan, registry, Request(resume=True), output, lambda done, total: resumed.append(done)
        )
        assert resumed[0] >= seen[-1] > 100
    finally:
        for process in processes:
            process.kill()
            process.wait()
