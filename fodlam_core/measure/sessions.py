"""Runs ONNX models with onnxruntime, as an operating point says."""

from __future__ import annotations

import functools
import json
import math
import os
import tempfile
import time
from typing import TYPE_CHECKING, Any

import attrs

from fodlam_core.errors import FodlamError, UnknownNameError
from fodlam_core.measure.layer_models import AROUND, PRECISIONS

if TYPE_CHECKING:
    from collections.abc import Callable

INSTALL = "pip install 'fodlam-core[measure]'"
SUFFIX = "ExecutionProvider"
# Where tensors lie for providers of a memory of their own; for all others in that of the CPU.
MEMORIES = {"cuda": "cuda", "tensorrt": "cuda", "migraphx": "cuda", "dml": "dml"}
# Operators with which onnxruntime converts to blocks of channels and back.
CONVERSIONS = ("ReorderInput", "ReorderOutput", "Transpose")
PROFILED_RUNS = 10
KERNEL = "_kernel_time"  # how the events of operators in a profile end


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
    try:
        import numpy  # noqa: F401 - only whether it is there
        import onnx  # noqa: F401 - only whether it is there
        import onnxruntime
    except ImportError as error:
        raise FodlamError(f"measure: {error.name} is not installed; {INSTALL}") from error
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
    model: bytes | str, setting: Setting, batch: int = 1, shared: dict[str, Any] | None = None
) -> Callable[[], float]:
    """Return a function that runs a model once, and returns the seconds that it took.

    Of one thread on the processor these are at most the seconds for which it had the processor:
    what other processes take in between does not count.

    Args:
        model: serialized, or the path of a file.
        setting: how it is run.
        batch: what a leading dimension of no fixed size is; others of no fixed size are 1.
        shared: tensors by name that models read and write together; those it lacks are added.

    Raises:
        FodlamError: if the runtime refuses it.
    """
    ort = runtime()
    try:
        session = _session(model, setting, _options(setting))
        memory = MEMORIES.get(setting.provider, "cpu")
        binding = session.io_binding()
        known = {} if shared is None else shared
        outputs = session.get_outputs()
        for each in (*session.get_inputs(), *(outputs if shared is not None else ())):
            if each.name not in known:
                value = ort.OrtValue.ortvalue_from_numpy(_values(each, batch), memory, 0)
                known[each.name] = value
        for each in session.get_inputs():
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


def conversion_share(model: bytes, setting: Setting) -> float:
    """Return the share of the time of a model that goes into conversions of the layout.

    The CPU provider computes convolutions in a layout of its own. A layer alone is converted before
    and after; of a network only its ends are. What is in the model for the sake of the layer alone
    counts as well.

    Args:
        model: serialized; one that `runner` can run.
        setting: how it is run.
    """
    with tempfile.TemporaryDirectory() as folder:
        options = _options(setting)
        options.enable_profiling = True
        options.profile_file_prefix = os.path.join(folder, "profile")
        session = _session(model, setting, options)
        feed = {each.name: _values(each, 1) for each in session.get_inputs()}
        for _ in range(PROFILED_RUNS):
            session.run(None, feed)
        with open(session.end_profiling(), encoding="utf-8") as file:
            events = json.load(file)
    # The fastest run of every node, which no other process has interrupted.
    fastest: dict[tuple[str, bool], float] = {}
    for event in events:
        if event["name"].endswith(KERNEL):
            around = event["name"].startswith(AROUND)
            key = event["name"], around or event["args"]["op_name"] in CONVERSIONS
            fastest[key] = min(fastest.get(key, math.inf), event["dur"])
    converting = sum(time for (_, converts), time in fastest.items() if converts)
    return converting / (sum(fastest.values()) or 1.0)


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
