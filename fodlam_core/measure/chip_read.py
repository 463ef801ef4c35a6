"""Reads a file that was measured back, to go on with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.accelerators.load import load_accelerator
from fodlam_core.accelerators.operator_table import read_operators
from fodlam_core.measure.about import references_in
from fodlam_core.measure.chip_file import operators_of
from fodlam_core.measure.found import Found, Task, Whole
from fodlam_core.measure.selection import Item
from fodlam_core.measure.sessions import Setting
from fodlam_core.measure.timing import Sample
from fodlam_core.model.layers import Network
from fodlam_core.networks.zoo import zoo_names, zoo_network

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.model.layers import Layer
    from fodlam_core.model.shapes import Shape
    from fodlam_core.model.whole_network import Reference


def read_chip(path: str, items: Iterable[Item], wholes: Iterable[Whole]) -> Found:
    """Return what a file holds of what is asked for, and everything else that it holds.

    Raises:
        FodlamError: if it cannot be read.
    """
    chip = load_accelerator(path)
    found = Found(covers=chip.energy_covers or "", references_s=references_in(chip.notes))
    by_shape = {item.shape: item for item in items}
    asked = {each.network.name: each for each in wholes}
    for point in chip.points:
        setting = Setting.named(point.name.partition("/")[2])
        if setting is None:
            continue
        uses: dict[tuple[Shape, int], list[tuple[str, Layer]]] = {}
        for row in point.measurements:
            assert row.layer.shape is not None
            uses.setdefault((row.layer.shape, row.batch), []).append((row.network, row.layer))
        for row in point.measurements:
            shape = row.layer.shape
            if not row.calibration or shape is None or row.latency_s is None:
                continue
            item = _item(shape, by_shape.get(shape), uses[shape, row.batch])
            task = Task(setting, row.batch, item)
            found.layers[task.key] = task, _sample(row.latency_s, row.energy_j, row.details)
        for each in point.references:
            if each.latency_s is not None:
                whole = asked.get(each.network) or _whole(each)
                sample = Sample(
                    median_s=each.latency_s,
                    lower_s=each.latency_s,
                    upper_s=each.latency_s,
                    runs=1,
                    energy_j=each.energy_j,
                )
                found.networks[setting.name, each.network, each.batch] = whole, sample
    if any(point.operators for point in chip.points):
        _read_operators(operators_of(path), chip, found)
    return found


def _item(shape: Shape, asked: Item | None, there: Sequence[tuple[str, Layer]]) -> Item:
    """Return a shape with the layers that are asked for, and then the others of the file."""
    uses = {(network, layer.key): layer for network, layer in (asked.uses if asked else ())}
    for network, layer in there:
        uses.setdefault((network, layer.key), layer)
    return Item(shape, tuple((network, layer) for (network, _), layer in uses.items()))


def _whole(reference: Reference) -> Whole:
    """Return a network that is not asked for, with its layers if it is a built-in one."""
    name = reference.network
    known = zoo_network(name) if name in zoo_names() else None
    return Whole(
        known if known and known.total_macs == reference.macs else Network(name, ()),
        where=reference.where,
        calibration=reference.calibration,
        macs=reference.macs,
    )


def _read_operators(path: str, chip: Accelerator, found: Found) -> None:
    rows, _ = read_operators(path, [point.name.partition("/")[2] for point in chip.points])
    for point, row, spread in rows:
        assert row.cost.latency_s is not None
        sample = _sample(row.cost.latency_s, row.cost.energy_j, spread)
        found.operators[str(point), row.what, row.batch] = sample


def _sample(latency_s: float, energy_j: float | None, details: Mapping[str, float]) -> Sample:
    return Sample(
        median_s=latency_s,
        lower_s=details.get("latency_lower_quartile_s", latency_s),
        upper_s=details.get("latency_upper_quartile_s", latency_s),
        runs=int(details.get("repetitions", 1)),
        energy_j=energy_j,
    )
