"""What several commands share."""

from __future__ import annotations

import io
import sys

import pytest


def test_rules_of_a_table_on_a_terminal_that_knows_ascii(cli, capsys, monkeypatch) -> None:
    """Where standard output knows no lines, the rule below a header is of hyphens."""
    ascii_only = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", ascii_only)
        assert cli("scalers").status == 0
    ascii_only.seek(0)
    lines = ascii_only.read().splitlines()
    assert set(lines[2]) == {"-"}
    assert len(lines[2]) > 40


@pytest.mark.parametrize("command", [("scalers",), ("networks", "show", "VGG16")])
def test_closed_standard_output_is_an_error(cli, monkeypatch, command) -> None:
    """Without a standard output nothing can be written, which is told without a traceback."""
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", None)
        result = cli(*command)
    assert (1, "error: standard output: cannot be written: it is closed\n") == (
        result.status,
        result.err,
    )


def test_a_network_is_a_configuration_by_itself(cli) -> None:
    """The name of a network is estimated; one that nothing has is told with the nearest."""
    assert cli("run", "VGG16").status == 0
    result = cli("run", "VGG61")
    assert (1, "") == (result.status, result.out)
    assert "did you mean" in result.err
