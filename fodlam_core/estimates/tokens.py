"""What a language model costs by token: the sums over the phases of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from fodlam_core.model.quantities import METRICS, Amounts, interval_of
from fodlam_core.model.transformer import layer_group
from fodlam_core.report.document import Table, Text, table
from fodlam_core.report.units import deviation, percent, quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fodlam_core.estimates.figures import LayerEstimate
    from fodlam_core.estimates.result import Result
    from fodlam_core.model.quantities import Bounds, Interval
    from fodlam_core.model.transformer import TransformerFacts

FIRST = ("encode", "prefill")
# The figures of a run by the phase that they are of: key, title and unit.
FIGURES = {
    "prefill": (
        ("time_to_first_token_s", "time to first token", "s"),
        ("energy_of_prompt_j", "energy of a prompt", "J"),
    ),
    "decode": (
        ("time_per_output_token_s", "time per output token", "s"),
        ("output_tokens_per_s", "output tokens/s, all sequences", "/s"),
        ("energy_per_output_token_j", "energy per output token", "J"),
    ),
}


class Figure(NamedTuple):
    """One figure of a run.

    Attributes:
        name: its key in JSON, which ends in its unit.
        title: what a person reads.
        unit: its unit.
        value: its value, of the layers that have one.
        bounds: where it may lie: the ends of the layers' intervals, added; None if not known.
        share: the share of the phase's MACs whose layers have a value.
    """

    name: str
    title: str
    unit: str
    value: float
    bounds: Bounds | None
    share: float


class Group(NamedTuple):
    """Layers of equal name, whatever their block, in one row of a table.

    Attributes:
        name: their common name, with how many runs of a layer it stands for.
        kind: their kind.
        macs: multiply-accumulates of one inference.
        accelerator: what runs them; None if not modelled.
        method: where their costs come from.
        amounts: what all of them cost; None where one has none.
        interval: the ends of their intervals, added; None if one has none.
    """

    name: str
    kind: str
    macs: int
    accelerator: str | None
    method: str
    amounts: Amounts
    interval: Interval | None

    @property
    def power_w(self) -> float | None:
        """Average power in watts; None if not known."""
        return self.amounts.power_w


def grouped(estimate: Result) -> Iterable[LayerEstimate | Group]:
    """Return the layers as a table shows them: those of a transformer's blocks in common rows."""
    if estimate.network.transformer is None:
        return estimate.layers
    groups: dict[tuple[object, ...], list[LayerEstimate]] = {}
    for each in estimate.layers:
        key = layer_group(each.layer.name), each.accelerator, each.method
        groups.setdefault(key, []).append(each)
    return [_group(str(key[0]), layers) for key, layers in groups.items()]


def _group(name: str, layers: Sequence[LayerEstimate]) -> Group:
    sums = [_sum(layers, metric.key) for metric in METRICS]
    complete = [each if each and each.layers == len(layers) else None for each in sums]
    first, runs = layers[0], sum(each.layer.repeat for each in layers)
    return Group(
        name=f"{name} x{runs}" if runs > 1 else name,
        kind=first.layer.kind,
        macs=sum(each.layer.total_macs for each in layers),
        accelerator=first.accelerator,
        method=first.method,
        amounts=Amounts(*[each and each.value for each in complete]),
        interval=interval_of(each and each.bounds for each in complete),
    )


class Sum(NamedTuple):
    """A quantity of some layers, all their runs and the whole batch."""

    value: float
    bounds: Bounds | None
    share: float
    layers: int = 0


def token_figures(estimate: Result) -> tuple[Figure, ...]:
    """Return time to the first token, and time, rate and energy of each further one.

    The prefill, and the encoder before it, gives the first token; each decode step gives one token
    of every sequence of the batch. Nothing for networks that are not transformers, for costs as
    printed, and for figures of which no layer has a cost.
    """
    facts = estimate.network.transformer
    if facts is None or not isinstance(estimate.batch, int):
        return ()
    phases = {phase.name: phase for phase in facts.phases}
    figures = list(_first(estimate, phases.keys()))
    if "decode" in phases:
        figures += _steps(estimate, phases["decode"].steps, estimate.batch)
    return tuple(figures)


