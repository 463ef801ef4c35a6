"""Settings have names, and what onnxruntime lacks or refuses is said."""

from __future__ import annotations

import gc
import sys
import weakref
from typing import Any

import pytest

from fodlam_core import ConvShape, FcShape
from fodlam_core.errors import FodlamError, UnknownNameError
from fodlam_core.measure import sessions
from fodlam_core.measure.layer_models import layer_model
from fodlam_core.measure.sessions import (
    Setting,
    conversion_share,
    provider_named,
    runner,
    runtime,
)


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

    with pytest.raises(FodlamError, match=r"onnxruntime is not installed; pip install .*measure"):
        runtime()


def test_conversions() -> None:
    """Blocks of channels are converted around a convolution, and nothing around a product."""
    conv = layer_model(ConvShape.from_input((32, 16, 16), 32, 3, padding=1))

    assert 0 == conversion_share(layer_model(FcShape(64, 64)), Setting())
    assert 0 <= conversion_share(conv, Setting()) < 1


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
