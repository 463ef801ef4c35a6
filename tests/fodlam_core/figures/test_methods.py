"""The figures of results, as methods."""

from __future__ import annotations

from fodlam_core import Registry, estimate, load_config, validate
from fodlam_core.analyses.choices import variants
from fodlam_core.analyses.comparison import compare, compared_network
from fodlam_core.analyses.ranking import rank


def test_methods(examples, registry: Registry) -> None:
    """Each result has its figures at hand, as axes to be changed."""
    path = examples / "alexnet.toml"
    config = load_config(path, registry)
    conv = load_config(path, registry, ["network.layers=['CONV1']"])
    chosen = variants(config, compared_network(config, registry), registry, {"scaler": ["none"]})
    first = rank(conv, registry, ["eyeriss"])

    assert 2 == len(estimate(path, registry).plot.layers())
    assert [] == estimate(path, registry).plot.rooflines()
    assert 2 == len(first.plot.chips())
    assert 2 == len(validate("eie", predictors=["nearest"], registry=registry).plot.predictions())
    assert 2 == len(compare(config, chosen, registry).plot.choices())
