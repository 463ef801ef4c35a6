"""Results: complete or not there, resumed after anything, never of another sweep."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from fodlam_core.sweeps import run, work
from fodlam_core.sweeps.lock import locked
from fodlam_core.sweeps.output import writing

TEXT = """
[sweep]
"network.name" = ["VGG16", "AlexNet"]
"technology.node_nm" = [65, 45, 28]
"technology.scaler" = ["dennard", "none"]
"network.batch" = {start = 1, stop = 100, num = 100}
"""
PROGRAM = Path(sys.executable).with_name("fodlam-core")


@pytest.fixture
def config(toml: Callable[..., Path]) -> Path:
    """A sweep of 1200 points."""
    return toml(TEXT)


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of a hundred points."""
    monkeypatch.setattr(run, "POINTS_PER_PART", 100)
    monkeypatch.setattr(run, "POINTS_PER_SELECTION", 100)


def read(path: Path) -> list[tuple[Any, ...]]:
    """Return the rows of a result, sorted, axes as text."""
    if path.suffix == ".csv":
        frame = pl.read_csv(path)
    elif path.suffix == ".jsonl":
        frame = pl.read_ndjson(path)
    else:
        frame = pl.read_parquet(path)
    frame = frame.with_columns(
        pl.col("network.name", "technology.scaler", "problem").cast(pl.String)
    )
    return sorted(frame.rows(), key=repr)


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("name", ["out.parquet", "out.csv", "out.jsonl", "out/"])
def test_formats(cli: Any, config: Path, tmp_path: Path, name: str) -> None:
    """Every format holds the same rows, in one part or in twelve."""
    result = cli("sweep", config, "-o", f"{tmp_path}/{name}", "-q")
    cli("sweep", config, "-o", tmp_path / "one.parquet", "-q", "--shard", "1/1")

    assert (0, "", "") == result
    assert 1200 == len(read(tmp_path / name))
    assert read(tmp_path / "one.parquet") == read(tmp_path / name)
    assert not list(tmp_path.glob("*.parts"))


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("selection", [("--pareto", "latency_s,energy_j"), ("--top", "7")])
def test_selection_of_parts(
    cli: Any,
    config: Path,
    tmp_path: Path,
    selection: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A selection is the same whether there is one part or there are many."""
    cli("sweep", config, "-o", tmp_path / "many.csv", "-q", *selection)
    monkeypatch.undo()
    cli("sweep", config, "-o", tmp_path / "one.csv", "-q", *selection)

    assert read(tmp_path / "one.csv") == read(tmp_path / "many.csv")
    assert read(tmp_path / "one.csv")


def test_shards_together_are_everything(cli: Any, config: Path, tmp_path: Path) -> None:
    """The shards hold every row once, whatever their number."""
    cli("sweep", config, "-o", tmp_path / "all.parquet", "-q")
    rows = []
    for number in range(1, 8):
        name = tmp_path / f"{number}.parquet"
        assert 0 == cli("sweep", config, "-o", name, "-q", "--shard", f"{number}/7").status
        rows += read(name)

    assert read(tmp_path / "all.parquet") == sorted(rows, key=repr)


def test_metadata(cli: Any, config: Path, tmp_path: Path) -> None:
    """A result says what it rests on: configuration, versions, and hashes of the data."""
    cli("sweep", config, "-o", tmp_path / "a.parquet", "-q")
    cli("sweep", config, "-o", tmp_path / "a.csv", "-q")

    parquet = json.loads(pl.read_parquet_metadata(tmp_path / "a.parquet")["fodlam"])
    assert parquet == json.loads((tmp_path / "a.csv.meta.json").read_text())
    assert [65, 45, 28] == parquet["sweep"]["axes"]["technology.node_nm"]
    assert "fodlam-core" in parquet["versions"]
    assert {"VGG16", "AlexNet"} == set(parquet["networks"])
    assert {64} == {len(each) for each in parquet["accelerators"].values()}


@pytest.mark.parametrize("name", ["a.parquet", "a.csv", "a/"])
def test_what_exists_is_not_replaced(cli: Any, config: Path, tmp_path: Path, name: str) -> None:
    """An output that exists is refused without --force, and stays as it is."""
    output = f"{tmp_path}/{name}"
    cli("sweep", config, "-o", output, "-q")
    before = read(tmp_path / name)

    refused = cli("sweep", config, "-o", output, "-q", "--set", "technology.vdd=0.9")
    assert (1, f"error: {output}: exists already; --force replaces it\n") == (
        refused.status,
        refused.err,
    )
    assert before == read(tmp_path / name)
    axes = 'sweep."network.batch"=[7]'
    assert 0 == cli("sweep", config, "-o", output, "-q", "--force", "--set", axes).status
    assert 12 == len(read(tmp_path / name))


def test_force_destroys_nothing_else(cli: Any, config: Path, tmp_path: Path) -> None:
    """A folder that holds something else than a result is never replaced."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "thesis.tex").write_text("x")

    result = cli("sweep", config, "-o", f"{tmp_path}/home/", "--force")

    assert 1 == result.status
    assert "holds more than Parquet files" in result.err
    assert (tmp_path / "home" / "thesis.tex").exists()


def test_resume_of_what_is_complete(cli: Any, config: Path, tmp_path: Path) -> None:
    """Resuming a complete result does nothing; resuming that of another sweep is refused."""
    output = tmp_path / "a.parquet"
    cli("sweep", config, "-o", output, "-q")
    stamp = output.stat().st_mtime_ns

    again = cli("sweep", config, "-o", output, "--resume")
    other = cli("sweep", config, "-o", output, "--resume", "--set", "technology.vdd=0.9")

    assert (0, stamp) == (again.status, output.stat().st_mtime_ns)
    assert "was complete already" in again.err
    assert 1 == other.status
    assert "belongs to another sweep: configuration differ" in other.err


class StopError(Exception):
    """Stands for whatever ends a run."""


@pytest.fixture
def interrupted(
    small_parts: None, cli: Any, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The output of a run that ended in its sixth part."""
    compute = work.compute
    from fodlam_core.sweeps import engine_polars

    def fail(*arguments: Any) -> Any:
        if arguments[2] == 5:
            raise StopError
        return compute(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(engine_polars, "compute", fail)
        with pytest.raises(StopError):
            cli("sweep", config, "-o", tmp_path / "out.parquet", "-q", "--debug")
    assert not (tmp_path / "out.parquet").exists()
    return tmp_path / "out.parquet"


@pytest.fixture
def whole(cli: Any, config: Path, tmp_path: Path) -> list[tuple[Any, ...]]:
    """The rows of a run that nothing interrupted."""
    cli("sweep", config, "-o", tmp_path / "whole.parquet", "-q")
    return read(tmp_path / "whole.parquet")


def test_resume(
    interrupted: Path, whole: list[Any], cli: Any, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A resumed run computes only what is missing, and ends with the same rows."""
    from fodlam_core.sweeps import engine_polars

    computed: list[int] = []
    compute = work.compute
    monkeypatch.setattr(
        engine_polars,
        "compute",
        lambda *arguments: computed.append(arguments[2]) or compute(*arguments),
    )

    assert 0 == cli("sweep", config, "-o", interrupted, "-q", "--resume").status
    assert whole == read(interrupted)
    assert list(range(5, 12)) == computed


def test_unfinished_is_not_forgotten(interrupted: Path, cli: Any, config: Path) -> None:
    """Without --resume or --force an unfinished sweep is neither used nor lost."""
    result = cli("sweep", config, "-o", interrupted)

    assert 1 == result.status
    assert "holds an unfinished sweep; --resume continues it, --force starts" in result.err
    assert 0 == cli("sweep", config, "-o", interrupted, "--force").status


def test_resume_of_another_sweep(interrupted: Path, cli: Any, config: Path) -> None:
    """Parts of another configuration are refused, saying what differs."""
    result = cli("sweep", config, "-o", interrupted, "--resume", "--columns", "edp_js")

    assert 1 == result.status
    assert "belongs to another sweep: columns differ" in result.err


@pytest.mark.parametrize("damage", ["cut", "changed", "gone", "record", "record gone"])
def test_damaged_parts_are_computed_again(
    interrupted: Path, whole: list[Any], cli: Any, config: Path, damage: str
) -> None:
    """A part that is not what was written counts as not done."""
    parts = Path(f"{interrupted}.parts")
    data = parts / "data" / "part-00000002.parquet"
    record = parts / "records" / "part-00000002.json"
    content = data.read_bytes()
    if damage == "cut":
        data.write_bytes(content[:-9])
    elif damage == "changed":
        data.write_bytes(content[:500] + bytes([content[500] ^ 1]) + content[501:])
    elif damage == "gone":
        data.unlink()
    elif damage == "record":
        record.write_text('{"part": 2')
    else:
        record.unlink()

    assert 0 == cli("sweep", config, "-o", interrupted, "-q", "--resume").status
    assert whole == read(interrupted)


def test_something_else_is_in_the_way(cli: Any, config: Path, tmp_path: Path) -> None:
    """A folder with the name of the parts that holds something else is left alone."""
    (tmp_path / "a.csv.parts").mkdir()
    (tmp_path / "a.csv.parts" / "thesis.tex").write_text("x")

    result = cli("sweep", config, "-o", tmp_path / "a.csv", "--force")

    assert 1 == result.status
    assert "is in the way, and no unfinished sweep" in result.err
    assert (tmp_path / "a.csv.parts" / "thesis.tex").exists()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("no/such/folder/a.csv", "there is no folder"),
        ("a.xlsx", "write a name that ends in .parquet, .csv, .jsonl, .ndjson, or in /"),
        ("a", "write a name that ends in"),
    ],
)
def test_impossible_outputs(
    cli: Any, config: Path, tmp_path: Path, name: str, message: str
) -> None:
    """An output that cannot be is refused before work starts."""
    result = cli("sweep", config, "-o", tmp_path / name)

    assert 1 == result.status
    assert message in result.err


