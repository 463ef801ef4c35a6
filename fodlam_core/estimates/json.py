"""Estimates as plain dictionaries: the JSON schema, version 2."""

from __future__ import annotations

import binascii
from collections import Counter
from typing import TYPE_CHECKING, Any

import attrs

from fodlam_core.estimates.explain.provenance import Provenance, provenance_teller, provenances
from fodlam_core.estimates.per_inference import per_inference
from fodlam_core.estimates.plausibility import doubts
from fodlam_core.estimates.published_totals import whole_network
from fodlam_core.estimates.scaling_band import scaling_band
from fodlam_core.estimates.system import dram_energy_j, system_energy
from fodlam_core.model.quantities import METRICS, Amounts, Interval
from fodlam_core.model.technology import ScalingFactors, Technology
from fodlam_core.plugins.revision import with_revisions
from fodlam_core.report.report import Encoded, in_one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fodlam_core.config import Config
    from fodlam_core.estimates.figures import LayerEstimate
    from fodlam_core.estimates.platform import Platform
    from fodlam_core.estimates.result import Result
    from fodlam_core.model.costs import Cost, Measurement
    from fodlam_core.model.layers import Layer

SCHEMA_VERSION = 2
UNKNOWN = (None, None)
ENDS = ("low", "high")


def _outline(each: LayerEstimate) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what row and record of a layer begin with: what it is, and what it costs."""
    what = {
        "name": each.layer.name,
        "kind": each.layer.kind,
        "macs": each.layer.total_macs,
    }
    costs = {
        "accelerator": each.accelerator,
        "method": each.method,
        "predictor": each.basis.predictor if each.basis else None,
        **each.amounts.record(),
    }
    return what, costs


def layer_row(each: LayerEstimate) -> dict[str, Any]:
    """Return one layer as a flat dictionary."""
    basis = each.basis
    native = each.native.amounts if each.native else Amounts()
    ends = zip(METRICS, each.interval or Interval(), strict=True)
    what, costs = _outline(each)
    return {
        **what,
        **costs,
        **{
            metric.end(which): end
            for metric, bounds in ends
            for which, end in zip(ENDS, bounds or UNKNOWN, strict=True)
        },
        **{f"native_{key}": value for key, value in native._asdict().items()},
        "time_factor": basis.factors.time if basis else None,
        "energy_factor": basis.factors.energy if basis else None,
        "citation": basis.citation.key if basis else None,
    }


def layer_record(
    estimate: Result, each: LayerEstimate, provenance: Provenance | None
) -> dict[str, Any]:
    """Return one layer as the JSON schema has it."""
    basis = each.basis
    what, costs = _outline(each)
    return {
        **what,
        "repeat": each.layer.repeat,
        **costs,
        "native": _cost(each.native),
        "factors": factors_record(basis.factors) if basis else None,
        "measured_batches": list(basis.batches) if basis else None,
        "interval": each.interval.record() if each.interval else None,
        "citation": basis.citation.key if basis else None,
        "dram_energy_j": dram_energy_j(estimate, each),
        "implausible": _doubts(estimate, each),
        "refusal": each.refusal or None,
        "provenance": provenance.to_dict() if provenance else None,
    }


def layer_records(estimate: Result) -> Iterator[dict[str, Any]]:
    """Yield each layer as the JSON schema has it."""
    for each, provenance in zip(estimate.layers, provenances(estimate), strict=True):
        yield layer_record(estimate, each, provenance)


def encoded_layers(estimate: Result) -> Iterator[Encoded]:
    """Yield the same as JSON; layers that are alike share all but their name."""
    tell = provenance_teller(estimate)
    counts = Counter(each.alike for each in estimate.layers if each.basis)
    made: dict[tuple[int, int, int], str] = {}
    for each in estimate.layers:
        rest = made.get(each.alike)
        if rest is None:
            record = layer_record(estimate, each, tell(each))
            record.pop("name")
            rest = in_one_line(record)[1:]
            if counts[each.alike] > 1:
                made[each.alike] = rest
        yield Encoded((f'{{"name": {in_one_line(each.layer.name)}, ', rest))


def estimate_record(
    estimate: Result, layers: Iterable[dict[str, Any] | Encoded] | None = None
) -> dict[str, Any]:
    """Return an estimate as the JSON schema has it.

    Args:
        estimate: the estimate.
        layers: its layers, where they are to be made one by one; by default a list of them.
    """
    from fodlam_core.estimates.verdict import verdict

    config, technology = estimate.config, estimate.config.technology
    worth = verdict(estimate)
    return {
        "schema_version": SCHEMA_VERSION,
        "config": config.source,
        "inputs": _inputs(config, estimate.batch),
        "network": {
            "name": estimate.network.name,
            "source": estimate.network.source,
            "macs": estimate.network.total_macs,
            "data": _fingerprint(estimate.network.layers),
        },
        "technology": {
            "node_nm": technology.node_nm,
            "vdd": technology.vdd,
            "flavor": technology.flavor,
            "scaler": technology.scaler,
            "clock": technology.clock,
            "options": dict(technology.options),
        },
        "batch": estimate.batch,
        "measured_batches": {kind: list(sizes) for kind, sizes in estimate.batches.items()},
        "tokens": _tokens(estimate),
        "totals": {
            name: {
                **totals.to_dict(),
                "scaling": _band(estimate, name),
                **_of_kind(estimate, name),
            }
            for name, totals in estimate.totals.items()
        },
        "per_inference": per_inference(estimate)._asdict(),
        "accelerators": {
            name: {
                **estimate.accelerators[name].to_dict(),
                **_on_accelerator(estimate, name),
                **_platform(platform),
            }
            for name, platform in estimate.platforms.items()
        },
        "layers": list(layer_records(estimate)) if layers is None else layers,
        "references": _references(estimate),
        "operators": _operators(estimate),
        "coverage": estimate.coverage.to_dict(),
        "method": worth.method or None,
        "verdict": worth.words,
        "notes": list(estimate.notes),
        "versions": with_revisions(estimate.versions),
    }


def _tokens(estimate: Result) -> dict[str, Any] | None:
    facts = estimate.network.transformer
    if facts is None:
        return None
    from fodlam_core.estimates.tokens import token_record

    return token_record(estimate, facts)


def _operators(estimate: Result) -> dict[str, Any] | None:
    if not estimate.network.memory_passes:
        return None
    from fodlam_core.estimates.operators import operators_record

    return operators_record(estimate)


def _references(estimate: Result) -> list[dict[str, Any]]:
    if not estimate.references:
        return []
    from fodlam_core.estimates.explain.published_totals import reference_record

    return [reference_record(estimate, each) for each in estimate.references]


def _cost(cost: Cost | None) -> dict[str, Any] | None:
    if cost is None:
        return None
    return {**cost.amounts.record(), "offchip_latency_s": cost.offchip_latency_s}


def factors_record(factors: ScalingFactors) -> dict[str, float | None]:
    """Return the four factors by name."""
    return {
        "time": factors.time,
        "energy": factors.energy,
        "power": factors.power,
        "area": factors.area,
    }


def _platform(platform: Platform) -> dict[str, Any]:
    accelerator = platform.accelerator
    return {
        "title": accelerator.title,
        "provenance": accelerator.provenance,
        "energy_covers": accelerator.energy_covers or None,
        "latency_is": accelerator.latency_is,
        "precision": accelerator.precision,
        "scaler": platform.scaler,
        "source": point_record(platform.source),
        "target": point_record(platform.target),
        "factors": factors_record(platform.factors),
        "citation": attrs.asdict(accelerator.citation),
        "data": _fingerprint(accelerator.measurements),
    }


def point_record(point: Technology | None) -> dict[str, Any]:
    """Return a technology point as plain values, each None where no source states the node."""
    if point is None:
        return dict.fromkeys(field.name for field in attrs.fields(Technology))
    return attrs.asdict(point)


def _inputs(config: Config, batch: int | str) -> dict[str, Any]:
    """Return what was asked for, without what only describes the configuration.

    The batch is that of the estimate, which code may ask for besides the configuration.
    """
    tables = attrs.asdict(config)
    tables["network"]["batch"] = batch
    tables["rules"] = list(tables["rules"])
    return {key: tables[key] for key in tables if key not in ("source", "fodlam", "warnings")}


def _fingerprint(data: tuple[Measurement, ...] | tuple[Layer, ...]) -> str:
    """Return a checksum that changes with the data, to tell two results apart: of its repr."""
    checksum, before = binascii.crc32(b"("), ""
    for each in data:
        checksum = binascii.crc32(f"{before}{each!r}".encode(), checksum)
        before = ", "
    end = b",)" if len(data) == 1 else b")"
    return f"{binascii.crc32(end, checksum):08x}"


def _doubts(estimate: Result, each: LayerEstimate) -> list[dict[str, Any]]:
    if each.basis is None:
        return []
    platform = estimate.platforms[each.basis.accelerator]
    return [doubt._asdict() for doubt in doubts(each.layer, each.basis, platform)]


def _band(estimate: Result, kind: str) -> dict[str, Any] | None:
    band = scaling_band(estimate, kind)
    return band.to_dict() if band else None


def _of_kind(estimate: Result, kind: str) -> dict[str, Any]:
    layers = [each for each in estimate.layers if kind in (each.layer.kind, "total")]
    return system_energy(estimate, layers)._asdict()


def _on_accelerator(estimate: Result, name: str) -> dict[str, Any]:
    # What answers for the network as a whole runs every layer, though none names it.
    own = None if whole_network(estimate.platforms) == name else name
    layers = [each for each in estimate.layers if each.accelerator == own]
    return system_energy(estimate, layers)._asdict()
