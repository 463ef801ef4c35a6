"""What the cost of each layer rests on: publication, cells, predictor, scaling, and the chain.

Imported only where sources are asked for: by ``run --explain``, ``cite`` and the JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from fodlam_core.accelerators.publication import Cell, Publication, publication_of
from fodlam_core.estimates.explain.chain import Step, chain
from fodlam_core.estimates.figures import is_operators
from fodlam_core.named_tuple import NamedTuple
from fodlam_core.report.units import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from fodlam_core.estimates.figures import Basis, LayerEstimate
    from fodlam_core.estimates.platform import Platform
    from fodlam_core.estimates.result import Result
    from fodlam_core.predictors import Predictor


MOST_NAMED = 200


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


def provenances(estimate: Result) -> list[Provenance | None]:
    """Return what the cost of each layer rests on; None where a layer is not modelled.

    Raises:
        PluginError: if the tables behind an accelerator cannot be read.
    """
    tell = provenance_teller(estimate)
    made: dict[tuple[int, int, int], Provenance | None] = {}
    for each in estimate.layers:
        if each.alike not in made:
            made[each.alike] = tell(each)
    return [made[each.alike] for each in estimate.layers]


def provenance_teller(estimate: Result) -> Callable[[LayerEstimate], Provenance | None]:
    """Return what tells what the cost of a layer rests on; None where it is not modelled.

    Raises:
        PluginError: if the tables behind an accelerator cannot be read.
    """
    publications = {
        name: publication_of(platform.accelerator, platform.plugin)
        for name, platform in estimate.platforms.items()
    }
    predicted = {
        (each.basis.accelerator, each.layer.kind): each.basis.predictor
        for each in estimate.layers
        if each.basis and each.basis.predictor and not is_operators(each.basis)
    }
    fitted = {
        (name, kind): _fitted_to(estimate.platforms[name], kind, predictor, publications[name])
        for (name, kind), predictor in predicted.items()
    }

    def tell(each: LayerEstimate) -> Provenance | None:
        basis = each.basis
        if basis is None:
            return None
        layer = basis.predictor and not is_operators(basis)
        rows = fitted[basis.accelerator, each.layer.kind] if layer else {}
        return _provenance(estimate, each, basis, publications[basis.accelerator], rows)

    return tell


def _provenance(
    estimate: Result,
    each: LayerEstimate,
    basis: Basis,
    publication: Publication | None,
    fitted_to: Mapping[str, list[str]],
) -> Provenance:
    row = basis.measurement
    cells = publication.cells(row.network, row.layer.name) if publication and row else ()
    steps, used = chain(estimate, each, basis, cells)
    return Provenance(
        publication=basis.citation.key,
        cells=used,
        batch=row.batch if row else None,
        predictor=basis.predictor,
        fitted_to=fitted_to,
        scaling=_scaling(basis, estimate.platforms[basis.accelerator]),
        steps=steps,
    )


def _fitted_to(
    platform: Platform, kind: str, predictor: str, publication: Publication | None
) -> dict[str, list[str]]:
    """Return the rows that a predictor is fitted to, by the tables and networks they are of.

    A row stands in every table that enters: those of its latency and of its power, and those of
    what the predictor says that it needs or takes of a layer, such as its densities. Many rows
    are counted, not named.
    """
    rows = platform.fitting.fit_of(predictor, kind).rows
    if len(rows) > MOST_NAMED:
        networks = counted(len({row.network for row in rows}), "network")
        return {networks: [counted(len(rows), "layer")]}
    fitted: dict[str, list[str]] = {}
    taken = ("latency_", "power_", *_taken(platform.accelerator.predictor(predictor)))
    for row in rows:
        cells = publication.cells(row.network, row.layer.name) if publication else ()
        tables = dict.fromkeys(
            f"{cell.table}, {row.network}" for cell in cells if cell.quantity.startswith(taken)
        )
        for name in tables or (row.network,):
            fitted.setdefault(name, []).append(row.layer.name)
    return fitted


def _taken(predictor: Predictor) -> Iterator[str]:
    yield from predictor.requires
    yield from (field for field, _ in getattr(predictor, "optional", ()))


def _scaling(basis: Basis, platform: Platform) -> dict[str, Any] | None:
    if not platform.is_scaled:
        return None
    factors = basis.factors
    return {
        "rule": platform.scaler,
        "source": attrs.asdict(platform.source) if platform.source else None,
        "target": attrs.asdict(platform.target) if platform.target else None,
        "time": factors.time,
        "energy": factors.energy,
        "power": factors.power,
        "offchip_latency_s_not_scaled": basis.native.offchip_latency_s,
    }
