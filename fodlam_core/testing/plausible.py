"""Checks that what an accelerator says can be: rates, energies, networks, and names."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import attrs

from fodlam_core.errors.wording import likeness
from fodlam_core.networks.zoo import zoo_names, zoo_network
from fodlam_core.plugins import describe, isolated
from fodlam_core.report.units import quantity
from fodlam_core.testing.probes import predicted, tried

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.model.layers import Layer

# Of a layer that is large enough to keep hardware busy; below, starting it takes most of the time.
LARGE_MACS = 10**7
# The least that any hardware makes of its peak or of a clock cycle on such a layer, far below the
# worst of the published tables; a unit that is wrong by 1000 falls below it.
LEAST_OF_PEAK = 2e-3
LEAST_MACS_PER_CYCLE = 0.05
# The most that any MAC of such a layer takes: 10 nJ for convolutions, ten times as much for
# layers that wait for memory.
MOST_J_PER_MAC = {"conv": 1e-8}
MOST_J_PER_MAC_ELSEWHERE = 1e-7


# From here on two names are one name and a slip.
LIKE = 0.9


def check_below_its_peak(accelerator: Accelerator) -> None:
    """Nothing that was measured or is predicted does more MACs in a second than its peak."""
    peak = accelerator.peak_macs_per_s
    if peak is None:
        return
    for where, layer, latency_s, _ in _all_costs(accelerator):
        done = _performed(accelerator, layer)
        assert done is None or done / latency_s <= peak * (1 + 1e-6), (
            f"{where}: {quantity(done / latency_s, 'MAC/s')} are above peak_macs_per_s, "
            f"{quantity(peak, 'MAC/s')}; correct one of them"
        )


def check_scale_of_units(accelerator: Accelerator) -> None:
    """Times and energies are seconds and joules, not thousands of them."""
    slow: list[str] = []
    found = 0
    for where, layer, latency_s, energy_j in _all_costs(accelerator):
        if layer.macs < LARGE_MACS:
            continue
        found += 1
        rate = layer.macs / latency_s
        peak, clock = accelerator.peak_macs_per_s, accelerator.clock_hz
        most = MOST_J_PER_MAC.get(layer.kind, MOST_J_PER_MAC_ELSEWHERE)
        if peak and rate / peak < LEAST_OF_PEAK:
            slow.append(f"{where}: {quantity(rate, 'MAC/s')}, {rate / peak:.1e} of its peak")
        elif clock and rate / clock < LEAST_MACS_PER_CYCLE:
            slow.append(
                f"{where}: {quantity(rate, 'MAC/s')}, {rate / clock:.1e} in a cycle of its clock"
            )
        elif energy_j is not None and energy_j / layer.macs > most:
            slow.append(f"{where}: {quantity(energy_j / layer.macs, 'J')} for a MAC")
    assert not found or len(slow) < found, (
        f"{slow[0]}: so it is throughout, and no hardware is so slow; give seconds, not "
        "milliseconds"
    )


def check_networks(accelerator: Accelerator) -> None:
    """Networks and layers have the names and the MACs that they have elsewhere."""
    names = zoo_names()
    rows = [row.network for row in accelerator.measurements]
    for network in dict.fromkeys([*rows, *(each.network for each in accelerator.references)]):
        near = [name for name in names if likeness(network, name) > LIKE]
        assert network in names or not near, (
            f"the network {network!r} is spelt {near[0]!r} elsewhere; write it so, or nothing that "
            "asks for it finds the row"
        )
    for row in accelerator.measurements:
        if row.network not in names:
            continue
        layers = {layer.key: layer for layer in zoo_network(row.network).layers}
        known = layers.get(row.layer.key)
        assert known is None or known.macs == row.layer.macs, (
            f"{row.network} {row.layer.name} has {known.macs if known else 0} MACs, not "
            f"{row.layer.macs}; correct them, for one image and one item"
        )
    for reference in accelerator.references:
        if reference.network in names and reference.macs is not None:
            macs = zoo_network(reference.network).total_macs
            assert 0.5 <= reference.macs / macs <= 2, (
                f"reference {reference.network}: {reference.macs} MACs, the network has {macs}; "
                "give those of one inference"
            )


def check_picklable(accelerator: Accelerator) -> None:
    """It can be handed to a worker process, and answers there as it does here."""
    data, error = isolated(pickle.dumps, accelerator)
    assert data is not None and error is None, (
        f"it cannot be pickled: {describe(error) if error else ''}; use functions and classes that "
        "stand in a module, no lambdas"
    )
    copy, error = isolated(pickle.loads, data)
    assert copy is not None and error is None, (
        f"its pickled copy cannot be loaded: {describe(error) if error else ''}"
    )
    pairs = zip(tried(accelerator), tried(copy), strict=True)
    for (predictor, fitted, layer), (_, other, _) in pairs:
        assert predicted(fitted, layer) == predicted(other, layer), (
            f"{predictor.name}: a pickled copy of it has other predictions; keep what it needs in "
            "its attributes"
        )


def _all_costs(
    accelerator: Accelerator,
) -> Iterator[tuple[str, Layer, float, float | None]]:
    """Yield where, the layer, and the seconds and joules of one run of it."""
    for row in accelerator.measurements:
        if row.latency_s is not None:
            runs = row.batch * row.layer.repeat
            energy_j = None if row.energy_j is None else row.energy_j / runs
            where = f"measurement {row.network} {row.layer.name}"
            yield where, row.layer, row.latency_s / runs, energy_j
    for predictor, fitted, layer in tried(accelerator):
        cost = predicted(fitted, layer)
        if cost is not None and cost.latency_s is not None:
            # The densities of a made-up layer are not those that its cost stands for.
            made_up = attrs.evolve(layer, weight_density=None, activation_density=None)
            yield f"{predictor.name} for {layer.name!r}", made_up, cost.latency_s, cost.energy_j


def _performed(accelerator: Accelerator, layer: Layer) -> float | None:
    """Return the MACs that are really done; None if it is not known."""
    if not accelerator.skips_zeros:
        return float(layer.macs)
    shares = layer.weight_density, layer.activation_density
    return layer.macs * shares[0] * shares[1] if shares[0] and shares[1] else None


CHECKS = (check_below_its_peak, check_scale_of_units, check_networks, check_picklable)
