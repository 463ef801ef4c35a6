"""Documents as one page, checked as HTML."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from fodlam_core.report.document import Document, table
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


CONFIG = ["alexnet.toml", "--set", "network.layers=['CONV1', 'CONV2']"]
COMMANDS = {"run": CONFIG, "rank": CONFIG, "compare": CONFIG, "validate": ["eie"]}
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
PREFIXES = {"p": 1e-12, "n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
# Appended to a page: what a reader does in the column with the most different cells,
# and what became of it as the text of an element.
CLICKS = """<script>
const cells = (head) => [...head.closest("table").tBodies[0].rows].map(
  row => row.children[[...head.parentNode.children].indexOf(head)].innerText);
const distinct = (head) => cells(head).every(text => /^[a-zA-Z]|^[0-9.]+( |$)/.test(text))
  ? new Set(cells(head)).size : 0;
const head = [...document.querySelectorAll("th")].reduce(
  (one, other) => distinct(other) > distinct(one) ? other : one);
const column = () => cells(head);
const before = column();
head.click();
const up = column();
head.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter"}));
const found = {before, up, down: column(), mark: head.getAttribute("aria-sort"),
  wide: document.documentElement.scrollWidth,
  loaded: performance.getEntriesByType("resource").length};
document.body.innerHTML = "<output>" + JSON.stringify(found) + "</output>";
</script>"""


@pytest.fixture(params=COMMANDS)
def file(request, cli, examples, tmp_path) -> Path:
    """The page of a command."""
    path = tmp_path / "a.html"
    words = [examples / x if x.endswith(".toml") else x for x in COMMANDS[request.param]]
    result = cli(request.param, *words, "-o", path)
    assert (0, "") == (result.status, result.err)
    return path


def test_page(file: Path) -> None:
    """A page is well formed, has a picture, and loads nothing from elsewhere."""
    text = file.read_text()
    checker = Checker()
    checker.feed(text)

    assert [] == checker.open
    assert [] == checker.loaded
    assert not re.search(r"url\((?!#)|@import", text)
    assert all(each.startswith("https://doi.org/10.") for each in checker.links)
    assert "<svg" in text
    assert "@article" in text or "@inproceedings" in text
    assert "$ fodlam-core " in text
    assert "[network]" in text or "validate eie" in text
    assert len(text) < 1_000_000
    for picture in re.findall(r"<svg.*?</svg>", text, re.DOTALL):
        assert ElementTree.fromstring(picture).tag.endswith("svg")


def browsed(text: str, folder: Path, clicks: str = CLICKS) -> tuple[dict[str, Any], str]:
    """Return what a browser found that clicked on a page, and what it had to say."""
    page_with_clicks = folder / "clicks.html"
    page_with_clicks.write_text(text.replace("</body>", f"{clicks}</body>"))
    options = [
        "headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "dump-dom",
        "disable-background-networking", "disable-component-update", "disable-sync",
        "enable-logging=stderr", "window-size=500,800", f"user-data-dir={folder / 'profile'}",
    ]  # fmt: skip
    command = [CHROMIUM or "", *(f"--{each}" for each in options), page_with_clicks.as_uri()]
    try:
        shown = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    except (OSError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"{CHROMIUM} shows no page: {error}")
    if "</html>" not in shown.stdout:
        pytest.skip(f"{CHROMIUM} shows no page: status {shown.returncode}, {shown.stderr[-200:]}")
    output = re.search(r"<output>(\{.*\})</output>", shown.stdout)
    assert output, shown.stderr  # a page whose script failed
    return json.loads(html.unescape(output[1])), shown.stderr


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
@pytest.mark.parametrize(
    "cells",
    [
        ["-7.5 %", "-0.1 %", "+9.3 %", "order of magnitude"],
        ["0.24 %", "-28 +39 %", "/1.5 x1.5", "/2 x2", "/5 x5", "-"],
        ["9 nm", "16 nm"],
        ["20 GMAC/s", "1 TMAC/s"],
        ["<0.1", "0.5", ">99.9"],
    ],
)
def test_numbers_of_all_kinds(cells: list[str], tmp_path: Path) -> None:
    """Errors are sorted by their sign, the ends of intervals by how far they reach."""
    document = Document("t", (table(("a",), [(cell,) for cell in reversed(cells)], "a"),))
    clicks = CLICKS.replace("/^[a-zA-Z]|^[0-9.]+( |$)/.test(text)", "true")

    found, _ = browsed(page([document], Extras()), tmp_path, clicks)

    assert cells == found["up"]
    assert cells[::-1] == found["down"]


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
def test_in_a_browser(file: Path, tmp_path: Path) -> None:
    """Nothing fails and nothing is loaded, a click and the enter key sort, and a phone shows it."""
    found, said = browsed(file.read_text(), tmp_path)

    assert "CONSOLE" not in said
    assert 0 == found["loaded"]
    assert "descending" == found["mark"]
    only_one_ranked = "$ fodlam-core rank " in file.read_text()
    assert only_one_ranked or len(set(found["before"])) > 1
    assert sorted(found["before"], key=order) == found["up"]
    assert sorted(found["up"], key=order, reverse=True) == found["down"]
    assert found["wide"] <= 500


def order(text: str) -> tuple[bool, float, str]:
    """Return the place of a cell: numbers by what they say in SI, then text by the alphabet."""
    if not text[0].isdigit():
        return True, 0.0, text.casefold()
    number, _, unit = text.partition(" ")
    return False, float(number) * PREFIXES.get(unit[:1], 1.0), ""


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
