"""A plugin with one fault each: the checks find every one, and nothing in the one without."""

from __future__ import annotations

import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest

from fodlam_core import (
    Accelerator,
    Citation,
    ConvShape,
    Cost,
    FcShape,
    Layer,
    LayerKind,
    Measurement,
    Network,
    NetworkError,
    PredictionError,
    ScalingError,
    ScalingFactors,
    Technology,
    hookimpl,
)
from fodlam_core.model.whole_network import Reference
from fodlam_core.networks.reader import ReadOptions
from fodlam_core.networks.zoo import zoo_network
from fodlam_core.testing import check_plugin

PEAK = 1e11
EFFICIENCY = 0.4
J_PER_MAC = 4e-12


@attrs.frozen
class Formula:
    """A predictor of a chip with 100 GMAC/s, with a fault if so told."""

    cost: Callable[[Layer], Cost] | None = None
    name: str = "formula"
    requires: frozenset[str] = frozenset()

    def fit(self, measurements: object) -> Formula:
        """Return itself."""
        return self

    def predict(self, layer: Layer) -> Cost:
        """Return the cost of one run."""
        return self.cost(layer) if self.cost else right(layer)


def right(layer: Layer) -> Cost:
    """Return what the layer costs."""
    return cost_of(layer.macs)


def cost_of(macs: float) -> Cost:
    """Return what so many MACs cost."""
    return Cost(macs / (PEAK * EFFICIENCY), macs * J_PER_MAC)


def times_repeat(layer: Layer) -> Cost:
    """Multiply by what the core multiplies by."""
    return cost_of(layer.total_macs)


def the_same(layer: Layer) -> Cost:
    """Return one cost for all."""
    return cost_of(10**8)


def ungrouped(layer: Layer) -> Cost:
    """Compute the MACs anew, and forget the groups."""
    if isinstance(layer.shape, ConvShape):
        return cost_of(layer.macs * layer.shape.groups)
    return right(layer)


def grouped_twice(layer: Layer) -> Cost:
    """Divide by the groups, which the MACs are already."""
    if isinstance(layer.shape, ConvShape):
        return cost_of(layer.macs / layer.shape.groups)
    return right(layer)


def _crash_if(wrong: Callable[[ConvShape], bool]) -> Callable[[Layer], Cost]:
    def cost(layer: Layer) -> Cost:
        if isinstance(layer.shape, ConvShape) and wrong(layer.shape):
            raise IndexError("tuple index out of range")
        return right(layer)

    return cost


def row_by_row(layer: Layer) -> Cost:
    """Return the cost of one row, as if rows were repeats."""
    rows = layer.shape.rows if isinstance(layer.shape, FcShape) else 1
    return cost_of(layer.macs / rows)


def rows_twice(layer: Layer) -> Cost:
    """Multiply by the rows, which the MACs have already."""
    rows = layer.shape.rows if isinstance(layer.shape, FcShape) else 1
    return cost_of(layer.macs * rows)


def in_ms(layer: Layer) -> Cost:
    """Return milliseconds."""
    return Cost(right(layer).latency_s * 1e3, right(layer).energy_j)


def too_fast(layer: Layer) -> Cost:
    """Do more than the peak."""
    return Cost(layer.macs / (2 * PEAK), layer.macs * J_PER_MAC)


def moody(layer: Layer) -> Cost:
    """Refuse without a reason."""
    raise PredictionError("")


@attrs.frozen
class Options:
    """Options."""

    clock_share: float = 1.0


def apply(accelerator: Accelerator, options: Options) -> Accelerator:
    """Run the clock at a share of its rate."""
    assert accelerator.clock_hz is not None
    return attrs.evolve(accelerator, clock_hz=accelerator.clock_hz * options.clock_share)


def ignore(accelerator: Accelerator, options: Options) -> Accelerator:
    """Do nothing."""
    return accelerator


def halve(accelerator: Accelerator, options: Options) -> Accelerator:
    """Change the chip even where the option has its default."""
    return attrs.evolve(apply(accelerator, options), precision=f"{16 * options.clock_share} bits")


FC6 = next(layer for layer in zoo_network("AlexNet").layers if layer.name == "FC6")
ROW = Measurement("AlexNet", FC6, 1, right(FC6).latency_s, J_PER_MAC * PEAK * EFFICIENCY)
CHIP = Accelerator(
    name="mychip",
    title="MyChip",
    kinds=["conv", "fc", "pool"],
    technology=Technology(28, 0.9),
    citation=Citation("doe", "J. Doe", "@misc{doe}"),
    provenance="measured",
    measurements=[ROW],
    references=[Reference("VGG16", 1, 0.5)],
    predictors=[Formula()],
    clock_hz=5e8,
    peak_macs_per_s=PEAK,
    options=Options,
    apply_options=apply,
)


