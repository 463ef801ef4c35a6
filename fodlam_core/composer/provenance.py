"""From printed numbers to the cost of a layer, step by step.

Imported only where sources are asked for: by ``run --explain``, ``cite`` and the JSON.

A fitted predictor tells its formula by a method ``explain(layer)``, which returns it, with its
numbers, by ``"latency"`` and ``"energy"``; without one the chain has the prediction alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import attrs

from fodlam_core.composer.estimates import Basis, Estimate, LayerEstimate
from fodlam_core.composer.platforms import Platform
from fodlam_core.composer.system_energy import dram_energy_j
from fodlam_core.costs import Measurement
from fodlam_core.publications import Cell, Publication, publication_of
from fodlam_core.quantities import quantity

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


class Provenance(NamedTuple):
    """What the cost of one layer rests on.

    Attributes:
        publication: the key of the publication.
        cells: the printed numbers that enter, each with table, row and column.
        batch: the batch of the printed row; None for a predicted layer.
        predictor: the name of the predictor; None for a published layer.
        fitted_to: the rows that the predictor was fitted to, by the table that holds them.
        scaling: rule, both technology points and factors; None at the accelerator's own point.
        steps: the chain; the last step is the result as it is printed.
    """

    publication: str
    cells: tuple[Cell, ...]
    batch: int | None
    predictor: str | None
    fitted_to: Mapping[str, list[str]]
    scaling: Mapping[str, Any] | None
    steps: tuple[Step, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {
            **self._asdict(),
            "cells": [cell._asdict() for cell in self.cells],
            "steps": [step._asdict() for step in self.steps],
        }


def provenances(estimate: Estimate) -> list[Provenance | None]:
    """Return what the cost of each layer rests on; None where a layer is not modelled.

    Raises:
        PluginError: if the tables behind an accelerator cannot be read.
    """
    publications = {
        name: publication_of(platform.accelerator) for name, platform in estimate.platforms.items()
    }
    pairs = {(each.accelerator, each.layer.kind) for each in estimate.layers if each.accelerator}
    fitted = {
        (name, kind): _fitted_to(estimate.platforms[name], kind, publications[name])
        for name, kind in pairs
    }
    made: list[Provenance | None] = []
    for each in estimate.layers:
        basis = each.basis
        if basis is None:
            made.append(None)
            continue
        rows = fitted[basis.accelerator, each.layer.kind] if basis.predictor else {}
        made.append(_provenance(estimate, each, basis, publications[basis.accelerator], rows))
    return made


def _provenance(
    estimate: Estimate,
    each: LayerEstimate,
    basis: Basis,
    publication: Publication | None,
    fitted_to: Mapping[str, list[str]],
) -> Provenance:
    platform = estimate.platforms[basis.accelerator]
    row = basis.measurement
    cells = publication.cells(row.network, row.layer.name) if publication and row else ()
    if row:
        found = _Found(row, cells)
        start = [*_printed(row, found), *_one_inference(basis, row, platform.printed)]
    else:
        found = None
        start = list(_predicted(each, basis, platform))
    steps = [
        *start,
        *_scaled(estimate, basis, platform),
        *_runs(each, basis),
        *_dram(estimate, each, cells),
    ]
    steps.append(_result(each))
    used = found.cells() if found else ()
    if estimate.config.system:
        used = (*used, *(cell for cell in cells if cell.quantity.startswith("dram_")))
    return Provenance(
        basis.citation.key,
        used,
        row.batch if row else None,
        basis.predictor,
        fitted_to,
        _scaling(estimate, basis, platform),
        tuple(steps),
    )


class _Found:
    """The cells that latency, processing latency, power and energy of a row were read from."""

    def __init__(self, row: Measurement, cells: tuple[Cell, ...]) -> None:
        latencies = [cell for cell in cells if "latency_" in cell.quantity]
        powers = [cell for cell in cells if cell.quantity.startswith("power_")]
        self.latency = _match(latencies, row.latency_s)
        self.processing = (
            _match(latencies, row.latency_s - row.offchip_latency_s)
            if row.offchip_latency_s
            else None
        )
        self.power = _match(powers, row.power_w)
        self.energy_latency = _match(latencies, row.energy_j / row.power_w)

    def cells(self) -> tuple[Cell, ...]:
        found = (self.latency, self.processing, self.power, self.energy_latency)
        return tuple(dict.fromkeys(cell for cell in found if cell))


def _match(cells: list[Cell], value: float) -> Cell | None:
    return next((cell for cell in cells if math.isclose(cell.value, value, rel_tol=1e-9)), None)


def _number(value: float, unit: str) -> str:
    return quantity(value, unit, DIGITS)


def _printed(row: Measurement, found: _Found) -> Iterator[Step]:
    latency, power, energy = row.latency_s, row.power_w, row.energy_j
    images = f"for {row.batch} inference{'' if row.batch == 1 else 's'}"
    where = str(found.latency or f"as the accelerator gives it: {_number(latency, 's')}")
    yield Step("latency", f"{where}, {images}", latency, "s")
    if row.offchip_latency_s:
        offchip = row.offchip_latency_s
        processing = latency - offchip
        where = f" ({found.processing})" if found.processing else ""
        text = (
            f"the part that waits for off-chip memory: {_number(latency, 's')} - "
            f"{_number(processing, 's')}{where} = {_number(offchip, 's')}"
        )
        yield Step("off-chip latency", text, offchip, "s")
    where = str(found.power or f"as the accelerator gives it: {_number(power, 'W')}")
    yield Step("power", where, power, "W")
    total = energy / power
    where = (
        f" ({found.energy_latency})" if found.energy_latency not in (None, found.latency) else ""
    )
    text = (
        f"power x total latency: {_number(power, 'W')} x {_number(total, 's')}{where} = "
        f"{_number(energy, 'J')}, {images}"
    )
    yield Step("energy", text, energy, "J")


def _one_inference(basis: Basis, row: Measurement, printed: bool) -> Iterator[Step]:
    if row.batch == 1:
        return
    native = basis.native
    for what, before, after, unit in (
        ("latency", row.latency_s, native.latency_s, "s"),
        ("energy", row.energy_j, native.energy_j, "J"),
    ):
        if printed:
            text = f"taken as printed, as FODLAM did: {_number(after, unit)}"
        else:
            text = f"one inference: {_number(before, unit)} / {row.batch} = {_number(after, unit)}"
        yield Step(what, text, after, unit)


def _predicted(each: LayerEstimate, basis: Basis, platform: Platform) -> Iterator[Step]:
    rows = platform.accelerator.calibration(each.layer.kind)
    explain = getattr(platform.fits.get(each.layer.kind), "explain", None)
    formulas = explain(each.layer) if explain else {}
    taken = "as printed" if platform.printed else "per inference"
    for what, value, unit in (
        ("latency", basis.native.latency_s, "s"),
        ("energy", basis.native.energy_j, "J"),
    ):
        formula = formulas.get(what, f"{_number(each.layer.macs, 'MAC')}: {_number(value, unit)}")
        text = f"{basis.predictor}, fitted to {len(rows)} measured layers {taken}: {formula}"
        yield Step(what, text, value, unit)


def _scaled(estimate: Estimate, basis: Basis, platform: Platform) -> Iterator[Step]:
    if platform.source == platform.target:
        return
    native, factors = basis.native, basis.factors
    way = f"{platform.source} to {platform.target} by {estimate.config.technology.scaler}: "
    if native.offchip_latency_s:
        rest = native.latency_s - native.offchip_latency_s
        waits = _number(native.offchip_latency_s, "s")
        text = (
            f"{_number(rest, 's')} x {factors.time:.{DIGITS}g} + {waits} (waiting for off-chip "
            "memory, not scaled)"
        )
    else:
        text = f"{_number(native.latency_s, 's')} x {factors.time:.{DIGITS}g}"
    latency, energy = basis.latency_s, basis.energy_j
    yield Step("latency", f"{way}{text} = {_number(latency, 's')}", latency, "s")
    text = f"{_number(native.energy_j, 'J')} x {factors.energy:.{DIGITS}g}"
    yield Step("energy", f"{way}{text} = {_number(energy, 'J')}", energy, "J")


def _runs(each: LayerEstimate, basis: Basis) -> Iterator[Step]:
    if each.runs == 1:
        return
    repeat = each.layer.repeat
    runs = f"{each.runs // repeat} inferences"
    if repeat > 1:
        runs += f" x {repeat} runs of the layer"
    for what, one, value, unit in (
        ("latency", basis.latency_s, each.latency_s or 0.0, "s"),
        ("energy", basis.energy_j, each.energy_j or 0.0, "J"),
    ):
        yield Step(
            what,
            f"{runs}: {_number(one, unit)} x {each.runs} = {_number(value, unit)}",
            value,
            unit,
        )


def _dram(estimate: Estimate, each: LayerEstimate, cells: tuple[Cell, ...]) -> Iterator[Step]:
    energy = dram_energy_j(estimate, each)
    row = each.basis.measurement if each.basis else None
    if energy is None or row is None:
        return
    cell = next((cell for cell in cells if cell.quantity.startswith("dram_")), None)
    printed = each.basis is not None and estimate.platforms[each.basis.accelerator].printed
    batch = 1 if printed else row.batch
    text = (
        f"{f'{cell}; ' if cell else ''}{_number(row.details['dram_bytes'], 'B')} / {batch} x "
        f"{_number(estimate.config.system['dram_energy_j_per_byte'], 'J/B')} x {each.runs} = "
        f"{_number(energy, 'J')}, never scaled"
    )
    yield Step("DRAM energy", text, energy, "J")


def _result(each: LayerEstimate) -> Step:
    costs = (
        f"latency {quantity(each.latency_s, 's')}, energy {quantity(each.energy_j, 'J')}, "
        f"power {quantity(each.power_w, 'W')}"
    )
    return Step("result", costs, each.latency_s or 0.0, "s")


def _fitted_to(
    platform: Platform, kind: str, publication: Publication | None
) -> dict[str, list[str]]:
    """Return the rows that predictors are fitted to, by the table and network they are of."""
    fitted: dict[str, list[str]] = {}
    for row in platform.accelerator.calibration(kind):
        name = row.network
        cells = publication.cells(row.network, row.layer.name) if publication else ()
        cell = next((cell for cell in cells if "latency_" in cell.quantity), None)
        if cell:
            name = f"{cell.table}, {row.network}"
        fitted.setdefault(name, []).append(row.layer.name)
    return fitted


def _scaling(estimate: Estimate, basis: Basis, platform: Platform) -> dict[str, Any] | None:
    if platform.source == platform.target:
        return None
    factors = basis.factors
    return {
        "rule": estimate.config.technology.scaler,
        "source": attrs.asdict(platform.source),
        "target": attrs.asdict(platform.target),
        "time": factors.time,
        "energy": factors.energy,
        "power": factors.power,
        "offchip_latency_s_not_scaled": basis.native.offchip_latency_s,
    }
