"""A chip of few measured networks, with what chips that behave alike tell of it."""

from __future__ import annotations

import math
import random
from statistics import median

import attrs
import pytest

from fodlam_core import Accelerator, Citation, PredictionError, Reference
from fodlam_core.networks.zoo import zoo_network
from fodlam_core.predictors.linear import Linear
from fodlam_core.predictors.observations import observations, totals
from fodlam_core.predictors.terms import SETS
from fodlam_core.validation.new_chip import calibrated, in_its_place
from fodlam_core.validation.pooled import predict_network

NAMES = (
    *("SqueezeNet-1.1", "AlexNet", "MobileNetV1", "MobileNetV2", "ResNet-18", "GoogLeNet"),
    *("VGG16", "ResNet-50-v1"),
)
NETWORKS = {name: zoo_network(name) for name in NAMES}
TERMS = SETS["networks"]
SECONDS = (1e-11, 4e-11, 1e-9, 5e-10, 1e-5, 1e-4)
"""What a unit of each term takes on the chips here, up to speed and noise."""


def chip(name: str, speed: float = 1.0, noise: float = 0.0, names: tuple[str, ...] = NAMES):
    """Return a chip known by whole networks."""
    chance = random.Random(name)
    own = [each * speed * math.exp(chance.gauss(0, noise)) for each in SECONDS]
    references = [Reference(network, 1, latency_s=1.0) for network in names]
    seen = observations((), references, NETWORKS)
    costs = [sum(map(lambda a, b: a * b, own, totals(each, TERMS))) for each in seen]
    return Accelerator(
        name,
        name,
        ("conv", "fc"),
        None,
        Citation("key", "text", "@misc{key, title={x}}"),
        "measured",
        references=[
            attrs.evolve(each, latency_s=cost * math.exp(chance.gauss(0, noise / 4)))
            for each, cost in zip(references, costs, strict=True)
        ],
        networks=NETWORKS,
    )


def off(new: Accelerator, truth: Accelerator) -> list[float]:
    """Return logarithms of predicted over true, of all networks."""
    fitted = new.predictors[0].fit((), new.references, NETWORKS)
    return [
        math.log((predict_network(fitted, NETWORKS[each.network], 1).latency_s or 0) / cost)
        for each in truth.references
        if (cost := each.latency_s)
    ]


def test_one_network_tells_the_speed() -> None:
    """Of chips that differ in speed alone, one measured network tells all others."""
    others = [chip(f"c{n}", 2.0**n) for n in range(4)]
    new = calibrated(chip("new", 3.0, names=("AlexNet",)), others)

    assert 0.02 > max(map(abs, off(new, chip("new", 3.0))))
    assert 0.01 > new.cross_validated["linear"]["latency"].median


def test_the_prior_helps_and_its_error_is_honest() -> None:
    """Chips that differ in more are predicted better than without a prior, within the interval."""
    others = [chip(f"c{n}", 1 + n / 9, 0.5) for n in range(12)]
    missed, alone, inside = [], [], []
    for n in range(4):
        truth = chip(f"new{n}", 1.0, 0.5)
        new = calibrated(chip(f"new{n}", 1.0, 0.5, ("MobileNetV2", "GoogLeNet")), others)
        found = list(map(abs, off(new, truth)))
        missed += found
        alone += map(abs, off(attrs.evolve(new, predictors=[Linear()]), truth))
        width = new.cross_validated["linear"]["latency"].half_width
        inside += [each <= width for each in found]

    assert sum(missed) < 0.8 * sum(alone)
    assert 0.8 <= sum(inside) / len(inside)
    assert "leave-chips-out" == new.cross_validated["linear"]["latency"].scheme


def test_the_better_terms_are_taken() -> None:
    """Of several sets of terms that with the least error predicts."""
    others = [chip(f"c{n}", 1 + n / 9, 0.3) for n in range(5)]
    new = chip("new", names=("MobileNetV2", "GoogLeNet"))

    one, other, both = (
        calibrated(new, others, terms)
        for terms in (("networks",), ("few-networks",), ("few-networks", "networks"))
    )

    errors = [each.cross_validated["linear"]["latency"].mape for each in (one, other, both)]
    assert min(errors[:2]) == errors[2] < max(errors)


def test_its_own_points_are_no_prior() -> None:
    """What was measured of the chip itself elsewhere is not taken for that of another."""
    others = [chip(f"c{n}/cpu") for n in range(3)]

    assert 3 == len(calibrated(chip("new"), [*others, chip("new/old")]).predictors[0].donors)


@pytest.mark.parametrize(
    ("new", "others", "message"),
    [
        (chip("new", names=()), 4, "new: has no measured network"),
        (chip("new"), 2, "of the chips that are a prior 2 are known by 6 networks or more"),
    ],
)
def test_too_little(new: Accelerator, others: int, message: str) -> None:
    """Without a network of its own, or with too few other chips, nothing is claimed."""
    with pytest.raises(PredictionError, match=message):
        calibrated(new, [chip(f"c{n}") for n in range(others)] + [chip("few", names=NAMES[:5])])


def test_each_chip_takes_the_place_of_the_new_one() -> None:
    """Of every chip that is tried all networks are predicted, none by a chip that has seen it."""
    others = [chip(f"c{n}", 2.0**n) for n in range(4)]
    found = in_its_place(["AlexNet"], others, "networks")
    two = in_its_place(["AlexNet"], others, "networks", most=2)

    assert {each.name: len(NAMES) for each in others} == {k: len(v) for k, v in found.items()}
    assert two == {name: found[name] for name in two}
    assert len(two) == 2
    assert median(abs(each) for own in found.values() for each in own) < 0.01
