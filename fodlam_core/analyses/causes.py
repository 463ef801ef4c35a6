"""Which of the inputs that differ explain a difference between two saved layers.

A cost is the native cost of an inference x the number of inferences x a scaling factor. Each is
looked at alone, so that an input is named only where what it acts on differs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fodlam_core.model.quantities import ENERGY, LATENCY, METRICS, POWER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

ROUNDING = 1e-12  # relative difference below which two numbers are the same
FACTORS = {
    **{metric.key: (metric.factor,) for metric in METRICS if metric.factor},
    POWER.key: (LATENCY.factor, ENERGY.factor),
}

CLOCK = "technology.clock"

# What a layer says of itself -> the inputs that decide it; {} stands for its accelerator.
DECIDED_BY = {
    "macs": ("network.",),
    "repeat": ("network.",),
    "accelerator": ("dispatch.",),
    "method": ("network.method", "network.name", "network.file", "network.measured_as"),
    "predictor": ("accelerator.{}.predictor", "network.method", "network.batch"),
}


def because_of(
    number: str, a: Mapping[str, Any], b: Mapping[str, Any], changed: list[str]
) -> Iterator[str]:
    """Return the inputs that explain why a number of a layer differs.

    Args:
        number: the number, such as ``"latency_s"``.
        a: the layer in the first result, with the batch of the result; empty if it has none.
        b: the layer in the second.
        changed: the inputs that differ, by their dotted names.
    """
    if not a or not b:
        inputs = [name for name in under(changed, "network.") if name != "network.batch"]
        yield from inputs or under(changed, "version.")
        return
    moved = a.get("accelerator") != b.get("accelerator")
    differs = moved or not same(_get(a, "native", number), _get(b, "native", number))
    own = list(_own(a, b, changed)) if differs else []
    yield from own
    if number == "dram_energy_j":
        yield from under(changed, "system.", "network.batch", f"data.{b['accelerator']}")
        return
    if not all(
        same(_get(a, "factors", key), _get(b, "factors", key)) for key in FACTORS.get(number, ())
    ):
        point = f"accelerator.{b['accelerator']}.technology."
        moved_by = under(changed, "technology.", point)
        # To hold the clock changes time and power; energy is what the rule says.
        yield from (name for name in moved_by if (name, number) != (CLOCK, ENERGY.key))
    yield from _native(number, a, b, changed, explained=bool(own))


def under(changed: Iterable[str], *prefixes: str) -> list[str]:
    """Return the names that begin with one of the prefixes.

    >>> under(["network.name", "system.x"], "network.")
    ['network.name']
    """
    return [name for name in changed if name.startswith(prefixes)]


def same(a: float | None, b: float | None) -> bool:
    """Tell whether two numbers are the same but for rounding.

    >>> same(0.1 + 0.2, 0.3), same(1.0, None), same(None, None)
    (True, False, True)
    """
    if a is None or b is None:
        return a is b
    return abs(a - b) <= ROUNDING * max(abs(a), abs(b))


def _own(a: Mapping[str, Any], b: Mapping[str, Any], changed: list[str]) -> Iterator[str]:
    for key, decisive in DECIDED_BY.items():
        if a.get(key) != b.get(key):
            prefixes = [prefix.format(b.get("accelerator")) for prefix in decisive]
            yield from (
                under(changed, *prefixes)
                or under(changed, "version.")
                or [f"{key} of the layer: {a.get(key)} and {b.get(key)}"]
            )


def _native(
    number: str, a: Mapping[str, Any], b: Mapping[str, Any], changed: list[str], *, explained: bool
) -> Iterator[str]:
    """Explain the cost before scaling: by the batch, by options, data or versions."""
    one, other = _get(a, "native", number), _get(b, "native", number)
    if same(one, other):
        return
    runs_a, runs_b = _inferences(a), _inferences(b)
    # A predictor fitted to costs as printed is another one; batch = "published" decides that.
    refitted = a.get("predictor") and (a["batch"] == "published") != (b["batch"] == "published")
    if (number != POWER.key and runs_a != runs_b) or refitted:
        yield from under(changed, "network.batch")
    if number != POWER.key and one is not None and other is not None:
        one, other = one / runs_a, other / runs_b
    if not explained and not refitted and not same(one, other):
        accelerator = b.get("accelerator")
        known = under(changed, f"accelerator.{accelerator}.options", f"data.{accelerator}")
        yield from known or under(changed, "version.")


def _inferences(layer: Mapping[str, Any]) -> int:
    """Return how many inferences the cost of a layer is for; for a mean of batches, one."""
    if layer["batch"] != "published":
        return int(layer["batch"])
    batches = layer.get("measured_batches") or [1]
    return int(batches[0]) if layer.get("method") == "published" else 1


def _get(layer: Mapping[str, Any], table: str, key: str) -> float | None:
    value: float | None = (layer.get(table) or {}).get(key)
    return value
