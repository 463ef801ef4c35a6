"""Whether an estimate covers as much of a network as was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.errors import NetworkError
from fodlam_core.estimates.published_totals import answer
from fodlam_core.report.units import quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fodlam_core.estimates.result import Result


def check_coverage(estimate: Result, required_percent: float) -> None:
    """Check that enough of the MACs asked for have a cost, published or predicted.

    Args:
        estimate: the estimate.
        required_percent: least share in percent.

    Raises:
        NetworkError: saying what is missing, if it is too much, or if there are operators whose
            MACs are not known.
    """
    problems = list(_problems(estimate, required_percent))
    if problems:
        raise NetworkError(*problems, where=estimate.config.source)


def _problems(estimate: Result, required_percent: float) -> Iterator[str]:
    coverage = estimate.coverage
    share = coverage.modelled_share
    if share is None:
        yield f"no layers: nothing covers the {required_percent:g} % required"
    elif 100 * share < required_percent:
        needed = f"{100 * share:.6g} % of the MACs have a cost, {required_percent:g} % are required"
        yield f"{needed}; {_missing(estimate)}"
    for name, count in coverage.uncosted.items():
        yield f"the MACs of {name} ({count}) are not known, so their coverage is not known"


def _missing(estimate: Result) -> str:
    whole = answer(estimate.platforms, estimate.references, estimate.batch)
    if whole:
        return f"{whole.accelerator} publishes no {whole.lacks} of {estimate.network.name}"
    missing = [each.layer for each in estimate.layers if each.basis is None]
    names = ", ".join(layer.name for layer in missing[:5])
    more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
    macs = quantity(estimate.coverage.macs["not modelled"], "MAC")
    return f"not modelled, {macs}: {names}{more}"
