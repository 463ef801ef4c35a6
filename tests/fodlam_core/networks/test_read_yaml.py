"""YAML, to nodes."""

from __future__ import annotations

from pathlib import Path

import pytest

yaml = pytest.importorskip("yaml")

from fodlam_core.networks.read_yaml import not_yaml, root_node  # noqa: E402 - needs PyYAML


def test_nodes_keep_their_line() -> None:
    """Every node knows where it stands; an empty text has none."""
    root = root_node("a: 1\nb: 2\n")

    assert root is not None
    assert [0, 1] == [key.start_mark.line for key, _ in root.value]
    assert root_node("") is None


@pytest.mark.parametrize("text", ["!!python/name:os.system x", "[" * 200, "a: [", "a: b: c"])
def test_what_is_refused(text: str) -> None:
    """Tags, deep nesting and what is not YAML are errors with file and line."""
    with pytest.raises(yaml.YAMLError) as caught:
        root_node(text)

    assert str(not_yaml(Path("x.yaml"), caught.value)).startswith("x.yaml:1: not YAML: ")
