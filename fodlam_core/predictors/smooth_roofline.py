"""The predictor ``smooth-roofline``: matrix products by their MACs, their bytes and a constant.

t = ((MACs / R)^p + (bytes / B)^p)^(1/p) + c

R, B and c are fitted for each form of product that was measured; p is 1, 2 or 4, whichever fits
best. Between a sum and a maximum, products of few rows wait for weights and those of many for
arithmetic, with a knee of which the width is measured. Energy has the same form, with joules for a
MAC, for an element and for a kernel.

Attention of fewer than 256 keys is predicted, but not fitted to: kernels of so few measure how they
are launched. Bytes are weights, once for a batch and for all rows, and activations for every
inference. Rows that hold the element-wise work next to a product have a term of its own for it, by
the activations that go in and come out. Keys of attention come in pages of 128, as kernels read
them; of a mixture of experts those count that are hit on average.
"""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING, Any, NamedTuple

import attrs

from fodlam_core.errors import PredictionError
from fodlam_core.model.costs import Cost
from fodlam_core.model.shapes import ConvShape, ExpertsShape, FcShape, MatmulShape
from fodlam_core.predictors.simplex import minimum
from fodlam_core.report.units import number, quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fodlam_core.model.costs import Measurement
    from fodlam_core.model.layers import Layer
    from fodlam_core.model.shapes import Shape

PAGE = 128
LEAST_ROWS = 6  # of one form: three numbers and as many to tell how well they fit
MOST_ROWS = 120  # more change the numbers by less than they are worth
EXPONENTS = (1, 2, 4)
CAP = 0.1  # a relative error from which on it counts linearly: rows that are outliers stay few


class Work(NamedTuple):
    """What a kernel does.

    Attributes:
        form: what it is fitted with: ``"fc"``, ``"experts"``, ``"steps"`` (attention of single
            tokens) or ``"prompts"`` (attention of many).
        macs: multiply-accumulates.
        size: elements that are read and written; weights by their share of an activation's bits.
        activations: those of them that are neither weights nor in a cache.
    """

    form: str
    macs: float
    size: float
    activations: float = 0.0


def work_of(layer: Layer, batch: int = 1, weight_share: float = 1.0) -> Work:
    """Return what a layer does for a batch.

    Args:
        layer: an fc or matmul layer.
        batch: number of inferences.
        weight_share: bits of a weight, as a share of the bits of an activation.

    Raises:
        PredictionError: if it has no shape, or is a convolution.

    >>> from fodlam_core import FcShape, Layer
    >>> work_of(Layer.from_shape("F", FcShape(8, 4, rows=3)), batch=2)
    Work(form='fc', macs=192.0, size=104.0, activations=72)
    """
    shape = layer.shape
    if isinstance(shape, FcShape):
        activations = shape.rows * batch * (shape.inputs + shape.outputs)
        size = shape.weights * weight_share + activations
        return Work(form="fc", macs=float(shape.macs * batch), size=size, activations=activations)
    if isinstance(shape, ExpertsShape):
        hit = shape.experts_hit(batch) * shape.inputs * shape.outputs
        activations = shape.rows * shape.per_row * batch * (shape.inputs + shape.outputs)
        size = hit * weight_share + activations
        return Work(
            form="experts", macs=float(shape.macs * batch), size=size, activations=activations
        )
    if isinstance(shape, MatmulShape):
        return _attention(shape, batch)
    what = "a convolution" if isinstance(shape, ConvShape) else "of unknown shape"
    raise PredictionError(f"layer {layer.name!r}: {what}; smooth-roofline knows matrix products")


