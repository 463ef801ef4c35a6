"""From prepared layers to an estimate: multiply and add."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from fodlam_core.composer.estimates import Basis, Coverage, Estimate, LayerEstimate, Totals
from fodlam_core.composer.platforms import Platform
from fodlam_core.composer.references import reference_costs, whole_network, with_references
from fodlam_core.config import Config
from fodlam_core.costs import Interval
from fodlam_core.layers import Layer, Network

# FODLAM's two kinds are always in the totals, even where a network has no such layer.
ALWAYS = ("conv", "fc")


class Composer(NamedTuple):
    """A network with everything prepared that does not depend on the batch.

    Attributes:
        config: the configuration.
        network: the network.
        items: each layer asked for, with its basis, or None if no accelerator serves it.
        platforms: the accelerators in use, by name.
        coverage: how much of the network this is.
        batches: batches of the published costs by layer kind.
        notes: what a reader must know before quoting a number.
        versions: versions of the distributions that supply the numbers.
    """

    config: Config
    network: Network
    items: tuple[tuple[Layer, Basis | None], ...]
    platforms: Mapping[str, Platform]
    coverage: Coverage
    batches: Mapping[str, tuple[int, ...]]
    notes: tuple[str, ...]
    versions: Mapping[str, str]

    def __repr__(self) -> str:
        return f"<Composer of {self.network.name}, {len(self.items)} layers>"

    def estimate(self, batch: int | None = None) -> Estimate:
        """Return what the network costs.

        Args:
            batch: inferences; by default as the configuration says. A cost is linear in it.
                Without effect where the configuration takes costs as printed.
        """
        printed = self.config.network.batch == "published"
        asked = self.config.network.batch if printed or batch is None else batch
        inferences = 1 if isinstance(asked, str) else asked
        layers = tuple([_layer(layer, basis, inferences) for layer, basis in self.items])
        totals, accelerators = self._totals(layers, None if printed else inferences)
        references = reference_costs(self.network, self.platforms, asked)
        whole = whole_network(self.platforms)
        if whole:
            totals = with_references(totals, references, asked)
            accelerators = {whole: totals["total"]}
        return Estimate(
            self.config,
            self.network,
            asked,
            layers,
            totals,
            accelerators,
            self.platforms,
            self.coverage,
            self.batches,
            self.notes,
            self.versions,
            references,
        )

    def _totals(
        self, layers: tuple[LayerEstimate, ...], inferences: int | None
    ) -> tuple[dict[str, Totals], dict[str, Totals]]:
        """Return the totals by kind with the overall total, and those by accelerator."""
        cells: dict[tuple[str, str | None], _Sum] = {}
        for each in layers:
            basis = each.basis
            cell = each.layer.kind, basis and basis.accelerator
            if cell not in cells:
                cells[cell] = _Sum()
            cells[cell].add(each, inferences)
        areas = {name: platform.area_mm2 for name, platform in self.platforms.items()}
        kinds = dict.fromkeys((*ALWAYS, *(kind for kind, _ in cells)))
        totals = {
            kind: _total((cell for key, cell in cells.items() if key[0] == kind), inferences)
            for kind in kinds
        }
        totals["total"] = _total(cells.values(), inferences, _sum_areas(areas.values()))
        accelerators = {
            name: _total((cell for key, cell in cells.items() if key[1] == name), inferences, area)
            for name, area in areas.items()
        }
        return totals, accelerators


def _layer(layer: Layer, basis: Basis | None, inferences: int) -> LayerEstimate:
    runs = layer.repeat * inferences
    if basis is None:
        return LayerEstimate(layer, None, runs, None, None)
    return LayerEstimate(layer, basis, runs, basis.latency_s * runs, basis.energy_j * runs)


class _Sum:
    """A running sum over the layers of one kind on one accelerator."""

    __slots__ = (
        "batches",
        "bounded",
        "energy_high_j",
        "energy_j",
        "energy_low_j",
        "latency_high_s",
        "latency_low_s",
        "latency_s",
        "layers",
        "macs",
        "macs_done",
        "modelled",
    )

    def __init__(self) -> None:
        self.latency_s = self.latency_low_s = self.latency_high_s = 0.0
        self.energy_j = self.energy_low_j = self.energy_high_j = 0.0
        self.macs = self.layers = 0
        self.macs_done: float | None = 0.0
        self.modelled = self.bounded = True
        self.batches: set[int | None] = set()

    def add(self, each: LayerEstimate, inferences: int | None) -> None:
        macs = each.layer.macs * each.layer.repeat
        self.macs += macs
        self.layers += 1
        if each.basis is None:
            self.modelled = self.bounded = False
            return
        self.latency_s += each.latency_s or 0.0
        self.energy_j += each.energy_j or 0.0
        if each.basis.interval is None:
            self.bounded = False
        else:
            (latency_low_s, latency_high_s), (energy_low_j, energy_high_j) = each.basis.interval
            self.latency_low_s += latency_low_s * each.runs
            self.latency_high_s += latency_high_s * each.runs
            self.energy_low_j += energy_low_j * each.runs
            self.energy_high_j += energy_high_j * each.runs
        if inferences is None:
            inferences = each.basis.batches[0] if len(each.basis.batches) == 1 else None
        self.batches.add(inferences)
        if inferences is None or self.macs_done is None:
            self.macs_done = None
        else:
            self.macs_done += macs * inferences


def _total(sums: Iterable[_Sum], inferences: int | None, area_mm2: float | None = None) -> Totals:
    sums = list(sums)
    modelled = [each for each in sums if each.modelled]
    if inferences is None:
        batches = set().union(*(each.batches for each in modelled))
        inferences = batches.pop() if len(batches) == 1 else None
    done = [each.macs_done for each in modelled]
    empty = bool(sums) and not modelled
    return Totals(
        None if empty else sum(each.latency_s for each in modelled),
        None if empty else sum(each.energy_j for each in modelled),
        sum(each.macs for each in sums),
        sum(each.layers for each in sums),
        inferences,
        None if None in done else sum(number for number in done if number is not None),
        area_mm2,
        _interval(sums),
    )


def _interval(sums: Iterable[_Sum]) -> Interval | None:
    """Return the sums of the lower and of the upper ends; None if a part has none."""
    low_s = high_s = low_j = high_j = 0.0
    for each in sums:
        if not each.bounded:
            return None
        low_s += each.latency_low_s
        high_s += each.latency_high_s
        low_j += each.energy_low_j
        high_j += each.energy_high_j
    return Interval((low_s, high_s), (low_j, high_j))


def _sum_areas(areas: Iterable[float | None]) -> float | None:
    total = 0.0
    for area in areas:
        if area is None:
            return None
        total += area
    return total or None
