"""One configuration under several rules."""

from __future__ import annotations

import pytest

from fodlam_core import Config, FodlamError, NetworkConfig, Registry, TechnologyConfig, estimate
from fodlam_core.comparison import FACTORS, compare, scaler_variants
from fodlam_core.errors import UnknownNameError

VGG16 = Config(NetworkConfig("VGG16"))


def rows(config: Config, registry: Registry, *names: str) -> dict[str, dict]:
    """Return the rows by rule."""
    comparison = compare(config, scaler_variants(config, registry, names), registry)
    return {row["scaler"]: row for row in comparison.to_rows()}


def test_every_rule_has_a_row_with_the_same_columns(registry: Registry) -> None:
    """All rules, those that refuse included, have one row each, with the same keys."""
    names = registry.names("rule")
    found = rows(VGG16, registry, *names)
    assert list(found) == names
    assert len({tuple(row) for row in found.values()}) == 1
    for name in ("eyeriss", "eie"):
        assert {f"{name}_{factor}_factor" for factor in FACTORS} < set(found["dennard"])


def test_a_row_is_what_a_run_under_that_rule_gives(registry: Registry) -> None:
    """Totals and factors are those of the estimate with that rule."""
    row = rows(VGG16, registry, "post-dennard")["post-dennard"]
    alone = estimate(Config(NetworkConfig("VGG16"), TechnologyConfig(scaler="post-dennard")))
    assert row["latency_s"] == alone.totals["total"].latency_s
    assert row["energy_j"] == alone.totals["total"].energy_j
    assert row["power_w"] == alone.totals["total"].power_w
    assert row["eie_energy_j"] == alone.accelerators["eie"].energy_j
    assert row["eie_time_factor"] == alone.platforms["eie"].factors.time
    assert row["eyeriss_time_factor"] == 1
    assert row["reason"] is None


def test_a_refusal_is_a_row_with_the_reason(registry: Registry) -> None:
    """Where a rule refuses, the row has no numbers and says why."""
    row = rows(VGG16, registry, "stillmaker", "dennard")["stillmaker-baas-2017"]
    assert "cannot carry eie" in row["reason"]
    assert "[accelerator.eie.technology] vdd" in row["reason"]
    assert {value for key, value in row.items() if key not in ("scaler", "reason")} == {None}


def test_aliases_and_repetitions_are_one_row(registry: Registry) -> None:
    """A rule that is named twice, or by its alias, has one row under its own name."""
    assert list(rows(VGG16, registry, "constant-field", "none", "dennard")) == ["dennard", "none"]


def test_options_go_to_the_rule_of_the_configuration_alone(registry: Registry) -> None:
    """The configuration's own rule keeps its options; the others take their defaults."""
    technology = TechnologyConfig(scaler="fixed-voltage", options={"model": "long-channel"})
    config = Config(NetworkConfig("VGG16"), technology)
    found = rows(config, registry, "constant-voltage", "dennard")
    assert found["constant-voltage"]["eie_time_factor"] == pytest.approx((65 / 45) ** 2)
    assert found["dennard"]["reason"] is None


def test_an_unknown_rule_is_an_error(registry: Registry) -> None:
    """A misspelt rule is no refusal; did-you-mean helps."""
    with pytest.raises(UnknownNameError, match="did you mean 'dennard'"):
        scaler_variants(VGG16, registry, ["denard"])


def test_what_no_rule_can_mend_is_an_error(registry: Registry) -> None:
    """A configuration that fails whatever the rule is an error, not a table of refusals."""
    config = Config(NetworkConfig("VGG_CNN_M", method="published"))
    with pytest.raises(FodlamError, match="was not measured"):
        compare(config, scaler_variants(config, registry, ["dennard", "none"]), registry)


def test_the_record_has_points_factors_and_notes(registry: Registry) -> None:
    """The JSON record tells for each accelerator both points, and what the rule has to say."""
    comparison = compare(VGG16, scaler_variants(VGG16, registry, ["dennard"]), registry)
    (variant,) = comparison.to_dict()["variants"]
    assert variant["accelerators"]["eie"]["source"]["node_nm"] == 45
    assert variant["accelerators"]["eie"]["factors"]["energy"] == pytest.approx((65 / 45) ** 3)
    assert any("ceased to hold" in note for note in variant["notes"])
