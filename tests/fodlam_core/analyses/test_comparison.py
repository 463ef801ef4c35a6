"""One configuration under several rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from fodlam_core import Config, FodlamError, NetworkConfig, Registry, TechnologyConfig, estimate
from fodlam_core.analyses.choices import variants
from fodlam_core.analyses.comparison import FACTORS, compare
from fodlam_core.config import AcceleratorConfig
from fodlam_core.config.chip_files import with_files
from fodlam_core.errors import UnknownNameError
from fodlam_core.estimates.network import configured_network

AT_65 = TechnologyConfig(node_nm=65, scaler="dennard")

VGG16 = Config(NetworkConfig("VGG16"), AT_65)


def rows(config: Config, registry: Registry, *names: str) -> dict[str, dict]:
    """Return the rows by rule."""
    network = configured_network(config, registry)
    chosen = variants(config, network, registry, {"scaler": names})
    comparison = compare(config, chosen, registry)
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
    alone = estimate(
        Config(NetworkConfig("VGG16"), TechnologyConfig(scaler="post-dennard", node_nm=65))
    )
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
    technology = TechnologyConfig(
        scaler="fixed-voltage", options={"model": "long-channel"}, node_nm=65
    )
    config = Config(NetworkConfig("VGG16"), technology)
    found = rows(config, registry, "constant-voltage", "dennard")
    assert found["constant-voltage"]["eie_time_factor"] == pytest.approx((65 / 45) ** 2)
    assert found["dennard"]["reason"] is None


def test_an_unknown_rule_is_an_error(registry: Registry) -> None:
    """A misspelt rule is not a refusal; did-you-mean helps."""
    with pytest.raises(UnknownNameError, match="did you mean 'dennard'"):
        variants(VGG16, configured_network(VGG16, registry), registry, {"scaler": ["denard"]})


def test_what_no_rule_can_mend_is_an_error(registry: Registry) -> None:
    """A configuration that fails whatever the rule is an error, not a table of refusals."""
    config = Config(
        NetworkConfig("VGG_CNN_M", method="published"),
        AT_65,
    )
    with pytest.raises(FodlamError, match="layers of VGG_CNN_M were not measured"):
        compare(
            config,
            variants(
                config,
                configured_network(config, registry),
                registry,
                {"scaler": ["dennard", "none"]},
            ),
            registry,
        )


def test_the_record_has_points_factors_and_notes(registry: Registry) -> None:
    """The JSON record tells for each accelerator both points, and what the rule has to say."""
    comparison = compare(
        VGG16,
        variants(VGG16, configured_network(VGG16, registry), registry, {"scaler": ["dennard"]}),
        registry,
    )
    (variant,) = comparison.to_dict()["variants"]
    assert variant["accelerators"]["eie"]["source"]["node_nm"] == 45
    assert variant["accelerators"]["eie"]["factors"]["energy"] == pytest.approx((65 / 45) ** 3)
    assert any("not accurate below" in note for note in variant["notes"])


ACCELERATORS = {"accelerator": ["eie", "chip"]}


@pytest.fixture
def chip(tmp_path: Path) -> Path:
    """An accelerator for fc, known by one layer of AlexNet."""
    (tmp_path / "chip.csv").write_text(
        "network,layer,kind,macs,batch,latency_ms\nAlexNet,FC6,fc,37748736,1,1.0\n"
    )
    path = tmp_path / "chip.toml"
    path.write_text(
        'name = "chip"\ntitle = "a chip"\nkinds = ["fc"]\nprovenance = "measured"\n'
        'table = "chip.csv"\npower_w = 0.5\n[technology]\nnode_nm = 28\n'
        '[citation]\nkey = "k"\ntext = "t"\nbibtex = "@misc{k}"\n'
    )
    return path


def known(registry: Registry, chip: Path) -> Registry:
    """Return the registry with the accelerator of a file."""
    return with_files(registry, {"chip": str(chip)})[0]


def choices(config: Config, registry: Registry, **asked: list[str]) -> list[dict]:
    """Return the rows of a comparison."""
    network = configured_network(config, registry)
    return compare(config, variants(config, network, registry, asked), registry).to_rows()


def test_predictors_are_compared_on_every_layer(registry: Registry) -> None:
    """Each predictor predicts, though all is published; one that cannot tells why."""
    found = {row["predictor"]: row for row in choices(VGG16, registry, predictor=["all"])}

    assert {"per-mac", "nearest", "row-stationary-derived", "sparse"} <= set(found)
    assert "densit" in found["sparse"]["reason"]
    per_mac = AcceleratorConfig("per-mac")
    predicted = Config(
        NetworkConfig("VGG16", method="predicted"),
        AT_65,
        accelerator={"eyeriss": per_mac, "eie": per_mac},
    )
    total = estimate(predicted, registry).totals["total"]
    assert total.latency_s == found["per-mac"]["latency_s"]


def test_batches_are_compared(registry: Registry) -> None:
    """A batch of seven costs seven times one; as printed is a choice as well."""
    one, seven, printed = choices(VGG16, registry, batch=["1", "7", "published"])

    assert 7 * one["latency_s"] == pytest.approx(seven["latency_s"], rel=1e-12)
    assert printed["latency_s"] == pytest.approx(4.309474388888889, rel=1e-12)


def test_accelerators_are_compared(registry: Registry) -> None:
    """Each accelerator runs the kinds that it serves; the rest stays as configured."""
    rows = choices(VGG16, registry, accelerator=["all"])

    assert ["eie", "eyeriss"] == [row["accelerator"] for row in rows]
    assert rows[0]["latency_s"] == rows[1]["latency_s"]


def test_a_choice_that_cannot_be_met_leaves_the_others(registry: Registry, chip: Path) -> None:
    """What was not measured on one accelerator is refused in its row, with all its layers."""
    network = NetworkConfig("VGG16", layers=("FC6", "FC7"), method="published")
    config = Config(
        network,
        AT_65,
        accelerator={"chip": AcceleratorConfig(file=str(chip))},
    )
    eie, refused = compare(
        config,
        variants(config, configured_network(config, registry), known(registry, chip), ACCELERATORS),
        registry,
    ).outcomes

    assert (None, ()) == (eie.reason, eie.problems)
    assert "2 layers of VGG16 were not measured on chip" == refused.problems[0].what
    assert refused.reason == (
        "[network] method: 2 layers of VGG16 were not measured on chip (measured: AlexNet): FC6 "
        'and FC7; write method = "auto" or "predicted"'
    )


def test_predictors_go_with_the_accelerators_of_a_combination(
    registry: Registry, chip: Path
) -> None:
    """A predictor that no accelerator of a combination has is left out there, and only there."""
    config = Config(
        NetworkConfig("VGG16"),
        AT_65,
        dispatch={"conv": "eie"},
    )
    network = configured_network(config, registry)
    asked = {"predictor": ["all"], **ACCELERATORS}
    found = [each.choices for each in variants(config, network, known(registry, chip), asked)]

    assert {"predictor": "sparse", "accelerator": "eie"} in found
    assert {"predictor": "sparse", "accelerator": "chip"} in found  # eie still runs conv
    assert {"predictor": "row-stationary", "accelerator": "eie"} not in found


def test_a_predictor_that_nothing_in_use_has_is_an_error(registry: Registry) -> None:
    """It is not left out silently if it was asked for by name."""
    config = Config(
        NetworkConfig("VGG16"),
        AT_65,
        dispatch={"conv": "eie"},
    )
    with pytest.raises(UnknownNameError, match="no accelerator in use has a predictor row-stat"):
        choices(config, registry, predictor=["per-mac", "row-stationary"])


def test_choices_combine(registry: Registry) -> None:
    """Several choices give every combination."""
    rows = choices(VGG16, registry, scaler=["none", "dennard"], batch=["1", "2"])

    assert [("none", "1"), ("none", "2"), ("dennard", "1"), ("dennard", "2")] == [
        (row["scaler"], row["batch"]) for row in rows
    ]


def test_wrong_choices(registry: Registry) -> None:
    """An unknown predictor and an impossible batch are refused."""
    with pytest.raises(UnknownNameError, match="did you mean 'per-mac'"):
        choices(VGG16, registry, predictor=["permac"])
    for batch in ("0", "x", "-1", "1.5"):
        with pytest.raises(ValueError, match="batch|between"):
            choices(VGG16, registry, batch=[batch])
