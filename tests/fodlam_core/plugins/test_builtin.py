"""What the core itself supplies."""

from __future__ import annotations

from fodlam_core import load_registry
from fodlam_core.plugins import builtin
from fodlam_core.testing import check_plugin


def test_it_conforms() -> None:
    """The core passes the checks for plugins."""
    names = {"check_names_are_free": "they are the very names that nobody else may take"}
    check_plugin(builtin, names)


def test_it_is_there_without_plugins() -> None:
    """Kinds, rules and readers are there with nothing else installed."""
    registry = load_registry(installed=False)

    assert {"conv", "fc", "matmul"} <= set(registry.names("layer kind"))
    assert {"dennard", "none"} <= set(registry.names("rule"))
    assert {"caffe", "native", "onnx"} <= set(registry.names("format"))
