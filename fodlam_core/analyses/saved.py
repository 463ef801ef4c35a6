"""Results of ``run --format json``, read back from their files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import attrs

from fodlam_core.analyses.diff import NUMBERS
from fodlam_core.errors import FodlamError
from fodlam_core.estimates.json import SCHEMA_VERSION
from fodlam_core.files import FileError, parsed_json, read_text
from fodlam_core.report.report import as_json
from fodlam_core.schema import REST, count, show
from fodlam_core.schema.numbers import LEAST, MOST, is_physical
from fodlam_core.schema.structure import structure

MAX_BYTES = 64_000_000
SAVE = "save one with: fodlam-core run CONFIG --format json -o FILE"


def _amount(_instance: object, _attribute: object, value: float | None) -> None:
    if value is not None and value != 0 and not is_physical(value, LEAST**2, MOST**2):
        raise ValueError(f"expected a number from 0 up, got {show(value)}")


def _batch(instance: object, attribute: object, value: int | str) -> None:
    if isinstance(value, int):
        count(instance, attribute, value)


def _batches(instance: object, attribute: object, value: tuple[int, ...] | None) -> None:
    for each in value or ():
        count(instance, attribute, each)


def _number(type_: Any = None) -> Any:
    return attrs.field(default=None, validator=_amount, type=type_)


# What is read of a result; all else that it holds is not looked at.
@attrs.frozen(
    kw_only=True,
    eq=False,
    these={
        **{key: _number(float | None) for key in NUMBERS},
        "more": attrs.field(factory=dict, metadata={REST: True}, type=Mapping[str, Any]),
    },
)
class Costs:
    """The numbers that results are compared in, each of them None where it is not known."""


@attrs.frozen(kw_only=True, eq=False)
class Factors:
    """Factors of technology scaling."""

    time: float | None = _number()
    energy: float | None = _number()
    more: Mapping[str, Any] = attrs.field(factory=dict, metadata={REST: True})


@attrs.frozen(kw_only=True, eq=False)
class SavedLayer(Costs):
    """A layer."""

    name: str
    kind: str
    accelerator: str | None
    measured_batches: tuple[int, ...] | None = attrs.field(default=None, validator=_batches)
    native: Costs | None = None
    factors: Factors | None = None


@attrs.frozen(kw_only=True, eq=False)
class SavedResult:
    """A result of one configuration."""

    schema_version: int
    inputs: Mapping[str, Any]
    technology: Mapping[str, Any]
    network: Mapping[str, Any]
    batch: int | Literal["published"] = attrs.field(validator=_batch)
    layers: tuple[SavedLayer, ...]
    totals: Mapping[str, Costs]
    accelerators: Mapping[str, Mapping[str, Any]] = attrs.field(factory=dict)
    versions: Mapping[str, Any] = attrs.field(factory=dict)
    more: Mapping[str, Any] = attrs.field(factory=dict, metadata={REST: True})


def load_result(path: str) -> dict[str, Any]:
    """Read a saved result; what is read of it afterwards has the types it should have.

    Raises:
        FodlamError: if the file cannot be read, is not a saved result of one configuration, or
            has another schema version; with a line for each mistake.
    """
    result = _parsed(path)
    if isinstance(result, list):
        raise FodlamError(f"a list of {len(result)} results", where=path, cure=SAVE)
    return _checked(result, path)


def load_results(path: str) -> list[dict[str, Any]]:
    """Read a saved result, or the results of several configurations that one file holds.

    Raises:
        FodlamError: as `load_result`.
    """
    result = _parsed(path)
    return [_checked(each, path) for each in (result if isinstance(result, list) else [result])]


def _parsed(path: str) -> Any:
    try:
        return parsed_json(read_text(path, MAX_BYTES))
    except FileError as error:
        raise FodlamError(error, where=path, cure=SAVE) from error


def _checked(result: Any, path: str) -> dict[str, Any]:
    if not isinstance(result, dict) or "schema_version" not in result:
        raise FodlamError("not a saved result", where=path, cure=SAVE)
    version = result["schema_version"]
    if version not in range(1, SCHEMA_VERSION + 1):
        what = f"schema version {version!r}, and 1 to {SCHEMA_VERSION} are those that are read"
        raise FodlamError(what, where=path)
    _, problems = structure(result, SavedResult)
    if problems:
        told = (each._replace(cure=(SAVE,)) for each in problems)
        raise FodlamError(*told, where=(path, "not a saved result"))
    return result


def as_saved(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record as if it came from a file: lists and tuples are equal."""
    saved: dict[str, Any] = parsed_json(as_json(record))
    return saved
