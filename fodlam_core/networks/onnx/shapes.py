"""What an operator makes: its element types and sizes, from those of what it reads.

The library onnx is asked operator by operator, with the values that are known; the most frequent
operators, whose sizes are plain, are answered without it, and what could make it use memory
without bounds is answered for it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import prod
from typing import TYPE_CHECKING, Any

from fodlam_core.model.converters import words
from fodlam_core.networks.onnx.node import attribute, signature
from fodlam_core.networks.onnx.tensor import MOST_AXES, Dims, Tensor, described, type_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

# The first output has the sizes and the type of the first input.
_SAME = words("""
    Abs Acos Acosh Asin Asinh Atan Atanh BatchNormalization Ceil Celu Clip Cos Cosh CumSum
    Dropout Elu Erf Exp Floor Gelu GroupNormalization Hardmax HardSigmoid HardSwish Identity
    InstanceNormalization LRN LayerNormalization LeakyRelu Log LogSoftmax LpNormalization
    MeanVarianceNormalization Mish Neg Not PRelu RMSNormalization Reciprocal Relu Round Selu
    Shrink Sigmoid Sign SimplifiedLayerNormalization Sin Sinh Softmax Softplus Softsign Sqrt
    Swish Tan Tanh ThresholdedRelu Trilu
""")  # fmt: skip
_BROADCAST = frozenset(("Add", "Sub", "Mul", "Div", "Pow", "Min", "Max", "Sum", "Mean", "Mod"))
_COMPARE = frozenset(
    ("Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "And", "Or", "Xor")
)
_BOOL, _INT64, _FLOAT = 9, 7, 1
# The output has as many axes as an input (by its position) has values.
_RANKED = {"ConstantOfShape": 0, "Reshape": 1, "Expand": 1, "Col2Im": 1, "MaxUnpool": 2}
_EQUATION = re.compile(rb"(?:[A-Za-z ,]|\.\.\.)*(?:->(?:[A-Za-z ]|\.\.\.)*)?")
# Values longer than this are never sizes of one tensor, nor lists of axes.
_MOST_TOLD = 64


def made_by(
    node: Any,
    inputs: Sequence[Tensor | None],
    opsets: Mapping[str, int],
    asking: Callable[[], None] = lambda: None,
) -> list[Tensor]:
    """Return what is known of the outputs of an operator of the standard domain.

    Args:
        node: the ``NodeProto``.
        inputs: what it reads.
        opsets: the version of the operators by domain.
        asking: called before onnx is asked something new, which takes time.
    """
    first = inputs[0] if inputs else None
    op = node.op_type
    plain: Tensor | None = None
    if op in _SAME and first is not None:
        plain = Tensor(first.elem, first.dims, sequence=first.sequence)
    elif op in ("Cast", "CastLike") and first is not None:
        plain = Tensor(_cast_to(node, inputs), first.dims)
    elif op in _BROADCAST or op in _COMPARE:
        given = [each for each in inputs if each is not None]
        elem = _BOOL if op in _COMPARE or not given else given[0].elem
        plain = Tensor(elem, broadcast([each.dims for each in given]))
    elif op in _RANKED:
        plain = _ranked(node, inputs)
    elif op == "Constant":
        plain = _constant(node, opsets)
    if plain is not None and len(node.output) == 1:
        return [plain]
    if op == "Constant":
        return [Tensor() for _ in node.output]
    return _asked(node, inputs, opsets, asking)


def broadcast(shapes: Sequence[Dims | None]) -> Dims | None:
    """Return the sizes of what tensors of several sizes make element by element.

    None as a whole if a number of axes is not known or the sizes do not fit.
    """
    known = [shape for shape in shapes if shape is not None]
    if len(known) < len(shapes) or not known:
        return None
    made: list[int | None] = []
    for axis in range(-max(map(len, known)), 0):
        sizes = {shape[axis] for shape in known if len(shape) >= -axis} - {1}
        fixed = sizes - {None}
        if len(fixed) > 1:
            return None
        made.append(next(iter(fixed or sizes), 1))
    return tuple(made)


def _cast_to(node: Any, inputs: Sequence[Tensor | None]) -> int:
    if node.op_type == "Cast":
        return int(attribute(node, "to", 0))
    like = inputs[1] if len(inputs) > 1 else None
    return like.elem if like else 0


def _ranked(node: Any, inputs: Sequence[Tensor | None]) -> Tensor | None:
    """Return the output of an operator with given sizes; None if onnx may be asked."""
    place = _RANKED[node.op_type]
    told = inputs[place] if place < len(inputs) else None
    if told is None:
        return None
    if told.value is None:
        length = told.dims[0] if told.dims else None
        long = length is None or length > MOST_AXES
        return Tensor(_elem(node, inputs)) if long else None
    if told.value.size > MOST_AXES:
        return Tensor(_elem(node, inputs))
    if told.known is not None:
        return None
    sizes: list[int | None] = [None if size is None else int(size) for size in told.value.flat]
    data = inputs[0]
    if node.op_type == "Reshape" and data is not None:
        return Tensor(data.elem, _reshaped(data.dims, sizes, node))
    if node.op_type == "Expand" and data is not None:
        return Tensor(data.elem, broadcast([data.dims, tuple(sizes)]))
    if node.op_type == "ConstantOfShape":
        return Tensor(_elem(node, inputs), tuple(sizes))
    return Tensor()


def _elem(node: Any, inputs: Sequence[Tensor | None]) -> int:
    if node.op_type == "ConstantOfShape":
        value = next((each.t for each in node.attribute if each.name == "value"), None)
        return value.data_type if value is not None else _FLOAT
    return inputs[0].elem if inputs and inputs[0] is not None else 0


def _reshaped(dims: Dims | None, sizes: list[int | None], node: Any) -> Dims:
    """Return the sizes that a partly known list of sizes means: 0 copies, -1 is the rest."""
    if dims is not None and not attribute(node, "allowzero", 0):
        sizes = [
            dims[axis] if size == 0 and axis < len(dims) else size
            for axis, size in enumerate(sizes)
        ]
    if -1 not in sizes:
        return tuple(sizes)
    # A size that is not known may stand on both sides.
    left = list(dims) if dims is not None else [None]
    right = [size for size in sizes if size != -1]
    if left.count(None) == right.count(None) <= 1 and dims is not None:
        whole = prod(size for size in left if size is not None)
        part = prod(size for size in right if size is not None)
        if part and whole % part == 0:
            return tuple(whole // part if size == -1 else size for size in sizes)
    return tuple(None if size == -1 else size for size in sizes)


def _constant(node: Any, opsets: Mapping[str, int]) -> Tensor:
    from fodlam_core.networks.onnx.tensor import stored

    for each in node.attribute:
        if each.name == "value":
            return stored(each.t)
        if each.name in ("value_floats", "value_ints"):
            floats = each.name == "value_floats"
            return Tensor(
                _FLOAT if floats else _INT64, (len(each.floats if floats else each.ints),)
            )
        if each.name in ("value_float", "value_int"):
            return Tensor(_FLOAT if each.name == "value_float" else _INT64, ())
        if each.name == "sparse_value":
            return Tensor(each.sparse_tensor.values.data_type, tuple(each.sparse_tensor.dims))
    return Tensor()


@lru_cache(maxsize=1024)
def _schema(op_type: str, version: int) -> Any:
    from onnx import defs

    try:
        return defs.get_schema(op_type, version, "")
    except (defs.SchemaError, TypeError):  # a version beyond any
        return None


@lru_cache(maxsize=64)
def _imports(version: int) -> Any:
    from onnx.helper import make_opsetid

    return (make_opsetid("", version),)


# Blocks of a network ask the same again and again: operator, attributes, types, values -> answer.
_ANSWERS: dict[Any, list[Tensor]] = {}
_MOST_ANSWERS = 4096


def _asked(
    node: Any,
    inputs: Sequence[Tensor | None],
    opsets: Mapping[str, int],
    asking: Callable[[], None],
) -> list[Tensor]:
    """Ask onnx, or take the answer that it gave before."""
    key = (opsets.get("", 1), signature(node, inputs, _MOST_TOLD))
    if key not in _ANSWERS:
        if len(_ANSWERS) >= _MOST_ANSWERS:
            _ANSWERS.clear()
        asking()
        _ANSWERS[key] = _answer(node, inputs, opsets)
    return _ANSWERS[key]


def _answer(node: Any, inputs: Sequence[Tensor | None], opsets: Mapping[str, int]) -> list[Tensor]:
    """Ask onnx; what it refuses or does not know is unknown."""
    from onnx.checker import ValidationError
    from onnx.shape_inference import infer_node_outputs

    nothing = [Tensor() for _ in node.output]
    version = opsets.get("", 1)
    schema = _schema(node.op_type, version)
    if schema is None or inputs[:1] == [None] or _unbounded(node) or _absurd(inputs):
        return nothing
    types, data = {}, {}
    for name, each in zip(node.input, inputs, strict=True):
        if each is None:
            continue
        types[name] = type_of(each.elem, each.dims, each.sequence)
        if each.known is not None and each.known.size <= _MOST_TOLD:
            data[name] = _proto(each.known)
    try:
        try:
            found = infer_node_outputs(schema, node, types, data, opset_imports=_imports(version))
        except ValidationError:  # an element type that the operator does not take
            found = _lenient(node, types, data, version)
    except Exception:  # whatever the library's C++ code makes of a malformed operator
        return nothing
    return [described(found[name]) if name in found else Tensor() for name in node.output]


def _lenient(
    node: Any, types: Mapping[str, Any], data: Mapping[str, Any], version: int
) -> dict[str, Any]:
    """Ask onnx about a model of this operator alone, where element types do not matter."""
    from onnx import GraphProto, ModelProto
    from onnx.shape_inference import infer_shapes

    graph = GraphProto(node=[node])
    for name, proto in types.items():
        graph.input.add(name=name).type.CopyFrom(proto)
    for name, proto in data.items():
        graph.initializer.add().CopyFrom(proto)
        graph.initializer[-1].name = name
    for name in node.output:
        graph.output.add(name=name)
    model = ModelProto(ir_version=8, graph=graph, opset_import=_imports(version))
    inferred = infer_shapes(model).graph
    return {value.name: value.type for value in (*inferred.value_info, *inferred.output)}


def _unbounded(node: Any) -> bool:
    """Tell an operator whose attributes ask for more outputs or axes than it can have."""
    for each in node.attribute:
        if each.name in ("num_outputs", "axis", "axes", "split") and each.type == 2:
            if abs(each.i) > 1_000_000:
                return True
        elif each.name in ("shape", "perm", "axes") and len(each.ints) > MOST_AXES:
            return True
        elif each.name == "equation" and not _EQUATION.fullmatch(each.s):
            return True  # on other characters onnx does not come to an end
    return False


def _absurd(inputs: Sequence[Tensor | None]) -> bool:
    """Tell negative sizes, which no tensor has: on some of them onnx ends the process."""
    sizes = [size for each in inputs if each is not None for size in each.dims or ()]
    return any(size is not None and size < 0 for size in sizes)


def _proto(value: Any) -> Any:
    from onnx import numpy_helper

    return numpy_helper.from_array(value)
