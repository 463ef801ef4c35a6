"""Documents on a terminal, and as plain text."""

from __future__ import annotations

import re

import pytest

from fodlam_core.report import terminal
from fodlam_core.report.document import Bullets, Document, Lines, Text, table
from fodlam_core.report.terminal import text

DOCUMENT = Document(
    "A <title>",
    [
        Text("Look [here]", warning=True),
        table(("name", "latency"), [("a|b", "1 ms"), ("c", "20 ms")], "latency"),
        Bullets("Notes", ["first", "second"]),
    ],
)


def test_text() -> None:
    """As text, tables align, nothing is taken for markup, and no line ends in blanks."""
    lines = text([DOCUMENT], color=False, width=60).splitlines()

    assert ["A <title>", "Look [here]", ""] == lines[:3]
    assert "name  latency" == lines[3]
    assert ["a|b      1 ms", "c       20 ms", ""] == lines[5:8]
    assert ["Notes:", " - first", " - second"] == lines[8:]


def test_color_only_if_asked() -> None:
    """Control sequences appear only on a terminal."""
    assert "\x1b" not in text([DOCUMENT], color=False, width=60)
    assert "\x1b" in text([DOCUMENT], color=True, width=60)


@pytest.mark.parametrize("rows", [1, 300])
def test_no_row_is_forged(rows: int) -> None:
    """A line feed of a name is shown as an escape, in a cell, a heading and a title."""
    name = "conv1\nconv2  1 ms"
    document = Document(name, [table((name, "x"), [(name, "2 ms")] * rows, "x")])

    for color in (False, True):
        lines = text([document], color=color, width=60).splitlines()
        assert rows + 3 == len(lines)
        assert not [line for line in lines if line.startswith("conv2")]


def test_broken_title() -> None:
    """A title may be broken into lines."""
    document = Document("A", [table((Lines("a\nb"), "c"), [("1", "2")], "c")])

    lines = text([document], color=False, width=60).splitlines()
    assert [["a"], ["b", "c"]] == [line.split() for line in lines[1:3]]


@pytest.mark.parametrize("color", [False, True])
def test_few_columns(color: bool) -> None:
    """Columns that can be spared go before names are broken, and after words are."""
    rows = [("a_rather_long_name", "not needed", "1 ms")]
    block = table(("name", "spare", "latency"), rows, "latency", "spare")

    narrow = text([Document("t", [block])], color=color, width=28)
    enough = text([Document("t", [block])], color=color, width=35)

    assert "a_rather_long_name" in narrow
    assert "not needed" not in narrow
    assert "left out" in narrow
    assert "a_rather_long_name  not" in re.sub("\x1b[^m]*m", "", enough)
    assert "left out" not in enough


@pytest.mark.parametrize("color", [False, True])
def test_a_very_long_name(color: bool) -> None:
    """A very long name is broken before a column goes."""
    rows = [("name" * 20, "here", "1 ms")]
    block = table(("name", "spare", "latency"), rows, "latency", "spare")

    lines = text([Document("t", [block])], color=color, width=60).splitlines()

    assert max(map(len, lines[3:])) <= 60
    assert "here      1 ms" in lines[3]


def test_a_wide_table_off_a_terminal() -> None:
    """What does not fit stands below, behind the name again; and how to get all is said."""
    names = [f"number{n}" for n in range(9)]
    rows = [(f"row{n}", *(f"{n}{place} ms" for place in range(9)), "spared") for n in range(2)]
    block = table(("row", *names, "spare"), rows, ", ".join(names), "spare")

    shown = text([Document("t", [block])], color=False, width=60)

    assert max(map(len, shown.splitlines())) <= 60
    assert 2 == shown.count("row1")
    assert "18 ms" in shown
    assert "left out, of 60 columns (COLUMNS=200 has room): spare" in shown


WIDE = Document(
    "A",
    [
        table(
            ("name", "latency", "text"),
            [("row-stationary-derived", "123.4 ms", "a b " * 40)],
            "latency",
        )
    ],
)


def test_prose_wraps_and_words_stay_whole_off_a_terminal() -> None:
    """A file is no wider than asked for, unless a name or a number needs it."""
    assert max(map(len, text([WIDE], color=False, width=60).splitlines())) <= 60
    narrow = text([WIDE], color=False, width=20)
    assert "row-stationary-derived  123.4 ms" in narrow


