"""The composer: dispatch, look up or predict, scale, total."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodlam_core import (
    Accelerator,
    Citation,
    Config,
    ConfigError,
    FcShape,
    Layer,
    Measurement,
    Network,
    NetworkConfig,
    Registry,
    Technology,
    TechnologyConfig,
    estimate,
    load_config,
    prepare,
)
from fodlam_core.config import AcceleratorConfig, PointConfig
from fodlam_core.networks.zoo import zoo_network
from fodlam_core.plugins import Plugin
from fodlam_core.plugins.registry import build_registry
from fodlam_core.predictors.per_mac import PerMac

AT_65 = TechnologyConfig(node_nm=65, scaler="dennard")

NAMES = [layer.name for layer in zoo_network("VGG16").layers]
VGG16 = Config(NetworkConfig("VGG16"), AT_65)


def chip(name: str, kind: str = "fc", **changes: Any) -> Accelerator:
    """Return an accelerator that measured one layer of 10 MACs in 1 s at 2 W."""
    row = Measurement("Net", Layer("a", kind, 10), 1, 1.0, 2.0)
    accelerator = Accelerator(
        name,
        name,
        [kind],
        Technology(65),
        Citation(name, name, f"@misc{{{name}}}"),
        "measured",
        [row],
        [PerMac()],
    )
    return attrs.evolve(accelerator, **changes)


def extended(registry: Registry, *accelerators: Accelerator, **broken: str) -> Registry:
    """Return the registry with more accelerators, and with broken plugins."""
    plugin = Plugin("more", {"fodlam_accelerators": accelerators})
    unusable = [Plugin(name, problem=problem) for name, problem in broken.items()]
    return build_registry([*registry.plugins, plugin, *unusable])


def test_per_image_by_default(registry: Registry) -> None:
    """Every published cost is divided by its measured batch, and the total has one batch."""
    result = estimate(VGG16, registry)

    assert 4.3094 / 3 == pytest.approx(result.totals["conv"].latency_s, rel=1e-12)
    assert 1.0162585 / 3 == pytest.approx(result.totals["conv"].energy_j, rel=1e-12)
    assert 1 == result.totals["total"].inferences
    assert {"published"} == {each.method for each in result.layers}


@given(
    left=st.lists(st.sampled_from(NAMES), min_size=1, max_size=20),
    right=st.lists(st.sampled_from(NAMES), min_size=1, max_size=20),
    batch=st.sampled_from([1, 7, "published"]),
    method=st.sampled_from(["published", "predicted"]),
)
def test_additive(
    registry: Registry, left: list[str], right: list[str], batch: Any, method: Any
) -> None:
    """The cost of two lists of layers together is the sum of their costs."""

    def total(names: list[str]) -> Any:
        network = NetworkConfig("VGG16", layers=tuple(names), batch=batch, method=method)
        per_mac = {name: AcceleratorConfig("per-mac") for name in ("eyeriss", "eie")}
        return (
            prepare(
                Config(network, AT_65, accelerator=per_mac),
                registry,
            )
            .estimate()
            .totals["total"]
        )

    one, two, both = total(left), total(right), total(left + right)
    assert one.latency_s + two.latency_s == pytest.approx(both.latency_s, rel=1e-12)
    assert one.energy_j + two.energy_j == pytest.approx(both.energy_j, rel=1e-12)
    assert (one.macs + two.macs, one.layers + two.layers) == (both.macs, both.layers)


@given(batch=st.integers(1, 10**6), names=st.lists(st.sampled_from(NAMES), min_size=1))
def test_linear_in_the_batch(registry: Registry, batch: int, names: list[str]) -> None:
    """A batch costs as many times one inference, in every layer and every total."""
    composer = prepare(
        Config(
            NetworkConfig("VGG16", layers=tuple(names)),
            AT_65,
        ),
        registry,
    )

    one, many = composer.estimate(), composer.estimate(batch)

    for single, batched in zip(one.layers, many.layers, strict=True):
        assert single.latency_s is not None
        assert single.energy_j is not None
        assert batch * single.latency_s == pytest.approx(batched.latency_s, rel=1e-12)
        assert batch * single.energy_j == pytest.approx(batched.energy_j, rel=1e-12)
        assert single.power_w == pytest.approx(batched.power_w, rel=1e-12)
    assert one.totals["total"].inferences_per_s == pytest.approx(
        many.totals["total"].inferences_per_s, rel=1e-12
    )


def test_repeat_multiplies(registry: Registry) -> None:
    """A layer that runs 300 times costs 300 times as much."""
    shape = FcShape(100, 10)
    per_mac = {"eie": AcceleratorConfig("per-mac")}
    config = Config(NetworkConfig(file="x"), AT_65, accelerator=per_mac)

    once, often = (
        estimate(config, registry, Network("n", [Layer.from_shape("f", shape, repeat=repeat)]))
        for repeat in (1, 300)
    )

    assert once.layers[0].latency_s is not None
    assert 300 * once.layers[0].latency_s == pytest.approx(often.layers[0].latency_s)
    assert (1000, 300_000) == (once.totals["fc"].macs, often.totals["fc"].macs)


def test_unserved_kinds_are_not_modelled(registry: Registry) -> None:
    """A layer that nobody serves costs None, is told apart, and is missing from no count."""
    layers = [Layer("f", "fc", 10), Layer("qk", "matmul", 30)]
    config = Config(
        NetworkConfig(file="x"),
        AT_65,
        accelerator={"eie": AcceleratorConfig("per-mac")},
    )

    result = estimate(config, registry, Network("n", layers))

    assert (None, None, "not modelled") == (
        result.layers[1].latency_s,
        result.layers[1].energy_j,
        result.layers[1].method,
    )
    assert result.totals["matmul"].latency_s is None
    assert 40 == result.totals["total"].macs
    assert result.totals["fc"].latency_s == result.totals["total"].latency_s
    assert 0.75 == result.coverage.share("not modelled")
    assert any("not modelled" in note for note in result.notes)
    assert result.totals["total"].gmacs_per_s == result.totals["fc"].gmacs_per_s


def test_unserved_layers_cannot_be_asked_for(registry: Registry) -> None:
    """A layer that is asked for by name and that nobody serves is an error."""
    config = Config(NetworkConfig(file="x", layers=("qk",)), AT_65)

    with pytest.raises(ConfigError, match="no installed accelerator serves 'qk', which is of kind"):
        estimate(config, registry, Network("n", [Layer("qk", "matmul", 30)]))


def test_nothing_installed() -> None:
    """Without accelerators the message says what to install."""
    with pytest.raises(ConfigError, match="source checkout has to be installed, run: pip install"):
        estimate(VGG16, build_registry([]))
    blocked = build_registry([Plugin("eie", blocked="FODLAM_BLOCK_PLUGINS")])
    with pytest.raises(ConfigError, match="can be used: plugin 'eie' .* is blocked by"):
        estimate(VGG16, blocked)


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"dispatch": {"fc": "eyeriss"}}, r"\[dispatch\] fc: eyeriss does not serve 'fc'"),
        ({"dispatch": {"matmul": "nope"}}, r"\[dispatch\] matmul: unknown accelerator 'nope'"),
        ({"accelerator": {"eie": AcceleratorConfig("permac")}}, "did you mean 'per-mac'"),
    ],
)
def test_names_are_checked_in_code_too(
    registry: Registry, settings: dict[str, Any], text: str
) -> None:
    """A configuration that is built in code is checked as one from a file, needed or not."""
    with pytest.raises(ConfigError, match=text):
        estimate(Config(NetworkConfig("VGG16"), **settings), registry)


def test_a_network_is_a_network(registry: Registry) -> None:
    """The name of a network in the place of a network is an error that says where it goes."""
    with pytest.raises(ConfigError, match=r"expected a Network, got 'VGG16'.*\[network\]"):
        estimate(None, registry, "VGG16")  # type: ignore[arg-type]


def test_a_file_can_be_prepared(registry: Registry, examples: Path) -> None:
    """A composer is prepared from a file as an estimate is made from one."""
    path = examples / "vgg16-per-image.toml"
    assert prepare(path, registry).estimate().to_rows() == estimate(path, registry).to_rows()


def test_published_means_published(registry: Registry) -> None:
    """Under ``method = "published"`` every layer that was not measured is named."""
    network = NetworkConfig("VGG_CNN_M", layers=("conv1", "fc6"), method="published")

    with pytest.raises(ConfigError) as error:
        estimate(Config(network, AT_65), registry)

    assert 2 == len(error.value.problems)
    assert "conv1 of VGG_CNN_M was not measured on eyeriss (measured: AlexNet, VGG16)" in str(
        error.value
    )


def test_published_only_where_macs_agree(registry: Registry) -> None:
    """A row answers for a layer only if its MACs and its kind agree; otherwise it is predicted."""
    per_mac = {name: AcceleratorConfig("per-mac") for name in ("eyeriss", "eie")}
    config = Config(NetworkConfig(), AT_65, accelerator=per_mac)
    layers = [Layer("CONV1-1", "conv", 86_704_128), Layer("CONV1-2", "conv", 5)]

    result = estimate(config, registry, Network("x", layers, measured_as="VGG16"))

    assert ["published", "predicted"] == [each.method for each in result.layers]


def test_rates(registry: Registry) -> None:
    """Rates count the work of the whole batch: MACs, inferences and joules of all of it."""
    total = prepare(VGG16, registry).estimate(7).totals["conv"]

    assert total.latency_s is not None
    assert total.energy_j is not None
    assert 7 * total.macs / total.latency_s / 1e9 == pytest.approx(total.gmacs_per_s)
    assert 7 * total.macs / total.energy_j / 1e9 == pytest.approx(total.gmacs_per_s_per_w)
    assert 7 / total.latency_s == pytest.approx(total.inferences_per_s)


def test_rates_as_printed(registry: Registry) -> None:
    """As printed, rates count the batch of each kind; the total of mixed batches has no rate."""
    result = estimate(
        Config(
            NetworkConfig("VGG16", batch="published"),
            AT_65,
        ),
        registry,
    )

    conv, total = result.totals["conv"], result.totals["total"]
    assert conv.latency_s is not None
    assert 3 * conv.macs / conv.latency_s / 1e9 == pytest.approx(conv.gmacs_per_s)
    assert 3 == conv.inferences
    assert total.inferences_per_s is None
    assert total.latency_s is not None
    done = 3 * conv.macs + result.totals["fc"].macs
    assert done / total.latency_s / 1e9 == pytest.approx(total.gmacs_per_s)


@pytest.mark.parametrize("batch", [0, -1, 1.5, True, "published"])
def test_a_batch_is_a_positive_whole_number(batch: Any, registry: Registry) -> None:
    """Anything else is refused."""
    with pytest.raises(ConfigError, match="batch"):
        prepare(VGG16, registry).estimate(batch)


def test_a_network_without_layers(registry: Registry) -> None:
    """A network that costs nothing is a mistake, not a total of zero."""
    with pytest.raises(ConfigError, match="nothing has no layer that costs MACs"):
        estimate(
            Config(NetworkConfig(), AT_65),
            registry,
            Network("nothing", []),
        )


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (
            Config(
                NetworkConfig("VGG16"),
                AT_65,
                dispatch={"cnv": "eie"},
            ),
            "unknown layer kind 'cnv'",
        ),
        (
            Config(
                NetworkConfig("VGG16"),
                AT_65,
                accelerator={"eyeris": AcceleratorConfig()},
            ),
            "unknown accelerator 'eyeris'; did you mean 'eyeriss'",
        ),
        (
            Config(NetworkConfig(), AT_65),
            "give a name, a file, or a Network in code",
        ),
    ],
)
def test_names_in_code(config: Config, message: str, registry: Registry) -> None:
    """A name in a configuration built in code is checked as one in a file is."""
    with pytest.raises(ConfigError, match=message):
        estimate(config, registry)


def test_neuraltalk_answers_look_ups(registry: Registry) -> None:
    """A row that enters no average still answers for its own layer."""
    result = estimate(
        Config(NetworkConfig("NeuralTalk"), AT_65),
        registry,
    )

    us = [8.0, 13.9, 7.5]
    assert [1e-6 * time * 65 / 45 for time in us] == pytest.approx(
        [each.latency_s for each in result.layers]
    )


# --- dispatch


def test_a_further_plugin_changes_nothing(registry: Registry) -> None:
    """An accelerator that declares itself no default leaves every result as it was."""
    more = extended(registry, chip("other", "fc"), chip("third", "conv"))

    assert estimate(VGG16, registry).to_rows() == estimate(VGG16, more).to_rows()


def test_by_name(registry: Registry) -> None:
    """A dispatch table chooses the accelerator."""
    config = Config(
        NetworkConfig("VGG16", layers=("FC8",)),
        AT_65,
        dispatch={"fc": "other"},
    )

    result = estimate(config, extended(registry, chip("other", "fc")))

    assert "other" == result.layers[0].accelerator
    assert 4_096_000 / 10 == pytest.approx(result.layers[0].latency_s)


def test_two_defaults_are_ambiguous(registry: Registry) -> None:
    """Two defaults for one kind are an error that prints the line to write."""
    chips = (chip(name, "matmul", default_for=("matmul",)) for name in ("a", "b"))
    network = Network("n", [Layer("qk", "matmul", 30)])

    with pytest.raises(ConfigError) as error:
        estimate(Config(NetworkConfig(file="x")), extended(registry, *chips), network)

    assert (
        "configuration: [dispatch]: several accelerators serve 'matmul' (a, b); "
        'write matmul = "NAME" under [dispatch]'
    ) == str(error.value)


def test_our_default_stays(registry: Registry) -> None:
    """What fodlam-core serves by default stays so, whatever else declares itself the default."""
    more = extended(registry, chip("other", "fc", default_for=("fc",)))

    assert estimate(VGG16, registry).totals == estimate(VGG16, more).totals


def test_the_only_one_serves(registry: Registry) -> None:
    """Without a default, the only accelerator that serves a kind is taken; of two, none."""
    config = Config(NetworkConfig(file="x"), AT_65)
    network = Network("n", [Layer("qk", "matmul", 30)])

    result = estimate(config, extended(registry, chip("a", "matmul")), network)

    assert "a" == result.layers[0].accelerator
    with pytest.raises(ConfigError, match="several accelerators serve 'matmul'"):
        estimate(config, extended(registry, chip("a", "matmul"), chip("b", "matmul")), network)


def test_a_broken_plugin_stops_only_who_needs_it(registry: Registry) -> None:
    """A broken plugin disturbs no run with defaults, but no other chip slips into its place."""
    broken = extended(registry, x="ImportError: boom")
    without_eie = build_registry(
        [
            *(plugin for plugin in registry.plugins if plugin.name != "eie"),
            Plugin("eie", problem="ImportError: boom"),
        ]
    )

    assert estimate(VGG16, registry).to_rows() == estimate(VGG16, broken).to_rows()
    result = estimate(VGG16, without_eie)
    assert result.totals["fc"].latency_s is None
    assert result.notes[0].startswith("plugin 'eie' ")
    assert result.notes[0].endswith("ImportError: boom; it may be what serves fc")
    with pytest.raises(ConfigError, match="other alone serves 'fc', but plugin 'eie'"):
        estimate(VGG16, extended(without_eie, chip("other", "fc")))


# --- technology


def test_target_is_as_the_accelerators_own(registry: Registry) -> None:
    """At an accelerator's own node, what is left unset is as its own: the factor is exactly 1."""
    result = estimate(
        attrs.evolve(VGG16, technology=TechnologyConfig(45, scaler="dennard")), registry
    )

    basis = result.layers[-1].basis
    assert basis is not None
    assert (1.0, 1.0) == (basis.factors.time, basis.factors.energy)
    assert 8.4e-6 == pytest.approx(result.layers[-1].latency_s)


