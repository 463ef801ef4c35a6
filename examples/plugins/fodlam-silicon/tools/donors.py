"""Writes the coefficients of the points that were measured with many networks, as a prior for few.

    python tools/donors.py

A new chip, or a point with few rows, is pulled towards the chips that behave alike. Run it after a
change of the tables of ncnn, or of the predictor.
"""

from __future__ import annotations

from fodlam_silicon.library import index
from fodlam_silicon.point import accelerator, group
from tables import LIBRARY, write_csv

from fodlam_core.predictors.donors import Coefficients
from fodlam_core.predictors.linear import Linear

SOURCE = "ncnn"
FEWEST = 6


def main() -> None:
    """Write the coefficients."""
    rows = []
    for chip, entry in index().items():
        for point, (source, *_) in entry["points"].items():
            if source != SOURCE:
                continue
            measured = accelerator(chip, point)
            if len(measured.networks) >= FEWEST:
                fitted = Linear("networks").fit((), measured.references, measured.networks)
                known = Coefficients.of(fitted).latency or {}
                cells = {term: f"{value:.6g}" for term, value in known.items()}
                rows.append({"chip": chip, "point": point, "group": group(point), **cells})
    write_csv(LIBRARY / SOURCE / "donors.csv", rows, ())
    print(f"{len(rows)} donors")


if __name__ == "__main__":
    main()
