"""Models of operators without MACs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fodlam_core.measure.operator_models import RECIPES, has_model, operator_models
from fodlam_core.measure.operator_passes import default_passes
from fodlam_core.model.memory_pass import MemoryPass
from fodlam_core.networks.files import read_network
from fodlam_core.networks.onnx import OnnxReader
from fodlam_core.networks.reader import ReadOptions

onnx = pytest.importorskip("onnx")
TYPES = {"fp32": "float", "fp16": "float16", "int8": "uint8"}
SMALLEST = list({each.operator: each for each in reversed(default_passes())}.values())


@pytest.mark.parametrize("what", SMALLEST, ids=lambda each: each.operator)
def test_a_model_holds_the_pass_and_nothing_else(what: MemoryPass, tmp_path: Path) -> None:
    """A model read as a network has the pass that it is of, and without the operator none."""
    models = operator_models(what)
    assert models is not None
    path = tmp_path / "m.onnx"

    for model, expected in ((models.with_it, (what,)), (models.without, ())):
        if model is not None:
            path.write_bytes(model)
            assert read_network(path, OnnxReader(), ReadOptions()).memory_passes == expected


@pytest.mark.parametrize("precision", TYPES)
@pytest.mark.parametrize("operator", RECIPES)
def test_the_runtime_takes_them(operator: str, precision: str) -> None:
    """Onnxruntime loads every model, at a batch too, with activations of the precision."""
    runtime: Any = pytest.importorskip("onnxruntime")
    runtime.set_default_logger_severity(4)
    what = next(each for each in SMALLEST if each.operator == operator)
    models = operator_models(what, 2, precision)
    assert models is not None

    for model in filter(None, models):
        session = runtime.InferenceSession(model, providers=["CPUExecutionProvider"])
        kinds = {each.type for each in (*session.get_inputs(), *session.get_outputs())}
        assert kinds == {f"tensor({TYPES[precision]})"}


def test_what_has_no_model() -> None:
    """An operator without a recipe, and one of no such sizes, have no model."""
    for what in (MemoryPass("TopK", read=8, written=8), MemoryPass("Add", read=8, written=8)):
        assert operator_models(what) is None
        assert not has_model(what)
    assert all(map(has_model, SMALLEST))
