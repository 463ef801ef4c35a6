"""Settings have names, and what onnxruntime lacks or refuses is said."""

from __future__ import annotations

import gc
import math
import sys
import weakref
from typing import Any

import onnx
import pytest

from fodlam_core import ConvShape, FcShape
from fodlam_core.errors import FodlamError, UnknownNameError
from fodlam_core.measure import sessions
from fodlam_core.measure.layer_models import PRECISIONS, layer_model
from fodlam_core.measure.places import Places
from fodlam_core.measure.sessions import (
    CONVERSIONS,
    Setting,
    provider_named,
    runner,
    runtime,
    without_conversions,
)

NAMES = "layer.in", "layer.out"


@pytest.mark.parametrize("name", ["", "cpu-fp64-1t", "cpu-fp32", "cpu-fp32-t"])
def test_other_names(name: str) -> None:
    """What is not the name of a setting is not taken for one."""
    assert Setting.named(name) is None


def test_providers() -> None:
    """A provider is found by its short and its full name; an unknown one gets a list."""
    assert ["cpu", "cpu"] == [provider_named("CPU"), provider_named("CPUExecutionProvider")]
    with pytest.raises(UnknownNameError, match=r"--provider tpu: .* it has .*cpu"):
        provider_named("tpu")


def test_no_runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without onnxruntime the command that installs it is said."""
    monkeypatch.setitem(sys.modules, "onnxruntime", None)

    with pytest.raises(FodlamError, match=r"measure needs onnxruntime; run: pip install .*measure"):
        runtime()


@pytest.mark.parametrize("precision", PRECISIONS)
def test_conversions(precision: str) -> None:
    """What is left of a convolution computes in one layout, whatever that of its tensors is."""
    shape = ConvShape.from_input((32, 8, 8), 48, 3, padding=1)
    setting = Setting("cpu", precision)

    model = without_conversions(layer_model(shape, 2, precision), setting)

    graph = onnx.load_from_string(model).graph
    assert not {node.op_type for node in graph.node} & set(CONVERSIONS)
    sizes = [
        math.prod(dim.dim_value for dim in each.type.tensor_type.shape.dim)
        for each in (*graph.input, *graph.output)
    ]
    assert {2 * 32 * 64, 2 * 48 * 64} <= set(sizes)
    assert runner(model, setting)() > 0


def test_nothing_to_convert() -> None:
    """A product stays as it is."""
    model = layer_model(FcShape(64, 64))

    assert model == without_conversions(model, Setting())


def test_refused_before_it_is_cut() -> None:
    """What the runtime cannot load is an error of ours here too."""
    with pytest.raises(FodlamError, match="onnxruntime refuses it"):
        without_conversions(b"rubbish", Setting())


def test_shared_places() -> None:
    """Models that share places read and write the same memory, and compute as otherwise."""
    places = Places()
    kept: list[dict[str, Any]] = [{}, {}]
    for shared, outputs in zip(kept, (64, 32), strict=True):
        runner(layer_model(FcShape(64, outputs)), Setting(), shared=shared, places=places)()

    (one, other), (left, right) = ([each[name] for each in kept] for name in NAMES)
    assert one.data_ptr() == other.data_ptr() != left.data_ptr() == right.data_ptr()


def test_refused() -> None:
    """What the runtime cannot load is an error of ours."""
    with pytest.raises(FodlamError, match="onnxruntime refuses it"):
        runner(b"rubbish", Setting())


@pytest.mark.parametrize("shared", [False, True])
def test_tensors_live_as_long_as_what_runs_on_them(
    monkeypatch: pytest.MonkeyPatch, shared: bool
) -> None:
    """The runtime reads and writes the memory of tensors, which nobody else may hold."""
    made, values = [], sessions._values

    def watched(*arguments: Any) -> Any:
        array = values(*arguments)
        made.append(weakref.ref(array))
        return array

    monkeypatch.setattr(sessions, "_values", watched)
    run = runner(layer_model(FcShape(64, 64)), Setting(), shared={} if shared else None)
    gc.collect()

    assert made
    assert all(each() is not None for each in made)
    assert run() > 0
    del run
    gc.collect()
    assert all(each() is None for each in made)
