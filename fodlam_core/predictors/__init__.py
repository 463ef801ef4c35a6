"""Predictors: what a layer that nobody measured would cost, from layers that were measured.

Fitting and predicting are apart, so that one cross-validation serves every predictor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fodlam_core.model.costs import Cost, Measurement
    from fodlam_core.model.layers import Layer


class FittedPredictor(Protocol):
    """A predictor after it has seen measurements of one kind of layer.

    Where the measurements leave a constant open, it may say so with two further attributes:
    ``notes``, sentences for a person, and ``alternatives``, other fitted predictors that fit as
    well. Validation shows the former; intervals cover what the latter predict.
    """

    def predict(self, layer: Layer) -> Cost:
        """Return the cost of one inference and one item of the layer.

        Raises:
            PredictionError: if the layer lacks what the predictor needs.
        """
        ...


class Predictor(Protocol):
    """A way to predict costs; a value without state.

    A predictor that uses fields of `Layer` where they are known, and does without where they are
    not, may name them in ``optional``, each with what validation calls the predictor without it:
    ``(("activation_density", "average-zeros"),)``. What a reader must know of its errors may
    stand in ``notes``.
    """

    @property
    def name(self) -> str:
        """What a configuration calls it."""
        ...

    @property
    def requires(self) -> frozenset[str]:
        """The optional fields of `Layer` that it needs, such as ``{"shape"}``."""
        ...

    def fit(self, measurements: Sequence[Measurement]) -> FittedPredictor:
        """Fit everything that is fitted to measurements of one kind of layer.

        Raises:
            PredictionError: if the measurements do not suffice.
        """
        ...
