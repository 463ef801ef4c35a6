"""Ways to hold measured layers out."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from fodlam_core.model.shapes import ConvShape
from fodlam_core.validation import sampling

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    from fodlam_core.model.costs import Measurement


class Fold(NamedTuple):
    """Measured layers apart: some to predict, all others to fit to.

    Attributes:
        held_out: what is held out, such as ``"AlexNet"``.
        trained_on: the networks of the layers that are fitted to.
        held: the layers to predict.
        training: the layers to fit to.
        groups: how many networks, blocks or layers are held out together.
    """

    held_out: str
    trained_on: tuple[str, ...]
    held: tuple[Measurement, ...]
    training: tuple[Measurement, ...]
    groups: int = 1


def folds(scheme: str, measurements: Sequence[Measurement]) -> list[Fold]:
    """Return the folds of one of `SCHEMES`; none if there is only one group to hold out.

    Of a large table they hold a sample of the rows, and several groups each: see `sampling`.
    """
    key = SCHEMES[scheme]
    groups = _groups(key, measurements)
    together: Mapping[Hashable, int] = {}
    if sampling.is_large(len(measurements), len(groups)):
        measurements = sampling.sampled(measurements)
        groups = _groups(key, measurements)
        if sampling.is_large(len(measurements), len(groups)):
            groups, together = _dealt(groups, sampling.MOST_FITTED // len(measurements))
    if len(groups) < 2:
        return []
    fold_of = {index: each for each, members in groups.items() for index in members}
    result = []
    for each, members in groups.items():
        held = tuple(measurements[index] for index in members)
        training = tuple(row for index, row in enumerate(measurements) if fold_of[index] != each)
        networks = tuple(dict.fromkeys(row.network for row in training))
        label = _label(scheme, held, in_a_row=members == list(range(members[0], members[-1] + 1)))
        result.append(
            Fold(
                held_out=label,
                trained_on=networks,
                held=held,
                training=training,
                groups=together.get(each, 1),
            )
        )
    return result


def _groups(
    key: Callable[[Measurement], Hashable], measurements: Sequence[Measurement]
) -> dict[Hashable, list[int]]:
    groups: dict[Hashable, list[int]] = {}
    for index, row in enumerate(measurements):
        groups.setdefault(key(row), []).append(index)
    return groups


def _dealt(
    groups: Mapping[Hashable, list[int]], count: int
) -> tuple[dict[Hashable, list[int]], Mapping[Hashable, int]]:
    """Return so many groups instead, and of how many each is made."""
    fold_of = sampling.dealt(map(repr, groups), count)
    together: dict[Hashable, list[int]] = {}
    for key, members in groups.items():
        together.setdefault(fold_of[repr(key)], []).extend(members)
    return together, Counter(fold_of.values())


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


def _label(scheme: str, held: Sequence[Measurement], *, in_a_row: bool) -> str:
    network, first, last = held[0].network, held[0].layer.name, held[-1].layer.name
    more = len({row.network for row in held}) - 1
    if more:
        return f"{network} and {more} more"
    if scheme == "leave-one-network-out":
        return network
    others = len({row.layer.name for row in held}) - 1
    if not others:
        return f"{network} {first}"
    return f"{network} {first} to {last}" if in_a_row else f"{network} {first} and {others} more"


# What is held out together, the severest test first.
SCHEMES: dict[str, Callable[[Measurement], Hashable]] = {
    "leave-one-network-out": _network,
    "leave-one-block-out": _block,
    "leave-one-layer-out": _layer,
}
