"""What a Timeloop problem is: a convolution, a fully-connected layer, or neither."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fodlam_core.errors import NetworkError
from fodlam_core.model.shapes import ConvShape, FcShape, Shape

if TYPE_CHECKING:
    from collections.abc import Mapping

COEFFICIENTS = ("Hstride", "Wstride", "Hdilation", "Wdilation")
# Batch, input and output channels (M, or K before version 0.4), output and filter sizes, groups.
_CONV = frozenset("NCMKPQRSG")
_GEMM = frozenset("MNK")
# Sizes and padding of the input, and bits of inputs, weights and outputs (CiMLoop's I, L, T, later
# X, Y, Z): multiply-accumulates are counted without them, unless data spaces share them.
PADS = frozenset(("Hpad", "Wpad"))
INPUT_SIZES = PADS | {"H", "W"}
OLD_BITS = frozenset("ILT")
BITS = OLD_BITS | frozenset("XYZ")


class Problem(NamedTuple):
    """A problem's numbers.

    Attributes:
        sizes: dimensions and coefficients by name; what is left out is 1.
        dimensions: what the shape calls its dimensions; empty if the shape is elsewhere.
        projections: for each data space, in lower case, the names in each of its axes.
        misspelt: names of coefficients that were not spelt as Timeloop does.
        densities: for each data space, in lower case, the share of values that are not zero.
        name: the name of the shape.
        spaces: how many data spaces the shape has; 0 if the shape is elsewhere.
    """

    sizes: Mapping[str, int]
    dimensions: tuple[str, ...] = ()
    projections: Mapping[str, tuple[tuple[str, ...], ...]] = {}
    misspelt: tuple[str, ...] = ()
    densities: Mapping[str, float] = {}
    name: str = ""
    spaces: int = 0

    @property
    def names(self) -> frozenset[str]:
        """The dimensions that multiply-accumulates are counted over, named or not."""
        given = frozenset(self.dimensions) or frozenset(self.sizes).difference(COEFFICIENTS)
        return given - self.ignored

    @property
    def ignored(self) -> frozenset[str]:
        """What is not counted over: sizes of the input and bits, if they are one operand's own."""
        if not self.projections:
            return INPUT_SIZES | OLD_BITS
        used = [word for words in self.words for word in words]
        return frozenset(name for name in INPUT_SIZES | BITS if used.count(name) < 2)

    @property
    def multiplies(self) -> bool:
        """Whether two operands are multiplied and summed up, unlike in pooling or addition."""
        if not self.spaces:
            return True
        return len(self.words) == self.spaces == 3 and len(set(self.words)) > 1

    @property
    def words(self) -> list[frozenset[str]]:
        """The names that each data space is projected from."""
        axes = self.projections.values()
        return [frozenset(word for axis in each for word in axis) for each in axes]

    @property
    def is_product(self) -> bool:
        """Whether it is a product of (M x K) with (K x N), or of vectors, where M or N is 1."""
        return "K" in self.names and self.names <= _GEMM


def problem_shape(problem: Problem) -> Shape:
    """Return the shape of a problem's layer, for a batch of one.

    Raises:
        NetworkError: if its dimensions are those of no layer that is known.

    >>> problem_shape(Problem({"C": 9216, "M": 4096})).macs
    37748736
    """
    names = problem.names
    heads = sorted(INPUT_SIZES & set(problem.sizes))
    if problem.is_product and heads:
        raise NetworkError(
            f"dimension {', '.join(heads)} besides those of a matrix product, M, N, K"
        )
    if problem.is_product:
        return FcShape(*(problem.sizes.get(name, 1) for name in "KNM"))
    strange = sorted(names.union(problem.sizes).difference(_CONV, COEFFICIENTS, problem.ignored))
    if strange:
        raise NetworkError(
            f"dimension {', '.join(strange)}: neither of a convolution ({', '.join('NCMKPQRSG')}) "
            "nor of a matrix product (M, N, K)"
        )
    if {"K", "M"} <= names:
        raise NetworkError("both K and M: which are the output channels?")
    return _conv(problem, names)


def _conv(problem: Problem, names: frozenset[str]) -> Shape:
    size = {name: problem.sizes.get(name, 1) for name in (*_CONV, *COEFFICIENTS)}
    groups, inputs, outputs = size["G"], size["C"], size["M"] * size["K"]
    depth = _depthwise(problem, names)
    if depth:
        rest = size["C"] * size["M"] * size["K"] // size[depth]
        groups, inputs, outputs = groups * size[depth], 1, rest
    elif _is_fc(size):
        return FcShape(inputs, outputs, size["P"] * size["Q"])
    high, wide = _axes(problem)
    kernel = size[high[0]], size[wide[0]]
    output = size[high[1]], size[wide[1]]
    stride, dilation = (size["Hstride"], size["Wstride"]), (size["Hdilation"], size["Wdilation"])
    height, width = (
        (output[axis] - 1) * stride[axis] + dilation[axis] * (kernel[axis] - 1) + 1
        for axis in (0, 1)
    )
    return ConvShape.from_input(
        (inputs * groups, height, width),
        outputs * groups,
        kernel,
        stride,
        dilation=dilation,
        groups=groups,
    )


def _is_fc(size: Mapping[str, int]) -> bool:
    """Tell a product with a matrix, perhaps for several rows, from a convolution of an image."""
    return size["R"] == size["S"] == size["G"] == 1 and 1 in (size["P"], size["Q"])


def _depthwise(problem: Problem, names: frozenset[str]) -> str | None:
    """Return the channel dimension that weights, inputs and outputs share, if there is one."""
    spaces = problem.words
    if len(spaces) < 3:
        return None
    return next(iter(sorted(frozenset("CMK") & names.intersection(*spaces))), None)


def _axes(problem: Problem) -> tuple[tuple[str, str], tuple[str, str]]:
    """Return (filter, output) of the vertical axis and of the horizontal one.

    Files differ in which letters are vertical; the strides in the projection of the inputs tell.
    """
    upright = ("R", "P"), ("S", "Q")
    if "K" in problem.names and not problem.projections:
        return upright[1], upright[0]  # the older form, whose shape is NVlabs's cnn-layer
    for axis in problem.projections.get("inputs", ()):
        if {"R", "P"} <= set(axis) and {"Wstride", "Wdilation"} & set(axis):
            return upright[1], upright[0]
    return upright
