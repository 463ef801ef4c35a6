"""The native layer table, in TOML or JSON.

Keys of a layer are read in `layer` and written in `text`.

::

    name = "LeNet-5"                    # default: the name of the file
    source = "LeCun et al., Proc. IEEE 86(11), 1998"
    notes = ["for 32 x 32 pixels"]      # what a reader of a result must know
    skipped = { Pooling = 2 }           # operators that cost no MACs, with their counts
    uncosted = { Sampler = 1 }          # operators whose MACs are not known, with their counts

    [[memory_passes]]                   # what skipped operators move, of one inference
    operator = "MaxPool"                # see `fodlam_core.model.memory_pass.MemoryPass`
    read = 4704                         # elements
    written = 1176
    window = 4                          # default: 1, as for count
    count = 1

    [[layers]]
    name = "C1"
    kind = "conv"
    input = [1, 32, 32]                 # channels, height, width
    out_channels = 6
    kernel = 5                          # or [height, width]; likewise stride, dilation
    stride = 1
    padding = 0                         # or [height, width], or [top, left, bottom, right]
    dilation = 1
    groups = 1                          # as many as channels: depthwise

    [[layers]]
    name = "up"
    kind = "conv"
    input = [16, 8, 8]
    out_channels = 8
    kernel = 4
    stride = 2
    padding = 1
    transposed = true                   # MACs by its input pixels
    output = [16, 16]                   # height, width: does not follow from the input

    [[layers]]
    name = "F6"
    kind = "fc"
    inputs = 120
    outputs = 84
    rows = 1                            # vectors of one inference that the weights are applied to

    [[layers]]
    name = "QK"
    kind = "matmul"                     # count products of (m x k) with (k x n)
    m = 128
    k = 64
    n = 128
    count = 12

    [[layers]]
    name = "MoE"
    kind = "fc"
    inputs = 64
    outputs = 128
    experts = 8                         # so many matrices of that size side by side,
    per_row = 2                         # of which a router picks some for each row

Every layer may also have

* ``macs``: required where there is no shape, and checked against the shape where there is one;
* ``repeat``: how often the layer runs in one inference, one run after another, as time steps do;
* ``per_region = true``: it runs once for each region; `regions` is then required of whoever reads
  the file, and multiplies the ``rows`` of an fc layer and ``repeat`` of any other;
* ``weight_density``, ``activation_density``: shares of values that are not zero, in (0, 1];
* ``residual_add = true``: a shortcut is added to its output in the same pass.

A kind that is neither conv, fc nor matmul needs ``macs``, unless a plugin brings its shape, whose
fields are keys of the layer then. The sizes are those of the layers, so a configuration cannot give
such a file another ``input``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from fodlam_core.errors import FodlamError, NetworkError, Problem, Setting, unknown
from fodlam_core.files import FileError, parsed_json, parsed_toml
from fodlam_core.model.layers import Network, same_names
from fodlam_core.networks.native.layer import NO_SHAPES, layer_of
from fodlam_core.networks.read_text import check_name, read_text, refuse

if TYPE_CHECKING:
    from pathlib import Path

    from fodlam_core.model.memory_pass import MemoryPass
    from fodlam_core.networks.reader import ReadOptions

_NETWORK = ("name", "source", "notes", "layers", "skipped", "uncosted", "memory_passes")
_PASS_NEEDS = ("operator", "read", "written")
_PASS = (*_PASS_NEEDS, "window", "count")


def is_json_list(head: bytes) -> bool:
    """Tell a JSON list of objects from TOML, whose tables open with a bracket as well."""
    return re.match(rb"(\xef\xbb\xbf)?\s*\[\s*[{\]]", head) is not None


RESULT = frozenset({"schema_version", "totals", "layers"})  # of what `run` saves
_OBJECT = rb"(\xef\xbb\xbf)?\s*\{"
# The name and the source of a long table may fill what is looked at.
_KEY = rb'"(layers|skipped|uncosted|source)"\s*:'


class NativeReader:
    """Reads the native layer table."""

    name = "native"
    suffixes = (".toml", ".json")

    def accepts(self, head: bytes) -> bool:
        """Tell whether it may be a table; an object of JSON has to have a key of one."""
        from fodlam_core.networks.transformers import is_transformer

        if is_json_list(head) or is_transformer(head):
            return False
        return re.match(_OBJECT, head) is None or re.search(_KEY, head) is not None

    def read(self, path: Path, options: ReadOptions) -> Network:
        """Read a file; regions are for its layers with ``per_region``."""
        refuse(path, options, "input")
        try:
            table = _parse(read_text(path), path.suffix)
        except FileError as error:
            raise NetworkError(f"{path}: {error}") from error
        if isinstance(table, dict) and table.keys() >= RESULT:
            raise NetworkError(
                "a result that run has saved, not a network",
                where=str(path),
                cure="check computes it again, and diff compares two",
            )
        return network_from_table(table, str(path), path.stem, options.regions, options.shapes)


def _parse(text: str, suffix: str) -> Any:
    if suffix.lower() == ".json":
        return parsed_json(text, object_pairs_hook=_unique)
    return parsed_toml(text)


def _unique(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Build an object of JSON, in which a repeated key is a mistake, as it is in TOML."""
    table: dict[str, Any] = {}
    for key, value in pairs:
        if key in table:
            raise ValueError(f"key {key!r} is given twice")
        table[key] = value
    return table


