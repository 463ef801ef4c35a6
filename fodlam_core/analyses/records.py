"""What ``--format json`` prints, as types; `json_schema` makes the JSON Schema of them.

Numbers are in SI units, with the unit in the name; what is not known is null. Keys may be added,
and keep their meaning; where they cannot, ``schema_version`` of a result counts.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypedDict

from fodlam_core.analyses import listing_records as listings
from fodlam_core.analyses.run_records import (
    Band,
    Batch,
    Explained,
    Factors,
    Interval,
    Method,
    Point,
    Powered,
    RunRecord,
)


class Worth(TypedDict):
    """What supports a row and what counts against it."""

    method: Method | None
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
    chip_count: Annotated[int | None, "how many of the chip run together"]
    verdict: str
    citation: str | None
    overlaps_with_best: Annotated[bool | None, "whether it cannot be distinguished from the best"]


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
    unknown: Annotated[dict[str, int], "points without a value of a column that selects"]


class SweepRecord(TypedDict):
    """The first rows of a sweep, each with a key for every column."""

    summary: Summary
    kept: int
    notes: Annotated[list[str], "doubts about the costs, and what does not scale"]
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
