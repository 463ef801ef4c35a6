"""Fits of a predictor that were made beforehand, and how far off they are, as values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class StoredModel(NamedTuple):
    """One quantity as a sum of terms.

    Attributes:
        coefficients: seconds or joules for one unit of each term.
        forms: the forms of layers that were measured.
        neighbours: the kernel by which measured layers near by correct the sum, of
            `fodlam_core.predictors.neighbours.KERNELS` from 1 on; 0 if they do not.
    """

    coefficients: Mapping[str, float]
    forms: tuple[str, ...]
    neighbours: int = 0


class CrossValidated(NamedTuple):
    """How far off a predictor is on what it had not seen, for one quantity.

    Attributes:
        scheme: what was held out together.
        groups: how many groups were held out.
        runs: how many measured runs they hold.
        half_width: what nine of ten logarithms of predicted over measured stay within.
        mape: mean absolute relative error.
        median: median absolute relative error.
        total_half_width: as half_width, of the totals of the networks that were held out; None if
            they are not known.
        kinds: the same of convolutions and of products alone, where both were measured.
    """

    scheme: str
    groups: int
    runs: int
    half_width: float
    mape: float
    median: float
    total_half_width: float | None = None
    kinds: Mapping[str, CrossValidated] = {}

    def record(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {
            **self._asdict(),
            "kinds": {kind: each.record() for kind, each in self.kinds.items()},
        }

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> CrossValidated:
        """Return the errors of plain values."""
        kinds = {kind: cls.of_record(each) for kind, each in record.get("kinds", {}).items()}
        return cls(**{**record, "kinds": kinds})


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
