"""What a network's operators without MACs cost on a chip that has measured such operators.

They are one line of the result, besides the layers. The chip that does most MACs of the network,
of those that have a table of operators, runs all of them.
"""

from __future__ import annotations

import functools
import math
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from fodlam_core.errors import listed, similar
from fodlam_core.estimates.figures import OVERHEAD, PER_ELEMENT, is_operators
from fodlam_core.estimates.published_totals import includes_operators
from fodlam_core.model.layers import Layer
from fodlam_core.model.quantities import METRICS, Interval
from fodlam_core.model.value import Same
from fodlam_core.predictors.per_element import BROADCAST, KNOWN, Charge, PerElement, totals
from fodlam_core.report.units import quantity
from fodlam_core.validation.half_widths import half_width

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.estimates.figures import Basis, LayerEstimate
    from fodlam_core.estimates.platform import Platform
    from fodlam_core.estimates.result import Result
    from fodlam_core.model.costs import Cost
    from fodlam_core.model.layers import Network

# An operator at the rate of another has an interval that many times as wide.
OF_ANOTHER = 2.0


class Charged(NamedTuple):
    """What the operators of a network cost on a chip, in one inference.

    Attributes:
        charges: what was measured, or stands in for it.
        free: passes of operators that nothing measured is like.
        half_width: of logarithms of measured over predicted; None if there were too few rows.
    """

    charges: tuple[Charge, ...]
    free: tuple[Charge, ...]
    half_width: float | None

    @property
    def passes(self) -> int:
        """How many passes are charged."""
        return sum(each.what.count for each in self.charges)

    @property
    def cost(self) -> Cost:
        """What they cost together."""
        costs = [each.cost for each in self.charges if each.cost is not None]
        return functools.reduce(lambda one, other: one + other, costs)

    @property
    def interval(self) -> Interval | None:
        """Where that may lie, every pass at the same end; None if it is not known."""
        if self.half_width is None:
            return None
        ends: list[tuple[float, float] | None] = []
        for place in range(len(METRICS)):
            low = high = 0.0
            for each in self.charges:
                value = each.cost.amounts[place] if each.cost else None
                if value is None:
                    ends.append(None)
                    break
                factor = math.exp(self.half_width * (OF_ANOTHER if each.stands_in else 1.0))
                low, high = low + value / factor, high + value * factor
            else:
                ends.append((low, high))
        return Interval(*ends)


@functools.lru_cache(maxsize=16)
def _fitted(chip: Same) -> tuple[PerElement, float | None]:
    fitted = PerElement(chip.what.operators)
    residuals = [abs(each) for each in fitted.residuals()]
    return fitted, half_width(residuals) if residuals else None


def charged(network: Network, chip: Accelerator, batch: int) -> Charged | None:
    """Return what the operators of a network cost on a chip; None if neither tells of any."""
    if not network.memory_passes or not chip.operators:
        return None
    fitted, width = _fitted(Same(chip))
    every = fitted.charge(network.memory_passes, batch)
    known = tuple(each for each in every if each.cost is not None)
    free = tuple(each for each in every if each.cost is None)
    return Charged(known, free, width) if known else None


def operator_lines(
    network: Network,
    platforms: Mapping[str, Platform],
    lines: Sequence[tuple[Layer, Basis | None]],
    batch: int,
) -> Iterator[tuple[Layer, Basis]]:
    """Yield the line of the operators of a network, if a chip that runs it tells what they cost."""
    macs: Counter[str] = Counter()
    for layer, basis in lines:
        chip = platforms[basis.accelerator].accelerator if basis else None
        # What is fitted to whole networks includes their operators.
        if basis and chip and chip.operators and not chip.fitted_to_networks:
            macs[basis.accelerator] += layer.total_macs
    if not macs:
        return
    [(name, _)] = macs.most_common(1)
    found = charged(network, platforms[name].accelerator, batch)
    if found is not None:
        layer = Layer(f"operators without MACs ({name})", OVERHEAD, 0)
        yield (
            layer,
            platforms[name].beside(PER_ELEMENT, found.cost, (found.interval, found.interval)),
        )


