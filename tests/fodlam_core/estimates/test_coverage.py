"""Coverage, and requiring it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fodlam_core import Config, Layer, Network, NetworkConfig, NetworkError, Registry, prepare
from fodlam_core.config import AcceleratorConfig
from fodlam_core.estimates import Estimate
from fodlam_core.estimates.coverage import check_coverage

LAYERS = (
    Layer("a", "conv", 600),
    Layer("b", "fc", 100, repeat=3),
    Layer("c", "matmul", 100),
)


def _estimate(registry: Registry, **rest: Any) -> Estimate:
    network = Network("net", LAYERS, **rest)
    per_mac = AcceleratorConfig(predictor="per-mac")
    config = Config(NetworkConfig("VGG16"), accelerator={"eyeriss": per_mac, "eie": per_mac})
    return prepare(config, registry, network).estimate()


def test_share_counts_repetitions(registry: Registry) -> None:
    """The share that is modelled is one of all MACs, repetitions included."""
    assert _estimate(registry).coverage.modelled_share == 0.9


@pytest.mark.parametrize("percent", [0, 50, 90])
def test_enough_coverage_passes(registry: Registry, percent: float) -> None:
    """A share that is as large as required is enough."""
    check_coverage(_estimate(registry), percent)


def test_shortfall_is_an_error_that_names_what_is_missing(registry: Registry) -> None:
    """A smaller share is an error with the layers and their MACs."""
    with pytest.raises(NetworkError) as caught:
        check_coverage(_estimate(registry), 90.1)
    assert str(caught.value) == (
        "configuration: 90 % of the MACs have a cost, 90.1 % are required; not modelled, 100 MAC: c"
    )


def test_uncosted_operators_fail_any_requirement(registry: Registry) -> None:
    """What cannot be costed might be anything, so no share is enough."""
    with pytest.raises(NetworkError, match=r"the MACs of LSTM \(2\) are not known"):
        check_coverage(_estimate(registry, uncosted={"LSTM": 2}), 0)


def test_no_layers_cover_nothing(registry: Registry) -> None:
    """Where nothing was asked for, nothing is covered."""
    config = Config(NetworkConfig("VGG16", layers=()), fodlam=True)
    with pytest.raises(NetworkError, match="no layers"):
        check_coverage(prepare(config, registry).estimate(), 1)


def test_uncosted_operators_are_told_wherever_coverage_is(
    registry: Registry,
) -> None:
    """They are in the notes, in the record, and in the document, as a warning."""
    from fodlam_core.estimates.columns import estimate_document
    from fodlam_core.report.markdown import markdown

    estimate = _estimate(registry, uncosted={"LSTM": 2})
    assert any("LSTM (2)" in note for note in estimate.notes)
    assert estimate.to_dict()["coverage"]["uncosted_operators"] == {"LSTM": 2}
    text = markdown([estimate_document(estimate)])
    assert "**2 operators could not be costed: see the notes**" in text
    assert "2 operators with unknown MACs are not included" in text


def test_without_uncosted_operators_nothing_is_said_of_them(registry: Registry) -> None:
    """A network that can be costed in full has no such warning."""
    estimate = _estimate(registry)
    assert not any("not known" in note for note in estimate.notes)
    assert estimate.to_dict()["coverage"]["uncosted_operators"] == {}


@pytest.mark.parametrize(("percent", "status"), [("97", 0), ("97%", 0), ("98", 1)])
def test_run_fails_on_a_shortfall(
    cli: Callable[..., Any], toml: Callable[..., Path], percent: str, status: int
) -> None:
    """The command ends with status 1, prints no estimate, and says what is missing."""
    config = toml('[network]\nname = "BERT-base-128"\n')
    result = cli("run", config, "--require-coverage", percent)
    assert result.status == status
    assert ("layer0/scores" in result.err) == bool(status)
    assert bool(result.out) != bool(status)


@pytest.mark.parametrize("percent", ["x", "-1", "101", "nan", ""])
def test_percentage_is_checked(
    cli: Callable[..., Any], toml: Callable[..., Path], percent: str
) -> None:
    """What is not a percentage is wrong usage."""
    config = toml('[network]\nname = "VGG16"\n')
    assert cli("run", config, f"--require-coverage={percent}").status == 2


def test_layers_left_out_count_for_nothing(registry: Registry) -> None:
    """The share is one of the layers asked for."""
    config = Config(NetworkConfig("BERT-base-128", layers=("layer0/query",)))
    estimate = prepare(config, registry).estimate()
    assert estimate.coverage.modelled_share == 1
