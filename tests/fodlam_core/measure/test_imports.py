"""Times that something else measured, mapped to layers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fodlam_core import ConvShape, FcShape, Layer, Network
from fodlam_core.errors import FodlamError
from fodlam_core.measure.imports import imported

NETWORK = Network(
    "net",
    [
        Layer.from_shape("/body/Conv_1", ConvShape.from_input((1, 4, 4), 2, 3)),
        Layer.from_shape("fc", FcShape(8, 2)),
    ],
)


def event(name: str, microseconds: float) -> dict[str, object]:
    """Return an event as onnxruntime writes it."""
    return {"cat": "Node", "name": name, "dur": microseconds, "ts": 0, "args": {}}


def test_profile(tmp_path: Path) -> None:
    """Nodes are found by name, rewritten ones too; the first run does not count."""
    events = [
        event(name, time)
        for time in (900, 100, 120)
        for name in ("/body/Conv_1_nchwc_kernel_time", "other_kernel_time", "model_run")
    ]
    path = tmp_path / "profile.json"
    path.write_text(json.dumps(events))

    found = imported(str(path), NETWORK)

    [(item, sample)] = found.layers
    assert "/body/Conv_1" == item.uses[0][1].name
    assert (pytest.approx(1.1e-4), 2) == (sample.median_s, sample.runs)
    assert found.whole is not None
    assert pytest.approx(1.1e-4) == found.whole.median_s
    assert ("fc: the file has no time of it",) == found.notes


def test_a_fused_name_needs_a_layer(tmp_path: Path) -> None:
    """The time of an activation that ran by itself is not that of the layer before it."""
    path = tmp_path / "profile.json"
    others = {"FC": ["RELU"]}
    events = [{**event("relu_kernel_time", 100), "args": {"op_name": "FusedGemm"}}]
    path.write_text(json.dumps(events))

    [(_, sample)] = imported(str(path), NETWORK, others).layers
    path.write_text(
        json.dumps([event("/body/Conv_1_kernel_time", 1), event("relu_kernel_time", 1)])
    )
    [(item, _)] = imported(str(path), NETWORK, others).layers

    assert pytest.approx(1e-4) == sample.median_s
    assert "/body/Conv_1" == item.uses[0][1].name


def test_real_profile(tmp_path: Path) -> None:
    """A profile that onnxruntime writes of a model is understood."""
    import onnxruntime

    from fodlam_core.measure.layer_models import network_model

    options = onnxruntime.SessionOptions()
    options.enable_profiling = True
    options.profile_file_prefix = str(tmp_path / "profile")
    network = Network("net", [Layer.from_shape("fc", FcShape(8, 2))])
    session = onnxruntime.InferenceSession(
        network_model(network), options, providers=["CPUExecutionProvider"]
    )
    import numpy as np

    for _ in range(3):
        session.run(None, {"fc.0.in": np.zeros((1, 8), "float32")})
    path = session.end_profiling()
    layer = Network("net", [Layer.from_shape("fc.0.out", FcShape(8, 2))])

    [(_, sample)] = imported(path, layer).layers

    assert 2 == sample.runs


def test_table(tmp_path: Path) -> None:
    """A table of layers and milliseconds is taken over."""
    path = tmp_path / "times.csv"
    path.write_text("layer, ms\nFC,1.5\n")

    [(item, sample)] = imported(str(path), NETWORK).layers

    assert ("fc", 1.5e-3) == (item.uses[0][1].name, sample.median_s)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("layer,ms\nfc,much\nfc,-1\n", r"2: ms: 'much' is not .*\n.*3: ms: '-1' is not"),
        ("name,ms\n", "expected the columns layer and ms"),
        ("layer,ms\nnone,1\n", "contains no layer of net"),
        ("[1]", "is not a profile of onnxruntime"),
        ("[]", "has no times of nodes"),
        ("{", "is not a profile of onnxruntime"),
    ],
)
def test_bad_files(tmp_path: Path, text: str, message: str) -> None:
    """What is wrong with a file is said, all at once."""
    path = tmp_path / "times"
    path.write_text(text)

    with pytest.raises(FodlamError, match=message):
        imported(str(path), NETWORK)


def test_no_file(tmp_path: Path) -> None:
    """A file that is not there is named."""
    with pytest.raises(FodlamError, match="none: No such file"):
        imported(str(tmp_path / "none"), NETWORK)
