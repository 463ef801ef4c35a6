"""Writes the errors of the predictor of every point on what it had not seen.

    python tools/errors.py [PROCESSES]

Run it after any change of a table or of the predictors: it takes minutes. A test computes some of
the rows again.
"""

from __future__ import annotations

import csv
import sys
from concurrent.futures import ProcessPoolExecutor

from fodlam_silicon.library import HERE, index
from fodlam_silicon.point import accelerator

from fodlam_core.errors import FodlamError
from fodlam_core.validation.errors import cross_validated
from fodlam_core.validation.pooled import hold_out

COLUMNS = ("point", "predictor", "quantity", "scheme", "groups", "runs")
NUMBERS = ("half_width", "mape", "median")


def main() -> None:
    """Compute the errors of all points, and write them."""
    names = [(chip, point) for chip, entry in index().items() for point in entry["points"]]
    processes = int(sys.argv[1]) if len(sys.argv) > 1 else None
    with ProcessPoolExecutor(processes) as pool:
        rows = [row for found in pool.map(rows_of, names, chunksize=8) for row in found]
    with open(HERE / "errors.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow((*COLUMNS, *NUMBERS))
        writer.writerows(rows)
    print(f"{len({row[0] for row in rows})} points of {len(names)} have an error")


def rows_of(name: tuple[str, str]) -> list[list[str]]:
    """Return the rows of a point; none where its first predictor is not fitted to what it has."""
    chip = accelerator(*name)
    predictors = [each for each in chip.predictors if getattr(each, "pooled", False)]
    if not predictors or not (chip.measurements or chip.references):
        return []
    try:
        held = hold_out(predictors[0], chip)
    except FodlamError as error:
        print(f"{chip.name}: {error}", file=sys.stderr)
        return []
    return [
        [
            *(chip.name, predictors[0].name, quantity, each.scheme, str(each.groups)),
            *(str(each.runs), *(f"{getattr(each, number):.4f}" for number in NUMBERS)),
        ]
        for quantity, each in (cross_validated(held) if held else {}).items()
    ]


if __name__ == "__main__":
    main()
