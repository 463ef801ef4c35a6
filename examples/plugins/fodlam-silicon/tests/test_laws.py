"""Laws of batches and rows hold for every chip of the library, by whatever it predicts."""

from __future__ import annotations

import attrs
import fodlam_silicon
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from fodlam_core import (
    Config,
    ConvShape,
    FcShape,
    FodlamError,
    Layer,
    MatmulShape,
    Network,
    NetworkConfig,
    estimate,
    load_registry,
)
from fodlam_core.model.shapes import Shape
from fodlam_core.plugins import Plugin, call_hooks
from fodlam_core.plugins.hookspecs import HookSpecs
from fodlam_core.plugins.registry import build_registry

LIBRARY = Plugin("silicon", call_hooks(fodlam_silicon, HookSpecs))
REGISTRY = build_registry([*load_registry(installed=False).plugins, LIBRARY])
# Points that know whole networks only predict no layer.
NAMES = sorted(item.name for item in LIBRARY.provided["fodlam_accelerators"] if item.knows is None)
EXACT = 1 + 1e-9
few = st.integers(1, 16)
sizes = st.sampled_from([1, 3, 16, 64, 100, 256, 1024, 4096])


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    """A convolution, a fully-connected layer or a product."""
    kind = draw(st.sampled_from(["conv", "fc", "matmul"]))
    if kind == "fc":
        return FcShape(draw(sizes), draw(sizes), draw(st.integers(1, 300)))
    if kind == "matmul":
        return MatmulShape(draw(st.integers(1, 300)), draw(sizes), draw(sizes), draw(few))
    kernel, channels = draw(st.sampled_from([1, 3, 5])), draw(st.sampled_from([3, 16, 64, 256]))
    groups = channels if draw(st.booleans()) else 1
    filters = channels * draw(st.integers(1, 4))
    side = draw(st.integers(kernel, 56))
    return ConvShape.from_input((channels, side, side), filters, kernel, groups=groups)


def cost(chip: str, shape: Shape, batch: int) -> tuple[float | None, float | None]:
    """Return latency and energy of a layer; of what the chip does not run no law is tried."""
    layer = Layer.from_shape("layer", shape)
    config = Config(NetworkConfig("Net", batch=batch), dispatch={layer.kind: chip})
    try:
        total = estimate(config, REGISTRY, Network("Net", [layer])).totals["total"]
    except FodlamError:
        reject()
    return total.latency_s, total.energy_j


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(chip=st.sampled_from(NAMES), shape=shapes(), batch=few, times=few, more=few)
def test_more_never_costs_less(chip: str, shape: Shape, batch: int, times: int, more: int) -> None:
    """A larger batch, or more rows, cost no less; of whole batches together each no more."""
    one = cost(chip, shape, batch)
    larger = [cost(chip, shape, batch + more), cost(chip, shape, batch * times)]
    if isinstance(shape, FcShape):
        larger.append(cost(chip, attrs.evolve(shape, rows=shape.rows + more), batch))
    if isinstance(shape, MatmulShape):
        larger.append(cost(chip, attrs.evolve(shape, m=shape.m + more), batch))
    for place, value in enumerate(one):
        if value is not None:
            assert all(value <= (each[place] or 0.0) * EXACT for each in larger)
            assert (larger[1][place] or 0.0) <= value * times * EXACT
