"""What ``--format json`` prints of what is installed or was published, as types; see `records`."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypedDict


class ChipRow(TypedDict):
    """A chip, or one of its operating points."""

    name: str
    title: str
    kinds: list[str]
    aliases: list[str]
    vendor: str | None
    device: str | None
    node_nm: float | None
    precision: str | None
    provenance: str | None
    layers: Annotated[int | None, "measured layers"]
    networks: Annotated[int | None, "measured networks"]
    latency_error: float | None
    energy_error: float | None
    chip_count: Annotated[int | None, "how many of the chip run together"]


class ChipsRecord(TypedDict):
    """All chips."""

    rows: list[ChipRow]


class StoredErrors(TypedDict):
    """How far off a predictor is on what it had not seen, for one quantity, as fractions."""

    scheme: Annotated[str, "what was held out together"]
    groups: Annotated[int, "how many groups were held out"]
    runs: Annotated[int, "how many measured runs they hold"]
    half_width: Annotated[float, "what nine of ten logarithms of the ratio stay within"]
    mape: float
    median: float
    total_half_width: Annotated[float | None, "as half_width, of the totals of networks"]
    kinds: Annotated[
        dict[str, StoredErrors], "the same of convolutions and of products, where both are known"
    ]


class ChipRecord(ChipRow):
    """What ``chips show`` says of a chip, or of one of its operating points."""

    citation: str
    source: str
    notes: list[str]
    predictors: list[str]
    cross_validated: Annotated[
        dict[str, dict[str, StoredErrors]], "errors by predictor and quantity, where stored"
    ]
    points: Annotated[list[str], "operating points of the chip"]


class NetworkRow(TypedDict):
    """A network of the zoo."""

    name: str
    layers: int
    total_macs: int
    parameters: int | None
    source: str


class ShownLayer(TypedDict):
    """A layer of ``networks show``."""

    name: str
    kind: str
    macs: Annotated[int, "of one item"]
    repeat: int
    shape: Annotated[dict[str, Any] | None, "sizes, by the names of the kind's keys"]


class ShownPass(TypedDict):
    """A pass of an operator without MACs over memory."""

    operator: Annotated[str, "of ONNX, or what several make together"]
    read: Annotated[int, "elements"]
    written: Annotated[int, "elements"]
    window: Annotated[int, "elements for each output of a pool"]
    count: Annotated[int, "how often in one inference"]


class NetworkRecord(TypedDict):
    """What ``networks show`` says of a network."""

    name: str
    source: str
    batch: int
    layers: list[ShownLayer]
    skipped: Annotated[dict[str, int], "operators without MACs"]
    uncosted: Annotated[dict[str, int], "operators whose MACs are not known"]
    memory_passes: Annotated[list[ShownPass], "what skipped operators move, as far as known"]
    total_macs: Annotated[int, "of the whole batch"]


class MemoryRecord(TypedDict):
    """Bytes that a run needs."""

    weights_bytes: int
    kv_cache_bytes: int
    activation_bytes: int
    total_bytes: int


class PhaseRecord(TypedDict):
    """A part of a run: a prompt, or the steps after it."""

    name: str
    steps: int
    text: str
    macs_by_class: dict[str, int]


class TransformerRecord(NetworkRecord):
    """What ``networks show`` says of a transformer."""

    parameters: int
    active_parameters: Annotated[int, "those that one token uses"]
    weights: Annotated[str, "what they are stored as"]
    kv_bytes_per_token: int | None
    cross_kv_bytes_per_token: int | None
    memory: MemoryRecord
    macs_by_class: dict[str, int]
    phases: list[PhaseRecord]


class ScalerRow(TypedDict):
    """A rule of technology scaling; null where it does not say."""

    name: str
    aliases: list[str]
    title: str | None
    inputs: list[str] | None
    options: list[str]
    domain: str | None
    source: str | None
    distribution: str


class ScalingStep(TypedDict):
    """The factors of a rule between two points; null, with a reason, where it has none."""

    from_node_nm: float
    from_vdd: float | None
    from_flavor: str | None
    to_node_nm: float
    to_vdd: float | None
    to_flavor: str | None
    time: float | None
    energy: float | None
    power: float | None
    area: float | None
    reason: str | None
    notes: list[str]


class ScalerRecord(ScalerRow):
    """What ``scalers show`` says of a rule."""

    factors: list[ScalingStep]


class PluginRow(TypedDict):
    """A plugin."""

    name: str
    distribution: str
    version: str
    api_level: int | None
    provides: list[str]
    citations: list[str]
    status: Literal["active", "blocked", "broken"]
    reason: str | None
    load_time_s: float
    unusable: list[Any]


class CitedRow(TypedDict):
    """A publication of ``cite``."""

    key: str
    text: str
    where: Annotated[list[str], "tables that numbers were read from"]
    uses: Annotated[list[str], "what it is used for"]
    bibtex: str


class DiagnoseRecord(TypedDict):
    """Costs per MAC."""

    per_layer: dict[str, dict[str, dict[str, float]]]
    average: dict[str, dict[str, float]]


class ReproduceRecord(TypedDict):
    """Published tables, and the checks of their cells."""

    tables: list[dict[str, Any]]
    checks: list[dict[str, Any]]
    disputed: int
    unproven: Annotated[list[dict[str, Any]], "cells whose digits were not checked in print"]


class ValidateRow(TypedDict):
    """Errors of one predictor, metric and scheme, as fractions."""

    accelerator: str
    kind: str
    predictor: str
    metric: Literal["latency", "energy", "power"]
    scheme: str
    mape: float | None
    median: float | None
    worst: float | None
    worst_layer: str | None
    within_10_percent: float | None
    rmspe: float | None
    rank_correlation: float | None
    coverage: Annotated[float | None, "how often an interval holds a layer it has not seen"]
    coverage_of: int
    networks: int
    folds: list[dict[str, Any]]
    totals: dict[str, float | None]
    notes: list[str]


class ValidateSummaryRow(TypedDict):
    """A row of ``validate --summary``: the default predictor of a chip, for one kind of layer."""

    accelerator: str
    kind: str
    predictor: str
    scheme: str
    networks: int
    latency_mape: float | None
    latency_within_10_percent: float | None
    latency_rank_correlation: float | None
    latency_coverage: float | None
    energy_mape: float | None
    energy_within_10_percent: float | None
    energy_rank_correlation: float | None
    energy_coverage: float | None


class HeldOutLayer(TypedDict):
    """A row of ``validate --layers``: a layer as measured, and as predicted from the others."""

    accelerator: str
    kind: str
    predictor: str
    scheme: str
    network: str
    layer: str
    measured_latency_s: float | None
    predicted_latency_s: float | None
    latency_error: float | None
    measured_energy_j: float | None
    predicted_energy_j: float | None
    energy_error: float | None
    power_error: float | None
