"""Eyeriss as its paper describes it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fodlam_core import Registry
from fodlam_eyeriss.microarchitecture import PES, busy_pes, work


@given(kernel=st.integers(1, 12), rows=st.integers(1, 300))
def test_no_more_pes_than_there_are(kernel: int, rows: int) -> None:
    """Between one PE and all of them are busy."""
    assert 0 < busy_pes(kernel, rows) <= PES


def test_no_layer_is_faster_than_its_macs(registry: Registry) -> None:
    """What the chip took for a layer is at least what its MACs take on the busy PEs."""
    for row in registry.accelerator("eyeriss").measurements:
        least = work(row.layer.shape, 4, row.batch)
        assert row.cost.latency_s > 0.8 * least.compute_s
        assert least.bytes > 0
