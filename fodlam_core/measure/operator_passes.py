"""Measures operators without MACs, in passes as layers are: which ones, and what each adds."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, NamedTuple

import attrs

from fodlam_core.errors import FodlamError
from fodlam_core.measure.found import Found
from fodlam_core.measure.layer_models import BYTES, layer_model
from fodlam_core.measure.machine import check_memory
from fodlam_core.measure.meters import Meter
from fodlam_core.measure.operator_models import RECIPES, has_model, operator_models
from fodlam_core.measure.pace import Pace
from fodlam_core.measure.places import Places
from fodlam_core.measure.selection import Effort
from fodlam_core.measure.sessions import Setting, runner
from fodlam_core.measure.time_limit import check_run
from fodlam_core.measure.timing import WIDE, Timed, Turn, rounds
from fodlam_core.model.memory_pass import MemoryPass
from fodlam_core.model.shapes import FcShape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from fodlam_core.measure.timing import Sample
    from fodlam_core.model.layers import Network

GROUP, GROUP_BYTES = 16, 128_000_000
"""How many operators run in turn at most, and how much they read and write together."""
OPERATOR_SHARE = 0.15
"""The share of the time that is kept for operators; none may take more by itself."""
MADE_BYTES_S = 1e9
"""At about this rate the random values of tensors are made."""
# Channels and side of images, of networks that look at 384 pixels; rows and width of all else.
IMAGES = ((256, 12), (192, 24), (96, 48), (64, 96))
ROWS = ((20, 768), (160, 768), (640, 768))
LEAST_S = 2e-6
"""A difference of two runs is no more exact than this."""
NOTHING = FcShape(1, 1)
"""A model that takes no longer than it takes to call one."""


def default_passes() -> list[MemoryPass]:
    """Return passes of every operator that is measured, of three or four sizes each."""
    return [each for name in RECIPES for each in _sizes(name)]


def _sizes(name: str) -> Iterator[MemoryPass]:
    for channels, side in IMAGES if RECIPES[name].amid else ROWS:
        size = channels * side * (side if RECIPES[name].amid else 1)
        quarter = channels * (side // 2) ** 2
        read, written, window = {
            "Add": (2 * size, size, 1),
            "Add LayerNormalization": (2 * size, size, 1),
            "Add broadcast": (size + side, size, 1),
            "AveragePool": (size, quarter, 4),
            "GlobalAveragePool": (size, channels, 1),
            "MaxPool": (size, quarter, 9),
            "Mul": (2 * size, size, 1),
            "Mul broadcast": (size + channels, size, 1),
            "ReduceMean": (size, channels, 1),
            "Resize": (quarter, 4 * quarter, 1),
        }.get(name, (size, size, 1))
        yield MemoryPass(name, read=read, written=written, window=window)


def passes_of(networks: Iterable[Network]) -> list[MemoryPass]:
    """Return the passes of networks, each once, that there are models of."""
    found = [attrs.evolve(each, count=1) for net in networks for each in net.memory_passes]
    return [each for each in dict.fromkeys(found) if has_model(each)]


class _Runs(NamedTuple):
    """What runs a model with an operator, and without it."""

    with_it: Callable[[], float]
    without: Callable[[], float]

    def difference(self) -> float:
        """Return the seconds that the operator adds, in one run of both."""
        return self.with_it() - self.without()


@attrs.define
class Operators:
    """Measures every operator once in each pass, and those still spread in further ones.

    Attributes:
        found: what was measured before; samples are added as they come.
        setting: the operating point.
        batch: inferences at a time.
        effort: how often, and in how many passes.
        counter: tells the energy; None if nothing does.
        pace: tells when the machine is disturbed.
    """

    found: Found
    setting: Setting
    batch: int
    effort: Effort
    counter: Meter | None
    pace: Pace
    _times: dict[MemoryPass, list[Timed]] = attrs.field(factory=dict, init=False)
    _places: Places = attrs.field(factory=Places, init=False)

    def key(self, what: MemoryPass) -> tuple[str, MemoryPass, int]:
        """Return what tells the row of an operator."""
        return self.setting.name, what, self.batch

    def measure(self, passes: Sequence[MemoryPass], until_s: float) -> Iterator[int]:
        """Measure operators; yield how many of them are new, group by group.

        Args:
            passes: the operators.
            until_s: when (`time.monotonic`) to stop, but for one group.
        """
        for number in range(self.effort.most_passes):
            if number:
                passes = [each for each in passes if each in self._times]
            if number >= self.effort.passes:
                passes = [each for each in passes if self._lacks(each)]
            order = random.Random(number).sample(passes, len(passes))  # noqa: S311 - not for secrets
            groups = list(self._groups(order))
            for position, group in enumerate(groups):
                if (position or number) and time.monotonic() > until_s:
                    self.found.left += 0 if number else sum(map(len, groups[position:]))
                    return
                self._group(group, until_s)
                yield 0 if number else len(group)

    def _bytes(self, what: MemoryPass) -> int:
        return self.batch * (what.read + what.written) * BYTES[self.setting.precision]

    def _groups(self, passes: Iterable[MemoryPass]) -> Iterator[list[MemoryPass]]:
        group: list[MemoryPass] = []
        for what in passes:
            together = sum(map(self._bytes, (*group, what)))
            if group and (len(group) == GROUP or together > GROUP_BYTES):
                yield group
                group = []
            group.append(what)
        if group:
            yield group

    def _lacks(self, what: MemoryPass) -> bool:
        few = len(self.pace.undisturbed(self._times[what])) < self.effort.runs
        sample = self.found.operators[self.key(what)]
        return few or sample.upper_s - sample.lower_s > max(LEAST_S, WIDE * sample.median_s)

    def _group(self, passes: Sequence[MemoryPass], until_s: float) -> None:
        nothing = runner(layer_model(NOTHING), attrs.evolve(self.setting, precision="fp32"))
        ready = []
        for what in passes:
            try:
                ready.append((what, self._runs(what, nothing)))
            except FodlamError as error:
                self.found.skipped.append(f"{what.operator} ({self.setting.name}): {error}")
        turns = [Turn(runs.difference, runs.difference) for _, runs in ready]
        measured = rounds(turns, self.effort.runs, until_s, self.pace.now)
        for (what, runs), times in zip(ready, measured, strict=True):
            self._add(what, runs, times)

    def _add(self, what: MemoryPass, runs: _Runs, times: list[Timed]) -> None:
        known = self._times.setdefault(what, [])
        energy = self._energy(runs) if not known else self.found.operators[self.key(what)].energy_j
        known += times
        self.found.operators[self.key(what)] = _at_least_nothing(
            self.pace.sample(known)._replace(energy_j=energy)
        )

    def _energy(self, runs: _Runs) -> float | None:
        if self.counter is None:
            return None
        self.found.covers = self.counter.covers
        with_it, without = (self.counter.per_run(run) for run in runs)
        return None if with_it is None or without is None else max(0.0, with_it - without)

    def _runs(self, what: MemoryPass, nothing: Callable[[], float]) -> _Runs:
        precision, seconds = self.setting.precision, OPERATOR_SHARE * self.effort.seconds
        check_memory(self._bytes(what))
        check_run(self._bytes(what) / MADE_BYTES_S, seconds, 1)
        models = operator_models(what, self.batch, precision)
        if models is None:
            raise FodlamError("there is no model of it")
        with_it = runner(models.with_it, self.setting, shared={}, places=self._places)
        if models.without is None:
            without = nothing
        else:
            without = runner(models.without, self.setting, shared={}, places=self._places)
        check_run(with_it() + without(), seconds)
        return _Runs(with_it, without)


def _at_least_nothing(sample: Sample) -> Sample:
    """Return a sample without times below 0, which an operator may have that costs nothing."""
    lower, median, upper = (
        max(0.0, each) for each in (sample.lower_s, sample.median_s, sample.upper_s)
    )
    return sample._replace(lower_s=lower, median_s=median, upper_s=upper)
