"""Files that were once read with work missing, each standing for a kind, and what is in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fodlam_core.errors import NetworkError
from fodlam_core.model.layers import Network
from fodlam_core.networks.files import read_network
from fodlam_core.networks.onnx import OnnxReader
from fodlam_core.networks.reader import ReadOptions

onnx = pytest.importorskip("onnx")


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Network]:
    """Read a graph in onnx's text form; what is declared without a value is a weight."""

    def read(text: str, opset: int = 17, **options: object) -> Network:
        header = f'<ir_version: 10, opset_import: ["" : {opset}, "com.microsoft" : 1]>\n'
        model = onnx.parser.parse_model(header + text)
        for value in model.graph.value_info:
            tensor = value.type.tensor_type
            dims = [dim.dim_value for dim in tensor.shape.dim]
            model.graph.initializer.add(name=value.name, data_type=tensor.elem_type, dims=dims)
        del model.graph.value_info[:]
        path = tmp_path / "net.onnx"
        path.write_bytes(model.SerializeToString())
        return read_network(path, OnnxReader(), ReadOptions(**options))  # type: ignore[arg-type]

    return read


SHAPES = (
    "int64 zero = {0}, int64 one = {1}, int64 two = {2}, int64[1] ax0 = {0}, int64[1] ax1 = {1}"
)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("c = Equal (d, one)", 320),  # the batch of x is 1: the small branch
        ("c = Greater (d, one)", 640),
    ],
)
def test_a_branch_that_sizes_choose_is_the_one_that_counts(
    read: Callable[..., Network], condition: str, expected: int
) -> None:
    """The graphs of an If see what is around it, and the branch that runs is costed."""
    network = read(
        f"""g (float[1,16] x) => (float[] y) <{SHAPES}, float[16,8] a, float[16,8] b,
            float[8,8] v, float[24,8] u>
        {{
            s = Shape (x)
            d = Gather (s, zero)
            {condition}
            z = If (c) <then_branch = t () => (t0) {{ t0 = MatMul (x, a) }},
                else_branch = e () => (e1) {{ e0 = MatMul (x, b)
                    e1 = Concat <axis = 1> (e0, x) }}>
            w = If (c) <then_branch = t2 () => (w0) {{ w0 = Identity (v) }},
                else_branch = e2 () => (w1) {{ w1 = Identity (u) }}>
            y = MatMul (z, w)
        }}"""
    )
    macs = [layer.macs for layer in network.layers]
    assert sum(macs) == (128 + 64 if expected == 320 else 128 + 192)
    assert network.uncosted == {}


def test_branches_of_one_cost_need_no_condition(read: Callable[..., Network]) -> None:
    """Whichever branch runs, one product of 128 MACs does."""
    text = """g (float[1,16] x) => (float[1,8] y) <float[16,8] w, float zero = {0}>
        {
            s = ReduceSum <keepdims = 0> (x)
            c = Greater (s, zero)
            y = If (c) <then_branch = t () => (a) { a = MatMul (x, w) },
                else_branch = e () => (b) { b0 = MatMul (x, w)  b = Relu (b0) }>
        }"""
    network = read(text)
    assert (network.total_macs, network.uncosted) == (128, {})
    cut = text.replace("b0 = MatMul (x, w)  b = Relu (b0)", "b = Slice (x, i, j, i1)")
    more = "zero = {0}, int64[1] i = {0}, int64[1] j = {8}, int64[1] i1 = {1}>"
    cut = cut.replace("zero = {0}>", more)
    other = read(cut)
    assert (other.total_macs, other.uncosted) == (0, {"If": 1})
    assert any("its branches cost 128 and 0 MACs" in note for note in other.notes)


def test_loops_of_a_known_length_are_repeated(read: Callable[..., Network]) -> None:
    """Passes that are alike are one layer that is repeated; what follows knows its sizes."""
    network = read(
        """g (float[1,64] x) => (float[1,10] z) <int64 m = {5}, bool on = {1}, float[64,64] w,
            int64[2] flat = {1, 320}, float[320,10] v>
        {
            y = Loop (m, on) <body = b (int64 i, bool c) => (bool d, float[1,64] p) {
                p = MatMul (x, w)
                d = Identity (c)
            }>
            r = Reshape (y, flat)
            z = Gemm (r, v)
        }"""
    )
    assert [(layer.name, layer.macs, layer.repeat) for layer in network.layers] == [
        ("p", 4096, 5),
        ("z", 3200, 1),
    ]


