"""Reads the tables of a chip: measured layers and measured networks.

The tables have the columns of `fodlam_core.accelerators.load`, so any of them can be copied into a
data file of its own. They were checked when they were made, and are read here without asking each
cell again: a chip of thousands of rows is ready in some ten milliseconds.
"""

from __future__ import annotations

import csv
import functools
import gc
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from fodlam_core import ConvShape, ExpertsShape, FcShape, Layer, MatmulShape, Measurement, Reference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LATENCY = {"latency_s": 1.0, "latency_ms": 1e-3, "latency_us": 1e-6, "latency_ns": 1e-9}
ENERGY = {"energy_j": 1.0, "energy_mj": 1e-3, "energy_uj": 1e-6}
RATE = "inferences_per_s"
CONV = ("in_channels", "in_height", "in_width", "out_channels", "kernel_height", "kernel_width")
CONV += ("stride_height", "stride_width", "padding_height", "padding_width", "groups")
SHAPES: dict[str, tuple[tuple[str, ...], Callable[..., Any]]] = {
    "fc": (("inputs", "outputs", "rows"), FcShape),
    "matmul": (("m", "k", "n", "count"), MatmulShape),
    "experts": (("inputs", "outputs", "rows", "experts", "per_row"), ExpertsShape),
}


def layers(path: Path, point: str) -> list[Measurement]:
    """Return the measured layers of a point; empty if it has no table."""
    columns, rows = _rows(path, point)
    if not rows:
        return []
    # All that is made here stays: looking for garbage among it takes a fifth of the time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _measurements(columns, rows)
    finally:
        if collecting:
            gc.enable()


def _measurements(columns: list[str], rows: list[list[str]]) -> list[Measurement]:
    read = _cost_reader(columns)
    network, name, kind, batch = map(columns.index, ("network", "layer", "kind", "batch"))
    shapes: dict[tuple[str, ...], Any] = {}
    makers = {each: _shape_maker(columns, each) for each in ("conv", *SHAPES)}
    macs = columns.index("macs")
    experts = columns.index("experts") if "experts" in columns else None
    found = []
    for row in rows:
        shape = None
        form = "experts" if experts is not None and row[experts] else row[kind]
        if form in makers:
            cells, make = makers[form]
            key = form, *cells(row)
            shape = shapes.get(key)
            if shape is None:
                shape = shapes[key] = make(*map(int, key[1:]))
        layer = Layer(name=row[name], kind=row[kind], macs=int(row[macs]), shape=shape)
        count = int(row[batch])
        latency_s, energy_j, rounding_s, rounding_j = read(row, count)
        found.append(
            Measurement(
                network=row[network],
                layer=layer,
                batch=count,
                latency_s=latency_s,
                energy_j=energy_j,
                latency_rounding_s=rounding_s,
                energy_rounding_j=rounding_j,
            )
        )
    return found


def networks(path: Path, point: str) -> list[Reference]:
    """Return the measured networks of a point; empty if it has no table."""
    columns, rows = _rows(path, point)
    if not rows:
        return []
    read = _cost_reader(columns, rounded=False)
    network, batch, where = map(columns.index, ("network", "batch", "where"))
    macs = columns.index("macs") if "macs" in columns else None
    found = []
    for row in rows:
        count = int(row[batch])
        latency_s, energy_j, *_ = read(row, count)
        known = int(row[macs]) if macs is not None and row[macs] else None
        found.append(
            Reference(
                network=row[network],
                batch=count,
                latency_s=latency_s,
                energy_j=energy_j,
                macs=known,
                where=row[where],
            )
        )
    return found


def _rows(path: Path, point: str) -> tuple[list[str], list[list[str]]]:
    """Return the columns of a table and the rows of a point; its name stands first in a row."""
    lines = table_bytes(path).decode("utf-8").splitlines()
    if not lines:
        return [], []
    own = (line for line in lines[1:] if line.startswith(f"{point},"))
    return lines[0].split(","), list(csv.reader(own))


@functools.lru_cache(maxsize=2)
def table_bytes(path: Path) -> bytes:
    """Return the bytes of a table; empty if there is no such file."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def _shape_maker(
    columns: list[str], kind: str
) -> tuple[Callable[[list[str]], tuple[str, ...]], Callable[..., Any]]:
    """Return what takes the cells of a shape from a row, and what makes a shape of them."""
    names, make = SHAPES.get(kind, (CONV, _conv))
    if not set(names) <= set(columns):
        return (lambda _row: ()), make
    return itemgetter(*map(columns.index, names)), make


def _conv(*sizes: int) -> ConvShape:
    channels, height, width, filters, kh, kw, sh, sw, ph, pw, groups = sizes
    return ConvShape(
        in_channels=channels,
        in_height=height,
        in_width=width,
        out_channels=filters,
        out_height=(height + 2 * ph - kh) // sh + 1,
        out_width=(width + 2 * pw - kw) // sw + 1,
        kernel=(kh, kw),
        stride=(sh, sw),
        padding=(ph, pw, ph, pw),
        groups=groups,
    )


def _cost_reader(
    columns: list[str], *, rounded: bool = True
) -> Callable[[list[str], int], Iterator[float | None]]:
    """Return what reads latency, energy, and half a unit of the last digit of both.

    Args:
        columns: the columns of the table.
        rounded: whether the last two are of interest; else they are None.
    """
    latency = next(((columns.index(n), f) for n, f in LATENCY.items() if n in columns), None)
    energy = next(((columns.index(n), f) for n, f in ENERGY.items() if n in columns), None)
    rate = columns.index(RATE) if RATE in columns else None

    def read(row: list[str], batch: int) -> Any:
        latency_s = rounding_s = energy_j = rounding_j = None
        if latency is not None and row[latency[0]]:
            latency_s = float(row[latency[0]]) * latency[1]
            rounding_s = half_unit(row[latency[0]]) * latency[1] if rounded else None
        elif rate is not None and row[rate]:
            per_s = float(row[rate])
            latency_s = batch / per_s
            rounding_s = batch * half_unit(row[rate]) / per_s**2 if rounded else None
        if energy is not None and row[energy[0]]:
            energy_j = float(row[energy[0]]) * energy[1]
            rounding_j = half_unit(row[energy[0]]) * energy[1] if rounded else None
        return latency_s, energy_j, rounding_s, rounding_j

    return read


def half_unit(text: str) -> float:
    """Return half a unit of the last digit of a number as it is printed.

    >>> half_unit("12.5"), half_unit("3e-05"), half_unit("110")
    (0.05, 5e-06, 0.5)
    """
    digits, _, exponent = text.partition("e")
    return float(f"0.5e{int(exponent or 0) - len(digits.partition('.')[2])}")
