"""Networks as plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from fodlam_core.model.transformer import layer_class

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fodlam_core.model.layers import Layer, Network
    from fodlam_core.model.transformer import TransformerFacts


def network_record(network: Network, batch: int = 1) -> dict[str, Any]:
    """Return a network as ``networks show --format json`` prints it.

    ``macs`` is for one item; ``total_macs`` includes ``repeat``, and is for the whole batch.
    """
    record = {
        "name": network.name,
        "source": network.source,
        "batch": batch,
        "layers": [
            {
                "name": layer.name,
                "kind": layer.kind,
                "macs": layer.macs,
                "repeat": layer.repeat,
                "shape": attrs.asdict(layer.shape) if layer.shape else None,
            }
            for layer in network.layers
        ],
        "skipped": dict(network.skipped),
        "uncosted": dict(network.uncosted),
        "memory_passes": [attrs.asdict(each) for each in network.memory_passes],
        "total_macs": network.total_macs * batch,
    }
    if network.transformer is not None:
        record |= _facts(network, network.transformer, batch)
    return record


def _facts(network: Network, facts: TransformerFacts, batch: int) -> dict[str, Any]:
    """Return what is known of a transformer besides its layers; the cache is that at 16 bits."""
    memory = facts.memory(batch)
    return {
        "parameters": facts.parameters,
        "active_parameters": facts.active_parameters,
        "weights": facts.precision,
        "kv_bytes_per_token": facts.kv_bytes_per_token,
        "cross_kv_bytes_per_token": facts.cross_kv_bytes_per_token,
        "memory": {
            "weights_bytes": memory.weights,
            "kv_cache_bytes": memory.cache,
            "activation_bytes": memory.activations,
            "total_bytes": memory.total,
        },
        "macs_by_class": _by_class(network.layers, batch),
        "phases": [
            {
                "name": phase.name,
                "steps": phase.steps,
                "text": phase.text,
                "macs_by_class": _by_class(network.phase(phase.name), batch),
            }
            for phase in facts.phases
        ],
    }


def _by_class(layers: Iterable[Layer], batch: int) -> dict[str, int]:
    """Return the MACs of each class of layers."""
    totals: dict[str, int] = {}
    for layer in layers:
        name = layer_class(layer.name)
        totals[name] = totals.get(name, 0) + layer.total_macs * batch
    return totals
