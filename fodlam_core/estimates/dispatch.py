"""Which accelerator runs a layer."""

from __future__ import annotations

import fnmatch
from typing import TYPE_CHECKING

from fodlam_core.deferred import DeferredAccelerator
from fodlam_core.errors import PluginError
from fodlam_core.model.layers import Layer, layer_key
from fodlam_core.plugins.registry import is_default

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.config import Config, DispatchRule
    from fodlam_core.plugins.registry import Registry

MOST_NAMED = 10


def dispatch(
    layers: Iterable[Layer], config: Config, registry: Registry
) -> list[Accelerator | None]:
    """Return for each layer the accelerator that runs it; None if none serves its kind.

    It is that of the first dispatch rule that matches the layer, else that of its kind.

    Raises:
        PluginError: as `accelerator_for` does.
    """
    rules = [(rule, registry.accelerator(rule.accelerator)) for rule in config.rules]
    kinds: dict[str, Accelerator | None] = {}
    chosen: list[Accelerator | None] = []
    for layer in layers:
        found = next((chip for rule, chip in rules if matches(rule, layer)), None)
        if found is None:
            if layer.kind not in kinds:
                kinds[layer.kind] = accelerator_for(layer.kind, config, registry)
            found = kinds[layer.kind]
        chosen.append(found)
    return chosen


def matches(rule: DispatchRule, layer: Layer) -> bool:
    """Tell whether a rule is for a layer: by its name, its form, or both.

    >>> from fodlam_core import Layer
    >>> from fodlam_core.config import DispatchRule
    >>> layer = Layer("block1/dw_3x3", "conv", 100)
    >>> matches(DispatchRule("gpu", match="*/DW*"), layer)
    True
    >>> matches(DispatchRule("gpu", form="depthwise"), layer)
    False
    """
    if rule.form is not None and rule.form != layer.form:
        return False
    return rule.match is None or fnmatch.fnmatchcase(layer.key, layer_key(rule.match))


def accelerator_for(kind: str, config: Config, registry: Registry) -> Accelerator | None:
    """Return the accelerator that serves a kind of layer; None if none does.

    It is the one that the configuration names; else fodlam-core's own default for the kind; else
    the one that declares itself the default; else the only one that serves it. So a further plugin
    changes no existing result.

    Raises:
        PluginError: if there are several, or if another might slip into the place of one that is
            unusable; the text has the line to write.
    """
    if kind in config.dispatch:
        return registry.accelerator(config.dispatch[kind])
    if config.exclusive:
        return None
    lost = registry.lost_default(kind)
    if lost:
        raise PluginError(
            f"[dispatch]: what serves {kind!r} unless another is named is lost: {lost}; let it in "
            f'again, or write {kind} = "NAME" under [dispatch]'
        )
    serving = registry.serving(kind)
    defaults = [each for each in serving if is_default(each, kind)]
    own = [each for each in defaults if registry.is_own("accelerator", each.name)]
    alone = [each for each in serving if not isinstance(each, DeferredAccelerator)]
    # Of the many chips of a library none is meant that is not named.
    candidates = own or defaults or alone or (serving if len(serving) == 1 else [])
    if not own:
        _check_candidates(
            kind, [each.name for each in candidates], registry, defaults=bool(defaults)
        )
    if not candidates:
        return None
    accelerator = registry.accelerator(candidates[0].name)
    # What is known for whole networks only serves no layer, unless it is asked to by name.
    return None if accelerator.runs_by_name_only else accelerator


def _check_candidates(
    kind: str, candidates: list[str], registry: Registry, *, defaults: bool
) -> None:
    """Check that there is one candidate at most, and that none of what is unusable is meant."""
    names = ", ".join(candidates[:MOST_NAMED])
    if len(candidates) > MOST_NAMED:
        names += f" and {len(candidates) - MOST_NAMED} more"
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
            f"[dispatch]: {serves} {kind!r}, but {'; '.join(lost_defaults or unusable)}; fix it, "
            "uninstall it, or leave it out with FODLAM_BLOCK_PLUGINS"
            + (f"; or {line}" if candidates else "")
        )
