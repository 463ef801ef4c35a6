r"""Documents as LaTeX, to be put into a paper with ``\input``: booktabs and siunitx."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fodlam_core.report.document import Bullets, Document, Table, Text
from fodlam_core.report.escapes import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

HEAD = "% In the preamble: \\usepackage{booktabs} \\usepackage{siunitx}\n"
PREFIXES = {
    "f": "femto",
    "p": "pico",
    "n": "nano",
    "u": "micro",
    "m": "milli",
    "k": "kilo",
    "M": "mega",
    "G": "giga",
    "T": "tera",
}
UNITS = {"s": "\\second", "J": "\\joule", "W": "\\watt"}
SPECIAL = {
    "\\": "\\textbackslash{}",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
    "<": "\\textless{}",
    ">": "\\textgreater{}",
    **{letter: f"\\{letter}" for letter in "&%$#_{}"},
}
LONG = 40  # letters of a cell that is set as a paragraph, as wide as
SHARE = 0.4  # of a line
_NUMBER = r"[+-]?\d[\d,]*(?:\.\d+)?(?:[eE][+-]?\d+)?"
_QUANTITY = re.compile(rf"({_NUMBER}) ([{''.join(PREFIXES)}]?)([sJW]?)")
_PERCENT = re.compile(rf"({_NUMBER}) %")
_FACTORS = re.compile(rf"/({_NUMBER}) x({_NUMBER})")
_SIDES = re.compile(rf"-({_NUMBER}) \+({_NUMBER}) %")


def latex(documents: Iterable[Document]) -> str:
    """Render documents; the first table of each has its title as caption."""
    return HEAD + "".join(f"\n{_document(document)}\n" for document in documents)


def _document(document: Document) -> str:
    captions = iter([document.title])
    blocks = [
        _table(block, next(captions, "")) if isinstance(block, Table) else _words(block)
        for block in document.blocks
    ]
    title = next(captions, None)
    return "\n\n".join([*([f"\\paragraph{{{escape(title)}}}"] if title else []), *blocks])


def escape(text: str) -> str:
    r"""Return text that LaTeX prints as it is.

    >>> escape("conv1_2 & 100 %")
    'conv1\\_2 \\& 100 \\%'
    """
    return "".join(SPECIAL.get(letter, letter) for letter in visible(text, keep="\n"))


def cell(text: str) -> str:
    r"""Return a cell of a table, numbers with their unit as siunitx has them.

    >>> cell("20.9 ms"), cell("105.4 M"), cell("0.24 %"), cell("/5.1 x5.4")
    ('\\qty{20.9}{\\milli\\second}', '\\num{105.4}\\,M', '\\qty{0.24}{\\percent}', '$/5.1\\;\\times5.4$')
    """  # noqa: E501 - a line of output
    if match := _QUANTITY.fullmatch(text):
        number, prefix, unit = match.groups()
        if not unit:  # siunitx knows no prefix without one
            return f"\\num{{{_plain(number)}}}\\,{prefix}"
        return f"\\qty{{{_plain(number)}}}{{{_unit(prefix, unit)}}}"
    if match := _PERCENT.fullmatch(text):
        return f"\\qty{{{_plain(match[1])}}}{{\\percent}}"
    if match := _FACTORS.fullmatch(text):
        return f"$/{_math(match[1])}\\;\\times{_math(match[2])}$"
    if match := _SIDES.fullmatch(text):
        return f"$-{match[1]}\\;+{match[2]}$\\,\\%"
    if re.fullmatch(_NUMBER, text):
        return f"\\num{{{_plain(text)}}}"
    return "--" if text == "-" else escape(text).replace("\n", " ")


def _unit(prefix: str, unit: str) -> str:
    return (f"\\{PREFIXES[prefix]}" if prefix else "") + UNITS[unit]


def _plain(number: str) -> str:
    return number.replace(",", "").replace("e+0", "e").replace("e+", "e")


def _math(number: str) -> str:
    return f"\\num{{{_plain(number)}}}" if "e" in number else number


def _table(block: Table, caption: str) -> str:
    columns = "".join(_column(block, place) for place in range(len(block.header)))
    lines = [
        "\\begin{table}[htbp]",
        "\\centering",
        *([f"\\caption{{{escape(caption)}}}"] if caption else []),
        f"\\begin{{tabular}}{{{columns}}}",
        "\\toprule",
        _row(_heading(name) for name in block.header),
        "\\midrule",
        *(_row(map(cell, row)) for row in block.rows),
        "\\bottomrule",
        "\\end{tabular}",
        "\\end{table}",
    ]
    return "\n".join(lines)


def _column(block: Table, place: int) -> str:
    """Return how a column is set: long text as paragraphs, which a page has room for."""
    if block.header[place] in block.numeric:
        return "r"
    longest = max((len(row[place]) for row in block.rows), default=0)
    return f"p{{{SHARE}\\linewidth}}" if longest > LONG else "l"


def _heading(name: str) -> str:
    return "$\\pm$" if name == "+-" else escape(name)


def _row(cells: Iterable[str]) -> str:
    # Braces keep a cell that begins with a bracket from being an argument of the line before.
    return " & ".join(f"{{{each}}}" if each.startswith("[") else each for each in cells) + " \\\\"


def _words(block: Text | Bullets) -> str:
    if isinstance(block, Text):
        text = escape(block.text)
        return f"\\textbf{{{text}}}" if block.warning else text
    items = "\n".join(f"\\item {{}}{escape(item)}" for item in block.items)
    return f"{escape(block.title)}:\n\\begin{{itemize}}\n{items}\n\\end{{itemize}}"
