"""Whatever a file holds, a command reads it or refuses it: no traceback, no escape sequence.

Each test is a fuzz target, which `run.py` runs for as long as is wanted. What the last handler of
the command line catches is counted as a failure: it is a net, and nothing may fall into it.
"""

from __future__ import annotations

import contextlib
import io
import tempfile
import unicodedata
from pathlib import Path

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutations import corpus, damaged

from fodlam_core.cli import main
from fodlam_core.cli.call import UNEXPECTED
from fodlam_core.errors import ConfigError
from fodlam_core.sweeps.conditions import conditions

FEW = settings(max_examples=15, suppress_health_check=list(HealthCheck))
SCHEMA = pl.Schema(
    {
        "technology.vdd": pl.Float64(),
        "network.batch": pl.Int64(),
        "latency_s": pl.Float64(),
        "network.name": pl.Enum(["VGG16", "AlexNet"]),
        "problem": pl.String(),
    }
)
ROWS = [(0.7, 1, 0.1, "VGG16", None), (None, 2, 0.0, "AlexNet", "x"), (1.1, 3, 9e9, "VGG16", "")]


def check(*arguments: object) -> None:
    """Run a command, and look at its status and at what it prints."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status: object = main([str(argument) for argument in arguments])
        except SystemExit as stop:
            status = stop.code
    said = out.getvalue() + err.getvalue()
    assert status in (0, 1, 2), said
    assert UNEXPECTED not in said, said
    assert "Traceback" not in said, said
    assert not {unicodedata.category(each) for each in said.replace("\n", "")} & {"Cc", "Cf"}


@st.composite
def damaged_file(draw: st.DrawFn, folder: str) -> tuple[str, str]:
    """Return the name and the damaged text of a file of the corpus."""
    path = draw(st.sampled_from(corpus(folder)))
    return path.name, draw(damaged(path.read_text(encoding="utf-8")))


@FEW
@given(file=damaged_file("configuration"))
def test_configuration(file: tuple[str, str]) -> None:
    """A configuration, of a run or of a sweep."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / file[0]
        path.write_text(file[1], encoding="utf-8", errors="replace")
        check("run", path, "-f", "json")


@FEW
@given(header=damaged_file("accelerator"), table=damaged_file("accelerator"))
def test_accelerator(header: tuple[str, str], table: tuple[str, str]) -> None:
    """The header of an accelerator and its table, one of them damaged or both."""
    with tempfile.TemporaryDirectory() as folder:
        for path in corpus("accelerator"):
            (Path(folder) / path.name).write_text(path.read_text(encoding="utf-8"))
        for name, text in (header, table):
            (Path(folder) / name).write_text(text, encoding="utf-8", errors="replace")
        config = Path(folder) / "config.toml"
        config.write_text(
            '[network]\nname = "AlexNet"\n[dispatch]\nconv = "titan-x"\nfc = "titan-x"\n'
            '[accelerator.titan-x]\nfile = "titan-x.toml"\n'
        )
        check("run", config)


@FEW
@given(file=damaged_file("network"))
def test_network(file: tuple[str, str]) -> None:
    """A network file of each format in text."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / file[0]
        path.write_text(file[1], encoding="utf-8", errors="replace")
        check("networks", "show", path)


@FEW
@given(file=damaged_file("saved"))
def test_saved_result(file: tuple[str, str]) -> None:
    """A saved result."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / file[0]
        path.write_text(file[1], encoding="utf-8", errors="replace")
        check("diff", corpus("saved")[0], path, "-f", "json")


@settings(FEW, max_examples=100)
@given(text=st.sampled_from(corpus("condition")[0].read_text().splitlines()).flatmap(damaged))
def test_condition(text: str) -> None:
    """A condition of a sweep; what is accepted can be evaluated."""
    try:
        [condition] = conditions([text], SCHEMA)
    except ConfigError:
        return
    pl.DataFrame(ROWS, schema=SCHEMA, orient="row").lazy().filter(condition).collect()
