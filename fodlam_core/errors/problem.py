"""One mistake, in fields: where, what and what to do; a command says them in its own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Path = tuple["str | int", ...]


class Setting(NamedTuple):
    """A key of the configuration: as a place, or with what to write there.

    Attributes:
        path: the keys that lead to its table; the number of a table in a list is an int.
        key: the key; empty: the table itself.
        value: what to write, in TOML; empty: the key is a place.
    """

    path: Path
    key: str = ""
    value: str = ""


if TYPE_CHECKING:
    Parts = str | Setting | Sequence[str | Setting]
    Words = Callable[[Setting], str]


def in_toml(setting: Setting) -> str:
    """Return a key as a configuration file has it.

    >>> in_toml(Setting(("network",), "batch")), in_toml(Setting(("network",), "batch", "4"))
    ('[network] batch', '[network] batch = 4')
    """
    where = place(setting.path, setting.key)
    return f"{where} = {setting.value}" if setting.value else where


class Problem(NamedTuple):
    """One mistake.

    Attributes:
        what: what is wrong, in a few words.
        where: the places that lead to it, the outermost first: a file, a key, a layer.
        cure: what to do: texts, and the settings that would help.
        more: details, as they follow on what is wrong.
    """

    what: str
    where: tuple[str | Setting, ...] = ()
    cure: tuple[str | Setting, ...] = ()
    more: str = ""

    def at(self, *places: str | Setting) -> Problem:
        """Return the mistake with places before its own, as far as it does not name them."""
        if self.where[: len(places)] == places:
            return self
        return self._replace(where=(*places, *self.where))

    def text(self, words: Words = in_toml) -> str:
        """Return the mistake as one line.

        Args:
            words: how a setting is said; by default as in a configuration file.

        >>> batch = Setting(("network",), "batch", "4")
        >>> Problem("only batch 4 is published", ("a.toml",), ("write ", batch)).text()
        'a.toml: only batch 4 is published; write [network] batch = 4'
        """
        parts = [_said((part,), words) for part in self.where]
        cure = _said(self.cure, words)
        text = ": ".join((*parts, self.what + self.more)) + (f"; {cure}" if cure else "")
        return " ".join(text.splitlines())

    def __str__(self) -> str:
        return self.text()


def parts(said: Parts) -> tuple[str | Setting, ...]:
    """Return what was given as a text, a setting or several of them as a tuple."""
    if isinstance(said, str | Setting):
        return (said,) if said else ()
    return tuple(said)


def place(path: Sequence[str | int], key: str | int = "") -> str:
    """Return how messages name a key: ``[table] key``; in a list of tables ``[[tables]] 2 key``.

    Args:
        path: the keys that lead to the table; the number of a table in a list is an int.
        key: the key in the table; empty: the table itself.

    >>> place(("accelerator", "eie"), "predictor"), place(("references", 2), "batch")
    ('[accelerator.eie] predictor', '[[references]] 2 batch')
    """
    if isinstance(key, int):
        path, key = (*path, key), ""
    lists, start = [], 0
    for index, part in enumerate(path):
        if isinstance(part, int):
            lists.append(f"{_dotted(path[start:index])} {part}".strip())
            start = index + 1
    rest = _dotted(path[start:])
    if not lists:
        found = [f"[{rest}]" if rest else ""]
    else:
        name, _, number = lists[0].rpartition(" ")
        found = [f"[[{name}]] {number}" if name else number, *lists[1:], rest]
    return " ".join(part for part in (*found, _bare(key) if key else "") if part)


def _dotted(keys: Sequence[str | int]) -> str:
    return ".".join(_bare(str(key)) for key in keys)


def _bare(key: str) -> str:
    """Return a key as TOML has it: in quotes if it has other than letters, digits, - and _."""
    if key.isascii() and key.replace("-", "").replace("_", "").isalnum():
        return key
    import json

    return json.dumps(key)


def _said(said: tuple[str | Setting, ...], words: Words) -> str:
    return "".join(words(part) if isinstance(part, Setting) else part for part in said)
