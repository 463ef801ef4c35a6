"""A sweep that was checked: everything that tells its points, and nothing computed yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from fodlam_core.config import Config
from fodlam_core.config.asked import asked_source
from fodlam_core.config.load import Source, structure_source, wrong_names
from fodlam_core.errors import ConfigError, FodlamError, Problem, Setting
from fodlam_core.estimates.network import configured_network
from fodlam_core.sweeps.axes import Axes, Axis, read_axes
from fodlam_core.sweeps.chip_files import named_in, named_on, read_chips, rules_in
from fodlam_core.sweeps.grid import Grid, grid_of
from fodlam_core.sweeps.keys import BATCH, COSTS, DISPATCH_RULES, with_values
from fodlam_core.sweeps.ranges import Range

if TYPE_CHECKING:
    import os

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.model.layers import Network
    from fodlam_core.plugins.registry import Registry


class Plan(NamedTuple):
    """A sweep.

    Attributes:
        source: the configuration, its keys set to the first value of each axis.
        base: the configuration as it was written, without the sweep.
        axes: the axes as they were written.
        grid: its points, in the order in which they are computed.
        kinds: the layer kinds that its networks have, FODLAM's two always among them.
        networks: the networks that could be read.
        accelerators: the accelerators that files describe, and the chips of libraries.
    """

    source: Source
    base: Mapping[str, Any]
    axes: Axes
    grid: Grid
    kinds: tuple[str, ...]
    networks: tuple[Network, ...]
    accelerators: tuple[Accelerator, ...] = ()

    @property
    def batched(self) -> bool:
        """Whether the batch is an axis in which costs are linear."""
        return any(axis.changes == BATCH for axis in self.axes.axes)

    @property
    def priced(self) -> bool:
        """Whether the configuration tells the energy of a byte of DRAM."""
        return "system" in self.source.tables


def make_plan(
    config: str | os.PathLike[str] | Mapping[str, Any] | Config,
    registry: Registry,
    overrides: Iterable[str] = (),
) -> Plan:
    """Read and check a sweep.

    Args:
        config: a configuration with a ``[sweep]`` table: a file, its tables, or a configuration
            that was loaded.
        registry: what is installed.
        overrides: ``"table.key=value"`` texts that replace keys of a file.

    Raises:
        ConfigError: with a line for each mistake.
    """
    if isinstance(config, Config):
        read = Source(
            label=config.source, directory="", tables=tables_of(config), fodlam=config.fodlam
        )
    elif isinstance(config, Mapping):
        read = Source("configuration", "", {**config})
    else:
        read = asked_source(config, overrides)
    return plan_of(read, registry)


def plan_of(read: Source, registry: Registry) -> Plan:
    """Check a sweep that was read; raises `ConfigError` with a line for each mistake."""
    base = {key: table for key, table in read.tables.items() if key != "sweep"}
    table = read.tables.get("sweep")
    if not isinstance(table, Mapping):
        cure = "--set 'sweep.technology.node_nm=[65, 28]'"
        what = "no [sweep] table; add one with at least one axis, or give"
        raise ConfigError([f"{read.label}: {what} {cure}"])
    technology = base.get("technology")
    scaler = technology.get("scaler") if isinstance(technology, Mapping) else None
    chips = read_chips(base, table, read.directory, registry)
    rules = len(rules_in(base.get("dispatch")))
    axes, wrong = read_axes(table, scaler or "dennard", read.directory, chips.registry, rules)
    axes = _linear(axes, base, [*registry.accelerators, *chips.accelerators])
    source = read._replace(
        tables=with_values(base, {axis.key: axis.values[0] for axis in axes.axes})
    )
    found = [*chips.problems, *_point_problems(source, axes, registry)]
    problems: list[str | Problem] = [*wrong, *found]
    if problems:
        raise ConfigError(problems, where=read.label)
    networks = tuple(_networks(source, axes.axes, registry))
    kinds = dict.fromkeys(
        ["conv", "fc"] + [layer.kind for each in networks for layer in each.layers]
    )
    grid = grid_of(axes.groups)
    return Plan(
        source=source,
        base=base,
        axes=axes,
        grid=grid,
        kinds=tuple(kinds),
        networks=networks,
        accelerators=chips.accelerators,
    )


def _linear(axes: Axes, base: Mapping[str, Any], accelerators: Iterable[Accelerator]) -> Axes:
    """Return the axes, the batch among those that change costs unless these are linear in it.

    A list of batches is computed batch by batch, a range only with an accelerator that publishes
    whole networks at some batches.
    """
    named = list(named_in(base.get("dispatch")))
    for axis in axes.axes:
        if axis.key.startswith("dispatch."):
            named += named_on(axis.key, axis.values)
    bent = any(
        getattr(each, "references_only", False)
        for each in accelerators
        if each.name in named or each.default_for
    )

    def told(axis: Axis) -> Axis:
        one_by_one = bent or not isinstance(axis.values, Range)
        return axis._replace(changes=COSTS) if axis.changes == BATCH and one_by_one else axis

    return axes._replace(groups=tuple(tuple(map(told, group)) for group in axes.groups))


def tables_of(config: Config) -> dict[str, Any]:
    """Return the tables that a configuration would be read from."""
    import attrs

    def told(_field: object, value: object) -> bool:
        return value is not None

    def table(value: Any) -> dict[str, Any]:
        return attrs.asdict(value, filter=told)

    tables = {
        "network": table(config.network),
        "technology": table(config.technology),
        "dispatch": {**config.dispatch, "rules": [table(each) for each in config.rules]},
        "accelerator": {},
        "sweep": dict(config.sweep),
    }
    if config.system:
        tables["system"] = dict(config.system)
    for name, settings in config.accelerator.items():
        own = table(settings)
        tables["accelerator"][name] = {**own.pop("options"), **own}
    return tables


def _point_problems(source: Source, axes: Axes, registry: Registry) -> list[Problem]:
    """Return what is wrong with the first point, and with each value of each axis by itself."""
    problems = [
        each
        for each in _problems(source, registry)
        # One rule may lack the options that another one has: such points are refused one by one.
        if not (_sweeps_rules(axes) and _is_at(each, ("technology", "options")))
    ]
    for axis in axes.axes:
        here = tuple(axis.key.split("."))
        for value in _telling(axis)[1:]:
            point = source._replace(tables=with_values(source.tables, {axis.key: value}))
            named = isinstance(value, str) or axis.key == DISPATCH_RULES
            names = registry if named else None
            problems += [each for each in _problems(point, names) if _is_at(each, here)]
    return problems


def _is_at(problem: Problem, keys: tuple[str, ...]) -> bool:
    """Tell whether a problem is at a key or a table, or inside of it."""
    for where in problem.where[:1]:
        if isinstance(where, Setting):
            return tuple(map(str, (*where.path, where.key)))[: len(keys)] == keys
    return False


def _sweeps_rules(axes: Axes) -> bool:
    return any(axis.key == "technology.scaler" for axis in axes.axes)


def _telling(axis: Axis) -> Sequence[Any]:
    """Return the values that have to be checked: of a range, those that tell of all others."""
    values = axis.values
    return [values[0], values[1], values[-1]] if isinstance(values, Range) else values


def _problems(source: Source, registry: Registry | None) -> list[Problem]:
    problems = structure_source(source)[1]
    return problems + (wrong_names(source, registry) if registry else [])


def _networks(source: Source, axes: Iterable[Axis], registry: Registry) -> Iterable[Network]:
    """Yield the networks that can be read; the points of others say why they cannot."""
    choices = [axis for axis in axes if axis.key in ("network.name", "network.file")]
    changes = [{axis.key: value} for axis in choices for value in axis.values] or [{}]
    for change in changes:
        point = source._replace(tables=with_values(source.tables, change))
        config, _ = structure_source(point)
        if config:
            try:
                yield configured_network(config, registry)
            except FodlamError:
                continue
