"""Turns tables transcribed from papers and repositories into tables of academic accelerators.

    python tools/papers.py FOLDER

The folder holds gap8.csv, ghp_fpga.csv, ghp_conv.csv, ghp_fpga_networks.csv, tpu_v1.csv,
eyeriss_v2.csv, eyeriss_voltage.csv, chaidnn.csv, xdnn_v3.csv and pipecnn.csv.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tables import Tables, conv, fc, read, slug

GHP = {
    "alexnet": "AlexNet-one-column",
    "resnet18": "ResNet-18",
    "resnet34": "ResNet-34",
    "resnet50": "ResNet-50-v1.5",
    "selecsls42b": "SelecSLS-42b",
    "squeezenet1_0": "SqueezeNet-1.0",
    "vgg11": "VGG-11",
    "vgg13": "VGG-13",
    "vgg16": "VGG16",
    "vgg19": "VGG19",
    "vovnet27s": "VoVNet-27-slim",
    "zfnet": "ZFNet",
}
CHAIDNN = {
    "GoogleNet": "GoogLeNet",
    "AlexNet": "AlexNet",
    "ResNet-50": "ResNet-50-v1",
    "VGG-16": "VGG16",
}
XDNN = {"inception_v1": "GoogLeNet", "resnet50_v1": "ResNet-50-v1", "VGG16": "VGG16"}


def main(folder: str) -> None:
    """Write the tables of every source."""
    for source in (gap8, ghp_fpga, tpu_v1, eyeriss_v2, eyeriss_voltage, chaidnn, xdnn_v3, pipecnn):
        tables = Tables(source.__name__)
        source(tables, Path(folder))
        tables.write()


def place(row: dict[str, str]) -> str:
    """Return where a row stands, without the repository, which the source's header names."""
    return row["where"].rpartition("@")[2].partition(":")[2] or row["where"]


def mobilenet(printed: str) -> str:
    """Return the name of a network's table.

    >>> mobilenet("MobileNet V1 192 0.75"), mobilenet("MobileNet V2 224 1.0")
    ('MobileNetV1-0.75-192', 'MobileNetV2')
    """
    _, version, size, width = printed.split()
    name = f"MobileNet{version}"
    return name if (size, width) == ("224", "1.0") else f"{name}-{width}-{size}"


def gap8(tables: Tables, folder: Path) -> None:
    """Whole networks with energy; the kernels are of one filter, and stand in no network."""
    for row in read(folder / "gap8.csv"):
        tables.point("gap8", "int8", title="175 MHz, int8", kinds="conv fc", precision="int8")
        tables.network(
            *("gap8", "int8", mobilenet(row["network"])),
            batch=1,
            inferences_per_s=row["fps"],
            energy_mj=row["energy_mj"],
            where=place(row),
        )


def ghp_fpga(tables: Tables, folder: Path) -> None:
    """Layers and networks of the version of 2023; layers and networks of that of 2025."""
    for row in read(folder / "ghp_fpga.csv"):
        if row["kind"] not in ("conv", "fc"):
            tables.refuse("pooling and additions, which have no MACs")
            continue
        _ghp_point(tables, "ghp-fpga", row["config"])
        tables.layer(
            *("ghp-fpga", row["config"], _ghp_cells(row), GHP[row["network"]]),
            layer=row["layer"],
            batch=1,
            latency_us=row["latency_us"],
            source=place(row),
        )
    for row in read(folder / "ghp_conv.csv"):
        memory = "" if row["weights"] == "in on-chip memory" else "-dram"
        point = row["config"].lower() + memory
        _ghp_point(tables, "ghp-fpga-2025", point)
        tables.layer(
            *("ghp-fpga-2025", point, _ghp_2025_cells(row), "GHP 2025"),
            batch=1,
            latency_us=f"{float(row['latency_us']):.7g}",
            source=place(row),
        )
    for row in read(folder / "ghp_fpga_networks.csv"):
        network, point = GHP.get(row["network"], row["network"]), row["config"].lower()
        if row["fpga23_sum_ms"]:
            tables.network(
                *("ghp-fpga", point, network),
                batch=1,
                latency_ms=row["fpga23_sum_ms"],
                where="sum of the layers, pooling and additions included",
            )
        _ghp_point(tables, "ghp-fpga-2025", f"{point}-dram")
        tables.network(
            *("ghp-fpga-2025", f"{point}-dram", network),
            batch=1,
            latency_ms=row["e2e_ms_median"],
            where=place(row),
        )


def _ghp_point(tables: Tables, chip: str, point: str) -> None:
    size = point.removesuffix("-dram")
    words = ", weights loaded from DRAM" if point.endswith("-dram") else ""
    if chip == "ghp-fpga-2025" and not words:
        words = ", weights in on-chip memory"
    title = f"{size.upper()}{words}"
    tables.point(chip, point, title=title, kinds="conv fc", precision="int8")


def _ghp_cells(row: dict[str, str]) -> dict[str, object]:
    n = {key: int(row[key]) for key in row if key[:2] in ("in", "k_", "ou", "st", "pa", "ma")}
    if row["kind"] == "fc":
        cells = fc(n["in_channels"], n["out_channels"])
    else:
        chw = (n["in_channels"], n["in_h"], n["in_w"])
        kernel, stride = (n["k_h"], n["k_w"]), (n["stride"],) * 2
        cells = conv(chw, n["out_channels"], kernel, stride, (n["out_h"], n["out_w"]))
    return checked(cells, row)


