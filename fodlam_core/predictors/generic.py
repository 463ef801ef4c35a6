"""The predictors that know nothing of an accelerator, for every published table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.deferred import DeferredPredictor
from fodlam_core.predictors.per_mac import PerMac

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fodlam_core.predictors import Predictor

# Name, module and class of each beside per-mac.
OTHERS = (
    ("per-mac-geomean", "geometric_mean", "PerMacGeometricMean"),
    ("nearest", "nearest", "Nearest"),
    ("power-law", "power_law", "PowerLaw"),
)
PREDICTORS = ("per-mac", *(name for name, _, _ in OTHERS))


def named_predictors(names: Iterable[str]) -> tuple[Predictor, ...]:
    """Return generic predictors by name, in the order of the names.

    >>> [predictor.name for predictor in named_predictors(["nearest", "per-mac"])]
    ['nearest', 'per-mac']
    """
    by_name = {predictor.name: predictor for predictor in generic_predictors()}
    return tuple(by_name[name] for name in names)


def generic_predictors(first: str = "per-mac") -> tuple[Predictor, ...]:
    """Return all generic predictors, one of them first, which makes it the default.

    >>> [predictor.name for predictor in generic_predictors("nearest")]
    ['nearest', 'per-mac', 'per-mac-geomean', 'power-law']
    """
    others = (
        DeferredPredictor(name, f"{__package__}.{module}", maker) for name, module, maker in OTHERS
    )
    every: tuple[Predictor, ...] = (PerMac(), *others)
    return tuple(sorted(every, key=lambda predictor: predictor.name != first))
