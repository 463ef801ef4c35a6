"""The part of Caffe's schema that decides on shapes, built at run time.

Text format needs names only, so fields are numbered as they stand here. A ``*`` marks a repeated
field. Source: ``src/caffe/proto/caffe.proto`` of BVLC/caffe, with the fields of the widespread
forks (SSD, SegNet, DeepLab, py-faster-rcnn).
"""

from __future__ import annotations

from functools import cache, partial
from typing import Any

from fodlam_core.errors import NetworkError
from fodlam_core.libraries import need

library = partial(need, what="a Caffe network", extra="caffe", error=NetworkError)

_PARAMS = """
    convolution_param:ConvolutionParameter inner_product_param:InnerProductParameter
    pooling_param:PoolingParameter concat_param:ConcatParameter slice_param:SliceParameter
    eltwise_param:EltwiseParameter flatten_param:FlattenParameter reshape_param:ReshapeParameter
    input_param:InputParameter data_param:DataParameter image_data_param:ImageDataParameter
    window_data_param:DataParameter hdf5_data_param:DataParameter
    memory_data_param:MemoryDataParameter dummy_data_param:DummyDataParameter
    transform_param:TransformationParameter python_param:PythonParameter
    crop_param:CropParameter roi_pooling_param:RoiParameter roi_align_param:RoiParameter
    psroi_pooling_param:PsRoiParameter permute_param:PermuteParameter
    interp_param:InterpParameter upsample_param:UpsampleParameter spp_param:SppParameter
    tile_param:TileParameter reduction_param:ReductionParameter argmax_param:ArgMaxParameter
    embed_param:EmbedParameter recurrent_param:EmbedParameter"""

MESSAGES = {
    "BlobShape": "dim*:int64",
    "NetStateRule": "phase:Phase min_level:int32 max_level:int32 stage*:string not_stage*:string",
    "NetState": "phase:Phase level:int32 stage*:string",
    "NetParameter": """name:string input*:string input_shape*:BlobShape input_dim*:int64
        state:NetState layer*:LayerParameter layers*:V1LayerParameter
        net:string train_net:string test_net*:string net_param:NetParameter
        train_net_param:NetParameter test_net_param*:NetParameter""",
    "LayerParameter": """name:string type:string bottom*:string top*:string
        include*:NetStateRule exclude*:NetStateRule"""
    + _PARAMS,
    "V1LayerParameter": """name:string type:V1Type bottom*:string top*:string
        include*:NetStateRule exclude*:NetStateRule layer:V0LayerParameter"""
    + _PARAMS,
    "V0LayerParameter": """name:string type:string num_output:uint32 pad:uint32 kernelsize:uint32
        group:uint32 stride:uint32 batchsize:uint32 cropsize:uint32 new_num:int64
        new_channels:int64 new_height:int64 new_width:int64 concat_dim:int32""",
    "ConvolutionParameter": """num_output:uint32 bias_term:bool pad*:uint32 kernel_size*:uint32
        stride*:uint32 dilation*:uint32 pad_h:uint32 pad_w:uint32 kernel_h:uint32 kernel_w:uint32
        hole:uint32 hole_h:uint32 hole_w:uint32
        stride_h:uint32 stride_w:uint32 group:uint32 axis:int32""",
    "InnerProductParameter": "num_output:uint32 bias_term:bool axis:int32 transpose:bool",
    "PoolingParameter": """pad:uint32 pad_h:uint32 pad_w:uint32 kernel_size:uint32
        kernel_h:uint32 kernel_w:uint32 stride:uint32 stride_h:uint32 stride_w:uint32
        global_pooling:bool round_mode:RoundMode ceil_mode:bool""",
    "ConcatParameter": "axis:int32 concat_dim:uint32",
    "SliceParameter": "axis:int32 slice_point*:uint32 slice_dim:uint32",
    "EltwiseParameter": "operation:EltwiseOp",
    "FlattenParameter": "axis:int32 end_axis:int32",
    "ReshapeParameter": "shape:BlobShape axis:int32 num_axes:int32",
    "InputParameter": "shape*:BlobShape",
    "DataParameter": "batch_size:uint32 crop_size:uint32",
    "ImageDataParameter": "batch_size:uint32 new_height:uint32 new_width:uint32 is_color:bool",
    "MemoryDataParameter": "batch_size:uint32 channels:uint32 height:uint32 width:uint32",
    "DummyDataParameter": "shape*:BlobShape num*:uint32 channels*:uint32 height*:uint32"
    " width*:uint32",
    "TransformationParameter": "crop_size:uint32",
    "PythonParameter": "module:string layer:string",
    "CropParameter": "axis:int32",
    "RoiParameter": "pooled_h:uint32 pooled_w:uint32",
    "PsRoiParameter": "output_dim:int32 group_size:int32",
    "PermuteParameter": "order*:uint32",
    "InterpParameter": """height:int32 width:int32 zoom_factor:int32 shrink_factor:int32
        pad_beg:int32 pad_end:int32""",
    "UpsampleParameter": """scale:uint32 scale_h:uint32 scale_w:uint32 upsample_h:uint32
        upsample_w:uint32""",
    "SppParameter": "pyramid_height:uint32",
    "TileParameter": "axis:int32 tiles:int32",
    "ReductionParameter": "axis:int32",
    "ArgMaxParameter": "out_max_val:bool top_k:uint32 axis:int32",
    "EmbedParameter": "num_output:uint32",
}
# Layer types of the second format, with their names in the third.
V1_TYPES = {
    "NONE": "None", "ABSVAL": "AbsVal", "ACCURACY": "Accuracy", "ARGMAX": "ArgMax",
    "BN": "BN", "BNLL": "BNLL", "CONCAT": "Concat", "CONTRASTIVE_LOSS": "ContrastiveLoss",
    "CONVOLUTION": "Convolution", "CROP": "Crop", "DATA": "Data",
    "DECONVOLUTION": "Deconvolution", "DROPOUT": "Dropout", "DUMMY_DATA": "DummyData",
    "ELTWISE": "Eltwise", "EUCLIDEAN_LOSS": "EuclideanLoss", "EXP": "Exp", "FLATTEN": "Flatten",
    "HDF5_DATA": "HDF5Data", "HDF5_OUTPUT": "HDF5Output", "HINGE_LOSS": "HingeLoss",
    "IM2COL": "Im2col", "IMAGE_DATA": "ImageData", "INFOGAIN_LOSS": "InfogainLoss",
    "INNER_PRODUCT": "InnerProduct", "LRN": "LRN", "MEMORY_DATA": "MemoryData",
    "MULTINOMIAL_LOGISTIC_LOSS": "MultinomialLogisticLoss", "MVN": "MVN", "POOLING": "Pooling",
    "POWER": "Power", "PRELU": "PReLU", "RELU": "ReLU", "RESHAPE": "Reshape",
    "SIGMOID": "Sigmoid", "SIGMOID_CROSS_ENTROPY_LOSS": "SigmoidCrossEntropyLoss",
    "SILENCE": "Silence", "SLICE": "Slice", "SOFTMAX": "Softmax",
    "SOFTMAX_LOSS": "SoftmaxWithLoss", "SPLIT": "Split", "TANH": "TanH",
    "THRESHOLD": "Threshold", "UPSAMPLE": "Upsample", "WINDOW_DATA": "WindowData",
}  # fmt: skip
_ENUMS = {
    "Phase": ("TRAIN", "TEST"),
    "RoundMode": ("CEIL", "FLOOR"),
    "EltwiseOp": ("PROD", "SUM", "MAX"),
    "V1Type": (),
}
# Fields that do not bear on shapes, in the messages where a misspelt field would go unnoticed.
HARMLESS = ("engine", "weight_filler", "bias_filler", "pool", "force_nd_im2col", "coeff")