def test_a_loop_that_grows_is_followed_pass_by_pass(read: Callable[..., Network]) -> None:
    """A cache that grows makes every pass dearer than the one before."""
    network = read(
        """g (float[1,8] x) => (float[] z) <int64 m = {3}, bool on = {1}>
        {
            z = Loop (m, on, x) <body = b (int64 i, bool c, float[n,8] k) => (bool d, kk) {
                t = Transpose <perm = [1, 0]> (k)
                p = MatMul (x, t)
                kk = Concat <axis = 0> (k, x)
                d = Identity (c)
            }>
        }"""
    )
    assert [layer.macs for layer in network.layers] == [8, 16, 24]


def test_a_loop_without_a_known_end_is_listed(read: Callable[..., Network]) -> None:
    """How often a loop runs that values end is not known; one without work is free."""
    text = """g (float[1,8] x) => (float[] z) <float[8,8] w, float most = {9}, bool on = {1}>
        {
            z = Loop ("", on, x) <body = b (int64 i, bool c, float[1,8] k) => (bool d, kk) {
                kk = MatMul (k, w)
                s = ReduceSum <keepdims = 0> (kk)
                d = Less (s, most)
            }>
        }"""
    network = read(text)
    assert (network.total_macs, network.uncosted) == (0, {"Loop": 1})
    assert any("how often it runs is not known" in note for note in network.notes)
    assert read(text.replace("MatMul (k, w)", "Relu (k)")).uncosted == {}


def test_scans_run_along_their_axis(read: Callable[..., Network]) -> None:
    """A Scan over 20 steps runs its product 20 times, and 20 is not a batch."""
    network = read(
        """g (float[20,1,32] x) => (float[] y) <float[1,32] s, float[32,32] w>
        {
            f, y = Scan <num_scan_inputs = 1, body = b (float[1,32] a, float[1,32] i) => (so, yo) {
                p = MatMul (a, w)
                so = Add (p, i)
                yo = Identity (so)
            }> (s, x)
        }"""
    )
    assert [(layer.macs, layer.repeat) for layer in network.layers] == [(1024, 20)]
    assert network.notes == ("axis 0 of input 'x' counts time steps (Scan): no axis is the batch",)


@pytest.mark.parametrize("batch", [1, 2])
def test_scans_of_old_run_for_each_item_of_a_batch(
    read: Callable[..., Network], batch: int
) -> None:
    """The first Scan of ONNX has the batch before the steps, and what it makes has both."""
    network = read(
        f"""g (float[{batch},7,16] x) => (float[] z) <float[{batch},16] s, float[16,16] w,
            float[16,4] v, int64[2] row = {{1, 16}}, int64[1] flat = {{16}}>
        {{
            f, y = Scan <num_scan_inputs = 1, body = b (float[16] a, float[16] i) => (so, yo) {{
                r = Reshape (i, row)
                p = MatMul (r, w)
                so = Reshape (p, flat)
                yo = Add (a, so)
            }}> ("", s, x)
            z = MatMul (y, v)
        }}""",
        opset=8,
    )
    shown = [(layer.name, layer.macs, layer.repeat) for layer in network.layers]
    assert (shown, network.uncosted) == ([("p", 256, 7), ("z", 7 * 64, 1)], {})


@pytest.mark.parametrize(("training", "macs"), [(1, 256), (0, 0)])
def test_dropout_that_trains_is_chance(
    read: Callable[..., Network], training: int, macs: int
) -> None:
    """What Dropout makes of a weight differs from run to run, if it is told to train."""
    network = read(
        f"""g (float[1,16] x) => (float[] y) <float[1,16] k, float[16,16] w, float r = {{0.5}},
            bool t = {{{training}}}>
        {{
            d = Dropout (k, r, t)
            m = MatMul (d, w)
            y = Add (m, x)
        }}"""
    )
    assert network.total_macs == macs
    assert any("computed beforehand" in note for note in network.notes) == (not training)


