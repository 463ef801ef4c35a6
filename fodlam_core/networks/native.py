"""The native layer table, in TOML or JSON.

::

    name = "LeNet-5"                    # default: the name of the file
    source = "LeCun et al., Proc. IEEE 86(11), 1998"
    notes = ["for 32 x 32 pixels"]      # what a reader of a result must know
    skipped = { Pooling = 2 }           # operators that cost no MACs, with their counts
    uncosted = { Sampler = 1 }          # operators whose MACs are not known, with their counts

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

Every layer may also have

* ``macs``: required where there is no shape, and checked against the shape where there is one;
* ``repeat``: how often the layer runs in one inference, once for each token say;
* ``per_region = true``: it runs once for each region; `regions` is then required of whoever reads
  the file, and multiplies ``repeat``;
* ``weight_density``, ``activation_density``: shares of values that are not zero, in (0, 1];
* ``residual_add = true``: a shortcut is added to its output in the same pass.

A kind that is neither conv, fc nor matmul has no shape and needs ``macs``. The sizes are those of
the layers, so a configuration cannot give such a file another ``input``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from fodlam_core.errors import FodlamError, NetworkError, unknown
from fodlam_core.layers import Layer, Network
from fodlam_core.networks.text import check_name, read_text, refuse
from fodlam_core.readers import ReadOptions
from fodlam_core.shapes import ConvShape, FcShape, MatmulShape, Shape

_NETWORK = ("name", "source", "notes", "layers", "skipped", "uncosted")
_COMMON = (
    "macs",
    "repeat",
    "per_region",
    "weight_density",
    "activation_density",
    "residual_add",
)
_TRANSPOSED = ("transposed", "output")
_CONV = ("input", "out_channels", "kernel", "stride", "padding", "dilation", "groups")
_FC = ("inputs", "outputs", "rows")
_MATMUL = ("m", "k", "n", "count")
_REQUIRED = {
    "conv": ("input", "out_channels", "kernel"),
    "fc": ("inputs", "outputs"),
    "matmul": ("m", "k", "n"),
}
_KEYS = {"conv": _CONV, "fc": _FC, "matmul": _MATMUL}


def is_json_list(head: bytes) -> bool:
    """Tell a JSON list of objects from TOML, whose tables open with a bracket as well."""
    return re.match(rb"(\xef\xbb\xbf)?\s*\[\s*[{\]]", head) is not None


class NativeReader:
    """Reads the native layer table."""

    name = "native"
    suffixes = (".toml", ".json")

    def accepts(self, head: bytes) -> bool:
        """Tell whether it may be a table; only FODLAM's statistics are a JSON list."""
        return not is_json_list(head)

    def read(self, path: Path, options: ReadOptions) -> Network:
        """Read a file; regions are for its layers with ``per_region``."""
        refuse(path, options, "input")
        try:
            table = _parse(read_text(path), path.suffix)
        except UnicodeDecodeError:
            raise
        except ValueError as error:
            raise NetworkError(f"{path}: {error}") from error
        return network_from_table(table, str(path), path.stem, options.regions)


def _parse(text: str, suffix: str) -> Any:
    if suffix.lower() == ".json":
        import json

        return json.loads(text, object_pairs_hook=_unique)
    import tomli

    return tomli.loads(text)


