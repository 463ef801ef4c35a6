"""What networks cost at the accelerators' own technology points, each variant computed once."""

from __future__ import annotations

import math
import operator
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from fodlam_core.errors import FodlamError, Problem
from fodlam_core.estimates.figures import METHODS
from fodlam_core.estimates.system import dram_bytes
from fodlam_core.estimates.verdict import DOUBTS
from fodlam_core.model.quantities import METRICS, Interval, each_known
from fodlam_core.sweeps.variants import Variants

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.config.load import Source
    from fodlam_core.estimates import Composer, Estimate, LayerEstimate
    from fodlam_core.estimates.platform import Platform
    from fodlam_core.model.technology import Technology
    from fodlam_core.plugins.registry import Registry

# Sums that are carried like those of the layer kinds: of everything, and of its error bounds.
TOTAL, LOW, HIGH = "total", "low", "high"
NOTHING = (0.0,) * len(METRICS)
# A batch by which costs are checked to be affine in it.
MANY = 1000
# Bytes between chips and DRAM.
DRAM = "dram"


def _remarks(composer: Composer) -> Iterator[str]:
    """Yield the doubts about costs, and the chips with time that no factor applies to."""
    yield from (note for note in composer.one.notes if note.startswith(DOUBTS))
    for name, platform in composer.platforms.items():
        if any(row.offchip_latency_s for row in platform.accelerator.measurements):
            yield f"{name}: time spent waiting for DRAM is not scaled with the node"


def first_line(error: FodlamError) -> str:
    """Return an error as the reason of a point: its first line, and how many more there are."""
    first, *rest = error.problems or (Problem(type(error).__name__),)
    return f"{first} (and {len(rest)} more)" if rest else str(first)


class Slot(NamedTuple):
    """An accelerator at its own technology point, which its options may move."""

    accelerator: str
    technology: Technology | None


class Cell(NamedTuple):
    """What some layers cost on one accelerator, before technology scaling, each metric in order.

    Attributes:
        scaled: the part that a factor applies to.
        fixed: the part that none does: of a latency, waiting for off-chip memory.
    """

    scaled: tuple[float, ...] = NOTHING
    fixed: tuple[float, ...] = NOTHING

    @property
    def numbers(self) -> tuple[float, ...]:
        """Everything that it holds."""
        return (*self.scaled, *self.fixed)

    def with_each(self, other: Cell, function: Callable[[float, float], float]) -> Cell:
        """Return what a function makes of each number and that of another cell."""
        pairs = zip(self, other, strict=True)
        return Cell(*[tuple(map(function, one, another)) for one, another in pairs])

    def times(self, factors: Iterable[float]) -> Cell:
        """Return the cell with both parts of each metric multiplied by a factor of its own."""
        every = tuple(factors)
        return Cell(*[tuple(map(operator.mul, part, every)) for part in self])


class NativeCosts(NamedTuple):
    """The costs of one variant.

    Attributes:
        cells: costs by accelerator and sum: a layer kind, `TOTAL`, `LOW` or `HIGH`.
        sums: the metrics that are known, such as ``("total", "energy_j")``; one without a cell is
            nothing.
        coverage: share of the MACs by method; None if there are no MACs.
        problem: why there are no costs; None if there are.
        dram_bytes: what moves between chips and DRAM; None if that is not known.
        fixed: where the batch is an axis of its own: what a batch costs besides its inferences,
            such as loading the weights once; the cells are then those of one more inference.
    """

    cells: Mapping[tuple[Slot, str], Cell]
    sums: frozenset[tuple[str, str]]
    coverage: Mapping[str, float | None]
    problem: str | None = None
    dram_bytes: float | None = None
    fixed: Mapping[tuple[Slot, str], Cell] = {}


class CostSource:
    """Computes the costs of variants through the composer, each once.

    Attributes:
        accelerators: those in use so far, their options applied.
        remarks: what counts against the costs so far, and what no factor applies to.

    Args:
        source: the configuration, its keys set to the first point of the sweep.
        registry: what is installed.
        linear: whether the batch is an axis of its own, so that costs are for one inference.
    """

    def __init__(self, source: Source, registry: Registry, *, linear: bool) -> None:
        native = source._replace(tables={**source.tables, "technology": {}})
        self._variants = Variants(native, registry)
        self._linear = linear
        self.accelerators: dict[Slot, Accelerator] = {}
        self.remarks: dict[str, None] = {}
        self._costs: dict[tuple[str, ...], NativeCosts] = {}

    def get(self, values: Mapping[str, Any]) -> NativeCosts:
        """Return the costs with some keys of the configuration set."""
        key = tuple(f"{type(value).__name__} {value}" for value in values.values())
        if key not in self._costs:
            try:
                if self._linear:
                    values = {**values, "network.batch": 1}
                composer = self._variants.composer(values)
                self._costs[key] = self._of_batches(composer)
                self.remarks |= dict.fromkeys(_remarks(composer))
                for platform in composer.platforms.values():
                    self.accelerators[_slot(platform)] = platform.accelerator
            except FodlamError as error:
                self._costs[key] = NativeCosts(
                    cells={}, sums=frozenset(), coverage={}, problem=first_line(error)
                )
        return self._costs[key]

    def _of_batches(self, composer: Composer) -> NativeCosts:
        """Return the costs of a variant, where the batch is an axis as those of any batch.

        Raises:
            FodlamError: if a chip refuses a layer: the total without it would look like the least.
        """
        if composer.refusals:
            raise FodlamError(*composer.refusals.values())
        one = _sums(composer.estimate())
        if not self._linear or composer.at is None:
            return one
        two, many = (_sums(composer.estimate(batch)) for batch in (2, MANY))
        return _affine(one, two, many)