def test_waiting_for_dram_is_not_scaled(registry: Registry) -> None:
    """Only processing time scales with the node; energy scales as power times total latency."""
    layers = ("CONV1-1",)
    config = Config(NetworkConfig("VGG16", layers=layers), TechnologyConfig(32.5, scaler="dennard"))

    result = estimate(config, registry)

    assert (38.0 * 0.5 + (76.2 - 38.0)) / 3e3 == pytest.approx(result.layers[0].latency_s)
    assert 0.0762 * 0.247 * 0.5**3 / 3 == pytest.approx(result.layers[0].energy_j)
    assert any("waiting for DRAM is not scaled" in note for note in result.notes)


def test_predicted_waiting_for_dram_is_not_scaled(registry: Registry) -> None:
    """A predicted layer waits for DRAM as the measured layers do on average."""
    network = NetworkConfig("VGG16", layers=("CONV1-1",), method="predicted")
    per_mac = {"eyeriss": AcceleratorConfig("per-mac")}

    def latency(node_nm: float) -> float:
        config = Config(network, TechnologyConfig(node_nm, scaler="dennard"), accelerator=per_mac)
        latency_s = estimate(config, registry).layers[0].latency_s
        assert latency_s is not None
        return latency_s

    total = 115.3 / 4 + 4309.4 / 3
    waiting = total - 103.5 / 4 - 3755.2 / 3
    assert (total + waiting) / 2 / total == pytest.approx(latency(32.5) / latency(65), rel=1e-3)


