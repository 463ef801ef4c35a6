"""Computes the parts of a sweep on a Dask cluster, whose workers write into a common folder."""

from __future__ import annotations

import contextlib
import logging
import os
from typing import TYPE_CHECKING, Any

from distributed import (
    CancelledError,
    Client,
    KilledWorker,
    LocalCluster,
    WorkerPlugin,
    as_completed,
    get_worker,
)
from distributed.client import FutureCancelledError
from distributed.comm.core import CommClosedError

from fodlam_core.errors import FodlamError
from fodlam_core.plugins.registry import load_registry
from fodlam_core.sweeps.points import Evaluator
from fodlam_core.sweeps.work import Record, Work, compute, read_record

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CONNECT_S = 15
LOOPBACK = "127.0.0.1"
# What futures and calls say when the scheduler is gone.
LOST = (CancelledError, CommClosedError, FutureCancelledError, TimeoutError)
PLUGIN = "fodlam-sweep"


class SweepPlugin(WorkerPlugin):
    """Prepares a worker once, also one that replaces a worker that died."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.evaluator: Evaluator | None = None

    def setup(self, worker: Any) -> None:  # noqa: ARG002 - dask passes it by name
        """Load what is installed where the worker runs; it has to be what the user has."""
        registry = load_registry()
        have = {each.distribution: each.version for each in registry.plugins if not each.problem}
        wanted = self.work.metadata["versions"]
        if {**wanted, **have} != wanted:
            raise FodlamError(f"the worker has {have} installed, not {wanted}")
        self.evaluator = Evaluator(self.work.plan, registry, self.work.columns)


def compute_on_worker(part: int) -> Record:
    """Compute a part; runs on a worker."""
    prepared = get_worker().plugins[PLUGIN]
    assert isinstance(prepared, SweepPlugin)
    assert prepared.evaluator is not None
    return compute(prepared.work, prepared.evaluator, part)


def run_dask(work: Work, parts: Sequence[int], scheduler: str | None) -> Iterator[Record]:
    """Compute parts on a cluster, and yield the record of each as it is complete.

    A part whose worker dies is computed again by another one.

    Args:
        work: the sweep.
        parts: the parts to compute.
        scheduler: the address of a scheduler; None for a cluster on this machine.

    Raises:
        FodlamError: if there is no cluster, or it does not write where it should.
    """
    with contextlib.ExitStack() as stack:
        stack.enter_context(_quiet())
        client = _client(scheduler, stack)
        client.register_plugin(SweepPlugin(work), name=PLUGIN)
        futures = client.map(compute_on_worker, parts, pure=False)
        try:
            for future, record in as_completed(futures, with_results=True):
                if isinstance(record, BaseException):  # so are futures whose scheduler is gone
                    raise record
                future.release()
                _check_written(work, record)
                yield record
        except LOST as error:
            raise FodlamError(
                f"the scheduler does not answer any more ({type(error).__name__}); complete parts "
                "are kept, and --resume continues from here"
            ) from error
        except KilledWorker as error:
            raise FodlamError(
                f"workers died repeatedly, perhaps out of memory ({error}); with more memory, "
                "--resume continues from here"
            ) from error


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask from logging tracebacks; what ends a sweep is an error with a message."""
    names = [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]
    levels = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for name in names:
            logging.getLogger(name).setLevel(levels[name])


def _check_written(work: Work, record: Record) -> None:
    found = read_record(work, record.part)
    if found is None or found.crc32 != record.crc32:
        raise FodlamError(
            f"{work.data_path(record.part)}: a worker has written it, but it is not here; the "
            "workers need to see the same folder under the same name"
        )


def _client(scheduler: str | None, stack: contextlib.ExitStack) -> Any:
    if scheduler is None:
        # Each worker computes with one thread: a worker for each core keeps all of them busy.
        cluster = LocalCluster(
            n_workers=os.cpu_count(),
            threads_per_worker=1,
            host=LOOPBACK,
            # Its pages have no password: they are for nobody but the user of this machine.
            dashboard_address=f"{LOOPBACK}:0",
            worker_dashboard_address=f"{LOOPBACK}:0",
            env={"POLARS_MAX_THREADS": "1"},
        )
        return stack.enter_context(Client(stack.enter_context(cluster)))
    try:
        return stack.enter_context(Client(scheduler, timeout=CONNECT_S))
    except (OSError, ValueError) as error:
        raise FodlamError(f"--scheduler {scheduler}: no scheduler answers: {error}") from error
