"""Accelerators from a data file that a configuration names."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fodlam_core import ConfigError, Registry, estimate, load_config
from fodlam_core.config.asked import asked_config
from fodlam_core.config.chip_files import accelerator_of

HEADER = """
name = "{name}"
title = "MyChip"
kinds = ["fc"]
provenance = "measured"
table = "mychip.csv"
power_w = 2
technology = {{ node_nm = 65 }}
citation = {{ key = "doe", text = "J. Doe", bibtex = "@misc{{doe}}" }}
"""
TABLE = "network,layer,kind,macs,batch,latency_us,source\nAlexNet,FC6,fc,37748736,1,100,Table 1\n"
CONFIG = """
[network]
name = "AlexNet"
layers = ["FC6"]
[dispatch]
fc = "mychip"
[accelerator.mychip]
file = "chips/mychip.toml"
"""


@pytest.fixture
def write(tmp_path: Path, toml: Callable[..., Path]) -> Callable[..., Path]:
    """Write a header and a table in a folder beside a configuration; return the configuration."""

    def write(header: str = HEADER.format(name="mychip"), config: str = CONFIG) -> Path:
        (tmp_path / "chips").mkdir()
        (tmp_path / "chips" / "mychip.toml").write_text(header)
        (tmp_path / "chips" / "mychip.csv").write_text(TABLE)
        return toml(config)

    return write


def test_runs_from_a_file(write: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file beside the configuration answers, wherever the command is run from."""
    path = write()
    monkeypatch.chdir("/")
    result = estimate(path)

    assert result.totals["fc"].latency_s == pytest.approx(100e-6)
    assert result.totals["fc"].energy_j == pytest.approx(200e-6)
    assert result.versions[str(path.parent / "chips/mychip.toml")] == "unpackaged"


def test_a_loaded_configuration_keeps_it(write: Any) -> None:
    """A configuration that was read before runs with the file it named."""
    config = load_config(write())

    assert estimate(config).platforms["mychip"].accelerator.title == "MyChip"


def test_options_of_the_core_hold_as_well(write: Any) -> None:
    """The other keys of the table mean what they mean for an installed accelerator."""
    config = CONFIG + 'predictor = "per-mac"\n[accelerator.mychip.technology]\nnode_nm = 130\n'
    result = estimate(write(config=config))

    assert result.platforms["mychip"].source.node_nm == 130


@pytest.mark.parametrize(
    ("header", "config", "problem"),
    [
        (HEADER.format(name="other"), CONFIG, "describes 'other'; write [accelerator.other]"),
        (
            HEADER.format(name="eie"),
            CONFIG.replace("mychip]", "eie]"),
            "supplies an accelerator 'eie' already; give the one in the file another name",
        ),
        ("name = 3", CONFIG, "name: expected a string, got 3"),
        ("name = 3", CONFIG, "title: is missing; add it"),
        (
            HEADER.format(name="mychip") + "power = 3",
            CONFIG,
            "unknown key 'power'; did you mean 'power_w'",
        ),
        (
            HEADER.format(name="mychip").replace("node_nm", "node"),
            CONFIG,
            "[technology]: unknown key 'node'; did you mean 'node_nm'?",
        ),
        (
            HEADER.format(name="mychip").replace('"fc"', "7"),
            CONFIG,
            "kinds: expected a string, got 7",
        ),
        (HEADER.format(name="my"), CONFIG.replace("mychip.toml", "no.toml"), "No such file"),
        (
            HEADER.format(name="mychip"),
            f"{CONFIG}foo = 1",
            "unknown key 'foo'; there are: file, predictor, technology",
        ),
    ],
)
def test_mistakes_are_told(write: Any, header: str, config: str, problem: str) -> None:
    """Each mistake names the configuration, the table and what to write."""
    path = write(header, config)

    with pytest.raises(ConfigError) as caught:
        estimate(path)
    assert problem in str(caught.value)
    assert f"{path}: [accelerator." in str(caught.value)


def test_a_file_that_is_no_string(write: Any) -> None:
    """A wrong type is told as for any other key."""
    path = write(config=CONFIG.replace('"chips/mychip.toml"', "3"))

    with pytest.raises(ConfigError, match=r"\[accelerator.mychip\] file: expected a string"):
        estimate(path)


def test_file_in_place_of_a_chip(write: Callable[..., Path], cli: Any, registry: Registry) -> None:
    """--on takes a data file where it takes a chip, alone and beside others."""
    path = write().parent / "chips" / "mychip.toml"

    config = asked_config("AlexNet", registry, on=[f"fc={path}", "eyeriss"])
    ranked = cli("rank", "AlexNet", "--on", f"{path},eie")

    assert {"fc": "mychip", "conv": "eyeriss"} == config.dispatch
    [layer] = [each for each in estimate(config).layers if each.layer.name == "FC6"]
    assert pytest.approx(1e-4) == layer.latency_s
    assert 0 == ranked.status, ranked.err
    assert "mychip" in ranked.out


def test_points_of_a_file(write: Callable[..., Path], registry: Registry) -> None:
    """FILE/POINT is a point of the file; one that the file lacks is refused."""
    header = HEADER.format(name="mychip").replace('table = "mychip.csv"\npower_w = 2\n', "")
    points = '[points.fast]\ntable = "mychip.csv"\npower_w = 2\n'
    path = write(header + points).parent / "chips" / "mychip.toml"

    assert "mychip/fast" == asked_config("VGG16", registry, on=[f"{path}/fast"]).dispatch["fc"]
    with pytest.raises(ConfigError, match="slow"):
        asked_config("VGG16", registry, on=[f"{path}/slow"])


@pytest.mark.parametrize("command", ["run", "rank"])
def test_file_that_cannot_be_used(write: Callable[..., Path], cli: Any, command: str) -> None:
    """A file that is not there, or whose chip has the name of an installed one, is refused."""
    path = write(HEADER.format(name="eie")).parent / "chips" / "mychip.toml"

    missing = cli(command, "AlexNet", "--on", "none.toml")
    taken = cli(command, "AlexNet", "--on", path)

    assert (1, 1) == (missing.status, taken.status)
    assert "none.toml: No such file" in missing.err
    assert "supplies an accelerator 'eie' already" in taken.err


def test_a_file_is_read_once_while_it_stays_as_it_is(
    write: Any, tmp_path: Path, registry: Registry
) -> None:
    """Between check and estimate the table is read once; once it has changed it is read again."""
    config = write()
    for path in (tmp_path / "chips").iterdir():
        os.utime(path, (1, 1))
    path = str(tmp_path / "chips" / "mychip.toml")
    first = accelerator_of(path)
    assert accelerator_of(path) is first
    assert estimate(config, registry).totals["total"].latency_s == pytest.approx(100e-6)
    table = tmp_path / "chips" / "mychip.csv"
    table.write_text(TABLE.replace(",100,", ",200,"))
    assert estimate(config, registry).totals["total"].latency_s == pytest.approx(200e-6)


def test_a_relative_path_is_another_file_in_another_folder(
    write: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is kept of a file of one folder does not answer for its namesake in another."""
    write()
    shutil.copytree(tmp_path / "chips", tmp_path / "others")
    (tmp_path / "others" / "mychip.toml").write_text(HEADER.format(name="other"))
    for path in tmp_path.glob("*/mychip.*"):
        os.utime(path, (1, 1))
    names = []
    for folder in ("chips", "others"):
        monkeypatch.chdir(tmp_path / folder)
        names.append(accelerator_of("mychip.toml").name)
    assert ["mychip", "other"] == names
