"""Settings have names, and what onnxruntime lacks or refuses is said."""

from __future__ import annotations

import sys

import pytest

from fodlam_core.errors import FodlamError, UnknownNameError
from fodlam_core.measure.sessions import Setting, provider_named, runner, runtime


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


def test_refused() -> None:
    """What the runtime cannot load is an error of ours."""
    with pytest.raises(FodlamError, match="onnxruntime refuses it"):
        runner(b"rubbish", Setting())
