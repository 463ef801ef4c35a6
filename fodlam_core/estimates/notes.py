"""What a reader must know before quoting a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.errors import listed
from fodlam_core.estimates.capacity import capacity_notes
from fodlam_core.estimates.figures import OVERHEAD
from fodlam_core.estimates.parts import part_notes
from fodlam_core.estimates.plausibility import doubt_notes
from fodlam_core.estimates.published_totals import (
    ReferenceCost,
    answer,
    includes_operators,
    reference_costs,
    whole_network,
)
from fodlam_core.estimates.unused_rows import unused_notes
from fodlam_core.estimates.workload import workload_notes
from fodlam_core.model.costs import DATASHEET
from fodlam_core.model.quantities import METRICS
from fodlam_core.report.units import counted, quantity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fodlam_core.config import Config
    from fodlam_core.errors import Problem
    from fodlam_core.estimates.figures import Basis
    from fodlam_core.estimates.platform import Platform
    from fodlam_core.model.layers import Layer, Network

MOST_REFUSALS = 5
NOT_MODELLED = "not modelled: "  # how notes begin that say why a layer is refused
SEVERAL_CHIPS = "several chips: "  # how notes begin that say that a cost is not that of one chip
UNLIKE = "not like for like: "  # how notes begin that say that a cost leaves out what others have
INCOMPLETE = "incomplete: "  # how notes begin that say what a total lacks that has no MACs
BY_DATASHEET = f"{DATASHEET}: "  # how notes begin that say that nothing was measured


def batch_line(batches: Mapping[str, tuple[int, ...]]) -> str:
    """Return how many inferences the costs of each kind are for.

    >>> batch_line({"conv": (3,), "fc": (1,)})
    'conv: 3 images, fc: 1 image'
    """
    parts = []
    for kind, sizes in batches.items():
        images = "image" if sizes == (1,) else "images"
        parts.append(f"{kind}: {' or '.join(map(str, sizes))} {images}")
    return ", ".join(parts)


def mixes(batches: Mapping[str, tuple[int, ...]]) -> bool:
    """Tell whether costs of different batches meet in one total."""
    return len({size for sizes in batches.values() for size in sizes}) > 1


def gather_notes(
    config: Config,
    network: Network,
    items: tuple[tuple[Layer, Basis | None], ...],
    platforms: Mapping[str, Platform],
    batches: Mapping[str, tuple[int, ...]],
    refusals: Mapping[int, Problem] = {},
) -> tuple[str, ...]:
    """Return the notes of an estimate, each a sentence, without repetition."""
    batch = config.network.batch
    whole = answer(platforms, reference_costs(network, platforms, batch), batch)
    looked_up = config.network.method != "predicted"
    return tuple(
        dict.fromkeys(
            [
                *doubt_notes(network, items, platforms),
                *capacity_notes(network, batch, items, platforms),
                *(unused_notes(network, items, platforms) if looked_up else ()),
                *_refused(refusals),
                *_several(platforms),
                *_datasheets(platforms),
                *_batch(config, items, batches, whole),
                *_methods(network, items, whole),
                *_operators(network, items, platforms),
                *part_notes(items, platforms),
                *_intervals(items, platforms),
                *_technology(config, platforms),
                *_scope(config, items, platforms),
                *network.notes,
            ]
        )
    )


def _batch(
    config: Config,
    items: tuple[tuple[Layer, Basis | None], ...],
    batches: Mapping[str, tuple[int, ...]],
    whole: ReferenceCost | None,
) -> Iterator[str]:
    measured = {size for _, basis in items if basis for size in basis.batches}
    if whole:
        measured.add(whole.reference.batch)
    if config.network.batch == "published":
        text = f"costs are as printed, for {batch_line(batches)}" if batches else ""
        if mixes(batches):
            text += "; totals mix these batches, batch = 1 gives the cost of one inference"
        if text:
            yield text
    elif measured - {1}:
        yield (
            "costs measured at another batch are divided by it and assumed to be linear in it: "
            "weights that were loaded once for a batch are spread over it"
        )
    rows = [(basis.measurement, basis.shared_by) for _, basis in items if basis]
    if config.network.batch != "published" and any(row and row.batch != by for row, by in rows):
        yield (
            "a batch between two that were measured costs what the larger one does, where filling "
            "it up costs less than more of the smaller"
        )


def _methods(
    network: Network, items: tuple[tuple[Layer, Basis | None], ...], whole: ReferenceCost | None
) -> Iterator[str]:
    if whole:
        name = whole.accelerator
        yield f"{name}: the total is published for the whole network; no layer of it is known"
        if whole.lacks:
            yield f"{name}: no {whole.lacks} of {network.name} is published: it counts as uncovered"
    predicted = sorted({basis.predictor or "" for _, basis in items if basis and basis.predictor})
    if predicted:
        yield f"predicted costs ({', '.join(predicted)}) are first-order"
    missing = [layer for layer, basis in items if basis is None]
    yield from _halves(items)
    if missing and not whole:
        macs = sum(layer.total_macs for layer in missing)
        kinds = ", ".join(sorted({layer.kind for layer in missing}))
        yield (
            "not modelled, and missing from latency and energy: "
            f"{counted(len(missing), 'layer')} of kind {kinds} with {quantity(macs, 'MAC')}"
        )
    if network.uncosted:
        operators = ", ".join(f"{name} ({count})" for name, count in network.uncosted.items())
        yield (
            "operators whose MACs are not known, and which are missing from every number: "
            f"{operators}"
        )


def _operators(
    network: Network, items: Sequence[tuple[Layer, Basis | None]], platforms: Mapping[str, Platform]
) -> Iterator[str]:
    for platform in platforms.values():
        if platform.accelerator.operators:
            from fodlam_core.estimates.operators import strange_operators

            yield from strange_operators(platform.accelerator)
    lines = [(layer, basis) for layer, basis in items if layer.kind == OVERHEAD]
    if network.memory_passes and lines:
        from fodlam_core.estimates.operators import operator_notes

        told = list(operator_notes(network, platforms, lines))
        if told:
            yield from told
            return
    if network.skipped:
        count = sum(network.skipped.values())
        what = f"{counted(count, 'operator')} without MACs (pooling, activation ...)"
        if whole_network(platforms):
            yield f"{what} included: the cost is that of the whole network"
        elif includes_operators(platforms.values()):
            yield f"{what} included: predictions are fitted to costs of whole networks"
        else:
            yield f"{what} {'is' if count == 1 else 'are'} counted as free"


def _refused(refusals: Mapping[int, Problem]) -> Iterator[str]:
    reasons = [str(each) for each in dict.fromkeys(refusals.values())]
    yield from (f"{NOT_MODELLED}{reason}" for reason in reasons[:MOST_REFUSALS])
    if len(reasons) > MOST_REFUSALS:
        yield f"{NOT_MODELLED}{len(reasons) - MOST_REFUSALS} more layers, for similar reasons"


def _several(platforms: Mapping[str, Platform]) -> Iterator[str]:
    for name, platform in platforms.items():
        count = platform.accelerator.chip_count
        if count > 1:
            yield f"{SEVERAL_CHIPS}the costs of {name} are those of {count} chips together"


def _datasheets(platforms: Mapping[str, Platform]) -> Iterator[str]:
    names = [name for name, each in platforms.items() if each.accelerator.provenance == DATASHEET]
    if names:
        yield (
            f"{BY_DATASHEET}nothing was measured on {listed(names)}, and programs do not reach the "
            "peaks of a datasheet"
        )


def _halves(items: Sequence[tuple[Layer, Basis | None]]) -> Iterator[str]:
    """Say of which chips a metric is not known."""
    for place, metric in enumerate(METRICS):
        lacking = [
            (layer, basis.accelerator)
            for layer, basis in items
            if basis and basis.amounts[place] is None
        ]
        if lacking:
            names = listed(sorted({name for _, name in lacking}))
            layers = sum(layer.kind != OVERHEAD for layer, _ in lacking)
            of = counted(layers, "layer") if layers else "what a run takes besides its layers"
            # The coverage tells of layers, by their MACs; of the rest only this does.
            begin = "" if layers else INCOMPLETE
            yield f"{begin}{names}: no {metric.name} is known of {of}; totals lack it"


def _covers(platforms: Mapping[str, Platform]) -> Iterator[str]:
    """Say where a total mixes energies, or latencies, that are not the same thing."""
    chips = [platform.accelerator for platform in platforms.values()]
    covers = sorted({chip.energy_covers for chip in chips if chip.energy_covers})
    if len(covers) > 1:
        parts = [f"{chip.name}: {chip.energy_covers}" for chip in chips if chip.energy_covers]
        yield f"the total mixes energies that cover different things ({', '.join(parts)})"
    for chip in chips:
        if chip.energy_covers and len(covers) == 1 and chip.energy_covers not in ("core", "chip"):
            yield f"{chip.name}: its energy is that of the {chip.energy_covers}"
        if chip.latency_is != "inference":
            yield (
                f"{chip.name}: latencies are one over a measured throughput; a single inference "
                "may take longer where inferences overlap"
            )


def _published(
    items: tuple[tuple[Layer, Basis | None], ...], platforms: Mapping[str, Platform]
) -> Iterator[str]:
    rows = [
        basis.measurement
        for _, basis in items
        if basis and basis.measurement and basis.method == "published" and basis.interval
    ]
    if any(row.quartiles_s for row in rows):
        yield "intervals of measured latencies are the quartiles of repeated runs"
    if any(not row.quartiles_s for row in rows):
        yield "intervals of published costs only include the rounding of the printed numbers"
    if rows:
        yield from workload_notes(items, platforms)


def _intervals(
    items: tuple[tuple[Layer, Basis | None], ...], platforms: Mapping[str, Platform]
) -> Iterator[str]:
    yield from _published(items, platforms)
    for name, platform in platforms.items():
        for fitting in platform.fittings:
            yield from (f"{name}: {note}" for note in fitting.notes())
    if any(platform.is_scaled for platform in platforms.values()):
        yield (
            "no interval includes the error of technology scaling; the line 'scaling' is the "
            "spread over all rules that apply"
        )
    outside = [basis for _, basis in items if basis and basis.outside]
    near = [basis for basis in outside if basis.interval]
    far = [basis for basis in outside if not basis.interval]
    if near:
        yield f"extrapolated, with a wider interval: {_outside(near)}"
    if far:
        yield f"extrapolated too far for an interval: {_outside(far)}"


def _outside(bases: Sequence[Basis]) -> str:
    names = sorted({size for basis in bases for size in basis.outside})
    layers = "layer" if len(bases) == 1 else "layers"
    return f"{len(bases)} {layers} outside the measured range of {', '.join(names)}"


def _technology(config: Config, platforms: Mapping[str, Platform]) -> Iterator[str]:
    asked = config.technology
    if asked.as_measured and asked.scaler is not None:
        yield (
            f"[technology] scaler = {asked.scaler!r} has no effect without node_nm: every chip "
            "is used as measured"
        )
    nodes = sorted({platform.source.node_nm for platform in platforms.values() if platform.source})
    if len(nodes) > 1 and not any(platform.is_scaled for platform in platforms.values()):
        yield (
            f"every chip is used as measured, so the total adds chips of "
            f"{listed([f'{node:g}' for node in nodes])} nm; [technology] node_nm scales them to one"
        )
    for name, platform in platforms.items():
        yield from platform.factors.notes
        moved = platform.factors.time != 1
        if moved and any(row.offchip_latency_s for row in platform.accelerator.measurements):
            yield f"{name}: time spent waiting for DRAM is not scaled with the node"


def _scope(
    config: Config, items: tuple[tuple[Layer, Basis | None], ...], platforms: Mapping[str, Platform]
) -> Iterator[str]:
    yield from _covers(platforms)
    if len(platforms) > 1:
        yield "layers run one after the other; an accelerator that waits costs nothing"
    if config.system:
        from fodlam_core.estimates.system import system_notes

        yield from system_notes(config.system, items)
    elif items:
        yield "DRAM energy is not included in any number"
    for platform in platforms.values():
        yield from platform.accelerator.notes
