"""What comes out: a result that can show itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fodlam_core.estimates.result import Result
from fodlam_core.report.frames import Tabular
from fodlam_core.report.units import quantity

if TYPE_CHECKING:
    from fodlam_core.estimates.verdict import Verdict
    from fodlam_core.figures.methods import EstimateFigures
    from fodlam_core.report.document import Document


class Estimate(Result, Tabular):
    """What a network costs: a `Result` as rows, as JSON, and as a table in a notebook."""

    __slots__ = ()

    def __repr__(self) -> str:
        total = self.totals["total"]
        costs = f"{quantity(total.latency_s, 's')}, {quantity(total.energy_j, 'J')}"
        return f"<Estimate of {self.network.name}, batch {self.batch}: {costs}>"

    @property
    def verdict(self) -> Verdict:
        """How it was got, where it may lie, and what counts against it: as in ``rank``."""
        from fodlam_core.estimates.verdict import verdict

        return verdict(self)

    @property
    def plot(self) -> EstimateFigures:
        """Its figures: ``plot.layers()`` and ``plot.rooflines()`` (extra ``plot``)."""
        from fodlam_core.figures.methods import EstimateFigures

        return EstimateFigures(self)

    def to_rows(self) -> list[dict[str, Any]]:
        """Return a flat dictionary for each layer, for pandas, polars or a CSV file."""
        from fodlam_core.estimates.json import layer_row
        from fodlam_core.estimates.system import dram_energy_j

        return [
            {**layer_row(each), "dram_energy_j": dram_energy_j(self, each)} for each in self.layers
        ]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values: the JSON schema of ``run --format json``."""
        from fodlam_core.estimates.json import estimate_record

        return estimate_record(self)

    def document(self) -> Document:
        """Return what a person reads."""
        from fodlam_core.estimates.columns import estimate_document

        return estimate_document(self)
