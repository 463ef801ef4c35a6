"""Measures networks as a whole, in passes as layers are."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import attrs

from fodlam_core.errors import FodlamError
from fodlam_core.measure.found import Found, Whole
from fodlam_core.measure.layer_models import network_model, tensor_bytes
from fodlam_core.measure.machine import check_memory
from fodlam_core.measure.meters import Meter
from fodlam_core.measure.pace import Pace
from fodlam_core.measure.selection import Effort
from fodlam_core.measure.sessions import Setting, runner
from fodlam_core.measure.time_limit import check_macs, check_run
from fodlam_core.measure.timing import WARMING, Timed, Turn, rounds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

RUNS = 3
"""The usual number of runs of a network in a pass."""
ALL_RUNS = 1 + (RUNS + 1) * (1 + WARMING)
"""The same with those that come before."""


@attrs.define
class Wholes:
    """Runs every network in each pass, and those with few undisturbed samples in further ones.

    Attributes:
        found: what was measured before; samples are added as they come.
        setting: the operating point.
        batch: inferences at a time.
        effort: how many passes.
        counter: tells the energy; None if nothing does.
        pace: tells when the machine is disturbed.
    """

    found: Found
    setting: Setting
    batch: int
    effort: Effort
    counter: Meter | None
    pace: Pace
    _times: dict[str, list[Timed]] = attrs.field(factory=dict, init=False)

    def key(self, whole: Whole) -> tuple[str, str, int]:
        """Return what tells the row of a network."""
        return self.setting.name, whole.network.name, self.batch

    def measure(self, wholes: Sequence[Whole], until_s: float) -> Iterator[int]:
        """Measure networks; yield how many of them are new, one by one.

        Args:
            wholes: the networks.
            until_s: when (`time.monotonic`) to stop, after the first pass.
        """
        for number in range(self.effort.most_passes):
            if number:
                wholes = [each for each in wholes if self.key(each) in self.found.networks]
            if number >= self.effort.passes:
                wholes = [each for each in wholes if self._lacks(each)]
            for whole in wholes:
                if number and time.monotonic() > until_s:
                    return
                self._add(whole, until_s)
                yield int(not number)

    def _lacks(self, whole: Whole) -> bool:
        times = self._times.get(whole.network.name, ())
        return len(self.pace.undisturbed(times)) < RUNS * self.effort.passes

    def _add(self, whole: Whole, until_s: float) -> None:
        """Run a network; add its times to those of earlier passes."""
        try:
            run = self._runner(whole)
        except (FodlamError, MemoryError, ValueError) as error:
            reason = f"{whole.network.name} as a whole ({self.setting.name}): {error}"
            self.found.skipped.append(reason)
            return
        key = self.key(whole)
        known = self._times.setdefault(whole.network.name, [])
        before = self.found.networks[key][1] if known else None
        [times] = rounds([Turn(run, run)], RUNS, until_s, self.pace.now)
        known += times
        sample = self.found.metered(self.pace.sample(known), self.counter, run, before)
        self.found.networks[key] = whole, sample

    def _runner(self, whole: Whole) -> Callable[[], float]:
        """Return what runs a network.

        Raises:
            FodlamError: if its runs do not fit the memory or the time, or it has no model at this
                operating point.
        """
        precision, seconds = self.setting.precision, self.effort.seconds
        if whole.file is not None and precision != "fp32":
            raise FodlamError("an ONNX file is run as it is, at fp32 only")
        macs = whole.network.total_macs * self.batch
        check_macs(macs, self.setting, self.pace, seconds, ALL_RUNS)
        check_memory(
            sum(
                tensor_bytes(layer.shape, self.batch, precision)
                for layer in whole.network.layers
                if layer.shape is not None
            )
        )
        model = whole.file or network_model(whole.network, self.batch, precision)
        if model is None:
            raise FodlamError("a layer of it has no model, or repeats too often")
        run = runner(model, self.setting, self.batch)
        check_run(run(), seconds, ALL_RUNS)
        return run
