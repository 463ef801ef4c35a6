"""Readers that are imported when they are first used."""

from __future__ import annotations

from fodlam_core.deferred import DeferredReader
from fodlam_core.plugins.builtin import READERS, fodlam_network_readers


def test_a_deferred_reader_is_as_the_reader() -> None:
    """Name and suffixes that are told beforehand are those of the reader itself."""
    readers = list(fodlam_network_readers())

    assert len(READERS) == len(readers)
    for reader in readers:
        assert isinstance(reader, DeferredReader)
        assert (reader.name, reader.suffixes) == (reader._object.name, reader._object.suffixes)