@pytest.mark.skipif(os.name != "posix", reason="needs limits of processes")
def test_full_disk(config: Path, tmp_path: Path, cli: Any, whole: list[Any]) -> None:
    """Where no more can be written, it is said in a line, and resuming ends with the same rows."""
    import resource

    output = tmp_path / "out.csv"
    command = [PROGRAM, "sweep", config, "-o", output]
    result = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
    )

    assert 1 == result.returncode
    assert f"{output}: cannot be written: " in result.stderr
    assert "and --resume continues with them" in result.stderr
    assert "Traceback" not in result.stderr
    assert not output.exists()
    assert 0 == cli("sweep", config, "-o", output, "--resume").status
    assert whole == read(output)


def test_an_interruption_is_no_failure_to_write(tmp_path: Path) -> None:
    """Where polars reports Ctrl-C as an error of its own, it still is the user's Ctrl-C."""

    def interrupted() -> None:
        raise pl.exceptions.ComputeError("query interrupted")

    with pytest.raises(KeyboardInterrupt):
        writing(str(tmp_path / "out.csv"), interrupted)


# A sweep of small parts, that waits behind each of them for as long as its first argument says.
SLOW = """
import sys, time
from fodlam_core.cli import program
from fodlam_core.sweeps import run

wait_s = float(sys.argv.pop(1))
engine = run._engine

def slow(*args):
    for record in engine(*args):
        yield record
        time.sleep(wait_s)

run.POINTS_PER_PART, run._engine = 100, slow
sys.exit(program())
"""


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_killed(config: Path, tmp_path: Path, how: signal.Signals) -> None:
    """A run that is killed or interrupted resumes and ends with the same rows."""
    whole, output = tmp_path / "whole.parquet", tmp_path / "out.parquet"
    subprocess.run([PROGRAM, "sweep", config, "-o", whole, "-q"], check=True)
    python = [sys.executable, "-c", SLOW]
    process = subprocess.Popen(
        [*python, "100", "sweep", config, "-o", output], stderr=subprocess.PIPE, text=True
    )
    records = Path(f"{output}.parts") / "records"
    while not list(records.glob("*.json")) and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(how)
    _, messages = process.communicate()

    if how == signal.SIGINT:
        assert 130 == process.returncode, messages
        assert "interrupted; --resume continues from here" in messages
    assert "Traceback" not in messages
    assert not output.exists()
    subprocess.run([*python, "0", "sweep", config, "-o", output, "--resume", "-q"], check=True)
    assert read(whole) == read(output)


