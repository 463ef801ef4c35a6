"""Writes the coefficients of the points that were measured with many networks, as a prior for few.

    python tools/donors.py

A new chip, or a point with few rows, is pulled towards the chips that behave alike. Run it after a
change of the tables of ncnn, or of the predictor.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, NamedTuple

from fodlam_silicon.catalogue import index
from fodlam_silicon.point import TERMS, accelerator, group
from tables import LIBRARY, write_csv

from fodlam_core.predictors.donors import Coefficients
from fodlam_core.predictors.linear import Linear

if TYPE_CHECKING:
    from collections.abc import Callable

    from fodlam_core import Accelerator

    Unseen = Callable[[frozenset[str]], Linear]

SOURCE = "ncnn"
FEWEST = 6


class Donor(NamedTuple):
    """What a point gives to others: its chip, its name, its coefficients."""

    chip: str
    point: str
    coefficients: Coefficients


def main() -> None:
    """Write the coefficients."""
    rows = []
    for each in TERMS:
        for donor in donors(each):
            known = donor.coefficients.latency or {}
            cells = {term: f"{value:.6g}" for term, value in known.items()}
            rows.append({"chip": donor.chip, "point": donor.point, "group": each, **cells})
    rows.sort(key=lambda row: (row["chip"], row["point"]))
    write_csv(LIBRARY / SOURCE / "donors.csv", rows, ())
    print(f"{len(rows)} donors")


@functools.cache
def donors(alike: str, without: frozenset[str] = frozenset()) -> tuple[Donor, ...]:
    """Return what the points of a group give, fitted without some families of networks."""
    found = []
    for chip, point, measured in _points(alike):
        families = measured.families
        kept = [
            each
            for each in measured.references
            if each.network in measured.networks
            and families.get(each.network, each.network) not in without
        ]
        if len(measured.networks) >= FEWEST and len(kept) >= FEWEST - 1:
            fitted = Linear(TERMS[alike]).fit((), kept, measured.networks)
            found.append(Donor(chip, point, Coefficients.of(fitted)))
    return tuple(found)


def unseen(made: Accelerator, hidden: frozenset[str] = frozenset()) -> Unseen | None:
    """Return what makes the predictor of a point of few networks, to be cross-validated.

    What it returns takes families that are held out: no donor has seen these, nor the hidden ones.
    None where the point has no donors.
    """
    chip, _, point = made.name.partition("/")
    few = any(getattr(each, "donors", ()) for each in made.predictors)
    if not few or index()[chip]["points"][point][0] != SOURCE:
        return None
    alike = group(point)

    def predictor(held: frozenset[str]) -> Linear:
        others = [each for each in donors(alike, held | hidden) if each.chip != chip]
        return Linear(TERMS[alike], donors=[each.coefficients for each in others])

    return predictor


@functools.cache
def _points(alike: str) -> list[tuple[str, str, Accelerator]]:
    return [
        (chip, point, accelerator(chip, point))
        for chip, entry in index().items()
        for point, (source, *_) in entry["points"].items()
        if source == SOURCE and group(point) == alike
    ]


if __name__ == "__main__":
    main()
