"""Cost by peak rate, memory bandwidth and a constant."""

from __future__ import annotations

import math
from statistics import fmean
from typing import TYPE_CHECKING, Any, NamedTuple

import attrs

from fodlam_core.errors import PredictionError
from fodlam_core.predictors import robust
from fodlam_core.predictors.fitted import FittedModels
from fodlam_core.predictors.observations import known, observations, offchip_share
from fodlam_core.predictors.sampling import fit_notes, sampled
from fodlam_core.report.units import quantity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fodlam_core.model.costs import Measurement
    from fodlam_core.model.layers import Network
    from fodlam_core.model.whole_network import Reference
    from fodlam_core.predictors.observations import Known, Observation
    from fodlam_core.predictors.products import Product

ROUNDS = 12
FEW = 3
"""As many numbers are fitted; of fewer rows, one efficiency."""


@attrs.frozen
class RooflineModel:
    """``((MACs a)^p + (bytes b)^p)^(1/p) + c``: a maximum with a smooth corner.

    Attributes:
        per_mac: seconds or joules for a MAC.
        per_byte: the same for a byte of weights, inputs or outputs.
        constant: the same for a layer.
        exponent: p; at 1 the two add up, and the greater it is, the more the larger counts alone.
        weight_bytes: bytes of a weight.
        activation_bytes: bytes of an input, an output, or an element of a cache.
    """

    per_mac: float
    per_byte: float
    constant: float
    exponent: float
    weight_bytes: float
    activation_bytes: float
    overhead = 0.0

    def value(self, product: Product, batch: int) -> float:
        """Return the quantity for a batch."""
        macs, moved = self._parts(product, batch)
        return _corner(macs, moved, self.exponent) + self.constant

    def slopes(self, macs: int, size: float) -> tuple[float, float]:
        """Return how the quantity grows with the cost of a MAC, and with that of a byte.

        Args:
            macs: MACs of a batch.
            size: bytes that it moves.
        """
        computed, moved = self.per_mac * macs, self.per_byte * size
        both = _corner(computed, moved, self.exponent)
        if not both:
            return macs, size
        sharp = self.exponent - 1
        return macs * (computed / both) ** sharp, size * (moved / both) ** sharp

    def outside(self, product: Product) -> list[str]:  # noqa: ARG002  # of the protocol
        """Return nothing: every form has MACs and bytes."""
        return []

    def explain(self, product: Product, unit: str) -> str:
        """Return the formula for one inference, with its numbers."""
        macs, moved = self._parts(product, 1)
        return (
            f"(({quantity(macs, unit)} for {quantity(product.macs, 'MAC', 6)})^{self.exponent:g} + "
            f"({quantity(moved, unit)} for {quantity(self.moved(product, 1), 'B', 6)})"
            f"^{self.exponent:g})^(1/{self.exponent:g}) + {quantity(self.constant, unit)} = "
            f"{quantity(self.value(product, 1), unit, 6)}"
        )

    def _parts(self, product: Product, batch: int) -> tuple[float, float]:
        return self.per_mac * product.macs * batch, self.per_byte * self.moved(product, batch)

    def moved(self, product: Product, batch: int) -> float:
        """Return the bytes of weights, once, and of inputs and outputs for a batch.

        Scores of attention stay on the chip, as in fused kernels (Dao et al., FlashAttention,
        NeurIPS 2022); of experts those count that the batch hits.
        """
        activations = batch * (product.inputs + product.outputs - product.scores)
        weights = product.weights_read(batch)
        return self.weight_bytes * weights + self.activation_bytes * activations


def _corner(a: float, b: float, exponent: float) -> float:
    larger = max(a, b)
    if not larger:
        return 0.0
    # Of the ratio, as powers of seconds may be too small for a float.
    return float(larger * (1 + (min(a, b) / larger) ** exponent) ** (1 / exponent))


