"""Row-stationary roofline: compute or partial-sum traffic, whichever is slower, plus bytes.

Wide maps leave little of the global buffer for input channels, so few of them are accumulated
inside the array in one pass, and the traffic of partial sums to the buffer sets the pace::

    latency = k1 max(compute, partial sums) + k2 bytes          k1, k2 >= 0
    energy  = p0 latency + a (MACs whose activation is not zero)        p0, a >= 0

Both pairs are fitted by least squares of relative errors. Zero activations matter because
Eyeriss gates their MACs (Chen et al., IEEE JSSC 52(1), 2017).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import attrs

from fodlam_core.errors import PredictionError
from fodlam_core.model.costs import Cost
from fodlam_core.model.shapes import ConvShape
from fodlam_core.predictors.least_squares import non_negative
from fodlam_core.predictors.pooling import offchip_share
from fodlam_core.report.units import quantity
from fodlam_eyeriss.microarchitecture import (
    COLUMNS,
    IFMAP_SCRATCHPAD_WORDS,
    ROWS,
    SETUP_S,
    Work,
    most_channels,
    work,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fodlam_core.model.costs import Measurement
    from fodlam_core.model.layers import Layer

FORM = (
    "the form of this predictor was found with all measured layers known, which "
    "cross-validation does not undo"
)
# Candidates for the number of channels times the output width that one pass has room for.
ROOMS = (14.0, 20.0, 28.0, 40.0, 56.0, 80.0, 112.0, 160.0, 224.0, 320.0, 448.0, math.inf)


class FittedRowStationary(NamedTuple):
    """What the measured layers tell.

    Attributes:
        room: channels times output width of one pass; None: as much as the array's width gives.
        time: k1, without unit, and k2, in seconds per byte.
        power: p0 in watts and a in joules per MAC whose activation is not zero.
        density: mean share of activations that are not zero, for layers where it is not known.
        offchip: share of the latency spent waiting for off-chip memory.
        alternatives: fits of the same quality with another room.
        notes: what the measured layers leave open.
    """

    room: float | None
    time: tuple[float, float]
    power: tuple[float, float]
    density: float
    offchip: float
    alternatives: tuple[FittedRowStationary, ...] = ()
    notes: tuple[str, ...] = ()

    def predict(self, layer: Layer, batch: int = 1) -> Cost:
        """Return the cost of a batch of images, which share one load of the weights.

        Raises:
            PredictionError: if the shape is not known, or the chip cannot run it.
        """
        one = self._image(layer, batch)
        return one if batch == 1 else one * batch

    def _image(self, layer: Layer, batch: int) -> Cost:
        latency_s = self._image_s(layer, batch)
        density = layer.activation_density
        nonzero_macs = layer.macs * (self.density if density is None else density)
        energy_j = self.power[0] * latency_s + self.power[1] * nonzero_macs
        return Cost(latency_s, energy_j, latency_s * self.offchip)

    def _image_s(self, layer: Layer, batch: int) -> float:
        """Return the seconds of one image of a batch; a first image takes its set-up at least."""
        first = self.latency_s(_work(layer, self.room, 1))
        if first >= SETUP_S:
            return first if batch == 1 else self.latency_s(_work(layer, self.room, batch))
        further = self.latency_s(_work(layer, self.room, math.inf))
        return further + (SETUP_S - further) / batch

    def fastest(self, layer: Layer, batch: int = 1) -> float:
        """Return the seconds of the MACs of a batch on all PEs that its shape allows, or set-up."""
        return max(SETUP_S, batch * _work(layer, self.room, batch).compute_s)

    def affine(self, layer: Layer) -> tuple[Cost, Cost]:
        """Return what a batch costs once, loading the weights, and each image of it."""
        one, two = self.predict(layer, 1), self.predict(layer, 2)
        each = Cost(
            _less(two.latency_s, one.latency_s),
            _less(two.energy_j, one.energy_j),
            two.offchip_latency_s - one.offchip_latency_s,
        )
        fixed = Cost(
            _less(one.latency_s, each.latency_s),
            _less(one.energy_j, each.energy_j),
            max(0.0, one.offchip_latency_s - each.offchip_latency_s),
        )
        return fixed, each

    def explain(self, layer: Layer, batch: int = 1) -> dict[str, str]:
        """Return the formulas of latency and energy of one image with their numbers."""
        first, cost = _work(layer, self.room, 1), self._image(layer, batch)
        each = first if batch == 1 else _work(layer, self.room, batch)
        (k1, k2), (p0, a) = self.time, self.power
        density = self.density if layer.activation_density is None else layer.activation_density
        slower = "compute" if each.compute_s >= each.psum_s else "partial sums"
        pace = quantity(max(each.compute_s, each.psum_s), "s", 6)
        latency, set_up = quantity(cost.latency_s, "s", 6), ""
        if self.latency_s(first) < SETUP_S:
            set_up = f", at least {quantity(SETUP_S, 's')} of set-up for each batch: {latency}"
        return {
            "latency": (
                f"k1 max(compute, partial sums) plus k2 bytes, {slower} being slower: {k1:.6g} x "
                f"{pace} + {quantity(k2, 's/B', 6)} x {quantity(each.bytes, 'B', 6)} = "
                f"{quantity(self.latency_s(each), 's', 6)}{set_up}"
            ),
            "energy": (
                f"p0 latency plus a MACs whose activation is not zero: {quantity(p0, 'W', 6)} x "
                f"{latency} + {quantity(a, 'J/MAC', 6)} x {quantity(layer.macs, 'MAC', 6)} x "
                f"{density:.6g} = {quantity(cost.energy_j, 'J', 6)}"
            ),
        }

    def latency_s(self, work: Work) -> float:
        """Return the seconds that some work takes."""
        return self.time[0] * max(work.compute_s, work.psum_s) + self.time[1] * work.bytes


class RowStationary:
    """The roofline with the channels of a pass fitted: the room that errs least in the fit."""

    name = "row-stationary"
    requires = frozenset({"shape"})
    citation = None  # the form is our own, and rests on the publication of the chip
    optional = (("activation_density", "average-zeros"),)
    notes = (FORM,)
    rooms: tuple[float | None, ...] = ROOMS

    def fit(self, measurements: Sequence[Measurement]) -> FittedRowStationary:
        """Fit times and powers for each room, and take the smallest of the best rooms.

        Raises:
            PredictionError: if no measured layer has its shape.
        """
        known = [row for row in measurements if row.layer.shape and row.latency_s and row.energy_j]
        if not known:
            raise PredictionError(
                f"{self.name}: no measured layer has its shape, its latency and its energy"
            )
        density = _mean_density(known)
        power = _fit_power(known, density)
        offchip = offchip_share(known)
        trials = []
        for room in self.rooms:
            error, time = _fit_time(known, room)
            fitted = FittedRowStationary(
                room=room, time=time, power=power, density=density, offchip=offchip
            )
            trials.append((error, fitted))
        least = min(error for error, _ in trials)
        best, *others = [fitted for error, fitted in trials if error <= least + 1e-9]
        if not others:
            return best
        rooms = [each.room for each in (best, *others)]
        most = "any number of" if rooms[-1] == math.inf else f"{rooms[-1]:g}"
        note = (
            f"channels per pass are not identified: {rooms[0]:g} to {most} channels times output "
            "width fit these layers equally well"
        )
        return best._replace(alternatives=tuple(others), notes=(note,))


class DerivedRowStationary(RowStationary):
    """The roofline with the channels of a pass derived: only times and powers are fitted.

    The array holds q r channels of a map that is as wide as the array (14 columns), and as many
    times fewer as the map is wider. This form was found after all layers had been seen. What
    speaks for it besides the latency is the traffic of the global buffer that Table VI prints,
    which it does not use: 8, 4, 2 and 1 channels for maps of 14, 28, 56 and 112 or more columns.
    """

    name = "row-stationary-derived"
    rooms = (None,)


def _less(more: float | None, part: float | None) -> float:
    return max(0.0, (more or 0.0) - (part or 0.0))


def channels_per_pass(shape: ConvShape, room: float | None) -> float:
    """Return how many input channels are accumulated inside the array in one pass.

    >>> shape = ConvShape.from_input((256, 56, 56), 256, 3, padding=1)
    >>> channels_per_pass(shape, None), channels_per_pass(shape, 224.0)
    (2.0, 4.0)
    """
    most = most_channels(shape)
    space = most * COLUMNS if room is None else room
    return max(1.0, min(space / shape.out_width, most))


def _work(layer: Layer, room: float | None, batch: float) -> Work:
    shape = layer.shape
    if not isinstance(shape, ConvShape):
        raise PredictionError(f"row-stationary: the shape of {layer.name} is not known")
    if shape.transposed or shape.dilation != (1, 1) or _too_large(shape):
        raise PredictionError(
            f"row-stationary: {layer.name} ({shape}) is transposed, dilated, has more than {ROWS} "
            f"filter rows or more than {IFMAP_SCRATCHPAD_WORDS} filter columns, which Eyeriss does "
            "not run; write [accelerator.eyeriss] "
            'predictor = "per-mac"'
        )
    return work(shape, channels_per_pass(shape, room), batch)


def _too_large(shape: ConvShape) -> bool:
    """Tell whether a filter has more rows than the array, or a row does not fit a scratch pad."""
    return shape.kernel[0] > ROWS or shape.kernel[1] > IFMAP_SCRATCHPAD_WORDS


def _fit_time(rows: Sequence[Measurement], room: float | None) -> tuple[float, tuple[float, float]]:
    """Return the mean absolute relative error of the best k1, k2, and these."""
    shares = []
    for row in rows:
        each = _work(row.layer, room, row.batch)
        latency_s = (row.latency_s or 0.0) / row.batch
        shares.append((max(each.compute_s, each.psum_s) / latency_s, each.bytes / latency_s))
    k1, k2 = non_negative(shares)
    return sum(abs(k1 * a + k2 * b - 1) for a, b in shares) / len(shares), (k1, k2)


def _fit_power(rows: Sequence[Measurement], mean_density: float) -> tuple[float, float]:
    shares = []
    for row in rows:
        density = row.layer.activation_density
        nonzero_macs = row.layer.macs * (mean_density if density is None else density)
        latency_s, energy_j, _ = attrs.astuple(row.cost)
        shares.append((latency_s / energy_j, nonzero_macs / energy_j))
    return non_negative(shares)


def _mean_density(rows: Sequence[Measurement]) -> float:
    known = [row.layer.activation_density for row in rows]
    densities = [density for density in known if density is not None]
    return sum(densities) / len(densities) if densities else 1.0
