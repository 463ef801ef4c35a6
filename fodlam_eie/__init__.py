"""EIE (Han et al., ISCA 2016): fully-connected layers at constant power.

Numbers are in `data`, the predictor of sparse layers is in `sparse`.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from fodlam_core.accelerators.load import load_accelerator
from fodlam_core.deferred import DeferredPredictor
from fodlam_core.plugins.hookspecs import hookimpl
from fodlam_core.predictors.generic import generic_predictors

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fodlam_core.accelerators import Accelerator

FODLAM_API = 2


@hookimpl
def fodlam_accelerators() -> Iterable[Accelerator]:
    """Supply EIE.

    ``sparse`` errs least and is used where densities are known; few networks tell them, and the
    best of those that need no more than a shape serves the others.
    """
    yield load_accelerator(
        os.path.join(os.path.dirname(__file__), "data", "eie.toml"),
        predictors=[
            DeferredPredictor("sparse", "fodlam_eie.sparse", "Sparse"),
            DeferredPredictor("nearest", "fodlam_eie.pruned", "Pruned"),
            *(each for each in generic_predictors() if each.name != "nearest"),
        ],
    )
