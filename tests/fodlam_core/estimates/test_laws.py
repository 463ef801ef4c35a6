"""Laws that hold for every chip, network and batch."""

from __future__ import annotations

import math
from collections.abc import Sequence

import attrs
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from fodlam_core import (
    Accelerator,
    Citation,
    ConvShape,
    Cost,
    Estimate,
    FcShape,
    Layer,
    Measurement,
    Network,
    PredictionError,
    Registry,
    Technology,
    estimate,
    load_registry,
)
from fodlam_core.config import Config, DispatchRule, NetworkConfig
from fodlam_core.plugins import Plugin
from fodlam_core.plugins.registry import build_registry
from fodlam_core.predictors import FittedPredictor, Predictor, levels
from fodlam_core.predictors.linear import Linear
from fodlam_core.predictors.per_mac import PerMac
from fodlam_core.predictors.roofline import Roofline

EXACT = 1 + 1e-9
INSTALLED = load_registry()
sizes = st.integers(1, 4096)
few = st.integers(1, 64)
seconds = st.floats(1e-6, 1.0)


def fc(name: str, inputs: int, outputs: int, rows: int = 1) -> Layer:
    """Return a fully-connected layer."""
    return Layer.from_shape(name, FcShape(inputs, outputs, rows))


@st.composite
def convolutions(draw: st.DrawFn) -> tuple[int, ...]:
    """Sizes of a convolution: channels, pixels of a side, filters, side of a filter."""
    kernel = draw(st.integers(1, 5))
    return draw(few), draw(st.integers(kernel, 64)), draw(few), kernel


def conv(name: str, channels: int, side: int, filters: int, kernel: int) -> Layer:
    """Return a convolution without padding."""
    shape = ConvShape.from_input((channels, side, side), filters, kernel)
    return Layer.from_shape(name, shape)


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """A network of convolutions and fully-connected layers, at least one of each."""
    convs = draw(st.lists(convolutions(), min_size=1, max_size=4))
    products = draw(st.lists(st.tuples(sizes, sizes), min_size=1, max_size=4))
    layers = [conv(f"c{index}", *each) for index, each in enumerate(convs)]
    layers += [fc(f"f{index}", *each) for index, each in enumerate(products)]
    return Network("net", draw(st.permutations(layers)))


@st.composite
def tables(draw: st.DrawFn) -> list[Measurement]:
    """A table of measured layers; some lack latency or energy, never more than all but three."""
    convs = draw(st.lists(convolutions(), min_size=2, max_size=4))
    layers = [conv(f"m{index}", *each) for index, each in enumerate(convs)]
    layers += [
        fc(f"n{index}", *each)
        for index, each in enumerate(
            draw(st.lists(st.tuples(sizes, sizes), min_size=2, max_size=4))
        )
    ]
    rows = []
    for index, layer in enumerate(layers):
        whole = index < 2 or layer.name == "n0"
        half = "both" if whole else draw(st.sampled_from(["both", "latency", "energy"]))
        cost = Cost(
            None if half == "energy" else draw(seconds),
            None if half == "latency" else draw(seconds),
        )
        rows.append(Measurement("measured", layer, draw(st.integers(1, 16)), cost=cost))
    return rows


def chip(name: str, rows: Sequence[Measurement], predictor: Predictor) -> Accelerator:
    """Return a chip with a table."""
    return Accelerator(
        name=name,
        title=name,
        kinds=["conv", "fc"],
        technology=Technology(65),
        citation=Citation("doe", "J. Doe", "@misc{doe}"),
        provenance="measured",
        measurements=rows,
        predictors=[predictor],
    )


def installed(*chips: Accelerator) -> Registry:
    """Return everything that is installed, and chips."""
    return build_registry([*INSTALLED.plugins, Plugin("laws", {"fodlam_accelerators": chips})])


def fitted_to(predictor: Predictor, rows: Sequence[Measurement]) -> FittedPredictor:
    """Return a fitted predictor; too few rows are refused, and say nothing of a law."""
    try:
        return levels.fit(predictor, rows)
    except PredictionError:
        reject()


def cost_of(fitted: FittedPredictor, layer: Layer, batch: int) -> Cost:
    """Return the cost of a batch; where nothing measured tells it, no law is tried."""
    try:
        return levels.predict(fitted, layer, batch)
    except PredictionError:
        reject()


def at_most(smaller: Cost, larger: Cost) -> bool:
    """Tell whether no half of a cost is above that of another, and the same halves are known."""
    pairs = ((smaller.latency_s, larger.latency_s), (smaller.energy_j, larger.energy_j))
    return all(
        (a is None) == (b is None) and (a is None or b is None or a <= b * EXACT) for a, b in pairs
    )


