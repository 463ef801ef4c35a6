"""Measures layers in passes, so that a burst of other work falls on few samples of any.

Such a burst lasts seconds. Samples of a layer that lie together would all have it.
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

import attrs

from fodlam_core.errors import FodlamError
from fodlam_core.measure.found import Found, Key
from fodlam_core.measure.layer_models import layer_model, tensor_bytes
from fodlam_core.measure.machine import check_memory
from fodlam_core.measure.meters import Meter
from fodlam_core.measure.selection import Effort
from fodlam_core.measure.sessions import conversion_share, runner
from fodlam_core.measure.timing import WIDE, Sample, net, rounds
from fodlam_core.model.shapes import FcShape

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

    from fodlam_core.measure.found import Task

# Models are run in turn in groups: enough to push each other's weights out of the caches, and few
# enough to be in memory together.
GROUP_BYTES, GROUP_MODELS = 64_000_000, 24
BLOCKED = ("dense", "pointwise", "depthwise", "grouped")
"""Forms of layers that the CPU provider may convert the layout for."""
NOTHING = FcShape(1, 1)
"""A model that takes no longer than it takes to call one."""


@attrs.define
class Passes:
    """Measures every layer once in each pass, and in a last pass those that are still spread.

    Attributes:
        found: what was measured before; samples are added as they come.
        effort: how often, and in how many passes.
        counter: tells the energy; None if nothing does.
    """

    found: Found
    effort: Effort
    counter: Meter | None
    _times: dict[Key, list[float]] = attrs.field(factory=dict, init=False)
    _shares: dict[Key, float] = attrs.field(factory=dict, init=False)

    def measure(self, tasks: Sequence[Task], until_s: float) -> Iterator[int]:
        """Measure layers; yield how many of them are new, group by group.

        Args:
            tasks: the layers, of one operating point.
            until_s: when (`time.monotonic`) to stop. Each pass has an equal part of the time that
                is left; what a first pass has no time for is counted as left out.
        """
        for number in range(self.effort.passes + 1):
            if number:
                tasks = [task for task in tasks if task.key in self.found.layers]
            if number == self.effort.passes:
                tasks = [each for each in tasks if self.found.layers[each.key][1].spread > WIDE]
            start = time.monotonic()
            most = (until_s - start) / (self.effort.passes + 1 - number)
            left = yield from self._pass(tasks, number, start + most)
            if not number:
                self.found.left += left

    def _pass(
        self, tasks: Sequence[Task], number: int, until_s: float
    ) -> Generator[int, None, int]:
        """Measure in an order that favours no network; return for how many there was no time."""
        order = random.Random(number).sample(tasks, len(tasks))  # noqa: S311 - not for secrets
        groups = list(_groups(order))
        for position, group in enumerate(groups):
            now = time.monotonic()
            if now > until_s and (position or number):
                return sum(map(len, groups[position:]))
            new = sum(task.key not in self.found.layers for task in group)
            self._group(group, now + (until_s - now) / (len(groups) - position))
            yield new
        return 0

    def _group(self, tasks: Sequence[Task], until_s: float) -> None:
        found, setting = self.found, tasks[0].setting
        run = [runner(layer_model(NOTHING), attrs.evolve(setting, precision="fp32"))]
        ready = []
        for task in tasks:
            try:
                run.append(self._runner(task))
                ready.append(task)
            except FodlamError as error:
                found.skipped.append(f"{task}: {error}")
        nothing, *measured = rounds(run, self.effort.runs, until_s)
        overhead = Sample.of(nothing).median_s
        least = found.overheads_s.get(setting.name, overhead)
        found.overheads_s[setting.name] = min(overhead, least)
        for task, one, times in zip(ready, run[1:], measured, strict=True):
            self._add(task, net(times, overhead), one)

    def _add(self, task: Task, times_s: list[float], run: Callable[[], float]) -> None:
        """Add times of a layer to those of earlier passes."""
        known = self._times.setdefault(task.key, [])
        before = self.found.layers[task.key][1] if known else None
        known += times_s
        sample = Sample.of(known).times(1 - self._shares[task.key])
        self.found.layers[task.key] = task, self.found.metered(sample, self.counter, run, before)

    def _runner(self, task: Task) -> Callable[[], float]:
        """Return what runs a layer; note the share of its time that a network does not take."""
        setting, shape = task.setting, task.item.shape
        check_memory(tensor_bytes(shape, task.batch, setting.precision))
        try:
            model = layer_model(shape, task.batch, setting.precision)
        except (MemoryError, ValueError) as error:  # beyond 2 GB there is no model in one piece
            raise FodlamError("there is not enough memory for it") from error
        run = runner(model, setting)
        if task.key not in self._shares:
            blocked = setting.provider == "cpu" and shape.form in BLOCKED
            self._shares[task.key] = conversion_share(model, setting) if blocked else 0.0
        return run


def _groups(tasks: Iterable[Task]) -> Iterator[list[Task]]:
    group: list[Task] = []
    size = 0
    for task in tasks:
        bytes_ = tensor_bytes(task.item.shape, task.batch, task.setting.precision)
        if group and (size + bytes_ > GROUP_BYTES or len(group) >= GROUP_MODELS):
            yield group
            group, size = [], 0
        group.append(task)
        size += bytes_
    if group:
        yield group
