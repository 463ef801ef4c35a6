"""Documents as one self-contained HTML page, with figures, sources and BibTeX.

Nothing is loaded from elsewhere: styles, the script that sorts tables and pictures are in the file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from fodlam_core.report.html import escape, html

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fodlam_core.model.costs import Citation
    from fodlam_core.report.document import Document

# A click on a block of preformatted text selects all of it, to be copied.
STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 70em; padding: 0 1em;
  overflow-wrap: anywhere; }
table { border-collapse: collapse; display: block; overflow-x: auto; margin: 1em 0; }
th, td { padding: .2em .7em; border-bottom: 1px solid #8885; white-space: nowrap; }
th { cursor: pointer; border-bottom: 2px solid #888; }
th[aria-sort=ascending]::after { content: " \\25B2"; }
th[aria-sort=descending]::after { content: " \\25BC"; }
h4 { font-size: 1.3em; margin-bottom: .3em; }
strong { color: #c33; }
@media screen and (prefers-color-scheme: dark) { strong { color: #f77; } }
figure { margin: 1em 0; background: white; padding: .5em; overflow-x: auto; }
figure svg { width: 100%; height: auto; }
pre { overflow-x: auto; background: #8882; padding: .8em; font-size: 12px; user-select: all; }
@media screen and (max-width: 45em) { figure svg { min-width: 42em; } }
@media print { body { font-size: 9px; max-width: none; margin: 0; }
  table { display: table; }
  td, th { white-space: normal; overflow-wrap: break-word; padding: .1em .3em; }
  [style*=right] { white-space: nowrap; }
  tr, figure, li { break-inside: avoid; } h4, p:has(+ ul) { break-after: avoid; }
  pre { white-space: pre-wrap; } figure { padding: 0; }
  figure svg { max-height: 240mm; } th::after { content: none !important; } }
"""
# Sorts by the numbers of a column, with the prefixes of the SI, else by its text; what stands in
# "/2 x3" or "-30 +40 %" by its upper end in percent.
SCRIPT = r"""
const prefix = {f: 1e-15, p: 1e-12, n: 1e-9, u: 1e-6, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12};
function value(text) {
  const factor = /^\/\S+ x(\S+)$/.exec(text), sides = /^-\S+ \+(\S+) %$/.exec(text);
  if (factor) return 100 * (factor[1] - 1);
  if (sides) return +sides[1];
  const found = /^[<>]?([+-]?[0-9.]+(?:e[+-]?[0-9]+)?)(?: ([fpnumkMGT])(?:[sJWBV/]|MAC|$))?/
    .exec(text);
  return found ? found[1] * (prefix[found[2]] || 1) : null;
}
function sort(head) {
  const place = [...head.parentNode.children].indexOf(head);
  const body = head.closest("table").tBodies[0];
  const up = head.getAttribute("aria-sort") !== "ascending";
  [...head.parentNode.children].forEach(each => each.removeAttribute("aria-sort"));
  head.setAttribute("aria-sort", up ? "ascending" : "descending");
  const key = row => row.children[place].textContent;
  const order = (a, b) => {
    const x = value(key(a)), y = value(key(b));
    return x !== null && y !== null ? x - y : (y !== null) - (x !== null)
      || key(a).localeCompare(key(b));
  };
  [...body.rows].sort((a, b) => (up ? 1 : -1) * order(a, b)).forEach(row => body.append(row));
}
document.querySelectorAll("th").forEach(head => {
  head.tabIndex = 0;
  head.title = "sort";
  head.addEventListener("click", () => sort(head));
  head.addEventListener("keydown", event => { if (event.key === "Enter") sort(head); });
});
"""


class Extras(NamedTuple):
    """What a page has besides the documents.

    Attributes:
        pictures: SVG files.
        citations: the publications that the numbers rest on.
        config: the command and the configuration that made it.
    """

    pictures: Sequence[bytes] = ()
    citations: Sequence[Citation] = ()
    config: str = ""


def page(documents: Iterable[Document], extras: Extras) -> str:
    """Render documents as a page."""
    documents = list(documents)
    title = escape(documents[0].title if documents else "FODLAM")
    parts = [
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{title}</title><style>{STYLE}</style></head><body>",
        *(f"<figure>{inline(each)}</figure>" for each in extras.pictures),
        *map(html, documents),
        _citations(extras.citations),
        f"<h4>Configuration</h4><pre>{escape(extras.config)}</pre>" if extras.config else "",
        f"<script>{SCRIPT}</script></body></html>",
    ]
    return "\n".join(filter(None, parts)) + "\n"


def inline(svg: bytes) -> str:
    """Return an SVG file as an element of a page: without its head and its metadata."""
    text = svg.decode("utf-8")
    return re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.DOTALL)


def _citations(citations: Sequence[Citation]) -> str:
    once = {each.key: each for each in citations}.values()
    if not once:
        return ""
    items = "".join(f"<li>{escape(str(each))}{_link(each.bibtex)}</li>" for each in once)
    entries = escape("\n\n".join(each.bibtex.strip() for each in once))
    return f"<h4>Publications</h4><ul>{items}</ul><h4>BibTeX</h4><pre>{entries}</pre>"


def _link(bibtex: str) -> str:
    found = re.search(r"""\bdoi\s*=\s*[{"]\s*(10\.[^\s"}]+)""", bibtex, re.IGNORECASE)
    if not found:
        return ""
    doi = escape(found[1])
    return f' <a href="https://doi.org/{doi}">doi:{doi}</a>'
