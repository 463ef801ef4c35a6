"""Intervals of predicted costs."""

from __future__ import annotations

import math
import random

import attrs
import pytest

from fodlam_core import Accelerator, ConvShape, Cost, FcShape, Layer, Measurement, Registry
from fodlam_core.predictors import levels
from fodlam_core.predictors.per_mac import PerMac
from fodlam_core.validation.folds import SCHEMES, folds
from fodlam_core.validation.intervals import interval_rule
from fodlam_core.validation.scores import validate
from fodlam_eyeriss.row_stationary import RowStationary


def _noisy(chance: random.Random, network: str, noise: float) -> list[Measurement]:
    rows = []
    for index in range(6):
        macs = chance.randrange(1_000, 100_000)
        latency_s = macs * 1e-9 * math.exp(chance.gauss(0, noise))
        power_w = math.exp(chance.gauss(0, noise))
        rows.append(Measurement(network, Layer(f"l{index}", "fc", macs), 1, latency_s, power_w))
    return rows


@pytest.mark.parametrize("noise", [0.05, 0.4])
def test_intervals_cover_layers_of_a_new_network(noise: float) -> None:
    """Of the layers of networks that took no part, about nine in ten lie in their interval."""
    chance = random.Random(7)
    held = {"latency": 0, "energy": 0}
    count = 0
    for _ in range(150):
        rows = [row for name in "ABC" for row in _noisy(chance, name, noise)]
        fitted = PerMac().fit(rows)
        rule = interval_rule(PerMac(), fitted, rows)
        assert rule is not None
        assert rule.scheme == "leave-one-network-out"
        for row in _noisy(chance, "D", noise):
            interval = rule.interval(row.layer, fitted, fitted.predict(row.layer))
            low, high = interval.latency_s
            held["latency"] += low <= row.cost.latency_s <= high
            low, high = interval.energy_j
            held["energy"] += low <= row.cost.energy_j <= high
            count += 1
    for each in held.values():
        assert 0.87 <= each / count <= 0.98


def test_intervals_cover_measured_layers_that_were_held_out(registry: Registry) -> None:
    """Of layers held out of fit and residuals alike, nine in ten lie in the default's interval."""
    inside = count = 0
    for name, kind in (("eyeriss", "conv"), ("eie", "fc")):
        accelerator = registry.accelerator(name)
        predictor = accelerator.predictor()
        for scheme in SCHEMES:
            for fold in folds(scheme, accelerator.calibration(kind)):
                fitted = predictor.fit(fold.training)
                rule = interval_rule(predictor, fitted, fold.training)
                assert rule is not None
                for row in fold.held:
                    cost = levels.predict(fitted, row.layer, row.batch)
                    low, high = rule.interval(row.layer, fitted, cost, row.batch).latency_s
                    inside += low <= row.latency_s <= high
                    count += 1
    assert count == 3 * 24
    assert inside / count >= 0.9


def _rule_of(accelerator: Accelerator, kind: str, name: str):  # type: ignore[no-untyped-def]
    rows = accelerator.calibration(kind)
    predictor = accelerator.predictor(name)
    fitted = predictor.fit(rows)
    rule = interval_rule(predictor, fitted, rows)
    assert rule is not None
    return rule, fitted


