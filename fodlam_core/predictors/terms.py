"""Terms that the cost of a layer may be made of: counts that follow from its shape, as data.

A term of a layer is affine in the batch, ``fixed + each * batch``: weights are loaded once for a
batch, activations once for every inference.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from fodlam_core.predictors.tiles import Tiles, product_cycles, tiles

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from fodlam_core.predictors.products import Product

Amount = tuple[float, float]
"""What a layer has of a term: for a batch of any size, and for each inference."""

FILLED_DEPTH = 64
GROUP_CHANNELS, VECTOR_CHANNELS = 16, 4
"""Channels that kernels compute at once: of a group, and at least."""
SPARSE = ("depthwise", "grouped")
OVERHEAD = "inferences"
"""The one term that belongs to no layer: a constant for every run of a network."""


def _macs(*forms: str) -> Callable[[Product], Amount]:
    return lambda p: (0.0, p.macs if p.form in forms else 0.0)


def _winograd(p: Product) -> Amount:
    if p.form in SPARSE:
        return 0.0, 0.0
    # F(4x4, 3x3): 36 multiplications where there are 144, and half as many again for the
    # transforms. Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016,
    # section 4.
    return 0.0, 1.5 * 36 * p.tiles * p.n * p.k / 9 if p.tiles else p.macs


def _ragged(p: Product) -> Amount:
    """Return the elements of windows that a library lays out again where groups fill no vectors.

    Kernels of grouped convolutions compute whole vectors of channels; where a group, or all
    channels of a depthwise convolution, do not make such, each group is a matrix product.
    """
    ragged = (
        p.groups % VECTOR_CHANNELS
        if p.form == "depthwise"
        else p.n % GROUP_CHANNELS
        if _is_grouped(p)
        else 0
    )
    return 0.0, p.m * p.k * p.groups if ragged else 0.0


def _is_grouped(p: Product) -> bool:
    """Tell whether a layer has groups of several channels, also where it is charged as another."""
    return p.form == "grouped" and p.n > 1


def _filled_depth(p: Product) -> Amount:
    """Return MACs with the depth of a product filled up to 64, below which units stand idle."""
    return 0.0, 0.0 if p.form in SPARSE else p.macs / p.k * max(p.k, FILLED_DEPTH)


def _tile_cycles(p: Product) -> Amount:
    """Return cycles of the tiles of a layer; of a depthwise one where it is charged as another."""
    if p.window is None or (p.form != "depthwise" and p.window.form == "depthwise"):
        return 0.0, p.groups * product_cycles(p.m, p.n, p.k)
    return 0.0, tiles(p.window).cycles


def _taps(p: Product) -> Tiles:
    return tiles(p.window) if p.window and p.form == "depthwise" else Tiles()


def _ragged_groups(p: Product) -> float:
    return _ragged(p)[1] if _is_grouped(p) else 0.0


def _ragged_rows(p: Product) -> Amount:
    """Return the rows of images that a library copies where it lays windows of groups out again."""
    return 0.0, p.groups * p.k * p.window.out_height if p.window and _ragged_groups(p) else 0.0


def _pieces(p: Product) -> float:
    """Return the pieces that windows are put together of where channels are innermost."""
    return p.m * p.groups * p.window.kernel[0] * p.window.kernel[1] if p.window else 0.0


def _uneven_pieces(p: Product) -> Amount:
    """Return pieces of an image, or of a dense convolution, whose channels fill no vectors."""
    uneven = p.window and p.form.startswith("dense") and p.window.in_channels % VECTOR_CHANNELS
    return 0.0, _pieces(p) if uneven else 0.0


def _uneven_depthwise(p: Product) -> Amount:
    return 0.0, p.macs if p.form == "depthwise" and p.groups % GROUP_CHANNELS else 0.0


TERMS: Mapping[str, Callable[[Product], Amount]] = MappingProxyType(
    {
        "pointwise_macs": _macs("pointwise"),
        "dense_3x3_macs": _macs("dense 3x3"),
        "dense_macs": _macs("dense"),
        "convolution_macs": _macs("dense", "dense 3x3", "pointwise"),
        "depthwise_macs": _macs("depthwise"),
        "grouped_macs": _macs("grouped"),
        "product_macs": _macs("fc", "matmul"),
        "padded_macs": lambda p: (
            0.0,
            0.0 if p.form in SPARSE else p.macs / p.n * p.padded_n,
        ),
        "input_elements": lambda p: (0.0, p.inputs),
        "output_elements": lambda p: (0.0, p.outputs),
        "weight_elements": lambda p: (p.weights, 0.0),
        "im2col_elements": lambda p: (0.0, p.m * p.k * p.groups),
        "depth": lambda p: (p.k, 0.0),
        "layers": lambda _: (1.0, 0.0),
        "winograd_macs": _winograd,
        "sparse_macs": _macs(*SPARSE),
        "sparse_inputs": lambda p: (0.0, p.inputs if p.form in SPARSE else 0.0),
        "sparse_outputs": lambda p: (0.0, p.outputs if p.form in SPARSE else 0.0),
        "ragged_elements": _ragged,
        # Products that start one after another, besides the first.
        "grouped_products": lambda p: (p.groups - 1 if _is_grouped(p) else 0.0, 0.0),
        "matmul_products": lambda p: (p.groups - 1 if p.form == "matmul" else 0.0, 0.0),
        "tile_cycles": _tile_cycles,
        "filter_reads": lambda p: (0.0, tiles(p.window).filters if p.window else 0.0),
        "tap_cycles": lambda p: (0.0, _taps(p).taps),
        "tap_rows": lambda p: (0.0, _taps(p).rows),
        "reused_weights": lambda p: (p.weights if p.m > 1 else 0.0, 0.0),
        "ragged_rows": _ragged_rows,
        "ragged_grouped_elements": lambda p: (0.0, _ragged_groups(p)),
        "strided_ragged_elements": lambda p: (0.0, _ragged_groups(p) if p.stride > 1 else 0.0),
        "ragged_depthwise_elements": lambda p: _ragged(p) if p.form == "depthwise" else (0.0, 0.0),
        "grouped_pieces": lambda p: (0.0, _pieces(p) if _is_grouped(p) else 0.0),
        "uneven_pieces": _uneven_pieces,
        "uneven_depthwise_macs": _uneven_depthwise,
        "matmul_macs": _macs("matmul"),
        "matmul_outputs": lambda p: (0.0, p.outputs if p.form == "matmul" else 0.0),
        "macs": lambda p: (0.0, p.macs),
        # Of what a library lays out again before it multiplies: windows of more than one pixel.
        "window_elements": lambda p: (0.0, p.m * p.k if p.form.startswith("dense") else 0.0),
        # Of what it transforms or lays out, once into its own layout and once back.
        "dense_elements": lambda p: (
            0.0,
            p.inputs + p.outputs if p.form.startswith("dense") else 0.0,
        ),
        "filled_depth_macs": _filled_depth,
        "activation_elements": lambda p: (0.0, p.inputs + p.outputs),
        "token_elements": lambda p: (0.0, p.inputs + p.outputs - p.cached - p.scores),
        "cache_elements": lambda p: (0.0, p.cached),
        "score_elements": lambda p: (0.0, p.scores),
    }
)

_LAYERS = (
    "pointwise_macs",
    "dense_3x3_macs",
    "dense_macs",
    "depthwise_macs",
    "grouped_macs",
    "product_macs",
    "padded_macs",
    "input_elements",
    "output_elements",
    "weight_elements",
    "im2col_elements",
    "depth",
    "layers",
)
_NETWORKS = (
    "winograd_macs",
    "sparse_macs",
    "activation_elements",
    "weight_elements",
    "layers",
    OVERHEAD,
)

# Of large batches: nothing that a batch has once, so that a cost is the most that a chip does.
_THROUGHPUT = ("convolution_macs", "product_macs", "sparse_macs", "token_elements")

# Which suits what was found on whole sets of chips, not chip by chip.
SETS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "layers": (*_LAYERS, "dense_elements"),
        "kernels": (
            *_LAYERS,
            "sparse_inputs",
            "sparse_outputs",
            "ragged_elements",
            "grouped_products",
            "matmul_products",
        ),
        "tiles": (
            *(term for term in _LAYERS if term not in ("im2col_elements", "depth")),
            "tile_cycles",
            "filter_reads",
            "tap_cycles",
            "tap_rows",
            "sparse_inputs",
            "reused_weights",
            "ragged_grouped_elements",
            "ragged_depthwise_elements",
            "ragged_rows",
            "strided_ragged_elements",
            "grouped_pieces",
            "uneven_pieces",
            "uneven_depthwise_macs",
            "matmul_macs",
            "matmul_outputs",
            "matmul_products",
        ),
        "products": (
            "product_macs",
            "padded_macs",
            "input_elements",
            "output_elements",
            "weight_elements",
            "depth",
            "layers",
        ),
        "tokens": (
            "product_macs",
            "weight_elements",
            "cache_elements",
            "score_elements",
            "token_elements",
            "layers",
        ),
        "networks": _NETWORKS,
        "networks-int8": (*_NETWORKS, "window_elements", "padded_macs"),
        "networks-cpu": (*(term for term in _NETWORKS if term != OVERHEAD), "dense_elements"),
        "networks-gpu": (*_NETWORKS, "filled_depth_macs"),
        "few-networks": ("macs", "output_elements"),
        "throughput": _THROUGHPUT,
        "throughput-weights": (*_THROUGHPUT, "weight_elements"),
    }
)
ADDITIVE = frozenset(("macs", "weight_elements", OVERHEAD, *_THROUGHPUT))
"""Terms that sums over layers tell, see `fodlam_core.model.sums`."""

# Where the MACs of a form go that nobody measured: the nearest first.
_DENSE = ("dense", "dense 3x3", "pointwise")
_SPARSE = ("grouped", "depthwise")
NEAREST: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "pointwise": ("dense", "dense 3x3", "fc", "matmul", *_SPARSE),
        "dense 3x3": ("dense", "pointwise", "fc", "matmul", *_SPARSE),
        "dense": ("dense 3x3", "pointwise", "fc", "matmul", *_SPARSE),
        "grouped": (*_DENSE, "depthwise", "fc", "matmul"),
        "depthwise": ("grouped", *_DENSE, "fc", "matmul"),
        "fc": ("matmul", "pointwise", "dense", "dense 3x3", *_SPARSE),
        "matmul": ("fc", "pointwise", "dense", "dense 3x3", *_SPARSE),
    }
)


def nearest_form(form: str, measured: Collection[str]) -> str:
    """Return the measured form at whose rate a form is charged.

    >>> nearest_form("depthwise", {"dense", "pointwise"})
    'dense'
    """
    if form in measured:
        return form
    return next((each for each in NEAREST[form] if each in measured), form)


def amounts(product: Product, terms: Collection[str]) -> list[Amount]:
    """Return what a layer has of each term; nothing of what belongs to no layer."""
    return [TERMS[term](product) if term != OVERHEAD else (0.0, 0.0) for term in terms]
