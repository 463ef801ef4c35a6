"""``--plot``, on each command that has it."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "alexnet.toml"),
        ("rank", "ResNet-18"),
        ("compare", "alexnet.toml"),
        ("validate", "eie"),
        ("scalers", "show", "dennard", "--from", "65", "--to", "45", "28"),
    ],
)
def test_plot(cli, examples, tmp_path, arguments: tuple[str, ...]) -> None:
    """A figure is written beside what is printed."""
    file = tmp_path / "a.svg"
    words = [examples / word if word.endswith(".toml") else word for word in arguments]
    result = cli(*words, "--plot", file)

    assert (0, "") == (result.status, result.err)
    assert result.out
    assert file.read_text().startswith("<?xml")


def test_unknown_ending(cli, examples) -> None:
    """An ending that is not known is told before anything is computed."""
    result = cli("run", examples / "alexnet.toml", "--plot", "a.gif")
    assert (1, "") == (result.status, result.out)
    assert "ends in one of .png, .svg, .pdf" in result.err


def test_factors_need_nodes(cli, tmp_path) -> None:
    """A rule without nodes has no figure."""
    assert 2 == cli("scalers", "show", "dennard", "--plot", tmp_path / "a.png").status


def test_matplotlib_is_imported_for_a_figure_only(examples) -> None:
    """A plain run does without matplotlib."""
    code = (
        "import sys; from fodlam_core.cli import main; "
        f"main(['run', {str(examples / 'alexnet.toml')!r}]); "
        "sys.exit('matplotlib' in sys.modules)"
    )
    command = [sys.executable, "-c", code]
    assert 0 == subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode


def test_sweep(cli, examples, tmp_path, monkeypatch) -> None:
    """Of a sweep there are lines and a front; more points than a figure shows are refused."""
    config = examples / "sweeps/scaling-rules.toml"
    result = cli("sweep", "-q", config, "--plot", tmp_path / "a.svg")
    assert 0 == result.status
    assert "node (nm)" in (tmp_path / "a.svg").read_text()
    assert "front, 1 point<" in (tmp_path / "a-2.svg").read_text()

    monkeypatch.setattr("fodlam_core.figures.design_points.MOST_POINTS", 11)
    result = cli("sweep", "-q", config, "--plot", tmp_path / "b.svg")
    assert (1, "") == (result.status, result.out)
    assert "a figure shows 11 points at most, not 12" in result.err
