"""Intervals in an estimate, and predictors that lack what they need."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest

from fodlam_core import (
    Config,
    Layer,
    Measurement,
    Network,
    NetworkConfig,
    Registry,
    TechnologyConfig,
    estimate,
)
from fodlam_core.config import AcceleratorConfig
from fodlam_core.estimates import Estimate
from fodlam_core.predictors.per_mac import PerMac

AT_65 = TechnologyConfig(node_nm=65, scaler="dennard")


def _estimate(registry: Registry, name: str, **network: object) -> Estimate:
    return estimate(
        Config(NetworkConfig(name, **network), AT_65),
        registry,
    )  # type: ignore[arg-type]


def test_published_costs_carry_their_printed_rounding(registry: Registry) -> None:
    """CONV1-1 of VGG-16 was printed as 76.2 ms and 247 mW for three images."""
    first = _estimate(registry, "VGG16").layers[0]
    assert first.interval is not None
    assert first.interval.latency_s == pytest.approx((0.07615 / 3, 0.07625 / 3))
    low, high = first.interval.energy_j
    assert high == pytest.approx(0.07625 * 0.2475 / 3)
    assert low == pytest.approx(2 * first.energy_j - high)
    assert low < 0.07615 * 0.2465 / 3


def test_costs_as_printed_carry_it_too(registry: Registry) -> None:
    """With batch = "published" the interval is that of the printed number itself."""
    first = _estimate(registry, "VGG16", batch="published").layers[0]
    assert first.interval is not None
    assert first.interval.latency_s == pytest.approx((0.07615, 0.07625))


def test_intervals_are_scaled_with_their_costs(registry: Registry) -> None:
    """EIE's 34.4 us at 45 nm may have been 34.35 to 34.45, and so it is at 65 nm; batches add."""
    config = Config(
        NetworkConfig("VGG16", layers=("FC6",), batch=10),
        AT_65,
    )
    [layer] = estimate(config, registry).layers
    assert layer.interval is not None
    scale = 10 * 65 / 45 * 1e-6
    assert layer.interval.latency_s == pytest.approx((34.35 * scale, 34.45 * scale))


@pytest.mark.parametrize("name", ["VGG16", "VGG_CNN_M", "Faster-R-CNN-VGG16"])
@pytest.mark.parametrize("method", ["auto", "predicted"])
def test_totals_add_the_ends_of_the_intervals(registry: Registry, name: str, method: str) -> None:
    """Every cost lies in its interval, and a total's ends are the sums of those of its layers."""
    result = _estimate(registry, name, method=method)
    for what, index in (("latency_s", 0), ("energy_j", 1)):
        for each in (*result.layers, *result.totals.values()):
            assert each.interval is not None
            low, high = each.interval[index]
            assert low <= getattr(each, what) <= high
        for end in (0, 1):
            total = sum(each.interval[index][end] for each in result.layers if each.interval)
            interval = result.totals["total"].interval
            assert interval is not None
            assert interval[index][end] == pytest.approx(total)


def test_a_total_says_whether_it_adds_ends(registry: Registry) -> None:
    """Two networks on each chip: totals of predictions add ends, published ones do not."""
    predicted, published = (_estimate(registry, name) for name in ("VGG_CNN_M", "VGG16"))
    assert predicted.to_dict()["totals"]["total"]["ends_added"] is True
    assert published.to_dict()["totals"]["total"]["ends_added"] is False
    said = [note for note in predicted.notes if "totals add the ends of layers" in note]
    assert len(said) == 2
    assert all("can guarantee more than 2 in 3" in note for note in said)


def test_a_total_of_many_networks_has_an_interval_of_its_own(registry: Registry) -> None:
    """Where four networks were measured the total is surer than the sum of its layers."""
    chip = registry.accelerator("eie")
    rows = [
        Measurement(f"N{number // 4}", layer, 1, layer.macs * 1e-9 * factor, 0.5)
        for number, factor in enumerate((0.8, 1.25, 1.3, 0.75) * 4)
        for layer in [Layer(f"F{number}", "fc", 1_000 + 10 * number)]
    ]
    chip = attrs.evolve(chip, measurements=rows, predictors=[PerMac()])
    items = {**registry.items, ("accelerator", "eie"): chip}
    network = Network("N", [Layer(f"G{number}", "fc", 1_050) for number in range(4)])
    result = estimate(Config(NetworkConfig("N")), registry._replace(items=items), network)
    total = result.totals["total"]
    assert not total.ends_added
    assert total.interval is not None
    assert total.interval.latency_s is not None
    ends = [each.interval.latency_s for each in result.layers if each.interval]
    assert total.interval.latency_s[1] < sum(end[1] for end in ends if end)
    assert total.interval.latency_s[0] > sum(end[0] for end in ends if end)
    assert total.interval.latency_s[0] <= total.latency_s <= total.interval.latency_s[1]


def test_the_record_has_intervals(registry: Registry) -> None:
    """JSON has low and high of latency and energy for layers and totals, CSV a column for each."""
    result = _estimate(registry, "VGG_CNN_M")
    record = result.to_dict()
    for each in (*record["layers"], *record["totals"].values()):
        assert list(each["interval"]) == ["latency_s", "energy_j"]
        assert each["interval"]["latency_s"][0] <= each["latency_s"]
    row = result.to_rows()[0]
    assert row["latency_low_s"] < row["latency_s"] < row["latency_high_s"]
    assert row["energy_low_j"] < row["energy_j"] < row["energy_high_j"]


