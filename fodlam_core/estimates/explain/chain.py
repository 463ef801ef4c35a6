"""The steps of the chain from printed numbers to the cost of a layer.

A fitted predictor tells its formula by a method ``explain(layer)``, which returns it, with its
numbers, by ``"latency"`` and ``"energy"``; without one the chain has the prediction alone.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from fodlam_core.estimates.figures import OVERHEAD, is_operators
from fodlam_core.estimates.system import TRAFFIC, dram_energy_j
from fodlam_core.model.quantities import COSTS, METRICS, each_known
from fodlam_core.named_tuple import NamedTuple
from fodlam_core.predictors import levels
from fodlam_core.predictors.rows import one_row
from fodlam_core.report.units import counted, quantity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from fodlam_core.accelerators.publication import Cell
    from fodlam_core.estimates.figures import Basis, LayerEstimate
    from fodlam_core.estimates.platform import Platform
    from fodlam_core.estimates.result import Result
    from fodlam_core.model.costs import Measurement
    from fodlam_core.model.layers import Layer

DIGITS = 6


class Step(NamedTuple):
    """One step of the chain.

    Attributes:
        quantity: what it yields, such as ``"latency"``.
        text: the step as a formula with its numbers.
        value: the number that it yields.
        unit: the unit of that number.
    """

    quantity: str
    text: str
    value: float
    unit: str


def chain(
    estimate: Result, each: LayerEstimate, basis: Basis, cells: tuple[Cell, ...]
) -> tuple[tuple[Step, ...], tuple[Cell, ...]]:
    """Return the steps to the cost of a layer, and the printed numbers that enter.

    Args:
        estimate: the estimate.
        each: a layer of it.
        basis: what the layer rests on.
        cells: every printed number of its row; none for a predicted layer.
    """
    platform, row = estimate.platforms[basis.accelerator], basis.measurement
    steps: list[Step] = []
    used: list[Cell] = []
    if row is None:
        steps += _predicted(estimate, each, basis, platform)
    else:
        found = _Found(row, cells)
        used += found.cells()
        steps += [*_printed(row, found), *_one_inference(basis, row, printed=platform.printed)]
    steps += [*_scaled(basis, platform), *_runs(each, basis)]
    dram = dram_energy_j(estimate, each)
    if dram is not None and row is not None:
        cell = _cell(row, cells, TRAFFIC, row.details[TRAFFIC])
        used += [cell] if cell else []
        steps.append(_dram(estimate, each, basis.shared_by, dram, row.details[TRAFFIC], cell))
    return (*steps, _result(each)), tuple(used)


class _Found:
    """The cells that latency, processing latency, power and energy of a row were read from."""

    def __init__(self, row: Measurement, cells: tuple[Cell, ...]) -> None:
        latency, power, energy = row.latency_s, row.power_w, row.energy_j
        self.latency = _cell(row, cells, "latency_s", latency)
        self.processing = None
        if latency is not None and row.offchip_latency_s:
            value = latency - row.offchip_latency_s
            self.processing = _cell(row, cells, "processing_latency_s", value)
        self.power = _cell(row, cells, "power_w", power)
        total = energy / power if energy is not None and power is not None else None
        self.energy_latency = _cell(row, cells, "energy_j", total)

    def cells(self) -> tuple[Cell, ...]:
        found = (self.latency, self.processing, self.power, self.energy_latency)
        return tuple(dict.fromkeys(cell for cell in found if cell))


def _cell(
    row: Measurement, cells: tuple[Cell, ...], quantity: str, value: float | None
) -> Cell | None:
    """Return the cell of the column that a quantity was read from.

    None if the row names no column for it, or has another value than the cell: a plugin may have
    changed the number without the column.
    """
    column = row.columns.get(quantity)
    if value is None:
        return None
    found = (cell for cell in cells if cell.quantity == column)
    return next((cell for cell in found if math.isclose(cell.value, value, rel_tol=1e-9)), None)


def number(value: float, unit: str) -> str:
    """Return a quantity with the digits of a step."""
    return quantity(value, unit, DIGITS)


def _printed(row: Measurement, found: _Found) -> Iterator[Step]:
    images = f"for {counted(row.batch, 'inference')}"
    if row.latency_s is not None:
        yield from _printed_latency(row, row.latency_s, found, images)
    if row.energy_j is None:
        return
    if row.power_w is None or row.latency_s is None:
        text = f"given by the accelerator: {number(row.energy_j, 'J')}, {images}"
        yield Step(quantity="energy", text=text, value=row.energy_j, unit="J")
    else:
        yield from _printed_energy(row.power_w, row.energy_j, found, images)


def _printed_latency(
    row: Measurement, latency: float, found: _Found, images: str
) -> Iterator[Step]:
    where = str(found.latency or f"given by the accelerator: {number(latency, 's')}")
    yield Step(quantity="latency", text=f"{where}, {images}", value=latency, unit="s")
    if row.offchip_latency_s:
        offchip = row.offchip_latency_s
        processing = latency - offchip
        where = f" ({found.processing})" if found.processing else ""
        text = (
            f"the part that waits for off-chip memory: {number(latency, 's')} - "
            f"{number(processing, 's')}{where} = {number(offchip, 's')}"
        )
        yield Step(quantity="off-chip latency", text=text, value=offchip, unit="s")


def _printed_energy(power: float, energy: float, found: _Found, images: str) -> Iterator[Step]:
    where = str(found.power or f"given by the accelerator: {number(power, 'W')}")
    yield Step(quantity="power", text=where, value=power, unit="W")
    total = energy / power
    where = (
        f" ({found.energy_latency})" if found.energy_latency not in (None, found.latency) else ""
    )
    text = (
        f"power x total latency: {number(power, 'W')} x {number(total, 's')}{where} = "
        f"{number(energy, 'J')}, {images}"
    )
    yield Step(quantity="energy", text=text, value=energy, unit="J")


def _one_inference(basis: Basis, row: Measurement, *, printed: bool) -> Iterator[Step]:
    if row.batch == 1:
        return
    for metric, before, after in zip(METRICS, row.amounts, basis.native.amounts, strict=True):
        if before is None or after is None:
            continue
        one = number(after, metric.unit)
        if printed:
            text = f"taken as printed, as FODLAM did: {one}"
        else:
            filled = "" if basis.shared_by == row.batch else ", the batch being filled up"
            text = (
                f"one inference: {number(before, metric.unit)} / {basis.shared_by} = {one}{filled}"
            )
        yield Step(quantity=metric.name, text=text, value=after, unit=metric.unit)


def _formulas(explain: Callable[..., Any], layer: Layer, batch: int | str) -> Mapping[str, str]:
    """Return the formulas of a fit, which may be told the batch."""
    formulas: Mapping[str, str]
    if levels.takes(explain, 2) and isinstance(batch, int):
        formulas = explain(layer, batch)
    else:
        formulas = explain(layer)
    return formulas


def _predicted(
    estimate: Result, each: LayerEstimate, basis: Basis, platform: Platform
) -> Iterator[Step]:
    if is_operators(basis):
        yield from _operators(estimate, each, basis)
        return
    fitted = platform.fitting.fit_of(basis.predictor or "", each.layer.kind)
    rows = fitted.rows
    explain = getattr(fitted.fit, "explain", None)
    item, count = one_row(each.layer) if platform.accelerator.row_by_row else (each.layer, 1)
    beside = each.layer.kind == OVERHEAD  # of a run, and so of no shape that could be explained
    alone = count == 1 and not beside
    formulas = _formulas(explain, item, estimate.batch) if explain and alone else {}
    taken = "as printed" if platform.printed else "per inference"
    origin = f"fitted to {len(rows)} measured layers {taken}"
    if not rows:
        citation = platform.accelerator.citation
        origin = f"a formula, nothing fitted ({citation.where or citation.key})"
    for metric, value in each_known(basis.native.amounts):
        formula = formulas.get(metric.name)
        if formula is None:
            what = "a run besides its layers" if beside else number(each.layer.macs, "MAC")
            formula = f"{what}: {number(value, metric.unit)}"
        text = f"{basis.predictor}, {origin}: {formula}"
        yield Step(quantity=metric.name, text=text, value=value, unit=metric.unit)


def _operators(estimate: Result, each: LayerEstimate, basis: Basis) -> Iterator[Step]:
    from fodlam_core.estimates.operators import operator_formula

    text = f"{basis.predictor}, {operator_formula(estimate, each)}"
    for metric, value in each_known(basis.native.amounts):
        yield Step(quantity=metric.name, text=text, value=value, unit=metric.unit)


def _scaled(basis: Basis, platform: Platform) -> Iterator[Step]:
    if not platform.is_scaled:
        return
    way = f"{platform.source} to {platform.target} by {platform.scaler}: "
    for metric, before, after in zip(METRICS, basis.native.amounts, basis.amounts, strict=True):
        if before is None or after is None or not metric.factor:
            continue
        factor, fixed = metric.factor_of(basis.factors), metric.fixed_of(basis.native)
        text = f"{number(before - fixed, metric.unit)} x {factor:.{DIGITS}g}"
        if fixed:
            waits = number(fixed, metric.unit)
            text += f" + {waits} (waiting for off-chip memory, not scaled)"
        text = f"{way}{text} = {number(after, metric.unit)}"
        yield Step(quantity=metric.name, text=text, value=after, unit=metric.unit)


def _runs(each: LayerEstimate, basis: Basis) -> Iterator[Step]:
    if each.runs == 1:
        return
    repeat = each.layer.repeat
    runs = f"{each.runs // repeat} inferences"
    if repeat > 1:
        runs += f" x {repeat} runs of the layer"
    for metric, one, value in zip(METRICS, basis.amounts, each.amounts, strict=True):
        if one is not None and value is not None:
            unit = metric.unit
            text = f"{runs}: {number(one, unit)} x {each.runs} = {number(value, unit)}"
            yield Step(quantity=metric.name, text=text, value=value, unit=unit)


def _dram(
    estimate: Result,
    each: LayerEstimate,
    shared_by: int,
    energy: float,
    traffic: float,
    cell: Cell | None,
) -> Step:
    where = f"{cell}; " if cell else ""
    price = estimate.config.system["dram_energy_j_per_byte"]
    text = (
        f"{where}{number(traffic, 'B')} / {shared_by} x {number(price, 'J/B')} x "
        f"{each.runs} = {number(energy, 'J')}, never scaled"
    )
    return Step(quantity="DRAM energy", text=text, value=energy, unit="J")


def _result(each: LayerEstimate) -> Step:
    shown = zip(COSTS, (*each.amounts, each.power_w), strict=True)
    costs = ", ".join(f"{one.name} {quantity(value, one.unit)}" for one, value in shown)
    return Step(quantity="result", text=costs, value=each.latency_s or 0.0, unit="s")
