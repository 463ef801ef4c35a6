"""Results of ``run --format json``, read back from their files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from fodlam_core.errors import FodlamError
from fodlam_core.estimates.json import SCHEMA_VERSION
from fodlam_core.model.validators import is_positive

if TYPE_CHECKING:
    from collections.abc import Iterator

SAVE = "save one with: fodlam-core run CONFIG --format json -o FILE"
NEEDED = ("schema_version", "inputs", "technology", "network", "batch", "layers", "totals")
DEEPEST = 50
MOST_SHOWN = 3

TABLE, TEXT, TEXT_OR_NULL = "a table", "a text", "a text or null"
NUMBER, BATCH, BATCHES = "a number from 0 up or null", 'a batch or "published"', "batches or null"
COSTS = dict.fromkeys(("latency_s", "energy_j", "power_w"), NUMBER)

# What is read: a dictionary for a table, where "*" stands for every key; a list for a list; a
# word for a value; a pair for what may be null. A key with a "!" has to be there.
SHAPE: dict[str, Any] = {
    "inputs": TABLE,
    "technology": TABLE,
    "network": TABLE,
    "batch": BATCH,
    "totals": {"*": {**COSTS, "dram_energy_j": NUMBER}},
    "accelerators": {"*": TABLE},
    "layers": [
        {
            **COSTS,
            "dram_energy_j": NUMBER,
            "name!": TEXT,
            "kind!": TEXT,
            "accelerator!": TEXT_OR_NULL,
            "measured_batches": BATCHES,
            "native": (None, COSTS),
            "factors": (None, dict.fromkeys(("time", "energy"), NUMBER)),
        }
    ],
    "versions": TABLE,
}


def load_result(path: str) -> dict[str, Any]:
    """Read a saved result; what is read of it afterwards has the types it should have.

    Raises:
        FodlamError: if the file cannot be read, is no saved result of one configuration, or has
            another schema version.
    """
    try:
        with open(path, encoding="utf-8-sig") as file:
            result = json.load(file)
    except OSError as error:
        raise FodlamError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise FodlamError(f"{path}: not JSON: {error}; {SAVE}") from error
    if isinstance(result, list):
        raise FodlamError(f"{path}: a list of {len(result)} results; {SAVE}")
    if not isinstance(result, dict) or "schema_version" not in result:
        raise FodlamError(f"{path}: no saved result; {SAVE}")
    version = result["schema_version"]
    if version not in range(1, SCHEMA_VERSION + 1):
        raise FodlamError(
            f"{path}: schema version {version!r}, and 1 to {SCHEMA_VERSION} are those that are read"
        )
    missing = [key for key in NEEDED if key not in result]
    if missing:
        raise FodlamError(f"{path}: no complete result, it lacks {', '.join(missing)}; {SAVE}")
    if _depth_exceeds(result, DEEPEST):
        raise FodlamError(f"{path}: no saved result, it is nested too deeply; {SAVE}")
    wrong = list(_wrong(result, SHAPE, ""))
    if wrong:
        more = f" and {len(wrong) - MOST_SHOWN} more" if len(wrong) > MOST_SHOWN else ""
        raise FodlamError(f"{path}: no saved result: {'; '.join(wrong[:MOST_SHOWN])}{more}; {SAVE}")
    return result


def _depth_exceeds(value: Any, most: int) -> bool:
    """Tell whether a value is nested more deeply, without a recursion that would fail on it."""
    level = [value]
    for _ in range(most):
        level = [inner for each in level for inner in _inside(each)]
    return bool(level)


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _wrong(value: Any, shape: Any, where: str) -> Iterator[str]:
    """Yield what is not of the shape, each with its place."""
    if isinstance(shape, tuple):
        shape = shape[0] if value is None else shape[1]
    if isinstance(shape, str):
        if not _is(value, shape):
            yield f"{where}: {_shown(value)}, not {shape}"
    elif isinstance(shape, list):
        if not isinstance(value, list):
            yield f"{where}: {_shown(value)}, not a list"
            return
        for number, each in enumerate(value):
            yield from _wrong(each, shape[0], f"{where}[{number}]")
    elif shape is not None:
        yield from _wrong_table(value, shape, where)


def _wrong_table(value: Any, shape: dict[str, Any], where: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{where}: {_shown(value)}, not {TABLE}"
        return
    for key, inner in shape.items():
        name = key.removesuffix("!")
        if name != key and name not in value:
            yield f"{where}: it lacks {name}"
        for each in value if key == "*" else {name} & value.keys():
            yield from _wrong(value[each], inner, f"{where}.{each}".lstrip("."))


def _is(value: Any, what: str) -> bool:
    if what == TABLE:
        return isinstance(value, dict)
    if what == BATCH:
        return value == "published" or _is_count(value)
    if what == BATCHES:
        return value is None or (isinstance(value, list) and all(map(_is_count, value)))
    if what == NUMBER:
        return value is None or value == 0 or is_positive(value)
    return isinstance(value, str) or (value is None and what == TEXT_OR_NULL)


def _is_count(value: Any) -> bool:
    return type(value) is int and is_positive(value)


def _shown(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 20 else f"{text[:17]}..."