def test_fused_products_may_have_their_rows_before_the_stack(read: Callable[..., Network]) -> None:
    """``transBatchA`` puts rows first, as they are before heads are moved."""
    network = read(
        """g (float[10,4,16] x, float[4,16,12] k) => (float[] z) <float[12,5] w>
        {
            y = com.microsoft.FusedMatMul <transBatchA = 1> (x, k)
            z = MatMul (y, w)
        }""",
        batch_axis="none",
    )
    assert [layer.macs for layer in network.layers] == [4 * 10 * 16 * 12, 4 * 10 * 12 * 5]


def test_chance_is_no_constant(read: Callable[..., Network]) -> None:
    """What follows a random operator is work of every inference."""
    for op in (
        "RandomNormal <shape = [1, 64]> ()",
        "RandomUniform <shape = [1, 64]> ()",
        "RandomNormalLike (k)",
        "RandomUniformLike (k)",
        "Bernoulli (k)",
    ):
        network = read(
            f"""g (float[1,128] x) => (float[1,128] y) <float[1,64] k, float[64,128] w>
            {{
                n = {op}
                a = MatMul (n, w)
                y = Add (a, x)
            }}"""
        )
        assert network.total_macs == 64 * 128


@pytest.mark.parametrize(
    "sizes",
    [
        "e = Unsqueeze (n, ax0)  p = Slice (pos, ax0, e, ax1)",
        ("e = Cast <to = 1> (n)  f = Div (e, e2)  h = Mul (f, e2)  m = Floor (h)  "
        "i = Cast <to = 7> (m)  j = Unsqueeze (i, ax0)  p = Slice (pos, ax0, j, ax1)"),
        "r = Range (zero, n, one)  p = Unsqueeze (r, ax0)",
        ("e = Unsqueeze (n, ax0)  k = Concat <axis = 0> (ax1, e)  i = Identity (k)  "
        "p = ConstantOfShape <value = int64[1] {1}> (i)"),
        ("e = Unsqueeze (n, ax0)  k = Concat <axis = 0> (ax1, e)  c = Reshape (one, ax1)  "
        "p = Expand (c, k)"),
        ("e = Unsqueeze (n, ax0)  k = Concat <axis = 0> (ax1, e)  p0 = Slice (pos, ax0, ax1, ax1)  "
        "p = Tile (p0, k)"),
    ],
)  # fmt: skip
def test_values_travel_through_what_exporters_write(
    read: Callable[..., Network], sizes: str
) -> None:
    """Positions cut to the length of the input have its length, whichever way it is computed."""
    network = read(
        f"""g (int64[1,64] x) => (float[] y) <{SHAPES}, float e2 = {{2}}, int64[1,512] pos,
            float[600,8] t, float[8,8] w>
        {{
            s = Shape (x)
            n = Gather (s, one)
            {sizes}
            q = Gather (t, p)
            z = Gather (t, x)
            a = Add (q, z)
            y = MatMul (a, w)
        }}"""
    )
    assert [layer.macs for layer in network.layers] == [4096]
    assert network.uncosted == {}


def test_a_second_free_input_is_asked_for(read: Callable[..., Network]) -> None:
    """A size of a further input is asked for where layers depend on it, and can be given."""
    text = """g (float[1,64] x, float[boxes,64] b) => (float[1,128] a, float[boxes,10] c)
        <float[64,128] w, float[64,10] v>
        {
            a = Gemm (x, w)
            c = Gemm (b, v)
        }"""
    with pytest.raises(NetworkError, match=r"'b' is \[boxes, 64\].*symbols = \{ boxes = 128 \}"):
        read(text)
    expected = 64 * 128 + 7 * 64 * 10
    assert read(text, symbols={"boxes": 7}).total_macs == expected
    assert read(text, inputs={"b": (7, 64)}).total_macs == expected
    unnamed = text.replace("float[boxes,64]", "float[?,64]")
    with pytest.raises(NetworkError, match=r"\[network\] inputs = \{ b = \[1, 64\] \}"):
        read(unnamed)


