"""Reads a configuration: TOML, or FODLAM's own JSON."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import attrs

from fodlam_core.config.chip_files import files_in_tables, located, with_files
from fodlam_core.config.model import Config, DispatchRule
from fodlam_core.config.names import name_problems
from fodlam_core.errors import ConfigError, Problem, Setting, unknown
from fodlam_core.files import FileError, decoded, parsed_toml, read_bytes
from fodlam_core.named_tuple import NamedTuple
from fodlam_core.networks.zoo import zoo_names
from fodlam_core.plugins.registry import Registry, default_registry
from fodlam_core.schema import show
from fodlam_core.schema.structure import structure

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_BYTES = 1_000_000
TABLES = ("network", "technology", "dispatch", "accelerator", "system", "sweep")


class Source(NamedTuple):
    """A configuration as it was read, before anything in it is checked.

    Attributes:
        label: how messages name it.
        directory: what paths in it are relative to.
        tables: its tables.
        fodlam: whether it is one of FODLAM's own.
        warnings: what was accepted but looks like a mistake.
    """

    label: str
    directory: str
    tables: dict[str, Any]
    fodlam: bool = False
    warnings: tuple[str, ...] = ()


def load_config(
    source: str | os.PathLike[str],
    registry: Registry | None = None,
    overrides: Iterable[str] = (),
) -> Config:
    """Read a configuration and check everything that can be checked without a network file.

    Args:
        source: a file, TOML or FODLAM's JSON; ``"-"`` for standard input.
        registry: what names are checked against; by default everything installed.
        overrides: ``"table.key=value"`` texts that replace keys of the file.

    Raises:
        ConfigError: with a line for each mistake: file, table, key and what is wrong.
    """
    return check_source(read_source(source, overrides), registry or default_registry())


def read_source(source: str | os.PathLike[str], overrides: Iterable[str] = ()) -> Source:
    """Read a configuration and apply overrides, but check nothing yet.

    Raises:
        ConfigError: if it cannot be read or parsed.
    """
    try:
        source = os.fsdecode(source)
    except TypeError:
        kind = type(source).__name__
        text = f"expected a Config or its file, got a {kind}; a Network is given as network=..."
        raise ConfigError([text]) from None
    label = "<stdin>" if source == "-" else source or repr(source)
    directory = os.path.dirname(source)
    text = _decode(_read(source, label), label)
    fodlam = label.endswith(".json") or text.lstrip().startswith("{")
    warnings: tuple[str, ...] = ()
    if fodlam:
        from fodlam_core.config.fodlam_json import translate

        translated = translate(text, label, directory)
        tables, warnings = translated.tables, translated.warnings
    else:
        tables = _parse_toml(text, label)
    overrides = tuple(overrides)
    if overrides:
        from fodlam_core.config.overrides import apply_overrides

        apply_overrides(tables, overrides, TABLES)
    return Source(label=label, directory=directory, tables=tables, fodlam=fodlam, warnings=warnings)


def check_source(source: Source, registry: Registry) -> Config:
    """Return a configuration that was read, its values and names checked.

    Raises:
        ConfigError: with a line for each mistake.
    """
    config, problems = structure_source(source)
    problems += wrong_names(source, registry)
    if config is None or problems:
        raise ConfigError(problems, where=source.label)
    return config


def wrong_names(source: Source, registry: Registry) -> list[Problem]:
    """Return a problem for each name that nothing answers to, files of accelerators included."""
    files = files_in_tables(source.tables, source.directory)
    registry, problems = with_files(registry, files)
    return problems or name_problems(source.tables, registry)


def structure_source(source: Source) -> tuple[Config | None, list[Problem]]:
    """Return a configuration with its values checked, but not its names; or what is wrong."""
    config, problems = _structure(source.tables, fodlam=source.fodlam)
    if config is None:
        return None, problems
    network = config.network
    if network.file is not None:
        network = attrs.evolve(network, file=os.path.join(source.directory, network.file))
    config = attrs.evolve(
        config,
        network=network,
        accelerator=located(config.accelerator, source.directory),
        source=source.label,
        warnings=source.warnings,
    )
    return config, problems


def _structure(tables: dict[str, Any], *, fodlam: bool) -> tuple[Config | None, list[Problem]]:
    """Return the tables as a configuration, or None and what is wrong with them."""
    problems = [Problem(unknown("table", str(key), TABLES)) for key in tables if key not in TABLES]
    known = {key: tables[key] for key in TABLES if key in tables}
    if "system" in known:
        from fodlam_core.config.system import system_problems

        mistakes = system_problems(known["system"])
        if mistakes:
            problems += mistakes
            del known["system"]
    rules: list[DispatchRule] = []
    dispatch = known.get("dispatch")
    if isinstance(dispatch, dict) and "rules" in dispatch:
        known["dispatch"] = {kind: name for kind, name in dispatch.items() if kind != "rules"}
        rules, mistakes = _rules(dispatch["rules"])
        problems += mistakes
    network = known.setdefault("network", {})
    if isinstance(network, dict):
        if "name" not in network and "file" not in network:
            what = 'give either name, such as "VGG16", or file'
            problems.append(Problem(what, (Setting(("network",)),)))
        if network.get("layers") == [] and not fodlam:
            cure = ("leave it out to take every layer",)
            problems.append(Problem("an empty list", (Setting(("network",), "layers"),), cure))
    # As if from FODLAM, so that the configuration does not report the empty list again.
    config, more = structure({**known, "fodlam": True}, Config, ())
    if config is None or problems:
        return None, problems + more
    return attrs.evolve(config, fodlam=fodlam, rules=rules), more


def _rules(tables: object) -> tuple[list[DispatchRule], list[Problem]]:
    """Return the rules of ``[dispatch]``, and a problem for each mistake in them."""
    if not isinstance(tables, list):
        where = Setting(("dispatch",), "rules")
        return [], [Problem(f"expected a list, got {show(tables)}", (where,))]
    rules, problems = [], []
    for number, table in enumerate(tables, 1):
        rule, mistakes = structure(table, DispatchRule, ("dispatch", "rules", number))
        rules += [rule] if rule else []
        problems += mistakes
    return rules, problems


def _read(source: str, label: str) -> bytes:
    try:
        if source != "-":
            return read_bytes(source, MAX_BYTES)
        if sys.stdin is None:
            raise ValueError("it is closed")
        data = sys.stdin.buffer.read(MAX_BYTES + 1)
    except (OSError, ValueError, FileError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        if source in zoo_names():
            reason += f'; a configuration names the network: [network] name = "{source}"'
        raise ConfigError([f"{label}: cannot be read: {reason}"]) from error
    if len(data) > MAX_BYTES:
        raise ConfigError([f"{label}: cannot be read: larger than 1 MB"])
    return data


def _decode(data: bytes, label: str) -> str:
    try:
        return decoded(data)
    except FileError as error:
        raise ConfigError([f"{label}: {_no_text(data, error)}"]) from error


def _no_text(data: bytes, error: FileError) -> str:
    """Say what bytes are that are not text: most likely a network in a binary format."""
    if b"\0" in data or data[:1] < b"\t":
        return (
            "binary, not a configuration in TOML; a network file is recognised by its ending, "
            "such as .onnx, and cannot come from standard input"
        )
    return f"{error}; is this a configuration in TOML?"


def _parse_toml(text: str, label: str) -> dict[str, Any]:
    try:
        return parsed_toml(text)
    except FileError as error:
        raise ConfigError([f"{label}: {error}"]) from error
