"""Pictures as LaTeX commands."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from matplotlib import rcParams

from fodlam_core import FodlamError, Registry, estimate
from fodlam_core.figures import canvas
from fodlam_core.figures.canvas import axes, drawn, finish

# Answers as LaTeX does: with the sizes of a box, or, for a letter that it lacks, with an error.
TEX = f"""#!{sys.executable}
import sys

for line in sys.stdin:
    if "pgf_backend_query_start" in line:
        print("*pgf_backend_query_start\\n*", flush=True)
    elif "lacking" in line:
        print("! LaTeX Error: Unicode character.", flush=True)
        sys.exit(1)
    elif "sbox" in line:
        print("10.0pt,7.0pt,2.0pt\\n\\n*", flush=True)
"""


@pytest.fixture
def tex(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that measures words as LaTeX does."""
    path = tmp_path / canvas.TEX[0]
    path.write_text(TEX, encoding="utf-8")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    # matplotlib keeps a program running for as long as the preamble is the same.
    monkeypatch.setitem(rcParams, "pgf.preamble", f"% {tmp_path.name}")


@pytest.mark.skipif(os.name != "posix", reason="the program is a script")
@pytest.mark.usefixtures("tex")
def test_words_are_printed_as_they_are() -> None:
    """What LaTeX would take for a command is escaped, at axes and above, and only in the file."""
    [each] = axes()
    each.set_yticks([0, 1], ["conv_1", "\\input{secret}"])
    finish(each, "R & D: $5, 90 %", ["a_source #1"])

    picture = drawn(each, "pgf").decode()

    assert "\\begin{pgfpicture}" in picture
    assert "\\input{secret" not in picture
    for words in ("conv\\_1", "\\textbackslash{}input\\{secret\\}", "a\\_source \\#1"):
        assert words in picture
    assert "R \\& D: \\textdollar{}5, 90 \\%" in picture
    assert ["conv_1", "\\input{secret}"] == [text.get_text() for text in each.get_yticklabels()]


@pytest.mark.skipif(os.name != "posix", reason="the program is a script")
@pytest.mark.usefixtures("tex")
def test_words_that_latex_lacks() -> None:
    """An error of LaTeX is told in its words, with what to write instead."""
    [each] = axes()
    finish(each, "lacking", [])

    with pytest.raises(FodlamError, match=r"words of the figure: LaTeX Error: Unicode.*\.pdf"):
        drawn(each, "pgf")


@pytest.mark.skipif(not any(map(shutil.which, canvas.TEX)), reason="LaTeX is not installed")
def test_latex_itself(examples: Path, registry: Registry) -> None:
    """Where LaTeX is installed it measures the words of a figure."""
    latency, _ = estimate(examples / "alexnet.toml", registry).plot.layers()

    assert b"CONV1" in drawn(latency, "pgf")
