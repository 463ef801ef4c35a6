"""Writes the fits of the predictor of every point, and how far off each is on the unseen.

    python tools/fits.py [PROCESSES [SOURCE ...]]

Run it after any change of a table or of the predictors: it takes minutes. A test computes some of
them again.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING

from donors import unseen
from fodlam_silicon.catalogue import HERE, index
from fodlam_silicon.fits import digest_of
from fodlam_silicon.point import accelerator

from fodlam_core.accelerators.fits import fits_text
from fodlam_core.validation.stored import stored_fit

if TYPE_CHECKING:
    from fodlam_core import StoredFit


def main() -> None:
    """Compute the fits of all points, and write them beside the tables."""
    processes = int(sys.argv[1]) if len(sys.argv) > 1 else None
    asked = sys.argv[2:]
    points: dict[str, list[tuple[str, str]]] = {}
    for chip, entry in index().items():
        for point, (source, *_) in entry["points"].items():
            if not asked or source in asked:
                points.setdefault(source, []).append((chip, point))
    with ProcessPoolExecutor(processes) as pool:
        for source, names in points.items():
            found = zip(names, pool.map(fit, names, chunksize=4), strict=True)
            made = {"/".join(name): fit for name, fit in found if fit is not None}
            if made:
                (HERE / source / "fits.json").write_text(fits_text(made), encoding="utf-8")
            print(f"{source}: {len(made)} points of {len(names)} have a fit", flush=True)


def fit(name: tuple[str, str]) -> StoredFit | None:
    """Return the fit of a point; its errors are those on what no donor has seen either."""
    chip, point = name
    source = index()[chip]["points"][point][0]
    digest = digest_of(source, chip)
    made = accelerator(chip, point)
    return stored_fit(made, digest, unseen(made))


if __name__ == "__main__":
    main()
