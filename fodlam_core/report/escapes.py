"""Makes text of strangers harmless where it is rendered: names, titles and citations from files.

A control character could move the cursor, set the title of a terminal or forge a line of output;
a cell of a CSV file could be a formula, and Markdown may hold HTML.
"""

from __future__ import annotations

import re
import unicodedata

from fodlam_core.errors import MOST_QUOTED

MOST_LINE = 2_000
# Control, format (which can turn the direction of writing), surrogate, line and paragraph.
HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
_QUOTED = rf"""(?<!\w)(['"])((?:\\.|(?!\1)[^\\]){{{MOST_QUOTED - 1},}})\1(?!\w)"""


def visible(text: str, keep: str = "") -> str:
    r"""Return text with the characters that nobody sees written as escapes.

    Args:
        text: the text.
        keep: control characters that stay, such as a line feed.

    >>> visible("Relu\x1b[31m\n"), visible("168 PEs, 5 \N{MICRO SIGN}J")
    ('Relu\\x1b[31m\\n', '168 PEs, 5 µJ')
    """
    if text.isprintable():
        return text
    return "".join(
        letter
        if letter in keep or unicodedata.category(letter) not in HIDDEN
        else letter.encode("unicode_escape").decode("ascii")
        for letter in text
    )


def message_line(text: str) -> str:
    """Return a line of a message: visible, and of quoted input no more than 200 characters.

    >>> len(message_line(f"unknown name '{'x' * 5000}'"))
    213
    """
    line = visible(re.sub(_QUOTED, _shorter, text))
    return line if len(line) <= MOST_LINE else f"{line[: MOST_LINE - 3]}..."


def _shorter(match: re.Match[str]) -> str:
    return f"{match[1]}{match[2][: MOST_QUOTED - 5]}...{match[1]}"


def csv_cell(value: object) -> object:
    """Return a value as a cell that no spreadsheet takes for a formula.

    >>> csv_cell("=1+1"), csv_cell("-0.5"), csv_cell(-0.5), csv_cell("CONV1")
    ("'=1+1", '-0.5', -0.5, 'CONV1')
    """
    if not isinstance(value, str):
        return value
    text = visible(value)
    return f"'{text}" if value.startswith(FORMULA) and not _is_number(value) else text


def markdown_text(text: str, keep: str = "") -> str:
    r"""Return text in which Markdown finds no HTML, no link and no image.

    >>> markdown_text("<b>5 & 6</b> [x](http://a)")
    '&lt;b>5 & 6&lt;/b> [x]\\(http://a)'
    """
    text = re.sub(r"&(?=#|\w+;)", "&amp;", visible(text, keep))
    return text.replace("<", "&lt;").replace("](", "]\\(")


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?", text, re.ASCII) is not None
