"""Measures layers in passes, so that a burst of other work falls on few samples of any.

Such a burst lasts seconds. Samples of a layer that lie together would all have it; those of a layer
that has too few undisturbed ones are taken again while there is time.
"""

from __future__ import annotations

import math
import random
import time
from typing import TYPE_CHECKING, Any

import attrs

from fodlam_core.errors import FodlamError
from fodlam_core.measure.found import Found, Key
from fodlam_core.measure.layer_models import layer_model, tensor_bytes
from fodlam_core.measure.machine import check_memory
from fodlam_core.measure.meters import Meter
from fodlam_core.measure.pace import Pace
from fodlam_core.measure.places import Places
from fodlam_core.measure.selection import Effort
from fodlam_core.measure.sessions import runner, without_conversions
from fodlam_core.measure.time_limit import check_macs
from fodlam_core.measure.timing import WIDE, Timed, Turn, net, rounds
from fodlam_core.model.shapes import ConvShape, FcShape

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence

    from fodlam_core.measure.found import Task
    from fodlam_core.measure.sessions import Setting

# Models are run in turn in groups: enough to push each other's weights out of the caches, and few
# enough to be in memory together.
GROUP_BYTES, GROUP_MODELS = 128_000_000, 24
SHORT_S, MOST_COPIES = 40e-6, 8
"""A layer shorter than this runs in copies, which share what a call of the runtime takes."""
TINY = FcShape(64, 64)
"""A layer that takes less than it takes to call one."""


@attrs.define
class Passes:
    """Measures every layer once in each pass, and those that are still spread in further ones.

    Attributes:
        found: what was measured before; samples are added as they come.
        effort: how often, and in how many passes.
        counter: tells the energy; None if nothing does.
        pace: tells when the machine is disturbed.
    """

    found: Found
    effort: Effort
    counter: Meter | None
    pace: Pace
    _times: dict[Key, list[Timed]] = attrs.field(factory=dict, init=False)
    _calls: tuple[list[Timed], list[Timed]] = attrs.field(factory=lambda: ([], []), init=False)
    _places: Places = attrs.field(factory=Places, init=False)

    def measure(self, tasks: Sequence[Task], until_s: float) -> Iterator[int]:
        """Measure layers; yield how many of them are new, group by group.

        Args:
            tasks: the layers, of one operating point.
            until_s: when (`time.monotonic`) to stop. Each pass over all has an equal part of the
                time that is left; a first pass that needs more takes it, with few runs of each.
                What it has no time for is counted as left out.
        """
        effort = self.effort
        for number in range(effort.most_passes):
            if number:
                tasks = [task for task in tasks if task.key in self.found.layers]
            if number >= effort.passes:
                tasks = [task for task in tasks if self._lacks(task)]
            start = time.monotonic()
            if not tasks or (number and start > until_s):
                return
            most = (until_s - start) / max(1, effort.passes - number)
            try:
                left = yield from self._pass(tasks, number, start + most, until_s)
            finally:
                self._look_again()
            if not number:
                self.found.left += left

    def _lacks(self, task: Task) -> bool:
        """Tell whether a layer has too few undisturbed samples, or they are spread."""
        few = len(self.pace.undisturbed(self._times[task.key])) < self.effort.runs
        return few or self.found.layers[task.key][1].spread > WIDE

    def _look_again(self) -> None:
        """Make the samples of what is known by now of the pace of the machine."""
        for key, timed in self._times.items():
            task, before = self.found.layers[key]
            self.found.layers[key] = (
                task,
                self.pace.sample(timed)._replace(energy_j=before.energy_j),
            )

    def _pass(
        self, tasks: Sequence[Task], number: int, until_s: float, last_s: float
    ) -> Generator[int, None, int]:
        """Measure in an order that favours no network; return for how many there was no time."""
        order = random.Random(number).sample(tasks, len(tasks))  # noqa: S311 - not for secrets
        groups = list(_groups(order))
        for position, group in enumerate(groups):
            now = time.monotonic()
            if now > (until_s if number else last_s) and (position or number):
                return sum(map(len, groups[position:]))
            new = sum(task.key not in self.found.layers for task in group)
            self._group(group, now + (until_s - now) / (len(groups) - position))
            yield new
        return 0

    def _group(self, tasks: Sequence[Task], until_s: float) -> None:
        found, setting = self.found, tasks[0].setting
        turns = _calls(setting)
        ready = []
        for task in tasks:
            try:
                macs = task.item.shape.macs * task.batch
                check_macs(macs, setting, self.pace, self.effort.seconds)
                turns.append(_turn(task, self._places))
                ready.append(task)
            except FodlamError as error:
                found.skipped.append(f"{task}: {error}")
        one, several, *measured = rounds(turns, self.effort.runs, until_s, self.pace.now)
        self._calls[0].extend(one)
        self._calls[1].extend(several)
        overhead = found.overheads_s[setting.name] = self._overhead_s()
        for task, turn, times in zip(ready, turns[2:], measured, strict=True):
            self._add(task, net(times, overhead, turn.copies), turn)

    def _overhead_s(self) -> float:
        """Return what a call takes besides its nodes: what is left of one with no copy."""
        one, several = (self.pace.sample(each).median_s for each in self._calls)
        return max(0.0, (MOST_COPIES * one - several) / (MOST_COPIES - 1))

    def _add(self, task: Task, timed: list[Timed], turn: Turn) -> None:
        """Add times of a layer to those of earlier passes."""
        known = self._times.setdefault(task.key, [])
        before = self.found.layers[task.key][1] if known else None
        known += timed
        sample = self.pace.sample(known)
        self.found.layers[task.key] = (
            task,
            self.found.metered(sample, self.counter, turn.run, before, turn.copies),
        )


