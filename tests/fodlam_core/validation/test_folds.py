"""Ways to hold measured layers out."""

from __future__ import annotations

import attrs
import pytest

from fodlam_core import Registry
from fodlam_core.validation.folds import SCHEMES, folds


@pytest.mark.parametrize(
    ("scheme", "count"),
    [("leave-one-network-out", 2), ("leave-one-block-out", 8), ("leave-one-layer-out", 18)],
)
def test_eyeriss_has_so_many_folds(registry: Registry, scheme: str, count: int) -> None:
    """Two networks, eight sizes of output maps and eighteen layers can be held out."""
    assert len(folds(scheme, registry.accelerator("eyeriss").calibration("conv"))) == count


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_layer_is_held_out_once(registry: Registry, scheme: str) -> None:
    """Every layer is held out in exactly one fold, and never fitted to in that fold."""
    rows = registry.accelerator("eyeriss").calibration("conv")
    found = folds(scheme, rows)
    assert sorted(row.network + row.layer.name for fold in found for row in fold.held) == sorted(
        row.network + row.layer.name for row in rows
    )
    for fold in found:
        assert not set(map(id, fold.held)) & set(map(id, fold.training))
        assert len(fold.held) + len(fold.training) == len(rows)


def test_folds_say_what_they_are(registry: Registry) -> None:
    """A fold names the network, the block or the layer, and what is fitted to."""
    rows = registry.accelerator("eyeriss").calibration("conv")
    network = folds("leave-one-network-out", rows)[0]
    assert (network.held_out, network.trained_on) == ("AlexNet", ("VGG16",))
    assert folds("leave-one-block-out", rows)[2].held_out == "AlexNet CONV3 to CONV5"
    assert folds("leave-one-layer-out", rows)[0].held_out == "AlexNet CONV1"


def test_a_single_group_cannot_be_held_out(registry: Registry) -> None:
    """With one network alone there is no fold that leaves a network out."""
    rows = registry.accelerator("eyeriss").calibration("conv")[:5]
    assert folds("leave-one-network-out", rows) == []


def test_layers_far_apart_are_not_a_range(registry: Registry) -> None:
    """Of layers that do not follow each other the first is named, and how many more there are."""
    rows = registry.accelerator("eyeriss").calibration("conv")
    apart = [rows[2], rows[0], rows[3]]
    labels = [fold.held_out for fold in folds("leave-one-block-out", apart)]
    assert ["AlexNet CONV3 and 1 more", "AlexNet CONV1"] == labels


def test_folds_of_several_groups_say_so(registry: Registry) -> None:
    """Every fold tells how many layers it holds out together, here some two of them."""
    [row, *_] = registry.accelerator("eyeriss").calibration("conv")
    layers = [attrs.evolve(row.layer, name=f"l{number}", shape=None) for number in range(400)]
    rows = [attrs.evolve(row, layer=layer) for layer in layers]
    found = folds("leave-one-layer-out", rows)
    assert 250 == len(found)
    assert 400 == sum(fold.groups for fold in found)
    for fold in found:
        assert len(fold.held) == fold.groups
        assert (" and 1 more" in fold.held_out) == (fold.groups == 2)
        assert " to " not in fold.held_out
