"""Takes one chip out of a library of a plugin, apart from all others of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.accelerators import Accelerator
from fodlam_core.errors import FodlamError, PluginError
from fodlam_core.plugins.checks import accelerator_problem
from fodlam_core.plugins.isolation import describe, isolated, stdout_to_stderr

if TYPE_CHECKING:
    from fodlam_core.deferred import DeferredAccelerator
    from fodlam_core.plugins.plugin import Plugin


def loaded(chip: DeferredAccelerator, plugin: Plugin) -> Accelerator:
    """Return the accelerator that a deferred one stands for; it is loaded once.

    Raises:
        PluginError: naming plugin, distribution and chip, if it cannot be loaded, or is not what
            the library says that it is.
    """
    known: Accelerator | None = vars(chip).get("_loaded")
    if known is not None:
        return known
    with stdout_to_stderr():
        accelerator, error = isolated(chip.load)
    where = f"{plugin}: accelerator {chip.name!r}"
    if error is not None:
        what = error if isinstance(error, FodlamError) else describe(error)
        raise PluginError(what, where=f"{where} cannot be loaded") from error
    problem, error = isolated(_problem, accelerator, chip)
    if error is not None:
        problem = f"cannot be looked at: {describe(error)}"
    if problem or accelerator is None:
        raise PluginError(f"{where}: {problem}: this is a mistake of the plugin")
    vars(chip)["_loaded"] = accelerator
    return accelerator


def _problem(accelerator: object, chip: DeferredAccelerator) -> str | None:
    """Return what is wrong with what was loaded, or how it differs from what was announced."""
    if not isinstance(accelerator, Accelerator):
        return f"load returned a {type(accelerator).__name__}; an Accelerator was expected"
    if accelerator.name != chip.name:
        return f"load returned the accelerator {accelerator.name!r}"
    if set(accelerator.kinds) != set(chip.kinds):
        announced, real = (", ".join(sorted(each.kinds)) for each in (chip, accelerator))
        return f"the library says that it serves {announced}, its data that it serves {real}"
    if accelerator.default_for:
        return "default_for: a chip of a library cannot be the default for a kind of layer"
    return accelerator_problem(accelerator)
