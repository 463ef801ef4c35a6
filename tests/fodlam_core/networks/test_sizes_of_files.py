"""Tests of how large a network file may be: as its reader says."""

from __future__ import annotations

from pathlib import Path

import pytest

from fodlam_core.errors import NetworkError
from fodlam_core.model.layers import Network
from fodlam_core.networks.files import MAX_BYTES, read_network
from fodlam_core.networks.reader import ReadOptions


class Plain:
    """A reader that says nothing about sizes."""

    name = "plain"
    suffixes = (".plain",)

    def accepts(self, head: bytes) -> bool:
        """Take anything."""
        return True

    def read(self, path: Path, options: ReadOptions) -> Network:
        """Return an empty network."""
        return Network(path.stem, ())


class Unlimited(Plain):
    """A reader that takes any size."""

    max_bytes = None


def test_a_reader_that_does_not_say_is_protected(tmp_path: Path) -> None:
    """A file beyond the usual size is refused before the reader sees it."""
    path = tmp_path / "big.plain"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(NetworkError, match=r"big\.plain: larger than 64 MB"):
        read_network(path, Plain(), ReadOptions())


def test_a_reader_may_take_any_size(tmp_path: Path) -> None:
    """A reader that leaves weights aside is given a file of any size."""
    path = tmp_path / "big.plain"
    with path.open("wb") as file:
        file.truncate(5 * MAX_BYTES)
    assert read_network(path, Unlimited(), ReadOptions()).name == "big"
