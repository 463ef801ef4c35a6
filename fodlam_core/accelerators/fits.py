"""Fits stored next to the tables of a chip, so that thousands of rows answer at once.

A file of them is JSON: a line for each operating point. Each fit holds a digest of the files that
it was made from; a chip whose files changed since is fitted again::

    {"mychip/fp16": {"digest": "5d1f0c2ab4e9d7a3", "predictor": "linear", "offchip": 0.0,
                     "latency": [{"coefficients": {"product_macs": 1.2e-12}, "forms": ["fc"],
                                  "neighbours": 0}],
                     "ranges": {"MACs": [1000, 9000000]}, "errors": {}}}

`fodlam_core.validation.stored` makes them.
"""

from __future__ import annotations

import hashlib
import json
import math
from typing import TYPE_CHECKING, Any

from fodlam_core.model.stored_fit import CrossValidated, StoredFit, StoredModel
from fodlam_core.predictors.neighbours import KERNELS
from fodlam_core.predictors.terms import OVERHEAD, TERMS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Another number whenever a predictor makes another fit of the same rows.
FORM = b"2"
DIGITS = 12
ERROR_DIGITS = 4


def fits_digest(parts: Iterable[bytes]) -> str:
    """Return a digest of the contents of files, and of the form of the fits.

    >>> fits_digest([b"network,layer"]) == fits_digest([b"network,", b"layer"])
    False
    """
    whole = hashlib.sha256(FORM)
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()[:16]


def read_fits(data: bytes) -> dict[str, StoredFit]:
    """Return the fits of a file by operating point.

    A fit can be made again at any time: what cannot be read counts as missing.
    """
    try:
        fits = {str(name): _fit(record) for name, record in json.loads(data).items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
    return {name: fit for name, fit in fits.items() if _usable(fit)}


def fits_text(fits: Mapping[str, StoredFit]) -> str:
    """Return the text of a file of fits, with a line for each point."""
    lines = [
        f"{json.dumps(name)}:{json.dumps(_record(fit), separators=(',', ':'))}"
        for name, fit in sorted(fits.items())
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _fit(record: Mapping[str, Any]) -> StoredFit:
    return StoredFit(
        digest=record["digest"],
        predictor=record["predictor"],
        latency=tuple(map(_model, record.get("latency", ()))),
        energy=tuple(map(_model, record.get("energy", ()))),
        offchip=float(record["offchip"]),
        ranges={name: (low, high) for name, (low, high) in record["ranges"].items()},
        errors={name: CrossValidated.of_record(each) for name, each in record["errors"].items()},
    )


def _model(record: Mapping[str, Any]) -> StoredModel:
    coefficients = {term: float(value) for term, value in record["coefficients"].items()}
    return StoredModel(coefficients, tuple(record["forms"]), int(record["neighbours"]))


def _usable(fit: StoredFit) -> bool:
    models = (*fit.latency, *fit.energy)  # none where errors alone are kept
    return all(
        (term in TERMS or term == OVERHEAD) and 0 <= value < math.inf
        for model in models
        for term, value in model.coefficients.items()
    ) and all(0 <= model.neighbours <= len(KERNELS) for model in models)


def _record(fit: StoredFit) -> dict[str, Any]:
    models = {
        name: [
            {**model._asdict(), "coefficients": _short(model.coefficients, DIGITS)}
            for model in models
        ]
        for name, models in (("latency", fit.latency), ("energy", fit.energy))
        if models
    }
    own = {"digest": fit.digest, "predictor": fit.predictor, "offchip": fit.offchip}
    errors = {name: _error_record(each) for name, each in fit.errors.items()}
    return {**own, **models, "ranges": fit.ranges, "errors": errors}


def _error_record(error: CrossValidated) -> dict[str, Any]:
    """Return an error as plain values, and those of kinds of layers where they are known."""
    plain = error._asdict()
    kinds = {kind: _error_record(own) for kind, own in plain.pop("kinds").items()}
    return _short(plain, ERROR_DIGITS) | ({"kinds": kinds} if kinds else {})


def _short(values: Mapping[str, Any], digits: int) -> dict[str, Any]:
    return {
        name: float(f"{value:.{digits}g}") if isinstance(value, float) else value
        for name, value in values.items()
    }
