"""Rows of a chip that look as if they were of the network, and are not those of its layers."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from fodlam_core.errors import listed
from fodlam_core.errors.wording import likeness
from fodlam_core.estimates.figures import OVERHEAD
from fodlam_core.report.units import counted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from fodlam_core.estimates.figures import Basis
    from fodlam_core.estimates.platform import Platform
    from fodlam_core.model.costs import Measurement
    from fodlam_core.model.layers import Layer, Network

Items = tuple[tuple["Layer", "Basis | None"], ...]
ALIKE = 0.8
FEWEST = 2  # layers that tell a network


def unused_notes(
    network: Network, items: Items, platforms: Mapping[str, Platform]
) -> Iterator[str]:
    """Say which rows are of a network or of a layer of nearly the same description.

    Args:
        network: the network; nothing is looked up unless it may be one that was measured.
        items: its layers, and what their costs rest on.
        platforms: the chips in use.
    """
    measured_as = network.measured_as
    if measured_as is None:
        yield from _measured_networks(items, platforms)
        return
    work = {(layer.key, layer.macs) for layer, _ in items}
    for name, platform in platforms.items():
        for other, count in _other_networks(platform, work).items():
            if other != measured_as and likeness(other, measured_as) >= ALIKE:
                yield (
                    f"{name}: it has {counted(count, 'row')} of a network {other!r}, which is not "
                    f"{measured_as}; if that is meant, correct the name"
                )
        yield from _other_layers(name, measured_as, items, platform)


def _measured_networks(items: Items, platforms: Mapping[str, Platform]) -> Iterator[str]:
    """Say which networks that were measured have, on their chips, all layers that these run."""
    found: dict[str, list[str]] = {}
    for name, platform in platforms.items():
        work = {
            (layer.key, layer.macs)
            for layer, basis in items
            if basis and basis.accelerator == name and layer.kind != OVERHEAD
        }
        if len(work) < FEWEST:
            continue
        first = min(work)[0]
        for network in [network for network, key in platform.rows if key == first]:
            if all(_is_measured(platform, network, key, macs) for key, macs in work):
                found.setdefault(network, []).append(name)
    for network, chips in found.items():
        yield (
            f"{listed(chips)}: the layers have the names and the MACs of those that were measured "
            f'of {network}; if it is that network, [network] measured_as = "{network}" takes the '
            "measured costs"
        )


def _is_measured(platform: Platform, network: str, key: str, macs: int) -> bool:
    return any(each.layer.macs == macs for each in platform.rows.get((network, key), ()))


def _other_networks(platform: Platform, work: Collection[tuple[str, int]]) -> Mapping[str, int]:
    """Return by network how many rows of it are such layers, or totals.

    Args:
        platform: the chip. Its totals of networks whose layers it knows are of just these.
        work: names and MACs of layers.
    """
    known = platform.accelerator.networks
    totals = [each.network for each in platform.accelerator.references]
    counts = Counter(network for network in totals if network not in known)
    for (network, key), rows in platform.rows.items():
        counts[network] += sum((key, row.layer.macs) in work for row in rows)
    return +counts


def _other_layers(name: str, measured_as: str, items: Items, platform: Platform) -> Iterator[str]:
    """Say which layers are not as they were measured, in two notes at most."""
    not_used: list[str] = []
    used: list[str] = []
    for layer, basis in items:
        if basis is None or basis.accelerator != name:
            continue
        row = basis.measurement
        if row is None:
            rows = platform.rows.get((measured_as, layer.key))
            if rows:
                not_used.append(f"{layer.name}, {_difference(layer, rows)}")
        elif row.layer.shape and layer.shape and row.layer.shape != layer.shape:
            used.append(f"{layer.name}, {row.layer.shape} there and {layer.shape} here")
    for found, says in (
        (not_used, "is not used, as the layer is another one"),
        (used, "is used, as it has as many MACs, though its shape is another one"),
    ):
        if found:
            more = f" (and {counted(len(found) - 1, 'further layer')})" if len(found) > 1 else ""
            yield f"{name}: what was measured of {measured_as} {says}: {found[0]}{more}"


def _difference(layer: Layer, rows: Sequence[Measurement]) -> str:
    """Return what tells a layer from the one that was measured."""
    row = rows[0].layer
    if row.kind != layer.kind:
        return f"of kind {row.kind} there and {layer.kind} here"
    return f"{row.macs} MACs there and {layer.macs} here"