def chip(**changes: Any) -> dict[str, Any]:
    """Return a plugin whose chip has something changed."""
    return {"chips": [attrs.evolve(CHIP, **changes)]}


def priced(cost: Callable[[Layer], Cost]) -> dict[str, Any]:
    """Return a plugin whose chip predicts otherwise."""
    return chip(predictors=[Formula(cost)])


@attrs.frozen
class Rule:
    """A rule with a fault if so told."""

    name: str = "linear"
    uses: Any = ("node_nm",)
    wrong: Callable[[Technology, Technology], ScalingFactors] | None = None

    def factors(self, source: Technology, target: Technology) -> ScalingFactors:
        """Return the ratio of the nodes."""
        if self.wrong:
            return self.wrong(source, target)
        ratio = target.node_nm / source.node_nm
        return ScalingFactors(ratio, ratio)


def upside_down(source: Technology, target: Technology) -> ScalingFactors:
    """Take source for target."""
    return Rule().factors(target, source)


TABLE = {180: 9.0, 130: 7.0, 90: 5.0, 65: 4.0, 45: 3.0, 28: 2.0, 14: 1.5, 7: 1.0}


def nearest_node(source: Technology, target: Technology) -> ScalingFactors:
    """Take the nearest node of a table."""
    one, other = (
        TABLE[min(TABLE, key=lambda node: abs(node - each.node_nm))] for each in (source, target)
    )
    return ScalingFactors(other / one, other / one)


def by_voltage(source: Technology, target: Technology) -> ScalingFactors:
    """Use a voltage that ``uses`` does not name."""
    if source.vdd is None or target.vdd is None:
        raise ScalingError("no voltage")
    ratio = target.node_nm / source.node_nm
    return ScalingFactors(ratio, ratio * (target.vdd / source.vdd) ** 2)


class Lines:
    """A reader with a fault if so told."""

    name = "lines"

    def __init__(self, *wrong: str) -> None:
        self.wrong = wrong
        self.suffixes = (".lines", ".toml") if "claims" in wrong else (".lines",)

    def accepts(self, head: bytes) -> bool:
        """Accept what begins with a word."""
        return "claims" in self.wrong or head.startswith(b"lines")

    def read(self, path: Path, options: ReadOptions) -> Network:
        """Read a layer from each line."""
        if "writes" in self.wrong:
            Path(f"{path}.cache").write_text("once")
        if options != ReadOptions() and "ignores" not in self.wrong:
            raise NetworkError(f"{path}: the format has neither input nor regions")
        try:
            _, *rows = path.read_text().splitlines()
            return Network("a", [Layer(row, "fc", 1000) for row in rows])
        except ValueError as error:
            raise NetworkError(f"{path}: {error}") from error


POOL = LayerKind("pool", "pooling")
LINES = Lines()


