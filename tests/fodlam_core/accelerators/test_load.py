"""A new chip is a data file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fodlam_core import ConvShape, FcShape, PluginError, load_accelerator
from fodlam_core.predictors.per_mac import PerMac

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


def refusal(header: Path, **changes: Any) -> list[str]:
    """Return the lines of the refusal of a header, without the folder."""
    with pytest.raises(PluginError) as caught:
        load_accelerator(header, **changes)
    return [line.removeprefix(f"{header.parent}/") for line in str(caught.value).splitlines()]


def edited(old: str, new: str) -> str:
    """Return the header with a part replaced, which has to be there."""
    assert old in HEADER
    return HEADER.replace(old, new)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (
            edited('table = "mychip.csv"', ""),
            "the key 'table' is missing, and so are [[references]]; a",
        ),
        (
            edited("measured", "measurd"),
            "provenance: unknown provenance 'measurd'; did you mean 'measured'?",
        ),
        (
            edited("node_nm = 28", "node_nm = -1"),
            "[technology] node_nm: -1 is not a positive, fini",
        ),
        (
            edited("node_nm = 28", 'node_nm = "28"'),
            "[technology] node_nm: expected a number, got '",
        ),
        (edited("0.9", '"0.9"'), "[technology] vdd: expected a number, got '0.9'"),
        (edited("0.9", "nan"), "[technology] vdd: expected a number, got nan"),
        (edited("vdd", "vddd"), "[technology]: unknown key 'vddd'; did you mean 'vdd'?"),
        (HEADER + "x = 1", "[citation]: unknown key 'x'; there are: bibtex, key, text, where"),
        (HEADER + "notes = []", "[citation] notes: belongs above the first [table] of the file"),
        (
            edited('key = "doe2030"', 'key = " "'),
            "[citation] key: is ' '; give a string that is not empty",
        ),
        (
            edited("@misc{doe2030}", "Doe 2030"),
            "[citation]: bibtex is not an entry of the key 'doe",
        ),
        (edited("[citation]", "[citatoin]"), "unknown key 'citatoin'; did you mean 'citation'?"),
        (
            edited('["conv", "fc"]', "[]"),
            "kinds: expected at least one, all different, got []",
        ),
        ('default_for = ["cnv"]' + HEADER, "default_for: unknown kind 'cnv'; did you mean 'conv'?"),
        ("clock_hz = inf" + HEADER, "clock_hz: expected a number, got inf"),
        ("power_w = 0" + HEADER, "power_w: expected a positive, finite number, got 0"),
        ("skips_zeros = 1" + HEADER, "skips_zeros: expected true or false, got 1"),
        ("=", "not TOML: Invalid statement (at line 1, column 1)"),
    ],
)
def test_mistakes_of_the_header(header: str, message: str, tmp_path: Path) -> None:
    """A mistake in the header names the file, the key, what is wrong and what is right."""
    assert f"mychip.toml: {message}" in "\n".join(refusal(write(tmp_path, header)))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (CONV.replace(",4.0,", ",,"), "2: a latency or an energy is missing; fill one in"),
        (CONV.replace("6912", "6911"), "2: layer 'c1': 6911 MACs are given, but its shape"),
        (CONV.replace("6912", "6.9e3"), "2: macs: '6.9e3' is not a whole number of at least 1"),
        (FC + CONV.replace(",4.0,", ",x,"), "3: latency_ms: 'x' is not a number; write digits"),
        (CONV.replace(",4.0,", ",1_0,"), "2: latency_ms: '1_0' is not a number; write digits"),
        (CONV.replace(",50,", ",-50,"), "2: power_mw: '-50' is negative or not finite"),
        (CONV.replace(",50,", ",nan,"), "2: power_mw: 'nan' is negative or not finite"),
        (CONV.replace(",50,", ",0,"), "2: N c1: power_w is 0.0; give a positive, finite number"),
        (CONV.replace(",4.0,3.0", ",1e999,3"), "2: latency_ms: '1e999' is negative or not finite"),
        (CONV.replace(",4.0,3.0,", ",4.0,5.0,"), "2: the processing latency of 0.005 s exceeds"),
        (CONV.replace(",25,", ",125,"), "2: activation_zeros_pct: 125 % is more than 100 %"),
        (CONV.replace(",1.5,", ",much,"), "2: dram_mb: 'much' is not a number"),
        (CONV.replace("6912,2", "6912,0"), "2: batch: '0' is not a whole number of at least 1"),
        (CONV.replace("6912,2", "6912,1.5"), "2: batch: '1.5' is not a whole number of at least 1"),
        (CONV.replace("true", "yes"), "2: calibration: 'yes' is neither true nor false"),
        (CONV.replace("conv", "cnov"), "2: kind: unknown kind 'cnov'; did you mean 'conv'?"),
        (CONV.replace("conv", "fc"), "2: kind: a layer of kind 'fc' cannot have a shape of 'conv'"),
        (CONV.replace(",1,,,6912", ",,,,6912"), "2: groups: is empty; fill it in"),
        (CONV.replace(",1,,,6912", ",1,9,,6912"), "2: it has the shapes of a convolution and of"),
        (CONV.replace(",3,1,1,1,", ",9,1,0,1,"), "2: "),
        (CONV + FC + CONV, "4: N c1 at batch 2 is in line 2 already; remove one"),
        (CONV + CONV.replace("c1", "C1"), "3: N C1 at batch 2 is in line 2 already; remove one"),
        (CONV.replace("true", "yes") * 2, "3: N c1 at batch 2 is in line 2 already"),
        (CONV.replace("N,", "N,,", 1), "2: 22 cells under 21 columns; give one for each column"),
        (CONV.replace(",true", ""), "2: 20 cells under 21 columns; give one for each column"),
        (CONV.replace("c1", '"c1'), "2: is not valid CSV: "),
    ],
)
def test_mistakes_of_a_row(rows: str, message: str, tmp_path: Path) -> None:
    """A mistake in a row names file, line, column, what is wrong and what to do."""
    assert any(
        line.startswith(f"mychip.csv:{message}")
        for line in refusal(write(tmp_path, table=COLUMNS + rows))
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("power_mw", "power_kw", "unknown column 'power_kw'; did you mean power_w or power_mw?"),
        ("kernel", "kernal", "unknown column 'kernal'; did you mean kernel?"),
        ("calibration", "calibraton", "unknown column 'calibraton'; did you mean calibration?"),
        ("processing_latency_ms", "processing_latency", "unknown column 'processing_latency'; di"),
        ("dram_mb", "latency_us", "the columns latency_ms and latency_us are the same quantity"),
        ("dram_mb", "batch", "the columns batch and batch are the same quantity; remove one"),
        ("dram_mb", "", "a column has no name; name it, or remove it"),
        ("dram_mb", "activation_density_pct", "the columns activation_zeros_pct and activation_d"),
        (
            "latency_ms",
            "delay_ms",
            "there is no column latency_s, latency_ms or latency_us, nor of",
        ),
    ],
)
def test_mistakes_of_the_columns(old: str, new: str, message: str, tmp_path: Path) -> None:
    """A column that is misspelt, missing or there twice is told, and never a further detail."""
    names = COLUMNS.split(",")
    names = [new if name.strip() == old else name.strip() for name in names]

    lines = refusal(write(tmp_path, table=",".join(names) + "\n" + CONV))

    assert any(line.startswith(f"mychip.csv:1: {message}") for line in lines)


def test_a_wrong_column_hides_no_mistake_of_a_row(tmp_path: Path) -> None:
    """Cells under good columns are checked, and what a wrong column lacks is told only once."""
    table = COLUMNS.replace("calibration", "calibraton").replace("kernel", "kernal")
    rows = CONV.replace(",50,", ",-50,") + FC.replace("fc", "fcc").replace(",200,1,", ",200,0,")

    lines = refusal(write(tmp_path, table=table + rows))

    assert [line.partition(";")[0] for line in lines] == [
        "mychip.csv:1: unknown column 'kernal'",
        "mychip.csv:1: unknown column 'calibraton'",
        "mychip.csv:2: power_mw: '-50' is negative or not finite",
        "mychip.csv:3: kind: unknown kind 'fcc'",
        "mychip.csv:3: batch: '0' is not a whole number of at least 1",
    ]


@pytest.mark.parametrize(
    ("mark", "name"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")], ids=str
)
def test_another_separator_is_named(mark: str, name: str, tmp_path: Path) -> None:
    """A table whose columns are not separated by commas has one mistake, not one per column."""
    table = (COLUMNS + CONV).replace(",", mark)
    assert refusal(write(tmp_path, table=table)) == [
        f"mychip.csv:1: columns are separated by {name}; separate them by commas"
    ]


def test_power_is_told_once(tmp_path: Path) -> None:
    """A power for all rows beside a column of power is refused: one of them would be ignored."""
    assert ["mychip.csv:1: power is in the column power_mw and in the header; remove one"] == (
        refusal(write(tmp_path, "power_w = 1\n" + HEADER))
    )


def test_all_mistakes_of_both_files_at_once(tmp_path: Path) -> None:
    """Header and table are both read to the end, with a line for each mistake."""
    rows = CONV.replace(",4.0,", ",x,").replace("true", "yes") + FC.replace("200", "201")

    lines = refusal(write(tmp_path, edited('"MyChip"', "1") + "x = 1", COLUMNS + rows))

    assert [
        "mychip.toml: title: expected a string, got 1",
        "mychip.toml: [citation]: unknown key 'x'; there are: bibtex, key, text, where",
    ] == lines[:2]
    assert [
        "mychip.csv:2: latency_ms",
        "mychip.csv:2: calibration",
        "mychip.csv:3: layer 'f1'",
    ] == [":".join(line.split(":")[:3]) for line in lines[2:]]


def test_many_mistakes_are_cut_short(tmp_path: Path) -> None:
    """Of a table that is wrong throughout the first mistakes are shown, and how many there are."""
    rows = "".join(CONV.replace("c1", f"c{n}").replace("true", "1") for n in range(40))

    assert "... and 15 more" == refusal(write(tmp_path, table=COLUMNS + rows))[-1]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (b"", "mychip.csv: is empty; name the columns in its first line"),
        (b"\n ,\n", "mychip.csv: is empty; name the columns in its first line"),
        (COLUMNS.encode(), "mychip.csv: has no rows; add a row for each layer that was measured"),
        (
            b"network\xff",
            (
                "mychip.csv: not UTF-8 text (invalid start byte in line 1); the header names it "
                "as its table"
            ),
        ),
        (None, "mychip.csv: No such file or directory; the header names it as its table"),
    ],
)
def test_tables_without_rows(table: bytes | None, message: str, tmp_path: Path) -> None:
    """A table that holds nothing is refused by name; with a formula only rows may be missing."""
    header = write(tmp_path)
    if table is None:
        (tmp_path / "mychip.csv").unlink()
    else:
        (tmp_path / "mychip.csv").write_bytes(table)

    assert [message] == refusal(header)
    if table == COLUMNS.encode():
        assert () == load_accelerator(header, predictors=[PerMac()]).measurements


def test_headers_that_are_no_text(tmp_path: Path) -> None:
    """A header that is missing, or in another encoding, is refused by name."""
    header = write(tmp_path)
    header.write_bytes(b"name = '\xff'")
    assert ["mychip.toml: not UTF-8 text (invalid start byte in line 1)"] == refusal(header)
    header.unlink()
    assert ["mychip.toml: No such file or directory"] == refusal(header)


def test_power_without_a_table(tmp_path: Path) -> None:
    """A power for all rows where there are none is refused, for it would be ignored."""
    header = "power_w = 1\n" + edited('table = "mychip.csv"', "")

    assert ["mychip.toml: power_w: is for the rows of a table, and there is none; remove it"] == (
        refusal(write(tmp_path, header), predictors=[PerMac()])
    )


def test_files_from_a_spreadsheet(tmp_path: Path) -> None:
    """Byte-order marks, CRLF, spaces, blank rows and TRUE change nothing."""
    plain = load_accelerator(write(tmp_path))
    table = COLUMNS.replace(",", " , ") + "\n" + CONV.replace("true", "TRUE") + "," * 20 + "\n" + FC
    for name, text in (("mychip.toml", HEADER), ("mychip.csv", table)):
        (tmp_path / name).write_bytes(text.replace("\n", "\r\n").encode("utf-8-sig"))

    assert plain.measurements == load_accelerator(tmp_path / "mychip.toml").measurements


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ('network = "V"\nlatency_ms = 1\nwher = "T"', "unknown key 'wher'; did you mean 'where'?"),
        ('network = "V"\nlatency_ms = 1\nlatency_s = 1', "latency_s is given in two units"),
        (
            'network = "V"\nlatency_ms = "1"',
            "latency_ms: expected a number, got '1'",
        ),
        ('network = "V"\nbatch = 0\nlatency_ms = 1', "batch: expected a positive whole number, go"),
        ('network = "V"', "neither latency nor energy is known"),
        ("latency_ms = 1", "network: is missing; add it"),
        ('network = "A"\nenergy_mj = 2', "A at batch 1 is listed already; remove one"),
    ],
)
def test_mistakes_of_references(row: str, message: str, tmp_path: Path) -> None:
    """A mistake in a whole network's cost names the row, what is wrong and what to do."""
    good = '\n[[references]]\nnetwork = "A"\nlatency_ms = 40.5\nmacs = 7\n'
    [reference] = load_accelerator(write(tmp_path, HEADER + good)).references
    assert (0.0405, 7) == (reference.latency_s, reference.macs)

    [line] = refusal(write(tmp_path, f"{HEADER}{good}[[references]]\n{row}\n"))

    assert line.startswith("mychip.toml: [[references]] 2")
    assert message in line


@pytest.mark.parametrize(
    ("key", "columns", "what"),
    [
        ("operator_table", "operator,read,written,latency_us", "operator"),
        ("reference_table", "network,batch,latency_ms", "network"),
    ],
)
def test_a_table_without_rows_is_a_mistake(
    tmp_path: Path, key: str, columns: str, what: str
) -> None:
    """A table of operators or of networks that has its columns only is told as one of layers is."""
    (tmp_path / "more.csv").write_text(columns + "\n")

    [line] = refusal(write(tmp_path, f'{key} = "more.csv"\n' + HEADER))

    assert line == f"more.csv: has no rows; add a row for each {what} that was measured"