def test_outside_the_measured_range_intervals_are_wider(registry: Registry) -> None:
    """A kernel smaller than any measured is named, and its interval is wider for it."""
    rule, fitted = _rule_of(registry.accelerator("eyeriss"), "conv", "per-mac")
    inside, outside = (
        Layer.from_shape("L", ConvShape.from_input((64, 56, 56), 64, kernel, padding=kernel // 2))
        for kernel in (3, 1)
    )
    assert rule.outside(inside) == {}
    assert rule.outside(outside) == {"kernel area": 9.0}

    def widths(layer: Layer) -> list[float]:
        cost = fitted.predict(layer)
        return [math.log(high / low) for low, high in rule.interval(layer, fitted, cost)]

    narrow, wide = widths(inside), widths(outside)
    assert wide == pytest.approx([(1 + math.log2(9)) * width for width in narrow])


def test_without_shapes_macs_are_the_range(registry: Registry) -> None:
    """A table without shapes has the range of its MACs, for layers with a shape too."""
    rows = [
        attrs.evolve(row, layer=attrs.evolve(row.layer, shape=None))
        for row in registry.accelerator("eie").calibration("fc")
    ]
    predictor = PerMac()
    rule = interval_rule(predictor, predictor.fit(rows), rows)
    assert rule is not None
    most = max(row.layer.macs for row in rows)
    large = Layer.from_shape("L", FcShape(2 * most, 2))
    assert rule.outside(large) == {"MACs": 4.0}


def test_an_open_constant_widens_the_interval(registry: Registry) -> None:
    """Where AlexNet leaves the channels per pass open, the interval covers all they may be."""
    rows = registry.accelerator("eyeriss").calibration("conv")
    alexnet = [row for row in rows if row.network == "AlexNet"]
    fitted = RowStationary().fit(alexnet)
    rule = interval_rule(RowStationary(), fitted, alexnet)
    assert rule is not None
    assert any("not identified" in note for note in rule.notes)
    assert any("only one network" in note for note in rule.notes)
    layer = next(row.layer for row in rows if row.layer.name == "CONV3-2")
    low, high = rule.interval(layer, fitted, fitted.predict(layer)).latency_s
    every = [each.predict(layer).latency_s for each in (fitted, *fitted.alternatives)]
    assert max(every) > 1.5 * min(every)
    assert low < min(every) < max(every) < high


def test_a_layer_of_which_less_is_known_has_a_wider_interval(registry: Registry) -> None:
    """Without the share of zeros the residuals are those of not knowing it."""
    rows = registry.accelerator("eyeriss").calibration("conv")
    predictor = registry.accelerator("eyeriss").predictor()
    fitted = predictor.fit(rows)
    told = interval_rule(predictor, fitted, rows)
    untold = interval_rule(predictor, fitted, rows, frozenset({"activation_density"}))
    assert told is not None
    assert untold is not None
    assert untold.energy > told.energy
    assert untold.latency == told.latency


def test_too_few_measurements_give_no_rule(chip: Accelerator) -> None:
    """One measured layer says nothing of the error on another."""
    rows = chip.measurements[:1]
    assert interval_rule(chip.predictors[0], chip.predictors[0].fit(rows), rows) is None


def test_a_predictor_of_nothing_has_no_rule(chip: Accelerator) -> None:
    """A predictor that finds layers free has an error of 100 %, which no interval can hold."""

    class Free:
        name = "free"
        requires: frozenset[str] = frozenset()

        def fit(self, measurements: object) -> Free:
            return self

        def predict(self, layer: Layer) -> Cost:
            return Cost(0.0, 0.0)

    free = attrs.evolve(chip, predictors=[Free()])
    assert interval_rule(Free(), Free(), chip.measurements) is None
    [result] = validate([free], schemes=["leave-one-network-out"])
    assert [record["mape"] for record in result.records()] == [1, 1, None]


def test_one_network_falls_back_on_blocks(chip: Accelerator) -> None:
    """With one network the residuals are those of its blocks, which is said."""
    rows = [attrs.evolve(row, network="A") for row in chip.measurements]
    rule = interval_rule(PerMac(), PerMac().fit(rows), rows)
    assert rule is not None
    assert rule.scheme == "leave-one-block-out"
    assert "only one network" in rule.notes[0]


def test_a_layer_that_is_too_far_off_has_no_interval() -> None:
    """Where a bound would be a hundred orders of magnitude away there is none, and no overflow."""
    chance = random.Random(7)
    rows = _noisy(chance, "A", 3.0)
    fitted = PerMac().fit(rows)
    rule = interval_rule(PerMac(), fitted, rows)
    assert rule is not None

    def interval(macs: int) -> object:
        layer = Layer("F", "fc", macs)
        return rule.interval(layer, fitted, fitted.predict(layer))

    assert interval(10**6) is not None
    assert interval(10**18) is None


def _between(chance: random.Random, networks: int) -> list[Measurement]:
    """Return eight layers a network: 10 % apart between networks, and 30 % within."""
    rows = []
    for network in range(networks):
        apart = chance.gauss(0, 0.1)
        for index in range(8):
            macs = chance.randrange(40_000, 60_000)
            latency_s = macs * 1e-9 * math.exp(apart + chance.gauss(0, 0.3))
            layer = Layer(f"l{index}", "fc", macs)
            rows.append(Measurement(f"N{network}", layer, 1, latency_s, 1.0))
    return rows


def test_totals_of_held_out_networks_hold_nine_in_ten() -> None:
    """Nested, the interval of a network's total holds about nine in ten, and adds no ends."""
    chance = random.Random(3)
    inside = judged = 0
    for _ in range(4):
        for fold in folds("leave-one-network-out", _between(chance, 12)):
            fitted = levels.fit(PerMac(), fold.training)
            rule = interval_rule(PerMac(), fitted, fold.training)
            assert rule is not None
            assert rule.for_totals is not None
            low = high = added = 0.0
            for row in fold.held:
                cost = levels.predict(fitted, row.layer, 1)
                part = rule.for_totals.interval(row.layer, fitted, cost, 1, {})
                alone = rule.interval(row.layer, fitted, cost, 1, {})
                assert part is not None
                assert alone is not None
                assert part.latency_s is not None
                assert alone.latency_s is not None
                low, high = low + part.latency_s[0], high + part.latency_s[1]
                added += alone.latency_s[1]
            total = sum(row.latency_s or 0.0 for row in fold.held)
            inside += low <= total <= high
            judged += 1
            assert high < added
    assert 0.8 <= inside / judged <= 1


@pytest.mark.parametrize(("networks", "known"), [(1, False), (2, False), (3, True)])
def test_totals_of_few_networks_are_not_known(networks: int, known: bool) -> None:
    """With fewer than three networks the ends of layers are added, and the rule says so."""
    rows = _between(random.Random(1), networks)
    rule = interval_rule(PerMac(), levels.fit(PerMac(), rows), rows)
    assert rule is not None
    assert (rule.for_totals is not None) == known
    assert ("add the ends" in rule.about_totals) != known
    if networks == 2:
        assert "can guarantee more than 2 in 3" in rule.about_totals
