"""Operators of other domains that cost nothing: their names, and what they make.

Sizes: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md. Most are an
operator of ONNX with other inputs between its own, such as the scales of a quantised form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from fodlam_core.model.converters import words
from fodlam_core.networks.onnx.shapes import made_by
from fodlam_core.networks.onnx.tensor import Dims, Tensor

if TYPE_CHECKING:
    from fodlam_core.networks.onnx.node import Operator

# Of files that ONNX Runtime has optimised for one machine: channels stand in blocks.
BLOCKS = "com.microsoft.nchwc"

Sizes = Callable[["Operator"], "list[Dims | None]"]


def _dims(op: Operator, index: int) -> Dims | None:
    """Return what is known of the sizes of an input; nothing of one that is left out."""
    tensor = op.inputs[index] if index < len(op.inputs) else None
    return tensor.dims if tensor is not None else None


def _as(*indices: int | None) -> Sizes:
    """Return the rule of outputs that are as large as these inputs, in order."""
    return lambda op: [None if index is None else _dims(op, index) for index in indices]


def _like(name: str, *indices: int, version: int = 13, start: int = 0, step: int = 0) -> Sizes:
    """Return the rule of an operator that makes what one of ONNX makes of some of its inputs.

    Args:
        name: the operator of ONNX.
        indices: where the inputs of that stand.
        version: that of the operators, for the attributes that this one has.
        start: where the first of any number of inputs stands.
        step: how far it is from one of those to the next; 0 for the inputs of ``indices``.
    """

    def rule(op: Operator) -> list[Dims | None]:
        places = range(start, len(op.inputs), step) if step else indices
        inputs = [op.inputs[index] if index < len(op.inputs) else None for index in places]
        return _asked(op, name, inputs, version)

    return rule


def _asked(op: Operator, name: str, inputs: list[Any], version: int) -> list[Dims | None]:
    from onnx import NodeProto

    names = ["" if each is None else f"i{index}" for index, each in enumerate(inputs)]
    node = NodeProto(op_type=name, input=names, output=["y"], attribute=op.node.attribute)
    return [each.dims for each in made_by(node, inputs, {"": version})]


def _pool(name: str, last: bool = False) -> Sizes:
    """Return the rule of a pool; its channels may be last."""

    def rule(op: Operator) -> list[Dims | None]:
        data = op.tensor(0)
        if data.dims is None or not (last or op.attribute("channels_last", 0)):
            return _asked(op, name, [data], 13)
        first = data._replace(dims=(data.dims[0], data.dims[-1], *data.dims[1:-1]))
        made = _asked(op, name, [first], 13)[0]
        return [None if made is None else (made[0], *made[2:], made[1])]

    return rule


def _embedded(op: Operator) -> list[Dims | None]:
    """Return the sizes of embedded words, of the mask's lengths and of the sum before the norm."""
    words_, width = _dims(op, 0), _dims(op, 2)
    made = None if words_ is None or not width else (*words_, width[-1])
    return [made, None if words_ is None else words_[:1], made]


def _gathered(op: Operator) -> list[Dims | None]:
    """Return the sizes of rows that are picked from a table of packed numbers."""
    table, indices = op.tensor(0), _dims(op, 1)
    if not table.dims or indices is None:
        return [None]
    axis = op.attribute("gather_axis", 0) % len(table.dims)
    made = [*table.dims[:axis], *indices, *table.dims[axis + 1 :]]
    packed = op.attribute("bits", 4) == 4 and table.elem == 2  # two numbers to an unsigned byte
    if packed and made[-1] is not None:
        made[-1] *= 2
    return [tuple(made)]


def _joined_rows(op: Operator) -> list[Dims | None]:
    """Return the sizes of words that a table of embeddings stands for, whose table is first."""
    table, words_ = _dims(op, 0), _dims(op, 1)
    return [None if not table or words_ is None else (*words_, table[-1])]


