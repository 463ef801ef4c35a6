"""Which of its operating points a chip stands for, where a network runs on it by its plain name.

It is the default point if that knows the latency of enough of the network, else the point that
knows that of most; of several the first, latencies before throughputs, and what a datasheet says
last. What a library says of its points, which kinds of layers they serve and what networks they
know, spares loading those that cannot be it.
"""

from __future__ import annotations

import functools
from collections import Counter
from typing import TYPE_CHECKING

from fodlam_core.analyses.ranked import LEAST_SHARE, Ranked
from fodlam_core.config.asked import on_chips
from fodlam_core.deferred import DeferredAccelerator
from fodlam_core.errors import FodlamError
from fodlam_core.estimates import prepare
from fodlam_core.estimates.verdict import verdict
from fodlam_core.model.costs import DATASHEET
from fodlam_core.model.quantities import LATENCY
from fodlam_core.model.value import Same
from fodlam_core.report.units import percent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.config import Config
    from fodlam_core.model.layers import Network
    from fodlam_core.plugins.registry import Registry


def on_point(config: Config, registry: Registry, network: Network, name: str) -> Ranked:
    """Return what a network costs on one operating point, or why that refuses it."""
    try:
        reason = _unloaded(registry.supplied(name), network, _shares(Same(network)))
        if reason:
            return Ranked(name, None, reason)
        estimate = prepare(on_chips(config, [name], registry), registry, network).estimate()
        return Ranked(name, estimate, worth=verdict(estimate))
    except FodlamError as error:
        return Ranked(name, None, str(error.problems[0]))


def on_chip(
    config: Config, registry: Registry, network: Network, name: str, points: Iterable[str]
) -> Ranked:
    """Return what a network costs on a chip, at the point that the chip stands for.

    Args:
        config: what to estimate; its dispatch is set aside.
        registry: the chips.
        network: the network.
        name: the default point of the chip.
        points: all its points, in order of preference.
    """
    shares = _shares(Same(network))
    items = {each: registry.supplied(each) for each in (name, *points)}
    most = {each: min(_most(item, network, shares), LEAST_SHARE) for each, item in items.items()}
    found: dict[str, Ranked] = {}
    share = 0.0
    for each in sorted(most, key=lambda each: (-most[each], _worth_less(items[each]))):
        if share >= most[each]:
            break
        found[each] = on_point(config, registry, network, each)
        share = max(share, found[each].share(LATENCY.name))
    best = max(found.values(), key=lambda each: each.share(LATENCY.name), default=None)
    if best is None or not share or best.name == name:
        return found.get(name) or on_point(config, registry, network, name)
    known = found[name].share(LATENCY.name) if name in found else most[name]
    told = f"models {f'{percent(known)} of the MACs' if known else 'nothing'} of {network.name}"
    if known >= LEAST_SHARE:
        told = "is a throughput, not a latency"
        if items[name].provenance == DATASHEET:
            told = "is a datasheet"
    return best.noting(
        f"{name.partition('/')[0]} is taken at {best.name}: its default point, {name}, {told}"
    )


def standing(config: Config, registry: Registry, network: Network, name: str) -> Ranked:
    """Return what a network costs on a chip, at the point that it stands for in a ranking.

    Args:
        config: what to estimate; its dispatch is set aside.
        registry: the chips.
        network: the network.
        name: the name of the chip.
    """
    name = registry.full_name("accelerator", name)
    chip = name.partition("/")[0]
    if network.transformer is None:
        return on_chip(config, registry, network, name, registry.points().get(chip, ()))
    from fodlam_core.analyses.holding import holding

    [best] = holding(network, config, registry, [name], best=True).names or [name]
    found = on_point(config, registry, network, best)
    if best == name or found.estimate is None:
        return found
    return found.noting(f"{chip} is taken at {best}, its best-known point")


@functools.lru_cache(maxsize=16)
def _shares(network: Same) -> dict[str, float]:
    """Return the share of each kind of layer in the MACs of a network, or in its layers."""
    macs = network.what.total_macs
    parts: Counter[str] = Counter()
    for layer in network.what.layers:
        parts[layer.kind] += layer.total_macs if macs else 1
    return {kind: part / parts.total() for kind, part in parts.items()}


def _unloaded(
    item: Accelerator | DeferredAccelerator, network: Network, shares: Mapping[str, float]
) -> str:
    """Return why a chip models nothing of a network, as far as it need not be loaded for that."""
    if shares.keys().isdisjoint(item.kinds):
        return f"serves {', '.join(item.kinds)}, and no layer of the network is of these"
    if isinstance(item, DeferredAccelerator) and not _may_know(item, network):
        if item.facts.get("networks"):
            return f"knows whole networks only, and {network.name} is not one of them"
        return "nothing was measured on it, and too little is known to predict a layer"
    return ""


def _worth_less(item: Accelerator | DeferredAccelerator) -> int:
    """Return 0 for latencies, 1 for throughputs, 2 for what a datasheet says."""
    if item.provenance == DATASHEET:
        return 2
    return int(item.latency_is != "inference")


def _may_know(item: DeferredAccelerator, network: Network) -> bool:
    if item.knows is None:
        return True
    return network.measured_as is not None and item.knows(network.measured_as)


def _most(
    item: Accelerator | DeferredAccelerator, network: Network, shares: Mapping[str, float]
) -> float:
    """Return the share of a network that a chip models at the most."""
    if _unloaded(item, network, shares):
        return 0.0
    return sum(shares.get(kind, 0.0) for kind in item.kinds)
