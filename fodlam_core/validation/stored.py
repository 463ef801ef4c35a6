"""Makes the fits stored next to the tables of a chip, with their errors."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from fodlam_core.accelerators.fits import fits_text
from fodlam_core.accelerators.load import digest_of, load_accelerator
from fodlam_core.errors import PredictionError
from fodlam_core.model.stored_fit import StoredFit
from fodlam_core.report.write import write
from fodlam_core.validation.errors import cross_validated
from fodlam_core.validation.intervals import pooled_ranges
from fodlam_core.validation.pooled import hold_out

if TYPE_CHECKING:
    from collections.abc import Callable

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.predictors import Predictor


def stored_fit(
    accelerator: Accelerator,
    digest: str,
    without: Callable[[frozenset[str]], Predictor] | None = None,
) -> StoredFit | None:
    """Return the fit of the first predictor of a chip to all that it has measured.

    Of a predictor that cannot be restored its errors alone; None if nothing can be fitted.

    Args:
        accelerator: the chip, or one of its operating points.
        digest: of the files that it was read from.
        without: the predictor without what other chips say about some groups, see `hold_out`.
    """
    from fodlam_core.predictors.linear import stored_models

    first = next(iter(accelerator.predictors), None)
    measured = accelerator.measurements or accelerator.references
    if first is None or not measured or not getattr(first, "pooled", False):
        return None
    references = [each for each in accelerator.references if each.calibration]
    try:
        fitted: Any = first.fit(accelerator.pooled_calibration(), references, accelerator.networks)
        held = hold_out(first, accelerator, without)
    except PredictionError:
        return None
    known = hasattr(first, "restore")
    return StoredFit(
        digest=digest,
        predictor=first.name,
        latency=stored_models(fitted.latency) if known else (),
        energy=stored_models(fitted.energy) if known else (),
        offchip=fitted.offchip if known else 0.0,
        ranges=pooled_ranges("", accelerator),
        errors=cross_validated(held) if held else {},
    )


def store_fits(path: str | os.PathLike[str], fits: str | os.PathLike[str]) -> list[str]:
    """Write the fits of a chip, to be named by the key ``fits`` of its header.

    Args:
        path: the header.
        fits: the file to write.

    Returns:
        The operating points that have a fit.

    Raises:
        FodlamError: if the chip cannot be read or the file not be written.
    """
    path = os.fspath(path)
    chip, digest = load_accelerator(path), digest_of(path)
    points = chip.points or (chip,)
    made = {each.name: fit for each in points if (fit := stored_fit(each, digest))}
    write(fits_text(made), os.fspath(fits), update=True)
    return list(made)
