"""Which chips can hold a language model, and by which of its points a chip is known best.

Nothing is loaded: precision, memory and errors are in what a library says of its chips. A model
that keeps a cache needs a memory of known size; whether a chip of unknown memory can hold it is
not known, and so it is not ranked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from fodlam_core.deferred import DeferredAccelerator
from fodlam_core.estimates.capacity import DOES_NOT_FIT
from fodlam_core.estimates.precision import is_stated, precision_of, serves, weight_format
from fodlam_core.model.costs import DATASHEET
from fodlam_core.report.units import quantity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fodlam_core.config import Config
    from fodlam_core.model.layers import Network
    from fodlam_core.plugins.registry import Registry

# What a chip that is not loaded says of itself, from the least trustworthy.
_PROVENANCE = (DATASHEET, "projected")


class Holding(NamedTuple):
    """Chips by whether they can hold a model.

    Attributes:
        names: of those that can, each at its best known point.
        reasons: why others cannot, by name.
    """

    names: list[str]
    reasons: dict[str, str]


def holding(
    network: Network, config: Config, registry: Registry, names: Iterable[str], *, best: bool
) -> Holding:
    """Sort out chips that cannot hold a language model, or not in the precision asked for.

    Args:
        network: a transformer.
        config: what else is asked for.
        registry: the chips.
        names: chips and points.
        best: whether a chip stands for whichever of its points is known best.
    """
    found: list[str] = []
    reasons: dict[str, str] = {}
    points = registry.points() if best else {}
    for name in names:
        chip, _, _ = name.partition("/")
        every = points.get(chip) or [name]
        reason = {each: _reason(network, config, registry, each) for each in every}
        fitting = [each for each in every if not reason[each]]
        if fitting:
            found.append(min(fitting, key=lambda each: _order(registry, each)))
        else:
            reasons[name] = reason.get(name) or next(iter(reason.values()))
    return Holding(list(dict.fromkeys(found)), reasons)


def _said(item: Any, what: str) -> Any:
    if isinstance(item, DeferredAccelerator):
        return item.facts.get(what)
    return getattr(item, what, None)


def _reason(network: Network, config: Config, registry: Registry, name: str) -> str:
    """Return why a chip cannot be ranked; empty if it can."""
    item, facts = registry.supplied(name), network.transformer
    assert facts is not None
    missing = {layer.kind for layer in network.layers} - set(item.kinds)
    if missing:
        return f"serves no {' and no '.join(sorted(missing))} layers"
    own = precision_of(item)
    if facts.kv_bytes_per_token is not None and weight_format(own) is None:
        return f"its weight format is not known ({own or 'no precision is stated'})"
    if not serves(own, facts.precision, stated=is_stated(config, network)):
        return f"stores weights as {weight_format(own)}, not {facts.precision}"
    if isinstance(item, DeferredAccelerator) and item.facts.get("layers") == 0:
        few = item.facts.get("provenance") not in _PROVENANCE and not _said(item, "latency_error")
        if few:
            return "knows whole networks only"
    keeps = facts.kv_bytes_per_token is not None
    if keeps and item.latency_is != "inference":
        return "what one step takes is not known: its latencies are one over a throughput"
    memory = _said(item, "memory_bytes")
    if memory is None:
        return "the size of its memory is not known" if keeps else ""
    batch = config.network.batch if isinstance(config.network.batch, int) else 1
    needed = facts.memory(batch).total
    if needed > memory:
        return (
            f"{DOES_NOT_FIT}it has {quantity(memory, 'B')}, and {quantity(needed, 'B')} are needed"
        )
    return ""


def _order(registry: Registry, name: str) -> tuple[Any, ...]:
    """Return what the points of a chip are sorted by: what is measured, and least in error."""
    item = registry.supplied(name)
    error, provenance = _said(item, "latency_error"), str(_said(item, "provenance"))
    if provenance == DATASHEET:
        error = None  # it is that of a number format: one that is wider is no better for it
    known = _PROVENANCE.index(provenance) if provenance in _PROVENANCE else len(_PROVENANCE)
    return (-known, error is None, error or 0.0, name)