def _first(estimate: Result, phases: Iterable[str]) -> Iterator[Figure]:
    names = [name for name in FIRST if name in phases]
    if "prefill" not in names:
        return
    time, heat = FIGURES["prefill"]
    layers = _of(estimate, names)
    latency, energy = _sum(layers, "latency_s"), _sum(layers, "energy_j")
    if latency is not None:
        yield Figure(*time, *latency[:3])
    if energy is not None:
        batch = estimate.batch
        assert isinstance(batch, int)
        each = _times(energy, 1 / batch)
        yield Figure(*heat, *each[:3])


def _steps(estimate: Result, steps: int, batch: int) -> Iterator[Figure]:
    layers = _of(estimate, ["decode"])
    time, speed, heat = FIGURES["decode"]
    latency, energy = _sum(layers, "latency_s"), _sum(layers, "energy_j")
    if latency is not None:
        each = _times(latency, 1 / steps)
        yield Figure(*time, *each[:3])
        if each.value:
            ends = each.bounds
            rates = (batch / ends[1], batch / ends[0]) if ends and min(ends) > 0 else None
            rate = Sum(batch / each.value, rates, each.share)
            yield Figure(*speed, *rate[:3])
    if energy is not None:
        each = _times(energy, 1 / (steps * batch))
        yield Figure(*heat, *each[:3])


def _of(estimate: Result, phases: Sequence[str]) -> list[LayerEstimate]:
    return [each for each in estimate.layers if each.layer.name.partition("/")[0] in phases]


def _sum(layers: Sequence[LayerEstimate], what: str) -> Sum | None:
    """Return the sum of one quantity over layers; None if no layer has it."""
    known = [each for each in layers if getattr(each.amounts, what) is not None]
    if not known:
        return None
    ends: list[Bounds] = [
        bounds for each in known if each.interval and (bounds := getattr(each.interval, what))
    ]
    bounds = None
    if len(ends) == len(layers):
        bounds = sum(low for low, _ in ends), sum(high for _, high in ends)
    macs, done = (sum(each.layer.total_macs for each in group) for group in (layers, known))
    total: float = sum(getattr(each.amounts, what) for each in known)
    return Sum(value=total, bounds=bounds, share=done / macs if macs else 1.0, layers=len(known))


def _times(each: Sum, factor: float) -> Sum:
    bounds = each.bounds and (each.bounds[0] * factor, each.bounds[1] * factor)
    return Sum(each.value * factor, bounds, each.share)


def token_record(estimate: Result, facts: TransformerFacts) -> dict[str, Any]:
    """Return the figures of a transformer as plain values, null where not known."""
    known = {
        each.name: {
            "value": each.value,
            "interval": list(each.bounds) if each.bounds else None,
            "macs_share": each.share,
        }
        for each in token_figures(estimate)
    }
    return {name: known.get(name) for name, _, _ in _expected(facts)}


def _expected(facts: TransformerFacts) -> Iterator[tuple[str, str, str]]:
    """Yield the key, title and unit of each figure that the phases of a run have."""
    phases = {phase.name for phase in facts.phases}
    for name, figures in FIGURES.items():
        yield from figures if name in phases else ()


def token_blocks(estimate: Result) -> Iterator[Table | Text]:
    """Yield the figures as a table, and what runs."""
    figures, facts = token_figures(estimate), estimate.network.transformer
    if not figures or facts is None:
        return
    yield Text("; ".join(f"{phase.name}: {phase.text}" for phase in facts.phases))
    known = {each.name: each for each in figures}
    rows = (_row(title, known.get(name)) for name, title, _ in _expected(facts))
    yield table(("by token", "value", "+-", "of MACs"), rows, "value, +-, of MACs")


def _row(title: str, each: Figure | None) -> tuple[str, ...]:
    if each is None:
        return title, "not known", "-", "-"
    bounds = deviation(each.value, each.bounds) if each.bounds else "-"
    return title, quantity(each.value, each.unit), bounds, percent(each.share)
