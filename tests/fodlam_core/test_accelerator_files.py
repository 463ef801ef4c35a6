"""A new chip is a data file."""

from __future__ import annotations

from pathlib import Path

import pytest

from fodlam_core import ConvShape, FcShape, PluginError, load_accelerator

HEADER = """
name = "mychip"
title = "MyChip"
kinds = ["conv", "fc"]
provenance = "measured"
table = "mychip.csv"
[technology]
node_nm = 28
vdd = 0.9
[citation]
key = "doe2030"
text = "J. Doe, MyChip, 2030"
bibtex = "@misc{doe2030}"
"""
COLUMNS = (
    "network,layer,kind,in_channels,in_height,in_width,out_channels,kernel,stride,padding,groups,"
    "inputs,outputs,macs,batch,latency_ms,processing_latency_ms,power_mw,activation_zeros_pct,"
    "dram_mb,calibration\n"
)
CONV = "N,c1,conv,3,8,8,4,3,1,1,1,,,6912,2,4.0,3.0,50,25,1.5,true\n"
FC = "N,f1,fc,,,,,,,,,10,20,200,1,2.0,,10,,,false\n"


def write(folder: Path, header: str = HEADER, table: str = COLUMNS + CONV + FC) -> Path:
    """Write header and table; return the header's path."""
    (folder / "mychip.csv").write_text(table)
    path = folder / "mychip.toml"
    path.write_text(header)
    return path


def test_header_and_table(tmp_path: Path) -> None:
    """Units, shapes, densities, waiting for DRAM and further columns come from the table."""
    chip = load_accelerator(write(tmp_path))

    assert ("mychip", ("conv", "fc"), 28, 0.9) == (
        chip.name,
        chip.kinds,
        chip.technology.node_nm,
        chip.technology.vdd,
    )
    conv, fc = chip.measurements
    assert ConvShape.from_input((3, 8, 8), 4, 3, 1, 1) == conv.layer.shape
    assert (2, 4e-3, 0.05, 0.75) == (
        conv.batch,
        conv.latency_s,
        conv.power_w,
        conv.layer.activation_density,
    )
    assert 1e-3 == pytest.approx(conv.offchip_latency_s)
    assert {"dram_bytes": 1.5e6, "activation_zeros_fraction": 0.25} == conv.details
    assert (FcShape(10, 20), None, 0.0, {}, False) == (
        fc.layer.shape,
        fc.layer.activation_density,
        fc.offchip_latency_s,
        fc.details,
        fc.calibration,
    )
    names = [predictor.name for predictor in chip.predictors]
    assert names == ["per-mac", "per-mac-geomean", "nearest", "power-law"]
    assert (conv,) == chip.calibration("conv")
    assert () == chip.calibration("fc")


def test_one_power_for_all(tmp_path: Path) -> None:
    """A power in the header holds for every row."""
    table = "network,layer,kind,macs,batch,latency_us\nN,a,fc,7,1,3\n"

    chip = load_accelerator(write(tmp_path, f"power_w = 0.5\n{HEADER}", table))

    assert (0.5, 3e-6) == (chip.measurements[0].power_w, chip.measurements[0].latency_s)


@pytest.mark.parametrize(
    ("header", "table", "message"),
    [
        (HEADER.replace('table = "mychip.csv"', ""), COLUMNS, "mychip.toml: the key 'table' is"),
        (HEADER.replace("mychip.csv", "no.csv"), COLUMNS, "No such file"),
        (HEADER.replace("measured", "measurd"), COLUMNS, "unknown provenance 'measurd'; did you"),
        (HEADER.replace("node_nm = 28", "node_nm = -1"), COLUMNS, "node_nm: -1 is not"),
        (HEADER + "x = 1", COLUMNS, r"\[citation\] unknown key 'x'"),
        ("=", COLUMNS, "mychip.toml: "),
        (HEADER, COLUMNS + CONV.replace(",4.0,", ",,"), "mychip.csv:2: column 'latency_s' is mis"),
        (HEADER, COLUMNS + CONV.replace("6912", "6911"), "mychip.csv:2: .*6911 MACs are given"),
        (HEADER, COLUMNS + FC + CONV.replace(",4.0,", ",x,"), "mychip.csv:3: could not convert"),
        (HEADER, COLUMNS + CONV.replace(",50,", ",-50,"), "mychip.csv:2: N c1: power_w"),
        (HEADER, COLUMNS + CONV.replace(",4.0,3.0,", ",4.0,5.0,"), "off-chip latency"),
    ],
)
def test_mistakes(header: str, table: str, message: str, tmp_path: Path) -> None:
    """A mistake in the data names file, line and what is wrong."""
    with pytest.raises(PluginError, match=message):
        load_accelerator(write(tmp_path, header, table))
