"""Which input changed which number, from two saved results of ``run --format json``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import attrs

from fodlam_core.analyses.causes import because_of, same, under
from fodlam_core.model.quantities import COST_KEYS, ENERGY, LATENCY, POWER
from fodlam_core.report.frames import Tabular

if TYPE_CHECKING:
    from fodlam_core.report.document import Document

NUMBERS = (*COST_KEYS, "dram_energy_j")
# Layers weigh differently in what is a ratio of sums, though none of them has another.
PARTS = {POWER.key: (POWER.key, LATENCY.key, ENERGY.key)}


class InputDifference(NamedTuple):
    """An input that two results do not share.

    Attributes:
        name: the input, such as ``"technology.node_nm"``.
        a: its value in the first result; None if it is not set.
        b: its value in the second.
    """

    name: str
    a: Any
    b: Any


class NumberDifference(NamedTuple):
    """A number that two results do not share.

    Attributes:
        scope: ``"layer"`` or ``"total"``.
        name: the layer, or the kind of the total.
        number: the number, such as ``"latency_s"``.
        a: its value in the first result; None if it is not known, or not there.
        b: its value in the second.
        ratio: b / a; None where there is none.
        because: the inputs that explain the difference; empty if none does.
    """

    scope: str
    name: str
    number: str
    a: float | None
    b: float | None
    ratio: float | None
    because: tuple[str, ...]


@attrs.frozen(eq=False, repr=False)
class Differences(Tabular):
    """Everything that two results do not share."""

    inputs: tuple[InputDifference, ...]
    numbers: tuple[NumberDifference, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {
            "inputs": [each._asdict() for each in self.inputs],
            "numbers": [each._asdict() for each in self.numbers],
        }

    def to_rows(self) -> list[dict[str, Any]]:
        """Return a flat row for each number that differs."""
        return [{**each._asdict(), "because": "; ".join(each.because)} for each in self.numbers]

    @property
    def is_empty(self) -> bool:
        """Whether no input and no number differs."""
        return not self.inputs and not self.numbers

    def document(self, title: str = "A and B") -> Document:
        """Return what a person reads."""
        from fodlam_core.analyses.diff_table import difference_blocks
        from fodlam_core.report.document import Document

        return Document(title, difference_blocks(self))

    def __repr__(self) -> str:
        return f"<Differences: {len(self.inputs)} inputs, {len(self.numbers)} numbers>"


def differences(a: Mapping[str, Any], b: Mapping[str, Any]) -> Differences:
    """Return the inputs and the numbers that two results do not share."""
    inputs = tuple(_inputs(a, b))
    changed = [each.name for each in inputs]
    layers_a, layers_b = _layers(a), _layers(b)
    numbers: list[NumberDifference] = []
    causes: dict[tuple[str, str], list[str]] = {}
    for name in dict.fromkeys((*layers_a, *layers_b)):
        one, other = layers_a.get(name, {}), layers_b.get(name, {})
        for number in NUMBERS:
            because = tuple(dict.fromkeys(because_of(number, one, other, changed)))
            found = _number("layer", name, number, one, other, because)
            if found:
                numbers.append(found)
                # Of a layer that one result alone has, nobody knows what else has changed its cost.
                more = [] if one and other else under(changed, "technology.", "accelerator.")
                for kind in (*{each["kind"] for each in (one, other) if each}, "total"):
                    causes.setdefault((kind, number), []).extend([*because, *more])
    for kind in dict.fromkeys((*a["totals"], *b["totals"])):
        one, other = a["totals"].get(kind, {}), b["totals"].get(kind, {})
        for number in NUMBERS:
            parts = (causes.get((kind, part)) for part in PARTS.get(number, (number,)))
            own = next(filter(None, parts), ())
            found = _number("total", kind, number, one, other, tuple(dict.fromkeys(own)))
            numbers += [found] if found else []
    return Differences(inputs, tuple(numbers))


def _inputs(a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[InputDifference]:
    flat_a, flat_b = dict(_flat_inputs(a)), dict(_flat_inputs(b))
    names = [
        name for name in dict.fromkeys((*flat_a, *flat_b)) if flat_a.get(name) != flat_b.get(name)
    ]
    for name in names:
        what, _, accelerator = name.partition(".")
        # Options change the measurements; then their checksum says no more than the options do.
        if what == "data" and under(names, f"accelerator.{accelerator}.options"):
            continue
        if name == "network.data" and under(names, "network.name", "network.file"):
            continue
        yield InputDifference(name, flat_a.get(name), flat_b.get(name))


def _flat_inputs(result: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Return every input by its dotted name: configuration, data and versions."""
    yield from _flat(result["inputs"])
    yield "network.source", result["network"].get("source")
    yield "network.data", result["network"].get("data")
    for name, accelerator in result.get("accelerators", {}).items():
        yield f"data.{name}", accelerator.get("data")
    yield from _flat(result.get("versions", {}), "version.")


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _layers(result: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the layers by name, each with its batch; a name listed again is numbered."""
    found: dict[str, dict[str, Any]] = {}
    for layer in result["layers"]:
        name, number = layer["name"], 2
        while name in found:
            name, number = f"{layer['name']} ({number})", number + 1
        found[name] = {**layer, "batch": result["batch"]}
    return found


def _number(
    scope: str,
    name: str,
    number: str,
    a: Mapping[str, Any],
    b: Mapping[str, Any],
    because: tuple[str, ...],
) -> NumberDifference | None:
    one, other = a.get(number), b.get(number)
    if one == other or same(one, other):
        return None
    ratio = other / one if one and other is not None else None
    return NumberDifference(
        scope=scope, name=name, number=number, a=one, b=other, ratio=ratio, because=because
    )
