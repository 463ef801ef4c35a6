"""The border to the plugins."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import attrs
import pytest

from fodlam_core import (
    Accelerator,
    Citation,
    Config,
    Cost,
    Layer,
    LayerError,
    Measurement,
    Network,
    NetworkConfig,
    NetworkError,
    PluginError,
    PredictionError,
    Registry,
    ScalingFactors,
    Technology,
    prepare,
)
from fodlam_core.config import AcceleratorConfig
from fodlam_core.networks.reader import ReadOptions
from fodlam_core.plugins import Plugin
from fodlam_core.plugins.guards import ask, guarded, guarded_accelerator
from fodlam_core.scaling.identity import NoScaling

PLUGIN = Plugin("own", source="own.py")
LAYER = Layer("CONV1", "conv", 100)


class Formula(NamedTuple):
    """A predictor that does as it is told."""

    tell: Callable[[Layer], Any]
    name: str = "formula"
    requires: frozenset[str] = frozenset()
    extra: str = "own"

    def fit(self, measurements: object) -> Formula:
        """Return itself."""
        return self

    def predict(self, layer: Layer) -> Any:
        """Return what it is told."""
        return self.tell(layer)


def chip(**changes: Any) -> Accelerator:
    """Return an accelerator."""
    fields: dict[str, Any] = {
        "name": "mychip",
        "title": "MyChip",
        "kinds": ["conv"],
        "technology": Technology(65),
        "citation": Citation("doe", "J. Doe", "@misc{doe}"),
        "provenance": "projected",
    }
    return Accelerator(**{**fields, **changes})


def predicted(tell: Callable[[Layer], Any], layer: Layer = LAYER) -> Cost:
    """Return what a guarded predictor says."""
    accelerator = guarded_accelerator(chip(predictors=[Formula(tell)]), PLUGIN)
    return accelerator.predictor().fit([]).predict(layer)


def test_prepared_networks_can_be_pickled(registry: Registry) -> None:
    """What is prepared can go to another process, options and guards included."""
    config = Config(
        NetworkConfig("AlexNet", method="predicted"),
        accelerator={"eyeriss": AcceleratorConfig(options={"latency": "processing"})},
    )
    composer = prepare(config, registry)
    copy = pickle.loads(pickle.dumps(composer))

    assert copy.estimate().to_rows() == composer.estimate().to_rows()
    assert len(pickle.dumps(composer.platforms["eie"])) < 20_000
    rule = guarded(NoScaling(), PLUGIN)
    assert pickle.loads(pickle.dumps(rule)).name == rule.name


def test_a_good_answer_passes() -> None:
    """A cost comes through as it is, and so does what the core knows nothing of."""
    accelerator = guarded_accelerator(chip(predictors=[Formula(lambda _: Cost(1, 2))]), PLUGIN)

    assert predicted(lambda _: Cost(1.0, 2.0)) == Cost(1.0, 2.0)
    assert accelerator.predictor().extra == "own"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "cost",
    [
        lambda: Cost(0.0, 1.0),
        lambda: Cost(1.0, 0.0),
        lambda: Cost(0.0, None),
        lambda: Cost(None, 0.0),
        lambda: Cost(None, None),
        lambda: Cost(float("nan"), 1.0),
        lambda: Cost(1.0, float("inf")),
        lambda: Cost("1", 1.0),  # type: ignore[arg-type]
        lambda: Cost(1.0, 1.0, 2.0),
        lambda: Cost(1.0, 1.0, -1.0),
        lambda: Cost(True, 1.0),
        lambda: None,
        lambda: (1.0, 1.0),
    ],
)
def test_an_impossible_cost_names_plugin_and_layer(cost: Any) -> None:
    """A number that is not positive and finite, or no cost at all, is the plugin's mistake."""
    with pytest.raises(PluginError) as caught:
        predicted(lambda _: cost())
    text = str(caught.value)

    assert "plugin 'own' (own.py unpackaged)" in text
    assert "formula of mychip for layer 'CONV1'" in text


@pytest.mark.parametrize("error", [ValueError("x"), SystemExit(2), GeneratorExit()])
def test_an_exception_names_plugin_and_layer(error: BaseException) -> None:
    """Any exception becomes an error that keeps the cause for ``--debug``."""

    def fail(layer: Layer) -> Cost:
        raise error

    with pytest.raises(PluginError, match="layer 'CONV1' failed: .*--debug") as caught:
        predicted(fail)
    assert caught.value.__cause__ is error


def test_a_refusal_passes() -> None:
    """A `FodlamError` of a plugin is its answer; it is told whose."""

    def refuse(layer: Layer) -> Cost:
        raise PredictionError("no shape")

    with pytest.raises(PredictionError, match=r"^no shape \(.* on layer "):
        predicted(refuse)


def test_ctrl_c_passes() -> None:
    """The user can stop a plugin."""

    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ask(PLUGIN, "waiting", stop)


