"""Tests of the reader of ZigZag's and Stream's workloads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fodlam_core.errors import NetworkError
from fodlam_core.model.layers import Network
from fodlam_core.model.shapes import ConvShape, FcShape, MatmulShape
from fodlam_core.networks.files import reader_for
from fodlam_core.networks.zigzag import ZigZagReader
from fodlam_core.plugins.registry import Registry

pytest.importorskip("yaml")

# Layers as in the workloads that ZigZag and Stream come with, one of each form.
WORKLOAD = """\
- id: 0 # stride 2
  name: conv1
  operator_type: Conv
  equation: O[b][k][oy][ox]+=W[k][c][fy][fx]*I[b][c][iy][ix]
  dimension_relations: [ix=2*ox+1*fx, iy=2*oy+1*fy]
  loop_dims: [B, K, C, OY, OX, FY, FX]
  loop_sizes: [4, 64, 3, 112, 112, 7, 7]
  operand_precision: {W: 8, I: 8, O: 16, O_final: 8}
  operand_source: {I: 0, W: 0}
- id: 1
  operator_type: Pooling
  equation: O[b][g][oy][ox]+=W[fy][fx]*I[b][g][iy][ix]
  dimension_relations: [ix=2*ox+1*fx, iy=2*oy+1*fy]
  loop_dims: [B, G, OY, OX, FY, FX]
  loop_sizes: [4, 64, 56, 56, 3, 3]
  operand_source: {I: 0, W: 1}
- id: 2
  operator_type: Conv
  equation: O[b][g][oy][ox]+=W[g][fy][fx]*I[b][g][iy][ix]
  dimension_relations: [ix=1*ox+2*fx, iy=1*oy+2*fy]
  loop_dims: [B, G, OY, OX, FY, FX]
  loop_sizes: [4, 64, 52, 50, 3, 3]
  operand_source: {I: 1, W: 2}
- id: 3
  operator_type: Add
  equation: O[b][g][oy][ox]=X[b][g][oy][ox]+Y[b][g][oy][ox]
  dimension_relations: []
  loop_dims: [B, G, OY, OX]
  loop_sizes: [4, 64, 56, 56]
  operand_source: {X: 1, Y: 2}
- id: 4
  name: fc
  operator_type: Gemm
  equation: O[b][d][k]+=I[b][d][c]*W[c][k]
  dimension_relations: []
  loop_dims: [B, D, K, C]
  loop_sizes: [4, 10, 1000, 512]
  operand_source: {I: 3, W: 4}
- id: 5
  name: scores
  operator_type: MatMul
  equation: O[b][h][d][k]+=I[b][h][d][c]*W[b][h][c][k]
  dimension_relations: []
  loop_dims: [B, H, D, K, C]
  loop_sizes: [4, 12, 128, 100, 64]
  operand_source: {I: 3, W: 4}
"""


def test_a_workload_is_layers_of_one_inference(read: Callable[..., Network]) -> None:
    """Convolutions, depthwise ones, products with weights and without have their shapes."""
    network = read(ZigZagReader(), "net.yaml", WORKLOAD)
    assert [(layer.name, layer.shape) for layer in network.layers] == [
        ("conv1", ConvShape.from_input((3, 229, 229), 64, 7, stride=2)),
        ("Conv_2", ConvShape.from_input((64, 56, 54), 64, 3, dilation=2, groups=64)),
        ("fc", FcShape(512, 1000, rows=10)),
        ("scores", MatmulShape(128, 64, 100, count=12)),
    ]
    assert network.skipped == {"Pooling": 1, "Add": 1}
    assert network.layers[0].macs == 64 * 3 * 49 * 112 * 112
    assert any("the batch, is left out" in note for note in network.notes)


def test_loops_of_any_name_are_a_product(read: Callable[..., Network]) -> None:
    """Names mean nothing by themselves: b is the batch only where it is one of rows."""
    text = """- {id: 0, name: m, operator_type: MatMul, equation: "O[a][b]+=I[a][c]*W[c][b]",
        loop_dims: [A, B, C], loop_sizes: [104, 20, 30], operand_source: {I: 0, W: 0}}"""
    (layer,) = read(ZigZagReader(), "net.yaml", text).layers
    assert layer.shape == FcShape(30, 20, rows=104)


def test_a_convolution_that_is_written_backwards_has_macs(read: Callable[..., Network]) -> None:
    """Loops over input pixels give the product of their sizes, and no shape."""
    text = """- {id: 0, name: c, operator_type: Conv,
        equation: "O[b][k][oy][ox]+=W[k][c][fy][fx]*I[b][c][iy][ix]",
        dimension_relations: [ox=1*ix+1*fx, oy=1*iy+1*fy],
        loop_dims: [B, K, C, IY, IX, FY, FX], loop_sizes: [2, 64, 3, 224, 224, 3, 3]}"""
    (layer,) = read(ZigZagReader(), "net.yaml", text).layers
    assert (layer.kind, layer.macs) == ("conv", 64 * 3 * 224 * 224 * 9)


def test_it_is_told_from_a_timeloop_problem(registry: Registry, tmp_path: Any) -> None:
    """The file is read by content: a list of equations is a workload of ZigZag."""
    path = tmp_path / "net.yaml"
    path.write_text(WORKLOAD)
    assert reader_for(path, registry.readers).name == "zigzag"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[4, 64, 3, 112, 112, 7, 7]", "[4, 64, 3, 112, 112, 7]", r"yaml:1: .*7 names, 6 sizes"),
        ("[4, 10, 1000, 512]", "[4, 0, 1000, 512]", r"D '0' is not a positive"),
        ("O[b][d][k]+=I[b][d][c]*W[c][k]", "O=I", r"yaml:31: equation"),
        ("ix=2*ox+1*fx, iy=2*oy+1*fy]", "ix=ox]", "expected ix="),
        (WORKLOAD, "operator_type: {equation: 1}", "expected a list of layers"),
        ("id: 5", "id: !!python/name:x 5", "the tag"),
    ],
)
def test_mistakes_are_named(read: Callable[..., Network], old: str, new: str, message: str) -> None:
    """Every mistake has its line."""
    with pytest.raises(NetworkError, match=message):
        read(ZigZagReader(), "net.yaml", WORKLOAD.replace(old, new))


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_mutated_file_never_crashes(
    data: st.DataObject, check_mutated: Callable[..., None]
) -> None:
    """A file with some bytes changed is read, or refused with an error that names it."""
    check_mutated(data, ZigZagReader(), "mutated.yaml", WORKLOAD.encode())
