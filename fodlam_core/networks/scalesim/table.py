"""Header and rows of a SCALE-Sim topology, and the layers they amount to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from fodlam_core.errors import FodlamError, NetworkError
from fodlam_core.model.layers import Layer, layer_key
from fodlam_core.model.shapes import ConvShape, FcShape, Shape
from fodlam_core.networks.read_text import check_name

if TYPE_CHECKING:
    from collections.abc import Iterator

CONV = ("IFMAP Height", "IFMAP Width", "Filter Height", "Filter Width", "Channels", "Num Filter")
GEMM = ("M", "N", "K")
MAX_LAYERS = 100_000
MAX_PROBLEMS = 20


class Header(NamedTuple):
    """What the first line says.

    Attributes:
        delimiter: comma or tab.
        gemm: whether rows are matrix products.
        more: names of the columns that follow those every file has, in lower case.
    """

    delimiter: str
    gemm: bool
    more: tuple[str, ...]

    @classmethod
    def parse(cls, line: str) -> Header | None:
        """Return what a line says as a header; None if it is none of SCALE-Sim's."""
        delimiter = "\t" if "\t" in line and "," not in line else ","
        names = [" ".join(name.lower().split()) for name in _cells(line, delimiter)]
        if names[1:4] == ["m", "n", "k"]:
            return cls(delimiter, gemm=True, more=tuple(names[4:]))
        if len(names) >= 8 and names[1].startswith("ifmap") and names[3].startswith("filter"):
            return cls(delimiter, gemm=False, more=tuple(names[8:]))
        return None

    @classmethod
    def implied(cls, line: str) -> Header | None:
        """Return the header that a first line implies: a product, of a name, M, N and K."""
        delimiter = "\t" if "\t" in line and "," not in line else ","
        cells = _cells(line.partition("#")[0], delimiter)
        if len(cells) != 4 or re.fullmatch("[0-9.]*", cells[0]):
            return None
        if not all(re.fullmatch("[0-9]{1,12}", cell) for cell in cells[1:]):
            return None
        return cls(delimiter, gemm=True, more=())

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns with numbers that a row must have."""
        return GEMM if self.gemm else (*CONV, "Strides")


class Table:
    """What the rows read so far amount to.

    Attributes:
        layers: the layers.
        problems: what is wrong, each with its line, the first few only.
    """

    def __init__(self, header: Header) -> None:
        self.header = header
        self.layers: list[Layer] = []
        self.problems: list[str] = []
        self._full = False
        self._seen: dict[str, int] = {}
        self._renamed: list[str] = []
        self._sections: list[str] = []
        self._batches: set[int] = set()
        self._padded = False

    def add(self, number: int, line: str) -> None:
        """Add a line of the file; a mistake is noted with its number."""
        if self._full or len(self.problems) >= MAX_PROBLEMS:
            return
        cells = _cells(line.partition("#")[0], self.header.delimiter)
        if not cells:
            return
        short = len(cells) <= len(self.header.columns)
        if short and not any(re.search("[0-9]", cell) for cell in cells[1:]):
            title = " ".join(filter(None, cells))
            self._sections.append(f"{title[:40]!r} (line {number})")
            return
        if len(self.layers) == MAX_LAYERS:
            self.problems.append(f"{number}: more than {MAX_LAYERS} layers, too many for a network")
            self._full = True
            return
        try:
            self.layers.append(self._layer(cells))
        except FodlamError as error:
            self.problems.append(f"{number}: {error}")

    def _layer(self, cells: list[str]) -> Layer:
        columns = self.header.columns
        name = check_name(cells[0], "layer name")
        if len(cells) <= len(columns):
            raise NetworkError(
                f"{name}: {len(cells) - 1} columns after the name, expected {len(columns)} "
                f"({', '.join(columns)})"
            )
        numbers = dict(zip(columns, map(_number, columns, cells[1:]), strict=False))
        stride, density = self._more(numbers.get("Strides", 1), cells[len(columns) + 1 :])
        depthwise = "DP" in name and not self.header.gemm
        if self.header.gemm:
            shape: Shape = FcShape(numbers["K"], numbers["N"], numbers["M"])
        else:
            shape = _shape([numbers[key] for key in CONV], stride, depthwise=depthwise)
            self._padded = self._padded or isinstance(shape, ConvShape)
        return Layer.from_shape(self._unique(name), shape, weight_density=density)

    def _more(self, stride: int, cells: list[str]) -> tuple[tuple[int, int], float | None]:
        """Return the strides and the share of weights that are not zero, from further columns."""
        strides, density = (stride, stride), None
        for index, cell in enumerate(cells):
            name = self.header.more[index] if index < len(self.header.more) else ""
            if not cell:
                continue
            if name == "sparsity" or (not name and ":" in cell):
                density = _density(cell)
            elif "batch" in name:
                self._batches.add(_number("Batch Size", cell))
            elif not self.header.gemm and index == 0 and (not name or "stride" in name):
                strides = stride, _number("horizontal stride", cell)
            elif not name:
                raise NetworkError(f"{cell!r}: no column has this value")
        return strides, density

    def _unique(self, name: str) -> str:
        """Return the name, numbered if it was there before: shipped files repeat names."""
        key = layer_key(name)
        count = self._seen[key] = self._seen.get(key, 0) + 1
        if count == 1:
            return name
        numbered = f"{name}#{count}"  # no other name: # starts a comment
        self._renamed.append(numbered)
        return numbered

    def notes(self) -> Iterator[str]:
        """Yield what a reader must know of how the file was read."""
        if self._padded:
            yield (
                "SCALE-Sim takes input sizes as padded already; where a file has them without "
                "padding, outputs and MACs come out too small"
            )
        if self._renamed:
            yield f"names that the file repeats are numbered: {_some(self._renamed)}"
        if self._sections:
            yield f"titles without numbers are not layers: {_some(self._sections)}"
        known = ("sparsity", "stride", "batch")
        ignored = [name for name in self.header.more if name and not any(k in name for k in known)]
        if ignored:
            yield f"columns that mean nothing here are left out: {_some(ignored)}"
        if self._batches - {1}:
            sizes = " and ".join(map(str, sorted(self._batches)))
            yield f"the file's batch of {sizes} is left out: layers are for one inference"


def _cells(line: str, delimiter: str) -> list[str]:
    """Return the cells of a line, without the empty ones at its end."""
    cells = [cell.strip().strip('"').strip() for cell in line.split(delimiter)]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _number(column: str, cell: str) -> int:
    if not re.fullmatch(r"[0-9]{1,12}(\.0{1,9})?", cell):
        hint = "; write its value" if re.fullmatch(r"[A-Za-z_]\w*", cell) else ""
        raise NetworkError(f"{column}: {cell[:40]!r} is not a whole number{hint}")
    number = int(cell.partition(".")[0])
    if number == 0:
        raise NetworkError(f"{column}: 0, expected at least 1")
    return number


def _density(cell: str) -> float:
    """Return N / M of the sparsity N:M; a lone 1 means dense."""
    match = re.fullmatch(r"([0-9]{1,6})(?:\s*:\s*([0-9]{1,6}))?", cell)
    kept, of = (int(match[1]), int(match[2] or 1)) if match else (0, 0)
    if not 0 < kept <= of:
        raise NetworkError(f"Sparsity: {cell[:40]!r} is not N:M with 1 <= N <= M")
    return kept / of


def _shape(sizes: list[int], strides: tuple[int, int], *, depthwise: bool) -> Shape:
    height, width, filter_height, filter_width, channels, filters = sizes
    by_row = filter_height == strides[0] == 1
    if filter_width == width and (filter_height == height or by_row) and not depthwise:
        rows = 1 if filter_height == height else height
        return FcShape(filter_height * width * channels, filters, rows)
    # The tool rounds the output up; a convolution that rounds down reaches as far with padding.
    bottom = _overhang(height, filter_height, strides[0])
    right = _overhang(width, filter_width, strides[1])
    return ConvShape.from_input(
        (channels, height, width),
        filters * channels if depthwise else filters,
        (filter_height, filter_width),
        strides,
        (0, 0, bottom, right),
        groups=channels if depthwise else 1,
    )


def _overhang(size: int, reach: int, stride: int) -> int:
    """Return by how much the last of ceil((size - reach + stride) / stride) steps overhangs."""
    steps = -(-(size - reach + stride) // stride)
    if steps < 1:
        raise NetworkError(f"a filter of {reach} does not fit an input of {size}")
    return (steps - 1) * stride + reach - size


def _some(items: list[str]) -> str:
    return ", ".join(items[:5]) + (f" and {len(items) - 5} more" if len(items) > 5 else "")
