"""Measures layers and networks at every operating point, until all are done or time is up."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from fodlam_core.errors import FodlamError
from fodlam_core.measure.found import Task
from fodlam_core.measure.layer_models import network_model, tensor_bytes
from fodlam_core.measure.machine import check_memory
from fodlam_core.measure.meters import meter
from fodlam_core.measure.passes import Passes
from fodlam_core.measure.sessions import runner
from fodlam_core.measure.timing import Sample, rounds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fodlam_core.measure.found import Found, Whole
    from fodlam_core.measure.meters import Meter
    from fodlam_core.measure.selection import Effort, Item
    from fodlam_core.measure.sessions import Setting

WHOLE_SHARE = 0.25
"""The share of the time that is kept for whole networks."""


def measure(
    found: Found,
    plan: Sequence[tuple[Setting, int]],
    items: Sequence[Item],
    wholes: Sequence[Whole],
    effort: Effort,
    watch: Callable[[int, int], None] = lambda _done, _total: None,
    *,
    metered: bool = True,
) -> None:
    """Measure what `found` lacks, and add it.

    Args:
        found: what was measured before; whatever was measured is in it when this returns, whether
            because all is done, because time is up or because the user interrupts.
        plan: operating points and batches.
        items: shapes.
        wholes: networks to be run as a whole.
        effort: how long and how often.
        watch: told how many tasks are done, and how many there are.
        metered: whether to read counters of energy, where there are any.
    """
    total = len(plan) * (len(items) + len(wholes))
    done = 0
    try:
        for setting, batch in plan:
            start = time.monotonic()
            tasks = [Task(setting, batch, item) for item in items]
            tasks = [task for task in tasks if task.key not in found.layers]
            lacking = [each for each in wholes if _key(setting, each, batch) not in found.networks]
            share = WHOLE_SHARE if lacking else 0.0
            limit = start + effort.seconds * (1 - share)
            counter = meter(setting.provider) if metered else None
            done += len(items) - len(tasks) + len(wholes) - len(lacking)
            for count in Passes(found, effort, counter).measure(tasks, limit):
                done += count
                watch(done, total)
            until = start + effort.seconds
            for count in _wholes(found, setting, lacking, batch, effort.passes, until, counter):
                done += count
                watch(done, total)
    except KeyboardInterrupt:
        found.interrupted = True


def _key(setting: Setting, whole: Whole, batch: int) -> tuple[str, str, int]:
    return setting.name, whole.network.name, batch


def _wholes(
    found: Found,
    setting: Setting,
    wholes: Sequence[Whole],
    batch: int,
    passes: int,
    until: float,
    counter: Meter | None,
) -> Iterator[int]:
    """Run networks in passes, as layers are; yield how many are new each time."""
    times: dict[str, list[float]] = {each.network.name: [] for each in wholes}
    for number in range(passes):
        for whole in wholes:
            if number and time.monotonic() > until:
                return
            _whole(found, setting, whole, batch, until, counter, times[whole.network.name])
            yield int(not number)


def _whole(
    found: Found,
    setting: Setting,
    whole: Whole,
    batch: int,
    until: float,
    counter: Meter | None,
    known: list[float],
) -> None:
    """Run a network; add to the times that are known, those of earlier passes."""
    try:
        size = sum(
            tensor_bytes(layer.shape, batch, setting.precision)
            for layer in whole.network.layers
            if layer.shape is not None
        )
        check_memory(size)
        if whole.file is not None and setting.precision != "fp32":
            return  # a file is run as it is
        model = whole.file or network_model(whole.network, batch, setting.precision)
        if model is None:
            return
        run = runner(model, setting, batch)
    except (FodlamError, MemoryError, ValueError) as error:
        reason = f"{whole.network.name} as a whole ({setting.name}): {error}"
        if reason not in found.skipped:
            found.skipped.append(reason)
        return
    [times] = rounds([run], 3, until)
    known += times
    sample = found.metered(Sample.of(known), counter, run)
    found.networks[_key(setting, whole, batch)] = whole, sample
