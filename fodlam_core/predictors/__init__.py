"""Predictors: what a layer that nobody measured would cost, from what was measured.

Fitting and predicting are apart, so that one cross-validation serves every predictor. Terms and
constants of the generic predictors may be changed here; what a chip adds stays in its plugin.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from fodlam_core.model.costs import Cost


class FittedPredictor(Protocol):
    """A predictor after it has seen measurements.

    Where the measurements leave a constant open, it may say so with two further attributes:
    ``notes``, sentences for a person, and ``alternatives``, other fitted predictors that fit as
    well. Validation shows the former; intervals cover what the latter predict. Further methods
    that it may have:

    * ``explain(layer)``: the formulas with their numbers, by ``"latency"`` and ``"energy"``.
    * ``affine(layer)``: ``(fixed, each)`` with ``predict(layer, b) == fixed + each * b``.
    * ``overhead(batch)``: a `Cost` for each run of the network that belongs to no layer, or None.
    * ``bounds(layer, batch)``: the least and the greatest `Cost`, where the interval comes from
      what the predictor assumes, not from its errors; its ``notes`` say what that is.
    * ``fastest(layer, batch)``: seconds that no such chip can be faster than, where that is known;
      intervals do not reach below.
    * ``outside(layer)``: texts that say why the layer is outside what was measured.
    """

    @property
    def predict(self) -> Callable[..., Cost]:
        """``predict(layer, batch)``: the cost of a batch of inferences of one item of the layer.

        A predictor of level 1 has ``predict(layer)``, for one inference: its cost is taken as
        linear in the batch. Raises `PredictionError` if the layer lacks what it needs.
        """
        ...


class Predictor(Protocol):
    """A way to predict costs; a value without state.

    A predictor that uses fields of `Layer` where they are known, and does without where they are
    not, may name them in ``optional``, each with what validation calls the predictor without it:
    ``(("activation_density", "average-zeros"),)``. What a reader must know of its errors may
    stand in ``notes``. A predictor with ``pooled = True`` is fitted once to the rows of all kinds
    of its chip, and to references; any other to those of one kind. One whose
    fits can stand in a file has ``restore(stored, measurements)``.
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
        """``fit(measurements, references, networks)``: fit everything that is fitted.

        ``measurements`` are of one kind of layer, or of all kinds for a pooled predictor;
        ``references`` are published costs of whole networks, and ``networks`` those networks by
        name, as far as their layers are known. A predictor of level 1 has ``fit(measurements)``.
        Raises `PredictionError` if the measurements do not suffice.
        """
        ...