def test_numbers_are_never_cut_on_a_terminal() -> None:
    """Names are broken on a narrow terminal, numbers are not."""
    shown = re.sub("\x1b[^m]*m", "", text([WIDE], color=True, width=20))
    assert ["row-        123.4 ms", "stationary", "-derived"] == shown.splitlines()[3:6]


COLUMNS = ("layer", "kind", "MACs", "latency", "+-", "energy", "within 10 %", "method")
ROWS = [
    (f"block{n}/conv", "conv", "105.4 M", f"{n}.25 ms", "order of magnitude", "-28 +39 %", "66.7 %")
    for n in range(3)
]


@pytest.mark.parametrize("width", [24, 40, 60, 80, 100, 140])
def test_every_width_shows_every_number(width: int) -> None:
    """No line is too long, no number is split, and a column is shown or said to be left out."""
    rows = [(*row, "predicted") for row in ROWS]
    numbers = "MACs, latency, +-, energy, within 10 %"
    block = table(COLUMNS, rows, numbers, "kind, MACs")
    shown = re.sub("\x1b[^m]*m", "", text([Document("t", [block])], color=True, width=width))
    said = " ".join(shown.partition("left out")[2].split()).rpartition(": ")[2].split(", ")

    assert max(map(len, map(str.rstrip, shown.splitlines()))) <= width
    for name, *cells in zip(COLUMNS, *rows, strict=True):
        assert name in said or set(name.split()) <= set(shown.split())
        numbers = [cell for cell in cells if cell[0].isdigit() or cell[0] == "-"]
        assert name in said or all(number in shown for number in numbers)
    assert "magnitude" in shown


def test_columns_of_text_share_what_there_is() -> None:
    """With several columns that can be narrower, a table that can fit does, and no cell is cut."""
    names = "/".join("abcdefghijklm"), "-".join("nopqrstuvwxyz")
    block = table(("first", "second", "power"), [(*names, "51.38 mW")], "power")
    lines = re.sub("\x1b[^m]*m", "", text([Document("t", [block])], color=True, width=40))
    assert max(map(len, lines.splitlines())) <= 40
    assert "51.38 mW" in lines
    assert names[0] == "".join(line[:14].strip() for line in lines.splitlines()[3:])


@pytest.mark.parametrize("color", [False, True])
@pytest.mark.parametrize("width", [40, 60, 140])
@pytest.mark.parametrize("name", ["layer", "lange_Schicht_µ", "two\nlines", "層"])
def test_long_tables_look_like_short_ones(
    name: str, width: int, color: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table of many rows is laid out as rich lays it out."""
    rows = [(f"{name}{n}", f"{n * 37 % 1001} us", "" if n % 3 else "conv") for n in range(300)]
    document = Document("t", (table(("layer", "latency", "kind"), rows, "latency", "kind"),))
    fast = text([document], color=color, width=width)
    monkeypatch.setattr(terminal, "MOST_RICH", 1000)

    assert text([document], color=color, width=width) == fast


@pytest.mark.parametrize("color", [False, True])
def test_empty_columns_go_first(color: bool) -> None:
    """On a narrow terminal columns without a number go before any other, and no table follows."""
    header = ("layer", "kind", "latency", "+-", "energy", "+- ")
    rows = [("conv1", "conv", "1.234 ms", "10 %", "-", "-")] * 2
    document = Document("T", [table(header, rows, "latency, +-, energy", "kind")])

    narrow = re.sub("\x1b[^m]*m", "", text([document], color=color, width=36))

    assert narrow.splitlines()[1].split() == ["layer", "kind", "latency", "+-"]
    assert narrow.count("conv1") == 2
    assert ": energy" in narrow.replace(" \n", " ")
    assert "left out" not in text([document], color=color, width=60)


def test_long_names_are_broken_between_their_parts() -> None:
    """A name that does not fit goes on after a slash or a hyphen, whole in its parts."""
    name = "a-system-of-many-accelerators/mlperf-x8-singlestream-power"
    document = Document("T", [table(("chip", "latency"), [(name, "1 ms")], "latency")])
    lines = text([document], color=False, width=50).splitlines()[3:]

    parts = [line.split()[0] for line in lines]
    assert "".join(parts) == name
    assert len(parts) > 1
    assert all(part.endswith(("-", "/")) for part in parts[:-1])
