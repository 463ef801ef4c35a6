"""A picture as LaTeX commands, whose words LaTeX sets when a paper includes it.

matplotlib hands words to LaTeX as they are. Those of a picture come from files of others, so that
they are escaped first: a title that holds a command is printed, and reads no file.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from matplotlib import rc_context
from matplotlib.backends.backend_pgf import LatexError
from matplotlib.cbook import is_math_text
from matplotlib.text import Text
from matplotlib.ticker import Formatter

from fodlam_core.errors import FodlamError
from fodlam_core.report.latex import escape

if TYPE_CHECKING:
    import io
    from collections.abc import Iterator

    from matplotlib.figure import Figure


def save(picture: Figure, file: io.BytesIO, tex: str) -> None:
    """Write a picture.

    Args:
        picture: the figure.
        file: where it goes.
        tex: the program that measures its words.

    Raises:
        FodlamError: if that program fails: a letter that it lacks, or a font that is not installed.
    """
    words: Any = {"pgf.texsystem": tex}
    with rc_context(words), _escaped(picture):
        try:
            picture.savefig(file, format="pgf")
        except (LatexError, ValueError, RuntimeError) as error:
            raise FodlamError(
                f"{tex} could not set the words of the figure: {_reason(error)}",
                cure="write a .pdf, which LaTeX includes as well",
            ) from error


class _Escaping(Formatter):
    """Words at an axis, escaped."""

    def __init__(self, inner: Formatter) -> None:
        self._inner = inner

    def format_ticks(self, values: Any) -> list[str]:
        """Return the words at the ticks."""
        return list(map(_in_latex, self._inner.format_ticks(values)))

    def __call__(self, x: float, pos: int | None = None) -> str:
        return _in_latex(self._inner(x, pos))


@contextmanager
def _escaped(picture: Figure) -> Iterator[None]:
    """Escape all words of a picture; afterwards it has those that it had."""
    texts = [(each, each.get_text()) for each in picture.findobj(Text) if isinstance(each, Text)]
    axes = [axis for each in picture.axes for axis in (each.xaxis, each.yaxis)]
    ticks = [(axis, axis.get_major_formatter(), axis.get_minor_formatter()) for axis in axes]
    for each, words in texts:
        each.set_text(_in_latex(words))
    for axis, major, minor in ticks:
        axis.set_major_formatter(_Escaping(major))
        axis.set_minor_formatter(_Escaping(minor))
    try:
        yield
    finally:
        for each, words in texts:
            each.set_text(words)
        for axis, major, minor in ticks:
            axis.set_major_formatter(major)
            axis.set_minor_formatter(minor)


def _in_latex(words: str) -> str:
    if is_math_text(words):
        return words
    # matplotlib takes the backslash off a dollar sign.
    return escape(words.replace("\\$", "$")).replace("\\$", "\\textdollar{}")


def _reason(error: Exception) -> str:
    """Return the line in which LaTeX says what is wrong."""
    said = getattr(error, "latex_output", "") or str(error)
    lines = [line for line in said.splitlines() if line.startswith("!")]
    return (lines or said.splitlines() or ["no reason is given"])[0].removeprefix("! ")
