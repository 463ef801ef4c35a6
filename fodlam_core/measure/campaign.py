"""Measures layers and networks at every operating point, until all are done or time is up."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, NamedTuple

import attrs

from fodlam_core.errors import FodlamError
from fodlam_core.measure.layer_models import layer_model, network_model, tensor_bytes
from fodlam_core.measure.machine import free_memory_bytes
from fodlam_core.measure.meters import meter
from fodlam_core.measure.sessions import conversion_share, runner
from fodlam_core.measure.timing import Sample, rounds
from fodlam_core.model.shapes import FcShape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from fodlam_core.measure.meters import Meter
    from fodlam_core.measure.selection import Effort, Item
    from fodlam_core.measure.sessions import Setting
    from fodlam_core.model.layers import Network

# Models are run in turn in groups: enough to push each other's weights out of the caches, and few
# enough to be in memory together, in which the runtime holds weights up to three times.
GROUP_BYTES, GROUP_MODELS = 64_000_000, 24
COPIES = 3
WHOLE_SHARE = 0.25
"""The share of the time that is kept for whole networks."""
BLOCKED = ("dense", "pointwise", "depthwise", "grouped")
"""Forms of layers that the CPU provider may convert the layout for."""
NOTHING = FcShape(1, 1)
"""A model that takes no longer than it takes to call one."""

Key = tuple[str, str, str, int]
"""Operating point, network, layer and batch of a row."""


class Task(NamedTuple):
    """A shape to be measured at an operating point."""

    setting: Setting
    batch: int
    item: Item

    @property
    def key(self) -> Key:
        """What tells its row."""
        network, layer = self.item.uses[0]
        return self.setting.name, network, layer.key, self.batch


class Whole(NamedTuple):
    """A network to be measured as a whole.

    Attributes:
        network: the network.
        file: its ONNX file; None if it is built from its layers.
        where: what was run, for a reader.
    """

    network: Network
    file: str | None = None
    where: str = "its layers in one model, without the operators between them"


@attrs.define
class Found:
    """What was measured so far.

    Attributes:
        layers: a sample for each task.
        networks: a sample for each operating point, network and batch.
        skipped: what cannot be measured, with the reason.
        left: how many tasks time did not suffice for.
        interrupted: whether the user ended it.
        overheads_s: what a call of the runtime takes, by operating point.
        covers: what measured energy covers.
    """

    layers: dict[Key, tuple[Task, Sample]] = attrs.field(factory=dict)
    networks: dict[tuple[str, str, int], tuple[Whole, Sample]] = attrs.field(factory=dict)
    skipped: list[str] = attrs.field(factory=list)
    left: int = 0
    interrupted: bool = False
    overheads_s: dict[str, float] = attrs.field(factory=dict)
    covers: str = ""


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
            for count in _layers(found, tasks, effort, limit, counter):
                done += count
                watch(done, total)
            for whole in lacking:
                _whole(found, setting, whole, batch, start + effort.seconds, counter)
                done += 1
                watch(done, total)
    except KeyboardInterrupt:
        found.interrupted = True


def _key(setting: Setting, whole: Whole, batch: int) -> tuple[str, str, int]:
    return setting.name, whole.network.name, batch


def _layers(
    found: Found, tasks: list[Task], effort: Effort, limit: float, counter: Meter | None
) -> Iterator[int]:
    """Measure layers in an order that favours no network; yield how many are done each time."""
    random.Random(0).shuffle(tasks)  # noqa: S311 - not for secrets
    groups = list(_groups(tasks))
    for number, group in enumerate(groups):
        now = time.monotonic()
        if now > limit and number:
            found.left += sum(map(len, groups[number:]))
            return
        until = now + (limit - now) / (len(groups) - number)
        _group(found, group, effort.runs, until, counter)
        yield len(group)


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


def _group(
    found: Found, tasks: Sequence[Task], runs: int, until: float, counter: Meter | None
) -> None:
    setting = tasks[0].setting
    run = [runner(layer_model(NOTHING), attrs.evolve(setting, precision="fp32"))]
    ready = []
    for task in tasks:
        try:
            one, share = _layer_runner(task)
            run.append(one)
            ready.append((task, 1 - share))
        except FodlamError as error:
            network, layer = task.item.uses[0]
            found.skipped.append(f"{network} {layer.name} ({setting.name}): {error}")
    nothing, *times = rounds(run, runs, until)
    overhead = Sample.of(nothing).median_s
    found.overheads_s[setting.name] = min(overhead, found.overheads_s.get(setting.name, overhead))
    for (task, share), one, each in zip(ready, run[1:], times, strict=True):
        sample = _with_energy(found, Sample.of(each, overhead), counter, one)
        found.layers[task.key] = task, sample.times(share)


def _with_energy(
    found: Found, sample: Sample, counter: Meter | None, run: Callable[[], float]
) -> Sample:
    if counter is None:
        return sample
    found.covers = counter.covers
    return sample._replace(energy_j=counter.per_run(run))


def _layer_runner(task: Task) -> tuple[Callable[[], float], float]:
    """Return what runs a layer, and the share of its time that a network does not spend on it."""
    precision = task.setting.precision
    _check_memory(tensor_bytes(task.item.shape, task.batch, precision))
    try:
        model = layer_model(task.item.shape, task.batch, precision)
    except (MemoryError, ValueError) as error:  # beyond 2 GB there is no model in one piece
        raise FodlamError("there is not enough memory for it") from error
    run = runner(model, task.setting)
    blocked = task.setting.provider == "cpu" and task.item.shape.form in BLOCKED
    return run, conversion_share(model, task.setting) if blocked else 0.0


def _check_memory(size: int) -> None:
    """Refuse what the system would end this process for."""
    free = free_memory_bytes()
    if free is not None and COPIES * size > free:
        raise FodlamError(
            f"there is not enough memory for it: {COPIES * size / 1e9:.1f} GB of "
            f"{free / 1e9:.1f} GB free"
        )


def _whole(
    found: Found,
    setting: Setting,
    whole: Whole,
    batch: int,
    until: float,
    counter: Meter | None,
) -> None:
    try:
        size = sum(
            tensor_bytes(layer.shape, batch, setting.precision)
            for layer in whole.network.layers
            if layer.shape is not None
        )
        _check_memory(size)
        if whole.file is not None and setting.precision != "fp32":
            return  # a file is run as it is
        model = whole.file or network_model(whole.network, batch, setting.precision)
        if model is None:
            return
        run = runner(model, setting, batch)
    except (FodlamError, MemoryError, ValueError) as error:
        found.skipped.append(f"{whole.network.name} as a whole ({setting.name}): {error}")
        return
    [times] = rounds([run], 3, until)
    sample = _with_energy(found, Sample.of(times), counter, run)
    found.networks[_key(setting, whole, batch)] = whole, sample
