"""What ``run --format json`` prints, as types; see `records`."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypedDict

from fodlam_core.config.model import Config  # noqa: TC001, the schema is made of it

Ends = Annotated[list[float], "low and high end"]
Batch = int | Literal["published"]

Method = Literal["measured", "published", "predicted", "datasheet"]


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


class PassRecord(TypedDict):
    """Passes over memory that are alike."""

    operator: str
    elements: Annotated[int, "of one pass in one inference"]
    count: int
    rate_of: Annotated[str | None, "the measured operator whose rate is taken; null: free"]
    native_latency_s: Annotated[float | None, "of all of them in the batch, before scaling"]


class Operators(Costs):
    """What operators without MACs cost."""

    accelerator: str
    count: Annotated[int, "passes that are charged"]
    passes: list[PassRecord]


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
    operators: Annotated[Operators | None, "without MACs; null where none is charged"]
    coverage: Annotated[dict[str, Any], "how much of the network has a cost, by method"]
    method: Annotated[Method | None, "of the total; null without a cost"]
    verdict: Annotated[str, "what counts against the result; fits if nothing does"]
    notes: list[str]
    versions: dict[str, str]


class Explained(TypedDict):
    """What ``run --explain`` prints of a configuration."""

    config: str
    network: str
    layers: list[dict[str, Any]]
    total: Annotated[dict[str, Any] | None, "of a chip that answers for the whole network"]
