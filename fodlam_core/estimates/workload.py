"""What other data in the same shape change: the spread of measured layers of equal shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fodlam_core.model.quantities import METRICS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fodlam_core.estimates.figures import Basis
    from fodlam_core.estimates.platform import Platform
    from fodlam_core.model.costs import Measurement
    from fodlam_core.model.layers import Layer


def workload_spread(rows: Iterable[Measurement]) -> dict[str, float]:
    """Return by quantity the greatest over the least cost, less one, of layers of equal shape.

    The largest of all shapes that several layers of one network have at one batch; a quantity is
    left out where no two such layers were measured.
    """
    groups: dict[tuple[str, Any, int], list[Measurement]] = {}
    for row in rows:
        if row.layer.shape is not None:
            groups.setdefault((row.network, row.layer.shape, row.batch), []).append(row)
    found: dict[str, float] = {}
    for place, metric in enumerate(METRICS):
        for group in groups.values():
            known = [value for row in group if (value := row.amounts[place])]
            if len(known) > 1:
                spread = max(known) / min(known) - 1
                found[metric.name] = max(found.get(metric.name, 0.0), spread)
    return found


def workload_notes(
    items: Iterable[tuple[Layer, Basis | None]], platforms: Mapping[str, Platform]
) -> list[str]:
    """Say, besides the rounding, by how much published layers of equal shape differ."""
    published = {basis.accelerator for _, basis in items if basis and basis.measurement}
    notes = []
    for name, platform in platforms.items():
        accelerator = platform.accelerator
        if name not in published or accelerator.provenance != "measured":
            continue
        spread = workload_spread(accelerator.measurements)
        parts = [
            f"{100 * value:.2g} % in {quantity}" for quantity, value in spread.items() if value
        ]
        if parts:
            notes.append(
                f"{name}: intervals do not include the workload: measured layers of equal shape "
                f"differ by up to {' and '.join(parts)}; one chip was measured"
            )
    return notes