CACHE = """g (float[batch,seq,16] x, float[batch,past,16] pk) => (float[] y) <float[16,16] w>
    {
        q = MatMul (x, w)
        k = Concat <axis = 1> (pk, q)
        t = Transpose <perm = [0, 2, 1]> (k)
        s = MatMul (q, t)
        p = Softmax (s)
        y = MatMul (p, k)
    }"""


def test_a_cache_has_the_size_that_is_given(read: Callable[..., Network]) -> None:
    """One step over 1,024 earlier tokens attends to 1,025; the batch is the one both share."""
    with pytest.raises(NetworkError, match=r"symbols = \{ seq = 128, past = 128 \}"):
        read(CACHE)
    with pytest.raises(NetworkError, match=r"symbols = \{ past = 128 \}"):
        read(CACHE, input=(1, 16))
    expected = 256 + 2 * 1025 * 16
    for given in (
        {"input": (1, 16), "inputs": {"pk": (1, 1024, 16)}},
        {"symbols": {"seq": 1, "past": 1024}},
        {"inputs": {"x": (1, 1, 16), "pk": (1, 1024, 16)}},
        {"symbols": {"seq": 1, "past": 1024, "batch": 4}},
    ):
        assert read(CACHE, **given).total_macs == expected


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"symbols": {"sequence": 3}}, "symbols: unknown symbol 'sequence'"),
        ({"inputs": {"pkv": (1, 2, 16)}}, "inputs: unknown input 'pkv'"),
        ({"inputs": {"pk": (2, 16)}}, r"'pk' is \[batch, past, 16\]: it takes 3 numbers"),
        ({"inputs": {"pk": (1, 3, 16)}, "symbols": {"past": 4}}, "'past' is given as 4 and 3"),
    ],
)
def test_sizes_that_do_not_fit_are_refused(
    read: Callable[..., Network], options: dict[str, object], message: str
) -> None:
    """A symbol or an input that the file lacks is named, and so is a contradiction."""
    with pytest.raises(NetworkError, match=message):
        read(CACHE, **options)


def test_the_batch_axis_can_be_told(read: Callable[..., Network]) -> None:
    """Twenty steps of one sequence are twenty rows, once axis 0 is said to be no batch."""
    text = "g (float[{},1,16] x) => (float[] y) <float[16,8] w> {{ y = MatMul (x, w) }}"
    assert read(text.format(20)).total_macs == 128
    for axis in (1, "none"):
        assert read(text.format(20), batch_axis=axis).total_macs == 2560
        assert read(text.format("seq"), batch_axis=axis, symbols={"seq": 20}).total_macs == 2560
        with pytest.raises(NetworkError, match=r"'x' is \[seq, 1, 16\]"):
            read(text.format("seq"), batch_axis=axis)
    assert read(text.format(20), batch_axis=1, input=(30, 16)).total_macs == 30 * 128
    assert read(text.format(20), batch_axis="none", input=(30, 1, 16)).total_macs == 30 * 128


@pytest.mark.parametrize(("op", "gates"), [("LSTM", 4), ("GRU", 3), ("RNN", 1)])
def test_recurrent_layers_repeat_their_steps(
    read: Callable[..., Network], op: str, gates: int
) -> None:
    """A step is a product of input and state with all gates; directions are layers of their own."""
    text = f"""g (float[20,{{}},64] x) => (float[] y) <float[{{}},{gates * 32},64] w,
        float[{{}},{gates * 32},32] r> {{{{ y = {op} <hidden_size = 32{{}}> (x, w, r) }}}}"""
    for batch in (1, 8):
        (layer,) = read(text.format(batch, 1, 1, "")).layers
        assert (layer.macs, layer.repeat) == ((64 + 32) * gates * 32, 20)
    both = read(text.format(8, 2, 2, ', direction = "bidirectional"'))
    assert len(both.layers) == 2
    assert "axis 0 of input 'x' counts time steps" in both.notes[0]


