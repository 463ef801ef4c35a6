"""Intervals of predicted costs, from what cross-validation missed by.

A 90 % prediction interval is meant to contain the truth nine times out of ten for a layer of a
network that nobody measured. So the residuals are those of leaving one network out, where there
are several networks (else one block, else one layer), and the predictor is not told more of a
held-out layer than it knows of the layer that is asked about. How wide they are is in
`fodlam_core.validation.half_widths`.
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from fodlam_core.model.quantities import Interval
from fodlam_core.predictors import FittedPredictor, Predictor, levels
from fodlam_core.predictors.sizes import sizes
from fodlam_core.validation.by_kind import kind_notes, kind_of
from fodlam_core.validation.folds import SCHEMES
from fodlam_core.validation.half_widths import LEAST_NETWORKS, of_layers, of_totals
from fodlam_core.validation.held_out import (
    HeldOut,
    alternatives,
    cross_validate,
    looked_at,
    notes,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.model.costs import Cost, Measurement
    from fodlam_core.model.layers import Layer
    from fodlam_core.model.stored_fit import CrossValidated
    from fodlam_core.validation.half_widths import Halves

# An interval that reaches a hundred orders of magnitude up and down says nothing of a cost.
MOST_HALF_WIDTH = 100 * math.log(10)
# An error from fewer groups is called one of few.
FEW_GROUPS = 5


class IntervalRule(NamedTuple):
    """What turns a predicted cost into an interval.

    Attributes:
        latency: half-width of the logarithm of a latency, within the measured range; None if no
            latency was measured.
        energy: the same for energy.
        ranges: least and greatest of each size of the measured layers.
        scheme: the scheme of cross-validation behind the half-widths.
        notes: what a reader must know of them.
        told: whether the fitted predictor tells the ends itself, by its method ``bounds``.
        totals: half-widths of the totals of networks, from those of networks that were held out;
            None where fewer than `LEAST_NETWORKS` were measured.
        networks: number of networks that layers were measured of; 0 if shapes were held out.
        kinds: half-widths of the layers of a kind, by its name; of others they are those of all.
    """

    latency: float | None
    energy: float | None
    ranges: Mapping[str, tuple[float, float]]
    scheme: str
    notes: tuple[str, ...]
    told: bool = False
    totals: Halves | None = None
    networks: int = 0
    kinds: Mapping[str, Halves] = {}

    @property
    def about_totals(self) -> str:
        """What a total's interval is made of, as a sentence."""
        if self.totals is not None:
            return "totals have their own intervals, from the totals of held-out networks"
        if 0 < self.networks < LEAST_NETWORKS:
            which = "one network was" if self.networks == 1 else f"{self.networks} networks were"
            return (
                f"totals add the ends of layers, since {which} measured; without further "
                f"assumptions no interval can guarantee more than "
                f"{self.networks} in {self.networks + 1} for a new network"
            )
        return "totals add the ends of layers: no totals of networks were held out"

    @property
    def for_totals(self) -> IntervalRule | None:
        """The rule for a layer's part of a total; None if the ends of layers have to be added."""
        if self.totals is None:
            return None
        return self._replace(latency=self.totals[0], energy=self.totals[1])

    def interval(
        self,
        layer: Layer,
        fitted: FittedPredictor,
        cost: Cost,
        batch: int = 1,
        outside: Mapping[str, float] | None = None,
    ) -> Interval | None:
        """Return the interval of a predicted cost; None if the layer is too far off for one.

        It reaches from the least to the greatest prediction of all fits that are as good, and
        beyond by the half-width, which is multiplied by 1 + log2 of the factor by which the
        layer's farthest size lies outside the measured range. It does not reach below what the
        fitted predictor says is the fastest that the chip can be.

        Args:
            layer: the layer.
            fitted: the fitted predictor.
            cost: what it predicts for the batch.
            batch: the inferences that the cost is for.
            outside: sizes outside the measured range, each with its factor; None: those of the
                layer.
        """
        return self.intervals(layer, fitted, cost, batch, outside)[0]

    def intervals(
        self,
        layer: Layer,
        fitted: FittedPredictor,
        cost: Cost,
        batch: int = 1,
        outside: Mapping[str, float] | None = None,
    ) -> tuple[Interval | None, Interval | None]:
        """Return the `interval` of a predicted cost, and that of the layer's part of a total.

        The second is None if the ends of layers have to be added.
        """
        fastest = levels.method(fitted, "fastest")
        least = fastest(layer, batch) if fastest and cost.latency_s is not None else 0.0
        bounds = levels.method(fitted, "bounds") if self.told else None
        if bounds is not None:
            low, high = bounds(layer, batch)
            told = Interval((low.latency_s, high.latency_s), (low.energy_j, high.energy_j))
            return _possible(told, cost, least), None
        outside = self.outside(layer) if outside is None else outside
        stretch = 1 + max((math.log2(factor) for factor in outside.values()), default=0)
        costs = [cost, *(levels.predict(each, layer, batch) for each in alternatives(fitted))]
        halves = (self.latency, self.energy)
        if self.kinds:
            halves = self.kinds.get(kind_of(layer), halves)
        own = _interval(costs, halves, stretch)
        part = None if self.totals is None else _interval(costs, self.totals, stretch)
        return own and _possible(own, cost, least), part and _possible(part, cost, least)

    def beside_layers(self, cost: Cost) -> Interval:
        """Return the interval of what a run costs besides its layers: that of a layer in range."""
        return Interval(
            _around([cost.latency_s], self.latency, 1.0), _around([cost.energy_j], self.energy, 1.0)
        )

    def outside(self, layer: Layer) -> dict[str, float]:
        """Return the sizes of a layer outside the measured range, each with the factor, over 1."""
        factors, known = {}, sizes(layer)
        if self.ranges.keys().isdisjoint(known):  # the shape of one or the other is not known
            known = {"MACs": layer.macs} if layer.macs else {}
        for name, size in known.items():
            if name in self.ranges:
                low, high = self.ranges[name]
                factor = low / size if size < low else size / high
                if factor > 1:
                    factors[name] = factor
        return factors