def _unique(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Build an object of JSON, in which a repeated key is a mistake, as it is in TOML."""
    table: dict[str, Any] = {}
    for key, value in pairs:
        if key in table:
            raise ValueError(f"key {key!r} is given twice")
        table[key] = value
    return table


def network_from_table(
    table: Any, where: str, default_name: str, regions: int | None = None
) -> Network:
    """Build a network from the parsed table.

    Args:
        table: the parsed file.
        where: how errors name the file.
        default_name: the name of the network if the table has none.
        regions: how often layers with ``per_region`` run.

    Raises:
        NetworkError: with a line for each mistake.
    """
    if not isinstance(table, Mapping) or not isinstance(table.get("layers"), list):
        raise NetworkError(f"{where}: expected a table with a list 'layers'")
    rows = table["layers"]
    problems = list(_network_problems(table, default_name))
    per_region = [row for row in rows if isinstance(row, Mapping) and row.get("per_region") is True]
    if per_region and regions is None:
        names = ", ".join(str(row.get("name")) for row in per_region[:5])
        problems.append(f"layers run once for each region ({names}); write regions = 300, say")
    elif regions is not None and not per_region:
        problems.append("[network] regions: no layer of it runs once for each region; leave it out")
    layers = []
    for index, row in enumerate(rows, start=1):
        try:
            layers.append(_layer(row, regions or 1))
        except (FodlamError, TypeError, ValueError) as error:
            name = row.get("name") if isinstance(row, Mapping) else None
            place = f"layer {index}" + (f" ({name!r})" if name else "")
            problems.append(f"{place}: {error}")
    if problems:
        raise NetworkError("\n".join(f"{where}: {problem}" for problem in problems))
    try:
        return Network(
            table.get("name", default_name),
            layers,
            dict(table.get("skipped", {})),
            table.get("source", ""),
            notes=tuple(table.get("notes", ())),
            uncosted=dict(table.get("uncosted", {})),
        )
    except NetworkError as error:
        raise NetworkError(f"{where}: {error}") from error


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


def _layer(row: Any, regions: int) -> Layer:
    if not isinstance(row, Mapping):
        raise NetworkError("expected a table of keys")
    name, kind = check_name(row.get("name")), check_name(row.get("kind"), "kind")
    own = _KEYS.get(kind, ()) + (_TRANSPOSED if kind == "conv" else ())
    allowed = ("name", "kind", *_COMMON, *own)
    for key in row:
        if key not in allowed:
            raise NetworkError(unknown("key", str(key), allowed))
    shape = _shape(kind, {key: row[key] for key in own if key in row})
    rest = {key: row[key] for key in _COMMON if key in row}
    _check_rest(rest)
    macs = rest.pop("macs", shape.macs if shape else None)
    if macs is None:
        needed = ", ".join(_REQUIRED.get(kind, ()))
        raise NetworkError(f"give either macs or a shape ({needed})" if needed else "give macs")
    if rest.pop("per_region", False):
        rest["repeat"] = rest.get("repeat", 1) * regions
    return Layer(name, kind, macs, shape, **rest)


def _check_rest(rest: Mapping[str, Any]) -> None:
    """Check the types of what every layer may have; the ranges are checked by `Layer`."""
    for key, value in rest.items():
        if key in ("per_region", "residual_add"):
            good, expected = isinstance(value, bool), "true or false"
        elif key in ("macs", "repeat"):
            good, expected = type(value) is int, "a whole number"
        else:
            good, expected = type(value) in (int, float), "a number"
        if not good:
            raise NetworkError(f"{key}: expected {expected}, got {value!r}")


def _shape(kind: str, given: dict[str, Any]) -> Shape | None:
    if not given:
        return None
    missing = [key for key in _REQUIRED[kind] if key not in given]
    if missing:
        raise NetworkError(f"the shape lacks {', '.join(missing)}")
    for key, value in given.items():
        _check_numbers(key, value)
    if kind == "conv" and not (isinstance(given["input"], list) and len(given["input"]) == 3):
        raise NetworkError("input: expected [channels, height, width]")
    if kind == "fc":
        return FcShape(**given)
    if kind == "matmul":
        return MatmulShape(**given)
    if given.pop("transposed", False):
        return _transposed(given)
    if "output" in given:
        raise NetworkError("output: only a transposed convolution needs it")
    return ConvShape.from_input(**given)


def _check_numbers(key: str, value: Any) -> None:
    if key == "transposed":
        good = isinstance(value, bool)
    else:
        good = all(
            type(number) is int for number in (value if isinstance(value, list) else [value])
        )
    if not good:
        raise NetworkError(f"{key}: {value!r} is not a whole number or a list of them")


def _transposed(given: dict[str, Any]) -> ConvShape:
    """Build a transposed convolution, whose output size does not follow from its input alone."""
    from fodlam_core.shapes import four_sides, pair

    output = pair(given.pop("output", 0), "output")
    channels, height, width = given.pop("input")
    return ConvShape(
        channels,
        height,
        width,
        given["out_channels"],
        *output,
        pair(given["kernel"], "kernel"),
        pair(given.get("stride", 1), "stride"),
        four_sides(given.get("padding", 0)),
        pair(given.get("dilation", 1), "dilation"),
        given.get("groups", 1),
        transposed=True,
    )