def test_two_runs_do_not_mix(cli: Any, config: Path, tmp_path: Path) -> None:
    """While one run holds an output, another one is refused, even with --force."""
    output = tmp_path / "out.parquet"
    with locked(f"{output}.parts"):
        for option in ("--force", "--resume"):
            result = cli("sweep", config, "-o", output, "-q", option)
            assert (1, True) == (result.status, "another run is writing there" in result.err)
    assert [] == list(tmp_path.glob("out*"))
    assert 0 == cli("sweep", config, "-o", output, "-q").status


@pytest.mark.parametrize("name", ["data.csv", "data.parquet", "data.jsonl", "data.csv.meta.json"])
def test_force_replaces_no_file_of_others(
    cli: Any, config: Path, tmp_path: Path, name: str
) -> None:
    """What no sweep has written stays as it is, the file beside a table too."""
    (tmp_path / name).write_text("precious")

    result = cli("sweep", config, "-o", tmp_path / name.removesuffix(".meta.json"), "--force")

    assert 1 == result.status
    assert "was not written by a sweep, and is not replaced" in result.err
    assert "precious" == (tmp_path / name).read_text()


def test_force_keeps_what_lies_among_the_parts(cli: Any, config: Path, interrupted: Path) -> None:
    """A file of the user's among the parts is named, and stays."""
    note = Path(f"{interrupted}.parts") / "data" / "note.txt"
    note.write_text("precious")

    result = cli("sweep", config, "-o", interrupted, "--force")

    assert (1, True) == (result.status, "data/note.txt in it; move it away" in result.err)
    assert "precious" == note.read_text()


