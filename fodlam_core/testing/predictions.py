"""Checks that predictions mean what the core takes them for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from fodlam_core.errors import FodlamError
from fodlam_core.model.shapes import FcShape
from fodlam_core.plugins import describe, isolated
from fodlam_core.testing.probes import (
    CONV,
    FC,
    LARGER,
    UNUSUAL,
    ask,
    fits,
    layer_of,
    predicted,
    tried,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.model.costs import Cost

ROWS = 64
REPEAT = 7
TOLERANCE = 1e-6
# Per MAC a grouped convolution costs at least this share of what a dense one does.
CHEAPER = 0.5
# A fit that is this far from what it was fitted to has a unit wrong.
FAR = 100.0


def check_repeat_is_left_to_the_core(accelerator: Accelerator) -> None:
    """A prediction is for one run of a layer: the core multiplies it by ``repeat``."""
    for predictor, fitted, layer in tried(accelerator):
        once = predicted(fitted, layer)
        often = predicted(fitted, attrs.evolve(layer, repeat=REPEAT))
        assert once == often, (
            f"{predictor.name} has another cost for {layer.name!r} with repeat = {REPEAT}; predict "
            "one run, the core multiplies"
        )


def check_costs_grow(accelerator: Accelerator) -> None:
    """A layer with many times the work does not cost the same."""
    for predictor, fitted, layer in tried(accelerator):
        if layer.kind not in LARGER or layer.name != f"probe-{layer.kind}":
            continue
        larger = layer_of(LARGER[layer.kind])
        one, other = predicted(fitted, layer), predicted(fitted, larger)
        assert one is None or one != other, (
            f"{predictor.name} has the same cost for {layer.macs} MACs as for {larger.macs}; make "
            "it depend on the layer"
        )


def check_groups(accelerator: Accelerator) -> None:
    """A convolution in groups is neither priced as a dense one nor cheaper for each of its MACs.

    Hardware that pads each group may well take longer than for the dense one, but no longer than
    for as many dense ones as there are groups.
    """
    dense = layer_of(CONV)
    for predictor, fitted, kind in fits(accelerator):
        if kind != "conv":
            continue
        for what in ("a depthwise convolution", "a grouped convolution"):
            grouped = layer_of(UNUSUAL[what])
            groups = dense.macs // grouped.macs
            one, all_ = predicted(fitted, grouped), predicted(fitted, dense)
            if one is None or all_ is None:
                continue
            times = _times(one, all_)
            ignored = all(abs(each - 1) < TOLERANCE for each in times)
            assert not ignored and min(times) * groups > CHEAPER and max(times) <= groups, (
                f"{predictor.name}: {what} of {grouped.macs} MACs costs {max(times):.3g} times as "
                f"much as the dense one of {dense.macs}; count the groups of the shape once"
            )


def check_unusual_layers(accelerator: Accelerator) -> None:
    """Depthwise, dilated, transposed layers and rows are predicted, or refused with the reason."""
    for predictor, fitted, kind in fits(accelerator):
        for what, shape in UNUSUAL.items():
            if shape.kind != kind:
                continue
            cost, error = isolated(ask, fitted, layer_of(shape))
            if isinstance(error, FodlamError):
                assert str(error).strip(), f"{predictor.name} refuses {what} without a reason"
                continue
            problem = describe(error) if error else f"returned {cost!r}"
            good = error is None and all(value > 0 for value in _values(cost))
            assert good, (
                f"{predictor.name} on {what}: {problem}; predict it, or raise PredictionError with "
                "the reason"
            )


def check_rows(accelerator: Accelerator) -> None:
    """A layer of many rows costs more than one row, and no more than that many times as much."""
    for predictor, fitted, kind in fits(accelerator):
        if kind != "fc":
            continue
        one = predicted(fitted, layer_of(FC))
        many = predicted(fitted, layer_of(FcShape(FC.inputs, FC.outputs, rows=ROWS)))
        if one is None or many is None:
            continue
        times = _times(many, one)
        assert max(times) > 1 + TOLERANCE, (
            f"{predictor.name} has the same cost for 1 row and for {ROWS}; rows are part of the "
            "layer, unlike repeat: the core does not multiply by them"
        )
        assert max(times) <= ROWS * (1 + TOLERANCE), (
            f"{predictor.name}: {ROWS} rows cost {max(times):.3g} times as much as 1; the MACs of "
            "a layer are those of all its rows already"
        )


def check_fits_its_measurements(accelerator: Accelerator) -> None:
    """A fit is near the rows that it was fitted to: else a unit is wrong."""
    for predictor, fitted, kind in fits(accelerator):
        for row in accelerator.calibration(kind):
            cost = predicted(fitted, row.layer)
            if cost is None:
                continue
            for times in _times(cost, row.cost * (1 / row.batch / row.layer.repeat)):
                assert 1 / FAR <= times <= FAR, (
                    f"{predictor.name} for {row.network} {row.layer.name} is {times:.3g} times "
                    "what was measured; give seconds and joules of one inference"
                )


def _values(cost: Any) -> list[float]:
    values = (cost.latency_s, cost.energy_j)
    return [value for value in values if value is not None]


def _times(one: Cost, other: Cost) -> list[float]:
    """Return how many times the latency and the energy of another cost the one is."""
    return list(_ratios(one, other))


def _ratios(one: Cost, other: Cost) -> Iterator[float]:
    for name in ("latency_s", "energy_j"):
        a, b = getattr(one, name), getattr(other, name)
        if a is not None and b is not None and b > 0:
            yield a / b


CHECKS = (
    check_repeat_is_left_to_the_core,
    check_costs_grow,
    check_groups,
    check_unusual_layers,
    check_rows,
    check_fits_its_measurements,
)
