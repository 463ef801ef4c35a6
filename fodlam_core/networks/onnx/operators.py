"""Which operators of ONNX cost multiply-accumulates, and which do not.

An operator that is in none of these lists is reported as one that cannot be costed. Source: the
operator schemas of onnx 1.23 (domain ``ai.onnx``) and the ONNX Runtime contrib operators (domain
``com.microsoft``).
"""

from __future__ import annotations

from fodlam_core.model.converters import words

# Convolutions, with the positions of input and weights.
CONVOLUTIONS = {
    "Conv": (0, 1),
    "ConvInteger": (0, 1),
    "ConvTranspose": (0, 1),
    "DeformConv": (0, 1),
    "QLinearConv": (0, 3),
}
# Matrix products, with the positions of their factors.
PRODUCTS = {"Gemm": (0, 1), "MatMul": (0, 1), "MatMulInteger": (0, 1), "QLinearMatMul": (0, 3)}
REGION_POOLS = ("MaxRoiPool", "RoiAlign")
SUBGRAPHS = ("If", "Loop", "Scan", "SequenceMap")
STANDARD = ("", "ai.onnx")

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
    SequenceInsert SequenceLength Shape Shrink Sign Sin Sinh Size Slice Softmax
    SoftmaxCrossEntropyLoss SpaceToDepth Split SplitToSequence Sqrt Squeeze StringConcat
    StringNormalizer StringSplit SwiGLU Tan TensorScatter TfIdfVectorizer Tile TopK Transpose
    Trilu Unique Unsqueeze Upsample Where Xor
""")  # fmt: skip
FREE_ELSEWHERE = {
    "ai.onnx.ml": words("""
        ArrayFeatureExtractor Binarizer CastMap CategoryMapper DictVectorizer FeatureVectorizer
        Imputer LabelEncoder Normalizer OneHotEncoder Scaler ZipMap
    """),
    "com.microsoft": words("""
        BiasGelu DequantizeLinear FastGelu Gelu NchwcUpsample QLinearAdd QLinearAveragePool
        QLinearConcat QLinearGlobalAveragePool QLinearLeakyRelu QLinearMul QLinearSigmoid
        QLinearSoftmax QuantizeLinear QuickGelu SkipLayerNormalization
        SkipSimplifiedLayerNormalization
    """),
}


def is_free(op_type: str, domain: str) -> bool:
    """Tell whether an operator is known to cost no multiply-accumulates."""
    if domain in STANDARD:
        return op_type in FREE
    return op_type in FREE_ELSEWHERE.get(domain, ())


def full_name(op_type: str, domain: str) -> str:
    """Return what an operator is called in counts: with its domain, unless that is the usual."""
    return op_type if domain in STANDARD else f"{domain}.{op_type}"
