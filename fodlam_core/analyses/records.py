"""What ``--format json`` prints, as types; `json_schema` makes the JSON Schema of them.

Numbers are in SI units, with the unit in the name; what is not known is null. Keys may be added,
and keep their meaning; where they cannot, ``schema_version`` of a result counts.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypedDict

from fodlam_core.analyses import listing_records as listings
from fodlam_core.config.model import Config  # noqa: TC001, the schema is made of it

Ends = Annotated[list[float], "low and high end"]
Batch = int | Literal["published"]


class Interval(TypedDict):
    """Where latency and energy may lie."""

    latency_s: Ends | None
    energy_j: Ends | None


class Band(TypedDict):
    """The least and the greatest total over all scaling rules that apply."""

    rules: list[str]
    latency_s: Ends | None
    energy_j: Ends | None


class Costs(TypedDict):
    """Latency and energy."""

    latency_s: float | None
    energy_j: float | None


class Powered(Costs):
    """Latency, energy, and the average power that they give."""

    power_w: float | None


class Native(Powered):
    """A cost on the accelerator as published, before scaling."""

    offchip_latency_s: Annotated[float | None, "part of the latency that waits for DRAM"]


class Point(TypedDict):
    """A technology point; null where no source states it."""

    node_nm: float | None
    vdd: float | None
    flavor: str | None


class Factors(TypedDict):
    """What scaling multiplies by."""

    time: float
    energy: float
    power: float
    area: float | None


class Citation(TypedDict):
    """A publication."""

    key: str
    text: str
    bibtex: str
    where: str


class Doubt(TypedDict):
    """Why a number cannot be."""

    what: str
    value: float
    bound: float
    unit: str
    reason: str


class Sums(Powered):
    """Sums over layers."""

    macs: Annotated[int, "multiply-accumulates of one inference"]
    layers: int
    inferences: Annotated[int | None, "that the costs are for; null where batches are mixed"]
    inferences_per_s: float | None
    gmacs_per_s: float | None
    gmacs_per_s_per_w: float | None
    area_mm2: float | None
    interval: Interval | None
    ends_added: Annotated[bool, "whether the interval adds the ends of the intervals of layers"]
    dram_energy_j: float | None
    system_energy_j: float | None


class Totals(Sums):
    """A total, by kind of layer or over all."""

    scaling: Band | None


class OnAccelerator(Sums):
    """What one accelerator adds, and what it is."""

    title: str
    provenance: str
    energy_covers: str | None
    latency_is: str
    precision: str
    scaler: str | None
    source: Point
    target: Point
    factors: Factors
    citation: Citation
    data: Annotated[str, "checksum of its published rows"]


class LayerRecord(Powered):
    """A layer."""

    name: str
    kind: str
    macs: int
    repeat: int
    accelerator: str | None
    method: Literal["published", "predicted", "not modelled"]
    predictor: str | None
    native: Native | None
    factors: Factors | None
    measured_batches: list[int] | None
    interval: Interval | None
    citation: str | None
    dram_energy_j: float | None
    implausible: list[Doubt]
    refusal: str | None
    provenance: Annotated[dict[str, Any] | None, "printed cells, and the steps from them"]


class NetworkOutline(TypedDict):
    """The network of a result."""

    name: str
    source: str
    macs: int
    data: Annotated[str, "checksum of its layers"]


class Technology(Point):
    """The technology that was asked for."""

    scaler: str | None
    clock: Literal["scale", "hold"]
    options: dict[str, Any]


class RunRecord(TypedDict):
    """A result of ``run``."""

    schema_version: Literal[2]
    config: str
    inputs: Annotated[Config, "what was asked for, as tables of a configuration"]
    network: NetworkOutline
    technology: Technology
    batch: Batch
    measured_batches: dict[str, list[int]]
    tokens: Annotated[dict[str, Any] | None, "costs by token and phase, of a transformer"]
    totals: dict[str, Totals]
    per_inference: Costs
    accelerators: dict[str, OnAccelerator]
    layers: list[LayerRecord]
    references: Annotated[list[dict[str, Any]], "published costs of the network as a whole"]
    coverage: Annotated[dict[str, Any], "how much of the network has a cost, by method"]
    notes: list[str]
    versions: dict[str, str]


class Explained(TypedDict):
    """What ``run --explain`` prints of a configuration."""

    config: str
    network: str
    layers: list[dict[str, Any]]
    total: Annotated[dict[str, Any] | None, "of a chip that answers for the whole network"]


class Worth(TypedDict):
    """What stands behind a row and against it."""

    method: Literal["measured", "published", "predicted", "datasheet"] | None
    interval: Interval | None
    coverage: Annotated[dict[str, float], "share of the MACs that has a latency, and an energy"]
    implausible: list[str]
    notes: list[str]


class RankRow(Powered, Worth):
    """A chip of ``rank``."""

    rank: Annotated[int | None, "place; null for a chip that models too little"]
    name: str
    provenance: str | None
    latency_is: str | None
    verdict: str
    citation: str | None
    overlaps_with_best: Annotated[bool | None, "whether it cannot be told from the best"]


class RankRecord(TypedDict):
    """A ranking."""

    network: str
    macs: int
    batch: Batch
    sort: Literal["latency", "energy", "edp", "error"]
    rows: list[RankRow]


class Share(Powered):
    """What one accelerator adds to a row of ``compare``."""

    source: Point
    target: Point
    factors: Factors
    latency_share: float | None
    energy_share: float | None


class Variant(Powered, Worth):
    """A row of ``compare``; with a key for each choice: scaler, accelerator, predictor, batch."""

    name: Annotated[str | None, "what runs, such as 'eyeriss + eie'; null if refused"]
    accelerators: dict[str, Share]
    scaling: Band | None
    verdict: str | None
    reason: Annotated[str | None, "why it was refused"]


class CompareRecord(TypedDict):
    """A comparison."""

    config: str
    variants: list[Variant]


class InputDifference(TypedDict):
    """An input that two results do not share."""

    name: str
    a: Any
    b: Any


class NumberDifference(TypedDict):
    """A number that two results do not share."""

    scope: Literal["layer", "total"]
    name: str
    number: str
    a: float | None
    b: float | None
    ratio: float | None
    because: Annotated[list[str], "the inputs that explain it"]


class DiffRecord(TypedDict):
    """What two results do not share."""

    inputs: list[InputDifference]
    numbers: list[NumberDifference]


class CheckRow(DiffRecord):
    """A saved result, and what changed since."""

    saved: str
    config: str
    network: str
    same: bool


class CheckRecord(TypedDict):
    """All results that were checked."""

    rows: list[CheckRow]


class Summary(TypedDict):
    """Counts and ranges of all points of a sweep."""

    rows: int
    refused: int
    reasons: dict[str, Any]
    ranges: dict[str, list[Any]]


class SweepRecord(TypedDict):
    """The first rows of a sweep, each with a key for every column."""

    summary: Summary
    kept: int
    notes: Annotated[list[str], "what stands against the costs, and what does not scale"]
    rows: list[dict[str, Any]]


class Axis(TypedDict):
    """A key that can be an axis."""

    axis: str
    values: Annotated[str, "in words"]


class AxesRecord(TypedDict):
    """What ``sweep --axes`` prints."""

    axes: list[Axis]


# Command -> what it prints; several configurations of `run` are a list.
RECORDS: dict[str, Any] = {
    "run": RunRecord | list[RunRecord] | Explained | list[Explained],
    "rank": RankRecord,
    "compare": CompareRecord,
    "chips": listings.ChipsRecord,
    "chips show": listings.ChipRecord,
    "cite": list[listings.CitedRow],
    "diff": DiffRecord,
    "check": CheckRecord,
    "validate": list[listings.ValidateRow]
    | list[listings.ValidateSummaryRow]
    | list[listings.HeldOutLayer],
    "sweep": SweepRecord | AxesRecord,
    "networks": list[listings.NetworkRow],
    "networks show": listings.NetworkRecord | listings.TransformerRecord,
    "scalers": list[listings.ScalerRow],
    "scalers show": listings.ScalerRecord,
    "plugins": list[listings.PluginRow],
    "diagnose": listings.DiagnoseRecord,
    "reproduce": listings.ReproduceRecord,
}
