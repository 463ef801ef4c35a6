"""Measured layers that predictors are fitted to."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fodlam_core import ConvShape, Layer, Measurement


def conv_row(width: int, kernel: int, latency_s: float, power_w: float = 1.0) -> Measurement:
    """Return a measured convolution of a width and a kernel."""
    shape = ConvShape.from_input((4, width, width), 8, kernel, padding=kernel // 2)
    return Measurement(
        network="N",
        layer=Layer.from_shape(f"{width}.{kernel}", shape),
        batch=1,
        latency_s=latency_s,
        power_w=power_w,
        offchip_latency_s=latency_s / 4,
    )


@pytest.fixture
def row() -> Callable[..., Measurement]:
    """Make a measured convolution: ``row(width, kernel, latency_s, power_w)``."""
    return conv_row


@pytest.fixture
def rows() -> tuple[Measurement, ...]:
    """Three measured convolutions."""
    return conv_row(8, 3, 1e-3), conv_row(16, 3, 8e-3), conv_row(32, 5, 200e-3, 2.0)
