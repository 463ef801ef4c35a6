"""Predicts measured layers that the predictor has not seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import attrs

from fodlam_core.errors import PredictionError
from fodlam_core.predictors import FittedPredictor, Predictor, levels
from fodlam_core.validation import sampling
from fodlam_core.validation.folds import Fold, folds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fodlam_core.model.costs import Cost, Measurement
    from fodlam_core.model.layers import Layer


class HeldOut(NamedTuple):
    """A measured layer, predicted from others.

    Attributes:
        measurement: the layer.
        predicted: its predicted cost for one inference.
        alternatives: what fits of the same quality predict, if the training layers leave open
            which fit is right.
    """

    measurement: Measurement
    predicted: Cost
    alternatives: tuple[Cost, ...] = ()


class FoldResult(NamedTuple):
    """One fold, predicted.

    Attributes:
        fold: what was held out.
        layers: each held-out layer; none if the predictor cannot tell.
        notes: what the training layers leave open, or why nothing was predicted.
    """

    fold: Fold
    layers: tuple[HeldOut, ...]
    notes: tuple[str, ...]


def cross_validate(
    predictor: Predictor,
    measurements: Sequence[Measurement],
    scheme: str,
    hide: frozenset[str] = frozenset(),
) -> list[FoldResult]:
    """Predict every measured layer from a fit that has not seen it.

    Everything that is fitted is fitted inside the fold.

    Args:
        predictor: the predictor.
        measurements: measurements of one kind of layer.
        scheme: one of `folds.SCHEMES`.
        hide: optional fields of `Layer` that the predictor does not get to see of held-out
            layers, such as ``{"activation_density"}``.
    """
    return [_fold(predictor, fold, hide) for fold in folds(scheme, measurements)]


def looked_at(results: Sequence[FoldResult], rows: int) -> tuple[str, ...]:
    """Return what to say where folds hold a sample of so many rows, or several groups each."""
    held = sum(len(each.fold.held) for each in results)
    groups = sum(each.fold.groups for each in results)
    return (
        *(sampling.sample_notes(held, rows) if results else ()),
        *sampling.fold_notes(groups, len(results)),
    )


def _fold(predictor: Predictor, fold: Fold, hide: frozenset[str]) -> FoldResult:
    try:
        fitted = levels.fit(predictor, fold.training)
        others = alternatives(fitted)
        layers = tuple(
            HeldOut(
                row,
                _one(fitted, layer, row.batch),
                tuple(_one(other, layer, row.batch) for other in others),
            )
            for row in fold.held
            for layer in [without(row.layer, hide)]
        )
    except PredictionError as error:
        return FoldResult(fold, (), (str(error),))
    return FoldResult(fold, layers, notes(fitted))


def _one(fitted: FittedPredictor, layer: Layer, batch: int) -> Cost:
    """Return the predicted cost of one inference of a batch."""
    cost = levels.predict(fitted, layer, batch)
    return cost if batch == 1 else cost * (1 / batch)


def without(layer: Layer, fields: frozenset[str]) -> Layer:
    """Return a layer of which some optional fields are not known."""
    blank: dict[str, Any] = dict.fromkeys(fields)
    return attrs.evolve(layer, **blank) if fields else layer


def alternatives(fitted: FittedPredictor) -> tuple[FittedPredictor, ...]:
    """Return the fits of the same quality, which a fitted predictor may know."""
    return tuple(getattr(fitted, "alternatives", ()))


def notes(predictor: Predictor | FittedPredictor) -> tuple[str, ...]:
    """Return what a reader must know of a predictor, or what measured layers leave open in it."""
    return tuple(getattr(predictor, "notes", ()))
