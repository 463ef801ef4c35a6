"""Layers are found in a profile of onnxruntime under the names that fusing gives them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fodlam_core.config.asked import asked_config
from fodlam_core.estimates.network import configured_network
from fodlam_core.measure.fused_names import fused_names
from fodlam_core.measure.imports import imported
from fodlam_core.plugins.registry import Registry

pytest.importorskip("onnxruntime")


def saved(path: Path) -> str:
    """Write a network with layers before activations, in a residual sum, and of odd sizes."""
    import numpy as np
    import onnx
    from onnx import helper, numpy_helper

    random = np.random.default_rng(0)
    sizes = {
        "w1": (16, 3, 3, 3),
        "w2": (16, 1, 3, 3),
        "w3": (16, 16, 1, 1),
        "w4": (8, 16, 1, 1),
        "w5": (16, 8, 1, 1),
        "w7": (16, 10),
        "w8": (10, 12),
        "b": (12,),
    }
    stored = [
        numpy_helper.from_array(random.random(dims, "float32"), name)
        for name, dims in sizes.items()
    ]
    same = {"pads": [1, 1, 1, 1]}
    nodes = [
        ("Conv", "first", ["x", "w1"], same),
        ("Relu", "relu", ["first.out"], {}),
        ("Conv", "depthwise", ["relu.out", "w2"], {**same, "group": 16}),
        ("HardSwish", "swish", ["depthwise.out"], {}),
        ("GlobalAveragePool", "pool", ["swish.out"], {}),
        ("Conv", "squeeze", ["pool.out", "w4"], {}),
        ("Relu", "small", ["squeeze.out"], {}),
        ("Conv", "excite", ["small.out", "w5"], {}),
        ("HardSigmoid", "gate", ["excite.out"], {}),
        ("Mul", "scaled", ["swish.out", "gate.out"], {}),
        ("Conv", "project", ["scaled.out", "w3"], {}),
        ("Add", "sum", ["project.out", "relu.out"], {}),
        ("Relu", "last", ["sum.out"], {}),
        ("GlobalAveragePool", "means", ["last.out"], {}),
        ("Flatten", "flat", ["means.out"], {}),
        ("Gemm", "classes", ["flat.out", "w7"], {}),
        ("Relu", "positive", ["classes.out"], {}),
        ("MatMul", "product", ["positive.out", "w8"], {}),
        ("Add", "bias", ["product.out", "b"], {}),
        ("Relu", "end", ["bias.out"], {}),
    ]
    graph = helper.make_graph(
        [
            helper.make_node(kind, read, [f"{name}.out"], name, **how)
            for kind, name, read, how in nodes
        ],
        "net",
        [helper.make_tensor_value_info("x", 1, [1, 3, 16, 16])],
        [helper.make_tensor_value_info("end.out", 1, [1, 12])],
        stored,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, path)
    return str(path)


def profiled(path: str, folder: Path) -> str:
    """Return the profile of three runs with the default options of a session."""
    import numpy as np
    import onnxruntime

    options: Any = onnxruntime.SessionOptions()
    options.enable_profiling = True
    options.profile_file_prefix = str(folder / "profile")
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    for _ in range(3):
        session.run(None, {"x": np.zeros((1, 3, 16, 16), "float32")})
    profile: str = session.end_profiling()
    return profile


def test_every_fused_layer_is_found(tmp_path: Path, registry: Registry) -> None:
    """A profile with default options has a time of every layer, fused or not."""
    path = saved(tmp_path / "net.onnx")
    network = configured_network(asked_config(path, registry), registry)

    found = imported(profiled(path, tmp_path), network, fused_names(path))

    assert () == found.notes
    assert 7 == len(network.layers) == len(found.layers)


def test_names(tmp_path: Path) -> None:
    """The names are of what reads a layer alone, up to what is not fused."""
    names = fused_names(saved(tmp_path / "net.onnx"))

    assert ("FIRST.OUT", "RELU", "RELU.OUT") == names["FIRST"]
    assert ("PROJECT.OUT", "SUM", "SUM.OUT", "LAST", "LAST.OUT") == names["PROJECT"]
    assert ("DEPTHWISE.OUT", "SWISH", "SWISH.OUT") == names["DEPTHWISE"]
