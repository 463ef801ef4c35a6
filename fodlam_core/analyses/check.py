"""A saved result computed again: what changed since, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from fodlam_core.analyses.diff import Differences, differences
from fodlam_core.analyses.saved import SAVE, as_saved
from fodlam_core.config import Config
from fodlam_core.errors import FodlamError, Setting
from fodlam_core.estimates import prepare
from fodlam_core.schema import show
from fodlam_core.schema.structure import structure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fodlam_core.plugins.registry import Registry

INPUTS = "inputs"


class Check(NamedTuple):
    """A saved result next to what its inputs give now.

    Attributes:
        config: how the result names its configuration.
        network: the name of the network.
        differences: what the two do not share, the saved one first.
    """

    config: str
    network: str
    differences: Differences

    @property
    def is_same(self) -> bool:
        """Whether every number is the same; inputs, such as versions, may differ."""
        return not self.differences.numbers

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {
            "config": self.config,
            "network": self.network,
            "same": self.is_same,
            **self.differences.to_dict(),
        }


def check(saved: Mapping[str, Any], registry: Registry) -> Check:
    """Compute a saved result again.

    Args:
        saved: as `fodlam_core.analyses.saved.load_results` returns it.
        registry: what is installed now.

    Raises:
        FodlamError: if its inputs are not there any more, or cannot be met.
    """
    config = saved_config(saved)
    now = prepare(config, registry).estimate().to_dict()
    found = differences(saved, as_saved(now))
    return Check(config.source, str(saved["network"].get("name")), found)


def saved_config(saved: Mapping[str, Any]) -> Config:
    """Return the configuration that a saved result was computed from.

    Raises:
        FodlamError: if it does not hold one: its network was built in code, a later version has
            written it, or somebody has changed it.
    """
    source = str(saved.get("config", "configuration"))
    try:
        return _config(_without_none(saved["inputs"]), saved["network"].get("name"), source)
    except FodlamError as error:
        raise FodlamError(error, where=source) from None


def _config(inputs: dict[str, Any], name: object, source: str) -> Config:
    """Return the configuration of inputs as results hold them: options in a table of their own."""
    network = _table(inputs, "network")
    if not {"name", "file"} & set(network):
        what = f"the network {name} was built in code"
        raise FodlamError(what, cure="estimate it there, and compare with diff")
    chips = _table(inputs, "accelerator")
    for chip in chips:
        own = _table(chips, chip, "accelerator")
        options = _table(own, "options", "accelerator", chip)
        chips[chip] = {**options, **{key: own[key] for key in own if key != "options"}}
    only = network.get("layers") == []
    config, problems = structure({**inputs, "source": source, "fodlam": only}, Config)
    if config is None:
        raise FodlamError(*problems, where=INPUTS)
    return config


def _table(parent: Mapping[str, Any], key: str, *path: str) -> dict[str, Any]:
    """Return the table of this key, which the path leads to; an empty one if there is none."""
    table = parent.get(key, {})
    if not isinstance(table, dict):
        what = f"expected a table, got {show(table)}"
        raise FodlamError(what, where=(INPUTS, Setting(path, key)), cure=SAVE)
    return table


def _without_none(table: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: _without_none(value) if isinstance(value, dict) else value
        for key, value in table.items()
        if value is not None
    }