def test_clock_held(registry: Registry) -> None:
    """With the clock held, time stays and power follows energy."""
    config = attrs.evolve(VGG16, technology=TechnologyConfig(65, clock="hold", scaler="dennard"))

    result = estimate(config, registry)

    basis = result.layers[-1].basis
    assert basis is not None
    assert (1.0, (65 / 45) ** 3) == (basis.factors.time, pytest.approx(basis.factors.power))


def test_own_point_can_be_overridden(registry: Registry) -> None:
    """The configuration may correct an accelerator's own technology point."""
    settings = {"eie": AcceleratorConfig(technology=PointConfig(node_nm=65))}

    result = estimate(attrs.evolve(VGG16, accelerator=settings), registry)

    assert 8.4e-6 == pytest.approx(result.layers[-1].latency_s)


def test_area_scales(registry: Registry) -> None:
    """The area is that of the accelerators in use, at the target node."""
    result = estimate(VGG16, registry)

    assert 12.25 + 40.8 * (65 / 45) ** 2 == pytest.approx(result.totals["total"].area_mm2)
    assert 12.25 == result.accelerators["eyeriss"].area_mm2


# --- files that stand for a measured network


def file_config(path: Path, **more: Any) -> Config:
    """Return a configuration for a network file."""
    return Config(
        NetworkConfig(file=str(path), format="fodlam", **more),
        AT_65,
    )


