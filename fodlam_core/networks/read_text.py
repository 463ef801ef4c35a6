"""What the readers of text formats share: reading the file, and refusing what does not apply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.errors import NetworkError, Problem, Setting
from fodlam_core.files import FileError
from fodlam_core.files import read_text as read_file_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from fodlam_core.networks.reader import ReadOptions, TokenOptions

MAX_BYTES = 8_000_000
REGIONS = Problem(
    "what follows runs once for each region",
    cure=("say how many, such as ", Setting(("network",), "regions", "300")),
)


def read_text(path: Path, most: int = MAX_BYTES) -> str:
    """Return the text of a file, without a byte-order mark.

    Args:
        path: the file.
        most: how many bytes it may have.

    Raises:
        NetworkError: if it is larger, no text in UTF-8, or cannot be read.
    """
    try:
        return read_file_text(path, most)
    except FileError as error:
        raise NetworkError(f"{path}: {error}") from error


def refuse(path: Path, options: ReadOptions, *keys: str) -> None:
    """Refuse options that a format cannot honour: those named, and those for graphs only.

    Raises:
        NetworkError: with a line for each option given.
    """
    graph = "only for a file that names its inputs and their sizes, such as ONNX"
    reasons = {
        "input": "its layers have fixed shapes, which cannot follow another input size",
        "regions": "no layer of it runs once for each region",
        "inputs": graph,
        "symbols": graph,
        "batch_axis": graph,
    }
    given = [
        key
        for key in (*keys, "inputs", "symbols", "batch_axis")
        if getattr(options, key) is not None
    ]
    if given:
        problems = (Problem(reasons[key], (Setting(("network",), key),)) for key in given)
        raise NetworkError(*problems, where=str(path), cure="leave it out")


def refuse_tokens(name: str, tokens: TokenOptions, where: str = "") -> None:
    """Refuse what only a transformer can honour.

    Args:
        name: the network that is none.
        tokens: what was said.
        where: what errors begin with.

    Raises:
        NetworkError: with a line for each option given.
    """
    if tokens.given:
        what = f"only for a transformer, which {name} is not"
        problems = (Problem(what, (Setting(("network",), key),)) for key in tokens.given)
        raise NetworkError(*problems, where=where, cure="leave it out")


def refuse_if(problems: Sequence[str]) -> None:
    """Raise an error with a line for each problem, the first of them only where they are many.

    Raises:
        NetworkError: if there is a problem.
    """
    if problems:
        raise NetworkError(*problems)


def check_name(name: object, what: str = "name") -> str:
    """Return a name that can be shown on one line.

    Raises:
        NetworkError: if it is not a string, empty, or holds control characters.
    """
    if not isinstance(name, str):
        raise NetworkError(f"{what}: expected a string")
    if not name.strip() or not name.isprintable():
        raise NetworkError(f"{what}: {name[:40]!r} is empty or holds control characters")
    return name
