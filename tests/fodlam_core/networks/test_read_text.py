"""What readers of text share."""

from __future__ import annotations

from pathlib import Path

import pytest

from fodlam_core import NetworkError
from fodlam_core.networks.read_text import check_name, read_text, refuse, refuse_if
from fodlam_core.networks.reader import ReadOptions


def test_byte_order_mark_is_dropped(tmp_path: Path) -> None:
    """The text of a file begins behind its byte-order mark."""
    path = tmp_path / "x"
    path.write_bytes(b"\xef\xbb\xbfabc")
    assert read_text(path) == "abc"


def test_size_is_limited(tmp_path: Path) -> None:
    """A file of exactly the limit is read, a larger one is refused."""
    path = tmp_path / "x"
    path.write_bytes(b"abc")
    assert read_text(path, 3) == "abc"
    with pytest.raises(NetworkError, match="larger than"):
        read_text(path, 2)


def test_all_refused_options_are_named() -> None:
    """Every option that does not apply has a line, and one that was not given has none."""
    with pytest.raises(NetworkError) as caught:
        refuse(Path("x"), ReadOptions((1, 2, 3), 4), "input", "regions")
    assert len(str(caught.value).splitlines()) == 2
    refuse(Path("x"), ReadOptions(regions=4), "input")


def test_flood_of_problems_is_cut_short() -> None:
    """Of many problems the first are told, and how many more there are."""
    with pytest.raises(NetworkError) as caught:
        refuse_if([f"problem {i}" for i in range(53)])
    assert str(caught.value).splitlines()[-2:] == ["problem 24", "... and 28 more"]
    refuse_if([])


@pytest.mark.parametrize("name", [None, 3, "", " ", "a\tb", "a\u2028b", "\ud800"])
def test_names_can_be_shown(name: object) -> None:
    """A name that would not fit a line is refused."""
    with pytest.raises(NetworkError, match="name: "):
        check_name(name)
