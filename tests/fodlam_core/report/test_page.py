"""Documents as one page, checked as HTML."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

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


CONFIG = ["alexnet.toml", "--set", "network.layers=['CONV1', 'CONV2']"]
COMMANDS = {"run": CONFIG, "rank": CONFIG, "compare": CONFIG, "validate": ["eie"]}
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
# Appended to a page: what a reader does, and what became of it as the text of an element.
CLICKS = """<script>
const head = document.querySelectorAll("th")[PLACE];
const rows = () => [...head.closest("table").tBodies[0].rows];
const column = () => rows().map(row => row.children[PLACE].innerText);
head.click();
const up = column();
head.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter"}));
const found = {up, down: column(), mark: head.getAttribute("aria-sort"),
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


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
def test_in_a_browser(file: Path, tmp_path: Path) -> None:
    """Nothing fails and nothing is loaded, a click and the enter key sort, and a phone shows it."""
    place = 2
    page_with_clicks = tmp_path / "clicks.html"
    clicks = CLICKS.replace("PLACE", str(place))
    page_with_clicks.write_text(file.read_text().replace("</body>", f"{clicks}</body>"))
    options = [
        "headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "dump-dom",
        "disable-background-networking", "disable-component-update", "disable-sync",
        "enable-logging=stderr", "window-size=500,800", f"user-data-dir={tmp_path / 'profile'}",
    ]  # fmt: skip
    command = [CHROMIUM or "", *(f"--{each}" for each in options), page_with_clicks.as_uri()]
    shown = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    found = json.loads(shown.stdout.split("<output>")[1].split("</output>")[0])

    assert "CONSOLE" not in shown.stderr
    assert 0 == found["loaded"]
    assert "descending" == found["mark"]
    assert sorted(found["up"]) == sorted(found["down"])
    assert found["up"] == found["down"][::-1] or len(set(found["up"])) < len(found["up"])
    assert found["wide"] <= 500


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
