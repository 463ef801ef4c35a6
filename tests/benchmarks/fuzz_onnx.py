"""Mutated ONNX graphs: run ``python tests/benchmarks/fuzz_onnx.py SECONDS [SEED]``.

Graphs with subgraphs and contrib operators, some changed at a node, an attribute or a size, some at
a byte, are read; a traceback, a graph that takes over 2 s, or a peak over 500 MB (Linux) is a find.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any

import onnx
from onnx import helper

from fodlam_core.errors import FodlamError
from fodlam_core.networks.files import read_network
from fodlam_core.networks.onnx import OnnxReader
from fodlam_core.networks.onnx.operators import FREE, FREE_ELSEWHERE, RULES
from fodlam_core.networks.reader import ReadOptions

HEADER = '<ir_version: 10, opset_import: ["" : 21, "com.microsoft" : 1]>\n'
SEEDS = (
    """g (float[1,3,16,16] x) => (float[1,10] z) <int64 i = {3}, int64 one = {1},
        int64[2] r = {1, 8}, int64[2] ax = {2, 3}> {
        c0 = com.microsoft.FusedConv <pads = [1, 1, 1, 1]> (x, w)
        p = GlobalAveragePool (c0)  s = Shape (p)  d = Gather (s, i)  c = Equal (d, one)
        q = If (c) <then_branch = t () => (ty) { ty = Squeeze (p, ax) },
            else_branch = e () => (ey) { ey = Identity (p) }>
        f = Reshape (q, r)  z = Gemm (f, v)
    }""",
    """g (float[1,64] x) => (float[1,10] z) <int64 m = {5}, bool on = {1}, int64[2] r = {1, 320}> {
        y = Loop (m, on) <body = b (int64 i, bool c) => (d, p) {
            p = MatMul (x, w)  d = Identity (c) }>
        f = Reshape (y, r)  z = Gemm (f, v)
    }""",
    """g (float[20,1,32] x) => (float[] y) {
        f, a = Scan <num_scan_inputs = 1, body = b (float[1,32] q, float[1,32] i) => (so, yo) {
            p = MatMul (q, w)  so = Add (p, i)  yo = Identity (so) }> (v, x)
        y = LSTM <hidden_size = 8> (a, w, v)
    }""",
    """g (float[1,10,64] x) => (float[] y) <int64 four = {4}, int64[1] i = {1}, int64[1] j = {-1}> {
        a = com.microsoft.Attention <num_heads = 4> (x, w)
        b = com.microsoft.MultiHeadAttention <num_heads = 4> (a, x, x)
        c = com.microsoft.MatMulNBits <K = 64, N = 32> (b, w, v)
        d = Einsum <equation = "...d,de->...e"> (c, v)
        s = Shape (d)  n = Slice (s, i, j)  k = Concat <axis = 0> (n, i)  e = Expand (four, k)
        o = SplitToSequence <axis = 1> (d, four)
        t = SequenceMap (o) <body = u (float[1,4] q) => (p) { p = MatMul (q, w) }>
        y = ConcatFromSequence <axis = 1> (t)
    }""",
    """g (float[1,64] x, bool c) => (float[] y) <int64 n = {3}, bool t = {1}, int64 z = {0}> {
        s = SequenceConstruct (x, x)  q = SequenceInsert (s, x, z)  e = SequenceErase (q, z)
        a = SequenceAt (e, z)  o = Optional (a)  h = OptionalGetElement (o)
        y = Loop (n, t, h) <body = b (int64 i, bool k, float[1,64] m) => (k2, m2) {
            k2 = Identity (k)
            m2 = If (c) <then_branch = f () => (g) { g = MatMul (m, w) },
                else_branch = l () => (r) { r = com.microsoft.FusedGemm (m, w) }> }>
    }""",
)  # fmt: skip
NUMBERS = (-(2**63), -(2**31), -7, -1, 0, 1, 2, 3, 5, 64, 1000, 2**31, 2**40, 2**63 - 1)
FOREIGN = sorted(FREE_ELSEWHERE["com.microsoft"])
OPERATORS = [*((name, "") for name in sorted(FREE)), *((name, "com.microsoft") for name in FOREIGN)]
OPERATORS += [tuple(reversed((["", *name.rsplit(".", 1)])[-2:])) for name in RULES]


def seeds() -> list[Any]:
    """Return the graphs that are changed, each with two weights."""
    models = []
    for text in SEEDS:
        model = onnx.parser.parse_model(HEADER + text)
        for name, dims in (("w", (64, 64)), ("v", (64, 8))):
            model.graph.initializer.add(name=name, data_type=1, dims=dims)
        models.append(model)
    return models


def nodes_of(graph: Any) -> list[Any]:
    """Return the operators of a graph, those inside operators included."""
    found = []
    for node in graph.node:
        found.append(node)
        for each in node.attribute:
            if each.HasField("g"):
                found += nodes_of(each.g)
    return found


def mutate(model: Any, chance: random.Random) -> None:  # noqa: C901, a list of changes
    """Change one thing in a graph."""
    nodes = nodes_of(model.graph)
    node = chance.choice(nodes)
    names = [name for each in nodes for name in (*each.input, *each.output)]
    kind = chance.randrange(8)
    if kind == 0:
        node.op_type, node.domain = chance.choice(OPERATORS)
    elif kind == 1 and node.input:
        node.input[chance.randrange(len(node.input))] = chance.choice([*names, "", "w", "v"])
    elif kind == 2:
        node.input.append(chance.choice([*names, ""]))
    elif kind == 3 and node.input:
        del node.input[chance.randrange(len(node.input))]
    elif kind == 4:
        keys = ("axis", "axes", "perm", "group", "pads", "num_heads", "hidden_size", "num_outputs",
                "equation", "kernel_shape", "K", "N", "start", "end", "num_scan_inputs", "to",
                "keepdims", "shape", "direction", "layout", "k", "blocksize")  # fmt: skip
        value = chance.choice([chance.choice(NUMBERS), "a,b->c", 0.5])
        if chance.random() < 0.5:
            value = [chance.choice(NUMBERS) for _ in range(chance.randrange(1, 5))]
        node.attribute.append(helper.make_attribute(chance.choice(keys), value))
    elif kind == 5:
        dims = chance.choice(model.graph.input).type.tensor_type.shape.dim
        if dims:
            chance.choice(dims).dim_value = chance.choice(NUMBERS)
    elif kind == 6:
        tensor = chance.choice(model.graph.initializer)
        if tensor.dims:
            tensor.dims[chance.randrange(len(tensor.dims))] = chance.choice(NUMBERS)
        if chance.random() < 0.5:
            tensor.raw_data = chance.randbytes(8)
    elif kind == 7:
        model.graph.node.add().CopyFrom(node)


def changed(models: list[Any], chance: random.Random) -> bytes:
    """Return a file: a graph changed a few times, at times a byte as well."""
    model = onnx.ModelProto()
    model.CopyFrom(chance.choice(models))
    for _ in range(chance.randrange(1, 5)):
        try:
            mutate(model, chance)
        except (ValueError, TypeError, OverflowError):
            continue
    data = bytearray(model.SerializeToString())
    if chance.random() < 0.2:
        data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data)


def main() -> None:
    """Read changed graphs for so many seconds; print how many there were, and the finds."""
    seconds, seed = float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    chance, models = random.Random(seed), seeds()
    reader, finds, slowest, read, count = OnnxReader(), 0, 0.0, 0, 0
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "net.onnx")
        while time.monotonic() < end:
            path.write_bytes(changed(models, chance))
            start = time.process_time()
            count += 1
            try:
                read_network(path, reader, ReadOptions(regions=3))
                read += 1
            except FodlamError:
                pass
            except Exception:
                finds += 1
                traceback.print_exc()
                Path(f"find-{seed}-{count}.onnx").write_bytes(path.read_bytes())
            took = time.process_time() - start
            if took > 2:
                finds += 1
                print(f"{took:.1f} s: kept as find-{seed}-{count}.onnx")
                Path(f"find-{seed}-{count}.onnx").write_bytes(path.read_bytes())
            slowest = max(slowest, took)
    with open("/proc/self/status") as status:
        peak = next(line for line in status if line.startswith("VmHWM"))
    print(
        f"{count} graphs, {read} read, {finds} finds, slowest {slowest:.2f} s, "
        f"peak {int(peak.split()[1]) // 1000} MB"
    )


if __name__ == "__main__":
    main()
