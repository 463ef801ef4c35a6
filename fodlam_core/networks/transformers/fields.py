"""The fields of a ``config.json``: typed, with all mistakes at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fodlam_core.errors import similar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MOST = 10**8
MOST_BLOCKS = 1000
_REQUIRED = object()
# What may change sizes, and so must be known to the reader; the rest is training and text.
_STRUCTURAL = re.compile(r"(_heads?|_ranks?|_groups?)$|experts|window|moe_|sparse|adapter|low_rank")
# Alike in name, but without effect on sizes.
_HARMLESS = frozenset(
    (
        "diversity_penalty",
        "encoder_no_repeat_ngram_size",
        "max_window_layers",
        "moe_layer_freq",
        "n_group",
        "num_beam_groups",
        "num_experts_per_token",
        "output_router_logits",
        "pruned_heads",
        "topk_group",
        "use_sliding_window",
    )
)


class Fields:
    """Reads fields, and collects what is wrong with them.

    After a mistake a size is 1, so that reading goes on; nothing of it may be used then.

    Attributes:
        problems: what is wrong, a line for each mistake.
    """

    def __init__(self, table: Mapping[str, Any]) -> None:
        """Take the parsed file."""
        self.table = table
        self.problems: list[str] = []
        self._known: set[str] = set()

    def size(
        self,
        *names: str,
        default: int | object = _REQUIRED,
        least: int = 1,
        most: int = MOST,
    ) -> int:
        """Return a whole number, from the first of several names of a field that is there.

        Args:
            names: the name of the field and its aliases.
            default: what it is if it is missing or null.
            least: the smallest number it may be.
            most: the largest.
        """
        name, value = self._find(names)
        if value is None:
            if default is _REQUIRED:
                also = f" (or {' or '.join(names[1:])})" if names[1:] else ""
                self.problems.append(f"{names[0]}{also}: is missing")
                return 1
            return default  # type: ignore[return-value]  # a whole number
        if type(value) is not int or not least <= value <= most:
            shown = (
                f"{value!r:.60}" if type(value) is not int or abs(value) < 10**30 else "too much"
            )
            self.problems.append(
                f"{name}: expected a whole number from {least} to {most}, got {shown}"
            )
            return 1
        return value

    def optional(self, *names: str) -> int | None:
        """Return a size; None if it is missing, null, 0, or a flag that says no."""
        name, value = self._find(names)
        return self.size(name) if value else None

    def flag(self, name: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self._find((name,))[1]
        if value is None:
            return default
        if not isinstance(value, bool):
            self.problems.append(f"{name}: expected true or false, got {value!r:.60}")
            return default
        return value

    def text(self, name: str, default: str) -> str:
        """Return a text."""
        value = self._find((name,))[1]
        if value is None:
            return default
        if not isinstance(value, str):
            self.problems.append(f"{name}: expected a string, got {value!r:.60}")
            return default
        return value

    def items(self, name: str, type_: type) -> list[Any] | None:
        """Return a list of one type; None if it is missing or null."""
        value = self._find((name,))[1]
        if value is None:
            return None
        if not isinstance(value, list) or not all(type(item) is type_ for item in value):
            what = {int: "whole numbers", str: "strings"}[type_]
            self.problems.append(f"{name}: expected a list of {what}, got {value!r:.60}")
            return None
        return value

    def known(self, *names: str) -> None:
        """Note that the reader knows fields, and that they change nothing."""
        self._known.update(names)

    def divided(self, size: int, by: int, what: str) -> int:
        """Return a quotient that must be whole; ``what`` names both fields."""
        if size % by:
            if not self.problems:
                self.problems.append(f"{what}: {size} is not a multiple of {by}")
            return 1
        return size // by

    def demand(self, problem: str, *, holds: bool) -> None:
        """Add a problem unless something holds."""
        if not holds and not self.problems:
            self.problems.append(problem)

    def unread(self) -> list[str]:
        """Return a line for each unknown field that looks as if it changed sizes."""
        names = sorted(self._known)
        lines = []
        for name, value in self.table.items():
            if name in self._known or name in _HARMLESS or not value:
                continue
            if _STRUCTURAL.search(name):
                close = similar(name, names)
                hint = f"did you mean {' or '.join(map(repr, close))}?" if close else ""
                lines.append(
                    f"{name}: looks structural, and is not known for this model_type; "
                    + (hint or "leave it out if it changes no sizes")
                )
        return lines

    def _find(self, names: Iterable[str]) -> tuple[str, Any]:
        """Return the first of several fields that is there and not null."""
        names = tuple(names)
        self._known.update(names)
        for name in names:
            if self.table.get(name) is not None:
                return name, self.table[name]
        return names[0], None
