"""Every example in README, guide and docstrings is executed."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import tomli

import fodlam_core
import fodlam_eie
import fodlam_eyeriss
from fodlam_core import Config, NetworkConfig, load_config

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
MODULES = [
    module.name
    for package in (fodlam_core, fodlam_eie, fodlam_eyeriss)
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    if not module.name.endswith("__main__")
]


def blocks(language: str) -> list[str]:
    """Return the fenced blocks of one language in the README."""
    return re.findall(rf"^```{language}\n(.*?)^```", README.read_text(), re.MULTILINE | re.DOTALL)


# The files of the README: those that say their name, and the table of the chip.
README_FILES = {
    **{header[1]: block for block in blocks("toml") if (header := re.match(r"# (\S+)\n", block))},
    "mychip.csv": "".join(blocks("csv")),
}


@pytest.mark.parametrize("name", ["fodlam_core", *MODULES])
def test_docstrings(name: str) -> None:
    """Every example in a docstring prints what it says."""
    if name.endswith("torch.trace"):
        pytest.importorskip("torch", reason="torch is not installed")
    failed, _ = doctest.testmod(importlib.import_module(name), optionflags=OPTIONS)

    assert 0 == failed


def test_readme_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every Python example in the README prints what it says."""
    monkeypatch.chdir(ROOT)

    failed, attempted = doctest.testfile(str(README), module_relative=False, optionflags=OPTIONS)

    assert 0 == failed
    assert attempted > 5


@pytest.mark.parametrize("block", blocks("console"))
def test_readme_console(block: str) -> None:
    """Every command in the README prints what it says; ``...`` stands for lines left out."""
    command, expected = block.removeprefix("$ ").split("\n", 1)
    program, *arguments = shlex.split(command)
    assert "fodlam-core" == program

    result = subprocess.run(
        [Path(sys.executable).with_name(program), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"COLUMNS": "100", "PYTHONIOENCODING": "utf-8"},
    )

    actual = result.stdout + result.stderr
    if not doctest.OutputChecker().check_output(expected, actual, doctest.ELLIPSIS):
        assert expected == actual


@pytest.mark.parametrize("block", blocks("toml"))
def test_readme_toml(block: str, tmp_path: Path) -> None:
    """Every configuration in the README is one, and every file that one names is of its kind."""
    path = tmp_path / "readme.toml"
    path.write_text(block)
    table = tomli.loads(block)

    if "layers" in table:
        estimate = fodlam_core.estimate(Config(NetworkConfig(file=str(path))))
        assert len(table["layers"]) == len(estimate.layers)
        assert estimate.network.total_macs > 0
    elif "provenance" not in table:
        for name, text in README_FILES.items():
            (tmp_path / name).write_text(text)
        assert load_config(path).network.name == table["network"]["name"]


def test_readme_chip(tmp_path: Path) -> None:
    """The README's chip runs its layers as its table says."""
    for name, text in README_FILES.items():
        (tmp_path / name).write_text(text)
    [config] = [block for block in blocks("toml") if "[accelerator.mychip]" in block]
    path = tmp_path / "readme.toml"
    path.write_text(config)

    layers = fodlam_core.estimate(path).layers

    rows = [row.split(",") for row in README_FILES["mychip.csv"].splitlines()[1:]]
    assert [(row[1], "mychip") for row in rows] == [
        (each.layer.name, each.accelerator) for each in layers
    ]
    assert {"published"} == {each.method for each in layers}
    assert [float(row[-1]) * 1e-6 for row in rows] == pytest.approx(
        [each.native.latency_s for each in layers if each.native]
    )


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.toml")), ids=lambda p: p.stem)
def test_examples_run(path: Path, cli: object) -> None:
    """Every shipped configuration runs without a message."""
    assert callable(cli)
    result = cli("run", path, "--format", "json")

    assert (0, "") == (result.status, result.err)


def test_readme_has_the_two_commands() -> None:
    """The README has the two commands that set everything up."""
    commands = "".join(blocks("sh")).splitlines()

    assert "pip install . && fodlam-core run examples/vgg16.toml" in commands
    assert "pip install -e '.[test]' && pytest" in commands


def test_table_of_conventions(monkeypatch: pytest.MonkeyPatch) -> None:
    """The README's table of the two conventions holds what the examples give."""
    monkeypatch.chdir(ROOT)
    rows = re.findall(
        r"`(examples/vgg16\S*)` \| \**([\d.]+) s\** \| \**([\d.]+) J", README.read_text()
    )

    assert 2 == len(rows)
    for path, latency_s, energy_j in rows:
        total = fodlam_core.estimate(path).totals["total"]
        assert (latency_s, energy_j) == (f"{total.latency_s:.2f}", f"{total.energy_j:.3g}")
