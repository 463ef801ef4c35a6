"""Whether chips store the weights of a transformer as it is asked for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fodlam_core.deferred import DeferredAccelerator
from fodlam_core.errors import NetworkError, Problem, Setting
from fodlam_core.model.shapes import MatmulShape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.config import Config
    from fodlam_core.estimates.checks import Work
    from fodlam_core.model.layers import Layer, Network
    from fodlam_core.plugins.registry import Registry

MOST_NAMED = 8
_FORMAT = re.compile(r"\b(nvfp4|mxfp4|bf16|(?:fp|int)(?:4|8|16|32|64))\b")
# Formats that stand for each other: of 16 bits, and either of the two that datasheets call fp4.
_ALIKE = ({"fp16", "bf16"}, {"fp4", "nvfp4"}, {"fp4", "mxfp4"})
DEFAULT = "fp16"


def weight_format(precision: str) -> str | None:
    """Return the number format of weights that the precision of a chip names first; None if none.

    >>> weight_format("weights int4, activations 16 bits"), weight_format("fp16-vector")
    ('int4', 'fp16')
    >>> weight_format("16-bit fixed point")
    """
    found = _FORMAT.search(precision)
    return found[1] if found else None


def serves(precision: str, asked: str, *, stated: bool) -> bool:
    """Tell whether a chip of some precision stores weights as asked for.

    A chip whose precision names no format is not judged. Weights that nobody asked to be of 16
    bits may be stored in more.

    >>> serves("bf16", "fp16", stated=True), serves("fp8", "fp16", stated=False)
    (True, False)
    >>> serves("fp32", "fp16", stated=True), serves("fp32", "fp16", stated=False)
    (False, True)
    """
    own = weight_format(precision)
    if own is None or own == asked or any({own, asked} <= each for each in _ALIKE):
        return True
    return not stated and asked == DEFAULT and own in ("fp32", "fp64")


def is_stated(config: Config, network: Network) -> bool:
    """Tell whether a configuration, or the model's file, says what weights are stored as."""
    facts = network.transformer
    return config.network.weights is not None or (
        facts is not None and facts.precision not in ("fp16", "bf16")
    )


def check_precision(config: Config, registry: Registry, network: Network, work: Work) -> None:
    """Check that chips store the weights of a transformer as it is asked for.

    Raises:
        NetworkError: naming the operating points that do.
    """
    facts = network.transformer
    if facts is None:
        return
    stated, asked = is_stated(config, network), facts.precision
    problems = {
        platform.accelerator.name: _problem(platform.accelerator, asked, registry)
        for layer, platform in work
        if platform is not None
        and _has_weights(layer)
        and not serves(platform.accelerator.precision, asked, stated=stated)
    }
    if problems:
        raise NetworkError(*problems.values())


def _has_weights(layer: Layer) -> bool:
    return not isinstance(layer.shape, MatmulShape)


def _problem(chip: Accelerator, asked: str, registry: Registry) -> Problem:
    own = weight_format(chip.precision)
    points = list(_points(registry, asked))
    near = [name for name in points if name.partition("/")[0] == chip.name.partition("/")[0]]
    named = near or points
    some = ", ".join(named[:MOST_NAMED])
    more = f" and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
    there = f"{some}{more}" if named else "none of those installed"
    what = f"weights are asked for as {asked}; {chip.name} stores them as {own}"
    weights = Setting(("network",), "weights", f'"{own}"')
    cure = (f"points that store {asked}: {there}; or give ", weights)
    return Problem(what, (Setting(("network",), "weights"),), cure=cure)


def _points(registry: Registry, asked: str) -> Iterator[str]:
    """Yield the points that serve products with weights in a format, known without loading."""
    for each in registry.serving("fc"):
        if weight_format(precision_of(each)) is None:
            continue
        if serves(precision_of(each), asked, stated=True):
            yield each.name


def precision_of(chip: Accelerator | DeferredAccelerator) -> str:
    """Return the precision of a chip, without loading it."""
    if isinstance(chip, DeferredAccelerator):
        return str(chip.facts.get("precision") or "")
    return chip.precision
