"""Documents as one page, checked as HTML."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from fodlam_core.report import Document, table
from fodlam_core.report.page import Extras, inline, page

VOID = {"meta", "br"}


class Checker(HTMLParser):
    """Collects what is open, and every address that a browser would load."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loaded: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "href" and tag == "a":
                self.links.append(value or "")
            elif name in ("src", "href", "xlink:href") and not (value or "").startswith("#"):
                self.loaded.append(value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open and close an element."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        """Close the element that was opened last, and no other."""
        assert tag == self.open.pop()


@pytest.mark.parametrize("command", ["run", "rank", "compare"])
def test_page(cli, examples, tmp_path, command: str) -> None:
    """A page is well formed, has a picture, and loads nothing from elsewhere."""
    file = tmp_path / "a.html"
    layers = "network.layers=['CONV1', 'CONV2']"
    result = cli(command, examples / "alexnet.toml", "--set", layers, "-o", file)
    assert (0, "") == (result.status, result.err)
    text = file.read_text()
    checker = Checker()
    checker.feed(text)

    assert [] == checker.open
    assert [] == checker.loaded
    assert not re.search(r"url\((?!#)|@import", text)
    assert all(each.startswith("https://doi.org/10.") for each in checker.links)
    assert "<svg" in text
    assert "@article" in text or "@inproceedings" in text
    assert "[network]" in text
    assert len(text) < 1_000_000


def test_text_of_strangers() -> None:
    """No text becomes an element."""
    text = page(
        [Document("<script>", [table(["<b>"], [["</table>"]])])], Extras(config="</pre><img>")
    )
    assert not re.search("<b>|<img>|<title><script>", text)
    assert 1 == text.count("</table>")


def test_inline() -> None:
    """Of a picture only its element is left."""
    assert "<svg><a/></svg>" == inline(
        b"<?xml?><!DOCTYPE svg><svg><metadata>x</metadata><a/></svg>"
    )


def test_other_commands_have_no_page(cli, tmp_path) -> None:
    """A command without a page says so, and writes nothing."""
    file = tmp_path / "a.html"
    assert 1 == cli("networks", "-o", file).status
    assert not file.exists()
