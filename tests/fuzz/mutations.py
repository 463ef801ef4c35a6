"""Inputs for the fuzz targets: files of the corpus, damaged in ways that have hurt before."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

CORPUS = Path(__file__).parent / "corpus"
# What stands in the place of something else: numbers out of range, characters that nobody sees,
# brackets, keywords and paths that must not be opened.
PIECES = (
    *("0", "-1", "1e400", "1e-310", "-inf", "nan", "9" * 400, "9" * 5000, "1_000", "true", "null"),
    *("\x1b[31m", "\x00", "\ufeff", "\u202e", "\n", "\r", "\t", '"', "'", "\\", "#", "=1+1", "<b>"),
    *("[", "]", "{", "}", "(", ")", ",", ":", "=", ".", "*", "[" * 300, "(" * 300, "[[a]]\n"),
    *("/dev/zero", "..", "/etc/passwd", "http://127.0.0.1/", "é", "", "published", "none", "conv"),
    *(" OR ", " AND ", "NOT ", "SELECT ", "COUNT(*)", "read_csv('x')", "&a ", "*a", "!!python/x "),
)


def corpus(folder: str) -> list[Path]:
    """Return the files of a folder of the corpus."""
    return sorted((CORPUS / folder).iterdir())


@st.composite
def damaged(draw: st.DrawFn, text: str) -> str:
    """Return a text with up to four places cut, doubled or replaced."""
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(text)))
        stop = min(len(text), start + draw(st.sampled_from((0, 1, 3, 8, 30, 200))))
        piece = draw(st.sampled_from(PIECES) | st.just(text[start:stop] * 2) | st.text(max_size=5))
        text = text[:start] + piece + text[stop:]
    return text
