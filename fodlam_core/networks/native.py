"""The native layer table, in TOML or JSON.

::

    name = "LeNet-5"
    source = "LeCun et al., Proc. IEEE 86(11), 1998"
    skipped = { Pooling = 2 }           # operators that cost no MACs, with their counts

    [[layers]]
    name = "C1"
    kind = "conv"
    input = [1, 32, 32]                 # channels, height, width
    out_channels = 6
    kernel = 5                          # or [height, width]; likewise stride, dilation
    padding = 0                         # or [height, width], or [top, left, bottom, right]
    groups = 1

    [[layers]]
    name = "F6"
    kind = "fc"
    inputs = 120
    outputs = 84
    rows = 1

    [[layers]]
    name = "QK"
    kind = "matmul"                     # count products of (m x k) with (k x n)
    m = 128
    k = 64
    n = 128
    count = 12

Every layer may also have ``macs`` (required where there is no shape, and checked against the
shape where there is one), ``repeat``, ``weight_density``, ``activation_density`` and
``residual_add``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fodlam_core.errors import FodlamError, NetworkError, unknown
from fodlam_core.layers import Layer, Network
from fodlam_core.readers import ReadOptions
from fodlam_core.shapes import ConvShape, FcShape, MatmulShape, Shape

_COMMON = ("macs", "repeat", "weight_density", "activation_density", "residual_add")
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
        """Read a file; neither input size nor regions can be changed here."""
        text = path.read_text(encoding="utf-8-sig")
        try:
            table = _parse(text, path.suffix)
        except ValueError as error:
            raise NetworkError(f"{path}: {error}") from error
        return network_from_table(table, str(path), path.stem)


def _parse(text: str, suffix: str) -> Any:
    if suffix == ".json":
        import json

        return json.loads(text)
    import tomli

    return tomli.loads(text)


def network_from_table(table: Any, where: str, default_name: str) -> Network:
    """Build a network from the parsed table.

    Args:
        table: the parsed file.
        where: how errors name the file.
        default_name: the name of the network if the table has none.

    Raises:
        NetworkError: with a line for each mistake.
    """
    if not isinstance(table, Mapping) or not isinstance(table.get("layers"), list):
        raise NetworkError(f"{where}: expected a table with a list 'layers'")
    problems = [
        f"{where}: {unknown('key', str(key), _NETWORK)}" for key in table if key not in _NETWORK
    ]
    layers = []
    for index, row in enumerate(table["layers"], start=1):
        try:
            layers.append(_layer(row))
        except (FodlamError, TypeError, ValueError) as error:
            name = row.get("name") if isinstance(row, Mapping) else None
            place = f"layer {index}" + (f" ({name!r})" if name else "")
            problems.append(f"{where}: {place}: {error}")
    skipped = table.get("skipped", {})
    name, source = table.get("name", default_name), table.get("source", "")
    if not isinstance(name, str) or not isinstance(source, str):
        problems.append(f"{where}: name and source: expected strings")
    if not isinstance(skipped, Mapping) or not all(type(n) is int for n in skipped.values()):
        problems.append(f"{where}: skipped: expected operator names with their counts")
    if problems:
        raise NetworkError("\n".join(problems))
    return Network(name, layers, dict(skipped), source)


_NETWORK = ("name", "source", "layers", "skipped")


def _layer(row: Any) -> Layer:
    if not isinstance(row, Mapping):
        raise NetworkError("expected a table of keys")
    for key in ("name", "kind"):
        if not isinstance(row.get(key), str):
            raise NetworkError(f"{key}: expected a string")
    kind = row["kind"]
    own = _KEYS.get(kind, ()) + (_TRANSPOSED if kind == "conv" else ())
    allowed = ("name", "kind", *_COMMON, *own)
    for key in row:
        if key not in allowed:
            raise NetworkError(unknown("key", str(key), allowed))
    shape = _shape(kind, {key: row[key] for key in own if key in row})
    rest = {key: row[key] for key in _COMMON if key in row}
    macs = rest.pop("macs", shape.macs if shape else None)
    if macs is None:
        raise NetworkError(f"give either macs or a shape ({', '.join(_REQUIRED.get(kind, ()))})")
    return Layer(row["name"], kind, macs, shape, **rest)


def _shape(kind: str, given: dict[str, Any]) -> Shape | None:
    if not given:
        return None
    missing = [key for key in _REQUIRED[kind] if key not in given]
    if missing:
        raise NetworkError(f"the shape lacks {', '.join(missing)}")
    for key, value in given.items():
        _check_numbers(key, value)
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
