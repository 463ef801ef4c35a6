"""What is known of each chip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.analyses.known_chips import chosen_chips, known_chips
from fodlam_core.deferred import DeferredAccelerator
from fodlam_core.plugins import Plugin
from fodlam_core.plugins.registry import build_registry

if TYPE_CHECKING:
    from fodlam_core import Registry


def _refuse() -> None:
    raise AssertionError("a listing loads nothing")


def test_chips_of_libraries_are_not_loaded(registry: Registry) -> None:
    """A listing shows the facts that a library gives, and reads none of its tables."""
    item = DeferredAccelerator(
        "lib/int8", ["conv"], _refuse, "Lib", ["lib"], {"device": "npu", "latency_error": 0.1}
    )
    some = build_registry([*registry.plugins, Plugin("lib", {"fodlam_accelerators": (item,)})])

    names = [chip.name for chip in known_chips(some)]
    assert sorted(names) == names
    [found] = known_chips(some, ["lib/int8"])
    assert ("lib", "npu", 0.1) == (
        found.chip,
        found.to_dict()["device"],
        found.to_dict()["latency_error"],
    )


def test_what_is_not_known_is_none(registry: Registry) -> None:
    """A row has every fact, None where nothing is known, and counts what was measured."""
    [eyeriss] = known_chips(registry, ["eyeriss"])

    row = eyeriss.to_dict()
    assert ("measured", 18, 0, None) == (
        row["provenance"],
        row["layers"],
        row["networks"],
        row["latency_error"],
    )


def test_each_point_is_chosen_once(registry: Registry) -> None:
    """A chip is its default point, which has a name of its own where all points are asked for."""
    names = chosen_chips(registry, ["eyeriss"], points=True)

    assert "eyeriss/1.0V" in names
    assert "eyeriss" not in names
    assert ["eyeriss"] == chosen_chips(registry, ["eyeriss"])
