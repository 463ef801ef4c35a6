"""The command ``sweep``, and its examples."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from fodlam_core.cli import sweep

EXAMPLES = sorted((Path(__file__).parents[3] / "examples" / "sweeps").glob("*.toml"))
CHIP = """
name = "mychip"
title = "A chip without energies"
kinds = ["conv"]
provenance = "measured"
predictors = ["per-mac"]
table = "rows.csv"
[citation]
key = "doe"
text = "J. Doe"
bibtex = "@misc{doe}"
"""
TEXT = '[network]\nname = "VGG16"\n[sweep]\ntechnology.node_nm = [65, 45, 28]\n'


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples(cli: Any, path: Path) -> None:
    """Every shipped sweep runs, and none of its points is refused."""
    result = cli("sweep", path, "--format", "json", "-q")

    assert (0, "") == (result.status, result.err)
    summary = json.loads(result.out)["summary"]
    assert 0 == summary["refused"]
    assert 0 < summary["rows"]


def test_table(cli: Any, toml: Callable[..., Path]) -> None:
    """Without -o the first rows and a summary are printed, and the size is told beforehand."""
    result = cli("sweep", toml(TEXT), "--rows", "2")

    assert (0, "3 points\n") == (result.status, result.err)
    assert "2 of 3 rows" in result.out
    assert "latency_s: 724 ms to 1.437 s" in result.out


@pytest.mark.parametrize("format", ["json", "csv", "markdown"])
def test_formats(cli: Any, toml: Callable[..., Path], format: str) -> None:
    """What is printed comes in the formats of every command."""
    result = cli("sweep", toml(TEXT), "--format", format, "-q", "--top", "1", "--by", "latency_s")

    assert (0, "") == (result.status, result.err)
    assert "28" in result.out


def test_quiet_and_complete(cli: Any, toml: Callable[..., Path], tmp_path: Path) -> None:
    """With -q nothing is said; without it, how many rows were written."""
    silent = cli("sweep", toml(TEXT), "-o", tmp_path / "a.csv", "-q")
    told = cli("sweep", toml(TEXT), "-o", tmp_path / "b.csv")

    assert (0, "", "") == silent
    assert (0, "") == told[:2]
    assert told.err.startswith(f"3 points\n{tmp_path / 'b.csv'}: 3 rows\nnote: ")


def test_refusals_are_counted(cli: Any, toml: Callable[..., Path], tmp_path: Path) -> None:
    """Points without a cost are in the result, and told with their reasons."""
    text = TEXT + 'network.method = ["auto", "published"]\nnetwork.name = ["VGG16", "VGG_CNN_M"]\n'

    result = cli("sweep", toml(text), "-o", tmp_path / "a.csv")

    assert 0 == result.status
    assert "3 of 12 points have no cost" in result.err
    assert "layers of VGG_CNN_M were not measured on eyeriss" in result.err
    rows = pl.read_csv(tmp_path / "a.csv")
    assert 3 == rows["latency_s"].is_null().sum() == rows["problem"].is_not_null().sum()
    assert "Refused" in cli("sweep", toml(text)).out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--pareto", "latency"), "--pareto: unknown column of numbers 'latency'; did you mean"),
        (("--top", "2", "--by", "problem"), "--by: unknown column of numbers 'problem'"),
        (("--top", "2", "--shard", "1/2"), "--shard: the best points of the shards"),
        (("--columns", "edp"), "--columns: unknown column 'edp'; did you mean 'edp_js'"),
        (("--scheduler", "tcp://x:1"), "--scheduler: needs --engine dask"),
        (("--resume",), "--resume: needs -o FILE"),
        (("--force",), "--force: needs -o FILE"),
        (("--shard", "4/3"), "--shard 4/3: expected NUMBER/COUNT"),
    ],
)
def test_bad_requests(
    cli: Any, toml: Callable[..., Path], arguments: tuple[str, ...], message: str
) -> None:
    """A request that cannot be met is refused in a line."""
    result = cli("sweep", toml(TEXT), "-q", *arguments)

    assert (1, "") == (result.status, result.out)
    assert message in result.err


VOLTAGES = TEXT + "technology.vdd = {start = 0.7, stop = 1.2, num = 51}\n"


def test_top_prints_what_is_asked_for(cli: Any, toml: Callable[..., Path]) -> None:
    """All rows of --top are printed, unless --rows says how many."""
    text = TEXT + "network.batch = {start = 1, stop = 40, num = 40}\n"

    twenty = cli("sweep", toml(text), "-q", "--top", "20", "--format", "csv")
    three = cli("sweep", toml(text), "-q", "--top", "20", "--rows", "3", "--format", "csv")

    assert (21, 4) == (len(twenty.out.splitlines()), len(three.out.splitlines()))


def test_points_that_cost_the_same_are_one_line(cli: Any, toml: Callable[..., Path]) -> None:
    """An axis that changes nothing fills no table, and the data hold every row all the same."""
    front = ("--pareto", "latency_s,energy_j")
    table = cli("sweep", toml(VOLTAGES), "-q", *front)
    rows = json.loads(cli("sweep", toml(VOLTAGES), "-q", *front, "-f", "json").out)

    assert "0.7 to 1.2 (51 values)" in table.out
    assert "51 rows; those that differ in technology.vdd only" in table.out
    assert (51, 10) == (rows["kept"], len(rows["rows"]))


@pytest.mark.parametrize(
    "selection", [("--pareto", "latency_s,energy_j"), ("--top", "9", "--by", "energy_j")]
)
def test_points_without_energy_are_told(
    cli: Any, toml: Callable[..., Path], tmp_path: Path, selection: tuple[str, ...]
) -> None:
    """A chip without energies drops out of what selects by energy, and that is said."""
    (tmp_path / "mychip.toml").write_text(CHIP)
    (tmp_path / "rows.csv").write_text(
        "network,layer,kind,macs,batch,latency_ms\nN,A,conv,1000000,1,1\nN,B,conv,9000000,1,9\n"
    )
    config = toml(
        '[network]\nname = "AlexNet"\nlayers = ["conv1"]\nmethod = "predicted"\n'
        '[sweep]\nnetwork.batch = [1, 2]\ndispatch.conv = ["eyeriss", "mychip"]\n'
        f'[accelerator.mychip]\nfile = "{tmp_path / "mychip.toml"}"\n'
    )
    told = "2 of 4 points have no energy_j, so that none of them is kept"

    shown = cli("sweep", config, "-q", *selection)
    written = cli("sweep", config, *selection, "-o", tmp_path / "a.csv")
    rows = json.loads(cli("sweep", config, "-q", *selection, "-f", "json").out)

    assert told in shown.out
    assert told in written.err
    assert 2 == rows["summary"]["unknown"]["energy_j"]


def test_distinct(cli: Any, toml: Callable[..., Path], tmp_path: Path) -> None:
    """--distinct keeps one of the points that cost the same, the first by its axes."""
    written = cli(
        "sweep", toml(VOLTAGES), "-q", "--top", "2", "--distinct", "-o", tmp_path / "a.csv"
    )
    alone = cli("sweep", toml(VOLTAGES), "-q", "--distinct")

    assert 0 == written.status
    rows = pl.read_csv(tmp_path / "a.csv").select("technology.node_nm", "technology.vdd").rows()
    assert [(28, 0.7), (45, 0.7)] == rows
    assert (1, "error: --distinct: needs --pareto or --top\n") == (alone.status, alone.err)


def test_few_reasons(cli: Any, toml: Callable[..., Path], tmp_path: Path) -> None:
    """Refusals that differ in their numbers only are one reason, with its range."""
    path = toml(VOLTAGES + 'technology.scaler = ["stillmaker"]\n')

    lines = cli("sweep", path, "-o", tmp_path / "a.parquet").err.splitlines()

    assert 3 <= len(lines) <= 10
    assert "153 of 153 points have no cost" in lines
    [missing] = [line for line in lines if "28 nm is not in the table" in line]
    assert missing.startswith("51: [technology] scaler: stillmaker-baas-2017 cannot carry eyeriss ")
    assert "to 28 nm 0.7..1.2 V: " in missing


def test_axes(cli: Any, toml: Callable[..., Path]) -> None:
    """--axes lists every key that can be an axis, with names where there are some."""
    result = cli("sweep", toml('[technology]\nscaler = "general"\n'), "--axes", "-f", "json")

    values = {row["axis"]: row["values"] for row in json.loads(result.out)["axes"]}
    assert (0, "") == (result.status, result.err)
    assert "velocity-saturated, long-channel" == values["technology.options.model"]
    assert "whole numbers, published" == values["network.batch"]
    assert "total, processing" == values["accelerator.eyeriss.latency"]
    assert {"dispatch.conv": "eyeriss", "network.file": "files"}.items() <= values.items()
    assert {"system.dram_energy_j_per_byte", "accelerator.NAME.file"} <= values.keys()


@pytest.mark.parametrize("arguments", [("--top", "0"), ("--top", "x"), ("--engine", "spark")])
def test_usage(cli: Any, toml: Callable[..., Path], arguments: tuple[str, ...]) -> None:
    """Wrong usage has status 2."""
    assert 2 == cli("sweep", toml(TEXT), *arguments).status


def test_large_sweeps_ask(cli: Any, toml: Callable[..., Path], tmp_path: Path) -> None:
    """Above ten million points nothing happens without --yes."""
    text = TEXT + "network.batch = {start = 1, stop = 1000000, num = 1000000}\n"
    text += "technology.vdd = {start = 0.5, stop = 1.5, num = 1000000}\n"

    result = cli("sweep", toml(text), "-o", tmp_path / "a.parquet")

    assert 1 == result.status
    assert "3,000,000,000,000 points; if you mean it, add --yes" in result.err
    assert [toml(text)] == list(tmp_path.iterdir())


def test_run_tells_that_it_ignores_the_sweep(cli: Any, toml: Callable[..., Path]) -> None:
    """A single estimate is that of the configuration without the sweep, which is said."""
    result = cli("run", toml(TEXT), "--format", "json")

    assert 0 == result.status
    assert "[sweep] is ignored here; fodlam-core sweep uses it" in result.err
    assert json.loads(result.out)["technology"]["node_nm"] is None


def test_run_does_not_import_it() -> None:
    """A run pays nothing for sweeps."""
    code = (
        "import sys; from fodlam_core import estimate, Config, NetworkConfig; "
        "estimate(Config(NetworkConfig('VGG16'))); "
        "sys.exit('polars' in sys.modules or 'fodlam_core.sweeps' in sys.modules)"
    )

    assert 0 == subprocess.run([sys.executable, "-c", code], check=False).returncode


def test_polars_is_missing(
    cli: Any, toml: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without polars the line that installs it is told."""
    monkeypatch.setitem(sys.modules, "polars", None)

    result = cli("sweep", toml(TEXT))

    expected = "error: a sweep needs polars; run: pip install 'fodlam-core[sweep]'\n"
    assert (1, expected) == (result.status, result.err)