def plugin(
    chips: Any = (CHIP,), kinds: Any = (POOL,), rules: Any = (Rule(),), readers: Any = (LINES,)
) -> types.ModuleType:
    """Return a plugin that supplies these."""
    module = types.ModuleType("mine")

    @hookimpl
    def fodlam_accelerators() -> Any:
        return chips

    @hookimpl
    def fodlam_layer_kinds() -> Any:
        return kinds

    @hookimpl
    def fodlam_technology_scalers() -> Any:
        return rules

    @hookimpl
    def fodlam_network_readers() -> Any:
        return readers

    for hook in (
        fodlam_accelerators,
        fodlam_layer_kinds,
        fodlam_technology_scalers,
        fodlam_network_readers,
    ):
        setattr(module, hook.__name__, hook)
    return module


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A file for the reader."""
    path = tmp_path / "net.lines"
    path.write_text("lines\na\nb\n")
    return path


def test_the_plugin_without_a_fault_passes(sample: Path) -> None:
    """What the plugins below are made from has no fault."""
    check_plugin(plugin(), files=[sample])


FAULTS: dict[str, tuple[dict[str, Any], str, str]] = {
    "cost multiplied by repeat": (
        priced(times_repeat),
        "check_repeat_is_left_to_the_core",
        "the core multiplies",
    ),
    "the same cost for every layer": (priced(the_same), "check_costs_grow", "the same cost"),
    "wrong with groups": (priced(ungrouped), "check_groups", "costs 1 times as"),
    "divided by the groups twice": (
        priced(grouped_twice),
        "check_groups",
        "a depthwise convolution of",
    ),
    "crash on depthwise layers": (
        priced(_crash_if(lambda shape: shape.groups == shape.in_channels)),
        "check_unusual_layers",
        "a depthwise convolution: IndexError",
    ),
    "crash on dilated layers": (
        priced(_crash_if(lambda shape: shape.dilation != (1, 1))),
        "check_unusual_layers",
        "a dilated convolution: IndexError",
    ),
    "crash on transposed layers": (
        priced(_crash_if(lambda shape: shape.transposed)),
        "check_unusual_layers",
        "a transposed convolution: IndexError",
    ),
    "refusal without a reason": (priced(moody), "check_unusual_layers", "without a reason"),
    "options without effect": (
        chip(apply_options=ignore),
        "check_options_have_an_effect",
        "option clock_share changes nothing",
    ),
    "defaults that change the chip": (
        chip(apply_options=halve),
        "check_default_options",
        "the default options change the chip",
    ),
    "a kind nobody has": (
        chip(kinds=["conv", "fc", "pol"]),
        "check_kinds_are_known",
        "did you mean 'pool'",
    ),
    "a kind misspelt": (chip(kinds=["fc", "covn"]), "check_serves_kinds", "did you mean 'conv'"),
    "a built-in name taken": (
        chip(name="eyeriss"),
        "check_names_are_free",
        "accelerator 'eyeriss'",
    ),
    "a built-in alias taken": (
        {"rules": [Rule(name="stillmaker")]},
        "check_names_are_free",
        "rule 'stillmaker'",
    ),
    "default_for a built-in kind": (
        chip(default_for=["conv"]),
        "check_defaults_are_free",
        "default_for conv",
    ),
    "a rule the wrong way round": (
        {"rules": [Rule(wrong=upside_down)]},
        "check_direction",
        "factor is above 1",
    ),
    "the nearest node instead of a refusal": (
        {"rules": [Rule(wrong=nearest_node)]},
        "check_unknown_nodes",
        "interpolate, or raise",
    ),
    "uses lacks an input": (
        {"rules": [Rule(wrong=by_voltage)]},
        "check_uses",
        "vdd makes a difference",
    ),
    "a reader that ignores options": (
        {"readers": [Lines("ignores")]},
        "check_reader_heeds_options",
        "input = (3, 321, 123) changes nothing",
    ),
    "a reader that writes files": (
        {"readers": [Lines("writes")]},
        "check_reader_only_reads",
        "a reader only reads",
    ),
    "a reader that claims everything": (
        {"readers": [Lines("claims")]},
        "check_reader_leaves_other_formats",
        "a .toml file of another format",
    ),
    "MACs that differ from the zoo": (
        chip(measurements=[attrs.evolve(ROW, layer=Layer("FC6", "fc", FC6.macs * 2))]),
        "check_networks",
        f"AlexNet FC6 has {FC6.macs} MACs",
    ),
    "a network misspelt": (
        chip(measurements=[attrs.evolve(ROW, network="Alex-net")]),
        "check_networks",
        "is spelt 'AlexNet' elsewhere",
    ),
    "the network of a reference misspelt": (
        chip(references=[Reference("VGG-16", 1, 0.5)]),
        "check_networks",
        "is spelt 'VGG16' elsewhere",
    ),
    "what cannot be pickled": (
        chip(apply_options=lambda accelerator, options: apply(accelerator, options)),  # noqa: PLW0108  # the planted fault
        "check_picklable",
        "no lambdas",
    ),
    "ms taken as s, predicted": (
        {"chips": [attrs.evolve(CHIP, predictors=[Formula(in_ms)], measurements=[])]},
        "check_scale_of_units",
        "give seconds, not milliseconds",
    ),
    "ms taken as s, measured": (
        chip(
            predictors=[],
            measurements=[attrs.evolve(ROW, latency_s=ROW.latency_s * 1e3, energy_j=ROW.energy_j)],
        ),
        "check_scale_of_units",
        "give seconds, not milliseconds",
    ),
    "ms taken as s, unlike the measurements": (
        chip(predictors=[Formula(in_ms)], peak_macs_per_s=None, clock_hz=None),
        "check_fits_its_measurements",
        "times what was measured",
    ),
    "above its own peak": (priced(too_fast), "check_below_its_peak", "are above peak_macs_per_s"),
    "a measurement above its own peak": (
        chip(measurements=[attrs.evolve(ROW, latency_s=ROW.latency_s / 5, energy_j=ROW.energy_j)]),
        "check_below_its_peak",
        "measurement AlexNet FC6",
    ),
    "same-named things in one plugin": (
        {"chips": [CHIP, attrs.evolve(CHIP, title="Another")]},
        "the plugin does not load",
        "two things by the name of accelerator 'mychip'",
    ),
    "rows priced as repeat": (priced(row_by_row), "check_rows", "same cost for 1 row and for 64"),
    "rows priced twice": (priced(rows_twice), "check_rows", "are those of all its rows already"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_found(fault: str, sample: Path) -> None:
    """The check for it fails, and says what is wrong."""
    wrong, check, text = FAULTS[fault]

    with pytest.raises(AssertionError) as caught:
        check_plugin(plugin(**wrong), files=[sample])

    found = [line for line in str(caught.value).splitlines() if line.strip().startswith(check)]
    assert any(text in line for line in found), str(caught.value)
