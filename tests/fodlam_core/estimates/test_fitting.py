"""What is learned of an accelerator is learned once, and told only where it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import pytest

from fodlam_core import Accelerator, Config, Cost, Layer, NetworkConfig, Registry, estimate, sweep
from fodlam_core.plugins import Plugin
from fodlam_core.plugins.registry import build_registry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fodlam_core.accelerators import Measurement


@attrs.frozen
class Counted:
    """A predictor that notes the number of rows of each fit."""

    fitted: list[int]
    name: str = "counted"
    requires: frozenset[str] = frozenset()

    def fit(self, measurements: Sequence[Measurement]) -> Counted:
        """Note that it is fitted."""
        self.fitted.append(len(measurements))
        return self

    def predict(self, layer: Layer) -> Cost:
        """Return a cost that grows with the MACs."""
        return Cost(1e-9 * layer.macs, 1e-12 * layer.macs)


@pytest.fixture
def counted() -> Counted:
    """A predictor that was never fitted."""
    return Counted([])


@pytest.fixture
def counting(registry: Registry, counted: Counted) -> Registry:
    """The registry with a chip of that predictor, for convolutions and matrices."""
    eyeriss, eie = registry.accelerator("eyeriss"), registry.accelerator("eie")
    chip: Accelerator = attrs.evolve(
        eyeriss,
        name="chip",
        kinds=("conv", "fc"),
        measurements=(*eyeriss.measurements, *eie.measurements),
        predictors=(counted,),
        default_for=(),
        options=None,
        apply_options=None,
    )
    return build_registry([*registry.plugins, Plugin("more", {"fodlam_accelerators": (chip,)})])


TABLES: dict[str, Any] = {
    "network": {"name": "AlexNet", "method": "predicted"},
    "dispatch": {"conv": "chip", "fc": "chip"},
}


def test_no_point_fits_again(counting: Registry, counted: Counted) -> None:
    """Batches, networks and targets share the fits of a run, and those of its intervals."""
    sweep({**TABLES, "sweep": {"network.batch": [1]}}, ["verdict"], counting).collect()
    first = list(counted.fitted)
    axes = {
        "network.batch": [1, 2, 4],
        "network.name": ["AlexNet", "VGG16"],
        "technology.node_nm": [65, 45],
    }
    rows = sweep({**TABLES, "sweep": axes}, ["verdict"], counting).collect()

    assert rows["latency_s"].null_count() == 0
    assert len(first) > 1
    assert first == counted.fitted


def test_a_run_tells_of_its_own_kinds_only(counting: Registry) -> None:
    """Intervals of kinds that an earlier network had are not those of this one."""

    def notes(layers: tuple[str, ...] | None = None) -> str:
        network = NetworkConfig("AlexNet", method="predicted", layers=layers)
        config = Config(network, dispatch={"conv": "chip", "fc": "chip"})
        return "\n".join(estimate(config, counting).notes)

    assert "intervals of predicted fc costs" in notes()
    assert "intervals of predicted fc costs" not in notes(("conv1",))
    assert "intervals of predicted conv costs" in notes(("conv1",))
