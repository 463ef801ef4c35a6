"""What a result rests on."""

from __future__ import annotations

import json

from fodlam_core import Registry
from fodlam_core.sweeps.plan import make_plan
from fodlam_core.sweeps.provenance import as_text, differences, provenance
from fodlam_core.sweeps.selection import Selection


def of(registry: Registry, nodes: list[int]) -> dict[str, object]:
    """Return the provenance of a sweep over nodes."""
    tables = {"network": {"name": "VGG16"}, "sweep": {"technology.node_nm": nodes}}
    return provenance(make_plan(tables, registry), registry, ["a"], Selection(), None)


def test_it_survives_a_file(registry: Registry) -> None:
    """What is written as JSON is read back as the same."""
    one = of(registry, [65, 45])

    assert [] == differences(json.loads(as_text(one)), json.loads(as_text(of(registry, [65, 45]))))


def test_another_sweep_differs(registry: Registry) -> None:
    """Another axis is a difference, and so is the number of points."""
    assert ["sweep", "points"] == differences(of(registry, [65, 45]), of(registry, [65]))
