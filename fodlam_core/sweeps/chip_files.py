"""Accelerators that a sweep takes from data files and libraries, named by its axes or not."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from fodlam_core.config.chip_files import files_in_tables, with_files
from fodlam_core.sweeps.axes import axis_values, written_axes
from fodlam_core.sweeps.keys import DISPATCH_RULES, is_chip_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.errors import Problem
    from fodlam_core.plugins.registry import Registry


class Chips(NamedTuple):
    """What data files and libraries add to what is loaded.

    Attributes:
        registry: what is installed, with the chips of libraries that the sweep names, and an
            accelerator of each name that files describe.
        accelerators: every accelerator that a file describes, of which one name can have several,
            and the chips of libraries.
        problems: a line for each file that cannot be used.
    """

    registry: Registry
    accelerators: tuple[Accelerator, ...]
    problems: list[Problem]


def read_chips(
    base: Mapping[str, Any], sweep: Mapping[str, Any], directory: str, registry: Registry
) -> Chips:
    """Read the data files of accelerators, and load the chips of libraries, that a sweep needs.

    Args:
        base: the tables of the configuration, without the sweep.
        sweep: its ``[sweep]`` table.
        directory: what paths are relative to.
        registry: what is installed.
    """
    before = {each.name for each in registry.accelerators}
    registry = registry.with_loaded(_named(base, sweep, directory, registry))
    choices = {name: [path] for name, path in files_in_tables(base, directory).items()}
    for key, given in written_axes(sweep):
        if is_chip_file(key):
            try:
                values = axis_values(key, given, directory, registry)
            except ValueError:
                continue  # said when the axes are read
            name = key.split(".")[1]
            choices[name] = [os.path.join(directory, each) for each in values if type(each) is str]
    problems: list[Problem] = []
    accelerators = [each for each in registry.accelerators if each.name not in before]
    usable: dict[str, str] = {}
    for name, paths in choices.items():
        for path in paths:
            found, mistakes = with_files(registry, {name: path})
            problems += mistakes
            if not mistakes:
                accelerators.append(found.accelerator(name))
                usable.setdefault(name, path)
    found, _ = with_files(registry, usable)
    return Chips(found, tuple(accelerators), problems)


def _named(
    base: Mapping[str, Any], sweep: Mapping[str, Any], directory: str, registry: Registry
) -> Iterator[str]:
    """Yield what may be the name of an accelerator that is not described by a file."""
    settings = base.get("accelerator")
    written = list(named_in(base.get("dispatch")))
    written += settings if isinstance(settings, Mapping) else []
    for key, given in written_axes(sweep):
        table, *rest = key.split(".")
        if table == "accelerator":
            written += rest[:1]
        elif table == "dispatch":
            with contextlib.suppress(ValueError):  # said when the axes are read
                written += named_on(key, axis_values(key, given, directory, registry))
    yield from (name for name in written if isinstance(name, str))


def named_on(key: str, values: Iterable[Any]) -> Iterator[object]:
    """Yield what the values of an axis of dispatch name."""
    if key == DISPATCH_RULES:
        for rules in values:
            yield from named_in({"rules": rules})
    else:
        yield from values


def named_in(dispatch: object) -> Iterator[object]:
    """Yield what a table of dispatch names: accelerators by kind, and those of its rules."""
    if isinstance(dispatch, Mapping):
        yield from (name for kind, name in dispatch.items() if kind != "rules")
        yield from (rule.get("accelerator") for rule in rules_in(dispatch))


def rules_in(dispatch: object) -> list[Mapping[str, Any]]:
    """Return the rules of a table of dispatch, as far as they are tables."""
    rules = dispatch.get("rules") if isinstance(dispatch, Mapping) else None
    return [each for each in rules if isinstance(each, Mapping)] if isinstance(rules, list) else []
