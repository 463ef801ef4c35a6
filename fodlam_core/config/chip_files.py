"""Accelerators that a configuration takes from a data file instead of from a plugin."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs

from fodlam_core.errors import FodlamError, PluginError, Problem, Setting
from fodlam_core.files import are_unchanged, check_regular, files_noted

if TYPE_CHECKING:
    from fodlam_core.accelerators import Accelerator
    from fodlam_core.config.model import AcceleratorConfig
    from fodlam_core.files import Stamp
    from fodlam_core.plugins.registry import Registry

CHIP_FILE = ".toml"
# A configuration is checked before it is used, and a large table takes seconds to read.
MOST_KEPT = 8
_kept: dict[str, tuple[Accelerator, dict[str, Stamp | None]]] = {}


def with_files(registry: Registry, files: Mapping[str, str]) -> tuple[Registry, list[Problem]]:
    """Return the registry with the accelerators of data files, and what is wrong with the files.

    Args:
        registry: what is installed.
        files: paths by the name of the accelerator.
    """
    problems: list[Problem] = []
    for name, path in files.items():
        try:
            registry = _with_file(registry, name, path)
        except FodlamError as error:
            where = Setting(("accelerator", name), "file")
            problems += [each.at(where) for each in error.problems]
    return registry, problems


def _with_file(registry: Registry, name: str, path: str) -> Registry:
    accelerator = accelerator_of(path)
    if accelerator.name != name:
        raise PluginError(
            f"{path} describes {accelerator.name!r}; write [accelerator.{accelerator.name}]"
        )
    return registry.with_accelerator(accelerator, path)


def accelerator_of(path: str) -> Accelerator:
    """Return the accelerator of a data file; that of the last few is kept while they stay as is.

    Raises:
        FodlamError: with a line for each mistake in it.
    """
    from fodlam_core.accelerators.load import load_accelerator

    place = os.path.abspath(path)  # a relative path is another file in another folder
    kept = _kept.get(place)
    if kept is not None and are_unchanged(kept[1]):
        for each in kept[1]:
            check_regular(each)  # notes that this command reads it
        return kept[0]
    with files_noted() as stamps:
        accelerator = load_accelerator(path)
    _kept.pop(place, None)
    if len(_kept) >= MOST_KEPT:
        _kept.pop(next(iter(_kept)))
    _kept[place] = accelerator, stamps
    return accelerator


def chip_file(text: str) -> tuple[str, str] | None:
    """Return the data file that a text names in place of a chip, and the operating point.

    None if it is the name of a chip. The point is empty where none is named.

    >>> chip_file("chips/mychip.toml/int8"), chip_file("mychip/int8")
    (('chips/mychip.toml', 'int8'), None)
    """
    path, ending, point = text.partition(CHIP_FILE)
    if not ending or (point and not point.startswith("/")):
        return None
    return path + ending, point[1:]


def with_chip_file(registry: Registry, path: str, point: str) -> tuple[Registry, str, str]:
    """Return the registry with the chip of a data file, the name asked for, and that of the chip.

    A chip of that file that the registry has already stays.

    Args:
        registry: what is installed.
        path: the data file.
        point: an operating point of the chip; empty: none in particular.

    Raises:
        FodlamError: if the file cannot be read, or its chip has the name of an installed one.
    """
    accelerator = accelerator_of(path)
    name = accelerator.name
    provider = registry.providers.get(("accelerator", name))
    source = provider.source if provider else None
    if not isinstance(source, str) or source != path:  # an entry point compares with no string
        registry = registry.with_accelerator(accelerator, path)
    return registry, f"{name}/{point}" if point else name, name


def files_in_tables(tables: Mapping[str, Any], directory: str) -> dict[str, str]:
    """Return the files that parsed tables name, relative to the directory of a configuration."""
    settings = tables.get("accelerator")
    if not isinstance(settings, Mapping):
        return {}
    return {
        str(name): os.path.join(directory, each["file"])
        for name, each in settings.items()
        if isinstance(each, Mapping) and isinstance(each.get("file"), str)
    }


def files_in_config(settings: Mapping[str, AcceleratorConfig]) -> dict[str, str]:
    """Return the files that a configuration names."""
    return {name: each.file for name, each in settings.items() if each.file is not None}


def located(
    settings: Mapping[str, AcceleratorConfig], directory: str
) -> Mapping[str, AcceleratorConfig]:
    """Return the settings with files relative to the working directory."""
    return {
        name: each
        if each.file is None
        else attrs.evolve(each, file=os.path.join(directory, each.file))
        for name, each in settings.items()
    }
