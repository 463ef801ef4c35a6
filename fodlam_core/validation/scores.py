"""Errors of predictors, one row for each accelerator, kind, predictor, metric and scheme."""

from __future__ import annotations

import math
from operator import itemgetter
from statistics import fmean, median
from typing import TYPE_CHECKING, Any, NamedTuple

from fodlam_core.errors import PluginError
from fodlam_core.model import quantities
from fodlam_core.report.document import Document, table
from fodlam_core.report.frames import Tabular
from fodlam_core.report.units import percent
from fodlam_core.validation.by_kind import KINDS
from fodlam_core.validation.coverage import Covered, coverage
from fodlam_core.validation.errors import rank_correlation
from fodlam_core.validation.folds import SCHEMES
from fodlam_core.validation.held_out import FoldResult, HeldOut, cross_validate, looked_at, notes
from fodlam_core.validation.pooled_scores import PooledResult, pooled_results, stored_results

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.figures.methods import ValidationFigures
    from fodlam_core.model.costs import Cost
    from fodlam_core.model.stored_fit import CrossValidated
    from fodlam_core.predictors import Predictor

FIELDS = {each.name: each.key for each in quantities.COSTS}
METRICS = tuple(FIELDS)
NEAR = 0.1
BY_NETWORKS = "leave-one-network-out"


class Validation(NamedTuple):
    """A predictor, cross-validated by one scheme.

    Attributes:
        accelerator: name of the accelerator.
        kind: name of the layer kind; for a predictor that is fitted to all of them ``"all"``, or
            one of `by_kind.KINDS`.
        predictor: name of the predictor, or of its variant that is not told something.
        scheme: one of `folds.SCHEMES`, or of a pooled predictor that of `pooled`.
        folds: each fold, predicted.
        default: whether a configuration that names no predictor gets it.
        caveats: what a reader must know of the predictor.
        covered: by metric, how many measured values lie in nested intervals.
        failure: the mistake of a plugin for which there are no folds; None if there is none.
        stored: errors that came with the chip, by metric, in place of folds.
        known: how many networks those rest on.
    """

    accelerator: str
    kind: str
    predictor: str
    scheme: str
    folds: tuple[FoldResult, ...]
    default: bool
    caveats: tuple[str, ...] = ()
    failure: str | None = None
    covered: Mapping[str, Covered] = {}
    stored: Mapping[str, CrossValidated] = {}
    known: int = 0

    @property
    def is_part(self) -> bool:
        """Whether its layers are some of those of the row before: of one of `by_kind.KINDS`."""
        return self.kind in KINDS

    def records(self) -> Iterator[dict[str, Any]]:
        """Return the scores for each metric; errors are fractions, None where not known."""
        for metric in METRICS:
            yield self._record(metric)

    def _record(self, metric: str) -> dict[str, Any]:
        found = [
            (abs(wrong), each)
            for fold in self.folds
            for each in fold.layers
            if (wrong := error(each, metric)) is not None
        ]
        known = found if all(fold.layers for fold in self.folds) else []
        errors = [wrong for wrong, _ in known]
        worst, at = max(known, key=itemgetter(0)) if known else (None, None)
        stored = self.stored.get(metric)
        return {
            "accelerator": self.accelerator,
            "kind": self.kind,
            "predictor": self.predictor,
            "metric": metric,
            "scheme": self.scheme,
            "mape": stored.mape if stored else fmean(errors) if errors else None,
            "median": stored.median if stored else median(errors) if errors else None,
            "worst": worst,
            "worst_layer": at.measurement.label if at else None,
            **self._further(metric, known),
            "folds": [_fold(fold, metric) for fold in self.folds],
            "totals": _network_totals(self.folds, metric) if known else {},
            "notes": list(self.notes),
        }

    def _further(self, metric: str, known: Sequence[tuple[float, HeldOut]]) -> dict[str, Any]:
        wrong = [each for each, _ in known]
        covered = self.covered.get(metric) if known else None
        field = FIELDS[metric]
        return {
            "within_10_percent": fmean(each <= NEAR for each in wrong) if wrong else None,
            "rmspe": math.sqrt(fmean(each * each for each in wrong)) if wrong else None,
            "rank_correlation": rank_correlation(
                [getattr(each.predicted, field) for _, each in known],
                [getattr(each.measurement.cost, field) for _, each in known],
            ),
            "coverage": covered.share if covered else None,
            "coverage_of": covered.judged if covered else 0,
            "networks": self.known
            or len({each.measurement.network for fold in self.folds for each in fold.layers}),
        }

    @property
    def notes(self) -> tuple[str, ...]:
        """What folds leave open; why there is no score."""
        if self.failure:
            return (self.failure,)
        if self.stored:
            groups = max(each.groups for each in self.stored.values())
            return (*self.caveats, f"its errors came with the chip, from {groups} groups held out")
        if not self.folds:
            return ("there is only one group of measured layers, so none can be held out",)
        return self.caveats + tuple(
            f"without {fold.fold.held_out}: {note}" for fold in self.folds for note in fold.notes
        )

    def layer_records(self) -> Iterator[dict[str, Any]]:
        """Return predicted and measured costs of one inference for each layer."""
        for fold in self.folds:
            for each in fold.layers:
                row = each.measurement
                yield {
                    "accelerator": self.accelerator,
                    "kind": self.kind,
                    "predictor": self.predictor,
                    "scheme": self.scheme,
                    "network": row.network,
                    "layer": row.layer.name,
                    **dict(_compared(each)),
                    "power_error": error(each, "power"),
                }


