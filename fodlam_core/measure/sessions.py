"""Runs ONNX models with onnxruntime, as an operating point says."""

from __future__ import annotations

import functools
import os
import tempfile
import time
from typing import TYPE_CHECKING, Any

import attrs

from fodlam_core.errors import FodlamError, UnknownNameError
from fodlam_core.libraries import need
from fodlam_core.measure.layer_models import PRECISIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fodlam_core.measure.places import Places

SUFFIX = "ExecutionProvider"
# Where tensors lie for providers of a memory of their own; for all others in that of the CPU.
MEMORIES = {"cuda": "cuda", "tensorrt": "cuda", "migraphx": "cuda", "dml": "dml"}
# Operators with which onnxruntime converts to blocks of channels and back.
CONVERSIONS = ("ReorderInput", "ReorderOutput", "Transpose")


@attrs.frozen
class Setting:
    """An operating point: how models are run.

    Attributes:
        provider: an execution provider of onnxruntime in short, such as ``"cpu"``.
        precision: one of `fodlam_core.measure.layer_models.PRECISIONS`.
        threads: threads within an operator.
    """

    provider: str = "cpu"
    precision: str = "fp32"
    threads: int = 1

    @property
    def name(self) -> str:
        """What the point is called in the file.

        >>> Setting("cpu", "int8", 2).name
        'cpu-int8-2t'
        """
        return f"{self.provider}-{self.precision}-{self.threads}t"

    @classmethod
    def named(cls, name: str) -> Setting | None:
        """Return the setting of a name; None if it is not one.

        >>> Setting.named("cpu-int8-2t")
        Setting(provider='cpu', precision='int8', threads=2)
        """
        parts = name.split("-")
        if len(parts) != 3 or parts[1] not in PRECISIONS or not parts[2][:-1].isdigit():
            return None
        return cls(parts[0], parts[1], int(parts[2][:-1]))


def runtime() -> Any:
    """Return onnxruntime.

    Raises:
        FodlamError: if it, or what builds models for it, is not installed.
    """
    _, _, onnxruntime = (
        need(each, "measure", "measure") for each in ("numpy", "onnx", "onnxruntime")
    )
    onnxruntime.set_default_logger_severity(4)  # what goes wrong is raised as well
    return onnxruntime


def provider_named(name: str) -> str:
    """Return the short name of an execution provider that is there.

    Raises:
        UnknownNameError: if there is none of that name; it lists those there are.
    """
    there = [_short(each) for each in runtime().get_available_providers()]
    if _short(name) not in there:
        raise UnknownNameError(
            f"--provider {name}: this onnxruntime does not have it; it has {', '.join(there)}"
        )
    return _short(name)


def _short(name: str) -> str:
    return name.lower().removesuffix(SUFFIX.lower())


def runner(
    model: bytes | str,
    setting: Setting,
    batch: int = 1,
    shared: dict[str, Any] | None = None,
    places: Places | None = None,
) -> Callable[[], float]:
    """Return a function that runs a model once, and returns the seconds that it took.

    Of one thread on the processor these are at most the seconds for which it had the processor:
    what other processes take in between does not count.

    Args:
        model: serialized, or the path of a file.
        setting: how it is run.
        batch: what a leading dimension of no fixed size is; others of no fixed size are 1.
        shared: tensors by name that models read and write together; those it lacks are added.
        places: where tensors lie that are added, if it is the memory of the processor.

    Raises:
        FodlamError: if the runtime refuses it.
    """
    ort = runtime()
    try:
        session = _session(model, setting, _options(setting))
        memory = MEMORIES.get(setting.provider, "cpu")
        binding = session.io_binding()
        known = {} if shared is None else shared
        inputs, outputs = session.get_inputs(), session.get_outputs()
        for use, ends in ("read", inputs), ("written", outputs if shared is not None else ()):
            arrays = {each.name: _values(each, batch) for each in ends if each.name not in known}
            if places is not None and memory == "cpu":
                arrays = places.placed(use, arrays)
            for name, array in arrays.items():
                known[name] = ort.OrtValue.ortvalue_from_numpy(array, memory, 0)
        for each in inputs:
            binding.bind_ortvalue_input(each.name, known[each.name])
        for each in outputs:
            if each.name in known:
                binding.bind_ortvalue_output(each.name, known[each.name])
            else:
                binding.bind_output(each.name, memory)
    except MemoryError as error:
        raise FodlamError("there is not enough memory for it") from error
    except Exception as error:
        raise FodlamError(_reason(error)) from error

    alone = setting.provider == "cpu" and setting.threads == 1
    # A binding points into the memory of its tensors, and does not keep them.
    return functools.partial(_timed, session, binding, list(known.values()), alone=alone)