def test_macs_stay() -> None:
    """A predictor that changes the layer is found out."""

    def change(layer: Layer) -> Cost:
        object.__setattr__(layer, "macs", 1)
        return Cost(1.0, 1.0)

    with pytest.raises(PluginError, match="the MACs after .* is 1; 100 was expected"):
        predicted(change, Layer("a", "conv", 100))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", None),
        ("technology", 65),
        ("citation", "J. Doe"),
        ("notes", [3]),
        ("measurements", [3]),
        ("references", [3]),
        ("clock_hz", -1.0),
        ("area_mm2", "large"),
    ],
)
def test_wrong_fields_are_named(field: str, value: Any) -> None:
    """An accelerator is not made with a field that is not what it has to be."""
    with pytest.raises(PluginError, match=f"mychip: {field} is .*; give a"):
        chip(**{field: value})


@attrs.frozen
class Options:
    """No options."""


def configured(apply: Callable[..., Any]) -> Accelerator:
    """Return an accelerator with one row, its options applied."""
    row = Measurement("Net", LAYER, 1, 1.0, 1.0)
    accelerator = chip(options=Options, apply_options=apply, measurements=[row])
    return guarded_accelerator(accelerator, PLUGIN).configure(Options())


def test_options_are_guarded() -> None:
    """Options get the plugin's own predictors, may leave rows out, but change no MACs."""

    def change(accelerator: Accelerator, options: Options) -> Accelerator:
        row = Measurement("Net", Layer("CONV1", "conv", 5), 1, 1.0, 1.0)
        return attrs.evolve(accelerator, measurements=[row])

    def own(accelerator: Accelerator, options: Options) -> Accelerator:
        assert accelerator.predictors == (formula,)
        return accelerator

    formula = Formula(lambda _: None)
    given = chip(options=Options, apply_options=own, predictors=[formula])
    with pytest.raises(PluginError, match="is None; a Cost was expected"):
        guarded_accelerator(given, PLUGIN).configure(Options()).predictor().fit([]).predict(LAYER)
    fewer = configured(lambda accelerator, _: attrs.evolve(accelerator, measurements=[]))
    assert fewer.measurements == ()
    with pytest.raises(PluginError, match="the MACs after applying the options of mychip"):
        configured(change)
    with pytest.raises(PluginError, match="applying the options of mychip is None"):
        configured(lambda accelerator, options: None)
    with pytest.raises(PluginError, match="ZeroDivisionError"):
        configured(lambda accelerator, options: 1 / 0)


class Rule:
    """A rule that does as it is told."""

    name = "own"
    options = Options

    def __init__(self, tell: Callable[[], Any]) -> None:
        self.tell = tell

    def factors(self, source: Technology, target: Technology) -> Any:
        """Return what it is told."""
        return self.tell()

    def configure(self, options: Options) -> Rule:
        """Return another rule."""
        return Rule(lambda: ScalingFactors(3.0, 3.0))


def test_rules_are_guarded() -> None:
    """Factors have to be factors, also of a configured rule; the core's own rules are let be."""
    here, there = Technology(65), Technology(28)
    rule = guarded(Rule(lambda: 2), PLUGIN)

    assert rule.options is Options
    assert rule.configure(Options()).factors(here, there).time == 3.0
    with pytest.raises(PluginError, match="the rule 'own' from 65 nm to 28 nm is 2"):
        rule.factors(here, there)
    with pytest.raises(PluginError, match="the rule 'own' .* failed: ZeroDivisionError"):
        guarded(Rule(lambda: 1 / 0), PLUGIN).factors(here, there)
    assert isinstance(guarded(Rule(lambda: 2), Plugin("fodlam_core")), Rule)


class Reader:
    """A reader that does as it is told."""

    name = "own"
    suffixes = (".own",)

    def __init__(self, tell: Callable[[], Any]) -> None:
        self.tell = tell

    def accepts(self, head: bytes) -> Any:
        """Return what it is told."""
        return self.tell()

    def read(self, path: Path, options: ReadOptions) -> Any:
        """Return what it is told."""
        return self.tell()


def raising(error: BaseException) -> Callable[[], Any]:
    """Return a function that raises."""

    def fail() -> Any:
        raise error

    return fail


def read(tell: Callable[[], Any]) -> Network:
    """Read with a guarded reader."""
    network: Network = guarded(Reader(tell), PLUGIN).read(Path("a.own"), ReadOptions())
    return network


def test_readers_are_guarded() -> None:
    """What is read has to be a network of layers."""
    network = Network("a", [LAYER])

    assert read(lambda: network) is network
    with pytest.raises(PluginError, match="the reader 'own' on a.own is 3"):
        read(lambda: 3)
    with pytest.raises(PluginError, match="the reader 'own' on a.own failed: KeyError"):
        read(raising(KeyError("x")))
    with pytest.raises(PluginError, match="passed over if .*format is written.* failed: KeyError"):
        guarded(Reader(raising(KeyError("x"))), PLUGIN).accepts(b"")


@pytest.mark.parametrize(
    "error",
    [
        OSError(2, "No such file"),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"),
        RecursionError(),
        NetworkError("a.own:1: no"),
        LayerError("macs"),
    ],
)
def test_what_is_wrong_with_the_file_is_no_mistake_of_the_reader(error: Exception) -> None:
    """A file that cannot be opened or is not text raises what the core knows to tell."""
    with pytest.raises(type(error)) as caught:
        read(raising(error))
    assert caught.value is error
