"""Predictors of both hook levels, called in one way.

At level 2 ``fit(measurements, references, networks)`` gets whole networks and
``predict(layer, batch)`` the batch. Predictors of level 1, ``fit(measurements)`` and
``predict(layer)``, work as well: their cost is that of one inference, and linear in the batch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from fodlam_core.model.costs import Cost, Measurement
    from fodlam_core.model.layers import Layer, Network
    from fodlam_core.model.stored_fit import StoredFit
    from fodlam_core.model.whole_network import Reference
    from fodlam_core.predictors import FittedPredictor, Predictor


# Further methods of a fitted predictor of level 2; at level 1 such names mean nothing.
METHODS = ("affine", "overhead", "outside", "bounds", "fastest")


def method(fitted: FittedPredictor, name: str) -> Callable[..., Any] | None:
    """Return one of the further methods of a fitted predictor; None if it has none."""
    found = None if is_linear(fitted) else getattr(fitted, name, None)
    return found if callable(found) else None


def fit(
    predictor: Predictor,
    measurements: Sequence[Measurement],
    references: Sequence[Reference] = (),
    networks: Mapping[str, Network] | None = None,
) -> FittedPredictor:
    """Return a predictor fitted to measurements and, at level 2, to whole networks.

    Raises:
        PredictionError: if they do not suffice.
    """
    if takes(predictor.fit, 3):
        return predictor.fit(measurements, references, networks or {})
    return predictor.fit(measurements)


def restore(
    predictor: Predictor, stored: StoredFit, measurements: Sequence[Measurement]
) -> FittedPredictor | None:
    """Return a fit that was made beforehand; None if the predictor takes none."""
    restore = getattr(predictor, "restore", None)
    fitted: FittedPredictor | None = restore(stored, measurements) if restore else None
    return fitted


def predict(fitted: FittedPredictor, layer: Layer, batch: int) -> Cost:
    """Return the cost of a batch of inferences of one item of a layer.

    Raises:
        PredictionError: if the layer lacks what the predictor needs.
    """
    if not is_linear(fitted):
        return fitted.predict(layer, batch)
    cost = fitted.predict(layer)
    return cost if batch == 1 else cost * batch


def is_linear(fitted: FittedPredictor) -> bool:
    """Tell whether a fitted predictor is not told the batch."""
    linear: bool | None = getattr(fitted, "linear", None)
    return not takes(fitted.predict, 2) if linear is None else linear


def takes(method: Callable[..., Any], count: int) -> bool:
    """Tell whether a bound method takes so many positional arguments.

    `inspect.signature` would tell as well, but takes longer than a whole estimate.

    >>> from fodlam_core.predictors.per_mac import PerMac
    >>> takes(PerMac().fit, 1), takes(PerMac().fit, 3)
    (True, False)
    """
    code = getattr(getattr(method, "__func__", method), "__code__", None)
    if code is None:
        return True
    own = 1 if hasattr(method, "__self__") else 0
    return bool(code.co_flags & 0x04) or code.co_argcount - own >= count  # 0x04: *args
