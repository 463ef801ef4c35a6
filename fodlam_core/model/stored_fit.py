"""Fits of a predictor that were made beforehand, as values."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fodlam_core.model.costs import CrossValidated


class StoredModel(NamedTuple):
    """One quantity as a sum of terms.

    Attributes:
        coefficients: seconds or joules for one unit of each term.
        forms: the forms of layers that were measured.
        neighbours: whether measured layers near by correct the sum.
    """

    coefficients: Mapping[str, float]
    forms: tuple[str, ...]
    neighbours: bool = False


class StoredFit(NamedTuple):
    """A fit of a predictor to all that a chip has measured.

    Attributes:
        digest: of what it was fitted to, see `fodlam_core.accelerators.fits`.
        predictor: the name of the predictor.
        latency: the model of seconds, or one of convolutions and one of products; none if no
            latency was measured.
        energy: the model of joules, likewise.
        offchip: share of the latency that is spent waiting for off-chip memory.
        ranges: least and greatest of each size of the measured layers.
        errors: by quantity, how far the predictor is off on what it had not seen.
    """

    digest: str
    predictor: str
    latency: tuple[StoredModel, ...]
    energy: tuple[StoredModel, ...]
    offchip: float
    ranges: Mapping[str, tuple[float, float]]
    errors: Mapping[str, CrossValidated]
