"""What the scripts of this folder share: names of chips, shapes, and the files that they write.

A script reads the raw files of one source and fills a `Tables`; ``write`` replaces the folder of
that source in ``fodlam_silicon``: ``points.csv``, and one ``layers/CHIP.csv`` or
``networks/CHIP.csv`` for each chip. Quantities stay as the source prints them.
"""

from __future__ import annotations

import csv
import math
import re
import shutil
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import tomli

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

LIBRARY = Path(__file__).parent.parent / "fodlam_silicon"
POINT = ("chip", "point", "title", "kinds", "precision", "provenance", "energy_covers")
POINT += ("latency_is", "clock_hz", "vdd", "weight_bits", "chip_count")
SHAPE = (
    *("in_channels", "in_height", "in_width", "out_channels", "kernel_height", "kernel_width"),
    *("stride_height", "stride_width", "padding_height", "padding_width", "groups"),
    *("inputs", "outputs", "rows"),
)


# Networks of ncnn that have the very layers of a built-in one (`ncnn_networks` checks it).
BUILT_IN = {
    "alexnet": "AlexNet",
    "googlenet": "GoogLeNet",
    "mobilenet": "MobileNetV1",
    "resnet50": "ResNet-50-v1",
    "vgg16": "VGG16",
}
# Networks of timm that have the very layers of another one (`timm_networks` checks it).
TIMM_BUILT_IN = {
    "timm-resnet18-224": "ResNet-18",
    "timm-resnet34-224": "ResNet-34",
    "timm-resnet50-224": "ResNet-50-v1.5",
}


