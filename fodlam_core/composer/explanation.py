"""The chain from printed numbers to the cost of a layer, for a person and for a program."""

from __future__ import annotations

from typing import Any

from fodlam_core.composer.estimates import Estimate, LayerEstimate
from fodlam_core.composer.provenance import Provenance, provenances
from fodlam_core.documents import Bullets, Document, Text
from fodlam_core.errors import NetworkError, unknown
from fodlam_core.layers import layer_key

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


def explanation_documents(estimate: Estimate, chosen: Explained) -> list[Document]:
    """Return a document for each layer: its source, and a line for each step."""
    return [_document(estimate, each, provenance) for each, provenance in chosen]


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


def explanation_record(estimate: Estimate, chosen: Explained) -> dict[str, Any]:
    """Return the chains as plain values."""
    return {
        "config": estimate.config.source,
        "network": estimate.network.name,
        "layers": [
            {"name": each.layer.name, "provenance": provenance and provenance.to_dict()}
            for each, provenance in chosen
        ],
    }


def explanation_rows(estimate: Estimate, chosen: Explained) -> list[dict[str, Any]]:
    """Return a flat row for each step."""
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