@pytest.fixture
def vgg_file(tmp_path: Path) -> Callable[..., Path]:
    """Write the statistics of VGG-16, some layers changed."""

    def write(**changes: int) -> Path:
        rows = [
            {
                "name": layer.name.lower(),
                "type": {"conv": "Convolution", "fc": "InnerProduct"}[layer.kind],
                "macs": changes.get(layer.name, layer.macs),
            }
            for layer in zoo_network("VGG16").layers
        ]
        path = tmp_path / "vgg.json"
        path.write_text(json.dumps(rows))
        return path

    return write


def test_a_file_is_predicted(vgg_file: Callable[..., Path], registry: Registry) -> None:
    """A file is predicted, even if it holds a measured network, unless it says so."""
    per_mac = {name: AcceleratorConfig("per-mac") for name in ("eyeriss", "eie")}
    predicted = attrs.evolve(file_config(vgg_file()), accelerator=per_mac)
    measured = file_config(vgg_file(), measured_as="VGG16")

    assert {"predicted"} == {each.method for each in estimate(predicted, registry).layers}
    assert estimate(VGG16, registry).totals == estimate(measured, registry).totals


def test_measured_as_is_checked(vgg_file: Callable[..., Path], registry: Registry) -> None:
    """A file that is said to be a measured network must agree with it layer by layer."""
    with pytest.raises(ConfigError) as error:
        estimate(file_config(vgg_file(FC6=1, FC7=2), measured_as="VGG16"), registry)

    assert ["FC6", "FC7"] == [each.what.split()[0].upper() for each in error.value.problems]
    with pytest.raises(ConfigError, match="unknown network 'VGG-16'; did you mean 'VGG16'"):
        estimate(file_config(vgg_file(), measured_as="VGG-16"), registry)
    some = file_config(vgg_file(FC6=1), measured_as="VGG16", layers=("conv1-1",))
    assert "published" == estimate(some, registry).layers[0].method


