"""What every picture has."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

from fodlam_core.errors import FodlamError
from fodlam_core.figures import canvas
from fodlam_core.figures.canvas import axes, drawn, ending_of, finish, label, logarithmic, short


@pytest.mark.parametrize(
    ("format", "head"), [("png", b"\x89PNG"), ("pdf", b"%PDF"), ("svg", b"<?xml")]
)
def test_drawn_twice(format: str, head: bytes) -> None:
    """The same picture gives the same bytes, of the format that was asked for."""

    def picture() -> bytes:
        [each] = axes()
        each.plot([1, 2], [1, 2])
        finish(each, "costs $5 and $6", ["a source"])
        return drawn(each, format)

    assert picture().startswith(head)
    assert picture() == picture()


def test_text_of_strangers_is_no_formula() -> None:
    """Dollar signs of a title are printed, and no SVG is broken by its text."""
    [each] = axes()
    finish(each, "<a> $\\frac$ &", [])
    text = "".join(ElementTree.fromstring(drawn(each, "svg")).itertext())
    assert "<a> $\\frac$ &" in text


@pytest.mark.parametrize(
    ("most", "unit", "expected"),
    [
        (0.115, "s", "latency (ms)"),
        (2e-5, "J", "energy (\N{MICRO SIGN}J)"),
        (3.0, "W", "power (W)"),
    ],
)
def test_label(most: float, unit: str, expected: str) -> None:
    """An axis names its unit, in the multiple that fits its numbers."""
    [each] = axes()
    each.set_xlim(0, most)
    label(each, unit)
    assert expected == each.get_xlabel()


def test_logarithmic() -> None:
    """Only an axis of values far apart is logarithmic."""
    [each] = axes()
    assert not logarithmic(each, [1, 2, 0])
    assert logarithmic(each, [1, 1000])
    assert "log" == each.get_xscale()


def test_unknown_ending() -> None:
    """An ending that no picture has is refused with those that are."""
    with pytest.raises(FodlamError, match=r"one of \.png, \.svg, \.pdf"):
        ending_of("a.gif")


def test_numbers_of_a_logarithmic_axis() -> None:
    """Their unit fits the middle of the axis; where decades are few, those between them show."""
    [each] = axes()
    each.set_xscale("log")
    each.set_xlim(2e-3, 9e-3)
    label(each, "s")
    drawn(each, "png")
    shown = {text.get_text() for text in each.get_xticklabels(minor=True)} - {""}

    assert "latency (ms)" == each.get_xlabel()
    assert {"3", "4"} <= shown


@pytest.mark.parametrize("name", ["conv1", "block/" * 12 + "conv2"])
def test_a_long_name_leaves_room(name: str) -> None:
    """Of a long name the middle is left out."""
    assert len(short(name)) <= canvas.MOST_NAME
    assert short(name)[-5:] == name[-5:]


def test_sources_are_few_lines() -> None:
    """Very many sources do not fill the picture; how many are left out is told."""
    [each] = axes()
    finish(each, "a title that is long " * 30, [f"source {number}" for number in range(100)])
    text = each.figure.get_supxlabel()
    assert "source 6" in text
    assert "and 93 more sources" in text


def test_pgf_needs_latex(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without LaTeX a picture in PGF is refused before anything is computed."""
    monkeypatch.setattr(canvas.shutil, "which", lambda program: None)
    with pytest.raises(FodlamError, match=r"needs xelatex, .* or lualatex, and none is found"):
        ending_of("a.pgf")
