"""Documents as LaTeX."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodlam_core.report.document import Bullets, Document, Text, table
from fodlam_core.report.latex import cell, escape, latex

DOCUMENT = Document(
    "A_title",
    [
        Text("50 % & more", warning=True),
        table(
            ("name", "latency", "+-"), [("a_b", "1.5 us", "0.2 %"), ("[c]", "-", "-")], "latency"
        ),
        Bullets("Notes", ["first", "x^2"]),
    ],
)


def test_table() -> None:
    """A table has rules of booktabs, quantities of siunitx, and the title as caption."""
    lines = latex([DOCUMENT]).splitlines()

    start = lines.index("\\begin{table}[htbp]")
    assert [
        "\\centering",
        "\\caption{A\\_title}",
        "\\begin{tabular}{lrl}",
        "\\toprule",
        "name & latency & $\\pm$ \\\\",
        "\\midrule",
        "a\\_b & \\qty{1.5}{\\micro\\second} & \\qty{0.2}{\\percent} \\\\",
        "{[c]} & -- & -- \\\\",
        "\\bottomrule",
    ] == lines[start + 1 : start + 10]


def test_words() -> None:
    """Warnings are bold, lists are lists, and a document without a table has a heading."""
    text = latex([DOCUMENT, Document("B", [Text("b")])])

    assert "\\textbf{50 \\% \\& more}" in text
    assert "\\item {}x\\textasciicircum{}2" in text
    assert "\\paragraph{B}" in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("332 mW", "\\qty{332}{\\milli\\watt}"),
        ("1.231 W", "\\qty{1.231}{\\watt}"),
        ("105.4 M", "\\num{105.4}\\,M"),
        ("1.321e+04", "\\num{1.321e4}"),
        ("/8.7e+02 x9", "$/\\num{8.7e2}\\;\\times9$"),
        ("-25 +50 %", "$-25\\;+50$\\,\\%"),
        ("CONV1", "CONV1"),
    ],
)
def test_cell(text: str, expected: str) -> None:
    """Numbers are typeset, and other text is escaped."""
    assert expected == cell(text)


def test_long_text_is_a_paragraph() -> None:
    """A column with a long text has lines of its own; one of numbers never has."""
    document = Document("t", [table(("a", "b", "c"), [("x " * 30, "y", "1" * 50)], "c")])

    assert "\\begin{tabular}{p{0.4\\linewidth}lr}" in latex([document])


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_latex_itself(cli: Any, examples: Path, tmp_path: Path) -> None:
    """Where LaTeX is installed it sets the tables of commands without an error."""
    commands = (["run", examples / "alexnet.toml"], ["networks"], ["validate", "eie"])
    head = "\\documentclass{article}\\usepackage{booktabs}\\usepackage{siunitx}\\begin{document}"
    tables = "".join(cli(*each, "-f", "latex").out for each in commands)
    (tmp_path / "a.tex").write_text(f"{head}\n{tables}\n\\end{{document}}\n", encoding="utf-8")

    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "a.tex"],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
        errors="replace",
    )

    if ".sty' not found" in done.stdout:
        pytest.skip("booktabs or siunitx is not installed")
    assert 0 == done.returncode, done.stdout[-2000:]


@given(st.text())
def test_no_text_is_a_command(text: str) -> None:
    """No text of a stranger reaches LaTeX as a command, a comment or a group."""
    known = re.compile(r"\\(text\w+\{\}|[&%$#_{}])")
    assert not set("\\%{}$&#_^~") & set(known.sub("", escape(text)))
