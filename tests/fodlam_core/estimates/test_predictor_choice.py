"""Which predictor is asked about a layer."""

from __future__ import annotations

import pytest

from fodlam_core import FcShape, Layer, PredictionError, Registry
from fodlam_core.estimates.predictor_choice import modest, predictor_for

KNOWN = Layer.from_shape("F", FcShape(8, 8), weight_density=0.1, activation_density=0.3)
BARE = Layer.from_shape("F", FcShape(8, 8))


@pytest.mark.parametrize(
    ("layer", "name", "printed", "expected"),
    [
        (KNOWN, None, False, "sparse"),
        (BARE, None, False, "nearest"),
        (KNOWN, "power-law", False, "power-law"),
        (KNOWN, "per-mac", True, "per-mac"),
    ],
)
def test_the_first_whose_needs_are_met(
    registry: Registry, layer: Layer, name: str | None, printed: bool, expected: str
) -> None:
    """The one that is named, else the first in the chip's list whose requirements a layer meets."""
    eie = registry.accelerator("eie")

    assert expected == predictor_for(layer, eie, name, printed=printed).name


@pytest.mark.parametrize(
    ("name", "printed", "message"),
    [
        ("sparse", False, "F has no activation_density and no weight_density, which sparse needs"),
        ("nearest", True, "works with per-mac only, not with nearest"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    registry: Registry, name: str, printed: bool, message: str
) -> None:
    """A layer that lacks what the named one needs, and another than per-mac as FODLAM did."""
    with pytest.raises(PredictionError, match=message):
        predictor_for(BARE, registry.accelerator("eie"), name, printed=printed)


def test_one_that_needs_nothing_is_told(registry: Registry) -> None:
    """per-mac first; never the one that is asked already."""
    eie = registry.accelerator("eie")

    [other] = modest(eie, eie.predictor("sparse"))
    assert '"per-mac"' == other.value
    assert all('"per-mac"' != each.value for each in modest(eie, eie.predictor("per-mac")))