def test_a_part_without_interval_leaves_the_total_without(registry: Registry) -> None:
    """A layer that nobody serves leaves the total open at both ends."""
    layers = [Layer("F", "fc", 10), Layer("M", "matmul", 10)]
    config = Config(
        NetworkConfig("VGG16"),
        AT_65,
        accelerator={"eie": AcceleratorConfig(predictor="per-mac")},
    )
    result = estimate(config, registry, Network("N", layers))
    assert result.layers[0].interval is not None
    assert result.totals["fc"].interval is not None
    assert result.totals["total"].interval is None
    assert result.to_dict()["totals"]["total"]["interval"] is None


def test_extrapolation_is_said(registry: Registry) -> None:
    """Layers outside the measured range are counted in a note that names the sizes."""
    notes = _estimate(registry, "VGG_CNN_M").notes
    assert any(
        "90 % prediction intervals" in note and "leave-one-network-out" in note for note in notes
    )
    config = Config(
        NetworkConfig("VGG16"),
        AT_65,
        accelerator={"eie": AcceleratorConfig(predictor="per-mac")},
    )
    result = estimate(config, registry, Network("N", [Layer("F", "fc", 10)]))
    assert any("1 layer outside the measured range of MACs" in note for note in result.notes)


def test_nothing_is_cross_validated_when_nothing_is_predicted(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run on published layers computes no residuals; a predicted one does once per kind."""
    import fodlam_core.estimates.fitting as fitting
    import fodlam_core.validation.intervals as intervals

    calls: list[str] = []
    original = intervals.interval_rule

    def counted(predictor, *rest):  # type: ignore[no-untyped-def]
        calls.append(predictor.name)
        return original(predictor, *rest)

    monkeypatch.setattr(intervals, "interval_rule", counted)
    fitting._kept.cache_clear()  # rules of other tests
    _estimate(registry, "VGG16")
    assert calls == []
    _estimate(registry, "VGG_CNN_M")
    assert sorted(calls) == ["nearest", "row-stationary-derived"]


def test_a_missing_density_is_told_with_the_line_to_write(
    cli: Callable[..., object], toml: Callable[[str], Path]
) -> None:
    """Each layer is named with what it lacks and the line that selects per-mac."""
    path = toml('[network]\nname = "VGG_CNN_M"\n[accelerator.eie]\npredictor = "sparse"\n')
    result = cli("run", path, "--format", "json")
    notes = json.loads(result.out)["notes"]  # type: ignore[attr-defined]
    lines = [note for note in notes if note.startswith("not modelled: ")]
    assert result.status == 0  # type: ignore[attr-defined]
    assert [line.split(" has no ")[0].split(": ")[-1] for line in lines] == ["fc6", "fc7", "fc8"]
    assert all(
        "no activation_density and no weight_density, which sparse needs" in line
        and line.endswith('write [accelerator.eie] predictor = "per-mac"')
        for line in lines
    )


def test_a_layer_without_shape_is_predicted_by_the_first_that_needs_none(
    registry: Registry,
) -> None:
    """Of Eyeriss's predictors the first whose requirements the layer meets is per-mac."""
    network = Network("N", [Layer("C", "conv", 10)])
    [layer] = estimate(Config(NetworkConfig("VGG16"), AT_65), registry, network).layers
    assert layer.basis is not None
    assert layer.basis.predictor == "per-mac"


CHIP = """
name = "chip"
title = "a chip"
kinds = ["fc"]
provenance = "measured"
table = "chip.csv"
power_w = 0.59
technology = { node_nm = 65 }
citation = { key = "k", text = "t", bibtex = "@misc{k}" }
"""
ROWS = "network,layer,kind,macs,batch,latency_us\nA,F1,fc,1000,1,1000000\nA,F2,fc,1000000000,1,1\n"
NET = """
[[layers]]
name = "F"
kind = "fc"
macs = {macs}
{shape}
"""
CONFIG = """
[network]
file = "net.toml"
[dispatch]
fc = "chip"
[accelerator.chip]
file = "chip.toml"
predictor = "{predictor}"
"""


@pytest.fixture
def run(cli: Callable[..., Any], tmp_path: Path) -> Callable[..., Any]:
    """Run a layer on a chip whose table has no shapes, and whose costs are all over the place."""

    def write(predictor: str, macs: int, shape: str = "") -> Any:
        (tmp_path / "chip.toml").write_text(CHIP)
        (tmp_path / "chip.csv").write_text(ROWS)
        (tmp_path / "net.toml").write_text(NET.format(macs=macs, shape=shape))
        (tmp_path / "c.toml").write_text(CONFIG.format(predictor=predictor))
        return cli("run", tmp_path / "c.toml", "-f", "json")

    return write


def test_a_layer_far_off_has_no_interval_and_a_note(run: Callable[..., Any]) -> None:
    """An extrapolation that no number could bound carries no interval, and says so."""
    result = run("per-mac", 10**18)
    record = json.loads(result.out)
    near = json.loads(run("per-mac", 10**6).out)

    assert (result.status, result.err) == (0, "")
    assert record["layers"][0]["interval"] is None
    assert (
        "extrapolated too far for an interval: 1 layer outside the measured range of MACs"
        in record["notes"]
    )
    assert near["layers"][0]["interval"] is not None


@pytest.mark.parametrize("predictor", ["nearest", "power-law"])
def test_a_table_without_shapes_names_layer_and_cure(
    run: Callable[..., Any], predictor: str
) -> None:
    """A predictor that finds nothing to fit to says for which layer, and what to write."""
    result = run(predictor, 1000, "inputs = 10\noutputs = 100")

    assert (result.status, result.out) == (1, "")
    assert (
        f"F cannot be predicted: {predictor}: there is no measured layer to fit to, as none has a "
        'shape; write [accelerator.chip] predictor = "per-mac"'
    ) in result.err