def _halved(op: Operator) -> list[Dims | None]:
    data = _dims(op, 0)
    return [None if not data or data[-1] is None else (*data[:-1], data[-1] // 2)]


def _positions(op: Operator) -> list[Dims | None]:
    """Return the sizes of a bias by relative position: one, heads, queries, keys."""
    table = _dims(op, 0)
    return [(1, table[-1] if table else None, op.number(1), op.number(2))]


def _to_blocks(op: Operator) -> list[Dims | None]:
    """Return an image whose channels are rounded up to whole blocks, of a size nobody tells."""
    data = _dims(op, 0)
    if data is None or len(data) < 3:
        return [None]
    return [(data[0], None, *(data[1:-1] if op.attribute("channels_last", 0) else data[2:]))]


def _from_blocks(op: Operator) -> list[Dims | None]:
    data, channels = _dims(op, 0), op.attribute("channels", 0) or None
    if data is None or len(data) < 3:
        return [None]
    if op.attribute("channels_last", 0):
        return [(data[0], *data[2:], channels)]
    return [(data[0], channels, *data[2:])]


def _scaled(op: Operator) -> list[Dims | None]:
    data, scales = _dims(op, 0), op.attribute("scales", [1])
    if data is None or len(scales) != len(data):
        return [None]
    return [tuple(size and size * by for size, by in zip(data, scales, strict=True))]


# What each makes; None if that cannot be told.
FREE_ELSEWHERE: Mapping[str, Mapping[str, Sizes | None]] = {
    "ai.onnx.ml": {
        **dict.fromkeys(words("""
            ArrayFeatureExtractor CastMap CategoryMapper DictVectorizer FeatureVectorizer
            LabelEncoder OneHotEncoder ZipMap
        """)),
        **dict.fromkeys(words("Binarizer Imputer Normalizer Scaler"), _as(0)),
    },
    "com.microsoft": {
        **dict.fromkeys(words("""
            CropAndResize ExpandDims IsAllFinite NchwcUpsample RemovePadding RestorePadding
            UnfoldTensor Unique
        """)),
        **dict.fromkeys(words("""
            BiasAdd BiasDropout BiasGelu BiasSoftmax DequantizeBFP DequantizeLinear
            DequantizeWithOrder FastGelu Gelu GroupNorm QLinearLeakyRelu QLinearSigmoid
            QLinearSoftmax QuantizeBFP QuantizeLinear QuantizeWithOrder QuickGelu RotaryEmbedding
            SampleOp Trilu
        """), _as(0)),
        "SkipGroupNorm": _as(0, 0),
        "SkipLayerNormalization": _as(0, None, None, 0),
        "SkipSimplifiedLayerNormalization": _as(0, None, None, 0),
        "NGramRepeatBlock": _as(1),
        "GemmaRotaryEmbedding": _as(1, 3),
        "BiasSplitGelu": _halved,
        "ComplexMul": _like("Mul", 0, 1),
        "ComplexMulConj": _like("Mul", 0, 1),
        "MulInteger": _like("Mul", 0, 2),
        "QLinearAdd": _like("Add", 0, 3),
        "QLinearMul": _like("Mul", 0, 3),
        "QLinearWhere": _like("Where", 0, 1, 4),
        "QLinearConcat": _like("Concat", start=2, step=3),
        "QLinearReduceMean": _like("ReduceMean", 0),
        "ReduceSumInteger": _like("ReduceSum", 0, version=11),
        "QLinearAveragePool": _pool("AveragePool"),
        "QLinearGlobalAveragePool": _pool("GlobalAveragePool"),
        "MaxpoolWithMask": _pool("MaxPool"),
        "NhwcMaxPool": _pool("MaxPool", last=True),
        "GatherND": _like("GatherND", 0, 1),
        "GridSample": _like("GridSample", 0, 1, version=16),
        "Pad": _like("Pad", 0, 1, 2),
        "Range": _like("Range", 0, 1, 2),
        "EmbedLayerNormalization": _embedded,
        "QEmbedLayerNormalization": _embedded,
        "GatherBlockQuantized": _gathered,
        "TorchEmbedding": _joined_rows,
        "RelativePositionBias": _positions,
    },
    BLOCKS: {
        **{name: _pool(name) for name in sorted(words("""
            AveragePool GlobalAveragePool GlobalMaxPool MaxPool
        """))},
        "ReorderInput": _to_blocks,
        "ReorderOutput": _from_blocks,
        "Upsample": _scaled,
    },
}  # fmt: skip


def made_for_free(op: Operator) -> list[Tensor]:
    """Return what an operator of these makes, as far as it can be told."""
    sizes = FREE_ELSEWHERE[op.node.domain][op.node.op_type]
    elem = op.inputs[0].elem if op.inputs and op.inputs[0] is not None else 0
    return [Tensor(elem, dims) for dims in (sizes(op) if sizes is not None else ())]
