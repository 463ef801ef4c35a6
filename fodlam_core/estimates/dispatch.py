"""Which accelerator serves a kind of layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.errors import PluginError

if TYPE_CHECKING:
    from fodlam_core.accelerators import Accelerator
    from fodlam_core.config import Config
    from fodlam_core.plugins.registry import Registry


def accelerator_for(kind: str, config: Config, registry: Registry) -> Accelerator | None:
    """Return the accelerator that serves a kind of layer; None if none does.

    It is the one that the configuration names; else the one that declares itself the default for
    the kind; else the only one that serves it. So a further plugin changes no existing result.

    Raises:
        PluginError: if there are several, or if another might slip into the place of one that is
            unusable; the text has the line to write.
    """
    if kind in config.dispatch:
        return registry.accelerator(config.dispatch[kind])
    # What is known for whole networks only serves no layer, unless it is asked to by name.
    serving = [
        each for each in registry.accelerators if kind in each.kinds and not each.references_only
    ]
    defaults = [each for each in serving if kind in each.default_for]
    candidates = defaults or serving
    names = ", ".join(each.name for each in candidates)
    line = f'write {kind} = "NAME" under [dispatch]'
    conflicts = registry.conflicting_accelerators(kind)
    lost_defaults = [text for text, default in conflicts if default]
    claimed = [text for text, _ in conflicts]
    unusable = [*registry.broken(), *claimed]
    if len(candidates) > 1:
        text = f"[dispatch]: several accelerators serve {kind!r} ({names}); {line}"
        raise PluginError("; ".join([text, *(() if defaults else unusable)]))
    if lost_defaults or (unusable and not defaults and (candidates or claimed)):
        # One of these may be what the configuration counts on: never take another silently.
        serves = f"{names} alone serves" if candidates else "no accelerator serves"
        raise PluginError(
            f"[dispatch]: {serves} {kind!r}, but {'; '.join(lost_defaults or unusable)}; mend it, "
            "uninstall it, or leave it out with FODLAM_BLOCK_PLUGINS"
            + (f"; or {line}" if candidates else "")
        )
    return candidates[0] if candidates else None
