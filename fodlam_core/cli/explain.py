"""``run --explain``: the chain from printed numbers to the cost of a layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fodlam_core.errors import NetworkError, unknown
from fodlam_core.estimates.explain.provenance import Provenance, provenances
from fodlam_core.estimates.explain.published_totals import reference_record, reference_steps
from fodlam_core.estimates.figures import LayerEstimate
from fodlam_core.estimates.published_totals import ReferenceCost, answer, whole_network
from fodlam_core.model.layers import layer_key
from fodlam_core.report.document import Bullets, Document, Text
from fodlam_core.report.report import Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fodlam_core.estimates.estimate import Estimate

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
        lambda: [document for each in chains for document in _documents(*each)],
        data,
        lambda: [row for each in chains for row in _rows(*each)],
    )


def _documents(estimate: Estimate, chosen: Explained) -> Iterator[Document]:
    for each, provenance in chosen:
        yield _document(estimate, each, provenance)
    total = _total(estimate)
    if total:
        citation = estimate.platforms[total.accelerator].accelerator.citation
        steps = (f"{step.quantity}: {step.text}" for step in reference_steps(estimate, total))
        yield Document(
            f"total of {estimate.network.name}: published on {total.accelerator}",
            (Bullets(f"{citation.text} ({citation.key})", steps),),
        )


def _total(estimate: Estimate) -> ReferenceCost | None:
    """Return the published cost that is the total; None where layers are summed up."""
    return answer(estimate.platforms, estimate.references, estimate.batch)


def _document(estimate: Estimate, each: LayerEstimate, provenance: Provenance | None) -> Document:
    title = f"{each.layer.name} of {estimate.network.name}: {each.method}"
    if each.basis is None or provenance is None:
        whole = whole_network(estimate.platforms)
        reason = (
            f"{whole} publishes a cost of the whole network, which is never spread over its layers"
            if whole
            else f"no accelerator serves the kind {each.layer.kind!r}"
        )
        return Document(title, (Text(reason),))
    source = f"{each.basis.citation.text} ({each.basis.citation.key})"
    fitted = [
        f"fitted to {table}: {', '.join(rows)}" for table, rows in provenance.fitted_to.items()
    ]
    steps = [f"{step.quantity}: {step.text}" for step in provenance.steps]
    return Document(f"{title} on {each.accelerator}", (Bullets(source, (*fitted, *steps)),))


def _record(estimate: Estimate, chosen: Explained) -> dict[str, Any]:
    total = _total(estimate)
    return {
        "config": estimate.config.source,
        "network": estimate.network.name,
        "layers": [
            {"name": each.layer.name, "provenance": provenance and provenance.to_dict()}
            for each, provenance in chosen
        ],
        "total": total and reference_record(estimate, total),
    }


def _rows(estimate: Estimate, chosen: Explained) -> list[dict[str, Any]]:
    found = [(each.layer.name, provenance.steps) for each, provenance in chosen if provenance]
    total = _total(estimate)
    if total:
        found.append(("total", reference_steps(estimate, total)))
    return [
        {
            "config": estimate.config.source,
            "network": estimate.network.name,
            "layer": name,
            "step": number,
            **step._asdict(),
        }
        for name, steps in found
        for number, step in enumerate(steps, start=1)
    ]
