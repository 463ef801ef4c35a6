"""Published totals of part of a network: its layers of one kind, or those of a list.

What a publication gives for such layers together is one line of the result: it is never spread over
them, since nothing says which layer spent it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.errors import NetworkError, Setting, listed
from fodlam_core.model.costs import Cost, Measurement
from fodlam_core.model.layers import Layer, layer_key
from fodlam_core.report.units import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.estimates.checks import Work
    from fodlam_core.estimates.figures import Basis
    from fodlam_core.estimates.platform import Platform
    from fodlam_core.model.layers import Network
    from fodlam_core.model.whole_network import Reference


def with_parts(network: Network, work: Work) -> Work:
    """Return the work with the layers of each published part as one layer, which was measured.

    So it is with a chip that knows parts of networks and no layer; whatever else it knows is by
    layers.

    Raises:
        NetworkError: if it is given other layers than those of a part.
    """
    for platform in {each.accelerator.name: each for _, each in work if each}.values():
        if _knows_parts_only(platform.accelerator):
            work = _with_part(network, work, platform)
    return work


def part_notes(
    items: Sequence[tuple[Layer, Basis | None]], platforms: Mapping[str, Platform]
) -> Iterator[str]:
    """Yield a sentence for each line that stands for several layers, with where it is printed."""
    for layer, basis in items:
        chip = platforms[basis.accelerator].accelerator if basis else None
        if chip and _knows_parts_only(chip):
            places = dict.fromkeys(part.where for part in chip.parts if part.where)
            where = f" ({listed(list(places))})" if places else ""
            yield f"{chip.name}: {layer.name} is published as a sum{where}; no layer of it is known"


def _knows_parts_only(chip: Accelerator) -> bool:
    return bool(chip.parts) and not chip.measurements and not chip.predictors


def _with_part(network: Network, work: Work, platform: Platform) -> Work:
    own = [layer for layer, each in work if each is platform]
    keys = {layer.key for layer in own}
    parts = [
        part
        for part in platform.accelerator.parts
        if part.network == network.measured_as and _keys(network, part) == keys
    ]
    macs = sum(layer.total_macs for layer in own)
    parts = [part for part in parts if part.macs in (None, macs)]
    kinds = {layer.kind for layer in own}
    if not parts or len(kinds) > 1:
        raise NetworkError(
            f"{platform.accelerator.name} publishes parts of networks, each as a whole "
            f"({_known(platform.accelerator.parts)}), and was given "
            f"{counted(len(own), 'layer')} of {network.name}",
            where=Setting(("dispatch",)),
            cure="give it the layers of a part, of one kind, and no others",
        )
    name = own[0].name if len(own) == 1 else f"{own[0].name} to {own[-1].name}"
    line = Layer(f"{name} ({parts[0].part} as a whole)", kinds.pop(), macs)
    rows = sorted((_row(line, part) for part in parts), key=lambda row: row.batch)
    known = platform._replace(rows={(parts[0].network, line.key): rows})
    first = next(place for place, (_, each) in enumerate(work) if each is platform)
    rest = [(layer, each) for layer, each in work if each is not platform]
    return (*rest[:first], (line, known), *rest[first:])


def _keys(network: Network, part: Reference) -> set[str]:
    if part.kind is not None:
        return {layer.key for layer in network.layers if layer.kind == part.kind}
    return set(map(layer_key, part.layers))


def _row(line: Layer, part: Reference) -> Measurement:
    return Measurement(part.network, line, part.batch, cost=Cost.of(part.amounts))


def _known(parts: Sequence[Reference]) -> str:
    return listed(list(dict.fromkeys(f"{part.part} of {part.network}" for part in parts)))
