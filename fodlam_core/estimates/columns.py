"""An estimate as a document for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.estimates.capacity import DOES_NOT_FIT
from fodlam_core.estimates.notes import batch_line, mixes
from fodlam_core.estimates.per_inference import per_inference
from fodlam_core.estimates.plausibility import IMPLAUSIBLE
from fodlam_core.estimates.published_totals import ReferenceCost, whole_network
from fodlam_core.estimates.scaling_band import scaling_band
from fodlam_core.estimates.tokens import Group, grouped, token_blocks
from fodlam_core.model.costs import DATASHEET
from fodlam_core.model.quantities import METRICS, POWER, RATES, Interval, each_known
from fodlam_core.report.document import Bullets, Document, Text, table
from fodlam_core.report.units import counted, deviation, number, percent, quantity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from fodlam_core.estimates.figures import Coverage, LayerEstimate, Totals
    from fodlam_core.estimates.result import Result
    from fodlam_core.model.quantities import Amounts

# A name of a column is shown as it is; the ends of an interval follow their cost.
WITH_ENDS = tuple(head for metric in METRICS for head in (metric.name, "+-"))
COSTS = (*WITH_ENDS, POWER.name)
NUMERIC = ", ".join(("MACs", *COSTS))
RATE_NAMES = tuple(each.name for each in RATES)


def estimate_document(estimate: Result) -> Document:
    """Return layers, totals, coverage, notes and sources."""
    batch = (
        "costs as printed"
        if estimate.batch == "published"
        else counted(estimate.batch, "inference")
    )
    chips = [Text(_platform(name, estimate)) for name in estimate.platforms]
    sheets = {
        name
        for name, each in estimate.platforms.items()
        if each.accelerator.provenance == DATASHEET
    }
    layers = table(
        ("layer", "kind", "MACs", "accelerator", "method", *COSTS),
        _layers(estimate, sheets),
        NUMERIC,
        "kind, MACs, accelerator, power",
    )
    sums = {
        name: each for name, each in estimate.totals.items() if name == "total" or not each.is_empty
    }
    totals = table(
        ("total", "layers", "MACs", *COSTS),
        (_total(name, each) for name, each in sums.items()),
        f"layers, {NUMERIC}",
        "layers, MACs",
    )
    rates = table(
        ("total", *RATE_NAMES),
        ((name, *_rates(each)) for name, each in sums.items()),
        ", ".join(RATE_NAMES),
    )
    system = []
    if estimate.config.system:
        from fodlam_core.estimates.system import system_table, with_dram

        layers, system = with_dram(layers, estimate), [system_table(estimate)]
    citations = {
        platform.accelerator.citation.key: platform.accelerator.citation
        for platform in estimate.platforms.values()
    }
    return Document(
        f"{estimate.network.name}, {batch} ({estimate.config.source})",
        (
            *chips,
            layers,
            *_warnings(estimate),
            *token_blocks(estimate),
            totals,
            *_of_one(estimate),
            *_scaling(estimate),
            rates,
            *(Text(_reference(each)) for each in estimate.references),
            *system,
            Text(_coverage(estimate.coverage, by_datasheet=sheets == set(estimate.platforms))),
            Bullets("Notes", estimate.notes),
            Bullets("Sources", map(str, citations.values())),
        ),
    )


def _platform(name: str, estimate: Result) -> str:
    platform = estimate.platforms[name]
    accelerator, factors = platform.accelerator, platform.factors
    text = f"{accelerator.name}: {accelerator.title} ({accelerator.provenance})"
    if platform.scaler is None:
        how = "as its datasheet says" if accelerator.provenance == DATASHEET else "as measured"
        text += f"; {how}, {platform.source or 'at a node that no source states'}"
    elif not platform.is_scaled:
        text += f"; at {platform.source}, where {platform.scaler} changes nothing"
    else:
        area = "" if factors.area is None else f", area x{factors.area:.4g}"
        text += (
            f"; {platform.source} to {platform.target} by {platform.scaler}: "
            f"time x{factors.time:.4g}, energy x{factors.energy:.4g}, "
            f"power x{factors.power:.4g}{area}"
        )
    predictors = {
        each.basis.predictor
        for each in estimate.layers
        if each.basis and each.basis.accelerator == name and each.basis.predictor
    }
    return text + "".join(f"; predicted by {predictor}" for predictor in sorted(predictors))


def _warnings(estimate: Result) -> Iterator[Text]:
    if estimate.batches:
        line = batch_line(estimate.batches)
        if mixes(estimate.batches):
            yield Text(f"Batches are mixed in these totals: {line}", warning=True)
        else:
            yield Text(f"Costs as printed: {line}")
    for note in estimate.notes:
        if note.startswith(DOES_NOT_FIT):
            yield Text(note[0].upper() + note[1:], warning=True)
    if any(note.startswith(IMPLAUSIBLE) for note in estimate.notes):
        yield Text("Some of these numbers are not plausible: see the first notes", warning=True)
    missing = estimate.coverage.layers["not modelled"]
    if missing and not whole_network(estimate.platforms):
        layers = f"{counted(missing, 'layer')} {'is' if missing == 1 else 'are'}"
        yield Text(f"{layers} not modelled: the totals lack the cost", warning=True)
    for quantity_name, known in estimate.coverage.known.items():
        count = sum(estimate.coverage.layers.values()) - missing - known.layers
        if count > 0 and known.layers:
            text = f"{counted(count, 'layer')} without {quantity_name}: its totals lack them"
            yield Text(text, warning=True)
    uncosted = sum(estimate.coverage.uncosted.values())
    if uncosted:
        yield Text(f"{uncosted} operators could not be costed: see the notes", warning=True)


def _of_one(estimate: Result) -> Iterator[Text]:
    """Yield what one inference costs, where the totals are of several."""
    if estimate.batch == "published" and set(estimate.batches.values()) - {(1,)}:
        costs = [
            quantity(value, metric.unit) for metric, value in each_known(per_inference(estimate))
        ]
        if costs:
            says = "One inference, each cost divided by the batch it was measured with"
            yield Text(f"{says}: {', '.join(costs)}")


def _scaling(estimate: Result) -> Iterator[Text]:
    """Yield what the rules of scaling make of each total, where something is scaled."""
    kinds = [name for name, each in estimate.totals.items() if not each.is_empty]
    for kind in kinds if len(kinds) > 2 else ["total"]:
        band = scaling_band(estimate, kind)
        if band and (band.is_open or kind == "total"):
            of_kind = "" if kind == "total" else f"{kind}, "
            yield Text(f"scaling: {of_kind}{band}")


def _reference(each: ReferenceCost) -> str:
    reference = each.reference
    costs = [quantity(value, metric.unit) for metric, value in each_known(each.amounts)]
    where = f", {reference.where}" if reference.where else ""
    return (
        f"Published for all of {reference.network} on {each.accelerator}: {', '.join(costs)} "
        f"(measured batch {reference.batch}{where})"
    )


def _layers(estimate: Result, sheets: Collection[str]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each layer; those that are alike share all but their name."""
    made: dict[tuple[int, int, int], tuple[str, ...]] = {}
    for each in grouped(estimate):
        if isinstance(each, Group):
            yield each.name, *_layer(each, each.kind, each.macs, sheets)
            continue
        layer = each.layer
        rest = made.get(each.alike) if each.basis else None
        if rest is None:
            rest = made[each.alike] = _layer(each, layer.kind, layer.total_macs, sheets)
        yield f"{layer.name} x{layer.repeat}" if layer.repeat > 1 else layer.name, *rest


