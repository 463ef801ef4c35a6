"""A sweep that is shown tells how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.sweeps.plan import make_plan
from fodlam_core.sweeps.points import Evaluator
from fodlam_core.sweeps.run import Request, preview_sweep

if TYPE_CHECKING:
    import polars as pl
    import pytest

    from fodlam_core import Registry

AXES = {"network.batch": [1, 2], "technology.node_nm": [65, 45]}
TABLES = {"network": {"name": "AlexNet"}, "sweep": AXES}


def test_points_are_done_once_they_are_judged(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It starts with none, and all are done after their verdicts, not before."""
    seen: list[object] = []
    judged = Evaluator.judged

    def noted(self: Evaluator, rows: pl.DataFrame) -> pl.DataFrame:
        seen.append("judged")
        return judged(self, rows)

    monkeypatch.setattr(Evaluator, "judged", noted)
    plan = make_plan(TABLES, registry)
    request = Request(columns=("verdict",))
    preview_sweep(plan, registry, request, 10, lambda *counts: seen.append(counts))

    assert seen == [(0, 4), "judged", (4, 4)]
