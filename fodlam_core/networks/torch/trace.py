"""Watches the operators of a PyTorch module while it runs on the meta device."""

from __future__ import annotations

from collections import Counter
from math import prod
from typing import TYPE_CHECKING, Any

import attrs
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from fodlam_core.model.converters import words
from fodlam_core.model.layers import Layer
from fodlam_core.model.shapes import ConvShape, FcShape
from fodlam_core.networks.draft import Draft
from fodlam_core.networks.work import Work, matrix_product

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Operators that PyTorch marks neither as pointwise, nor as views, nor as one of its core set, and
# that cost no multiply-accumulates, in place or not; and what begins the names of those that do.
FREE = words("""
    _adaptive_avg_pool2d _adaptive_avg_pool3d _efficientzerotensor _embedding_bag
    _embedding_bag_forward_only _fused_rms_norm _local_scalar_dense
    _native_batch_norm_legit_no_training _prelu_kernel _safe_softmax _sample_dirichlet
    _standard_gamma _to_copy _unique _unique2 _unsafe_index _unsafe_view _weight_norm_interface
    adaptive_max_pool2d adaptive_max_pool3d affine_grid_generator alias_copy aminmax arange argsort
    batch_norm bernoulli binary_cross_entropy bincount block_diag bucketize cauchy channel_shuffle
    clone copy cosine_similarity cudnn_batch_norm cummax cummin detach dropout empty empty_like
    empty_permuted empty_strided exponential eye fill floor_divide fractional_max_pool2d
    fractional_max_pool3d frexp full geometric glu grid_sampler_2d grid_sampler_3d group_norm
    hardsigmoid hardswish hardtanh histc im2col index_add index_copy index_fill index_reduce
    instance_norm isin kthvalue layer_norm lift_fresh linalg_vector_norm linspace log_normal
    logcumsumexp logspace masked_fill masked_scatter masked_select max_pool1d max_pool2d max_pool3d
    max_unpool2d max_unpool3d median mode msort multinomial nan_to_num nanmedian
    nansum native_batch_norm native_channel_shuffle native_dropout new_empty new_empty_strided
    new_full new_ones new_zeros nonzero nonzero_static norm normal one_hot ones ones_like
    pixel_shuffle pixel_unshuffle poisson put quantile rand rand_like randint randint_like randn
    randn_like random randperm renorm repeat_interleave rms_norm roll rot90 rrelu_with_noise
    scalar_tensor scatter scatter_add scatter_reduce searchsorted set softmax sort stack std
    std_mean take tril tril_indices triu triu_indices unfold uniform unique_consecutive unique_dim
    unsafe_split unsafe_split_with_sizes var var_mean zero zeros zeros_like
""")  # fmt: skip
# Of torchvision's own, what picks and pools regions.
REGIONS = frozenset(("nms", "ps_roi_align", "ps_roi_pool", "roi_align", "roi_pool"))
FREE_STARTS = ("upsample_", "_upsample_", "_foreach_", "_fused_dropout", "_assert", "sym_")
COSTLY_STARTS = ("_fft", "fft", "linalg_", "_linalg", "_cdist", "_thnn", "quantized", "_trilinear")
TRANSFORMER = ("_transformer_encoder_layer_fwd", "_native_multi_head_attention")


