"""One layer of the native layer table."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import attrs

from fodlam_core.errors import FodlamError, NetworkError, similar, unknown
from fodlam_core.model.layers import Layer
from fodlam_core.model.shapes import (
    ConvShape,
    ExpertsShape,
    FcShape,
    MatmulShape,
    Shape,
    four_sides,
    pair,
)
from fodlam_core.networks.read_text import check_name

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
_FC = ("inputs", "outputs", "rows", "experts", "per_row")
_MATMUL = ("m", "k", "n", "count")
_REQUIRED = {
    "conv": ("input", "out_channels", "kernel"),
    "fc": ("inputs", "outputs"),
    "matmul": ("m", "k", "n"),
}
_KEYS = {"conv": _CONV, "fc": _FC, "matmul": _MATMUL}


NO_SHAPES: Mapping[str, type] = MappingProxyType({})


def layer_of(row: Any, regions: int = 1, shapes: Mapping[str, type] = NO_SHAPES) -> Layer:
    """Build a layer from its table.

    Args:
        row: the keys of the layer, as `fodlam_core.networks.native` documents them.
        regions: how often a layer with ``per_region`` runs; of an fc layer they are rows, as they
            share its weights.
        shapes: the classes of shapes that layer kinds of plugins bring, by the name of the kind.

    Raises:
        FodlamError: saying what is wrong, without the name of the layer.
    """
    if not isinstance(row, Mapping):
        raise NetworkError("expected a table of keys")
    name, kind = check_name(row.get("name")), check_name(row.get("kind"), "kind")
    foreign = None if kind in _KEYS else shapes.get(kind)
    own = _own_keys(kind, foreign)
    allowed = ("name", "kind", *_COMMON, *own)
    if not row.keys() <= {*allowed}:
        for key in row:
            if key in (*_CONV, *_FC, *_MATMUL) and kind not in _KEYS and not foreign:
                raise NetworkError(unknown("kind of layer with a shape", kind, (*_KEYS, *shapes)))
            if key not in allowed:
                raise NetworkError(unknown("key", str(key), allowed))
    given = {key: row[key] for key in own if key in row}
    shape = _foreign_shape(foreign, given) if foreign else _shape(kind, given)
    rest = {key: row[key] for key in _COMMON if key in row}
    _check_rest(rest)
    macs = rest.pop("macs", shape.macs if shape else None)
    if macs is None:
        needed = ", ".join(_REQUIRED.get(kind, ()))
        if not (needed or foreign) and similar(kind, (*_KEYS, *shapes)):
            raise NetworkError(unknown("kind of layer with a shape", kind, (*_KEYS, *shapes)))
        raise NetworkError(f"give either macs or a shape ({needed})" if needed else "give macs")
    if rest.pop("per_region", False):
        if isinstance(shape, FcShape) and macs == shape.macs:
            shape = attrs.evolve(shape, rows=shape.rows * regions)
            macs = shape.macs
        else:
            rest["repeat"] = rest.get("repeat", 1) * regions
    return Layer(name=name, kind=kind, macs=macs, shape=shape, **rest)


@functools.lru_cache(maxsize=64)
def _own_keys(kind: str, foreign: type | None) -> tuple[str, ...]:
    """Return the keys of the shape of a kind, or of the shape class of a plugin."""
    if foreign:
        return tuple(field.name for field in attrs.fields(foreign) if field.init)
    return _KEYS.get(kind, ()) + (_TRANSPOSED if kind == "conv" else ())


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
        return _fc(given)
    if kind == "matmul":
        return MatmulShape(**given)
    if given.pop("transposed", False):
        return _transposed(given)
    if "output" in given:
        raise NetworkError("output: only a transposed convolution needs it")
    return ConvShape.from_input(**given)


def _foreign_shape(cls: type, given: Mapping[str, Any]) -> Any:
    """Build the shape of a layer kind of a plugin, which checks its own values."""
    if not given:
        return None
    needed = [
        field.name for field in attrs.fields(cls) if field.init and field.default is attrs.NOTHING
    ]
    missing = [key for key in needed if key not in given]
    if missing:
        raise NetworkError(f"the shape lacks {', '.join(missing)}")
    lists = {key: tuple(each) if isinstance(each, list) else each for key, each in given.items()}
    try:
        shape = cls(**lists)
        getattr(shape, "macs")  # noqa: B009, whether it can be computed
    except FodlamError:
        raise
    except Exception as error:  # whatever a validator of the plugin raises
        text = " ".join(str(error).split())
        raise NetworkError(f"the shape is wrong: {type(error).__name__}: {text}") from error
    return shape


def _fc(given: dict[str, Any]) -> Shape:
    """Build a fully-connected layer, or a mixture of experts."""
    mixed = [key for key in ("experts", "per_row") if key in given]
    if not mixed:
        return FcShape(**given)
    if len(mixed) == 1:
        raise NetworkError("experts, per_row: give both, or neither")
    return ExpertsShape(**{"rows": 1, **given})


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
