"""Brings the three generations of Caffe's layers to one form, and picks those of a phase.

Source: ``src/caffe/util/upgrade_proto.cpp`` and ``Net<Dtype>::FilterNet`` of BVLC/caffe.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from fodlam_core.errors import NetworkError, unknown
from fodlam_core.networks.caffe.schema import message_class, v1_type

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from fodlam_core.networks.caffe.text import Parsed

# Layer types of the first format, with their names in the third.
V0_TYPES = {
    "accuracy": "Accuracy", "bnll": "BNLL", "concat": "Concat", "conv": "Convolution",
    "data": "Data", "dropout": "Dropout", "euclidean_loss": "EuclideanLoss",
    "flatten": "Flatten", "hdf5_data": "HDF5Data", "hdf5_output": "HDF5Output",
    "im2col": "Im2col", "images": "ImageData", "infogain_loss": "InfogainLoss",
    "innerproduct": "InnerProduct", "lrn": "LRN",
    "multinomial_logistic_loss": "MultinomialLogisticLoss", "padding": "Padding",
    "pool": "Pooling", "relu": "ReLU", "sigmoid": "Sigmoid", "softmax": "Softmax",
    "softmax_loss": "SoftmaxWithLoss", "split": "Split", "tanh": "TanH",
    "window_data": "WindowData",
}  # fmt: skip
# Stages that files use to tell the network as it is deployed.
STAGES = frozenset({"deploy", "test", "TEST"})


class Node(NamedTuple):
    """A layer of the current generation.

    Attributes:
        name: its name.
        type: its type, such as ``"Convolution"``.
        bottoms: names of what it reads.
        tops: names of what it makes.
        params: a message that holds its parameters.
        where: file and line.
    """

    name: str
    type: str
    bottoms: tuple[str, ...]
    tops: tuple[str, ...]
    params: Any
    where: str


def nodes_of(parsed: Parsed, path: Path) -> list[Node]:
    """Return the layers of the test phase, in the order of the file.

    Raises:
        NetworkError: if there is none, or the generations are mixed.
    """
    net = parsed.net
    if net.layer and net.layers:
        raise NetworkError(f"{path}: both 'layer' and 'layers'; Caffe takes one of them")
    if not net.layer and not net.layers:
        raise NetworkError(_no_layers(net, path))
    blocks = list(net.layer or net.layers)
    lines = parsed.lines if len(parsed.lines) == len(blocks) else [0] * len(blocks)
    nodes = []
    for block, line in zip(blocks, lines, strict=True):
        if _included(block, net.state):
            where = f"{path}:{line}" if line else f"{path}"
            nodes.append(_node(block, where, old=not net.layer))
    if not nodes:
        raise NetworkError(f"{path}: no layer belongs to the test phase")
    return nodes


def _no_layers(net: Any, path: Path) -> str:
    if net.HasField("net_param") or net.HasField("train_net_param") or net.test_net_param:
        return f"{path}: a solver with its networks in it; put the layers of one into a file"
    named = net.net or net.train_net or ", ".join(net.test_net)
    if named:
        return f"{path}: a solver, which has no layers; give its network, {named}"
    return f"{path}: no layers; is this a Caffe network?"


def _included(block: Any, state: Any) -> bool:
    if block.include:
        return any(_met(rule, state) for rule in block.include)
    return not any(_met(rule, state) for rule in block.exclude)


def _met(rule: Any, state: Any) -> bool:
    """Tell whether a rule holds in the test phase, which is the one that is costed."""
    stages = STAGES.union(state.stage)
    if rule.HasField("phase") and rule.phase != 1:
        return False
    if rule.HasField("min_level") and state.level < rule.min_level:
        return False
    if rule.HasField("max_level") and state.level > rule.max_level:
        return False
    return stages.issuperset(rule.stage) and not stages.intersection(rule.not_stage)


def _node(block: Any, where: str, *, old: bool) -> Node:
    name, type_, params = block.name, block.type, block
    if old and block.HasField("layer"):
        name = block.layer.name
        type_ = _v0_type(block.layer, where)
        params = _v0_params(block.layer, type_)
    elif old:
        values = block.DESCRIPTOR.fields_by_name["type"].enum_type.values_by_number
        type_ = v1_type(values[type_].name)
    if not type_ or type_ == "None":
        raise NetworkError(f"{where}: layer {name!r}: no type")
    tops = tuple(block.top)
    return Node(
        name=name or (tops[0] if tops else type_),
        type=type_,
        bottoms=tuple(block.bottom),
        tops=tops,
        params=params,
        where=where,
    )


def _v0_type(layer: Any, where: str) -> str:
    if layer.type not in V0_TYPES:
        what = unknown("layer type", layer.type, V0_TYPES)
        raise NetworkError(f"{where}: layer {layer.name!r}: {what}")
    return V0_TYPES[layer.type]


def _v0_params(layer: Any, type_: str) -> Any:
    """Spread the one block of parameters of the first format over those of the third."""
    params = message_class("LayerParameter")()
    if type_ in ("Convolution", "Im2col"):
        _copy(layer, params.convolution_param, ("num_output", "group"))
        _append(layer, params.convolution_param, {"pad": "pad", "stride": "stride"})
        _append(layer, params.convolution_param, {"kernelsize": "kernel_size"})
    elif type_ == "Padding":
        _append(layer, params.convolution_param, {"pad": "pad"})
    elif type_ == "InnerProduct":
        _copy(layer, params.inner_product_param, ("num_output",))
    elif type_ == "Pooling":
        _copy(layer, params.pooling_param, ("pad", "stride"))
        params.pooling_param.kernel_size = layer.kernelsize
    elif type_ == "Concat":
        _copy(layer, params.concat_param, ("concat_dim",))
    elif type_ in ("Data", "ImageData", "WindowData", "HDF5Data"):
        data = params.image_data_param if type_ == "ImageData" else params.data_param
        data.batch_size = layer.batchsize
        params.transform_param.crop_size = layer.cropsize
        if type_ == "ImageData":
            _copy(layer, data, ("new_height", "new_width"))
    return params


def _copy(source: Any, target: Any, fields: Iterable[str]) -> None:
    for field in fields:
        if source.HasField(field):
            setattr(target, field, getattr(source, field))


def _append(source: Any, target: Any, fields: dict[str, str]) -> None:
    for field, repeated in fields.items():
        if source.HasField(field):
            getattr(target, repeated).append(getattr(source, field))