class Trace(TorchDispatchMode):
    """Collects layers as operators are dispatched.

    Attributes:
        draft: what was found.
        scopes: names of the modules that are running, the innermost last.
        recurrent: names of modules that run step by step.
        folded: names of what would be layers, but depends on no input.
    """

    def __init__(self, weights: Iterable[torch.Tensor]) -> None:
        super().__init__()
        self.draft = Draft()
        self.scopes: list[str] = []
        self.recurrent: set[str] = set()
        self.folded: list[str] = []
        # What depends on no input, and all else, by id; held, so that no id recurs.
        self._weights = {id(tensor): tensor for tensor in weights}
        self._varying: dict[int, torch.Tensor] = {}
        # Memory that something else was written into, and states that are zero, among weights.
        self._changed: set[int] = set()
        self._zeros: set[int] = set()
        self._made: dict[int, int] = {}
        self._layer: dict[int, int] = {}
        self._known: dict[tuple[Any, ...], int] = {}
        self._names: Counter[str] = Counter()
        self._number = 0

    @property
    def scope(self) -> str:
        """The name of the module that is running."""
        return self.scopes[-1] if self.scopes else ""

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        """Let an operator run, and note what it would have cost."""
        out = func(*args, **(kwargs or {}))
        given = [each for each in tree_leaves((args, kwargs)) if isinstance(each, torch.Tensor)]
        made = [each for each in tree_leaves(out) if isinstance(each, torch.Tensor)]
        varying = [each for each in given if not self._fixed(each)]
        if not varying and torch.Tag.nondeterministic_seeded not in func.tags:
            varying = self._settle(func, args, out, made)
            if not varying:
                return out
        if func._schema.is_mutable:
            self._changed.update(map(_storage, made or given))
        self._number += 1
        layer = self._visit(func, args, out, varying) if varying else None
        for each in made:
            self._note(each, layer)
        return out

    def _fixed(self, tensor: torch.Tensor) -> bool:
        """Tell whether a tensor depends on no input: neither made of one, nor written into."""
        if id(tensor) not in self._weights:
            return False
        return not self._changed or _storage(tensor) not in self._changed

    def _settle(
        self, func: Any, args: Any, out: Any, made: list[torch.Tensor]
    ) -> list[torch.Tensor]:
        """Note what depends on no input, as it is computed beforehand.

        Return the zeros that a recurrent module starts from: its first step is a layer as all
        others are.
        """
        name = func.overloadpacket.__name__
        states = [each for each in args if id(each) in self._zeros]
        states = states if self.scope in self.recurrent else []
        works = self._works_of(func, name, args, out)
        if works and states:
            return states
        if works:
            self.folded.append(self.scope or name)
        self._weights.update((id(each), each) for each in made)
        if name == "zeros" or (states and func.is_view):
            self._zeros.update(map(id, made))
        return []

    def _note(self, tensor: torch.Tensor, layer: int | None) -> None:
        self._varying[id(tensor)] = tensor
        self._made[id(tensor)] = self._number
        self._layer.pop(id(tensor), None)
        if layer is not None:
            self._layer[id(tensor)] = layer

    def _visit(self, func: Any, args: Any, out: Any, varying: list[torch.Tensor]) -> int | None:
        """Cost an operator; return the index of the layer that its output comes from."""
        name = func.overloadpacket.__name__
        works = self._works_of(func, name, args, out)
        if works:
            constants = self._constants(args)
            weights = [each for each, constant in zip(args, constants, strict=True) if constant]
            return [self._add(name, work, weights) for work in works][-1]
        if works is None and not _is_free(func, name):
            full = name if func.namespace == "aten" else f"{func.namespace}.{name}"
            self.draft.uncosted[full] += 1
            return None
        self.draft.skipped[name] += 1
        if name in ("add", "add_") and len(varying) == 2:
            return self._addition(varying)
        if (len(varying) == 1 and torch.Tag.pointwise in func.tags) or "batch_norm" in name:
            return self._layer.get(id(varying[0]))
        if name in ("_unsafe_view", "view", "t", "detach") and len(varying) == 1:
            return self._layer.get(id(varying[0]))
        return None

    def _constants(self, args: Any) -> list[bool]:
        return [
            isinstance(each, torch.Tensor) and self._fixed(each) and id(each) not in self._zeros
            for each in args
        ]

    def _works_of(self, func: Any, name: str, args: Any, out: Any) -> list[Work] | None:
        if func.namespace != "aten":
            return None
        return _works(name, args, out, self._constants(args))

    def _addition(self, varying: list[torch.Tensor]) -> int | None:
        last = max(varying, key=lambda each: self._made.get(id(each), -1))
        layer = self._layer.get(id(last))
        if layer is not None and varying[0].shape == varying[1].shape:
            self.draft.mark_residual(layer)
        return layer

    def _add(self, operator: str, work: Work, constants: list[torch.Tensor]) -> int:
        """Add a layer, or one more run of a layer that has run before with the same weights."""
        places = [(_storage(each), each.storage_offset()) for each in constants]
        key = (self.scope, work.kind, work.shape, work.macs, *places)
        if key in self._known and work.kind != "matmul":
            index = self._known[key]
            old = self.draft.layers[index]
            self.draft.layers[index] = attrs.evolve(old, repeat=old.repeat + work.items)
            return index
        layer = Layer(
            name=self._name(operator, work),
            kind=work.kind,
            macs=work.macs,
            shape=work.shape,
            repeat=work.items,
        )
        self._known[key] = self.draft.add(layer)
        return self._known[key]

    def _name(self, operator: str, work: Work) -> str:
        """Name a layer after its module, a product of activations after its operator too."""
        named = self.scope and work.kind != "matmul"
        name = self.scope if named else f"{self.scope}.{operator}".lstrip(".")
        self._names[name] += 1
        return f"{name}.{self._names[name]}" if self._names[name] > 1 else name