def fields_of(message: str) -> dict[str, str]:
    """Return the fields of a message, with their types."""
    pairs = (item.split(":") for item in MESSAGES[message].split())
    return {name.rstrip("*"): kind for name, kind in pairs}


def message_of_param() -> dict[str, str]:
    """Return the message of each parameter field of a layer."""
    return {name: kind for name, kind in fields_of("LayerParameter").items() if kind in MESSAGES}


def v1_type(name: str) -> str:
    """Return what the third format calls a layer type of the second, known or not.

    >>> v1_type("INNER_PRODUCT"), v1_type("IMAGE_SEG_DATA")
    ('InnerProduct', 'ImageSegData')
    """
    return V1_TYPES.get(name) or name.title().replace("_", "")


@cache
def message_class(name: str, more_types: tuple[str, ...] = ()) -> Any:
    """Return the class of a message, such as ``"NetParameter"``.

    Args:
        name: the message.
        more_types: layer types of the second format besides those of ``V1_TYPES``.

    Raises:
        NetworkError: if protobuf is not installed.
    """
    pool = _pool(more_types)
    factory = library("google.protobuf.message_factory")
    return factory.GetMessageClass(pool.FindMessageTypeByName(f"caffe.{name}"))


@cache
def _pool(more_types: tuple[str, ...]) -> Any:
    descriptor_pb2 = library("google.protobuf.descriptor_pb2")
    descriptor_pool = library("google.protobuf.descriptor_pool")
    file = descriptor_pb2.FileDescriptorProto(
        name="fodlam/caffe.proto", package="caffe", syntax="proto2"
    )
    enums = {**_ENUMS, "V1Type": (*V1_TYPES, *more_types)}
    for name, values in enums.items():
        # Inside a message each, since the values of an enum live in the scope around it.
        enum = file.message_type.add(name=f"Of{name}").enum_type.add(name=name)
        for number, value in enumerate(values):
            enum.value.add(name=value, number=number)
    for name, text in MESSAGES.items():
        message = file.message_type.add(name=name)
        for number, item in enumerate(text.split(), start=1):
            message.field.add(number=number, **_field(item, descriptor_pb2.FieldDescriptorProto))
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return pool


def _field(item: str, proto: Any) -> dict[str, Any]:
    """Return the descriptor of a field such as ``"dim*:int64"``."""
    name, kind = item.split(":")
    label = proto.LABEL_REPEATED if name.endswith("*") else proto.LABEL_OPTIONAL
    field = {"name": name.rstrip("*"), "label": label}
    if kind in MESSAGES:
        return {**field, "type": proto.TYPE_MESSAGE, "type_name": f".caffe.{kind}"}
    if kind in _ENUMS:
        return {**field, "type": proto.TYPE_ENUM, "type_name": f".caffe.Of{kind}.{kind}"}
    return {**field, "type": getattr(proto, f"TYPE_{kind.upper()}")}
