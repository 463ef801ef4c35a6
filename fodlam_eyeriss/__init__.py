"""Eyeriss (Chen et al., JSSC 2017): convolutional layers with a power for each layer.

Numbers are in `data`, the predictors of the row-stationary dataflow in `row_stationary`.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal

import attrs

from fodlam_core.accelerators.load import load_accelerator
from fodlam_core.deferred import DeferredPredictor
from fodlam_core.model.value import Value
from fodlam_core.plugins.hookspecs import hookimpl
from fodlam_core.predictors.generic import generic_predictors
from fodlam_eyeriss.voltages import with_voltages

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fodlam_core.accelerators import Accelerator

FODLAM_API = 2


@attrs.frozen(eq=False, repr=False)
class EyerissOptions(Value):
    """Options of ``[accelerator.eyeriss]``.

    Attributes:
        latency: ``"total"`` includes waiting for DRAM; ``"processing"`` is what remains if all
            DRAM traffic were overlapped. Energy is power times total latency either way.
    """

    latency: Literal["total", "processing"] = "total"


def apply_options(accelerator: Accelerator, options: EyerissOptions) -> Accelerator:
    """Return the accelerator with the asked-for latency in every row."""
    if options.latency == "total":
        return accelerator
    rows = [
        attrs.evolve(
            row,
            latency_s=row.latency_s - row.offchip_latency_s,
            offchip_latency_s=0.0,
            columns={**row.columns, "latency_s": row.columns["processing_latency_s"]},
        )
        for row in accelerator.measurements
        if row.latency_s is not None
    ]
    note = (
        "eyeriss: processing latency, as if all DRAM traffic were overlapped; energy is that of "
        "the total latency, so that power is an upper bound"
    )
    return attrs.evolve(accelerator, measurements=rows, notes=(*accelerator.notes, note))


@hookimpl
def fodlam_accelerators() -> Iterable[Accelerator]:
    """Supply Eyeriss, with the operating points of its published voltage sweep."""
    chip = load_accelerator(
        os.path.join(os.path.dirname(__file__), "data", "eyeriss.toml"),
        predictors=[
            DeferredPredictor(
                "row-stationary-derived", "fodlam_eyeriss.row_stationary", "DerivedRowStationary"
            ),
            DeferredPredictor("row-stationary", "fodlam_eyeriss.row_stationary", "RowStationary"),
            *generic_predictors(),
        ],
        options=EyerissOptions,
        apply_options=apply_options,
    )
    yield with_voltages(chip)
