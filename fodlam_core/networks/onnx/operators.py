"""Which operators of ONNX cost multiply-accumulates, and which do not.

An operator that is in none of these lists is reported as one that cannot be costed. Source: the
operator schemas of onnx 1.23 (domain ``ai.onnx``) and the ONNX Runtime contrib operators (domain
``com.microsoft``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fodlam_core.model.converters import words
from fodlam_core.networks.onnx.attention import (
    attention,
    fused_attention,
    fused_sizes,
    grouped,
    grouped_sizes,
    multi_head,
    multi_head_sizes,
)
from fodlam_core.networks.onnx.convolution import (
    conv,
    conv_last,
    conv_sizes,
    in_blocks,
    last_sizes,
    marked,
)
from fodlam_core.networks.onnx.einsum import einsum
from fodlam_core.networks.onnx.elsewhere import FREE_ELSEWHERE
from fodlam_core.networks.onnx.products import (
    attribute_sizes,
    experts,
    product,
    product_sizes,
    weights_of,
)
from fodlam_core.networks.onnx.recurrent import recurrent, recurrent_sizes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fodlam_core.networks.onnx.node import Operator
    from fodlam_core.networks.onnx.tensor import Dims
    from fodlam_core.networks.work import Work

REGION_POOLS = ("MaxRoiPool", "RoiAlign")
SUBGRAPHS = ("If", "Loop", "Scan", "SequenceMap")
STANDARD = ("", "ai.onnx")
# What they make differs from run to run: it is part of an inference, even if they read nothing.
RANDOM = words("""
    Bernoulli Multinomial RandomNormal RandomNormalLike RandomUniform RandomUniformLike
""")


class Rule(NamedTuple):
    """What an operator costs.

    Attributes:
        works: returns its layers, none if it happens to cost nothing; None if that cannot be
            told. It may raise `LayerError` if its inputs contradict each other.
        outputs: returns the sizes that it makes, in order, for an operator that is not ONNX's own.
    """

    works: Callable[[Operator], list[Work] | None]
    outputs: Callable[[Operator], list[Dims | None]] | None = None


RULES: Mapping[str, Rule] = {
    "Conv": Rule(conv()),
    "ConvInteger": Rule(conv()),
    "ConvTranspose": Rule(conv()),
    "DeformConv": Rule(conv()),
    "QLinearConv": Rule(conv(0, 3)),
    "Gemm": Rule(product()),
    "MatMul": Rule(product()),
    "MatMulInteger": Rule(product()),
    "QLinearMatMul": Rule(product(0, 3)),
    "Einsum": Rule(einsum),
    "Attention": Rule(attention),
    **dict.fromkeys(("LSTM", "GRU", "RNN"), Rule(recurrent)),
    # https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
    "com.microsoft.FusedConv": Rule(conv(), conv_sizes()),
    "com.microsoft.QLinearConv": Rule(
        marked(conv(0, 3), conv_last(0, 3)), marked(conv_sizes(0, 3), last_sizes(0, 3))
    ),
    "com.microsoft.NhwcConv": Rule(conv_last(), last_sizes()),
    "com.microsoft.NhwcFusedConv": Rule(conv_last(), last_sizes()),
    "com.microsoft.nchwc.Conv": Rule(in_blocks(conv()), in_blocks(conv_sizes())),
    "com.microsoft.FusedMatMul": Rule(product(), product_sizes()),
    "com.microsoft.FusedMatMulActivation": Rule(product(), product_sizes()),
    "com.microsoft.TransposeMatMul": Rule(product(), product_sizes()),
    "com.microsoft.FusedGemm": Rule(product(), product_sizes()),
    "com.microsoft.GemmFastGelu": Rule(product(), product_sizes()),
    "com.microsoft.GemmFloat8": Rule(product(), product_sizes()),
    "com.microsoft.MatMulInteger16": Rule(product(), product_sizes()),
    "com.microsoft.MatMulIntegerToFloat": Rule(product(), product_sizes()),
    "com.microsoft.DynamicQuantizeMatMul": Rule(product(), product_sizes()),
    "com.microsoft.QGemm": Rule(product(0, 3), product_sizes(0, 3)),
    "com.microsoft.MatMulNBits": Rule(weights_of("K", "N"), attribute_sizes("N")),
    "com.microsoft.MatMulBnb4": Rule(weights_of("K", "N"), attribute_sizes("N")),
    "com.microsoft.Attention": Rule(fused_attention(4), fused_sizes(4)),
    "com.microsoft.QAttention": Rule(fused_attention(8), fused_sizes(8)),
    "com.microsoft.MultiHeadAttention": Rule(multi_head, multi_head_sizes),
    "com.microsoft.GroupQueryAttention": Rule(grouped, grouped_sizes),
    "com.microsoft.DynamicQuantizeLSTM": Rule(recurrent, recurrent_sizes),
    "com.microsoft.MoE": Rule(experts(2, 6, packed=False), lambda op: [op.sizes(0)]),
    "com.microsoft.QMoE": Rule(experts(2, 8, packed=True), lambda op: [op.sizes(0)]),
}

# Free, and one value of the output depends on one value of the input: the output of a layer stays
# at hand for an addition in the same pass.
ELEMENTWISE = words("""
    BatchNormalization Cast CastLike Celu Clip DequantizeLinear Dropout Elu Erf Gelu HardSigmoid
    HardSwish Identity LeakyRelu Mish PRelu QuantizeLinear Relu Selu Sigmoid Softplus Softsign
    Swish Tanh ThresholdedRelu