def _amount(_instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if value is not None and not (isinstance(value, int | float) and 0 < value < math.inf):
        raise PredictionError(f"roofline: {attribute.name} {value!r} is not positive and finite")


@attrs.frozen
class Roofline:
    """Roofline with a smooth corner, fitted to what was measured, else of the data sheet alone.

    Williams, Waterman and Patterson, "Roofline: An Insightful Visual Performance Model", CACM
    52(4), 2009. Of three measured layers or networks, or more, rate, bandwidth and constant are
    fitted on relative errors; of fewer, one efficiency; of none, there is no efficiency.

    Attributes:
        peak_macs_per_s: peak rate of the data sheet; None if not known.
        bandwidth_bytes_per_s: memory bandwidth of the data sheet; None if not known.
        overhead_s: seconds for every layer.
        weight_bits: bits of a weight.
        activation_bits: bits of an activation; None for those of a weight.
        power_w: watts while it runs, for the energy where none was measured; None if not known.
        exponent: how sharp the corner is.
    """

    peak_macs_per_s: float | None = attrs.field(default=None, validator=_amount)
    bandwidth_bytes_per_s: float | None = attrs.field(default=None, validator=_amount)
    overhead_s: float = 0.0
    weight_bits: float = attrs.field(default=16.0, validator=_amount)
    activation_bits: float | None = attrs.field(default=None, validator=_amount)
    power_w: float | None = attrs.field(default=None, validator=_amount)
    exponent: float = attrs.field(default=2.0, validator=[_amount, attrs.validators.ge(1)])

    name = "roofline"
    citation = None
    pooled = True
    requires = frozenset({"shape"})

    def fit(
        self,
        measurements: Sequence[Measurement],
        references: Sequence[Reference] = (),
        networks: Mapping[str, Network] | None = None,
    ) -> FittedModels[RooflineModel]:
        """Fit to measured layers, and to measured networks whose layers are known.

        Raises:
            PredictionError: if too little was measured, and the data sheet does not help.
        """
        fitted = sampled(measurements)
        seen = observations(fitted, references, networks or {})
        latency = self._fitted(known(seen, "latency"), self._datasheet())
        if latency is None:
            raise PredictionError(
                f"roofline: needs peak_macs_per_s and memory bandwidth, or {FEW} measured layers "
                "or networks of known shape"
            )
        energy = self._fitted(known(seen, "energy"), None)
        notes = fit_notes(fitted, measurements)
        if energy is None and self.power_w is not None:
            energy = _times(latency, self.power_w)
            notes += (f"no energy was measured: it is {self.power_w:g} W times the latency",)
        return FittedModels(
            latency=latency, energy=energy, offchip=offchip_share(measurements), notes=notes
        )

    def _datasheet(self) -> RooflineModel | None:
        if self.peak_macs_per_s is None or self.bandwidth_bytes_per_s is None:
            return None
        return self._model(
            1 / self.peak_macs_per_s, 1 / self.bandwidth_bytes_per_s, self.overhead_s
        )

    def _model(self, per_mac: float, per_byte: float, constant: float) -> RooflineModel:
        activation_bits = self.activation_bits or self.weight_bits
        bits = (self.weight_bits / 8, activation_bits / 8)
        return RooflineModel(per_mac, per_byte, constant, self.exponent, *bits)

    def _fitted(self, rows: Sequence[Known], start: RooflineModel | None) -> RooflineModel | None:
        if len(rows) < FEW:
            if start is None or not rows:
                return start
            ratios = [math.log(value / _total(start, row)) for row, value in rows]
            return _times(start, math.exp(fmean(ratios)))
        # The formula is homogeneous in rate and bandwidth, so that a step of Gauss and Newton is
        # a fit of its slopes.
        model = self._model(1.0, 1.0, 0.0)
        works = [_work(model, row) for row in rows]
        for _ in range(1 + ROUNDS):
            model = self._model(*robust.fit(_columns(model, works)))
        return model


def _times(model: RooflineModel, factor: float) -> RooflineModel:
    return attrs.evolve(
        model,
        per_mac=model.per_mac * factor,
        per_byte=model.per_byte * factor,
        constant=model.constant * factor,
    )


def _total(model: RooflineModel, row: Observation) -> float:
    return sum(count * model.value(part, row.batch) for part, count in row.parts)


class _Work(NamedTuple):
    """What was measured: the quantity, and of each layer how often, MACs and bytes of a batch."""

    value: float
    parts: Sequence[tuple[int, int, float]]


def _work(model: RooflineModel, known: Known) -> _Work:
    row, value = known
    parts = [
        (count, part.macs * row.batch, model.moved(part, row.batch)) for part, count in row.parts
    ]
    return _Work(value, parts)


def _columns(model: RooflineModel, works: Sequence[_Work]) -> list[list[float]]:
    """Return what each of the three numbers stands before, as a share of the quantity."""
    columns: list[list[float]] = [[], [], []]
    for value, parts in works:
        macs = size = layers = 0.0
        for count, computed, moved in parts:
            by_macs, by_size = model.slopes(computed, moved)
            macs += count * by_macs
            size += count * by_size
            layers += count
        for column, each in zip(columns, (macs, size, layers), strict=True):
            column.append(each / value)
    return columns