MICROSOFT = {
    "com.microsoft.MatMulNBits <K = 64, N = 32, bits = 4, block_size = 32> (x, q, sc)": 20480,
    "com.microsoft.Attention <num_heads = 4> (x, qkv)": 122_880 + 12_800,
    "com.microsoft.QAttention <num_heads = 4> (x, qkv, sc, sc, sc)": 122_880 + 12_800,
    "com.microsoft.Attention <num_heads = 4> (x, qkv, '', '', past)": 122_880
    + 2 * 4 * 10 * 18 * 16,
    "com.microsoft.MultiHeadAttention <num_heads = 4> (x, x, x)": 12_800,
    "com.microsoft.GroupQueryAttention <num_heads = 4, kv_num_heads = 2> (x, kv, kv)": 12_800,
    "com.microsoft.FusedMatMul <transB = 1> (x, b)": 10 * 64 * 20,
    "com.microsoft.MoE <k = 2> (x, route, up, '', down)": 10 * 2 * 2 * 64 * 96,
}


@pytest.mark.parametrize("call", MICROSOFT)
def test_operators_of_microsoft_are_costed_and_known_behind(
    read: Callable[..., Network], call: str
) -> None:
    """Each contrib operator has its MACs, and a product behind it knows its sizes."""
    text = """g (float[1,10,64] x, float[1,10,32] kv, float[10,8] route) => (float[] z)
        <uint8[32,2,16] q, float[64] sc, float[64,192] qkv, float[20,64] b, float[64,8] v,
         float[32,8] v32, float[20,8] v20, float[2,1,4,8,16] past, float[8,96,64] up,
         float[8,64,96] down>
        { y = CALL  z = MatMul (y, BEHIND) }""".replace("CALL", call.replace("''", '""'))
    behind = {"NBits": ("v32", 32), "FusedMat": ("v20", 20)}
    name, width = next((each for key, each in behind.items() if key in call), ("v", 64))
    network = read(text.replace("BEHIND", name))
    assert network.total_macs == MICROSOFT[call] + 10 * width * 8
    assert network.uncosted == {}


@pytest.mark.parametrize(
    ("op", "data", "weights"),
    [
        ("FusedConv", "1,3,16,16", "8,3,3,3"),
        ("NhwcConv", "1,16,16,3", "8,3,3,3"),
        ("NhwcFusedConv", "1,16,16,4", "8,4,3,3"),
        ("NhwcConv", "1,16,16,4", "8,3,3,4"),
    ],
)
def test_convolutions_of_microsoft(
    read: Callable[..., Network], op: str, data: str, weights: str
) -> None:
    """Fused convolutions cost what plain ones do, channels first or last."""
    (layer,) = read(
        f"""g (float[{data}] x) => (float[] y) <float[{weights}] w>
        {{ y = com.microsoft.{op} <pads = [1, 1, 1, 1], kernel_shape = [3, 3]> (x, w) }}"""
    ).layers
    channels = 4 if "4" in data.split(",") else 3
    assert layer.macs == 16 * 16 * 8 * channels * 9
    assert layer.shape is not None


def test_attention_counts_earlier_tokens(read: Callable[..., Network]) -> None:
    """One query over 12 cached keys and its own attends to 13."""
    network = read(
        """g (float[1,4,1,16] q, float[1,2,1,16] k, float[1,2,1,16] v, float[1,2,12,16] pk,
            float[1,2,12,16] pv) => (float[1,4,1,16] y)
        { y, nk, nv = Attention (q, k, v, "", pk, pv) }""",
        opset=23,
    )
    assert network.total_macs == 2 * 4 * 16 * 13


def test_what_is_not_reached_is_told(read: Callable[..., Network]) -> None:
    """An input that nothing depends on and an output that depends on nothing are noted."""
    network = read(
        """g (float[1,8] x, float[1,8] unused) => (float[] y, float[] k) <float[8,8] w>
        { y = MatMul (x, w)  k = Transpose (w) }"""
    )
    assert "input 'unused': no output depends on it" in network.notes
    assert "output 'k': it depends on no input" in network.notes


def test_work_that_no_output_needs_is_told(read: Callable[..., Network]) -> None:
    """A product whose result goes nowhere is counted, and a note names it."""
    network = read(
        """g (float[1,8] x) => (float[] y) <float[8,8] w, float[8,4] v>
        { idle = MatMul (x, w)  r = Relu (idle)  c = MatMul (w, v)  y = MatMul (x, v) }"""
    )
    assert network.total_macs == 64 + 32
    assert "no output depends on 'idle', counted anyway" in network.notes
    assert "computed beforehand, as they depend on no input: 'c'" in network.notes


