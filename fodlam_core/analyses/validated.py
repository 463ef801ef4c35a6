"""Cross-validation of the chips that names, data files and configurations stand for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from fodlam_core.errors import PluginError
from fodlam_core.files import FileError, parsed_toml, read_text
from fodlam_core.plugins.guards import guarded_accelerator
from fodlam_core.plugins.registry import default_registry
from fodlam_core.validation.folds import SCHEMES
from fodlam_core.validation.scores import Validations
from fodlam_core.validation.scores import validate as cross_validate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.plugins.registry import Registry

    Warn = Callable[[Sequence[str]], None]


def validate(
    *chips: str,
    predictors: Sequence[str] = (),
    schemes: Iterable[str] = tuple(SCHEMES),
    registry: Registry | None = None,
) -> Validations:
    """Cross-validate every predictor of chips on what was measured of them.

    Args:
        chips: names or patterns of chips, data files of chips, and configurations; by default
            every chip.
        predictors: only those of these names, if any are given.
        schemes: ways to hold out, of `fodlam_core.validation.folds.SCHEMES`.
        registry: what is installed; by default everything.

    Raises:
        FodlamError: if one of them is not a chip.

    >>> [result] = validate(
    ...     "eyeriss", predictors=["row-stationary"], schemes=["leave-one-layer-out"]
    ... )
    >>> latency, energy, _ = result.records()
    >>> round(latency["mape"], 2), latency["coverage_of"]
    (0.06, 18)
    """
    registry = registry or default_registry()
    accelerators = asked_chips(registry, chips) if chips else named_chips(registry, ())
    return Validations(cross_validate(accelerators, predictors, schemes))


def asked_chips(registry: Registry, asked: Sequence[str]) -> list[Accelerator]:
    """Return the chips that names, patterns, data files and configurations stand for.

    Raises:
        FodlamError: if one of them is not a chip.
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
    try:
        return "citation" in parsed_toml(read_text(path))
    except FileError:
        return False  # what reads it says what is wrong


def named_chips(
    registry: Registry, asked: Sequence[str], warn: Warn | None = None
) -> list[Accelerator]:
    """Return the accelerators that are asked for; by default all that are right.

    Args:
        registry: what is installed.
        asked: their names; none for all.
        warn: called with what is wrong with chips that are left out.
    """
    accelerators = []
    for name in dict.fromkeys(asked or registry.names("accelerator")):
        try:
            accelerator = registry.accelerator(name)
            plugin = registry.provider_of(name)
            accelerators.append(guarded_accelerator(accelerator, plugin))
        except PluginError as error:
            if asked:
                raise
            if warn is not None:
                warn([str(error)])
    return accelerators
