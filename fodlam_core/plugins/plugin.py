"""A plugin: where it comes from, what it supplies, and why it cannot be used if it cannot."""

from __future__ import annotations

import functools
import importlib.metadata
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from fodlam_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

GROUP = "fodlam"
CORE = "fodlam-core"
SLOW_S = 0.5

Source = importlib.metadata.EntryPoint | str | None


class Plugin(NamedTuple):
    """A plugin, usable or not.

    Attributes:
        name: the name of its entry point, or of its file without the suffix.
        provided: for each hook what it supplied; empty if it is blocked or broken.
        problem: why it cannot be used; None if it can.
        source: its entry point, or the path of its file; None for the core itself.
        blocked: what keeps it from being loaded, such as ``"--no-plugins"``; None if nothing.
        api_level: the level of the hooks that it was made for; None if it was not loaded so far.
        own: whether it is one of fodlam-core itself, whose names and defaults win over anybody's.
        replaces: the installed copy of it that a file takes the place of.
        load_s: seconds that importing it and calling its hooks took.
    """

    name: str
    provided: Mapping[str, tuple[Any, ...]] = MappingProxyType({})
    problem: str | None = None
    source: Source = None
    blocked: str | None = None
    api_level: int | None = None
    load_s: float = 0.0
    own: bool = False
    replaces: str | None = None

    @property
    def distribution(self) -> str:
        """The distribution that it was installed with, or the path of its file."""
        if isinstance(self.source, str):
            return self.source
        return distribution(self.source)[0] if self.source else CORE

    def address(self, name: str) -> str:
        """Return the full form of the name of something that it supplies, ``owner:name``.

        The owner is the distribution, or the plugin itself where it is a file.
        """
        owner = self.name if isinstance(self.source, str) else self.distribution
        return f"{owner}:{name}"

    @property
    def version(self) -> str:
        """The version of that distribution; ``"unpackaged"`` for a file."""
        if isinstance(self.source, str):
            return "unpackaged"
        if self.source:
            return distribution(self.source)[1]
        from fodlam_core.version import __version__

        return __version__

    @property
    def status(self) -> str:
        """``"active"``, ``"blocked"`` or ``"broken"``."""
        if self.blocked:
            return "blocked"
        return "broken" if self.problem else "active"

    @property
    def is_installed(self) -> bool:
        """Whether it came with a distribution: not from a file, and not the core itself."""
        return self.source is not None and not isinstance(self.source, str)

    @property
    def reason(self) -> str | None:
        """A sentence that says why it is not in use; None if it is."""
        if self.problem:
            return f"{self} cannot be used: {self.problem}"
        return f"{self} is blocked by {self.blocked}" if self.blocked else None

    def alone(self) -> Plugin:
        """Return the plugin without what it supplies: light, and fit to be pickled."""
        return self._replace(provided={})

    def __reduce__(self) -> tuple[Any, ...]:
        # An entry point of Python 3.10 forgets its distribution when it is pickled.
        return _restored, (tuple(self), getattr(self.source, "dist", None))

    def __repr__(self) -> str:
        return f"<Plugin {self.name}{'' if self.status == 'active' else f', {self.status}'}>"

    def __str__(self) -> str:
        return f"plugin {self.name!r} ({self.distribution} {self.version})"


def _restored(fields: tuple[Any, ...], dist: importlib.metadata.Distribution | None) -> Plugin:
    plugin = Plugin(*fields)
    if dist is not None:
        vars(plugin.source)["dist"] = dist
    return plugin


def distribution(point: importlib.metadata.EntryPoint) -> tuple[str, str]:
    """Return name and version of the distribution that announces an entry point."""
    return _name_and_version(point.dist)


@functools.cache
def _name_and_version(dist: importlib.metadata.Distribution | None) -> tuple[str, str]:
    text = dist.read_text("METADATA") if dist else None
    # The header alone: to parse all, as Distribution.name does, takes longer than a run should.
    header = dict(
        line.partition(": ")[::2] for line in (text or "").split("\n\n", 1)[0].splitlines()
    )
    return header.get("Name") or "unknown", header.get("Version") or "unknown"