def operator_notes(
    network: Network, platforms: Mapping[str, Platform], lines: Sequence[tuple[Layer, Basis | None]]
) -> Iterator[str]:
    """Yield what is charged for operators without MACs, at whose rate, and what is not."""
    for _, basis in lines:
        if basis is None or not is_operators(basis):
            continue
        chip = platforms[basis.accelerator].accelerator
        found = charged(network, chip, 1)
        assert found is not None
        passes = "1 pass" if found.passes == 1 else f"{found.passes} passes"
        yield (
            f"{chip.name}: {passes} of operators without MACs charged at measured rates; views of "
            "the same memory, and what is computed as part of a layer, are free"
        )
        if found.half_width is None:
            yield (
                f"{chip.name}: no interval is known of operators, nor of a total with them: none "
                "that takes time was measured three times"
            )
        others = {each.what.operator: each.rate_of for each in found.charges if each.stands_in}
        if others:
            pairs = listed([f"{name} as {rate}" for name, rate in others.items()])
            yield f"{chip.name}: operators that were not measured, charged as similar ones: {pairs}"
        graphs = [name for name in ("If", "Loop", "Scan", "SequenceMap") if name in network.skipped]
        if graphs:
            yield f"{chip.name}: operators inside {listed(graphs)} are counted as free"
        if found.free:
            names = listed(_counts(found.free))
            yield f"{chip.name}: operators that were not measured, counted as free: {names}"


def _counts(charges: Sequence[Charge]) -> list[str]:
    counts: dict[str, int] = {}
    for each in charges:
        counts[each.what.operator] = counts.get(each.what.operator, 0) + each.what.count
    return [f"{name} ({count})" for name, count in counts.items()]


def strange_operators(chip: Accelerator) -> Iterator[str]:
    """Yield a note if the table of a chip has operators of a name that no network file gives."""
    if not chip.operators:
        return
    from fodlam_core.networks.onnx.operators import FREE

    known = KNOWN.union(FREE)
    names = dict.fromkeys(row.what.operator.removesuffix(BROADCAST) for row in chip.operators)
    strange = [name for name in names if name not in known]
    if strange:
        told = listed([_with_hint(name, similar(name, known)[:1]) for name in strange])
        yield f"{chip.name}: its operator table has names that ONNX does not have: {told}"


def _with_hint(name: str, close: Sequence[str]) -> str:
    return f"{name!r} (did you mean {close[0]!r}?)" if close else repr(name)


def charges_operators(estimate: Result) -> bool:
    """Tell whether a result has a line of operators without MACs."""
    return any(is_operators(each.basis) for each in estimate.layers)


def passes_free(estimate: Result) -> int:
    """Return how many passes a result counts as free; none where it charges or includes some."""
    if charges_operators(estimate) or includes_operators(estimate.platforms.values()):
        return 0
    return sum(each.count for each in estimate.network.memory_passes)


def operator_formula(estimate: Result, each: LayerEstimate) -> str:
    """Return what a line of operators is made of, the dearest first."""
    chip, found = _behind(estimate, each)
    sums = sorted(totals(found.charges).items(), key=lambda item: -(item[1][1].latency_s or 0.0))
    parts = [f"{count} {name} {quantity(cost.latency_s, 's')}" for name, (count, cost) in sums]
    return f"fitted to {len(chip.operators)} measured passes: {' + '.join(parts)}"


def operators_record(estimate: Result) -> dict[str, Any] | None:
    """Return what operators without MACs cost, as the JSON has it; None where none is charged."""
    line = next((each for each in estimate.layers if is_operators(each.basis)), None)
    if line is None:
        return None
    chip, found = _behind(estimate, line)
    return {
        "accelerator": chip.name,
        "count": found.passes,
        **line.amounts.record(),
        "passes": [
            _pass_record(each, int(estimate.batch)) for each in (*found.charges, *found.free)
        ],
    }


def _pass_record(each: Charge, batch: int) -> dict[str, Any]:
    return {
        "operator": each.what.operator,
        "elements": each.what.elements,
        "count": each.what.count,
        "rate_of": each.rate_of,
        "native_latency_s": (each.cost * batch).latency_s if each.cost else None,
    }


def _behind(estimate: Result, line: LayerEstimate) -> tuple[Accelerator, Charged]:
    """Return the chip of a line of operators, and what it charges."""
    assert line.basis is not None
    chip = estimate.platforms[line.basis.accelerator].accelerator
    found = charged(estimate.network, chip, int(estimate.batch))
    assert found is not None
    return chip, found
