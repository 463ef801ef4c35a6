"""What to write, as options of a command."""

from __future__ import annotations

import pytest
from fodlam_core.cli.cures import network_options, scaler_options


def test_other_messages_stay_as_they_are() -> None:
    """A message without a line of a configuration is not changed."""
    assert "x: no layers" == network_options("x: no layers") == scaler_options("x: no layers")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("write regions = 300 under [network]", "give --regions 300"),
        ("[network] format: unknown", "--file-format: unknown"),
    ],
)
def test_keys_become_options(text: str, expected: str) -> None:
    """Each key of ``[network]`` becomes the option of the command."""
    assert expected == network_options(text)
