"""Cost per MAC of every measured layer, and the averages that predict with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from fodlam_core.config import AcceleratorConfig, Config, NetworkConfig, TechnologyConfig
from fodlam_core.errors import FodlamError
from fodlam_core.estimates.dispatch import accelerator_for
from fodlam_core.estimates.platform import Platform, platform
from fodlam_core.model.layers import Layer
from fodlam_core.model.quantities import Amounts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fodlam_core.estimates.figures import Basis
    from fodlam_core.plugins.registry import Registry


@attrs.frozen
class CostPerMac:
    """The cost of one MAC of a measured layer, or their average.

    Attributes:
        kind: the layer kind.
        accelerator: the accelerator.
        network: the measured network; None for the average.
        layer: the measured layer; None for the average.
        batches: batches behind the number.
        latency_s: seconds per MAC at 65 nm.
        energy_j: joules per MAC at 65 nm.
    """

    kind: str
    accelerator: str
    network: str | None
    layer: str | None
    batches: tuple[int, ...]
    latency_s: float | None
    energy_j: float | None


def diagnose(registry: Registry, batch: int | str) -> list[CostPerMac]:
    """Return the cost per MAC of every calibration layer, followed by the average by kind.

    The accelerators are those that a configuration without a dispatch table would get; costs are
    brought to 65 nm by Dennard scaling, as FODLAM does.

    Args:
        registry: what is installed.
        batch: ``"published"`` for costs as printed over the MACs of one image, or 1.

    Raises:
        FodlamError: if no accelerator is installed.
    """
    if not registry.names("accelerator"):
        raise FodlamError(registry.nothing_installed("accelerator"))
    config = Config(
        NetworkConfig(batch="published" if batch == "published" else 1),
        TechnologyConfig(node_nm=65.0, scaler="dennard"),  # as FODLAM has it
    )
    layers: list[CostPerMac] = []
    averages: list[CostPerMac] = []
    measured = {row.layer.kind for each in registry.accelerators for row in each.measurements}
    for kind in sorted(measured):
        accelerator = accelerator_for(kind, config, registry)
        if accelerator is None or not accelerator.calibration(kind):
            continue
        per_mac = attrs.evolve(
            config, accelerator={accelerator.name: AcceleratorConfig(predictor="per-mac")}
        )
        ready = platform(accelerator, per_mac, registry)
        layers += _layers(kind, ready)
        averages.append(
            _per_mac(ready.predicted(Layer("average", kind, 1), 1), kind, None, None, 1)
        )
    return layers + averages


def _layers(kind: str, ready: Platform) -> Iterator[CostPerMac]:
    for row in ready.accelerator.calibration(kind):
        basis = ready.published(row.network, row.layer, row)
        yield _per_mac(basis, kind, row.network, row.layer.name, row.layer.total_macs)


def _per_mac(
    basis: Basis, kind: str, network: str | None, layer: str | None, macs: int
) -> CostPerMac:
    one = Amounts(*[None if each is None else each / macs for each in basis.amounts])
    return CostPerMac(
        kind=kind,
        accelerator=basis.accelerator,
        network=network,
        layer=layer,
        batches=basis.batches,
        latency_s=one.latency_s,
        energy_j=one.energy_j,
    )


def diagnosis_record(costs: list[CostPerMac]) -> dict[str, Any]:
    """Return the diagnosis as FODLAM's ``--diagnose`` was meant to print it."""
    record: dict[str, Any] = {
        "per_layer": {"latency": {}, "energy": {}},
        "average": {"latency": {}, "energy": {}},
    }
    for each in costs:
        for what, value in (("latency", each.latency_s), ("energy", each.energy_j)):
            if value is None:
                continue
            if each.network is None:
                record["average"][what][each.kind] = value
            else:
                record["per_layer"][what].setdefault(each.network, {})[each.layer] = value
    return record
