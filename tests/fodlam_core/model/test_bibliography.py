"""Publications that the core rests on."""

from __future__ import annotations

import pytest

from fodlam_core import Citation
from fodlam_core.model import bibliography

WORKS = [each for each in vars(bibliography).values() if isinstance(each, Citation)]


@pytest.mark.parametrize("work", WORKS, ids=lambda work: work.key)
def test_entries_are_complete(work: Citation) -> None:
    """Each entry has its key, a title, a year and an author, and its braces close."""
    assert work.bibtex.startswith("@")
    assert f"{{{work.key}," in work.bibtex
    assert work.bibtex.count("{") == work.bibtex.count("}")
    for field in ("author", "title", "year"):
        assert f"  {field}" in work.bibtex


def test_keys_are_different() -> None:
    """No key stands for two publications."""
    assert len(WORKS) == len({work.key for work in WORKS}) > 3
