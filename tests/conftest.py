"""What all tests share."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, settings

from fodlam_core import Registry, load_registry
from fodlam_core.cli import main

ROOT = Path(__file__).parents[1]
OURS = ("fodlam_eyeriss", "fodlam_eie")

# The same examples at every run: a change fails for what it did, on any machine, however slow.
# `pytest --hypothesis-profile=default` looks for new ones.
settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("repeatable")
# For one Python after another: the laws are the same on all of them.
settings.register_profile("few", settings.get_profile("repeatable"), max_examples=20)


class Result(NamedTuple):
    """What a run of the command line left behind."""

    status: int
    out: str
    err: str


@pytest.fixture(scope="session")
def registry() -> Registry:
    """Everything that is installed."""
    return load_registry()


@pytest.fixture(autouse=True)
def _our_plugins_stay() -> Iterator[None]:
    """A test that loads a copy of our plugins leaves to the next one those that were imported."""
    before = {name: module for name, module in sys.modules.items() if name.startswith(OURS)}
    yield
    sys.modules.update(before)


@pytest.fixture
def examples() -> Path:
    """The folder of the shipped configurations."""
    return ROOT / "examples"


@pytest.fixture
def cli(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """Run the command line in this process: ``cli("run", path).out``."""
    monkeypatch.setenv("COLUMNS", "120")

    def run(*arguments: object) -> Result:
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as stop:
            status = stop.code if isinstance(stop.code, int) else 1
        captured = capsys.readouterr()
        return Result(status, captured.out, captured.err)

    return run


@pytest.fixture
def toml(tmp_path: Path) -> Callable[[str], Path]:
    """Write a configuration and return its path."""

    def write(text: str, name: str = "config.toml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write
