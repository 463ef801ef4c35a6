"""Recurrent layers: each time step is a product of [input, state] with the weights of all gates.

Sizes: https://onnx.ai/onnx/operators/onnx__LSTM.html; GRU and RNN differ in the number of gates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.errors import LayerError
from fodlam_core.model.shapes import FcShape
from fodlam_core.networks.work import Sizes, Work

if TYPE_CHECKING:
    from fodlam_core.networks.onnx.node import Operator
    from fodlam_core.networks.onnx.tensor import Dims

GATES = {"LSTM": 4, "GRU": 3, "RNN": 1, "DynamicQuantizeLSTM": 4}


def recurrent(op: Operator) -> list[Work]:
    """Return a layer for each direction; time steps are run one after another."""
    steps, batch, width = _data(op)
    directions, hidden = _hidden(op)
    shape = FcShape(width + hidden, GATES[op.node.op_type] * hidden, batch)
    return [Work(kind="fc", macs=shape.macs, shape=shape, items=steps)] * directions


def recurrent_sizes(op: Operator) -> list[Dims | None]:
    """Return the sizes of the outputs: all states, the last one, and that of the cells."""
    steps, batch, _ = _data(op)
    directions, hidden = _hidden(op)
    state: Dims = (directions, batch, hidden)
    if op.attribute("layout", 0):
        state = (batch, directions, hidden)
        return [(batch, steps, directions, hidden), state, state]
    return [(steps, directions, batch, hidden), state, state]


def _data(op: Operator) -> Sizes:
    sizes = op.sizes(0)
    if len(sizes) != 3:
        raise LayerError(f"expected time steps, batch and width, got {list(sizes)}")
    return (sizes[1], sizes[0], sizes[2]) if op.attribute("layout", 0) else sizes


def _hidden(op: Operator) -> tuple[int, int]:
    """Return the number of directions and the width of the state."""
    direction = op.attribute("direction", "forward")
    hidden = op.attribute("hidden_size", 0) or op.sizes(2)[-1]
    if hidden < 1:
        raise LayerError(f"hidden_size {hidden}")
    return 2 if direction == "bidirectional" else 1, hidden
