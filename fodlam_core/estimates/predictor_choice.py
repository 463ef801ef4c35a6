"""Which predictor of an accelerator is asked about a layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.errors import PredictionError, Problem, Setting

if TYPE_CHECKING:
    from fodlam_core.accelerators import Accelerator
    from fodlam_core.model.layers import Layer
    from fodlam_core.predictors import Predictor


def predictor_for(
    layer: Layer, accelerator: Accelerator, name: str | None, *, printed: bool
) -> Predictor:
    """Return the predictor that is named, else the first whose requirements a layer meets.

    Args:
        layer: the layer.
        accelerator: what runs it.
        name: the predictor that the configuration names; None if it names none.
        printed: whether costs are taken as printed, as FODLAM did.

    Raises:
        PredictionError: if the layer lacks what it needs, or what every one of them needs.
    """
    if name is not None or printed:
        predictor = _named(accelerator, name, printed=printed)
    else:
        for predictor in accelerator.predictors:
            if not _lacks(predictor, layer):
                return predictor
        predictor = accelerator.predictor()
    _check_known(predictor, layer, accelerator)
    return predictor


def modest(accelerator: Accelerator, other: Predictor) -> tuple[Setting, ...]:
    """Return what selects another predictor, one that needs nothing, if there is."""
    names = [
        each.name
        for each in accelerator.predictors
        if not each.requires and each.name != other.name
    ]
    name = "per-mac" if "per-mac" in names else names[0] if names else None
    return (_setting(accelerator, f'"{name}"'),) if name else ()


def _named(accelerator: Accelerator, name: str | None, *, printed: bool) -> Predictor:
    predictor = accelerator.predictor(name)
    name = predictor.name
    if printed and name != "per-mac":
        raise PredictionError(
            Problem('batch = "published" works with per-mac only', more=f", not with {name}"),
            where=_setting(accelerator),
            cure='write predictor = "per-mac"',
        )
    return predictor


def _setting(accelerator: Accelerator, *value: str) -> Setting:
    return Setting(("accelerator", accelerator.name), "predictor", *value)


def _check_known(predictor: Predictor, layer: Layer, accelerator: Accelerator) -> None:
    lacks = _lacks(predictor, layer)
    if not lacks:
        return
    other = modest(accelerator, predictor)
    cure: tuple[str | Setting, ...] = ("add it to the network file",)
    if other:
        cure += (", or write ", *other)
    what = f"{layer.name} has no {' and no '.join(lacks)}"
    raise PredictionError(Problem(what, more=f", which {predictor.name} needs"), cure=cure)


def _lacks(predictor: Predictor, layer: Layer) -> list[str]:
    return [name for name in sorted(predictor.requires) if getattr(layer, name, None) is None]
