"""Measured rows and measured networks in one form, for predictors that are fitted to both."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, NamedTuple

from fodlam_core.model.value import Same
from fodlam_core.predictors.products import Product, product
from fodlam_core.predictors.terms import OVERHEAD, amounts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fodlam_core.model.costs import Measurement
    from fodlam_core.model.layers import Layer, Network
    from fodlam_core.model.shapes import Shape
    from fodlam_core.model.whole_network import Reference

Parts = tuple[tuple[Product, int], ...]
"""Layers that run one after another, each with how often."""


class Observation(NamedTuple):
    """Something that ran, and what it cost.

    Attributes:
        parts: its layers.
        batch: number of inferences.
        latency: seconds for the whole batch; None if not known.
        energy: joules for the whole batch; None if not known.
        network: its network.
        whole: whether it is a run of a whole network.
    """

    parts: Parts
    batch: int
    latency: float | None
    energy: float | None
    network: str
    whole: bool = False

    @property
    def product(self) -> Product:
        """The layer, where it is one."""
        return self.parts[0][0]


Known = tuple[Observation, float]
"""An observation and one quantity of it."""


def observations(
    measurements: Sequence[Measurement],
    references: Sequence[Reference],
    networks: Mapping[str, Network],
) -> list[Observation]:
    """Return the rows and the networks of which every shape is known."""
    return [*_rows(measurements), *_networks(references, networks)]


def _rows(measurements: Sequence[Measurement]) -> Iterator[Observation]:
    for row in measurements:
        if row.layer.shape is not None:
            parts = _parts((row.layer,))
            yield Observation(
                parts=parts,
                batch=row.batch,
                latency=row.latency_s,
                energy=row.energy_j,
                network=row.network,
            )


def _networks(
    references: Sequence[Reference], networks: Mapping[str, Network]
) -> Iterator[Observation]:
    for each in references:
        network = networks.get(each.network)
        parts = network and _network_parts(Same(network))
        if parts:
            yield Observation(
                parts=parts,
                batch=each.batch,
                latency=each.latency_s,
                energy=each.energy_j,
                network=each.network,
                whole=True,
            )


@functools.lru_cache(maxsize=1024)
def _network_parts(network: Same) -> Parts:
    layers = network.what.layers
    return () if any(layer.shape is None for layer in layers) else _parts(layers)


def _parts(layers: Sequence[Layer]) -> Parts:
    """Return layers as products; equal ones, as of the blocks of a transformer, are one."""
    if len(layers) == 1:
        return ((product(layers[0]), layers[0].repeat),)
    alike: dict[Shape | None, tuple[Layer, int]] = {}
    for layer in layers:
        first, count = alike.get(layer.shape, (layer, 0))
        alike[layer.shape] = first, count + layer.repeat
    return tuple((product(layer), count) for layer, count in alike.values())


def known(seen: Sequence[Observation], what: str) -> list[Known]:
    """Return the observations of which a quantity is known, each with it."""
    return [(each, value) for each in seen if (value := getattr(each, what)) is not None]


def totals(each: Observation, terms: tuple[str, ...]) -> list[float]:
    """Return how much an observation has of each term."""
    sums = _network_sums(Same(each.parts), terms) if each.whole else _sums(each.parts, terms)
    return [fixed + by_inference * each.batch for fixed, by_inference in sums]


@functools.lru_cache(maxsize=2048)
def _network_sums(parts: Same, terms: tuple[str, ...]) -> list[tuple[float, float]]:
    sums = _sums(parts.what, terms)
    return [
        (1.0, 0.0) if term == OVERHEAD else sum_ for term, sum_ in zip(terms, sums, strict=True)
    ]


def _sums(parts: Parts, terms: tuple[str, ...]) -> list[tuple[float, float]]:
    counted = [(count, amounts(one, terms)) for one, count in parts]
    if len(counted) == 1:
        [(count, each)] = counted
        return [(count * fixed, count * by_inference) for fixed, by_inference in each]
    return [
        (
            sum(count * each[index][0] for count, each in counted),
            sum(count * each[index][1] for count, each in counted),
        )
        for index in range(len(terms))
    ]


def offchip_share(measurements: Sequence[Measurement]) -> float:
    """Return the share of the known latencies that is spent waiting for off-chip memory."""
    rows = [row for row in measurements if row.latency_s is not None]
    total = sum(row.latency_s or 0.0 for row in rows)
    return sum(row.offchip_latency_s for row in rows) / total if total else 0.0