def interval_rule(
    predictor: Predictor,
    fitted: FittedPredictor,
    measurements: Sequence[Measurement],
    hide: frozenset[str] = frozenset(),
) -> IntervalRule | None:
    """Return the rule for a predictor.

    None if nothing can be held out to learn it from, or if a held-out layer was predicted to cost
    nothing, which no factor makes good.

    Args:
        predictor: the predictor.
        fitted: the same, fitted to all measurements.
        measurements: measurements of one kind of layer.
        hide: optional fields of `Layer` that are not known of the layers to be predicted.
    """
    networks = len({row.network for row in measurements})
    if measurements and levels.method(fitted, "bounds"):
        every = (*_few(measurements), *notes(predictor), *notes(fitted))
        return IntervalRule(
            latency=None,
            energy=None,
            ranges=_ranges(measurements),
            scheme="prior",
            notes=every,
            told=True,
            networks=networks,
        )
    for scheme in SCHEMES if measurements else ():
        folds = cross_validate(predictor, measurements, scheme, hide)
        layers = [each for fold in folds for each in fold.layers]
        held = sum(len(fold.fold.held) for fold in folds)
        if layers and len(layers) == held:
            if not all(map(_positive, layers)):
                return None
            # A sample has parts of networks, whose sums are not totals.
            whole = scheme == next(iter(SCHEMES)) and held == len(measurements)
            open_ends = [
                f"without {fold.fold.held_out}, {note}" for fold in folds for note in fold.notes
            ]
            return IntervalRule(
                latency=of_layers(layers, "latency_s"),
                energy=of_layers(layers, "energy_j"),
                ranges=_ranges(measurements),
                scheme=scheme,
                notes=tuple(
                    dict.fromkeys(
                        [
                            *_few(measurements),
                            *looked_at(folds, len(measurements)),
                            *notes(predictor),
                            *notes(fitted),
                            *open_ends,
                        ]
                    )
                ),
                totals=of_totals(layers) if whole else None,
                networks=networks,
            )
    return None


