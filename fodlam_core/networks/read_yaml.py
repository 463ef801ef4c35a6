"""Reads YAML to nodes, for the formats that are written in it; needs PyYAML.

Nothing is ever constructed: no tag can make anything of a file, merges and aliases cost nothing
however they are nested, and every node keeps its line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml
from yaml.composer import ComposerError
from yaml.scanner import ScannerError

from fodlam_core.errors import NetworkError

if TYPE_CHECKING:
    from pathlib import Path

MAP = "tag:yaml.org,2002:map"


class _Loader(yaml.SafeLoader):
    """Parses to nodes, refusing tags; an alias of something defined elsewhere is empty."""

    # Recursion would end in an interpreter error, not in a message.
    depth = 0
    deepest = 100

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        parser: Any = self
        event = parser.peek_event()
        start, end = event.start_mark, event.end_mark
        if getattr(event, "tag", None) is not None:
            raise ComposerError(None, None, f"the tag {event.tag!r} is refused", start)
        if isinstance(event, yaml.AliasEvent) and event.anchor not in self.anchors:
            parser.get_event()
            return yaml.MappingNode(MAP, [], start, end)
        self.depth += 1
        if self.depth > self.deepest:
            raise ComposerError(None, None, "nested too deeply", start)
        node: yaml.Node | None = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def fetch_flow_collection_start(self, token: Any) -> None:
        # The scanner takes quadratic time for brackets within brackets, before they are nodes.
        scanner: Any = self
        if scanner.flow_level >= self.deepest:
            raise ScannerError(None, None, "nested too deeply", scanner.get_mark())
        super().fetch_flow_collection_start(token)


def root_node(text: str) -> yaml.Node | None:
    """Return the top node of a YAML text; None if it is empty.

    Raises:
        yaml.YAMLError: if it is not YAML, or has tags.
    """
    loader = _Loader(text)
    try:
        root: yaml.Node | None = loader.get_single_node()
    finally:
        loader.dispose()
    return root


def not_yaml(path: Path, error: yaml.YAMLError) -> NetworkError:
    """Return the error of a file that is not YAML, with its line where that is known."""
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        line = f":{mark.line + 1}" if mark else ""
        return NetworkError(f"{path}{line}: not YAML: {error.problem or error.context}")
    return NetworkError(f"{path}: not YAML: {' '.join(str(error).split())}")