def _calls(setting: Setting) -> list[Turn]:
    """Return what runs one copy of a layer of next to nothing, and what runs several."""
    plain = attrs.evolve(setting, precision="fp32")
    turns = []
    for copies in (1, MOST_COPIES):
        model = layer_model(TINY, copies=copies)
        turns.append(Turn(runner(model, plain), runner(model, plain), copies))
    return turns


def _turn(task: Task, places: Places) -> Turn:
    """Return what runs a layer, or copies of a short one.

    Before it runs the same layer with other weights, on the same tensors, which lie where those of
    other layers do: so activations are in the caches as far as they fit, and weights are not, as
    in a network.
    """
    check_memory(2 * tensor_bytes(task.item.shape, task.batch, task.setting.precision))
    one = _copies(task, places, 1)
    one.run()  # allocates
    seconds = min(one.run() for _ in range(3))
    copies = min(MOST_COPIES, math.ceil(SHORT_S / seconds))
    return one if copies == 1 else _copies(task, places, copies)


def _copies(task: Task, places: Places, copies: int) -> Turn:
    setting, shape = task.setting, task.item.shape
    try:
        model = layer_model(shape, task.batch, setting.precision, copies)
    except (MemoryError, ValueError) as error:  # beyond 2 GB there is no model in one piece
        raise FodlamError("there is not enough memory for it") from error
    if setting.provider == "cpu" and isinstance(shape, ConvShape):
        model = without_conversions(model, setting)
    tensors: dict[str, Any] = {}
    run, before = (runner(model, setting, shared=tensors, places=places) for _ in range(2))
    return Turn(run, before, copies)


def _groups(tasks: Iterable[Task]) -> Iterator[list[Task]]:
    group: list[Task] = []
    size = 0
    for task in tasks:
        bytes_ = 2 * tensor_bytes(task.item.shape, task.batch, task.setting.precision)
        if group and (size + bytes_ > GROUP_BYTES or len(group) >= GROUP_MODELS):
            yield group
            group, size = [], 0
        group.append(task)
        size += bytes_
    if group:
        yield group