def _storage(tensor: torch.Tensor) -> int:
    return int(tensor.untyped_storage()._cdata)


def _is_free(func: Any, name: str) -> bool:
    if func.namespace == "torchvision":
        return name in REGIONS
    if func.namespace not in ("aten", "prims", "prim"):
        return False
    if name in FREE or name.startswith(FREE_STARTS):
        return True
    if name.startswith(COSTLY_STARTS) or name in TRANSFORMER:
        return False
    tags = {torch.Tag.pointwise, torch.Tag.core, torch.Tag.reduction, torch.Tag.view_copy}
    if func.is_view or tags.intersection(func.tags):
        return True
    return name.endswith("_") and _out_of_place_is_free(name.removesuffix("_"))


def _out_of_place_is_free(name: str) -> bool:
    """Tell whether what does the same to a copy is free; operators in place have no tags."""
    packet = getattr(torch.ops.aten, name, None)
    return packet is not None and any(
        _is_free(getattr(packet, overload), name) for overload in packet.overloads()
    )


def _works(name: str, args: Any, out: Any, constants: list[bool]) -> list[Work] | None:
    """Return the layers of an operator; None if it is none of those that are known to cost."""
    if name in ("convolution", "_convolution"):
        return [_convolution(args, out)]
    if name in ("mm", "_int_mm", "bmm", "mv", "dot"):
        return [_product(args[0], args[1], constants[:2])]
    if name in ("addmm", "addbmm", "baddbmm", "addmv"):
        return [_product(args[1], args[2], constants[1:3])]
    if name == "_grouped_mm":
        return _grouped(args[0], args[1])
    if name == "mkldnn_rnn_layer":
        return [_steps(*args[:3])]
    if name == "linear":
        return [_product(args[0], args[1].t(), constants[:2])]
    if "scaled_dot_product" in name:
        query, key, value = (each.shape for each in args[:3])
        count = prod(query[:-2])
        shapes = ((query[-2], query[-1], key[-2]), (query[-2], key[-2], value[-1]))
        return [
            matrix_product(*shape, count, left_constant=False, right_constant=False)
            for shape in shapes
        ]
    return None


def _product(left: Any, right: Any, constants: Sequence[bool]) -> Work:
    """Return the layer of a product of matrices, of stacks of matrices, or with a vector."""
    a = left.shape if left.dim() > 1 else (1, *left.shape)
    b = right.shape if right.dim() > 1 else (*right.shape, 1)
    stack, other = tuple(a[:-2]), tuple(b[:-2])
    return matrix_product(
        *(a[-2], a[-1], b[-1], prod(stack)),
        left_constant=constants[0],
        right_constant=constants[1],
        left_stack=stack,
        right_stack=other,
    )


def _grouped(rows: Any, experts: Any) -> list[Work] | None:
    """Return a mixture of experts: each row, of its best experts already, meets one of them."""
    if rows.dim() == 2 and experts.dim() == 3:
        shape = FcShape(experts.shape[1], experts.shape[2], rows.shape[0])
        return [Work("fc", shape.macs, shape)]
    if rows.dim() == experts.dim() == 3:
        return [_product(rows, experts, [False, True])]
    return None


def _steps(data: Any, inputs: Any, states: Any) -> Work:
    """Return a recurrent layer: each time step multiplies input and state with all gates."""
    gates, width = inputs.shape
    shape = FcShape(width + states.shape[1], gates, data.shape[1])
    return Work(kind="fc", macs=shape.macs, shape=shape, items=data.shape[0])


def _convolution(args: Any, out: torch.Tensor) -> Work:
    data, weight, _, stride, padding, dilation, transposed, _, groups = args[:9]
    axes = data.dim() - 2
    if axes > 2:
        macs = weight.numel() * prod((data if transposed else out).shape[2:])
        return Work(kind="conv", macs=macs, shape=None, items=data.shape[0])
    fill = (1,) * (2 - axes)

    def pair(values: Any, first: int = 1) -> tuple[int, int]:
        values = (*((first,) * (2 - axes)), *(values * axes if len(values) == 1 else values))
        return values[0], values[1]

    pads = pair(padding, 0)
    shape = ConvShape(
        data.shape[1],
        *pair(tuple(data.shape[2:])),
        out.shape[1],
        *pair(tuple(out.shape[2:])),
        pair((*fill, *weight.shape[2:])[-axes:]),
        pair(stride),
        (*pads, *pads),
        pair(dilation),
        groups,
        transposed,
    )
    return Work(kind="conv", macs=shape.macs, shape=shape, items=data.shape[0])