class Validations(tuple[Validation, ...], Tabular):
    """Predictors, each cross-validated by one scheme: a tuple of `Validation` that shows itself."""

    __slots__ = ()

    @property
    def plot(self) -> ValidationFigures:
        """Its figure: ``plot.predictions()`` (extra ``plot``)."""
        from fodlam_core.figures.methods import ValidationFigures

        return ValidationFigures(self)

    def to_rows(self) -> list[dict[str, Any]]:
        """Return the scores of each predictor, scheme and metric; errors are fractions."""
        return [
            {name: value for name, value in row.items() if not isinstance(value, dict | list)}
            for row in self.to_dict()
        ]

    def to_dict(self) -> list[dict[str, Any]]:
        """Return everything as plain values: the JSON of ``validate``."""
        return [record for each in self for record in each.records()]

    def document(self) -> Document:
        """Return what a person reads."""
        names = ("accelerator", "kind", "predictor", "scheme", "metric", "mape", "worst_layer")
        rows = ({**row, "mape": percent(row["mape"])} for row in self.to_rows())
        cells = [[str(row[name]) for name in names] for row in rows]
        return Document("Mean absolute errors, by cross-validation", (table(names, cells, "mape"),))

    def __repr__(self) -> str:
        return f"<{len(self)} cross-validations>"


def validate(
    accelerators: Iterable[Accelerator],
    predictors: Sequence[str] = (),
    schemes: Iterable[str] = tuple(SCHEMES),
    *,
    defaults_only: bool = False,
    stored: bool = False,
    watch: Callable[[int, int], None] | None = None,
) -> list[Validation]:
    """Cross-validate every predictor of accelerators on their own measurements.

    The mistake of a plugin is the `failure` of its own rows.

    Args:
        accelerators: the accelerators; those without measurements give nothing.
        predictors: only predictors and variants of these names, if any are given.
        schemes: of `folds.SCHEMES`. Predictors that are fitted to all that a chip has measured
            have one of their own, which counts as leaving networks out.
        defaults_only: whether other predictors than the first of each are left out.
        stored: whether errors that came with an accelerator are taken as they are.
        watch: called with how many accelerators are done, and how many there are.
    """
    schemes, accelerators = tuple(schemes), tuple(accelerators)
    found: list[Validation] = []
    for done, accelerator in enumerate(accelerators):
        if watch:
            watch(done, len(accelerators))
        asked = [each.name for each in accelerator.predictors[:1]] if defaults_only else predictors
        found += _by_kind(accelerator, asked, schemes)
        if BY_NETWORKS in schemes:
            found += _pooled(accelerator, asked, stored=stored)
    return found


def _by_kind(
    accelerator: Accelerator, predictors: Sequence[str], schemes: Sequence[str]
) -> Iterator[Validation]:
    for kind in accelerator.kinds:
        for predictor in accelerator.predictors if accelerator.calibration(kind) else ():
            if getattr(predictor, "pooled", False):
                continue
            for name, hide in known_variants(predictor):
                for scheme in schemes if not predictors or name in predictors else ():
                    yield _validation(accelerator, kind, predictor, name, hide, scheme)


def _pooled(
    accelerator: Accelerator, predictors: Sequence[str], *, stored: bool
) -> Iterator[Validation]:
    """Yield rows of predictors that are fitted to all kinds, and to whole networks.

    One is of all layers; one of convolutions and one of products follow where both were measured.
    """
    rows = accelerator.pooled_calibration()
    known = {row.network for row in rows}
    known |= {each.network for each in accelerator.references if each.calibration}
    for predictor in accelerator.predictors if rows or accelerator.references else ():
        name = predictor.name
        if not getattr(predictor, "pooled", False) or (predictors and name not in predictors):
            continue
        results, failure = [PooledResult()], None
        caveats: tuple[str, ...] = ()
        try:
            caveats = notes(predictor)
            errors = accelerator.cross_validated.get(name) if stored else None
            results = stored_results(errors) if errors else pooled_results(predictor, accelerator)
        except PluginError as error:
            failure = str(error)
        for each in results:
            yield Validation(
                accelerator=accelerator.name,
                kind=each.kind,
                predictor=name,
                scheme=each.scheme or BY_NETWORKS,
                folds=each.folds,
                default=name == accelerator.predictors[0].name,
                caveats=caveats,
                failure=failure,
                covered=each.covered,
                stored=each.stored,
                known=len(known) if each.stored else 0,
            )