def test_links_are_followed(cli: Any, config: Path, tmp_path: Path) -> None:
    """An output behind a symbolic link is written where the link leads, as by every command."""
    (tmp_path / "there").mkdir()
    link = tmp_path / "out.parquet"
    link.symlink_to(tmp_path / "there" / "real.parquet")

    assert 0 == cli("sweep", config, "-o", link, "-q").status
    assert 0 == cli("sweep", config, "-o", link, "-q", "--force").status

    assert link.is_symlink()
    assert 1200 == len(read(tmp_path / "there" / "real.parquet"))


def test_resume_removes_what_a_finished_run_left(
    cli: Any, config: Path, interrupted: Path, tmp_path: Path
) -> None:
    """A run that was killed after its output was in place leaves parts, which --resume removes."""
    parts = Path(f"{interrupted}.parts")
    shutil.copytree(parts, tmp_path / "kept")
    cli("sweep", config, "-o", interrupted, "-q", "--resume")
    shutil.copytree(tmp_path / "kept", parts)

    assert "was complete already" in cli("sweep", config, "-o", interrupted, "--resume").err
    assert not parts.exists()


def test_part_copied_over_another_is_computed_again(
    interrupted: Path, whole: list[Any], cli: Any, config: Path
) -> None:
    """A part in the place of another one, with its record, counts as not done."""
    parts = Path(f"{interrupted}.parts")
    for folder, suffix in (("data", "parquet"), ("records", "json")):
        names = (parts / folder / f"part-0000000{number}.{suffix}" for number in (1, 2))
        shutil.copyfile(*names)

    assert 0 == cli("sweep", config, "-o", interrupted, "-q", "--resume").status
    assert whole == read(interrupted)


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("damage", ["copied", "stray", "missing", "foreign"])
def test_finished_folders_are_looked_at(
    cli: Any, config: Path, tmp_path: Path, damage: str
) -> None:
    """--resume takes no folder for complete that holds other files than its own parts."""
    output = f"{tmp_path}/out/"
    cli("sweep", config, "-o", output, "-q")
    first, second = (tmp_path / "out" / f"part-0000000{number}.parquet" for number in (0, 1))
    if damage == "copied":
        shutil.copyfile(first, second)
    elif damage == "stray":
        shutil.copyfile(first, tmp_path / "out" / "part-00000099.parquet")
    elif damage == "missing":
        second.unlink()
    else:
        cli("sweep", config, "-o", f"{tmp_path}/other/", "-q")
        shutil.copyfile(tmp_path / "other" / second.name, second)

    result = cli("sweep", config, "-o", output, "--resume")

    assert 1 == result.status
    message = {"missing": "is missing", "foreign": "are of different runs"}
    assert message.get(damage, "is not a part of this sweep") in result.err


def test_cells_of_a_table_are_no_formulas(cli: Any, toml: Any, tmp_path: Path) -> None:
    """A name that begins like a formula is text in a spreadsheet."""
    toml("[[layers]]\n", "=cmd.toml")
    config = toml('[sweep]\n"network.file" = ["=cmd.toml"]\n')

    cli("sweep", config, "-o", tmp_path / "out.csv", "-q")

    rows = (tmp_path / "out.csv").read_text().splitlines()[1:]
    assert ["'=cmd.toml,"] == [row[:11] for row in rows]