PREDICTORS = (PerMac(), Linear(), Linear(neighbours=False), Roofline(), Roofline(1e12, 1e10))
each_predictor = pytest.mark.parametrize("predictor", PREDICTORS, ids=lambda each: each.name)
MONOTONE = (PerMac(), Linear(neighbours=False), Roofline(), Roofline(1e12, 1e10))


@each_predictor
@settings(max_examples=15)
@given(rows=tables(), size=st.tuples(sizes, sizes), batch=few, more=few, count=few)
def test_more_never_costs_less(
    predictor: Predictor,
    rows: list[Measurement],
    size: tuple[int, int],
    batch: int,
    more: int,
    count: int,
) -> None:
    """At a fixed shape the cost of a batch never falls when batch or rows rise."""
    fitted = fitted_to(predictor, rows)
    less = cost_of(fitted, fc("a", *size, count), batch)

    assert at_most(less, cost_of(fitted, fc("a", *size, count), batch + more))
    assert at_most(less, cost_of(fitted, fc("a", *size, count + more), batch))


@each_predictor
@settings(max_examples=15)
@given(rows=tables(), size=convolutions(), batch=few, times=few)
def test_a_larger_batch_never_costs_more_per_inference(
    predictor: Predictor,
    rows: list[Measurement],
    size: tuple[int, ...],
    batch: int,
    times: int,
) -> None:
    """An inference of a batch k b, k whole, costs at most one of a batch b."""
    layer, fitted = conv("a", *size), fitted_to(predictor, rows)
    one = cost_of(fitted, layer, batch)

    assert at_most(cost_of(fitted, layer, batch * times), one * times)


@pytest.mark.parametrize("predictor", MONOTONE, ids=lambda each: each.name)
@settings(max_examples=15)
@given(rows=tables(), size=convolutions(), axis=st.integers(0, 2), more=few)
def test_a_larger_dimension_never_costs_less(
    predictor: Predictor, rows: list[Measurement], size: tuple[int, ...], axis: int, more: int
) -> None:
    """More channels, pixels or filters of the same form cost no less."""
    larger = list(size)
    larger[axis] += more
    fitted = fitted_to(predictor, rows)
    smaller = cost_of(fitted, conv("a", *size), 1)

    assert at_most(smaller, cost_of(fitted, conv("a", *larger), 1))


def run(
    network: Network, registry: Registry, chip: str, batch: int = 1, *rules: DispatchRule
) -> Estimate:
    """Return what a network costs on a chip, or on several by rules."""
    config = Config(NetworkConfig(batch=batch), dispatch={"conv": chip, "fc": chip}, rules=rules)
    return estimate(config, registry, network)


def halves(result: Estimate) -> tuple[float | None, float | None]:
    """Return latency and energy of the total."""
    total = result.totals["total"]
    return total.latency_s, total.energy_j


@settings(max_examples=25)
@given(
    batches=st.sets(few, min_size=1, max_size=4),
    costs=st.tuples(seconds, seconds),
    batch=few,
    more=few,
)
def test_measured_batches_keep_the_laws(
    batches: set[int], costs: tuple[float, float], batch: int, more: int
) -> None:
    """Between batches that were measured a total does not fall, nor rise for each inference."""
    layer, (once, each) = fc("a", 64, 64), costs
    rows = [
        Measurement("net", layer, size, cost=Cost(once + each * size, once + each * size))
        for size in batches
    ]
    registry = installed(chip("here", rows, PerMac()))
    network = Network("net", [layer], measured_as="net")

    def cost(batch: int) -> Cost:
        total = run(network, registry, "here", batch).totals["total"]
        return Cost(total.latency_s, total.energy_j)

    for size in batches:
        assert cost(size).latency_s == pytest.approx(once + each * size)
    assert at_most(cost(batch), cost(batch + more))
    assert at_most(cost(batch * more), cost(batch) * more)


@pytest.mark.parametrize("predictor", [PerMac(), Roofline()], ids=lambda each: each.name)
@settings(max_examples=10)
@given(network=networks(), rows=tables(), batch=few, data=st.data())
def test_totals(
    predictor: Predictor,
    network: Network,
    rows: list[Measurement],
    batch: int,
    data: st.DataObject,
) -> None:
    """No total is below a part of it; the order of layers, and who runs which, change no sum."""
    registry = installed(chip("here", rows, predictor), chip("there", rows, predictor))
    whole = run(network, registry, "here", batch)
    for each in whole.layers:
        assert (each.latency_s or 0) <= (whole.totals["total"].latency_s or math.inf) * EXACT
        assert (each.energy_j or 0) <= (whole.totals["total"].energy_j or math.inf) * EXACT

    turned = Network("net", data.draw(st.permutations(network.layers)))
    assert halves(run(turned, registry, "here", batch)) == pytest.approx(halves(whole), rel=1e-9)

    moved = data.draw(st.sets(st.sampled_from([each.name for each in network.layers])))
    rules = [DispatchRule("there", match=name) for name in sorted(moved)]
    split = run(network, registry, "here", batch, *rules)
    there = {each.layer.name for each in split.layers if each.accelerator == "there"}
    assert moved == there
    assert halves(split) == pytest.approx(halves(whole), rel=1e-9)
    assert split.totals["total"].latency_s == pytest.approx(
        math.fsum(each.latency_s or 0 for each in split.accelerators.values()), rel=1e-9
    )