def test_cells() -> None:
    """Numbers have the unit of their column."""
    assert "1.5 ms" == sweep._cell("conv.latency_s", 1.5e-3)
    assert "-" == sweep._cell("latency_s", None)
    assert "0.7" == sweep._cell("technology.vdd", 0.7)


def test_no_number_is_without_its_verdict(cli, toml) -> None:
    """Intervals stand beside costs, and notes tell doubts and what is not scaled."""
    axis = ("--set", "sweep.technology.node_nm=[28, 65]", "-q")

    shown = cli("sweep", "VGG16", *axis)
    found = json.loads(cli("sweep", "VGG16", *axis, "-f", "json").out)

    assert 0 == shown.status
    header = next(line for line in shown.out.splitlines() if "latency_s" in line).split()
    assert [
        "technology.node_nm",
        "latency_s",
        "+-",
        "energy_j",
        "+-",
        "power_w",
        "verdict",
    ] == header
    assert all(row["latency_low_s"] < row["latency_s"] for row in found["rows"])
    assert all(row["verdict"].startswith("does not fit: the layers") for row in found["rows"])
    notes = "\n".join(found["notes"])
    assert "does not fit: the layers on eie" in notes
    assert "eyeriss: time spent waiting for DRAM is not scaled with the node" in notes


def test_a_file_has_its_notes_on_standard_error(cli: Any, toml: Callable[..., Path]) -> None:
    """What is printed beside a table is said of a file."""
    config = toml('[network]\nname = "VGG16"\n[sweep]\n"technology.node_nm" = [65, 45]\n')
    output = config.parent / "out.csv"

    written = cli("sweep", config, "-o", output)

    assert (0, "") == (written.status, written.out)
    assert "note: does not fit: the layers on eie have 123.6 M weights" in written.err
    assert "note: eyeriss: time spent waiting for DRAM is not scaled" in written.err
    quiet = cli("sweep", config, "-o", output.with_name("quiet.csv"), "-q")
    assert "" == quiet.err