def test_options_hold_what_they_were_given(read: Callable[..., Network]) -> None:
    """Whether an option holds something decides a branch."""
    for held, macs in (("Optional (x)", 64 + 32), ("Optional <type = float[1,8]> ()", 32)):
        network = read(
            f"""g (float[1,8] x) => (float[] y) <float[8,8] w, float[8,4] v>
            {{
                o = {held}  has = OptionalHasElement (o)
                a = If (has) <then_branch = t () => (p) {{
                        e = OptionalGetElement (o)  p = MatMul (e, w) }},
                    else_branch = e () => (q) {{ q = Identity (x) }}>
                y = MatMul (a, v)
            }}""",
            opset=18,
        )
        assert (network.total_macs, network.uncosted) == (macs, {})


def test_items_of_a_sequence_are_known_one_by_one(read: Callable[..., Network]) -> None:
    """A sequence of parts that are mapped and joined again has the sizes of its parts."""
    network = read(
        """g (float[1,12] x) => (float[] y) <int64 four = {4}, float[4,5] w, float[15,2] v>
        {
            s = SplitToSequence <axis = 1> (x, four)
            m = SequenceMap (s) <body = b (float[1,4] i) => (o) { o = MatMul (i, w) }>
            c = ConcatFromSequence <axis = 1> (m)
            y = MatMul (c, v)
        }"""
    )
    assert [(layer.macs, layer.repeat) for layer in network.layers] == [(20, 3), (30, 1)]


def test_outputs_that_an_operator_does_not_have_are_unknown(read: Callable[..., Network]) -> None:
    """Two outputs of an operator that makes one do not upset the walk."""
    network = read(
        """g (float[1,8] x) => (float[] y) <float[8,4] w, int64[1] one = {1}>
        { n, more = NonZero (one)  k, rest = Shape (x)  y = MatMul (x, w) }"""
    )
    assert network.total_macs == 32


@pytest.mark.parametrize(
    "call",
    [
        "com.microsoft.FusedConv (x, s)",
        "com.microsoft.NhwcConv <strides = [0]> (x, w)",
        "com.microsoft.Attention <num_heads = 4> (x, s)",
        "com.microsoft.MoE (x, x, w)",
        "com.microsoft.MatMulNBits <K = 3> (x, w)",
        "com.microsoft.GroupQueryAttention (x, x, x)",
        "com.microsoft.MultiHeadAttention <num_heads = 0> (x, x, x)",
        "Einsum <equation = [1, 2]> (x, w)",
        "LSTM (x, s, s)",
        "Scan <num_scan_inputs = 9000000000000000000, body = b (q) => (p) { p = Relu (q) }> (x)",
    ],
)
def test_malformed_operators_are_errors_or_uncosted(
    read: Callable[..., Network], call: str
) -> None:
    """An operator whose inputs or attributes are not its own is named, never a traceback."""
    text = f"g (float[1,8,8] x) => (float[] y) <float[8,8] w, float s> {{ y = {call} }}"
    try:
        assert sum(read(text).uncosted.values()) == 1
    except NetworkError as error:
        assert "node 'y'" in str(error)


def test_regions_that_are_put_back_in_order_are_as_many(read: Callable[..., Network]) -> None:
    """Pooled from several levels, regions are scattered into one tensor of as many rows."""
    network = read(
        """g (float[1,8,16,16] x) => (float[] y) <int64 zero = {0}, int64[1] start = {0},
            int64[1] stop = {1}, int64[3] rest = {8, 2, 2}, float[32,5] w>
        {
            found = NonZero (x)  where = Transpose (found)
            boxes = Cast <to = 1> (where)  image = Gather <axis = 1> (where, zero)
            pooled = RoiAlign <output_height = 2, output_width = 2> (x, boxes, image)
            s = Shape (boxes)  n = Slice (s, start, stop)  sizes = Concat <axis = 0> (n, rest)
            blank = ConstantOfShape (sizes)  places = Slice (where, start, stop, stop)
            all = ScatterND (blank, places, pooled)
            flat = Flatten (all)
            y = Gemm (flat, w)
        }""",
        regions=7,
    )
    assert (network.total_macs, network.uncosted) == (7 * 32 * 5, {})
