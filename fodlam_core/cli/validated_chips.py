"""The chips that ``fodlam-core validate`` is asked about: names, data files, configurations."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from fodlam_core.cli.common import warn
from fodlam_core.errors import PluginError
from fodlam_core.plugins.guards import guarded_accelerator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.plugins.registry import Registry


def asked_chips(registry: Registry, asked: Sequence[str]) -> list[Accelerator]:
    """Return the chips that names, patterns, data files and configurations stand for.

    Raises:
        FodlamError: if one stands for none.
    """
    found: dict[str, Accelerator] = {}
    for text in asked:
        if text.endswith((".toml", ".json")) or text == "-" or os.path.isfile(text):
            chips = _in_file(text, registry)
        else:
            chips = named_chips(registry, registry.matching(text))
        found |= {chip.name: chip for chip in chips}
    return list(found.values())


def _in_file(path: str, registry: Registry) -> list[Accelerator]:
    """Return the chip of a data file and its points, or the chips that a configuration uses."""
    if _is_chip(path):
        from fodlam_core.accelerators.load import load_accelerator

        chip = load_accelerator(path)
        return [*(chip.points or (chip,))]
    from fodlam_core.estimates import prepare

    platforms = prepare(path, registry).platforms
    return [platform.accelerator for platform in platforms.values()]


def _is_chip(path: str) -> bool:
    """Tell whether a file is the header of a chip: only that has a citation of its own."""
    import tomli

    try:
        with open(path, "rb") as file:
            return "citation" in tomli.load(file)
    except (OSError, ValueError):
        return False  # what reads it says what is wrong


def named_chips(registry: Registry, asked: Sequence[str]) -> list[Accelerator]:
    """Return the accelerators that are asked for; by default all that are right."""
    accelerators = []
    for name in dict.fromkeys(asked or registry.names("accelerator")):
        try:
            accelerator = registry.accelerator(name)
            plugin = registry.providers["accelerator", name]
            accelerators.append(guarded_accelerator(accelerator, plugin))
        except PluginError as error:
            if asked:
                raise
            warn([str(error)])
    return accelerators
