"""NVIDIA's performance model: a layer takes its DRAM cycles or its MAC cycles, what is more.

Source: github.com/nvdla/hw@8e06b1b9d8, perf/NVDLA_OpenSource_Performance.xlsx. Sizes are in KB of
1024 bytes; one byte for each feature and weight (int8).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from fodlam_core import ConvShape, Cost, FcShape, PredictionError, layer_key, quantity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fodlam_core import Layer, Measurement

ATOM = 16  # channels and kernels are stored in multiples of this
WEIGHT_ATOM = 32  # kernels that have to be in the buffer at the least


class Size(NamedTuple):
    """One published size.

    Attributes:
        macs: multiply-accumulates per cycle.
        buffer_kb: convolution buffer.
        dram_gb_per_s: DRAM bandwidth.
        clock_mhz: clock rate.
        power_w: average power while ResNet-50 runs.
    """

    macs: int
    buffer_kb: float
    dram_gb_per_s: float
    clock_mhz: float
    power_w: float


class Work(NamedTuple):
    """One convolution of one group, as the sheet sees it; a product of matrices is 1 x 1 pixel.

    Attributes:
        channels: input channels; a stride is folded into them: ``C s_h s_w``.
        rows: input rows left after folding.
        columns: input columns left after folding.
        taps: height and width of a kernel after folding.
        kernels: number of kernels.
        outputs: height and width of the output.
        written: height and width of what is written, less than the output if pooling is fused.
        macs_per_channel: MACs of one kernel at one output for one folded channel.
        winograd: whether the kernel is transformed, which takes 1/2.25 of the MACs and 16/9 of
            the weights.
        fc_batch: for a fully-connected layer the rows that share its weights; else None.
        adds: whether a shortcut is added, which has to be read.
    """

    channels: int
    rows: int
    columns: int
    taps: tuple[int, int]
    kernels: int
    outputs: tuple[int, int]
    written: tuple[int, int]
    macs_per_channel: float
    winograd: bool
    fc_batch: int | None
    adds: bool


class NvdlaModel:
    """Predicts layers that have a shape; nothing is fitted."""

    name = "nvdla"
    requires = frozenset({"shape"})

    def __init__(
        self,
        size: Size,
        kernels: int = 128,
        pooled: Mapping[str, Sequence[int]] | None = None,
        *,
        winograd_weights: bool = True,
    ) -> None:
        self.size, self.kernels = size, kernels
        # What the weights of a transformed 3 x 3 kernel take of the room and traffic of plain ones.
        self.transformed = 16 / 9 if winograd_weights else 1.0
        self._fused = {layer_key(name): size for name, size in (pooled or {}).items()}

    def fit(
        self,
        measurements: Sequence[Measurement],  # noqa: ARG002 - as in every predictor
    ) -> NvdlaModel:
        """Return the model: it is a formula."""
        return self

    def predict(self, layer: Layer, batch: int = 1) -> Cost:
        """Return the cost of a batch: cycles over clock rate, and average power over that time.

        The inferences of a batch share the weights of fully-connected layers; convolutions load
        theirs for each.

        Raises:
            PredictionError: if the layer has no shape, or one that the sheet does not cover.
        """
        latency_s = self.cycles(layer, batch) / (self.size.clock_mhz * 1e6)
        return Cost(latency_s, latency_s * self.size.power_w)

    def explain(self, layer: Layer) -> dict[str, str]:
        """Return the formulas of latency and energy with their numbers."""
        work, times = self._work(layer)
        cost = self.predict(layer)
        dram, mac = f"{self.dram_cycles(work):,}", f"{self.mac_cycles(work):,.6g}"
        runs = f"{times} x " if times > 1 else ""
        latency = quantity(cost.latency_s, "s", 6)
        return {
            "latency": (
                f"max(DRAM, MAC cycles) / clock: {runs}max({dram}, {mac}) / "
                f"{quantity(self.size.clock_mhz * 1e6, 'Hz')} = {latency}"
            ),
            "energy": (
                f"latency x average power while ResNet-50 runs: {latency} x "
                f"{quantity(self.size.power_w, 'W')} = {quantity(cost.energy_j, 'J', 6)}"
            ),
        }

    def cycles(self, layer: Layer, batch: int = 1) -> float:
        """Return the cycles of a batch."""
        work, times = self._work(layer, batch)
        return times * max(self.dram_cycles(work), self.mac_cycles(work))

    def _work(self, layer: Layer, batch: int = 1) -> tuple[Work, int]:
        """Return a layer as the sheet sees it, and how often that has to be done."""
        shape = layer.shape
        if isinstance(shape, FcShape):
            rows = shape.rows * batch
            return fc_work(shape, rows), rows
        if isinstance(shape, ConvShape):
            if shape.transposed or shape.dilation != (1, 1):
                raise PredictionError(
                    f"nvdla: layer {layer.name!r} is transposed or dilated, which the vendor's "
                    "model does not cover; give its kind to another accelerator"
                )
            pooled = self._fused.get(layer.key)
            return conv_work(shape, pooled, adds=layer.residual_add), shape.groups * batch
        raise PredictionError(
            f"nvdla: layer {layer.name!r} has no shape, which the model needs; use a network "
            "whose layers have one"
        )

    def dram_kb(self, work: Work) -> float:
        """Return the traffic with DRAM: inputs or weights several times if they do not fit."""
        buffer_kb = self.size.buffer_kb
        row_kb = work.channels * work.columns / 1024
        x = row_kb * work.rows
        y = row_kb * min(work.taps[0], work.rows)
        z = work.written[0] * work.written[1] * _up(work.kernels, ATOM) / 1024
        kernel_kb = work.channels * math.prod(work.taps) / 1024
        w = kernel_kb * work.kernels * (self.transformed if work.winograd else 1)
        w_least = min(kernel_kb * WEIGHT_ATOM, buffer_kb / 2)
        if work.fc_batch:
            read = w / work.fc_batch + x
        elif x < w:
            read = w * _passes(x, buffer_kb - w_least) + x
        else:
            read = x * _passes(w, buffer_kb - y) + w
        return read + z + (z if work.adds else 0)

    def dram_cycles(self, work: Work) -> int:
        """Return the cycles that the traffic takes.

        The sheet takes a KB per GB/s and MHz as one cycle, though its KB has 1024 bytes.
        """
        return _ceil(self.dram_kb(work) / self.size.dram_gb_per_s * self.size.clock_mhz)

    def mac_cycles(self, work: Work) -> float:
        """Return the cycles that the multiply-accumulates take."""
        batch = work.fc_batch or 1
        kernels = _up(work.kernels * batch, self.kernels) / batch
        pixels = math.prod(work.outputs)
        macs = work.channels * pixels * kernels * work.macs_per_channel
        return macs / self.size.macs / (2.25 if work.winograd else 1)


def conv_work(shape: ConvShape, pooled: Sequence[int] | None, *, adds: bool) -> Work:
    """Return one group of a convolution; groups run one after the other, as in the sheet.

    Winograd is taken for 3 x 3 kernels with stride 1: folded by a larger stride they are 2 x 2.
    """
    (height, width), (down, right) = shape.kernel, shape.stride
    outputs = (shape.out_height, shape.out_width)
    return Work(
        channels=_up(shape.in_channels // shape.groups * down * right, ATOM),
        rows=_ceil(shape.in_height / down),
        columns=_ceil(shape.in_width / right),
        taps=(_ceil(height / down), _ceil(width / right)),
        kernels=shape.out_channels // shape.groups,
        outputs=outputs,
        written=(pooled[0], pooled[1]) if pooled else outputs,
        macs_per_channel=height * width / (down * right),
        winograd=shape.kernel == (3, 3) and shape.stride == (1, 1),
        fc_batch=None,
        adds=adds,
    )


def fc_work(shape: FcShape, rows: int) -> Work:
    """Return one row of a product of matrices; all rows of all inferences share the weights."""
    return Work(
        channels=_up(shape.inputs, ATOM),
        rows=1,
        columns=1,
        taps=(1, 1),
        kernels=shape.outputs,
        outputs=(1, 1),
        written=(1, 1),
        macs_per_channel=1.0,
        winograd=False,
        fc_batch=rows,
        adds=False,
    )


def _ceil(value: float) -> int:
    return math.ceil(value - 1e-9)


def _up(value: int, multiple: int) -> int:
    return -(-value // multiple) * multiple


def _passes(size_kb: float, room_kb: float) -> int:
    """Return how often the other operand is read while this one passes through the buffer."""
    if size_kb <= room_kb:
        return 1
    if room_kb <= 0:
        raise PredictionError(
            "nvdla: the rows that one kernel spans do not fit the convolution buffer; take a "
            "larger size"
        )
    return _ceil(size_kb / room_kb)