def _validation(
    accelerator: Accelerator,
    kind: str,
    predictor: Predictor,
    name: str,
    hide: frozenset[str],
    scheme: str,
) -> Validation:
    results: list[FoldResult] = []
    caveats: tuple[str, ...] = ()
    failure = None
    try:
        list(variants(predictor))  # a mistake in them is one of the predictor
        caveats = notes(predictor)
        rows = accelerator.calibration(kind)
        results = cross_validate(predictor, rows, scheme, hide)
        caveats = (*looked_at(results, len(rows)), *caveats)
    except PluginError as error:
        failure = str(error)
    covered = {} if failure else _covered(predictor, results, hide)
    default = name == accelerator.predictors[0].name
    return Validation(
        accelerator=accelerator.name,
        kind=kind,
        predictor=name,
        scheme=scheme,
        folds=tuple(results),
        default=default,
        caveats=caveats,
        failure=failure,
        covered=covered,
    )


def _covered(
    predictor: Predictor, results: Sequence[FoldResult], hide: frozenset[str]
) -> dict[str, Covered]:
    try:
        return coverage(predictor, [result.fold for result in results], hide)
    except PluginError:  # in a fold of a fold: the rows themselves are there
        return {}


def known_variants(predictor: Predictor) -> list[tuple[str, frozenset[str]]]:
    """Return the variants of a predictor; the predictor alone if it cannot tell them."""
    try:
        return list(variants(predictor))
    except PluginError:
        return [(predictor.name, frozenset())]


def variants(predictor: Predictor) -> Iterator[tuple[str, frozenset[str]]]:
    """Return a predictor's name, and that of each variant with the field hidden from it.

    A predictor may say in ``optional`` which fields of `Layer` it uses where they are known, and
    how to call it where they are not, such as ``(("activation_density", "average-zeros"),)``.
    """
    yield predictor.name, frozenset()
    for field, suffix in getattr(predictor, "optional", ()):
        yield f"{predictor.name}-{suffix}", frozenset({field})


def _compared(each: HeldOut) -> Iterator[tuple[str, float | None]]:
    """Yield each metric as it was measured and as it is predicted, and the error."""
    pairs = zip(each.measurement.cost.amounts, each.predicted.amounts, strict=True)
    for metric, (measured, predicted) in zip(quantities.METRICS, pairs, strict=True):
        yield f"measured_{metric.key}", measured
        yield f"predicted_{metric.key}", predicted
        yield f"{metric.name}_error", error(each, metric.name)


def error(each: HeldOut, metric: str) -> float | None:
    """Return predicted over measured, less one; None where one of them is not known."""
    return _error(each.predicted, each.measurement.cost, metric)


def _error(predicted: Cost, measured: Cost, metric: str) -> float | None:
    one, other = (getattr(cost, FIELDS[metric]) for cost in (predicted, measured))
    return None if one is None or not other else one / other - 1


def _fold(result: FoldResult, metric: str) -> dict[str, Any]:
    wrong = [error(each, metric) for each in result.layers]
    errors = [abs(each) for each in wrong if each is not None]
    return {
        "held_out": result.fold.held_out,
        "trained_on": list(result.fold.trained_on),
        "layers": len(result.fold.held),
        "mape": fmean(errors) if errors else None,
        "worst": max(errors) if errors else None,
        "total": _total_error(result.layers, metric) if errors else None,
        "notes": list(result.notes),
    }


def _network_totals(results: Sequence[FoldResult], metric: str) -> dict[str, float | None]:
    by_network: dict[str, list[HeldOut]] = {}
    for result in results:
        for each in result.layers:
            by_network.setdefault(each.measurement.network, []).append(each)
    return {network: _total_error(layers, metric) for network, layers in by_network.items()}


def _total_error(layers: Sequence[HeldOut], metric: str) -> float | None:
    known = [each for each in layers if error(each, metric) is not None]
    if not known:
        return None
    predicted = sum((each.predicted for each in known[1:]), known[0].predicted)
    measured = sum((each.measurement.cost for each in known[1:]), known[0].measurement.cost)
    return _error(predicted, measured, metric)