def _ghp_2025_cells(row: dict[str, str]) -> dict[str, object]:
    chw, kernel, stride, out = (
        tuple(int(row[key]) for key in keys)
        for keys in (
            ("in_channels", "in_h", "in_w"),
            ("k_h", "k_w"),
            ("stride_h", "stride_w"),
            ("out_h", "out_w"),
        )
    )
    return checked(conv(chw, int(row["out_channels"]), kernel, stride, out), row)


def checked(cells: dict[str, object], row: dict[str, str]) -> dict[str, object]:
    """Return the cells of a shape whose MACs must be those of the row."""
    if cells["macs"] != int(row["macs"]):
        raise SystemExit(f"{cells['macs']} MACs: {row}")
    return cells


def tpu_v1(tables: Tables, folder: Path) -> None:
    """Six networks of production; latency is of a batch, derived from the TOPS that are printed."""
    for row in read(folder / "tpu_v1.csv"):
        tables.point("tpu-v1", "int8", title="700 MHz, int8", kinds="conv fc", precision="int8")
        tables.network(
            *("tpu-v1", "int8", f"TPU-{row['network']}"),
            batch=int(row["batch"]),
            latency_ms=row["latency_ms_batch_derived"],
            macs=row["macs_per_item_derived"],
            where=row["where"],
        )


def eyeriss_v2(tables: Tables, folder: Path) -> None:
    """What the text prints: one network, and the energy of four layers."""
    shapes = {
        "CONV1": conv((3, 227, 227), 96, (11, 11), (4, 4), pad=(0, 0)),
        "CONV3": conv((256, 13, 13), 384, (3, 3), (1, 1), pad=(1, 1)),
        "FC8": fc(4096, 1000),
    }
    for row in read(folder / "eyeriss_v2.csv"):
        point = "sparse" if row["network"].endswith(" sparse") else "dense"
        words = {"sparse": "pruned networks", "dense": "networks as trained"}[point]
        tables.point("eyeriss-v2", point, title=words, kinds="conv fc", precision="int8")
        if row["kind"] == "network":
            tables.network(
                *("eyeriss-v2", point, "MobileNetV1-0.5-128"),
                batch=1,
                latency_ms=row["latency_ms"],
                energy_mj=row["energy_mj"],
                where=row["where"],
            )
        elif row["energy_mj"]:
            cells = checked(shapes[row["layer"]], row)
            tables.layer(
                *("eyeriss-v2", point, cells, "AlexNet"),
                layer=row["layer"],
                batch=1,
                latency_ms="",
                energy_mj=row["energy_mj"],
                source=row["where"],
            )
        else:
            tables.refuse("a layer of which neither time nor energy is printed")


def eyeriss_voltage(tables: Tables, folder: Path) -> None:
    """The convolutions of AlexNet, batches of four images, at four voltages."""
    batch = 4
    for row in read(folder / "eyeriss_voltage.csv"):
        point = f"{row['vdd']}v"
        tables.point(
            *("eyeriss-voltage", point),
            title=f"{row['vdd']} V, {row['core_mhz']} MHz",
            kinds="conv",
            precision="16-bit fixed point",
            vdd=row["vdd"],
            clock_hz=float(row["core_mhz"]) * 1e6,
        )
        tables.network(
            *("eyeriss-voltage", point, "AlexNet-conv"),
            batch=batch,
            inferences_per_s=row["fps"],
            energy_mj=f"{float(row['energy_mj_per_image']) * batch:g}",
            where=f"{row['where']} ({row['how']}; {row['error']})",
        )


def chaidnn(tables: Tables, folder: Path) -> None:
    """Whole networks; with fc layers, which run on the ARM cores, or without."""
    for row in read(folder / "chaidnn.csv"):
        point = f"{slug(row['config'])}-int{row['bits']}"
        title = f"{row['config']} at {row['clock_mhz']} MHz, int{row['bits']}"
        precision = f"int{row['bits']}"
        tables.point("chaidnn", point, title=title, kinds="conv fc", precision=precision)
        network = CHAIDNN.get(row["network"], row["network"])
        network += "-conv" if row["fc"] == "without" else ""
        where = place(row) + (f" ({row['note']})" if row["note"] else "")
        tables.network("chaidnn", point, network, batch=1, inferences_per_s=row["fps"], where=where)


def xdnn_v3(tables: Tables, folder: Path) -> None:
    """Whole networks, in the mode for latency and in that for throughput."""
    for row in read(folder / "xdnn_v3.csv"):
        network = XDNN.get(row["network"], f"xdnn-{slug(row['network'])}")
        for mode in ("latency", "throughput"):
            if not row[f"fps_{mode}_mode"]:
                tables.refuse("networks without a rate in the mode for throughput")
                continue
            is_ = "inference" if mode == "latency" else "reciprocal throughput"
            tables.point(
                *("xdnn-v3", mode),
                title=f"mode for {mode}",
                kinds="conv fc",
                precision="int8",
                latency_is=is_,
            )
            tables.network(
                *("xdnn-v3", mode, network),
                batch=1,
                inferences_per_s=row[f"fps_{mode}_mode"],
                where=place(row),
            )


def pipecnn(tables: Tables, folder: Path) -> None:
    """Two networks on three boards; energy is the power of the board times the time."""
    for row in read(folder / "pipecnn.csv"):
        point = slug(row["config"])
        tables.point(
            *("pipecnn", point),
            title=f"{row['config']} ({row['fpga']}) at {row['clock_mhz']} MHz",
            kinds="conv fc",
            precision="8-bit fixed point",
            clock_hz=float(row["clock_mhz"]) * 1e6,
        )
        tables.network(
            *("pipecnn", point, row["network"]),
            batch=1,
            latency_ms=row["latency_ms"],
            energy_mj=row["energy_mj_derived"],
            where=row["where"],
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