def network_from_table(
    table: Any,
    where: str,
    default_name: str,
    regions: int | None = None,
    shapes: Mapping[str, type] = NO_SHAPES,
) -> Network:
    """Build a network from the parsed table.

    Args:
        table: the parsed file.
        where: how errors name the file.
        default_name: the name of the network if the table has none.
        regions: how often layers with ``per_region`` run.
        shapes: the classes of shapes that layer kinds of plugins bring, by the name of the kind.

    Raises:
        NetworkError: with a line for each mistake.
    """
    if not isinstance(table, Mapping) or not isinstance(table.get("layers"), list):
        raise NetworkError(f"{where}: expected a table with a list 'layers'")
    rows = table["layers"]
    problems = [Problem(text) for text in _network_problems(table, default_name)]
    per_region = [row for row in rows if isinstance(row, Mapping) and row.get("per_region") is True]
    if per_region and regions is None:
        names = ", ".join(str(row.get("name")) for row in per_region[:5])
        cure = "give for instance ", Setting(("network",), "regions", "300")
        problems.append(Problem(f"layers run once for each region ({names})", cure=cure))
    elif regions is not None and not per_region:
        what, place = "no layer of it runs once for each region", Setting(("network",), "regions")
        problems.append(Problem(what, (place,), ("leave it out",)))
    layers = []
    for index, row in enumerate(rows, start=1):
        try:
            layers.append(layer_of(row, regions or 1, shapes))
        except (FodlamError, TypeError, ValueError) as error:
            name = row.get("name") if isinstance(row, Mapping) else None
            row_name = f"layer {index}" + (f" ({name!r})" if name else "")
            problems.append(Problem(str(error), (row_name,)))
    passes = _memory_passes(table.get("memory_passes", []), problems)
    if problems:
        given = (row.get("name") for row in rows if isinstance(row, Mapping))
        problems += map(Problem, same_names(each for each in given if isinstance(each, str)))
        raise NetworkError(*problems, where=where)
    try:
        return Network(
            name=table.get("name", default_name),
            layers=layers,
            skipped=dict(table.get("skipped", {})),
            source=table.get("source", ""),
            notes=tuple(table.get("notes", ())),
            uncosted=dict(table.get("uncosted", {})),
            memory_passes=passes,
        )
    except NetworkError as error:
        raise NetworkError(f"{where}: {error}") from error


def _memory_passes(rows: Any, problems: list[Problem]) -> list[MemoryPass]:
    """Return the passes of a table; what is wrong with them is added to the problems."""
    if not isinstance(rows, list):
        problems.append(Problem("memory_passes: expected a list of tables"))
        return []
    passes = []
    for index, row in enumerate(rows, start=1):
        try:
            passes.append(_memory_pass(row))
        except FodlamError as error:
            problems.append(Problem(str(error), (f"memory pass {index}",)))
    return passes


def _memory_pass(row: Any) -> MemoryPass:
    from fodlam_core.model.memory_pass import MemoryPass

    if not isinstance(row, Mapping):
        raise NetworkError(f"expected a table, got {row!r:.60}")
    for key in row:
        if key not in _PASS:
            raise NetworkError(unknown("key", str(key), _PASS))
    missing = [key for key in _PASS_NEEDS if key not in row]
    if missing:
        raise NetworkError(f"lacks {', '.join(missing)}")
    return MemoryPass(**row)


def _network_problems(table: Mapping[Any, Any], default_name: str) -> Iterator[str]:
    """Yield what is wrong with a network apart from its layers."""
    for key in table:
        if key not in _NETWORK:
            yield unknown("key", str(key), _NETWORK)
    try:
        check_name(table.get("name", default_name))
    except NetworkError as error:
        yield str(error)
    if not _is_text(table.get("source", "")):
        yield "source: expected a string"
    notes = table.get("notes", [])
    if not isinstance(notes, list) or not all(map(_is_text, notes)):
        yield "notes: expected a list of strings"
    for key in ("skipped", "uncosted"):
        counts = table.get(key, {})
        if not isinstance(counts, Mapping) or not all(
            _is_text(name) and type(count) is int and count > 0 for name, count in counts.items()
        ):
            yield f"{key}: expected operator names with their counts, of at least 1"


def _is_text(value: object) -> bool:
    """Tell a string that has a form in UTF-8; one from JSON may hold half a surrogate pair."""
    return isinstance(value, str) and not any("\ud800" <= char <= "\udfff" for char in value)
