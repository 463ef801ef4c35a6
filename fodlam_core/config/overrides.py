"""Keys that are set on the command line."""

from __future__ import annotations

import json
from typing import Any

import tomli

from fodlam_core.errors import ConfigError


def apply_override(
    table: dict[str, Any],
    text: str,
    flag: str = "--set",
    form: str = "TABLE.KEY=VALUE, such as technology.node_nm=28",
) -> None:
    """Set one key of a parsed configuration.

    Args:
        table: the configuration, changed in place.
        text: ``table.key=value``, the value in TOML; what is no TOML value is taken as a string.
        flag: the option of the command line, for messages.
        form: what the text should look like, for messages.

    Raises:
        ConfigError: if the text is of another form, or a key on the way is no table.

    >>> config = {}
    >>> apply_override(config, "technology.node_nm=28")
    >>> apply_override(config, "technology.scaler=none")
    >>> config
    {'technology': {'node_nm': 28, 'scaler': 'none'}}
    """
    key, equals, value = text.partition("=")
    parsed = None
    if equals:
        for candidate in (value, json.dumps(value)):
            try:
                parsed = tomli.loads(f"{key} = {candidate}")
                break
            except (tomli.TOMLDecodeError, ValueError, RecursionError):
                continue
    if parsed is None:
        raise ConfigError([f"{flag} {text}: expected {form}"])
    _merge(table, parsed, f"{flag} {text}")


def _merge(table: dict[str, Any], changes: dict[str, Any], where: str) -> None:
    for key, value in changes.items():
        if not isinstance(value, dict):
            table[key] = value
            continue
        inner = table.setdefault(key, {})
        if not isinstance(inner, dict):
            raise ConfigError([f"{where}: {key} is not a table"])
        _merge(inner, value, where)