def _timed(session: Any, binding: Any, _kept: list[Any], *, alone: bool) -> float:
    start, busy = time.perf_counter(), time.thread_time()
    session.run_with_iobinding(binding)
    binding.synchronize_outputs()
    busy, elapsed = time.thread_time() - busy, time.perf_counter() - start
    return min(elapsed, busy) if alone and busy > 0 else elapsed


@functools.cache
def _one_memory() -> None:
    """Have all models on the processor take their memory from one place, one after the other.

    As in a network: what a layer writes lies where an earlier one has just read.
    """
    ort = runtime()
    kind = ort.OrtMemoryInfo(
        "Cpu", ort.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, ort.OrtMemType.DEFAULT
    )
    as_requested = ort.OrtArenaCfg(0, 1, -1, -1)
    ort.create_and_register_allocator(kind, as_requested)


def _options(setting: Setting) -> Any:
    _one_memory()
    options = runtime().SessionOptions()
    options.intra_op_num_threads = setting.threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    # Threads that wait for work of one model would take time from the next.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.use_env_allocators", "1")
    return options


def _session(model: bytes | str, setting: Setting, options: Any) -> Any:
    ort = runtime()
    [provider] = [
        each for each in ort.get_available_providers() if _short(each) == setting.provider
    ]
    return ort.InferenceSession(model, options, providers=[provider])


def without_conversions(model: bytes, setting: Setting) -> bytes:
    """Return a model as the runtime computes it, without conversions of the layout of tensors.

    The CPU provider computes convolutions in layouts of its own. A layer alone is converted before
    and after; of a network only its ends are. So what the runtime makes of the model is cut out
    from between the conversions, and reads and writes tensors as they are there.

    Args:
        model: serialized; one that `runner` can run.
        setting: how it is run.

    Raises:
        FodlamError: if the runtime refuses it.
    """
    runtime()
    try:
        made = _optimized(model, setting)
        kept = [node for node in made.graph.node if node.op_type not in CONVERSIONS]
        return model if len(kept) == len(made.graph.node) else _cut(made, kept, setting)
    except MemoryError as error:
        raise FodlamError("there is not enough memory for it") from error
    except Exception as error:
        raise FodlamError(_reason(error)) from error


def _optimized(model: bytes, setting: Setting) -> Any:
    import onnx

    with tempfile.TemporaryDirectory() as folder:
        options = _options(setting)
        options.optimized_model_filepath = os.path.join(folder, "made.onnx")
        _session(model, setting, options)
        return onnx.load(options.optimized_model_filepath)


def _cut(made: Any, kept: Sequence[Any], setting: Setting) -> bytes:
    """Return a model of some nodes of another."""
    from onnx import helper

    read = {name for node in kept for name in node.input if name}
    written = {name for node in kept for name in node.output}
    constants = {each.name for each in made.graph.initializer}
    ends = sorted(read - written - constants), sorted(written - read)
    arrays = _arrays([*ends[0], *ends[1]], made, setting)
    inputs, outputs = (
        [
            helper.make_tensor_value_info(
                name, helper.np_dtype_to_tensor_dtype(arrays[name].dtype), arrays[name].shape
            )
            for name in names
        ]
        for names in ends
    )
    graph = helper.make_graph(kept, "layer", inputs, outputs, made.graph.initializer)
    model = helper.make_model(graph, opset_imports=made.opset_import, ir_version=made.ir_version)
    data: bytes = model.SerializeToString()
    return data


def _arrays(names: Sequence[str], made: Any, setting: Setting) -> dict[str, Any]:
    """Return tensors inside a model, by name: the runtime alone knows their dimensions."""
    from onnx import ValueInfoProto

    ends = {each.name for each in (*made.graph.input, *made.graph.output)}
    made.graph.output.extend(ValueInfoProto(name=name) for name in names if name not in ends)
    session = _session(made.SerializeToString(), setting, _options(setting))
    feed = {each.name: _values(each, 1) for each in session.get_inputs()}
    found = [each.name for each in session.get_outputs()]
    return {**feed, **dict(zip(found, session.run(found, feed), strict=True))}


def _reason(error: Exception) -> str:
    text = " ".join(str(error).split())
    if "alloc" in text.lower():
        return "there is not enough memory for it"
    return f"onnxruntime refuses it: {text:.200}"


def _values(tensor: Any, batch: int) -> Any:
    import numpy as np

    dims = [
        size if isinstance(size, int) and size > 0 else batch if axis == 0 else 1
        for axis, size in enumerate(tensor.shape)
    ]
    kinds = {"float": "float32", "double": "float64"}
    kind = tensor.type.removeprefix("tensor(").removesuffix(")")
    kind = kinds.get(kind, kind)
    random = np.random.default_rng(0)
    if kind.startswith("float"):
        return random.random(dims, "float32").astype(kind)
    # Small, so that indices of a table of embeddings are within it; no text has them all alike.
    return random.integers(0, 2 if kind != "uint8" else 255, dims).astype(kind)
