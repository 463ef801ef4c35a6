"""Networks as plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from fodlam_core.model.layers import Network


def network_record(network: Network) -> dict[str, Any]:
    """Return a network as ``networks show --format json`` prints it.

    ``macs`` is for one item; ``total_macs`` includes ``repeat``.
    """
    return {
        "name": network.name,
        "source": network.source,
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
        "total_macs": network.total_macs,
    }