""")  # fmt: skip
# Free as well, and elementwise if only one of their inputs depends on the network's input.
ARITHMETIC = frozenset(("Add", "Div", "Mul", "Sub", "Sum"))
FREE = ELEMENTWISE | ARITHMETIC | words("""
    Abs Acos Acosh AffineGrid And ArgMax ArgMin Asin Asinh Atan Atanh AveragePool Bernoulli
    BitCast BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor BlackmanWindow Ceil CenterCropPad
    Col2Im Compress Concat ConcatFromSequence Constant ConstantOfShape Cos Cosh CumProd CumSum
    DepthToSpace DynamicQuantizeLinear Equal Exp Expand EyeLike Flatten Floor Gather
    GatherElements GatherND GlobalAveragePool GlobalLpPool GlobalMaxPool Greater GreaterOrEqual
    GridSample GroupNormalization HammingWindow HannWindow Hardmax ImageDecoder
    InstanceNormalization IsInf IsNaN LRN LayerNormalization Less LessOrEqual Log LogSoftmax
    LpNormalization LpPool Max MaxPool MaxRoiPool MaxUnpool Mean MeanVarianceNormalization
    MelWeightMatrix Min Mod Multinomial Neg NegativeLogLikelihoodLoss NonMaxSuppression NonZero
    Not OneHot Optional OptionalGetElement OptionalHasElement Or Pad Pow RMSNormalization
    RandomNormal RandomNormalLike RandomUniform RandomUniformLike Range Reciprocal ReduceL1
    ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum
    ReduceSumSquare RegexFullMatch Reshape Resize ReverseSequence RoiAlign RotaryEmbedding Round
    Scatter ScatterElements ScatterND SequenceAt SequenceConstruct SequenceEmpty SequenceErase
    SequenceInsert SequenceLength Shape Shrink Sign
    SimplifiedLayerNormalization Sin Sinh Size Slice Softmax
    SoftmaxCrossEntropyLoss SpaceToDepth Split SplitToSequence Sqrt Squeeze StringConcat
    StringNormalizer StringSplit SwiGLU Tan TensorScatter TfIdfVectorizer Tile TopK Transpose
    Trilu Unique Unsqueeze Upsample Where Xor
""")  # fmt: skip


def is_free(op_type: str, domain: str) -> bool:
    """Tell whether an operator is known to cost no multiply-accumulates."""
    if domain in STANDARD:
        return op_type in FREE
    return op_type in FREE_ELSEWHERE.get(domain, ())


def full_name(op_type: str, domain: str) -> str:
    """Return what an operator is called in counts: with its domain, unless that is the usual."""
    return op_type if domain in STANDARD else f"{domain}.{op_type}"
