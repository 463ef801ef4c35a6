"""The same sweep on a Dask cluster."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from fodlam_core import FodlamError, Registry
from fodlam_core.sweeps import run
from fodlam_core.sweeps.plan import make_plan
from fodlam_core.sweeps.run import Request, write_sweep

distributed = pytest.importorskip("distributed", reason="needs the extra dask")
pytestmark = pytest.mark.filterwarnings("default")

AXES: dict[str, Any] = {
    "network.name": ["VGG16", "AlexNet"],
    "technology.node_nm": [65, 45, 28],
    "network.batch": {"start": 1, "stop": 2000, "num": 2000},
}


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A cluster of two workers."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=":0"
    ) as found:
        yield found


def rows(path: Path) -> pl.DataFrame:
    """Return the rows of a result, sorted."""
    frame = pl.read_parquet(path)
    return frame.sort(frame.columns)


def test_same_rows(
    cluster: Any, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two workers give the rows that this process gives, also when one of them is killed."""
    monkeypatch.setattr(run, "POINTS_PER_PART", 200)
    plan = make_plan({"sweep": AXES}, registry)
    request = Request(columns=("edp_js",))
    write_sweep(plan, registry, request, f"{tmp_path}/here.parquet", lambda done, total: None)
    killed: list[int] = []

    def kill(done: int, total: int) -> None:
        if done > total / 4 and not killed:
            killed.extend(worker.pid for worker in list(cluster.workers.values())[:1])
            os.kill(killed[0], signal.SIGKILL)

    there = request._replace(engine="dask", scheduler=cluster.scheduler_address)
    outcome = write_sweep(plan, registry, there, f"{tmp_path}/there/", kill)

    assert killed
    assert 12_000 == outcome.kept
    assert 60 == len(list((tmp_path / "there").iterdir()))
    assert rows(tmp_path / "here.parquet").equals(rows(tmp_path / "there"))


def test_workers_that_cannot_live(
    cluster: Any, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers that die over every part end the sweep with a line that says how to go on."""
    from fodlam_core.sweeps import engine_dask

    def die(*arguments: Any, **options: Any) -> None:
        raise distributed.KilledWorker("part", SimpleNamespace(address="tcp://x"), 3)

    monkeypatch.setattr(engine_dask, "as_completed", die)
    plan = make_plan({"sweep": {"network.name": ["VGG16"]}}, registry)
    request = Request(engine="dask", scheduler=cluster.scheduler_address)

    with pytest.raises(FodlamError, match="workers died repeatedly"):
        write_sweep(plan, registry, request, f"{tmp_path}/a.csv", lambda done, total: None)


def test_workers_elsewhere(
    cluster: Any, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that writes where nobody looks is noticed."""
    from fodlam_core.sweeps import engine_dask

    monkeypatch.setattr(engine_dask, "read_record", lambda work, part: None)
    plan = make_plan({"sweep": {"network.name": ["VGG16"]}}, registry)
    request = Request(engine="dask", scheduler=cluster.scheduler_address)

    with pytest.raises(FodlamError, match="need to see the same folder"):
        write_sweep(plan, registry, request, f"{tmp_path}/a.csv", lambda done, total: None)


def test_own_cluster(cli: Any, toml: Callable[..., Path], tmp_path: Path) -> None:
    """Without a scheduler a cluster of its own is started and ended."""
    config = toml('[sweep]\n"network.name" = ["VGG16", "AlexNet"]\n')
    started = time.monotonic()

    result = cli("sweep", config, "-o", tmp_path / "a.csv", "--engine", "dask", "-q")

    assert (0, "") == (result.status, result.out)
    assert 2 == pl.read_csv(tmp_path / "a.csv").height
    assert time.monotonic() - started < 60


def test_no_scheduler(registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scheduler that does not answer is an error of one line."""
    from fodlam_core.sweeps import engine_dask

    monkeypatch.setattr(engine_dask, "CONNECT_S", 0.5)
    plan = make_plan({"sweep": {"network.name": ["VGG16"]}}, registry)
    request = Request(engine="dask", scheduler="tcp://127.0.0.1:1")

    with pytest.raises(FodlamError, match=r"--scheduler tcp://127.0.0.1:1: no scheduler answers"):
        write_sweep(plan, registry, request, f"{tmp_path}/a.csv", lambda done, total: None)


def test_dask_needs_an_output(cli: Any, toml: Callable[..., Path]) -> None:
    """A cluster writes to a folder, which has to be named."""
    result = cli("sweep", toml('[sweep]\n"network.name" = ["VGG16"]\n'), "--engine", "dask")

    assert (1, "") == (result.status, result.out)
    assert "say with -o which" in result.err
