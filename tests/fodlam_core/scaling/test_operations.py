"""Published energies of operations, and chips whose energy is split."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from fodlam_core import (
    Config,
    EnergySplit,
    NetworkConfig,
    Registry,
    ScalingError,
    Technology,
    TechnologyConfig,
    estimate,
)
from fodlam_core.scaling.operations import PublishedOperations, read_table

FC = NetworkConfig("VGG16", layers=("FC6", "FC7", "FC8"))


def test_means_of_the_published_operations() -> None:
    """At 45 nm the geometric mean is 0.67 pJ for logic and 27.1 pJ for reading SRAM."""
    _, logic, sram = read_table().rows[45]
    assert logic == pytest.approx((0.03 * 0.1 * 0.4 * 0.9 * 0.2 * 3.1 * 1.1 * 3.7) ** (1 / 8))
    assert sram == pytest.approx(20000 ** (1 / 3))


def test_nodes_in_between_only_on_request() -> None:
    """28 nm is refused, and interpolated geometrically where that is asked for."""
    rule = PublishedOperations()
    with pytest.raises(ScalingError, match="28 nm is not in the table, which has 45, 7 nm"):
        rule.factors(Technology(45), Technology(28))
    asked = rule.configure(rule.options(interpolate=True))
    assert 1 / 2.86 < asked.factors(Technology(45), Technology(28)).energy < 1


def _energy(registry: Registry, split: EnergySplit | None, technology: TechnologyConfig) -> float:
    chip = attrs.evolve(registry.accelerator("eie"), energy_split=split)
    items = {**registry.items, ("accelerator", "eie"): chip}
    total = estimate(Config(FC, technology), registry._replace(items=items)).totals["total"]
    assert total.energy_j is not None
    return total.energy_j


def test_eie_scales_by_parts(registry: Registry) -> None:
    """59 % of EIE's power is memory, and its energy at 7 nm is that of the parts."""
    split = registry.accelerator("eie").energy_split
    assert split is not None
    assert split.shares["sram"] == pytest.approx(0.5915, abs=1e-4)
    at_7 = TechnologyConfig(node_nm=7, scaler="published-operations")
    factors = PublishedOperations().factors(Technology(45), Technology(7))
    assert factors.sram is not None
    assert factors.logic is not None
    expected = (5.416 * factors.sram + 3.741 * factors.logic) / 9.157
    native = _energy(registry, split, TechnologyConfig())
    assert _energy(registry, split, at_7) == pytest.approx(native * expected)
    assert _energy(registry, None, at_7) == pytest.approx(native * factors.energy)


def test_rules_with_one_factor_do_not_care(registry: Registry) -> None:
    """Under Dennard's rule EIE's energy is the same to the last bit, split or not."""
    at_65 = TechnologyConfig(node_nm=65, scaler="dennard")
    split = registry.accelerator("eie").energy_split
    assert _energy(registry, split, at_65) == _energy(registry, None, at_65)


def test_custom_factors_of_parts(registry: Registry) -> None:
    """A configuration may give factors of logic and SRAM beside the one for all energy."""
    given: dict[str, Any] = {
        "from_nm": 45, "to_nm": 28, "time": 0.6, "energy": 0.5, "logic_energy": 0.4,
        "sram_energy": 0.8,
    }  # fmt: skip
    technology = TechnologyConfig(node_nm=28, scaler="custom", options={"factors": [given]})
    native = _energy(registry, None, TechnologyConfig())
    split = EnergySplit(logic=1, sram=3)
    assert _energy(registry, split, technology) == pytest.approx(native * 0.7)
    assert _energy(registry, None, technology) == pytest.approx(native * 0.5)


def test_it_has_no_part_in_the_spread_of_times(registry: Registry) -> None:
    """The band of a result at 7 nm counts its energies, and no time that it has not."""
    result = estimate(Config(FC, TechnologyConfig(node_nm=7)), registry)
    band = result.to_dict()["totals"]["total"]["scaling"]
    assert "published-operations" in band["rules"]
    native = estimate(Config(FC), registry).totals["total"]
    assert native.latency_s is not None
    assert native.energy_j is not None
    assert band["latency_s"][1] < native.latency_s
    assert band["energy_j"][1] == pytest.approx(native.energy_j / 2.84, rel=0.01)


def test_a_data_file_states_a_split() -> None:
    """The header of a data file may say how the energy splits; a mistake in it is named."""
    from fodlam_core.accelerators.header import read_header

    citation = {"key": "k", "text": "t", "bibtex": "@misc{k, title={t}}"}
    table = {
        "name": "c", "title": "c", "kinds": ["conv"], "provenance": "measured", "table": "c.csv",
        "citation": citation, "energy_split": {"logic": 1, "dram": 3, "where": "Figure 1"},
    }  # fmt: skip
    header, problems = read_header(table)
    assert header is not None
    assert not problems
    assert header.energy_split == EnergySplit(logic=1, dram=3, where="Figure 1")
    _, problems = read_header({**table, "energy_split": {"sdram": 1}})
    assert "unknown key 'sdram'" in str(problems[0])
