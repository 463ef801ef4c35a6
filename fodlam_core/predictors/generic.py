"""The predictors that know nothing of an accelerator, for every published table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fodlam_core.deferred import DeferredPredictor

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fodlam_core.predictors import Predictor

# Name, module and class of each that needs nothing but rows.
GENERIC = (
    ("per-mac", "per_mac", "PerMac"),
    ("per-mac-geomean", "geometric_mean", "PerMacGeometricMean"),
    ("nearest", "nearest", "Nearest"),
    ("power-law", "power_law", "PowerLaw"),
)
# Those that a chip has to name, as they go by more than its rows.
NAMED = (
    ("linear", "linear", "Linear"),
    ("roofline", "roofline", "Roofline"),
    ("smooth-roofline", "smooth_roofline", "SmoothRoofline"),
)
PREDICTORS = tuple(name for name, _, _ in (*GENERIC, *NAMED))
# The names of `fodlam_core.predictors.terms.SETS`.
TERMS = (
    *("layers", "kernels", "tiles", "products", "networks", "tokens"),
    *("networks-cpu", "networks-int8", "networks-gpu", "few-networks"),
    *("throughput", "throughput-weights"),
)


def named_predictors(
    names: Iterable[str], options: Mapping[str, Mapping[str, Any]] | None = None
) -> tuple[Predictor, ...]:
    """Return generic predictors by name, in the order of the names.

    Args:
        names: of `PREDICTORS`.
        options: what `linear` and `roofline` are made with, by the name of the predictor.

    >>> [predictor.name for predictor in named_predictors(["linear", "per-mac"])]
    ['linear', 'per-mac']
    """
    by_name = {predictor.name: predictor for predictor in generic_predictors()}
    for name, module, maker in NAMED:
        chosen = (options or {}).get(name, {})
        by_name[name] = DeferredPredictor(name, f"{__package__}.{module}", maker, **chosen)
    return tuple(by_name[name] for name in names)


def generic_predictors(first: str = "per-mac") -> tuple[Predictor, ...]:
    """Return all generic predictors, one of them first, which makes it the default.

    >>> [predictor.name for predictor in generic_predictors("nearest")]
    ['nearest', 'per-mac', 'per-mac-geomean', 'power-law']
    """
    every = (
        DeferredPredictor(name, f"{__package__}.{module}", maker) for name, module, maker in GENERIC
    )
    return tuple(sorted(every, key=lambda predictor: predictor.name != first))
