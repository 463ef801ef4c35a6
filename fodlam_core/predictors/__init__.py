"""Predictors: the cost of a layer that was not measured, from measured ones.

Fitting and predicting are separate, so one cross-validation works for every predictor. Terms and
constants of the generic predictors can be changed here; those of a chip belong in its plugin.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from fodlam_core.model.costs import Cost


class FittedPredictor(Protocol):
    """A predictor that is fitted to measurements.

    If the measurements do not determine a constant, it can say so with two more attributes:
    ``notes``, sentences for readers, and ``alternatives``, other fitted predictors that fit equally
    well. Validation shows the notes; intervals include the predictions of the alternatives.
    Optional methods:

    * ``explain(layer)``: the formulas with their numbers, by ``"latency"`` and ``"energy"``.
    * ``affine(layer)``: ``(fixed, each)`` with ``predict(layer, b) == fixed + each * b``.
    * ``overhead(batch)``: the `Cost` of each run of the network besides its layers, or None.
    * ``bounds(layer, batch)``: the least and the greatest `Cost`, if the interval comes from
      assumptions of the predictor instead of its errors; its ``notes`` state them.
    * ``fastest(layer, batch)``: the least possible latency in seconds, if it is known; intervals do
      not go below it.
    * ``outside(layer)``: reasons why the layer is outside the measured range.
    """

    @property
    def predict(self) -> Callable[..., Cost]:
        """``predict(layer, batch)``: the cost of a batch of inferences of one item of the layer.

        A predictor of level 1 has ``predict(layer)``, for one inference; its cost is linear in
        the batch. Raises `PredictionError` if the layer lacks what it needs.
        """
        ...


class Predictor(Protocol):
    """A way to predict costs; a value without state.

    Optional attributes: ``optional`` names fields of `Layer` that it uses if they are known, each
    with the name of the predictor without it in validation:
    ``(("activation_density", "average-zeros"),)``. ``notes`` are caveats about its errors. With
    ``pooled = True`` it is fitted once to the rows of all kinds of its chip, and to references;
    otherwise to the rows of one kind. If its fits can be stored in a file, it has
    ``restore(stored, measurements)``.
    """

    @property
    def name(self) -> str:
        """What a configuration calls it."""
        ...

    @property
    def requires(self) -> frozenset[str]:
        """The optional fields of `Layer` that it needs, such as ``{"shape"}``."""
        ...

    @property
    def fit(self) -> Callable[..., FittedPredictor]:
        """``fit(measurements, references, networks)``: fit the predictor.

        ``measurements`` are of one kind of layer, or of all kinds for a pooled predictor;
        ``references`` are published costs of whole networks, and ``networks`` are those with
        known layers, by name. A predictor of level 1 has ``fit(measurements)``.
        Raises `PredictionError` if the measurements do not suffice.
        """
        ...
