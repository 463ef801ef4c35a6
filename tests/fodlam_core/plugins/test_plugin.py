"""A plugin, usable or not."""

from __future__ import annotations

import pickle

from fodlam_core import Registry
from fodlam_core.plugins import Plugin


def test_status() -> None:
    """A plugin that is blocked is not broken, and one with a problem is not active."""
    assert "active" == Plugin("a").status
    assert "broken" == Plugin("a", problem="x").status
    assert "blocked" == Plugin("a", problem="x", blocked="--no-plugins").status


def test_alone_it_can_be_pickled(registry: Registry) -> None:
    """Without what it supplies a plugin can be sent to another process."""
    for plugin in registry.plugins:
        copy = pickle.loads(pickle.dumps(plugin.alone()))
        assert (plugin.name, plugin.distribution, plugin.version) == (
            copy.name,
            copy.distribution,
            copy.version,
        )


def test_a_file_is_its_own_distribution() -> None:
    """A plugin from a file is told by its path."""
    assert "plugin 'mine' (/x/mine.py unpackaged)" == str(Plugin("mine", source="/x/mine.py"))
