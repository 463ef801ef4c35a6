"""What is to be measured, and what was."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import attrs

from fodlam_core.measure.timing import Sample
from fodlam_core.model.memory_pass import MemoryPass

if TYPE_CHECKING:
    from collections.abc import Callable

    from fodlam_core.measure.meters import Meter
    from fodlam_core.measure.selection import Item
    from fodlam_core.measure.sessions import Setting
    from fodlam_core.model.layers import Network

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

    def __str__(self) -> str:
        network, layer = self.item.uses[0]
        return f"{network} {layer.name} ({self.setting.name})"


class Whole(NamedTuple):
    """A network to be measured as a whole.

    Attributes:
        network: the network.
        file: its ONNX file; None if it is built from its layers.
        where: what was run, for a reader.
        calibration: whether predictors may be fitted to it: a network without the operators
            between its layers is none yet.
        macs: of one inference, where the layers of the network are not known.
    """

    network: Network
    file: str | None = None
    where: str = "its layers in one model, without the operators between them"
    calibration: bool = False
    macs: int | None = None


@attrs.define
class Found:
    """What was measured so far.

    Attributes:
        layers: a sample for each task.
        networks: a sample for each operating point, network and batch.
        operators: a sample for each operating point, pass of an operator without MACs and batch.
        skipped: what cannot be measured, with the reason.
        left: how many tasks time did not suffice for.
        interrupted: whether the user ended it.
        overheads_s: what a call of the runtime takes, by operating point.
        references_s: what the reference takes while nothing disturbs, by operating point.
        covers: what measured energy covers.
    """

    layers: dict[Key, tuple[Task, Sample]] = attrs.field(factory=dict)
    networks: dict[tuple[str, str, int], tuple[Whole, Sample]] = attrs.field(factory=dict)
    operators: dict[tuple[str, MemoryPass, int], Sample] = attrs.field(factory=dict)
    skipped: list[str] = attrs.field(factory=list)
    left: int = 0
    interrupted: bool = False
    overheads_s: dict[str, float] = attrs.field(factory=dict)
    references_s: dict[str, float] = attrs.field(factory=dict)
    covers: str = ""

    def metered(
        self,
        sample: Sample,
        counter: Meter | None,
        run: Callable[[], float],
        before: Sample | None = None,
        copies: int = 1,
    ) -> Sample:
        """Return a sample with the energy of a run, where a counter tells.

        Args:
            sample: the times.
            counter: tells the energy; None if nothing does.
            run: runs the model once.
            before: the sample of earlier passes, whose energy stands.
            copies: how many of it the model has.
        """
        if before is not None:
            return sample._replace(energy_j=before.energy_j)
        if counter is None:
            return sample
        self.covers = counter.covers
        joules = counter.per_run(run)
        return sample._replace(energy_j=joules and joules / copies)
