"""Takes over times of layers that something else measured: a profile of onnxruntime, or a CSV."""

from __future__ import annotations

import csv
import json
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from fodlam_core.errors import FodlamError
from fodlam_core.files import FileError, read_text
from fodlam_core.measure.fused_names import computes
from fodlam_core.measure.layer_models import can_build
from fodlam_core.measure.selection import Item
from fodlam_core.measure.timing import Sample
from fodlam_core.model.layers import layer_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from fodlam_core.model.layers import Network

RUN = "model_run"
KERNEL = "_kernel_time"  # how the events of operators in a profile end
MOST_BYTES = 1_000_000_000  # of a profile: a line for every operator of every run
MOST_S = 1e6  # of a layer
# What the optimizer of onnxruntime adds to the name of a node that it rewrites.
BEFORE, REWRITTEN = "fused ", ("_nchwc", "_quant", "_fused", "/MatMulAddFusion")


class Imported(NamedTuple):
    """Times of a network, measured elsewhere.

    Attributes:
        layers: a sample for each layer that was found.
        whole: a sample of the whole network; None if the file has none.
        notes: what was left out.
    """

    layers: tuple[tuple[Item, Sample], ...]
    whole: Sample | None
    notes: tuple[str, ...]


def imported(
    path: str, network: Network, others: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> Imported:
    """Return the times in a file, for the layers of a network.

    Args:
        path: a profile of onnxruntime (JSON), or a CSV file with the columns ``layer`` and ``ms``.
        network: whose layers they are, by name.
        others: further names of layers in a profile, see `fused_names`; a time of another name
            counts if a layer was computed in it, and there is none of the layer's own name.

    Raises:
        FodlamError: if it cannot be read, or names no layer of the network.
    """
    try:
        text = read_text(path, MOST_BYTES)
    except FileError as error:
        raise FodlamError(f"{path}: {error}") from error
    if text.lstrip().startswith(("[", "{")):
        times, computed, whole = _profile(path, text)
    else:
        times, computed, whole = _table(path, text), set[str](), []
    layers, notes = [], []
    for layer in network.layers:
        names = (layer.key, *(name for name in others.get(layer.key, ()) if name in computed))
        found = next((times.pop(name) for name in names if name in times), None)
        if found is None:
            notes.append(f"{layer.name}: the file has no time of it")
        elif layer.shape is None or not can_build(layer.shape):
            notes.append(f"{layer.name}: has no shape that a data file holds")
        else:
            layers.append((Item(layer.shape, ((network.name, layer),)), _sample(found)))
    if not layers:
        known = ", ".join(layer.name for layer in network.layers[:5])
        raise FodlamError(f"{path}: contains no layer of {network.name}, which has {known} ...")
    return Imported(tuple(layers), _sample(whole) if whole else None, tuple(notes))


def _sample(times_s: list[float]) -> Sample:
    """Return the sample of times; of several the first, which allocates, is left out."""
    return Sample.of(times_s[1:] if len(times_s) > 1 else times_s)


def _profile(path: str, text: str) -> tuple[dict[str, list[float]], set[str], list[float]]:
    """Return seconds by the key of a node, which nodes compute layers, and whole runs."""
    try:
        events = json.loads(text)
        nodes: dict[str, list[float]] = {}
        computed, runs = set(), []
        for event in events:
            name, seconds = str(event.get("name", "")), float(event.get("dur", 0)) * 1e-6
            if not 0 < seconds < MOST_S:
                continue
            if name.endswith(KERNEL):
                key = _plain(name.removesuffix(KERNEL))
                nodes.setdefault(key, []).append(seconds)
                if computes(str(event.get("args", {}).get("op_name", ""))):
                    computed.add(key)
            elif name == RUN:
                runs.append(seconds)
    except (ValueError, AttributeError, TypeError, RecursionError) as error:
        raise FodlamError(
            f"{path}: is not a profile of onnxruntime; SessionOptions.enable_profiling writes one"
        ) from error
    if not nodes:
        raise FodlamError(f"{path}: has no times of nodes, whose names end in {KERNEL}")
    return nodes, computed, runs


def _plain(name: str) -> str:
    name = name.removeprefix(BEFORE)
    for ending in REWRITTEN:
        name = name.removesuffix(ending)
    return layer_key(name)


def _table(path: str, text: str) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {}
    for name, found in milliseconds(path, text, "layer").items():
        times.setdefault(layer_key(name), []).extend(each * 1e-3 for each in found)
    return times


def milliseconds(path: str, text: str, of: str) -> dict[str, list[float]]:
    """Return the times in a CSV file by what they are of, one column being ``ms``.

    Args:
        path: the file.
        text: its content.
        of: the other column.

    Raises:
        FodlamError: with a line for each mistake.
    """
    rows = csv.DictReader(text.splitlines())
    names = [name.strip() for name in rows.fieldnames or ()]
    rows.fieldnames = names
    if not {of, "ms"} <= set(names):
        raise FodlamError(
            f"{path}: expected the columns {of} and ms, found {', '.join(names) or 'none'}"
        )
    times: dict[str, list[float]] = {}
    problems = list(_read_rows(path, enumerate(rows, 2), of, times))
    if problems:
        raise FodlamError(*problems)
    return times


def _read_rows(
    path: str, rows: Iterable[tuple[int, dict[str, Any]]], of: str, times: dict[str, list[float]]
) -> Iterator[str]:
    for line, row in rows:
        try:
            value = float(row["ms"] or "")
        except ValueError:
            value = 0.0
        if not 0 < value < 1e3 * MOST_S:
            yield f"{path}:{line}: ms: {row['ms']!r} is not a positive number"
        else:
            times.setdefault(str(row[of]).strip(), []).append(value)
