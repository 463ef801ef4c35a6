"""An accelerator made ready for one configuration: options, table, fits, factors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from fodlam_core.config import AcceleratorConfig, Config
from fodlam_core.errors import ConfigError, PredictionError, Setting
from fodlam_core.estimates.figures import Basis
from fodlam_core.estimates.predictor_choice import modest, predictor_for
from fodlam_core.estimates.scaling import scaling
from fodlam_core.model.quantities import METRICS
from fodlam_core.named_tuple import NamedTuple
from fodlam_core.plugins.guards import guarded_accelerator
from fodlam_core.predictors import FittedPredictor, Predictor, levels
from fodlam_core.predictors.rows import one_row
from fodlam_core.schema.structure import checked_options

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.model.costs import Cost, Measurement
    from fodlam_core.model.layers import Layer
    from fodlam_core.model.quantities import Interval
    from fodlam_core.model.technology import ScalingFactors, Technology
    from fodlam_core.plugins import Plugin
    from fodlam_core.plugins.registry import Registry
    from fodlam_core.validation.intervals import IntervalRule

# A form that was never measured widens an interval as a size four times out of range does.
NEVER_MEASURED = 4.0
AS_IT_IS = [1.0] * len(METRICS)
NOTHING = frozenset[str]()
# Where a cost may lie, by itself and as a part of a total; None if not known.
Ends = tuple["Interval | None", "Interval | None"]
NO_ENDS = (None, None)
# What a predictor is fitted to: its name, and the kind of layer, None for all kinds.
Fit = tuple[str, str | None]


class FitRows(NamedTuple):
    """A fitted predictor, and the rows that it was fitted to."""

    fit: FittedPredictor | None
    rows: Sequence[Measurement]


class Rows(NamedTuple):
    """The rows that predictors of a kind of layer may be fitted to.

    Attributes:
        measurements: the rows.
        batches: their batches, each once, in order.
        powers: the least and the greatest of their powers; None if none is known.
    """

    measurements: Sequence[Measurement]
    batches: tuple[int, ...]
    powers: tuple[float, float] | None

    @classmethod
    def of(cls, accelerator: Accelerator, kind: str | None) -> Rows:
        """Return the rows of a kind; of all kinds for None."""
        found = accelerator.pooled_calibration() if kind is None else accelerator.calibration(kind)
        powers = [row.power_w for row in found if row.power_w and row.latency_s]
        return cls(
            found,
            tuple(sorted({row.batch for row in found})),
            (min(powers), max(powers)) if powers else None,
        )


class Platform(NamedTuple):
    """An accelerator as one configuration uses it.

    Attributes:
        accelerator: the accelerator, its options applied.
        plugin: what supplied it, to be named in errors.
        scaler: the name of the scaling rule; None where nothing is scaled.
        source: its own technology point; None if not known.
        target: the technology point that is asked about; None likewise.
        factors: what carries its costs there.
        printed: whether costs are taken as printed, for whatever batch they were measured at.
        predictor: the predictor that the configuration names; None: the first that a layer suits.
        rows: its published table by network and layer, each in the order of batches.
        fits: fitted predictors, filled when first needed.
        rules: rules of intervals by fit and by what is not known of a layer, likewise.
        calibrations: rows to fit to by kind of layer, likewise.
        refusals: why a predictor cannot be fitted, likewise.
        whole: whether its published cost of the whole network is the total.
    """

    accelerator: Accelerator
    plugin: Plugin
    scaler: str | None
    source: Technology | None
    target: Technology | None
    factors: ScalingFactors
    printed: bool
    predictor: str | None
    rows: Mapping[tuple[str, str], Sequence[Measurement]]
    fits: dict[Fit, FittedPredictor]
    rules: dict[tuple[Fit, frozenset[str]], IntervalRule | None]
    calibrations: dict[str | None, Rows]
    refusals: dict[Fit, PredictionError]
    whole: bool = False

    @property
    def is_scaled(self) -> bool:
        """Whether a rule carries its costs to another technology point."""
        return self.source != self.target

    @property
    def area_mm2(self) -> float | None:
        """Area at the target; None if the area, or its factor, is not known."""
        area, factor = self.accelerator.area_mm2, self.factors.area
        return area * factor if area is not None and factor is not None else None

    def measurement(
        self, network: str | None, layer: Layer, batch: int | str = 1
    ) -> Measurement | None:
        """Return the published row of a layer, if network, layer, kind and MACs agree with it.

        Of several batches the one asked for, else the largest below it, else the smallest. But the
        next larger one where filling a batch up costs less.
        """
        rows = self._rows_of(network, layer)
        if not rows or not isinstance(batch, int):
            return rows[0] if rows else None
        below = [row for row in rows if row.batch <= batch]
        if not below:
            return rows[0]
        above = rows[len(below) : len(below) + 1]
        return above[0] if above and _is_less(above[0], below[-1], batch) else below[-1]

    def _rows_of(self, network: str | None, layer: Layer) -> list[Measurement]:
        rows = self.rows.get((network, layer.key), ()) if network else ()
        return [row for row in rows if (row.layer.macs, row.layer.kind) == (layer.macs, layer.kind)]

    def published(
        self, network: str | None, layer: Layer, row: Measurement, batch: int | str = "published"
    ) -> Basis:
        """Return the basis of a layer that was measured.

        Args:
            network: the network that the row is of.
            layer: the layer.
            row: the row.
            batch: the inferences that share a run; where the row is of more of them, and another
                of fewer, the run is filled up. By default those of the row.
        """
        rows = self._rows_of(network, layer)
        shared_by = 1 if self.printed else row.batch
        if isinstance(batch, int) and rows[0].batch <= batch < row.batch:
            shared_by = batch
        taken = row if row.batch == shared_by else attrs.evolve(row, batch=shared_by)
        return self._basis(
            taken.cost,
            (taken.interval, taken.interval),
            method="published",
            predictor=None,
            batches=(row.batch,),
            measurement=row,
            linear=len(rows) == 1,
            shared_by=shared_by,
        )

    def predicted(self, layer: Layer, batch: int) -> Basis:
        """Return the basis of a layer that nobody measured, as one inference of a batch.

        Raises:
            PredictionError: if the chip or its predictor refuses the layer.
        """
        predictor = predictor_for(layer, self.accelerator, self.predictor, printed=self.printed)
        key = self._key(predictor, layer.kind)
        if key not in self.fits:
            self.fits[key] = self._fit_for(key, predictor, layer)
        fitted = self.fits[key]
        # What runs row by row is asked for one row of one inference: the others cost the same.
        by_rows = self.accelerator.row_by_row
        item, rows = one_row(layer) if by_rows else (layer, 1)
        asked = 1 if by_rows else batch
        cost = levels.predict(fitted, item, asked)
        scale = rows / asked
        linear = by_rows or levels.is_linear(fitted)
        batches = self.calibration(key[1]).batches
        rule = self._rule(key, predictor, fitted, layer)
        outside: dict[str, float] = {}
        ends: Ends = NO_ENDS
        if rule is not None:
            outside = rule.outside(item)
            told = levels.method(fitted, "outside")
            outside |= dict.fromkeys(told(item) if told else (), NEVER_MEASURED)
            beyond = batch / max(batches, default=batch)
            if linear and not by_rows and beyond > 1:
                outside["batch"] = beyond
            ends = rule.intervals(item, fitted, cost, asked, outside)
        if scale != 1:
            cost *= scale
            ends = _times(ends, scale)
        return self._basis(
            cost,
            ends,
            method="predicted",
            predictor=predictor.name,
            batches=batches,
            linear=linear,
            outside=tuple(outside),
        )

    def fit_of(self, predictor: str, kind: str) -> FitRows:
        """Return what a predictor was fitted to for layers of a kind, and the fit."""
        pooled = getattr(self.accelerator.predictor(predictor), "pooled", False)
        key = predictor, None if pooled else kind
        return FitRows(self.fits.get(key), self._calibration(key[1]))

    def overhead(self, batch: int) -> dict[str, Cost]:
        """Return, by predictor, the cost of one inference of a batch that belongs to no layer."""
        costs = {}
        for (name, _), fitted in self.fits.items():
            tell = levels.method(fitted, "overhead")
            cost: Cost | None = tell(batch) if tell else None
            if cost is not None:
                costs[name] = cost if batch == 1 else cost * (1 / batch)
        return costs

    def scaled(self, predictor: str, native: Cost) -> Basis:
        """Return the basis of a predicted cost that belongs to no layer."""
        fit = predictor, None
        rule = next((rule for (key, _), rule in self.rules.items() if key == fit), None)
        ends: Ends = NO_ENDS
        if rule is not None and not rule.told:
            total = rule.for_totals
            ends = rule.beside_layers(native), total.beside_layers(native) if total else None
        return self.beside(predictor, native, ends)

    def beside(self, predictor: str, native: Cost, ends: Ends) -> Basis:
        """Return the basis of a predicted cost that belongs to no layer, of known intervals."""
        return self._basis(
            native, ends, method="predicted", predictor=predictor, batches=(), linear=False
        )

    @staticmethod
    def _key(predictor: Predictor, kind: str) -> Fit:
        return predictor.name, None if getattr(predictor, "pooled", False) else kind

    def _fit_for(self, key: Fit, predictor: Predictor, layer: Layer) -> FittedPredictor:
        """Return the fit for a layer; where there is none, every layer is told so at once."""
        if key not in self.refusals:
            try:
                return self._fit(predictor, key[1])
            except PredictionError as error:
                other = modest(self.accelerator, predictor) if self._calibration(key[1]) else ()
                cure: tuple[str | Setting, ...] = ("write ", *other) if other else ()
                self.refusals[key] = PredictionError(error, cure=cure)
        refusal = self.refusals[key]
        raise PredictionError(refusal, where=f"{layer.name} cannot be predicted") from refusal

    def _fit(self, predictor: Predictor, kind: str | None) -> FittedPredictor:
        rows, accelerator = self._calibration(kind), self.accelerator
        if kind is not None:
            return levels.fit(predictor, rows)
        stored = None if self.printed else accelerator.fits.get(predictor.name)
        fitted = levels.restore(predictor, stored, rows) if stored else None
        if fitted is not None:
            return fitted
        references = [each for each in accelerator.references if each.calibration]
        return levels.fit(predictor, rows, references, accelerator.networks)

    def calibration(self, kind: str | None) -> Rows:
        """Return the rows that predictors of a kind, None for all, may be fitted to."""
        if kind not in self.calibrations:
            self.calibrations[kind] = Rows.of(self.accelerator, kind)
        return self.calibrations[kind]

    def _calibration(self, kind: str | None) -> Sequence[Measurement]:
        rows = self.calibration(kind).measurements
        return [row.as_printed() for row in rows] if self.printed else rows

    def _rule(
        self, key: Fit, predictor: Predictor, fitted: FittedPredictor, layer: Layer
    ) -> IntervalRule | None:
        optional: Iterable[tuple[str, str]] = getattr(predictor, "optional", ())
        hide = NOTHING
        if optional:
            hide = frozenset(field for field, _ in optional if getattr(layer, field) is None)
        if (key, hide) not in self.rules:
            # Imported and computed only where something is predicted.
            from fodlam_core.validation.intervals import interval_rule, pooled_interval_rule

            if key[1] is None:
                rule = pooled_interval_rule(predictor, fitted, self.accelerator)
            else:
                rule = interval_rule(predictor, fitted, self._calibration(key[1]), hide)
            self.rules[key, hide] = rule
        return self.rules[key, hide]

    def _basis(self, native: Cost, ends: Ends, **rest: Any) -> Basis:
        """Return a basis with the intervals of its native cost, scaled as that is.

        Args:
            native: the cost before scaling.
            ends: where it may lie, by itself and as a part of a total.
            rest: further fields of the basis.
        """
        amounts = native.carried(self.factors)
        if ends != NO_ENDS:
            factors = [
                after / before
                if metric.fixed and before and after is not None
                else metric.factor_of(self.factors)
                for metric, before, after in zip(METRICS, native.amounts, amounts, strict=True)
            ]
            if factors != AS_IT_IS:
                ends = _times(ends, *factors)
        return Basis(
            accelerator=self.accelerator.name,
            native=native,
            amounts=amounts,
            factors=self.factors,
            citation=self.accelerator.citation,
            interval=ends[0],
            part=ends[1],
            **rest,
        )


def _times(ends: Ends, *factors: float) -> Ends:
    """Return intervals of a cost that is so many times as great; the factors are by metric."""
    own, part = ends
    return own and own.times(*factors), part and part.times(*factors)


def _is_less(larger: Measurement, smaller: Measurement, batch: int) -> bool:
    """Tell whether a measured batch costs less than a smaller one as often as makes a batch."""
    runs = batch / smaller.batch
    pairs = zip(larger.amounts, smaller.amounts, strict=True)
    return next((one < runs * other for one, other in pairs if one and other), False)


def settings_of(name: str, config: Config, registry: Registry) -> AcceleratorConfig:
    """Return the table of an accelerator, be it written under its name or under an alias."""
    for written, settings in config.accelerator.items():
        if registry.full_name("accelerator", written) == name:
            return settings
    return AcceleratorConfig()


def _without_old_fits(before: Accelerator, after: Accelerator) -> Accelerator:
    """Return an accelerator without the fits that were made of other rows."""
    rows = (before.measurements, before.references) == (after.measurements, after.references)
    return after if rows or not after.fits else attrs.evolve(after, fits={}, cross_validated={})


def platform(accelerator: Accelerator, config: Config, registry: Registry) -> Platform:
    """Make an accelerator ready for a configuration.

    Raises:
        FodlamError: if its options or its technology point do not fit.
    """
    name = accelerator.name
    plugin = registry.provider_of(name).alone()
    accelerator = guarded_accelerator(accelerator, plugin)
    settings = settings_of(name, config, registry)
    path = ("accelerator", name)
    if accelerator.options:
        accelerator = _without_old_fits(
            accelerator,
            accelerator.configure(checked_options(settings.options, accelerator.options, path)),
        )
    elif settings.options:
        raise ConfigError([f"[{'.'.join(path)}]: {name} has no options"])
    rows: dict[tuple[str, str], list[Measurement]] = {}
    for row in accelerator.measurements:
        rows.setdefault((row.network, row.layer.key), []).append(row)
    for each in rows.values():
        if len(each) > 1:
            each.sort(key=lambda row: row.batch)
    route = scaling(accelerator, settings, config.technology, registry)
    return Platform(
        accelerator,
        plugin,
        *route,
        printed=config.network.batch == "published",
        predictor=settings.predictor,
        rows=rows,
        fits={},
        rules={},
        calibrations={},
        refusals={},
        whole=accelerator.references_only,
    )