def read(path: str | Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file, compressed or not."""
    import gzip

    opener = gzip.open if str(path).endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def slug(text: str) -> str:
    """Return a text as it may stand in the name of a chip or a point.

    >>> slug("NUCLEO_L4R5ZI (X-CUBE-AI 8.0)")
    'nucleo-l4r5zi-x-cube-ai-8.0'
    """
    return re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-")


def padding(size: int, out: int, kernel: int, stride: int) -> int | None:
    """Return the padding, on both sides of one axis, that gives an output size; None for none.

    Of the values that give it, half the kernel comes first, as convolutions that keep the size
    have it, then the least.

    >>> padding(224, 112, 3, 2), padding(224, 55, 11, 4), padding(8, 9, 3, 1)
    (1, 2, None)
    """
    pads = (kernel // 2, *range(kernel + stride))
    fits = (pad for pad in pads if (size + 2 * pad - kernel) // stride + 1 == out)
    return next(fits, None)


def out_size(
    chw: Sequence[int], pixels: int, kernel: Sequence[int], stride: Sequence[int]
) -> tuple[int, int]:
    """Return height and width of an output of which the number of pixels is known.

    Of the pairs that some padding gives it is that whose ratio is nearest to the input's.

    >>> out_size((160, 288, 128), 37440, (3, 3), (1, 1))
    (288, 130)
    """
    wanted = math.log(chw[1] / chw[2])
    pairs = [(h, pixels // h) for h in range(1, pixels + 1) if pixels % h == 0]
    fitting = [
        pair
        for pair in pairs
        if None not in (padding(*axis) for axis in zip(chw[1:], pair, kernel, stride, strict=True))
    ]
    return min(fitting or pairs, key=lambda pair: abs(math.log(pair[0] / pair[1]) - wanted))


def conv(
    chw: Iterable[int],
    out_channels: int,
    kernel: tuple[int, int],
    stride: tuple[int, int],
    out: tuple[int, int] | None = None,
    pad: tuple[int, int] | None = None,
    groups: int = 1,
) -> dict[str, object]:
    """Return the cells of a convolution: its padding is given, or follows from the output size."""
    channels, height, width = chw
    if pad is None:
        heights, widths = zip((height, width), out or (), kernel, stride, strict=True)
        pad = padding(*heights), padding(*widths)
        if None in pad:
            raise ValueError(f"no padding gives {out} for input {chw}, kernel {kernel} / {stride}")
    numbers = (channels, height, width, out_channels, *kernel, *stride, *pad, groups)
    cells = dict(zip(SHAPE, numbers, strict=False))
    return {"kind": "conv", "macs": _conv_macs(cells), **cells}


def _conv_macs(cells: Mapping[str, int]) -> int:
    macs = cells["in_channels"] // cells["groups"] * cells["out_channels"]
    for axis in ("height", "width"):
        kernel = cells[f"kernel_{axis}"]
        reach = cells[f"in_{axis}"] + 2 * cells[f"padding_{axis}"]
        macs *= ((reach - kernel) // cells[f"stride_{axis}"] + 1) * kernel
    return macs


def fc(inputs: int, outputs: int, rows: int = 1) -> dict[str, object]:
    """Return the cells of a product of weights with ``rows`` vectors of activations."""
    macs = inputs * outputs * rows
    return {"kind": "fc", "macs": macs, "inputs": inputs, "outputs": outputs, "rows": rows}


def shape_name(cells: Mapping[str, object]) -> str:
    """Return a name for a layer that has none but its shape.

    >>> shape_name(conv((64, 56, 56), 64, (3, 3), (1, 1), pad=(1, 1)))
    'conv 64x56x56 3x3 64'
    """
    if cells["kind"] != "conv":
        sizes = [cells[name] for name in ("rows", "inputs", "outputs") if name in cells]
        return f"{cells['kind']} {'x'.join(map(str, sizes))}"
    text = "conv {in_channels}x{in_height}x{in_width} {kernel_height}x{kernel_width}".format(
        **cells
    )
    stride = (cells["stride_height"], cells["stride_width"])
    if stride != (1, 1):
        text += f"/{stride[0]}" if stride[0] == stride[1] else f"/{stride[0]}x{stride[1]}"
    pads = [cells[f"padding_{axis}"] for axis in ("height", "width")]
    if pads != [cells[f"kernel_{axis}"] // 2 for axis in ("height", "width")]:
        text += f" p{pads[0]}" if pads[0] == pads[1] else f" p{pads[0]}x{pads[1]}"
    text += f" {cells['out_channels']}"
    return text + (f" g{cells['groups']}" if cells["groups"] != 1 else "")


class Tables:
    """What one source says of each chip.

    Attributes:
        source: the name of its folder.
        register: the register of chips.
        refused: what was left out, with the reason, and how many rows that were.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.refused: dict[str, int] = defaultdict(int)
        self._points: dict[tuple[str, str], dict[str, object]] = {}
        self._rows: dict[tuple[str, str], list[dict[str, object]]] = defaultdict(list)
        self._named: dict[tuple[object, ...], int] = defaultdict(int)
        with open(LIBRARY / "chips.toml", "rb") as file:
            register = self.register = tomli.load(file)["chips"]
        self._fpgas = {chip for chip, entry in register.items() if entry["device"] == "fpga"}
        self._chips: dict[str, tuple[str, str]] = {}
        for chip, entry in register.items():
            for printed in entry.get("printed", {}).get(source, ()):
                name, suffix = (printed, "") if isinstance(printed, str) else printed
                self._chips[name] = chip, suffix

    def chip(self, printed: str) -> tuple[str, str]:
        """Return the chip behind a printed name, and what its points are called after.

        Raises:
            SystemExit: if the register does not know it.
        """
        if printed not in self._chips:
            raise SystemExit(
                f"{self.source}: chips.toml knows no chip that prints as {printed!r}; add it to "
                f"the printed names of one, under {self.source}"
            )
        return self._chips[printed]

    def knows(self, printed: str) -> bool:
        """Tell whether the register knows a printed name."""
        return printed in self._chips

    def chips_of(self, point: str) -> list[str]:
        """Return the chips that a point of some name was declared for."""
        return [chip for chip, name in self._points if name == point]

    def refuse(self, why: str) -> None:
        """Count a row that is left out."""
        self.refused[why] += 1

    def point(self, chip: str, point: str, **fields: object) -> None:
        """Declare a point; the fields are those of `POINT`. What runs on an FPGA says so."""
        if chip in self._fpgas:
            fields["provenance"] = "fpga"
        self._points.setdefault((chip, point), {"chip": chip, "point": point, **fields})

    def layer(
        self, chip: str, point: str, cells: Mapping[str, object], network: str, **rest: object
    ) -> None:
        """Add a measured layer; a name that comes again gets a number."""
        name = str(rest.pop("layer", "") or shape_name(cells))
        key = (chip, point, network, name, rest.get("batch"))
        self._named[key] += 1
        if self._named[key] > 1:
            name += f" ({self._named[key]})"
        row = {"point": point, "network": network, "layer": name, **cells, **rest}
        self._rows["layers", chip].append(row)

    def network(self, chip: str, point: str, network: str, **rest: object) -> None:
        """Add a measured network."""
        self._rows["networks", chip].append({"point": point, "network": network, **rest})

    def write(self) -> None:
        """Replace the tables of the source, and say what was written."""
        folder = LIBRARY / self.source
        for part in ("layers", "networks"):
            shutil.rmtree(folder / part, ignore_errors=True)
        used = {(chip, row["point"]) for (_, chip), rows in self._rows.items() for row in rows}
        used |= {
            key for key, point in self._points.items() if point.get("provenance") == "projected"
        }
        points = [self._points[key] for key in sorted(used)]
        write_csv(folder / "points.csv", points, POINT)
        for (part, chip), rows in self._rows.items():
            write_csv(folder / part / f"{chip}.csv", rows, ())
        count = sum(map(len, self._rows.values()))
        chips = len({chip for chip, _ in used})
        print(f"{self.source}: {chips} chips, {len(points)} points, {count} rows")
        for why, left_out in self.refused.items():
            print(f"  left out {left_out}: {why}")


def write_csv(path: Path, rows: list[dict[str, object]], columns: tuple[str, ...]) -> None:
    """Write a table; columns that no row fills are left out."""
    cells = (cell for row in rows for cell in row.items())
    filled = dict.fromkeys(name for name, cell in cells if cell not in ("", None))
    names = [name for name in columns if name in filled] or list(filled)
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
