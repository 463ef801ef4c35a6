"""The spread of measured layers of equal shape."""

from __future__ import annotations

import pytest

from fodlam_core import (
    Accelerator,
    Citation,
    Config,
    FcShape,
    Layer,
    Measurement,
    Network,
    NetworkConfig,
    Registry,
    estimate,
)
from fodlam_core.estimates.workload import workload_spread
from fodlam_core.predictors.generic import generic_predictors


def test_spread_of_eyeriss(registry: Registry) -> None:
    """Layers of VGG-16 of one shape differ by 3.4 % in latency and 13.4 % in energy at most."""
    spread = workload_spread(registry.accelerator("eyeriss").measurements)
    assert spread == pytest.approx({"latency": 0.0345, "energy": 0.1254}, abs=0.01)


def test_no_two_layers_of_a_shape_have_no_spread(registry: Registry) -> None:
    """AlexNet's convolutions are all different."""
    rows = registry.accelerator("eyeriss").measurements
    assert workload_spread(row for row in rows if row.network == "AlexNet") == {}


def test_a_note_says_so_where_something_is_published(registry: Registry) -> None:
    """It stands beside the note on rounding, and not where everything is predicted."""
    for method, expected in (("published", True), ("predicted", False)):
        network = NetworkConfig("AlexNet", method=method)
        notes = estimate(Config(network), registry).notes
        assert any("workload" in note for note in notes) == expected


def test_one_number_for_several_layers_tells_nothing(registry: Registry) -> None:
    """Layers that share one measured number do not differ, and no note says that they do."""
    rows = [
        Measurement("net", Layer.from_shape(name, FcShape(8, 8)), 1, 1e-6, latency_rounding_s=1e-9)
        for name in ("a", "b")
    ]
    chip = Accelerator(
        name="m",
        title="m",
        kinds=("fc",),
        technology=None,
        citation=Citation("m", "m", "@misc{m}"),
        provenance="measured",
        measurements=rows,
        predictors=generic_predictors(),
    )
    network = Network("net", [row.layer for row in rows], measured_as="net")
    config = Config(NetworkConfig(file="x"), dispatch={"fc": "m"})

    notes = estimate(config, registry.with_accelerator(chip, "test"), network).notes

    assert any("rounding of the printed" in note for note in notes)
    assert not any("workload" in note for note in notes)
