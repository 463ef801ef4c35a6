"""The predictors of an accelerator in one configuration, each fitted when it is first needed."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, NamedTuple

from fodlam_core.errors import PredictionError, Setting
from fodlam_core.estimates.figures import NO_ENDS, Ends, times
from fodlam_core.estimates.predictor_choice import modest, predictor_for
from fodlam_core.model.value import Same
from fodlam_core.predictors import levels
from fodlam_core.predictors.rows import one_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.model.costs import Cost, Measurement
    from fodlam_core.model.layers import Layer
    from fodlam_core.predictors import FittedPredictor, Predictor
    from fodlam_core.validation.intervals import IntervalRule

# A form that was never measured widens an interval as a size four times out of range does.
NEVER_MEASURED = 4.0
NOTHING = frozenset[str]()
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


class Kept(NamedTuple):
    """What is learned of an accelerator, which no network, batch or technology changes.

    Attributes:
        fits: fitted predictors, filled when first needed.
        rules: rules of intervals by fit and by what is not known of a layer, likewise.
        calibrations: rows to fit to by kind of layer, likewise.
        refusals: why a predictor cannot be fitted, likewise.
    """

    fits: dict[Fit, FittedPredictor]
    rules: dict[tuple[Fit, frozenset[str]], IntervalRule | None]
    calibrations: dict[str | None, Rows]
    refusals: dict[Fit, PredictionError]


@functools.lru_cache(maxsize=64)
def _kept(_chip: Same, *, printed: bool) -> Kept:  # noqa: ARG001, by which they are kept
    return Kept(fits={}, rules={}, calibrations={}, refusals={})


class Fitting:
    """What the predictors of an accelerator are fitted to, and what they predict.

    Attributes:
        accelerator: the accelerator.
        asked: the predictor that the configuration names; None: the first that a layer suits.
        printed: whether costs are taken as printed, for whatever batch they were measured at.
        fits: the fitted predictors in use.
        rules: the rules of intervals in use, by fit and by what is not known of a layer.
    """

    def __init__(self, accelerator: Accelerator, asked: str | None, *, printed: bool) -> None:
        """Take what the configuration says of the predictors."""
        self.accelerator, self.asked, self.printed = accelerator, asked, printed
        self.fits: dict[Fit, FittedPredictor] = {}
        self.rules: dict[tuple[Fit, frozenset[str]], IntervalRule | None] = {}
        self._kept = _kept(Same(accelerator), printed=printed)

    def predict(self, layer: Layer, batch: int) -> tuple[Cost, Ends, dict[str, Any]]:
        """Return the cost of a layer, as one inference of a batch, where it may lie, and whence.

        Raises:
            PredictionError: if the chip or its predictor refuses the layer.
        """
        predictor = predictor_for(layer, self.accelerator, self.asked, printed=self.printed)
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
            ends = times(ends, scale)
        about = {"batches": batches, "linear": linear, "outside": tuple(outside)}
        return cost, ends, {"predictor": predictor.name, **about}

    def fit_of(self, predictor: str, kind: str) -> FitRows:
        """Return what a predictor was fitted to for layers of a kind, and the fit."""
        pooled = getattr(self.accelerator.predictor(predictor), "pooled", False)
        key = predictor, None if pooled else kind
        return FitRows(self.fits.get(key), self._fitted_rows(key[1]))

    def overhead(self, batch: int) -> dict[str, Cost]:
        """Return, by predictor, the cost of one inference of a batch that belongs to no layer."""
        costs = {}
        for (name, _), fitted in self.fits.items():
            tell = levels.method(fitted, "overhead")
            cost: Cost | None = tell(batch) if tell else None
            if cost is not None:
                costs[name] = cost if batch == 1 else cost * (1 / batch)
        return costs

    def beside_layers(self, predictor: str, native: Cost) -> Ends:
        """Return where a cost that a predictor tells of no layer may lie."""
        fit = predictor, None
        rule = next((rule for (key, _), rule in self.rules.items() if key == fit), None)
        if rule is None or rule.told:
            return NO_ENDS
        total = rule.for_totals
        return rule.beside_layers(native), total.beside_layers(native) if total else None

    def notes(self) -> Iterator[str]:
        """Yield what the intervals of its predictions rest on."""
        for ((_, fitted_kind), hidden), rule in self.rules.items():
            kind = fitted_kind or "layer"
            if rule is None:
                yield f"predicted {kind} costs carry no interval, with nothing to hold out"
                continue
            if rule.told:
                yield f"intervals of predicted {kind} costs are those of a prior"
            else:
                without = f", with {', '.join(sorted(hidden))} unknown" if hidden else ""
                yield (
                    f"intervals of predicted {kind} costs are 90 % prediction intervals, "
                    f"by the residuals of {rule.scheme}{without}"
                )
            yield rule.about_totals
            yield from rule.notes

    @staticmethod
    def _key(predictor: Predictor, kind: str) -> Fit:
        return predictor.name, None if getattr(predictor, "pooled", False) else kind

    def _fit_for(self, key: Fit, predictor: Predictor, layer: Layer) -> FittedPredictor:
        """Return the fit for a layer; if there is none, every layer fails at once."""
        fits, refusals = self._kept.fits, self._kept.refusals
        if key not in refusals:
            try:
                if key not in fits:
                    fits[key] = self._fit(predictor, key[1])
                return fits[key]
            except PredictionError as error:
                other = modest(self.accelerator, predictor) if self._fitted_rows(key[1]) else ()
                cure: tuple[str | Setting, ...] = ("write ", *other) if other else ()
                refusals[key] = PredictionError(error, cure=cure)
        refusal = refusals[key]
        raise PredictionError(refusal, where=f"{layer.name} cannot be predicted") from refusal

    def _fit(self, predictor: Predictor, kind: str | None) -> FittedPredictor:
        rows, accelerator = self._fitted_rows(kind), self.accelerator
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
        calibrations = self._kept.calibrations
        if kind not in calibrations:
            calibrations[kind] = Rows.of(self.accelerator, kind)
        return calibrations[kind]

    def _fitted_rows(self, kind: str | None) -> Sequence[Measurement]:
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
            rules = self._kept.rules
            if (key, hide) not in rules:
                rules[key, hide] = self._learned(key[1], predictor, fitted, hide)
            self.rules[key, hide] = rules[key, hide]
        return self.rules[key, hide]

    def _learned(
        self,
        kind: str | None,
        predictor: Predictor,
        fitted: FittedPredictor,
        hide: frozenset[str],
    ) -> IntervalRule | None:
        # Imported and computed only where something is predicted.
        from fodlam_core.validation.intervals import interval_rule, pooled_interval_rule

        if kind is None:
            return pooled_interval_rule(predictor, fitted, self.accelerator)
        return interval_rule(predictor, fitted, self._fitted_rows(kind), hide)