def pooled_interval_rule(
    predictor: Predictor, fitted: FittedPredictor, accelerator: Accelerator
) -> IntervalRule | None:
    """Return the rule for a predictor that is fitted to all that a chip has measured.

    Its half-widths are those that came with the chip, where it brings them, else they are computed
    from what is held out here. None if nothing can be held out.
    """
    known = accelerator.cross_validated.get(predictor.name)
    sample: tuple[str, ...] = ()
    if known is None:
        from fodlam_core.validation.errors import cross_validated
        from fodlam_core.validation.pooled import hold_out

        held = hold_out(predictor, accelerator)
        known, sample = (cross_validated(held), held.notes) if held else ({}, ())
    if not known:
        return None
    first = next(iter(known.values()))
    few = [f"its error rests on {first.groups} groups only"] if first.groups < FEW_GROUPS else []
    latency, energy = (_half_widths(known.get(each)) for each in ("latency", "energy"))
    return IntervalRule(
        latency=latency.get(""),
        energy=energy.get(""),
        ranges=pooled_ranges(predictor.name, accelerator),
        scheme=f"{first.scheme} ({first.groups} groups)",
        notes=tuple(
            dict.fromkeys([*few, *sample, *kind_notes(known), *notes(predictor), *notes(fitted)])
        ),
        totals=_stored_totals(known, accelerator),
        kinds={
            kind: (latency.get(kind, latency.get("")), energy.get(kind, energy.get("")))
            for kind in (latency | energy)
            if kind
        },
    )


def _half_widths(known: CrossValidated | None) -> dict[str, float]:
    """Return the half-width of all layers under an empty name, and those of kinds."""
    if known is None:
        return {}
    return {"": known.half_width} | {kind: own.half_width for kind, own in known.kinds.items()}


def pooled_ranges(predictor: str, accelerator: Accelerator) -> Mapping[str, tuple[float, float]]:
    """Return least and greatest of each size of all that a chip has measured."""
    if predictor in accelerator.fits:
        return accelerator.fits[predictor].ranges
    layers = [row.layer for row in accelerator.pooled_calibration()]
    for reference in accelerator.references:
        network = accelerator.networks.get(reference.network)
        layers += network.layers if network else ()
    return _ranges_of(layers)


def _stored_totals(known: Mapping[str, CrossValidated], accelerator: Accelerator) -> Halves | None:
    """Return the half-widths of totals: of a chip known by whole networks, every error is one."""
    if next(iter(known.values())).groups < LEAST_NETWORKS:
        return None
    latency, energy = (
        found and (found.half_width if accelerator.fitted_to_networks else found.total_half_width)
        for found in (known.get("latency"), known.get("energy"))
    )
    return None if latency is energy is None else (latency, energy)


def _few(measurements: Sequence[Measurement]) -> Iterator[str]:
    if len({row.network for row in measurements}) == 1:
        yield "only one network was measured, so the error for other networks is not known"


def _positive(each: HeldOut) -> bool:
    costs = (each.predicted, *each.alternatives)
    return all(value != 0 for cost in costs for value in (cost.latency_s, cost.energy_j))


def _ranges(measurements: Sequence[Measurement]) -> dict[str, tuple[float, float]]:
    return _ranges_of([row.layer for row in measurements])


def _ranges_of(layers: Iterable[Layer]) -> dict[str, tuple[float, float]]:
    values: defaultdict[str, list[float]] = defaultdict(list)
    for layer in layers:
        for name, size in sizes(layer).items():
            values[name].append(size)
        values["MACs"].append(layer.macs)
    return {name: (min(every), max(every)) for name, every in values.items()}


def _interval(costs: Sequence[Cost], halves: Halves, stretch: float) -> Interval | None:
    """Return the interval around predictions that are as good; None if it would say nothing."""
    latency, energy = halves
    if stretch * max(latency or 0.0, energy or 0.0) > MOST_HALF_WIDTH:
        return None
    return Interval(
        _around([each.latency_s for each in costs], latency, stretch),
        _around([each.energy_j for each in costs], energy, stretch),
    )


def _possible(interval: Interval, cost: Cost, fastest: float) -> Interval:
    """Return an interval without latencies that the chip cannot have.

    Args:
        interval: the interval.
        cost: what is predicted.
        fastest: the seconds that the chip takes at the least; 0 if not known.
    """
    if not fastest or interval.latency_s is None or cost.latency_s is None:
        return interval
    low, high = interval.latency_s
    return interval._replace(latency_s=(max(low, min(fastest, cost.latency_s)), high))


def _around(
    values: Sequence[float | None], half_width: float | None, stretch: float
) -> tuple[float, float] | None:
    if half_width is None:
        return None
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return None
    factor = math.exp(half_width * stretch)
    return min(known) / factor, max(known) * factor