def _affine(one: NativeCosts, two: NativeCosts, many: NativeCosts) -> NativeCosts:
    """Return costs as a fixed part and one for each inference, from those of three batches.

    Bounds that are not affine in the batch are not known. A total that is not is a problem.
    """
    fixed: dict[tuple[Slot, str], Cell] = {}
    cells: dict[tuple[Slot, str], Cell] = {}
    bent = set()
    for key, first in one.cells.items():
        second, last = two.cells.get(key), many.cells.get(key)
        if second is None or last is None:
            bent.add(key[1])
            continue
        each = second.with_each(first, operator.sub)
        rest = first.with_each(each, operator.sub)
        if all(map(_close, (MANY * value for value in first.numbers), last.numbers)):
            each, rest = first, Cell()  # linear: exactly so, without the noise of differences
        straight = rest.with_each(each, lambda constant, one: constant + MANY * one)
        if not all(map(_close, straight.numbers, last.numbers)):
            bent.add(key[1])
        cells[key], fixed[key] = each, rest
    if bent - {LOW, HIGH}:
        problem = (
            "costs that are neither linear in the batch nor a constant plus a cost for each "
            "inference; give the batches one by one, as a list"
        )
        return NativeCosts(cells={}, sums=frozenset(), coverage={}, problem=problem)
    known = {(name, cost) for name, cost in one.sums if name not in bent}
    straight_cells = {key: cell for key, cell in cells.items() if key[1] not in bent}
    return one._replace(cells=straight_cells, sums=frozenset(known), fixed=fixed)


def _close(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-18)


def _sums(estimate: Estimate) -> NativeCosts:
    cells: defaultdict[tuple[Slot, str], Cell] = defaultdict(Cell)
    bounded = set(METRICS)
    partial: set[tuple[str, str]] = set()
    for each in estimate.layers:
        native = each.native
        if each.basis is None or native is None:
            bounded.clear()
            continue
        slot = _slot(estimate.platforms[each.basis.accelerator])
        fixed = tuple(metric.fixed_of(native) for metric in METRICS)
        known = [value or 0.0 for value in native.amounts]
        cell = Cell(tuple(map(operator.sub, known, fixed)), fixed)
        lacking = [m.key for m, value in zip(METRICS, native.amounts, strict=True) if value is None]
        partial |= {(name, key) for name in (each.layer.kind, TOTAL) for key in lacking}
        low, high = zip(*_bounds(each), strict=True)
        bounded -= {metric for metric, end in zip(METRICS, low, strict=True) if end is None}
        for name, more in (
            (each.layer.kind, cell),
            (TOTAL, cell),
            (LOW, cell.times(end or 0.0 for end in low)),
            (HIGH, cell.times(end or 0.0 for end in high)),
        ):
            cells[slot, name] = cells[slot, name].with_each(more, operator.add)
    total = estimate.totals[TOTAL]
    if not cells and any(total.amounts):
        # Known for the network as a whole only, by the one accelerator that runs all of it.
        [platform] = estimate.platforms.values()
        cells[_slot(platform), TOTAL] = Cell(tuple(value or 0.0 for value in total.amounts))
    sums = {
        (name, metric.key)
        for name, totals in estimate.totals.items()
        for metric, _ in each_known(totals.amounts)
    }
    sums -= partial  # a sum without one of its layers would look like the least
    sums |= {(name, metric.key) for name in (LOW, HIGH) for metric in bounded}
    coverage = {method: estimate.coverage.share(method) for method in METHODS}
    traffic = [dram_bytes(each) for each in estimate.layers]
    moved = None if None in traffic else math.fsum(each or 0.0 for each in traffic)
    return NativeCosts(dict(cells), frozenset(sums), coverage, dram_bytes=moved)


def _slot(platform: Platform) -> Slot:
    return Slot(platform.accelerator.name, platform.accelerator.technology)


def _bounds(each: LayerEstimate) -> list[tuple[float | None, float | None]]:
    """Return the ends of each metric as shares of the estimate; None where there are none."""
    return [
        (ends[0] / value, ends[1] / value) if ends and value else (None, None)
        for value, ends in zip(each.amounts, each.interval or Interval(), strict=True)
    ]