@settings(max_examples=10)
@given(network=networks(), rows=tables())
def test_an_unknown_half_is_not_zero(network: Network, rows: list[Measurement]) -> None:
    """A total without any known energy has none, and coverage counts only what is known."""
    fast = [
        Measurement(row.network, row.layer, row.batch, cost=Cost(row.batch_cost.latency_s, None))
        for row in rows
        if row.latency_s is not None
    ]
    registry = installed(chip("timed", fast, PerMac()), chip("full", rows, PerMac()))
    timed = run(network, registry, "timed")
    mixed = run(network, registry, "full", 1, DispatchRule("timed", form="fc"))
    convs = sum(layer.kind == "conv" for layer in network.layers)

    assert timed.totals["total"].energy_j is None
    assert (timed.totals["total"].power_w, timed.coverage.known["energy"].layers) == (None, 0)
    assert mixed.coverage.known["energy"].layers == convs
    assert {each.energy_j for each in mixed.layers if each.layer.kind == "fc"} == {None}


class FittedBroken:
    """Costs that fall when batch, rows or sizes rise, or rise with them more than in proportion."""

    def __init__(self, power: float) -> None:
        self.power = power

    def predict(self, layer: Layer, batch: int) -> Cost:
        """Return a power of the work as seconds and as joules."""
        work = float(layer.macs * batch) ** self.power
        return Cost(work, work)


class Broken:
    """A predictor that breaks a law."""

    name = "broken"
    requires: frozenset[str] = frozenset()

    def __init__(self, power: float) -> None:
        self.power = power

    def fit(self, _rows: object, _references: object, _networks: object) -> FittedBroken:
        """Learn nothing."""
        return FittedBroken(self.power)


ROWS = [Measurement("measured", fc("n0", 64, 64), 1, cost=Cost(1e-3, 1e-3))]


def test_what_breaks_a_law_is_caught() -> None:
    """Each law fails for a predictor that breaks it, and so says something of the others."""
    laws = (
        (test_more_never_costs_less, -1.0, (ROWS, (64, 64), 1, 1, 1)),
        (test_a_larger_batch_never_costs_more_per_inference, 2.0, (ROWS, (3, 9, 8, 3), 1, 2)),
        (test_a_larger_dimension_never_costs_less, -1.0, (ROWS, (3, 9, 8, 3), 0, 1)),
    )
    for law, power, values in laws:
        inner = law.hypothesis.inner_test  # type: ignore[attr-defined]
        inner(Broken(1.0), *values)
        with pytest.raises(AssertionError):
            inner(Broken(power), *values)


def test_a_half_that_comes_or_goes_breaks_a_law() -> None:
    """A half that is known of one and not of the other is no smaller cost."""
    both, latency = Cost(1.0, 1.0), Cost(1.0, None)
    assert at_most(latency, latency)
    assert not at_most(both, latency)
    assert not at_most(latency, both)


@pytest.mark.parametrize(
    ("chip", "predictor"),
    [
        (chip, predictor.name)
        for chip in ("eyeriss", "eie")
        for predictor in INSTALLED.accelerator(chip).predictors
    ],
)
@settings(max_examples=15)
@given(size=convolutions(), products=st.tuples(sizes, sizes), batch=few, times=few)
def test_installed_chips_keep_the_laws_of_batches(
    chip: str,
    predictor: str,
    size: tuple[int, ...],
    products: tuple[int, int],
    batch: int,
    times: int,
) -> None:
    """Of every predictor of ours a larger batch costs no less, and no more per inference."""
    layer = conv("a", *size) if chip == "eyeriss" else fc("a", *products)
    layer = attrs.evolve(layer, weight_density=0.1, activation_density=0.3)
    found = INSTALLED.accelerator(chip).predictor(predictor)
    fitted = fitted_to(found, INSTALLED.accelerator(chip).calibration(layer.kind))
    one = cost_of(fitted, layer, batch)
    more = cost_of(fitted, layer, batch * times)

    assert at_most(one, more)
    assert at_most(more, one * times)