# --- batches and predictors


class Rounded(PerMac):
    """A predictor under another name."""

    name = "rounded"


def test_published_batch_goes_with_per_mac(registry: Registry) -> None:
    """FODLAM's convention with another predictor is an error that prints the line to write."""
    more = extended(registry, chip("other", "fc", predictors=[Rounded(), PerMac()]))
    network = NetworkConfig("VGG16", layers=("FC6",), batch="published")
    config = Config(network, AT_65, dispatch={"fc": "other"})

    with pytest.raises(ConfigError, match='not with rounded; write predictor = "per-mac"'):
        estimate(config, more)
    named = attrs.evolve(config, accelerator={"other": AcceleratorConfig("per-mac")})
    assert "per-mac" == estimate(named, more).to_rows()[0]["predictor"]


def test_batches_of_predictions(registry: Registry, examples: Path) -> None:
    """In FODLAM's convention a prediction averages over batches of 3 and 4, and says so."""
    result = estimate(load_config(examples / "vgg-m.toml", registry), registry)

    assert {"conv": (3, 4), "fc": (1,)} == result.batches
    assert result.totals["conv"].gmacs_per_s is None
    assert result.totals["total"].inferences_per_s is None
    assert any("conv: 3 or 4 images, fc: 1 image" in note for note in result.notes)