def _attention(shape: MatmulShape, batch: int) -> Work:
    """Return a product with the cache, whose keys are the longer side, in whole pages.

    Scores and results stay on the chip: only queries and the cache move.
    """
    step, keys = shape.m < PAGE, max(shape.k, shape.n)
    pages = -(-keys // PAGE) * PAGE if step else keys
    width, count = min(shape.k, shape.n), shape.count * batch
    macs, size = shape.m * width * pages * count, count * width * (pages + shape.m)
    return Work("steps" if step else "prompts", float(macs), float(size))


class Curve(NamedTuple):
    """What a kernel of one form costs.

    Attributes:
        for_mac: seconds or joules for a multiply-accumulate.
        for_element: seconds or joules for an element that moves.
        fixed: seconds or joules for a kernel.
        exponent: how sharp the knee between the first two is.
        beside: seconds or joules for an activation, in the element-wise work next to a product.
    """

    for_mac: float
    for_element: float
    fixed: float
    exponent: int
    beside: float = 0.0

    def at(self, work: Work) -> float:
        """Return the cost of a kernel."""
        p = self.exponent
        both = (work.macs * self.for_mac) ** p + (work.size * self.for_element) ** p
        return float(both ** (1 / p)) + work.activations * self.beside + self.fixed


Row = tuple[Work, float]


def fitted_curve(rows: Sequence[Row], *, element_wise: bool = False) -> Curve:
    """Return the curve that fits rows best, by their relative errors.

    Args:
        rows: what kernels do and cost.
        element_wise: whether they hold element-wise work next to a product.
    """
    rows = sorted(rows)
    return _fitted_curve(tuple(rows[:: -(-len(rows) // MOST_ROWS)]), element_wise)


@functools.lru_cache(maxsize=512)
def _fitted_curve(rows: tuple[Row, ...], element_wise: bool) -> Curve:  # noqa: FBT001, of a cache
    """Fit rows once: where one network is left out, the rows of other forms stay the same."""
    start = [
        math.log(min(cost / work.macs for work, cost in rows)),
        math.log(min(cost / work.size for work, cost in rows)),
        math.log(0.7 * min(cost for _, cost in rows)),
    ]
    start += start[1:2] * element_wise

    def fit(exponent: int) -> tuple[float, Curve]:
        def curve(point: Sequence[float]) -> Curve:
            mac, element, fixed, *rest = (math.exp(min(max(x, -700.0), 700.0)) for x in point)
            return Curve(mac, element, fixed, exponent, *rest)

        point, value = minimum(lambda point: _loss(curve(point), rows), start, 0.3)
        return value, curve(point)

    return min(map(fit, EXPONENTS))[1]


def _loss(curve: Curve, rows: Sequence[Row]) -> float:
    """Return the mean of squared relative errors, of which large ones count linearly (Huber)."""
    total = 0.0
    for work, cost in rows:
        error = abs(math.log(curve.at(work) / cost))
        total += error * error / 2 if error < CAP else CAP * (error - CAP / 2)
    return total / len(rows)


# At whose rate a form is charged that nobody measured on a chip.
NEAREST = {
    "fc": ("fc", "experts", "prompts", "steps"),
    "experts": ("experts", "fc", "prompts", "steps"),
    "steps": ("steps", "fc", "experts", "prompts"),
    "prompts": ("prompts", "fc", "experts", "steps"),
}


class FittedSmoothRoofline:
    """Predicts matrix products of a chip.

    Attributes:
        latency: the curve of each measured form, in seconds.
        energy: the same in joules.
    """

    def __init__(
        self, latency: Mapping[str, Curve], energy: Mapping[str, Curve], weight_share: float
    ) -> None:
        """Take the curves by form, and the bits of a weight as a share of an activation's."""
        self.latency, self.energy, self.weight_share = latency, energy, weight_share

    def predict(self, layer: Layer, batch: int = 1) -> Cost:
        """Return the cost of a batch of inferences of one item of a layer.

        Raises:
            PredictionError: if the layer has no shape, or is not a matrix product.
        """
        works = self._works(layer, batch)
        latency, energy = (
            _at(curves, _cheapest(curves, works)) for curves in (self.latency, self.energy)
        )
        return Cost(latency, energy)

    def _works(self, layer: Layer, batch: int) -> list[Work]:
        """Return what a layer does, and what it does as well if its few rows are filled up."""
        works, shape = [work_of(layer, batch, self.weight_share)], layer.shape
        if isinstance(shape, MatmulShape) and shape.m < PAGE:
            works.append(_attention(attrs.evolve(shape, m=PAGE), batch))
        return works

    def outside(self, layer: Layer) -> list[str]:
        """Return why a layer is unlike what was measured."""
        form = work_of(layer).form
        measured = self.latency or self.energy
        if form in measured:
            return []
        other = next(each for each in NEAREST[form] if each in measured)
        return [f"{NAMES[form]}: not measured, charged as {NAMES[other]}"]

    def explain(self, layer: Layer, batch: int = 1) -> dict[str, str]:
        """Return how latency and energy come about, as far as they are known."""
        works = self._works(layer, batch)
        every = (("latency", "s", self.latency), ("energy", "J", self.energy))
        return {
            name: _formula(curves[_nearest(curves, work.form)], work, unit)
            for name, unit, curves in every
            if curves
            for work in [_cheapest(curves, works)]
        }


def _formula(curve: Curve, work: Work, unit: str) -> str:
    p = curve.exponent
    beside = f" + {number(work.activations)} activations x {curve.beside:.3g} {unit}"
    return (
        f"(({quantity(work.macs, 'MAC')} x {curve.for_mac:.3g} {unit})^{p} + "
        f"({number(work.size)} elements x {curve.for_element:.3g} {unit})^{p})^(1/{p})"
        f"{beside if curve.beside else ''} + {curve.fixed:.3g} {unit}"
    )


NAMES = {
    "fc": "products with weights",
    "experts": "experts",
    "steps": "attention of single tokens",
    "prompts": "attention of prompts",
}


def _nearest(curves: Mapping[str, Curve], form: str) -> str:
    return next(each for each in NEAREST[form] if each in curves)


def _cheapest(curves: Mapping[str, Curve], works: Sequence[Work]) -> Work:
    """Return the first of some ways, or a later one that was measured and costs less.

    So attention of a page of rows never costs less than that of fewer, whichever kernel is faster.
    """
    measured = [work for work in works[1:] if work.form in curves]
    return min([works[0], *measured], key=lambda work: _at(curves, work) or 0.0)


def _at(curves: Mapping[str, Curve], work: Work) -> float | None:
    return curves[_nearest(curves, work.form)].at(work) if curves else None


def _few_keys(shape: Shape) -> bool:
    """Tell whether attention is of so few keys that its kernel measures little but itself."""
    return isinstance(shape, MatmulShape) and max(shape.k, shape.n) < 2 * PAGE


class SmoothRoofline:
    """Fits the curves of a chip to its measured matrix products.

    Attributes:
        weight_share: bits of a weight, as a share of the bits of an activation.
        element_wise: whether rows hold the element-wise work next to a product.
    """

    name = "smooth-roofline"
    requires = frozenset({"shape"})
    pooled = True

    def __init__(
        self,
        weight_bits: float = 16.0,
        activation_bits: float = 16.0,
        *,
        element_wise: bool = False,
    ) -> None:
        """Take what weights and activations are stored as, and what rows hold."""
        self.weight_share = weight_bits / activation_bits
        self.element_wise = element_wise

    def fit(
        self,
        measurements: Sequence[Measurement],
        references: Sequence[Any] = (),  # noqa: ARG002, as every predictor
        networks: Mapping[str, Any] | None = None,  # noqa: ARG002 - as every predictor
    ) -> FittedSmoothRoofline:
        """Fit to the rows of matrix products with a shape; references are not used.

        Raises:
            PredictionError: if no form has enough rows.
        """
        latency = self._curves((row, row.latency_s) for row in measurements)
        energy = self._curves((row, row.energy_j) for row in measurements)
        if not latency and not energy:
            raise PredictionError(
                f"smooth-roofline needs {LEAST_ROWS} measured matrix products of one form, with "
                "shapes"
            )
        return FittedSmoothRoofline(latency, energy, self.weight_share)

    def _curves(self, rows: Iterable[tuple[Measurement, float | None]]) -> dict[str, Curve]:
        by_form: dict[str, list[Row]] = {}
        for row, cost in rows:
            if cost is None or row.layer.shape is None or isinstance(row.layer.shape, ConvShape):
                continue
            if _few_keys(row.layer.shape):
                continue
            work = work_of(row.layer, row.batch, self.weight_share)
            by_form.setdefault(work.form, []).append((work, cost))
        return {
            form: fitted_curve(each, element_wise=self.element_wise)
            for form, each in by_form.items()
            if len(each) >= LEAST_ROWS
        }
