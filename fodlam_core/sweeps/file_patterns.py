"""Files that match a pattern, looked for within limits: a pattern can mean the whole disk."""

from __future__ import annotations

import fnmatch
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_LOOKED_AT = 50_000
MOST_FILES = 10_000
SPECIAL = ("*", "?", "[")


def matching_files(pattern: str, directory: str) -> list[str]:
    """Return the regular files that match, as the pattern names them.

    Args:
        pattern: a path with ``*``, ``?`` and ``[...]`` in its parts; a part ``**`` stands for any
            folders, links to folders left out. Names that begin with a dot have to be named so.
        directory: where a relative pattern starts.

    Raises:
        ValueError: if it matches, or has to look at, too many files.
    """
    search = _Search()
    root = "/" if os.path.isabs(pattern) else ""
    parts = [part for part in pattern.split("/") if part]
    found: dict[str, None] = {}
    for name in search.below(directory, root, parts):
        found[name] = None
        if len(found) > MOST_FILES:
            raise ValueError(f"{pattern!r} matches too many files: over {MOST_FILES:,}")
    return sorted(found)


class _Search:
    """Counts what it looks at."""

    def __init__(self) -> None:
        self.looked_at = 0

    def below(self, directory: str, at: str, parts: list[str]) -> Iterator[str]:
        """Yield what matches the parts below a place, which is relative to the directory."""
        if not parts:
            return
        first, rest = parts[0], parts[1:]
        if first == "**":
            yield from self.below(directory, at, rest or ["*"])
            for name, folder in self.names(directory, at, "*"):
                if folder:
                    yield from self.below(directory, os.path.join(at, name), parts)
        elif not any(letter in first for letter in SPECIAL):
            yield from self.entered(directory, os.path.join(at, first), rest)
        else:
            for name, _ in self.names(directory, at, first):
                yield from self.entered(directory, os.path.join(at, name), rest)

    def entered(self, directory: str, place: str, rest: list[str]) -> Iterator[str]:
        if rest:
            yield from self.below(directory, place, rest)
        elif os.path.isfile(os.path.join(directory, place)):
            yield place

    def names(self, directory: str, at: str, pattern: str) -> Iterator[tuple[str, bool]]:
        """Yield the names in a folder that match, and whether each is a folder and no link."""
        try:
            with os.scandir(os.path.join(directory, at) or ".") as entries:
                for entry in entries:
                    self.looked_at += 1
                    if self.looked_at > MOST_LOOKED_AT:
                        raise ValueError(
                            f"too many files to look through: over {MOST_LOOKED_AT:,}; name the "
                            "folder more closely"
                        )
                    hidden = entry.name.startswith(".") and not pattern.startswith(".")
                    if not hidden and fnmatch.fnmatchcase(entry.name, pattern):
                        yield entry.name, entry.is_dir(follow_symlinks=False)
        except OSError:
            return
