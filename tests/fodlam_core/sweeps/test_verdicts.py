"""The verdict on points of a sweep is that of single runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import pytest

from fodlam_core import Accelerator, Cost, Layer, Registry, sweep
from fodlam_core.config.load import Source, check_source
from fodlam_core.estimates import estimate
from fodlam_core.estimates.verdict import FITS, verdict
from fodlam_core.plugins import Plugin
from fodlam_core.plugins.registry import build_registry
from fodlam_core.sweeps.columns import column_names
from fodlam_core.sweeps.keys import with_values
from fodlam_core.sweeps.plan import make_plan

if TYPE_CHECKING:
    from fodlam_core.accelerators import Measurement

VGG16: dict[str, Any] = {"network": {"name": "VGG16"}}


def words(tables: dict[str, Any], registry: Registry) -> str:
    """Return the verdict of a run."""
    return verdict(estimate(check_source(Source("run", "", tables), registry), registry)).words


def test_a_target_can_be_implausible(registry: Registry) -> None:
    """What only the target technology makes implausible is in the row of that target."""
    tables = with_values(VGG16, {"technology.scaler": "dennard"})
    axes = {"technology.node_nm": [45, 7]}
    rows = sweep({**tables, "sweep": axes}, ["verdict"], registry).collect()

    told = dict(rows.select("technology.node_nm", "verdict").iter_rows())
    assert told == {
        node: words(with_values(tables, {"technology.node_nm": node}), registry)
        for node in axes["technology.node_nm"]
    }
    assert "implausible" in told[7]
    assert "implausible" not in told[45]


def test_conditions_on_verdicts(registry: Registry) -> None:
    """A condition may be on the verdict, whether or not that is a column of the result."""
    axes = {"network.name": ["VGG16", "AlexNet"], "network.batch": [1, 2]}
    where = f"verdict = '{FITS}'"
    rows = sweep({"sweep": {**axes, "where": where}}, registry=registry).collect()

    assert set(rows["network.name"]) == {"AlexNet"}
    assert rows.height == 2
    assert "verdict" not in rows.columns


def test_all_columns_are_without_the_verdict(registry: Registry) -> None:
    """All columns cost no run for each point; the verdict comes beside them if it is named."""
    plan = make_plan({**VGG16, "sweep": {"network.batch": [1]}}, registry)

    assert "verdict" not in column_names(plan, ["all"])
    assert column_names(plan, ["all", "verdict"])[-2:] == ["verdict", "problem"]


@attrs.frozen
class Crowded:
    """A predictor of layers that share a constant, so that large batches exceed the peak."""

    name: str = "crowded"
    requires: frozenset[str] = frozenset()

    def fit(self, measurements: list[Measurement], references: Any, networks: Any) -> Crowded:
        """Fit nothing."""
        return self

    def predict(self, layer: Layer, batch: int) -> Cost:
        """Return the cost of a batch: hardly more than that of one inference."""
        return Cost(1.0 + 1e-9 * batch, 0.25)


@pytest.fixture
def crowded(registry: Registry) -> Registry:
    """The registry with a chip whose verdict depends on the batch."""
    chip: Accelerator = attrs.evolve(
        registry.accelerator("eyeriss"), name="chip", predictors=(Crowded(),), default_for=()
    )
    return build_registry([*registry.plugins, Plugin("more", {"fodlam_accelerators": (chip,)})])


def test_batches_with_verdicts_of_their_own(crowded: Registry) -> None:
    """Where costs are not a multiple of those of one inference, each batch has its verdict."""
    tables = {
        "network": {"name": "VGG16", "layers": ["CONV1-2"], "method": "predicted"},
        "dispatch": {"conv": "chip"},
    }
    axes = {"network.batch": {"start": 1, "stop": 101, "num": 3}}
    rows = sweep({**tables, "sweep": axes}, ["verdict"], crowded).collect()

    told = dict(rows.select("network.batch", "verdict").iter_rows())
    assert told == {
        batch: words(with_values(tables, {"network.batch": batch}), crowded)
        for batch in (1, 51, 101)
    }
    assert told[1] == FITS
    assert "rate above peak" in told[101]
