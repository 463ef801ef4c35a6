"""What weights are stored as, and how many bytes that takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from fodlam_core.errors import NetworkError, Problem, Setting, unknown
from fodlam_core.networks.transformers.attention import LatentAttention
from fodlam_core.networks.transformers.parts import Experts, Linear

if TYPE_CHECKING:
    from fodlam_core.networks.transformers.stacks import Part, Transformer

WHERE = "quantization_config"


class Precision(NamedTuple):
    """How a weight is stored.

    Attributes:
        bits: bits of a weight.
        group: weights that share a scale; 0: those of one output.
        scale_bits: bits of a scale, zero points included.
        rest_bits: bits of what is not quantised: embeddings, heads, routers, norms, biases.
    """

    bits: int
    group: int = 0
    scale_bits: int = 0
    rest_bits: int = 16


# Groups and scales: GPTQ and AWQ as their authors store 4 bits, 128 weights with a scale of 16
# bits and a zero point of 4 (arXiv:2306.00978, section 4.1); OCP Microscaling 1.0, table 1
# (mxfp4); NVFP4: an E4M3 scale for 16 weights (NVIDIA, Transformer Engine documentation). int8
# and fp8: a scale for each output.
PRECISIONS: Mapping[str, Precision] = {
    "fp32": Precision(32, rest_bits=32),
    "fp16": Precision(16),
    "bf16": Precision(16),
    "fp8": Precision(8, 0, 32),
    "int8": Precision(8, 0, 16),
    "int4": Precision(4, 128, 20),
    "nvfp4": Precision(4, 16, 8),
    "mxfp4": Precision(4, 32, 8),
}


def precision_named(name: str) -> Precision:
    """Return a precision.

    Raises:
        NetworkError: if there is none of that name.
    """
    if name not in PRECISIONS:
        where = Setting(("network",), "weights")
        raise NetworkError(unknown("precision", name, PRECISIONS), where=where)
    return PRECISIONS[name]


def weight_bytes(model: Transformer, precision: Precision) -> int:
    """Return the bytes of all parameters, with scales, as whole bytes per matrix.

    >>> from fodlam_core.networks.transformers.stacks import Block, Stack, Transformer
    >>> one = Transformer(decoder=Stack(8, (Block((Linear("q", 256, 256),)),)))
    >>> weight_bytes(one, PRECISIONS["int4"])  # 65536 / 2, and 512 groups of 20 bits
    34048
    """
    matrices = [
        part for stack in model.stacks for part in stack.parts if part.quantized and part.weights
    ]
    covered = sum(part.weights for part in matrices)
    bits = (model.parameters - covered) * precision.rest_bits + covered * precision.bits
    for part in matrices:
        bits += _scales(part, precision.group) * precision.scale_bits
    return -(-bits // 8)


def _scales(part: Part, group: int) -> int:
    """Return how many scales the weights of a part have."""
    if group:
        return -(-part.weights // group)
    if isinstance(part, LatentAttention):
        return part.heads * (part.nope + part.value)
    if isinstance(part, Experts):
        return part.outputs * part.count
    return part.outputs if isinstance(part, Linear) else 0


def stored_precision(table: Mapping[str, Any]) -> tuple[str, Precision] | None:
    """Return what ``quantization_config`` of a file says; None if the file has none.

    Raises:
        NetworkError: naming the method or setting that is not covered.
    """
    config = table.get("quantization_config")
    if config is None:
        return None
    method = config.get("quant_method") if isinstance(config, Mapping) else None
    if method == "fp8":
        return "fp8", _fp8(config)
    if method in ("gptq", "awq"):
        return _groups(config)
    if method == "bitsandbytes":
        return _bitsandbytes(config)
    if method == "mxfp4":
        return "mxfp4", PRECISIONS["mxfp4"]
    what = f"quant_method {method!r:.60} is not covered"
    more = ", known are awq, bitsandbytes, fp8, gptq and mxfp4"
    weights = Setting(("network",), "weights", '"int4"')
    raise NetworkError(Problem(what, (WHERE,), ("give for instance ", weights), more))


def _fp8(config: Mapping[str, Any]) -> Precision:
    block = config.get("weight_block_size")
    if block is None:
        return PRECISIONS["fp8"]
    if not (isinstance(block, list) and len(block) == 2 and all(map(_is_size, block))):
        raise NetworkError(f"weight_block_size {block!r:.60} is not two sizes", where=WHERE)
    return Precision(8, block[0] * block[1], 32)


def _groups(config: Mapping[str, Any]) -> tuple[str, Precision]:
    bits, group = config.get("bits", config.get("w_bit")), config.get("group_size", 128)
    if bits not in (4, 8) or not (group == -1 or _is_size(group)):
        raise NetworkError(
            f"bits {bits!r:.20} with group_size {group!r:.20} is not covered",
            where=WHERE,
            cure="known are 4 and 8 bits, with a group_size of at least 1 or -1",
        )
    return f"int{bits}", Precision(bits, max(group, 0), 16 + bits)


def _bitsandbytes(config: Mapping[str, Any]) -> tuple[str, Precision]:
    """4 bits: a scale of 32 bits for 64 weights (arXiv:2305.14314, section 3); 8: per output."""
    if config.get("load_in_4bit") is True:
        twice = config.get("bnb_4bit_use_double_quant") is True
        # Quantised once more: 8 bits for each scale; what is left for 256 of them is neglected.
        return "int4", Precision(4, 64, 8 if twice else 32)
    if config.get("load_in_8bit") is True:
        return "int8", Precision(8, 0, 32)
    raise NetworkError("bitsandbytes with neither load_in_4bit nor load_in_8bit", where=WHERE)


def _is_size(value: object) -> bool:
    return type(value) is int and 1 <= value <= 1_000_000
