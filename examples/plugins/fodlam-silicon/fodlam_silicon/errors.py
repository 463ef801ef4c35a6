"""The errors of predictors on what they had not seen, computed beforehand for every point.

``tools/errors.py`` writes ``errors.csv``; `fodlam_core.validation.pooled` says what is held out.
"""

from __future__ import annotations

import csv
import functools

from fodlam_core import CrossValidated

from .library import HERE

Errors = dict[str, dict[str, CrossValidated]]


@functools.cache
def errors() -> dict[str, Errors]:
    """Return by point, predictor and quantity how far the predictor was off."""
    found: dict[str, Errors] = {}
    with open(HERE / "errors.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            known = CrossValidated(
                scheme=row["scheme"],
                groups=int(row["groups"]),
                runs=int(row["runs"]),
                half_width=float(row["half_width"]),
                mape=float(row["mape"]),
                median=float(row["median"]),
            )
            point = found.setdefault(row["point"], {})
            point.setdefault(row["predictor"], {})[row["quantity"]] = known
    return found
