"""Published costs of whole networks."""

from __future__ import annotations

import pytest

from fodlam_core import Reference
from fodlam_core.model.whole_network import is_positive


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"latency_s": 1.0}, None),
        ({"energy_j": 1.0, "macs": 10}, None),
        ({}, "neither latency_s nor energy_j"),
        ({"latency_s": -1.0}, "latency_s -1.0"),
        ({"latency_s": 1.0, "batch": 0}, "batch 0"),
        ({"latency_s": 1.0, "macs": 1.5}, "macs 1.5"),
    ],
)
def test_what_is_wrong_is_told(fields: dict[str, float], wrong: str | None) -> None:
    """A reference has a positive latency or energy, and whole numbers elsewhere."""
    problem = Reference("VGG16", **fields).problem()

    assert (problem is None) if wrong is None else wrong in (problem or "")


def test_positive_numbers() -> None:
    """Truth values and texts are no positive numbers."""
    assert is_positive(1e-300)
    assert not any(map(is_positive, (True, "1", None, 0, float("nan"), float("inf"))))
