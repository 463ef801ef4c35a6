"""A command line that cannot be executed ends with a line and a status, not with a traceback."""

from __future__ import annotations

import pytest

from fodlam_core.cli.call import UNEXPECTED, call


def test_status() -> None:
    """What a command returns is the exit status."""
    assert 0 == call(["completion", "bash"])


def test_a_request_that_cannot_be_met(capsys: pytest.CaptureFixture[str]) -> None:
    """An error of the request is told in a line of its own, and nothing is printed as a result."""
    assert 1 == call(["run", "VGG17"])
    told = capsys.readouterr()
    assert ("", 1) == (told.out, told.err.count("\n"))
    assert told.err.startswith("error: ")


def test_names_with_line_breaks(capsys: pytest.CaptureFixture[str]) -> None:
    """A name cannot forge a line of a message; the value of a setting may have several."""
    assert 1 == call(["run", "VGG16\nerror: forged"])
    assert "has a line break in its name" in capsys.readouterr().err
    assert 1 == call(["run", "VGG16", "--set", "network.name='''\nVGG17'''"])
    assert "line break" not in capsys.readouterr().err


def test_a_fault_of_the_program(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exception that nobody expects is told as one, and shown where that is asked for."""

    def fail(_argv: list[str]) -> None:
        raise KeyError("a\nb")

    monkeypatch.setattr("fodlam_core.cli.call._parsed", fail)
    assert 1 == call(["run"])
    assert f"error: KeyError: 'a\\nb'; {UNEXPECTED}" in capsys.readouterr().err
    with pytest.raises(KeyError):
        call(["run", "--debug"])
