"""Layers to try predictors on, and the fits to try."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from fodlam_core.errors import PredictionError
from fodlam_core.model.layers import Layer
from fodlam_core.model.shapes import ConvShape, FcShape, MatmulShape
from fodlam_core.networks.zoo import zoo_names, zoo_network
from fodlam_core.predictors import levels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.model.costs import Cost
    from fodlam_core.model.shapes import Shape

CONV = ConvShape.from_input((64, 56, 56), 64, kernel=3, padding=1)
FC = FcShape(1024, 1000)
MATMUL = MatmulShape(m=128, k=64, n=128)
# What a configuration may hold besides the usual shapes, each with what it is called.
UNUSUAL: dict[str, Shape] = {
    "a pointwise convolution": ConvShape.from_input((64, 56, 56), 64, kernel=1),
    "a depthwise convolution": ConvShape.from_input((64, 56, 56), 64, 3, padding=1, groups=64),
    "a grouped convolution": ConvShape.from_input((64, 56, 56), 64, 3, padding=1, groups=8),
    "a dilated convolution": ConvShape.from_input((64, 56, 56), 64, 3, padding=2, dilation=2),
    "a transposed convolution": ConvShape(
        in_channels=64,
        in_height=28,
        in_width=28,
        out_channels=64,
        out_height=56,
        out_width=56,
        kernel=(2, 2),
        stride=(2, 2),
        transposed=True,
    ),
    "a convolution with other sizes for height and width": ConvShape.from_input(
        (64, 1, 300), 64, kernel=(1, 7), padding=(0, 3)
    ),
    "a fully-connected layer with rows": FcShape(1024, 1000, rows=128),
    "many products": MatmulShape(m=128, k=64, n=128, count=12),
}
LARGER: dict[str, Shape] = {
    "conv": ConvShape.from_input((256, 112, 112), 256, kernel=3, padding=1),
    "fc": FcShape(8192, 8000),
    "matmul": MatmulShape(m=1024, k=512, n=1024),
}

# Few outputs and many weights, so that memory sets the pace where it can.
DEEP: dict[str, Shape] = {
    "conv": ConvShape.from_input((2048, 3, 3), 2048, kernel=3, padding=1),
    "fc": FcShape(16384, 16384),
}


def layer_of(shape: Shape, **rest: Any) -> Layer:
    """Return a layer with everything known."""
    given = {"weight_density": 0.5, "activation_density": 0.5, **rest}
    return Layer.from_shape(f"probe-{shape.kind}", shape, **given)


# One layer of each kind that every network may have.
PROBES = (layer_of(CONV), layer_of(FC), layer_of(MATMUL))


def fits(accelerator: Accelerator) -> Iterator[tuple[Any, Any, str]]:
    """Yield each predictor, fitted to each kind that it can be, with the kind."""
    known = {row.network for row in accelerator.references}.intersection(zoo_names())
    networks = {name: zoo_network(name) for name in known}
    for predictor in accelerator.predictors:
        for kind in accelerator.kinds:
            pooled = getattr(predictor, "pooled", False)
            kinds = accelerator.kinds if pooled else (kind,)
            rows = [row for each in kinds for row in accelerator.calibration(each)]
            try:
                fitted = levels.fit(predictor, rows, accelerator.references, networks)
            except PredictionError:
                if rows:
                    raise
                continue  # nothing was measured of this kind
            assert callable(getattr(fitted, "predict", None)), (
                f"fit of {predictor.name} returned {fitted!r}; return an object with a method "
                "predict(layer)"
            )
            yield predictor, fitted, kind


def tried(accelerator: Accelerator) -> Iterator[tuple[Any, Any, Layer]]:
    """Yield each fit with a layer to predict: one that is made up, or a measured one."""
    for predictor, fitted, kind in fits(accelerator):
        probes = [layer for layer in PROBES if layer.kind == kind]
        for layer in probes or [row.layer for row in accelerator.calibration(kind)[:1]]:
            yield predictor, fitted, layer


def ask(fitted: Any, layer: Layer) -> Any:
    """Return what a fit of either hook level answers for one inference."""
    return levels.predict(fitted, layer, 1)


def predicted(fitted: Any, layer: Layer) -> Cost | None:
    """Return what a fit predicts; None where it refuses the layer."""
    try:
        cost: Cost = ask(fitted, layer)
    except PredictionError:
        return None
    return cost


def costs(accelerator: Accelerator) -> list[object]:
    """Return what is known of an accelerator and what it predicts, to tell it from another."""
    fields = attrs.fields(type(accelerator))
    left_out = ("predictors", "apply_options", "options")
    known = [getattr(accelerator, each.name) for each in fields if each.name not in left_out]
    named = [each.name for each in accelerator.predictors]
    asked = [
        (fitted, each)
        for _, fitted, layer in tried(accelerator)
        for each in (layer, *(layer_of(DEEP[kind]) for kind in DEEP if kind == layer.kind))
    ]
    return [*known, named, *(predicted(*each) for each in asked)]
