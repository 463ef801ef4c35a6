"""What operators without MACs cost: a time for each pass, and one for each element of it.

Both are fitted to the passes of an operator that were measured, by least squares on relative
errors, neither of them negative. An operator that was not measured is taken at the rate of one
that does like work, where there is one.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from fodlam_core.model.converters import words
from fodlam_core.model.costs import Cost
from fodlam_core.predictors.least_squares import non_negative

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from fodlam_core.model.memory_pass import MemoryPass
    from fodlam_core.model.pass_measurement import PassMeasurement

BROADCAST = " broadcast"
# What stands in for operators that were not measured, the first of these that was.
_LIKE: tuple[tuple[tuple[str, ...], frozenset[str]], ...] = (
    (
        ("Relu", "Add", "Mul"),
        words("""
            Abs Add And BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor Cast CastLike Ceil Clip
            Div Equal Floor Greater GreaterOrEqual IsInf IsNaN LeakyRelu Less LessOrEqual Max Mean
            Min Mod Mul Neg Not Or PRelu Reciprocal Relu Round Shrink Sign Sqrt Sub Sum
            ThresholdedRelu Where Xor
        """),
    ),
    (
        ("Sigmoid", "Swish", "Gelu"),
        words("""
            Acos Acosh Asin Asinh Atan Atanh Celu Cos Cosh Elu Erf Exp Gelu HardSigmoid HardSwish
            Log Mish Pow Selu Sigmoid Sin Sinh Softplus Softsign Swish Tan Tanh
        """),
    ),
    (
        ("ReduceMean", "GlobalAveragePool"),
        words("""
            ArgMax ArgMin GlobalAveragePool GlobalLpPool GlobalMaxPool ReduceL1 ReduceL2
            ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum
            ReduceSumSquare
        """),
    ),
    (("AveragePool", "MaxPool"), words("AveragePool LpPool MaxPool")),
    (
        ("LayerNormalization",),
        words("""
            GroupNorm GroupNormalization InstanceNormalization LRN LayerNormalization
            LpNormalization MeanVarianceNormalization RMSNormalization
        """),
    ),
    (("Add LayerNormalization",), frozenset(("Add RMSNormalization",))),
    (("Softmax",), words("Hardmax LogSoftmax Softmax")),
    (
        ("Slice", "Gather", "Concat"),
        words("""
            CenterCropPad Compress Concat Expand Gather GatherElements GatherND Pad ScatterElements
            ScatterND Slice Split Tile Trilu
        """),
    ),
    (("Transpose", "Concat"), words("DepthToSpace ReverseSequence SpaceToDepth Transpose")),
    (("Resize",), words("Resize Upsample")),
    (("BatchNormalization", "Mul"), words("BatchNormalization")),
)


# Every operator named here, without those that only a broadcast tells apart.
KNOWN = frozenset().union(*(own.union(likes) for likes, own in _LIKE))


class Rate(NamedTuple):
    """What a pass of an operator costs.

    Attributes:
        call_s: seconds for each pass.
        element_s: seconds for each element.
        energy_j: the same two of joules; None if no energy was measured.
    """

    call_s: float
    element_s: float
    energy_j: tuple[float, float] | None

    def cost(self, elements: int) -> Cost:
        """Return the cost of a pass over so many elements."""
        energy = self.energy_j and self.energy_j[0] + self.energy_j[1] * elements
        return Cost(self.call_s + self.element_s * elements, energy)


class Charge(NamedTuple):
    """What the passes of a network that are alike cost.

    Attributes:
        what: the passes.
        rate_of: the operator whose rate is theirs; None if nothing like them was measured.
        cost: of all of them, of one inference; None likewise.
    """

    what: MemoryPass
    rate_of: str | None
    cost: Cost | None

    @property
    def stands_in(self) -> bool:
        """Whether the rate is that of another operator."""
        return self.rate_of not in (None, self.what.operator)


class PerElement:
    """Rates by operator, fitted to what a chip has measured."""

    def __init__(self, rows: Iterable[PassMeasurement]) -> None:
        self.rows: dict[str, list[PassMeasurement]] = {}
        for row in rows:
            self.rows.setdefault(row.what.operator, []).append(row)
        self.rates = {name: _rate(every) for name, every in self.rows.items()}

    def charge(self, passes: Iterable[MemoryPass], batch: int = 1) -> list[Charge]:
        """Return what passes cost in one inference of a batch."""
        return [self._charge(each, batch) for each in passes]

    def _charge(self, what: MemoryPass, batch: int) -> Charge:
        own = what.operator
        # What takes no time may have been computed as part of a layer; others are not.
        names = (name for name in _stand_ins(own) if name == own or self._takes_time(name))
        name = next((name for name in names if name in self.rates), None)
        if name is None:
            return Charge(what, None, None)
        one = self.rates[name].cost(what.elements * batch)
        return Charge(what, name, one * (what.count / batch))

    def _takes_time(self, name: str) -> bool:
        rate = self.rates.get(name)
        return rate is not None and rate.call_s + rate.element_s > 0

    def residuals(self) -> list[float]:
        """Return logarithms of measured over predicted, each row left out of its own fit."""
        found = []
        for rows in self.rows.values():
            for index, row in enumerate(rows if len(rows) > 2 else ()):
                rest = [*rows[:index], *rows[index + 1 :]]
                told = _rate(rest).cost(row.what.elements * row.batch).latency_s
                if told and row.cost.latency_s:
                    found.append(math.log(row.cost.latency_s / told))
        return found


def _stand_ins(operator: str) -> Iterator[str]:
    """Yield the operators whose rate an operator may have, itself first."""
    yield operator
    plain = operator.removesuffix(BROADCAST)
    names = [name for likes, own in _LIKE if plain in own for name in likes]
    if plain != operator:
        yield from (f"{name}{BROADCAST}" for name in ("Add", "Mul"))
    yield from names


def _rate(rows: Sequence[PassMeasurement]) -> Rate:
    sizes = [row.what.elements * row.batch for row in rows]
    energies = [row.cost.energy_j for row in rows]
    known = [each for each in energies if each is not None]
    latencies = [row.cost.latency_s or 0.0 for row in rows]
    energy = _line(sizes, known) if len(known) == len(rows) else None
    return Rate(*_line(sizes, latencies), energy)


def _line(sizes: Sequence[int], costs: Sequence[float]) -> tuple[float, float]:
    """Return the cost of a pass and of each element; rows that cost nothing have no ratio."""
    rows = [(1 / cost, size / cost) for size, cost in zip(sizes, costs, strict=True) if cost]
    if len(rows) == 1:
        return 0.0, 1 / rows[0][1]
    return non_negative(rows) if rows else (0.0, 0.0)


def totals(charges: Iterable[Charge]) -> Mapping[str, tuple[int, Cost]]:
    """Return by operator how many passes are charged, and what they cost together."""
    found: dict[str, tuple[int, Cost]] = {}
    for each in charges:
        if each.cost is not None:
            count, cost = found.get(each.what.operator, (0, None))
            cost = each.cost if cost is None else cost + each.cost
            found[each.what.operator] = count + each.what.count, cost
    return found
