"""Tests of terms and of layers as matrix products."""

import pytest

from fodlam_core import ConvShape, FcShape, Layer, LayerSums, MatmulShape, PredictionError
from fodlam_core.predictors.products import product
from fodlam_core.predictors.terms import (
    ADDITIVE,
    NEAREST,
    OVERHEAD,
    SETS,
    TERMS,
    amounts,
    nearest_form,
)


def _conv(*arguments, **keywords):
    return Layer.from_shape("C", ConvShape.from_input(*arguments, **keywords))


LAYERS = {
    "dense 3x3": _conv((64, 28, 28), 128, 3, padding=1),
    "dense": _conv((64, 28, 28), 128, 3, 2, padding=1),
    "pointwise": _conv((64, 28, 28), 128, 1),
    "depthwise": _conv((64, 28, 28), 64, 3, padding=1, groups=64),
    "grouped": _conv((64, 28, 28), 128, 3, padding=1, groups=2),
    "fc": Layer.from_shape("F", FcShape(64, 100, rows=7)),
    "matmul": Layer.from_shape("M", MatmulShape(4, 5, 6, count=3)),
}


@pytest.mark.parametrize("form", LAYERS)
def test_a_layer_has_its_form_and_products(form):
    """The products of a layer multiply to its MACs."""
    one = product(LAYERS[form])
    assert form == one.form
    assert LAYERS[form].macs == one.m * one.n * one.k * one.groups == one.macs


@pytest.mark.parametrize("form", LAYERS)
def test_macs_are_in_one_term_of_the_layers_set(form):
    """Every MAC of a layer is in exactly one of the terms by form."""
    names = [name for name in SETS["layers"] if name.endswith("_macs") and name != "padded_macs"]
    found = [each for _, each in amounts(product(LAYERS[form]), names) if each]
    assert [LAYERS[form].macs] == found


def test_counts_of_a_convolution():
    """Elements, tiles and filled-up filters follow from the shape."""
    one = product(_conv((3, 32, 32), 96, 3, padding=1))
    assert (0.0, 3 * 32 * 32) == TERMS["input_elements"](one)
    assert (0.0, 96 * 32 * 32) == TERMS["output_elements"](one)
    assert (3 * 96 * 9, 0.0) == TERMS["weight_elements"](one)
    assert (0.0, 27 * 32 * 32) == TERMS["im2col_elements"](one)
    assert (0.0, 128 * 27 * 32 * 32) == TERMS["padded_macs"](one)
    assert (0.0, 1.5 * 36 * 64 * 96 * 3) == TERMS["winograd_macs"](one)
    assert (27, 0.0) == TERMS["depth"](one)


def test_groups_that_fill_no_vectors_are_laid_out_anew():
    """Of groups of 8 channels every window counts, of groups of 16 and of products none."""
    ragged, whole = (product(_conv((96, 32, 32), 96, 3, padding=1, groups=g)) for g in (12, 6))
    assert (0.0, 96 * 9 * 32 * 32) == TERMS["ragged_elements"](ragged)
    assert (0.0, 0.0) == TERMS["ragged_elements"](whole)
    assert (11, 0.0) == TERMS["grouped_products"](ragged)
    alone, odd = (product(_conv((n, 8, 8), n, 3, padding=1, groups=n)) for n in (8, 6))
    assert (0.0, 0.0) == TERMS["ragged_elements"](alone)
    assert (0.0, 6 * 9 * 64) == TERMS["ragged_elements"](odd)
    assert (0.0, 6 * 64) == TERMS["sparse_inputs"](odd) == TERMS["sparse_outputs"](odd)
    assert (0.0, 0.0) == TERMS["sparse_inputs"](product(_conv((8, 8, 8), 8, 3)))


def test_winograd_is_for_plain_3x3_alone():
    """Other dense layers count all their MACs, sparse ones none."""
    for form, layer in LAYERS.items():
        _, counted = TERMS["winograd_macs"](product(layer))
        if form in ("depthwise", "grouped"):
            assert 0 == counted
        elif form != "dense 3x3":
            assert layer.macs == counted
        else:
            assert layer.macs * 54 / 144 == counted


