"""Where a Caffe network gets its input from, and of which size that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from fodlam_core.errors import NetworkError, Problem, Setting
from fodlam_core.model.converters import words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fodlam_core.networks.caffe.upgrade import Node
    from fodlam_core.networks.caffe.windows import Dims
    from fodlam_core.networks.reader import ReadOptions

SOURCES = words("""
    AnnotatedData Data DummyData HDF5Data ImageData ImageSegData Input MemoryData WindowData
    WindowSegData
""")  # fmt: skip
# Vectors that a unit of a recurrent layer makes from its input, and from its own last output.
# Source: lstm_layer.cpp (four gates each) and rnn_layer.cpp (one, and one for the output).
RECURRENT = {"LSTM": (4, 4), "RNN": (1, 2)}


class Blob(NamedTuple):
    """What flows between layers.

    Attributes:
        dims: its shape with the batch; None if that is not known.
        why: why the shape is not known; nothing if that has been reported.
        regions: whether its first axis counts regions instead of images.
        made: the number of the layer that made it.
        layer: the index of the costed layer it comes from, through layers that only change
            values; None if there is none.
    """

    dims: Dims | None
    why: tuple[Problem, ...] = ()
    regions: bool = False
    made: int = -1
    layer: int | None = None


class Inputs(NamedTuple):
    """The blobs that come from outside, and the batch they hold."""

    blobs: dict[str, Blob]
    batch: int


def is_source(node: Node) -> bool:
    """Tell whether a layer only brings data in."""
    return node.type in SOURCES or not node.bottoms


def inputs_of(net: Any, nodes: Iterable[Node], options: ReadOptions, where: str) -> Inputs:
    """Return the inputs of a network; the first that looks like images sets the batch.

    Args:
        net: the ``NetParameter``, for inputs that are not layers.
        nodes: its layers.
        options: may override the size of the images.
        where: how errors name the file.

    Raises:
        NetworkError: if the override does not fit.
    """
    nodes = list(nodes)
    sizes: dict[str, Dims] = _declared(net, where)
    for node in nodes:
        if is_source(node):
            for top, dims in zip(node.tops, _made(node), strict=True):
                sizes.setdefault(top, dims)
    if not sizes:
        return Inputs({}, 1)
    images = next((name for name, dims in sizes.items() if len(dims) == 4), next(iter(sizes)))
    blobs = {name: _blob(name, dims, images=name == images) for name, dims in sizes.items()}
    if options.input is not None:
        known = sizes[images]
        if known and len(known) != len(options.input) + 1:
            raise NetworkError(
                f"{where}: input 'data' takes {len(known) - 1} numbers without the batch, as in "
                f"input = {_line(known)}; got {list(options.input)}".replace("'data'", repr(images))
            )
        batch = max(1, known[0]) if known else 1
        blobs[images] = Blob((batch, *options.input))
    found = blobs[images].dims or (1,)
    recurrent = any(node.type in RECURRENT for node in nodes)
    # Recurrent layers read steps x batch x values.
    return Inputs(blobs, found[1 if recurrent and len(found) in (2, 3) else 0])


def _declared(net: Any, where: str) -> dict[str, Dims]:
    names, shapes, sizes = list(net.input), list(net.input_shape), list(net.input_dim)
    if shapes and len(shapes) not in (1, len(names)):
        raise NetworkError(f"{where}: {len(names)} inputs, but {len(shapes)} input_shape")
    if not shapes and len(sizes) % 4:
        raise NetworkError(f"{where}: input_dim: expected 4 for each input, got {len(sizes)}")
    if not shapes and sizes and len(sizes) != 4 * len(names):
        raise NetworkError(f"{where}: {len(names)} inputs, but {len(sizes)} input_dim")
    found = {}
    for index, name in enumerate(names):
        if shapes:
            found[name] = tuple(shapes[min(index, len(shapes) - 1)].dim)
        else:
            found[name] = tuple(sizes[4 * index : 4 * index + 4])
    return found


def _made(node: Node) -> list[Dims]:
    """Return the size of each top of a data layer: empty if unknown, 0 for one unknown size."""
    params = node.params
    count = len(node.tops)
    shapes: list[Dims] = []
    if node.type == "Input":
        shapes = [tuple(shape.dim) for shape in params.input_param.shape]
    elif node.type == "DummyData":
        dummy = params.dummy_data_param
        shapes = [tuple(shape.dim) for shape in dummy.shape] or list(
            zip(dummy.num, dummy.channels, dummy.height, dummy.width, strict=False)
        )
    elif node.type == "MemoryData":
        memory = params.memory_data_param
        shapes = [(memory.batch_size, memory.channels, memory.height, memory.width)]
        shapes += [(memory.batch_size,)] * (count - 1)
    elif node.type in SOURCES:
        shapes = _from_database(node, count)
    if len(shapes) == 1:
        shapes *= count
    return (shapes + [()] * count)[:count]


def _from_database(node: Node, count: int) -> list[Dims]:
    """A database tells its channels, and without a crop its image size, only when it is read."""
    params = node.params
    images = params.image_data_param
    fields = (params.data_param, images, params.window_data_param, params.hdf5_data_param)
    batch = next((field.batch_size for field in fields if field.batch_size), 1)
    crop = params.transform_param.crop_size or next(
        (field.crop_size for field in fields if hasattr(field, "crop_size") and field.crop_size), 0
    )
    channels = 0
    if node.type in ("ImageData", "ImageSegData"):  # as image_data_layer.cpp reads its files
        channels = 1 if images.HasField("is_color") and not images.is_color else 3
    size = (batch, channels, crop or images.new_height, crop or images.new_width)
    return [size, *[(batch,)] * (count - 1)]


def _blob(name: str, dims: Dims, *, images: bool) -> Blob:
    if dims and min(dims) > 0:
        return Blob(dims)
    known = f"only {_sizes(dims)}" if any(dims) else "no size"
    what = f"the file gives {known} for its input {name!r}"
    cure = ("give for instance ", Setting(("network",), "input", _line(dims))) if images else ()
    return Blob(None, (Problem(what, cure=cure),))


def _sizes(dims: Dims) -> str:
    return "x".join(str(size) if size > 0 else "?" for size in dims)


def _line(dims: Dims) -> str:
    """Return the line to write, with what is known and with usual sizes for the rest."""
    usual = (3, 224, 224)
    sizes = dims[1:] if len(dims) > 1 else (0, 0, 0)
    return str([size if size > 0 else (usual[i] if i < 3 else 1) for i, size in enumerate(sizes)])
