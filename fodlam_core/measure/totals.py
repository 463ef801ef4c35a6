"""A chip that is known by times of whole networks alone, taken over from a file."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import attrs

from fodlam_core.accelerators.fits import fits_text
from fodlam_core.accelerators.load import digest_of, load_accelerator
from fodlam_core.errors import FodlamError, PredictionError
from fodlam_core.files import FileError, read_head, read_text
from fodlam_core.measure.chip_file import fits_of
from fodlam_core.measure.imports import milliseconds
from fodlam_core.predictors.linear import Linear
from fodlam_core.report.units import percent
from fodlam_core.report.write import write
from fodlam_core.validation.new_chip import calibrated, well_known
from fodlam_core.validation.stored import stored_fit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.model.layers import Network

COLUMNS = ("network", "ms")
HEAD_BYTES = 10_000  # that hold the first line


def is_totals(path: str) -> bool:
    """Tell whether a file is a CSV file with the columns ``network`` and ``ms``.

    Raises:
        FodlamError: if it cannot be read, or is empty.
    """
    try:
        text = read_head(path, HEAD_BYTES).decode("utf-8-sig", "replace")
        names = next(csv.reader(text.splitlines()), [])
    except FileError as error:
        raise FodlamError(f"{path}: {error}") from error
    except csv.Error:
        return False  # what reads it says what is wrong
    if not text.strip():
        raise FodlamError(f"{path}: is empty; it should have times of layers or of networks")
    return set(COLUMNS) <= {name.strip() for name in names}


def read_totals(path: str) -> dict[str, list[float]]:
    """Return the seconds of one inference by network, which may stand in several rows.

    Raises:
        FodlamError: if the file cannot be read, or with a line for each mistake.
    """
    try:
        text = read_text(path)
    except FileError as error:
        raise FodlamError(f"{path}: {error}") from error
    found = milliseconds(path, text, "network")
    if not found:
        raise FodlamError(f"{path}: has no rows; add one for each network that was measured")
    return {name: [each * 1e-3 for each in times] for name, times in found.items()}


def write_fits(
    path: str, networks: Mapping[str, Network], others: Sequence[Accelerator]
) -> dict[str, str]:
    """Write the fit of a chip that is known by whole networks next to its header.

    Args:
        path: the header.
        networks: the networks that were measured, with their layers.
        others: chips that behave alike; without any the chip is fitted by itself.

    Returns:
        What predicts at each operating point, or why nothing does.

    Raises:
        FodlamError: if the other chips tell too little, or the file cannot be written.
    """
    terms = prior_terms(others)
    chip, digest = load_accelerator(path), digest_of(path)
    made, told = {}, {}
    for point in chip.points:
        known = attrs.evolve(point, networks=networks)
        if others:
            known = calibrated(known, others, (terms, "networks"))
        fit = stored_fit(known, digest)
        if fit is None:
            told[point.name] = "nothing predicts other networks: the shape of a layer is not known"
            continue
        fit = fit._replace(errors=known.cross_validated.get(fit.predictor, fit.errors))
        made[point.name] = fit
        error = fit.errors.get("latency")
        told[point.name] = (
            f"off by {percent(error.mape)} on average, {percent(error.median)} in the median "
            f"({error.scheme})"
            if error
            else "how far off it is on other networks is not known: too little was measured"
        )
    write(fits_text(made), fits_of(path), update=True)
    return told


def prior_terms(others: Sequence[Accelerator]) -> str:
    """Return the terms that chips which are a prior share.

    Raises:
        PredictionError: if they differ, as those of CPUs and of GPUs do, or the chips are too few.
    """
    known = well_known(others) if others else []
    linear = [each for chip in known for each in chip.predictors if isinstance(each, Linear)]
    found = {each.terms or "networks" for each in linear}
    if len(found) > 1:
        raise PredictionError(
            f"--prior: the chips are predicted by different terms, {', '.join(sorted(found))}; "
            "name chips of one kind"
        )
    return found.pop() if found else "networks"