def _layer(
    each: LayerEstimate | Group, kind: str, macs: int, sheets: Collection[str]
) -> tuple[str, ...]:
    from_sheet = each.method == "predicted" and each.accelerator in sheets
    method = DATASHEET if from_sheet else each.method
    return kind, quantity(macs), each.accelerator or "-", method, *_costs(each)


def _total(name: str, each: Totals) -> tuple[str, ...]:
    return name, str(each.layers), quantity(each.macs), *_costs(each)


def _rates(each: Totals) -> tuple[str, ...]:
    return tuple(number(getattr(each, rate.key)) for rate in RATES)


def _costs(each: LayerEstimate | Group | Totals) -> tuple[str, ...]:
    cells = costs_with_ends(each.amounts, each.interval)
    return (*cells, quantity(each.power_w, POWER.unit))


def costs_with_ends(amounts: Amounts, interval: Interval | None) -> Iterator[str]:
    """Yield each metric, followed by how far the ends of its interval lie from it."""
    for metric, value, bounds in zip(METRICS, amounts, interval or Interval(), strict=True):
        yield quantity(value, metric.unit)
        yield deviation(value, bounds) if bounds else "-"


def _coverage(coverage: Coverage, *, by_datasheet: bool) -> str:
    told = {"predicted": f"by {DATASHEET}"} if by_datasheet else {}
    parts = [
        f"{told.get(method, method)} {percent(coverage.share(method))} of MACs "
        f"({counted(count, 'layer')})"
        for method, count in coverage.layers.items()
        if count
    ]
    text = "Coverage: " + (", ".join(parts) or "no layers")
    if coverage.uncosted:
        count = sum(coverage.uncosted.values())
        verb = "is" if count == 1 else "are"
        text += f"; {counted(count, 'operator')} with unknown MACs {verb} not included"
    if coverage.not_selected_layers:
        text += (
            f"; {counted(coverage.not_selected_layers, 'layer')} with "
            f"{quantity(coverage.not_selected_macs, 'MAC')} were not asked for"
        )
    return text
