"""Tests of what free operators of other domains make: a product behind each knows its sizes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fodlam_core.model.layers import Network
from fodlam_core.networks.files import read_network
from fodlam_core.networks.onnx import OnnxReader
from fodlam_core.networks.reader import ReadOptions

onnx = pytest.importorskip("onnx")

DOMAINS = '"com.microsoft" : 1, "com.microsoft.nchwc" : 1, "ai.onnx.ml" : 3'
HEADER = f'<ir_version: 10, opset_import: ["" : 21, {DOMAINS}]>\n'
WORDS, IMAGE, ROWS = "int64[1,7] x", "uint8[1,4,8,8] x", "float[1,7,64] x"
# Call, input of the network, and the width of what comes out, which a product then multiplies.
CALLS = [
    ('com.microsoft.EmbedLayerNormalization (x, "", table, table, "", s, s)', WORDS, (1, 7, 64)),
    ("com.microsoft.GatherBlockQuantized (packed, x, s)", WORDS, (1, 7, 64)),
    ("com.microsoft.TorchEmbedding (table, x)", WORDS, (1, 7, 64)),
    ("com.microsoft.QLinearAdd (x, s, s, row, s, s, s, s)", IMAGE, (1, 4, 8, 8)),
    ("com.microsoft.QLinearConcat <axis = 3> (s, s, x, s, s, x, s, s)", IMAGE, (1, 4, 8, 16)),
    ("com.microsoft.QLinearWhere (yes, x, s, s, row, s, s, s, s)", IMAGE, (1, 4, 8, 8)),
    ("com.microsoft.QLinearReduceMean <axes = [2]> (x, s, s, s, s)", IMAGE, (1, 4, 1, 8)),
    ("com.microsoft.QLinearGlobalAveragePool (x, s, s, s, s)", IMAGE, (1, 4, 1, 1)),
    (
        "com.microsoft.QLinearGlobalAveragePool <channels_last = 1> (x, s, s, s, s)",
        IMAGE,
        (1, 1, 1, 8),
    ),
    (
        "com.microsoft.NhwcMaxPool <kernel_shape = [2, 2], strides = [2, 2]> (x)",
        IMAGE,
        (1, 2, 4, 8),
    ),
    ("com.microsoft.Pad (x, pads)", ROWS, (1, 9, 64)),
    ("com.microsoft.RotaryEmbedding (x, places, s, s)", ROWS, (1, 7, 64)),
    ("com.microsoft.GemmaRotaryEmbedding (s, x, x, x, x)", ROWS, (1, 7, 64)),
    ("com.microsoft.BiasSplitGelu (x, s)", ROWS, (1, 7, 32)),
    ("com.microsoft.MulInteger (x, s, row, s)", ROWS, (1, 7, 64)),
    ("ai.onnx.ml.Scaler (x)", ROWS, (1, 7, 64)),
]  # fmt: skip


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str, dict[str, tuple[int, ...]]], Network]:
    """Read a graph with weights of these sizes."""

    def read(text: str, weights: dict[str, tuple[int, ...]]) -> Network:
        model = onnx.parser.parse_model(HEADER + text)
        for name, dims in weights.items():
            model.graph.initializer.add(
                name=name, data_type=2 if name == "packed" else 1, dims=dims
            )
        path = tmp_path / "net.onnx"
        path.write_bytes(model.SerializeToString())
        return read_network(path, OnnxReader(), ReadOptions())

    return read


@pytest.mark.parametrize(("call", "given", "made"), CALLS)
def test_what_is_made_is_known_behind(
    read: Callable[..., Network], call: str, given: str, made: tuple[int, ...]
) -> None:
    """Rows times the width that the operator makes, times 5, with nothing left uncosted."""
    network = read(
        f"""g ({given}) => (float[] y) <int64[6] pads = {{0, 1, 0, 0, 1, 0}},
            int64[7] places = {{0, 1, 2, 3, 4, 5, 6}}, bool yes = {{1}}>
        {{ m = {call}  c = Cast <to = 1> (m)  y = MatMul (c, v) }}""",
        {"table": (100, 64), "packed": (100, 32), "s": (), "row": (1,), "v": (made[-1], 5)},
    )
    (layer,) = network.layers
    expected = 5
    for size in made:
        expected *= size
    assert (layer.total_macs, network.uncosted) == (expected, {})


def test_a_quantised_convolution_says_where_its_channels_stand(
    read: Callable[..., Network],
) -> None:
    """The same MACs with channels first and last."""
    for last, data in ((0, "1,3,16,16"), (1, "1,16,16,3")):
        network = read(
            f"""g (uint8[{data}] x) => (uint8[] y) {{
            y = com.microsoft.QLinearConv <channels_last = {last}, pads = [1, 1, 1, 1]>
                (x, s, s, w, s, s, s, s) }}""",
            {"s": (), "w": (8, 3, 3, 3)},
        )
        assert network.total_macs == 16 * 16 * 8 * 27


@pytest.mark.parametrize("last", [0, 1])
def test_files_optimised_for_a_machine_have_channels_in_blocks(
    read: Callable[..., Network], last: int
) -> None:
    """Convolutions over 20 channels in 32 of two blocks, pools, and back to 20 channels."""
    data = "1,8,8,20" if last else "1,20,8,8"
    network = read(
        f"""g (float[{data}] x) => (float[] y) <int64[2] flat = {{1, -1}}> {{
            b = com.microsoft.nchwc.ReorderInput <channels_last = {last}> (x)
            p = com.microsoft.nchwc.MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (b)
            c = com.microsoft.nchwc.Conv <group = 32, pads = [1, 1, 1, 1]> (p, w)
            d = com.microsoft.nchwc.Conv (c, o, "", c)
            u = com.microsoft.nchwc.Upsample <scales = [1, 1, 2, 2]> (d)
            a = com.microsoft.nchwc.AveragePool <kernel_shape = [2, 2], strides = [2, 2]> (u)
            r = com.microsoft.nchwc.ReorderOutput <channels = 20, channels_last = {last}> (a)
            f = Reshape (r, flat)  y = MatMul (f, v) }}""",
        {"w": (32, 1, 3, 3), "o": (32, 32, 1, 1), "v": (320, 5)},
    )
    macs = [layer.macs for layer in network.layers]
    assert (macs, network.uncosted) == ([16 * 32 * 9, 16 * 32 * 32, 320 * 5], {})
    assert any("rounded up to whole blocks" in note for note in network.notes)
