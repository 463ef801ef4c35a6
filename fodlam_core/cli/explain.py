"""``run --explain``: the chain from printed numbers to the cost of a layer."""

from __future__ import annotations

from typing import Any

from fodlam_core.composer.estimates import Estimate
from fodlam_core.composer.figures import LayerEstimate
from fodlam_core.composer.provenance import Provenance, provenances
from fodlam_core.documents import Bullets, Document, Text
from fodlam_core.errors import NetworkError, unknown
from fodlam_core.layers import layer_key
from fodlam_core.output.report import Report

Explained = list[tuple[LayerEstimate, Provenance | None]]


def explained(estimate: Estimate, name: str | None) -> Explained:
    """Return the layers to explain, each with what it rests on.

    Args:
        estimate: the estimate.
        name: a layer; None: all of them, each once.

    Raises:
        NetworkError: if the estimate has no such layer.
    """
    layers = {
        each.layer.key: (each, provenance)
        for each, provenance in zip(estimate.layers, provenances(estimate), strict=True)
    }
    if name is None:
        return list(layers.values())
    if layer_key(name) not in layers:
        known = [each.layer.name for each, _ in layers.values()]
        what = f"layer of {estimate.network.name}"
        raise NetworkError(f"--explain: {unknown(what, name, known, 'no layer was asked for')}")
    return [layers[layer_key(name)]]


def explanation_report(chains: list[tuple[Estimate, Explained]]) -> Report:
    """Return the chains of several estimates in every form."""

    def data() -> Any:
        records = [_record(*each) for each in chains]
        return records[0] if len(records) == 1 else records

    return Report(
        lambda: [
            _document(estimate, each, provenance)
            for estimate, chosen in chains
            for each, provenance in chosen
        ],
        data,
        lambda: [row for each in chains for row in _rows(*each)],
    )


def _document(estimate: Estimate, each: LayerEstimate, provenance: Provenance | None) -> Document:
    title = f"{each.layer.name} of {estimate.network.name}: {each.method}"
    if each.basis is None or provenance is None:
        return Document(title, (Text(f"no accelerator serves the kind {each.layer.kind!r}"),))
    source = f"{each.basis.citation.text} ({each.basis.citation.key})"
    fitted = [
        f"fitted to {table}: {', '.join(rows)}" for table, rows in provenance.fitted_to.items()
    ]
    steps = [f"{step.quantity}: {step.text}" for step in provenance.steps]
    return Document(f"{title} on {each.accelerator}", (Bullets(source, (*fitted, *steps)),))


def _record(estimate: Estimate, chosen: Explained) -> dict[str, Any]:
    return {
        "config": estimate.config.source,
        "network": estimate.network.name,
        "layers": [
            {"name": each.layer.name, "provenance": provenance and provenance.to_dict()}
            for each, provenance in chosen
        ],
    }


def _rows(estimate: Estimate, chosen: Explained) -> list[dict[str, Any]]:
    return [
        {
            "config": estimate.config.source,
            "network": estimate.network.name,
            "layer": each.layer.name,
            "step": number,
            **step._asdict(),
        }
        for each, provenance in chosen
        if provenance
        for number, step in enumerate(provenance.steps, start=1)
    ]
