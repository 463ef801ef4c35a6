"""The chips that ``fodlam-core validate`` is asked about."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from fodlam_core import FodlamError, Registry, validate
from fodlam_core.analyses.validated import asked_chips


@pytest.mark.parametrize("form", ["name", "data file", "configuration"])
def test_a_chip_is_named_in_any_way(form: str, cli: Any, examples: Path) -> None:
    """A name, the data file of a chip and a configuration that uses it are all accepted."""
    data = examples.parent / "fodlam_eie" / "data" / "eie.toml"
    given = {"name": "eie", "data file": data, "configuration": examples / "vgg16-fconly.toml"}
    rows = json.loads(cli("validate", given[form], "--format", "json").out)
    assert {row["accelerator"] for row in rows} == {"eie"}


def test_unknown_chips_are_told(cli: Any) -> None:
    """A name that nothing answers to is an error of one line."""
    result = cli("validate", "eyeris")
    assert result.status == 1
    assert "did you mean 'eyeriss'" in result.err


def test_chips_are_validated_from_python(registry: Registry, examples: Path) -> None:
    """The rows in Python are those of the command, whichever way the chip is given."""
    data = examples.parent / "fodlam_eie" / "data" / "eie.toml"
    for given in ("eie", str(data), str(examples / "vgg16-fconly.toml")):
        results = validate(given, predictors=["per-mac"], registry=registry)
        assert len(results) == 3
        mape = next(iter(results[0].records()))["mape"]
        assert round(100 * mape, 1) == 78.2


def test_a_chip_that_is_none_is_an_error(registry: Registry) -> None:
    """A name that nothing answers to is an error in Python too."""
    with pytest.raises(FodlamError, match="did you mean 'eyeriss'"):
        validate("eyeris", registry=registry)


def test_points_are_chips(registry: Registry) -> None:
    """An operating point by its name, and a pattern of them, stand for accelerators."""
    [one] = asked_chips(registry, ["eyeriss/0.82V"])
    several = asked_chips(registry, ["eyeriss/*"])

    assert "eyeriss/0.82V" == one.name
    assert len(several) == len(registry.accelerator("eyeriss").points)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a = " + b"[" * 10_000, "nested too deeply"),
        # Some versions of tomli take this one: then the tables say nothing.
        (b"[" + b".".join([b"a"] * 5_000) + b"]", "chip.toml: "),
        (b"\0" * 9_000_000, "larger than"),
        (b"\xff\xfe", "not UTF-8"),
    ],
    ids=["lists", "tables", "large", "not text"],
)
def test_a_file_that_is_none(content: bytes, said: str, cli: Any, tmp_path: Path) -> None:
    """A file is read as every other is: neither deep nor large ones reach the parser."""
    path = tmp_path / "chip.toml"
    path.write_bytes(content)

    done = cli("validate", path)

    assert (1, "") == (done.status, done.out)
    assert said in done.err
    assert "fault of the program" not in done.err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes")
def test_a_pipe_is_refused(cli: Any, tmp_path: Path) -> None:
    """What would wait for another program is refused."""
    os.mkfifo(tmp_path / "chip.toml")

    done = cli("validate", tmp_path / "chip.toml")

    assert (1, "") == (done.status, done.out)
    assert "not a regular file" in done.err
