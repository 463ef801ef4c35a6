"""Choices, and the configurations they make."""

from __future__ import annotations

import pytest

from fodlam_core import Config, NetworkConfig, Registry, UnknownNameError, zoo_network
from fodlam_core.analyses.choices import variants

CONFIG = Config(NetworkConfig("AlexNet"))
NETWORK = zoo_network("AlexNet")


def test_every_combination(registry: Registry) -> None:
    """Choices are combined, and each configuration has those that it is named by."""
    asked = {"scaler": ["none", "dennard"], "batch": ["1", "published"]}

    made = variants(CONFIG, NETWORK, registry, asked)

    assert 4 == len(made)
    for each in made:
        assert each.choices["scaler"] == each.config.technology.scaler
        assert each.choices["batch"] == str(each.config.network.batch)


def test_an_alias_is_the_rule_it_stands_for(registry: Registry) -> None:
    """A rule is listed by its own name, whatever name it was asked for by."""
    [made] = variants(CONFIG, NETWORK, registry, {"scaler": ["identity"]})

    assert {"scaler": "none"} == made.choices


def test_a_predictor_predicts_every_layer(registry: Registry) -> None:
    """Predictors are compared on all layers, as if none had been published."""
    [made] = variants(CONFIG, NETWORK, registry, {"predictor": ["per-mac"]})

    assert "predicted" == made.config.network.method
    assert {"eie", "eyeriss"} == set(made.config.accelerator)


@pytest.mark.parametrize("what", ["scaler", "accelerator", "predictor"])
def test_a_name_that_is_not_there(registry: Registry, what: str) -> None:
    """A misspelt name is an error."""
    with pytest.raises(UnknownNameError, match="nope"):
        variants(CONFIG, NETWORK, registry, {what: ["nope"]})
