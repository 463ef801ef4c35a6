"""Keys that are set on the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import attrs
import tomli

from fodlam_core.config.model import AcceleratorConfig, NetworkConfig, TechnologyConfig
from fodlam_core.errors import ConfigError, Problem, similar

if TYPE_CHECKING:
    from collections.abc import Iterable


def apply_overrides(tables: dict[str, Any], texts: Iterable[str], known: Iterable[str]) -> None:
    """Set keys of a parsed configuration.

    Args:
        tables: the configuration, changed in place.
        texts: each ``table.key=value``, as `apply_override` has it.
        known: the tables that there are.

    Raises:
        ConfigError: with a line for each text that is of another form or names no table.
    """
    problems: list[str | Problem] = []
    for text in texts:
        path = _path(text.partition("=")[0].strip())
        if len(path) == 1 and path[0] not in known and "=" in text:
            problems.append(f"--set {text}: {_whole_key(path[0], text.partition('=')[2])}")
            continue
        try:
            apply_override(tables, text)
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(problems)


def _whole_key(key: str, value: str) -> str:
    """Return what to write instead of a key without a table."""
    tables: dict[str, type] = {
        "accelerator.NAME": AcceleratorConfig,
        "network": NetworkConfig,
        "technology": TechnologyConfig,
    }
    keys = {field.name: table for table in tables for field in attrs.fields(tables[table])}
    likely = [key] if key in keys else similar(key, keys)
    if not likely:
        return "expected TABLE.KEY=VALUE, such as technology.node_nm=28"
    texts = (f"--set {keys[name]}.{name}={value}" for name in likely)
    return f"names no table; write {' or '.join(texts)}"


def apply_override(
    table: dict[str, Any],
    text: str,
    flag: str = "--set",
    form: str = "TABLE.KEY=VALUE, such as technology.node_nm=28",
) -> None:
    """Set one key of a parsed configuration.

    Args:
        table: the configuration, changed in place.
        text: ``table.key=value``, the value in TOML; anything else is a string.
        flag: the option of the command line, for messages.
        form: what the text should look like, for messages.

    Raises:
        ConfigError: if the text is of another form, or a key on the way is not a table.

    >>> config = {}
    >>> apply_override(config, "technology.node_nm=28")
    >>> apply_override(config, "technology.scaler=none")
    >>> config
    {'technology': {'node_nm': 28, 'scaler': 'none'}}
    """
    key, equals, value = text.partition("=")
    path = _path(key) if equals else ()
    parsed = _value(value)
    if not path or parsed is None:
        raise ConfigError([f"{flag} {text}: expected {form}"])
    for step in path[:-1]:
        table = table.setdefault(step, {})
        if not isinstance(table, dict):
            raise ConfigError([f"{flag} {text}: {step} is not a table"])
    table[path[-1]] = parsed


def _path(key: str) -> tuple[str, ...]:
    """Return the steps of a dotted key, () if it is none."""
    path = []
    try:
        rest: Any = tomli.loads(f"{key} = 0")
    except (ValueError, RecursionError):
        return ()
    while isinstance(rest, dict):
        if len(rest) != 1:
            return ()  # several keys, or none, hidden behind a line break
        [(step, rest)] = rest.items()
        path.append(step)
    return tuple(path)


def _value(text: str) -> Any:
    """Return a value in TOML; what is none is a string."""
    for candidate in (text, _string(text)):
        try:
            parsed = tomli.loads(f"value = {candidate}")
        except (ValueError, RecursionError):
            continue
        if list(parsed) == ["value"]:
            return parsed["value"]
    return None


def _string(text: str) -> str:
    """Return a TOML string: JSON's, but for a control character that JSON leaves as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
