"""Finds plugins and takes over what they supply, each apart from the others.

A new hook is declared in `hookspecs`, checked in `checks` and `guards`, and kept in `registry`.
"""

from fodlam_core.plugins.discovery import find_plugins, unknown_blocks
from fodlam_core.plugins.isolation import describe, isolated, stdout_to_stderr
from fodlam_core.plugins.loading import call_hooks, check_api_level
from fodlam_core.plugins.plugin import GROUP, SLOW_S, Plugin

__all__ = [
    "GROUP",
    "SLOW_S",
    "Plugin",
    "call_hooks",
    "check_api_level",
    "describe",
    "find_plugins",
    "isolated",
    "stdout_to_stderr",
    "unknown_blocks",
]