# --- what comes out


def test_json_schema(registry: Registry) -> None:
    """The record has the documented keys, and every number in it is finite JSON."""
    record = json.loads(json.dumps(estimate(VGG16, registry).to_dict(), allow_nan=False))

    assert 2 == record["schema_version"]
    assert {"conv", "fc", "total"} == set(record["totals"])
    assert {"latency_s", "energy_j", "power_w", "macs", "layers"} <= set(record["totals"]["conv"])
    layer = record["layers"][0]
    assert {
        *("name", "kind", "macs", "accelerator", "method", "latency_s", "energy_j", "power_w"),
        *("native", "factors", "interval", "citation"),
    } <= set(layer)
    assert "chen2017eyeriss" == layer["citation"]
    assert {"fodlam-core"} == set(record["versions"])
    assert {"published", "predicted", "not_modelled"} <= set(record["coverage"])


def test_notebook(registry: Registry) -> None:
    """In a notebook an estimate is a table, with the warning above the totals."""
    result = estimate(
        Config(
            NetworkConfig("VGG16", batch="published"),
            AT_65,
        ),
        registry,
    )

    html = result._repr_html_()

    # Layers, totals, and the rates of the totals, each under its header.
    assert html.count("<tr>") == 3 + len(result.layers) + 2 * len(result.totals)
    assert html.index("Batches are mixed") < html.index("inferences/s")


def test_a_network_in_code(registry: Registry) -> None:
    """A network alone can be estimated; given in the place of a configuration it is refused."""
    network = Network("mine", [Layer.from_shape("f", FcShape(4096, 4096))])

    result = estimate(registry=registry, network=network)

    assert (1, "predicted") == (result.batch, result.layers[0].method)
    with pytest.raises(ConfigError, match="got a Network; a Network is given as network="):
        estimate(network, registry)  # type: ignore[arg-type]


class Counting(PerMac):
    """Pools like `per-mac`, and counts how often it is asked; it may need a layer's name."""

    name = "counting"

    def __init__(self, *requires: str) -> None:
        self.asked: list[str] = []
        self.requires = frozenset(requires)

    def fit(self, measurements: Any) -> Any:
        """Return the fit of `per-mac`, asked through this predictor."""
        fitted, asked = super().fit(measurements), self.asked

        class Fitted:
            def predict(self, layer: Layer) -> Any:
                asked.append(layer.name)
                return fitted.predict(layer)

        return Fitted()


@pytest.mark.parametrize(("needs", "asked"), [((), ["a", "b"]), (("name",), ["a", "a2", "b"])])
def test_layers_that_are_alike_are_asked_about_once(
    registry: Registry, needs: tuple[str, ...], asked: list[str]
) -> None:
    """Layers that differ in name and repeat share a prediction, unless the name is needed."""
    counting = Counting(*needs)
    shape = FcShape(10, 10)
    layers = [
        Layer.from_shape("a", shape),
        Layer.from_shape("a2", shape, repeat=3),
        Layer.from_shape("b", FcShape(10, 20)),
    ]
    more = extended(registry, chip("counted", predictors=[counting]))
    config = Config(NetworkConfig(), dispatch={"fc": "counted"})
    result = estimate(config, more, Network("three", layers))
    assert counting.asked == asked
    assert [each.latency_s for each in result.layers] == pytest.approx([10, 30, 20])
    record = result.to_dict()
    assert [each["name"] for each in record["layers"]] == ["a", "a2", "b"]
    assert [each["repeat"] for each in record["layers"]] == [1, 3, 1]


def test_many_rows_behind_a_fit_are_counted(registry: Registry) -> None:
    """The JSON names the rows of a fit while they are few, and counts them otherwise."""
    rows = [Measurement("Net", Layer(f"F{n}", "fc", 10), 1, 1.0, 2.0) for n in range(300)]
    for count, expected in ((2, {"Net": ["F0", "F1"]}), (300, {"1 network": ["300 layers"]})):
        more = extended(registry, chip("many", measurements=rows[:count]))
        config = Config(NetworkConfig(), dispatch={"fc": "many"})
        result = estimate(config, more, Network("one", [Layer("a", "fc", 7)]))
        assert result.to_dict()["layers"][0]["provenance"]["fitted_to"] == expected
