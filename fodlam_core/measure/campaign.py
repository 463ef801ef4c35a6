"""Measures layers, operators and networks at every operating point, until time is up."""

from __future__ import annotations

import time
from itertools import chain
from typing import TYPE_CHECKING

from fodlam_core.measure.found import Task
from fodlam_core.measure.meters import meter
from fodlam_core.measure.operator_passes import OPERATOR_SHARE, Operators
from fodlam_core.measure.pace import Pace
from fodlam_core.measure.passes import Passes
from fodlam_core.measure.wholes import Wholes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fodlam_core.measure.found import Found, Whole
    from fodlam_core.measure.selection import Effort, Item
    from fodlam_core.measure.sessions import Setting
    from fodlam_core.model.memory_pass import MemoryPass

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
    passes: Sequence[MemoryPass] = (),
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
        passes: operators without MACs.
        metered: whether to read counters of energy, where there are any.
    """
    total = len(plan) * (len(items) + len(wholes) + len(passes))
    done = 0
    try:
        for setting, batch in plan:
            start = time.monotonic()
            counter = meter(setting.provider) if metered else None
            tasks = [Task(setting, batch, item) for item in items]
            tasks = [task for task in tasks if task.key not in found.layers]
            pace = Pace.of(setting, found.references_s.get(setting.name))
            whole = Wholes(
                found=found, setting=setting, batch=batch, effort=effort, counter=counter, pace=pace
            )
            lacking = [each for each in wholes if whole.key(each) not in found.networks]
            operators = Operators(
                found=found, setting=setting, batch=batch, effort=effort, counter=counter, pace=pace
            )
            new = [each for each in passes if operators.key(each) not in found.operators]
            done += total // len(plan) - len(tasks) - len(lacking) - len(new)
            end = start + effort.seconds
            for_wholes = end - effort.seconds * (WHOLE_SHARE if lacking else 0.0)
            for_operators = for_wholes - effort.seconds * (OPERATOR_SHARE if new else 0.0)
            layers = Passes(found=found, effort=effort, counter=counter, pace=pace)
            steps = chain(
                layers.measure(tasks, for_operators),
                operators.measure(new, for_wholes),
                whole.measure(lacking, end),
            )
            watch(done, total)
            try:
                for count in steps:
                    done += count
                    watch(done, total)
            finally:
                if pace.seen:
                    found.references_s.setdefault(setting.name, pace.best_s)
    except KeyboardInterrupt:
        found.interrupted = True