def test_the_nearest_form_is_a_measured_one():
    """Each form has all others to fall back to, dense ones before any that is not a convolution."""
    for form, others in NEAREST.items():
        assert set(NEAREST) == {form, *others}
        assert all(other == nearest_form(form, {other}) for other in NEAREST)
    assert "pointwise" == nearest_form("grouped", {"pointwise", "fc"})


def test_no_shape_is_an_error_that_names_the_layer():
    """A layer without a shape has no products."""
    with pytest.raises(PredictionError, match="layer 'X': its shape is not known"):
        product(Layer("X", "conv", 100))


@pytest.mark.parametrize("form", LAYERS)
def test_sums_have_the_additive_terms_of_their_layers(form):
    """Three layers as sums have three times of each additive term, whichever of the forms."""
    one = product(LAYERS[form])
    elements = one.inputs + one.outputs - one.cached - one.scores
    sums = LayerSums(form, macs=3 * one.macs, weights=3 * one.weights, elements=3 * elements)
    terms = sorted(ADDITIVE - {OVERHEAD})
    found = amounts(product(Layer("S", sums.kind, sums.macs, sums)), terms)
    assert [(3 * a, 3 * b) for a, b in amounts(one, terms)] == found


def test_dense_elements_are_those_of_windows():
    """Inputs and outputs of convolutions with more than one pixel to a filter, no others."""
    for form, layer in LAYERS.items():
        one = product(layer)
        expected = one.inputs + one.outputs if form.startswith("dense") else 0
        assert (0.0, expected) == TERMS["dense_elements"](one)


def test_tiles_of_a_layer_by_its_form():
    """Cycles are those of the window, of taps if it is depthwise, and of a product otherwise."""
    names = ("tile_cycles", "tap_cycles", "tap_rows")
    filled = {
        form: [bool(each) for _, each in amounts(product(LAYERS[form]), names)] for form in LAYERS
    }
    assert [False, True, True] == filled.pop("depthwise")
    assert {(True, False, False)} == {tuple(each) for each in filled.values()}
    other = product(LAYERS["depthwise"])._replace(form="grouped")
    assert [True, False, False] == [bool(each) for _, each in amounts(other, names)]


def test_what_fills_no_vectors():
    """Rows and pieces are copied where channels fill no vectors, and of groups always."""
    ragged = product(_conv((24, 28, 28), 24, 3, 2, padding=1, groups=3))
    assert (0.0, 3 * 72 * 14) == TERMS["ragged_rows"](ragged)
    elements = TERMS["ragged_elements"](ragged)
    assert elements == TERMS["strided_ragged_elements"](ragged)
    assert elements == TERMS["ragged_grouped_elements"](ragged)
    assert (0.0, 0.0) == TERMS["ragged_depthwise_elements"](ragged)
    odd = product(_conv((6, 8, 8), 6, 3, padding=1, groups=6))
    assert TERMS["ragged_elements"](odd) == TERMS["ragged_depthwise_elements"](odd)
    assert (0.0, 0.0) == TERMS["ragged_grouped_elements"](odd) == TERMS["ragged_rows"](odd)
    assert (0.0, 3 * 9 * 14 * 14) == TERMS["grouped_pieces"](ragged)
    whole = product(LAYERS["grouped"])
    assert (0.0, 0.0) == TERMS["ragged_rows"](whole) == TERMS["strided_ragged_elements"](whole)
    assert (0.0, 2 * 9 * 28 * 28) == TERMS["grouped_pieces"](whole)

    image, dense = product(_conv((3, 8, 8), 16, 3, padding=1)), product(LAYERS["dense"])
    assert (0.0, 9 * 64) == TERMS["uneven_pieces"](image)
    assert (0.0, 0.0) == TERMS["uneven_pieces"](dense) == TERMS["uneven_pieces"](ragged)
    deep = product(_conv((24, 8, 8), 24, 3, padding=1, groups=24))
    assert (0.0, deep.macs) == TERMS["uneven_depthwise_macs"](deep)
    assert (0.0, 0.0) == TERMS["uneven_depthwise_macs"](product(LAYERS["depthwise"]))


def test_weights_of_one_row_are_not_reused():
    """One row reads each weight once; several rows multiply with it again."""
    one = product(Layer.from_shape("F", FcShape(8, 5)))
    assert (0.0, 0.0) == TERMS["reused_weights"](one)
    assert (6400, 0.0) == TERMS["reused_weights"](product(LAYERS["fc"]))
