"""A sweep as a lazy frame, for notebooks and programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fodlam_core.libraries import need
from fodlam_core.plugins.registry import Registry, default_registry
from fodlam_core.sweeps.plan import make_plan

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping

    import polars as pl

    from fodlam_core.config import Config


def sweep(
    config: str | os.PathLike[str] | Mapping[str, Any] | Config,
    columns: Iterable[str] = (),
    registry: Registry | None = None,
) -> pl.LazyFrame:
    """Return every point of a sweep, a row for each.

    Native costs and factors are computed at once, the points when the frame is collected or
    written.

    Args:
        config: a configuration with a ``[sweep]`` table: a file, its tables, or a configuration
            that was loaded.
        columns: columns besides the axes, latency_s, energy_j, power_w and problem; ``"all"`` for
            every column but ``"verdict"``, which takes milliseconds for each point.
        registry: the accelerators and rules to use; by default everything installed.

    Raises:
        FodlamError: with a line for each mistake; if polars is not installed.

    >>> from fodlam_core import sweep
    >>> points = sweep(
    ...     {
    ...         "network": {"name": "VGG16"},
    ...         "sweep": {"technology.node_nm": [65, 45], "technology.scaler": ["dennard", "none"]},
    ...     }
    ... )
    >>> points.collect().sort("energy_j").select("technology.node_nm", "energy_j").row(0)
    (45, 0.1124...)
    """
    need("polars", "a sweep", "sweep")
    from fodlam_core.sweeps.points import Evaluator

    registry = registry or default_registry()
    plan = make_plan(config, registry)
    return Evaluator(plan, registry, tuple(columns)).frame(plan.grid.box)
