"""Ways to hold measured layers out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fodlam_core.model.shapes import ConvShape

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from fodlam_core.model.costs import Measurement


class Fold(NamedTuple):
    """Measured layers apart: some to predict, all others to fit to.

    Attributes:
        held_out: what is held out, such as ``"AlexNet"``.
        trained_on: the networks of the layers that are fitted to.
        held: the layers to predict.
        training: the layers to fit to.
    """

    held_out: str
    trained_on: tuple[str, ...]
    held: tuple[Measurement, ...]
    training: tuple[Measurement, ...]


def folds(scheme: str, measurements: Sequence[Measurement]) -> list[Fold]:
    """Return the folds of one of `SCHEMES`; none if there is only one group to hold out."""
    key = SCHEMES[scheme]
    groups: dict[Hashable, list[int]] = {}
    for index, row in enumerate(measurements):
        groups.setdefault(key(row), []).append(index)
    if len(groups) < 2:
        return []
    result = []
    for members in groups.values():
        held = tuple(measurements[index] for index in members)
        training = tuple(row for index, row in enumerate(measurements) if index not in members)
        networks = tuple(dict.fromkeys(row.network for row in training))
        result.append(Fold(_label(scheme, held), networks, held, training))
    return result


def _network(row: Measurement) -> Hashable:
    return row.network


def _block(row: Measurement) -> Hashable:
    """Near-identical layers: convolutions of one network with output maps of one size."""
    shape = row.layer.shape
    if isinstance(shape, ConvShape):
        return row.network, shape.out_height, shape.out_width
    return row.network, shape or row.layer.key


def _layer(row: Measurement) -> Hashable:
    return row.network, row.layer.key


def _label(scheme: str, held: Sequence[Measurement]) -> str:
    network, first, last = held[0].network, held[0].layer.name, held[-1].layer.name
    if scheme == "leave-one-network-out":
        return network
    return f"{network} {first}" + (f" to {last}" if len(held) > 1 else "")


# What is held out together, the severest test first.
SCHEMES: dict[str, Callable[[Measurement], Hashable]] = {
    "leave-one-network-out": _network,
    "leave-one-block-out": _block,
    "leave-one-layer-out": _layer,
}
