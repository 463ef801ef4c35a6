"""The points of a sweep are those of single runs."""

from __future__ import annotations

import itertools
import json
import pickle
from pathlib import Path
from typing import Any, Literal

import attrs
import polars as pl
import pytest

from fodlam_core import (
    Accelerator,
    ConfigError,
    Cost,
    FodlamError,
    Layer,
    Measurement,
    Registry,
    ScalingError,
    ScalingFactors,
    Technology,
    estimate,
    sweep,
)
from fodlam_core.config.load import Source, check_source
from fodlam_core.estimates.system import system_energy
from fodlam_core.estimates.verdict import verdict
from fodlam_core.plugins import Plugin
from fodlam_core.plugins.registry import build_registry
from fodlam_core.predictors.per_mac import PerMac
from fodlam_core.sweeps.keys import with_values
from fodlam_core.sweeps.plan import make_plan, plan_of
from fodlam_core.sweeps.points import Evaluator

HEADER = """
name = "mychip"
title = "MyChip"
kinds = ["conv", "fc"]
provenance = "measured"
table = "mychip.csv"
power_w = {power_w}
[technology]
node_nm = {node_nm}
[citation]
key = "doe2030"
text = "J. Doe, MyChip, 2030"
bibtex = "@misc{{doe2030}}"
"""
COLUMNS = {"": "total", "conv.": "conv", "fc.": "fc"}


@attrs.frozen
class RuleOptions:
    """Options of the rule below."""

    exponent: float = 1.0


@attrs.frozen
class NeedsVdd:
    """A rule that needs a voltage, and refuses to go above 1.1 V."""

    name: str = "needs-vdd"
    exponent: float = 1.0
    options: type = RuleOptions

    def configure(self, options: RuleOptions) -> NeedsVdd:
        """Return the rule with its exponent."""
        return attrs.evolve(self, exponent=options.exponent)

    def factors(self, source: Technology, target: Technology) -> ScalingFactors:
        """Return factors of node and voltage."""
        if target.vdd is None or source.vdd is None:
            raise ScalingError("a voltage is missing")
        if target.vdd > 1.1:
            raise ScalingError(f"{target.vdd} V is above 1.1 V")
        s = (target.node_nm / source.node_nm) ** self.exponent
        return ScalingFactors(s / target.vdd, s * target.vdd**2)


@attrs.frozen
class Fixed:
    """A predictor of the same cost for every layer; none for those of many MACs."""

    name: str = "fixed"
    requires: frozenset[str] = frozenset()

    def fit(self, measurements: list[Measurement]) -> Fixed:
        """Fit nothing."""
        return self

    def predict(self, layer: Any) -> Cost:
        """Return a cost with a part that is spent waiting for memory."""
        if layer.macs > 3e8:
            raise ScalingError(f"{layer.name} is too large")
        return Cost(2e-3, 5e-4, 5e-4)


@attrs.frozen
class ChipOptions:
    """Options that move the technology point of a chip."""

    corner: Literal["typical", "slow"] = "typical"


def _corner(chip: Accelerator, options: ChipOptions) -> Accelerator:
    vdd = 0.9 if options.corner == "slow" else 1.0
    return attrs.evolve(chip, technology=attrs.evolve(chip.technology, vdd=vdd))


@pytest.fixture(scope="module")
def extended(registry: Registry) -> Registry:
    """The registry with a rule that refuses, and a chip whose options move its technology."""
    eyeriss = registry.accelerator("eyeriss")
    chip = attrs.evolve(
        eyeriss,
        name="chip",
        technology=Technology(40, 1.0),
        predictors=(*eyeriss.predictors, Fixed()),
        default_for=(),
        options=ChipOptions,
        apply_options=_corner,
    )
    supplied = {"fodlam_accelerators": (chip,), "fodlam_technology_scalers": (NeedsVdd(),)}
    return build_registry([*registry.plugins, Plugin("more", supplied)])


def expected(
    tables: dict[str, Any], point: dict[str, Any], registry: Registry, directory: str = ""
) -> dict[str, Any]:
    """Return the columns of a point as a single run tells them."""
    source = Source("run", directory, with_values(tables, point))
    try:
        result = estimate(check_source(source, registry), registry)
    except FodlamError as error:
        return {"problem": str(error)}
    refusals = [each.refusal for each in result.layers if each.refusal]
    if refusals:
        return {"problem": "\n".join(refusals)}
    row: dict[str, Any] = {"problem": None, "verdict": verdict(result).words}
    for prefix, name in COLUMNS.items():
        total = result.totals[name]
        row[f"{prefix}latency_s"] = total.latency_s
        row[f"{prefix}energy_j"] = total.energy_j
        row[f"{prefix}power_w"] = total.power_w
        if total.latency_s is not None and total.energy_j is not None:
            row[f"{prefix}edp_js"] = total.latency_s * total.energy_j
    interval = getattr(result.totals["total"], "interval", None)
    for name, cost in (("latency", "latency_s"), ("energy", "energy_j")):
        low, high = getattr(interval, cost) if interval else (None, None)
        row[f"{name}_low_{cost[-1]}"], row[f"{name}_high_{cost[-1]}"] = low, high
    for method in ("published", "predicted", "not modelled"):
        share = result.coverage.share(method)
        row[f"{method.replace(' ', '_')}_macs_share"] = share
    if result.config.system:
        row |= system_energy(result, result.layers)._asdict()
    return row


def check(
    tables: dict[str, Any],
    axes: dict[str, list[Any]],
    registry: Registry,
    step: int,
    directory: str = "",
) -> int:
    """Compare every so-manieth point with a single run; return how many were refused."""
    plan = plan_of(Source("sweep", directory, {**tables, "sweep": axes}), registry)
    rows = Evaluator(plan, registry, ["all", "verdict"]).frame(plan.grid.box).collect()
    by_point = {tuple(row[key] for key in axes): row for row in rows.iter_rows(named=True)}
    combinations = list(itertools.product(*axes.values()))
    assert len(combinations) == len(by_point)
    refused = 0
    for combination in combinations[::step]:
        labels = tuple(
            _label(value, axes[key]) for key, value in zip(axes, combination, strict=True)
        )
        point = dict(zip(axes, combination, strict=True))
        _compare(expected(tables, point, registry, directory), by_point[labels])
        refused += by_point[labels]["problem"] is not None
    return refused


def _label(value: Any, values: list[Any]) -> Any:
    if all(isinstance(each, int | float) for each in values):
        return value
    return value if isinstance(value, str) else json.dumps(value)


def _compare(run: dict[str, Any], row: dict[str, Any]) -> None:
    if run["problem"] is not None:
        assert row["problem"] is not None
        reason = row["problem"].partition(" (and ")[0].rpartition(": ")[2]
        assert reason in "; ".join(run["problem"].replace("run: ", "").splitlines())
        assert {None} == {row[name] for name in ("latency_s", "energy_j", "power_w", "edp_js")}
        assert row["verdict"] is None
        return
    assert run.pop("verdict") == row["verdict"]
    for name, value in run.items():
        assert value == (value and pytest.approx(row[name], rel=1e-12)), name
        assert (value is None) == (row[name] is None), name


def test_technology_axes(extended: Registry) -> None:
    """Every axis of the technology gives what a run gives, refusals included."""
    refused = check(
        {"network": {"name": "VGG16"}, "accelerator": {"eyeriss": {"technology": {"vdd": 1.0}}}},
        {
            "technology.scaler": ["dennard", "none", "needs-vdd"],
            "technology.node_nm": [65, 45.0, 28],
            "technology.vdd": [0.8, 1.0, 1.2],
            "technology.flavor": ["hp", "lp"],
            "technology.clock": ["scale", "hold"],
            "accelerator.eie.technology.vdd": [0.9, 1.1],
            "accelerator.eie.technology.node_nm": [45, 40],
        },
        extended,
        7,
    )

    assert 0 < refused


def test_rule_options(extended: Registry) -> None:
    """An option of one rule may be an axis beside rules that do not have it; they say so."""
    own = {"technology": {"vdd": 1.0}}
    refused = check(
        {
            "network": {"name": "AlexNet"},
            "technology": {"vdd": 1.0},
            "accelerator": {"eyeriss": own, "eie": own},
        },
        {
            "technology.scaler": ["dennard", "needs-vdd"],
            "technology.options.exponent": [1.0, 1.5],
            "technology.node_nm": [65, 28],
        },
        extended,
        1,
    )

    assert 4 == refused


def test_cost_axes(extended: Registry) -> None:
    """Every axis of network, dispatch and accelerators gives what a run gives."""
    refused = check(
        {"technology": {"node_nm": 45}},
        {
            "network.name": ["VGG16", "AlexNet", "NeuralTalk", "Faster-R-CNN-VGG_CNN_M"],
            "network.method": ["auto", "predicted", "published"],
            "network.batch": [1, 3, "published"],
            "dispatch.conv": ["eyeriss", "chip"],
            "accelerator.eyeriss.latency": ["total", "processing"],
            "accelerator.chip.corner": ["typical", "slow"],
            "accelerator.chip.predictor": ["per-mac", "fixed"],
            "technology.scaler": ["dennard", "none"],
        },
        extended,
        11,
    )

    assert 0 < refused


RULES = [
    [],
    [{"form": "grouped", "accelerator": "chip"}],
    [{"match": "conv1", "accelerator": "chip"}, {"form": "grouped", "accelerator": "eyeriss"}],
]


def test_dispatch_rules_as_an_axis(extended: Registry) -> None:
    """The dispatch rules as a whole are an axis; each point is what a run under them gives."""
    base = {"network": {"name": "AlexNet"}, "dispatch": {"conv": "eyeriss", "fc": "eie"}}
    axes = {"dispatch.rules": RULES, "network.batch": [1, 3], "technology.node_nm": [65, 45]}
    assert check(base, axes, extended, 1) == 0
    rows = sweep({**base, "sweep": axes}, registry=extended).collect()
    assert rows["latency_s"].n_unique() == rows.height == 12


def test_a_key_of_a_dispatch_rule_as_an_axis(extended: Registry) -> None:
    """Accelerator, pattern and form of one rule are axes, numbered as in messages."""
    base = {
        "network": {"name": "AlexNet"},
        "dispatch": {"conv": "eyeriss", "fc": "eie", "rules": RULES[2]},
    }
    axes = {
        "dispatch.rules.1.match": ["conv1", "conv?"],
        "dispatch.rules.2.accelerator": ["chip", "eyeriss"],
        "technology.node_nm": [65, 45],
    }
    check(base, axes, extended, 1)
    with pytest.raises(ConfigError, match=r"unknown axis 'dispatch.rules.3.match'"):
        make_plan({**base, "sweep": {"dispatch.rules.3.match": ["a"]}}, extended)
    with pytest.raises(ConfigError, match=r"\[\[dispatch.rules\]\] 1 accelerator: unknown acc"):
        make_plan({**base, "sweep": {"dispatch.rules.1.accelerator": ["chip", "ship"]}}, extended)
    with pytest.raises(ConfigError, match=r"\[\[dispatch.rules\]\] 1: give match"):
        make_plan({**base, "sweep": {"dispatch.rules": [[], [{"accelerator": "chip"}]]}}, extended)


def test_a_configuration_in_code_keeps_its_dispatch_rules(extended: Registry) -> None:
    """A sweep of a `Config` is one under the rules that it has."""
    base = {"network": {"name": "AlexNet"}, "dispatch": {"conv": "eyeriss", "fc": "eie"}}
    base["dispatch"]["rules"] = RULES[1]  # type: ignore[assignment]
    axes = {"technology.node_nm": [65, 45]}
    loaded = check_source(Source("", "", {**base, "sweep": axes}), extended)
    one, other = (
        sweep(each, registry=extended).collect() for each in (loaded, {**base, "sweep": axes})
    )
    assert one.equals(other)
    plain = {**base, "dispatch": {"conv": "eyeriss", "fc": "eie"}, "sweep": axes}
    assert not one.equals(sweep(plain, registry=extended).collect())


@pytest.mark.parametrize("price", [[16e-12, 160e-12], [1e-7]])
def test_system_axes(registry: Registry, price: list[float]) -> None:
    """The energy of a byte of DRAM gives what a run gives, and nothing where traffic is unknown."""
    axes = {
        "network.name": ["VGG16", "AlexNet"],
        "network.layers": [["CONV1-1"], ["conv1", "conv2"], ["FC6"]],
        "network.batch": [1, 3],
        "system.dram_energy_j_per_byte": price,
        "technology.node_nm": [65, 45],
    }
    check({}, axes, registry, 1)
    rows = sweep({"sweep": axes}, registry=registry).collect()

    known = rows.filter(pl.col("dram_energy_j").is_not_null())
    assert {'["CONV1-1"]', '["conv1", "conv2"]'} == set(known["network.layers"].cast(pl.String))
    assert 12 * len(price) * 2 / 3 == known.height


def test_the_system_beside_the_axes(registry: Registry) -> None:
    """A price outside of the axes gives the same; without one there is nothing to tell."""
    tables = {"network": {"name": "AlexNet", "layers": ["conv1"]}}
    system = {"system": {"dram_energy_j_per_byte": 160e-12}}
    axes = {"network.batch": [1, "published"], "network.method": ["auto", "published"]}

    assert 0 == check({**tables, **system}, axes, registry, 1)
    assert "system_energy_j" in sweep({**tables, **system, "sweep": axes}).collect_schema()
    assert "system_energy_j" not in sweep({**tables, "sweep": axes}, ["all"]).collect_schema()
    with pytest.raises(FodlamError, match=r"system_energy_j needs the energy of a byte: write"):
        sweep({**tables, "sweep": axes}, ["system_energy_j"])


def test_accelerators_from_files(registry: Registry, tmp_path: Path) -> None:
    """Data files of an accelerator, and the one beside the axes, give what a run gives."""
    (tmp_path / "mychip.csv").write_text(
        "network,layer,kind,macs,batch,latency_ms\nN,c,conv,6912,1,4.0\nN,f,fc,200,1,2.0\n"
    )
    for name, power_w, node_nm in (("a", 0.5, 28), ("b", 0.7, 40)):
        text = HEADER.format(power_w=power_w, node_nm=node_nm)
        (tmp_path / f"{name}.toml").write_text(text)
    axes = {
        "network.name": ["VGG16", "AlexNet"],
        "dispatch.conv": ["mychip", "eyeriss"],
        "accelerator.mychip.predictor": ["per-mac", "nearest", "power-law"],
        "accelerator.mychip.technology.node_nm": [28, 32],
        "technology.node_nm": [65, 40, 28],
    }
    beside = {"accelerator": {"mychip": {"file": str(tmp_path / "a.toml")}}}

    assert 0 < check(beside, axes, registry, 5)
    del axes["accelerator.mychip.technology.node_nm"]
    axes |= {"accelerator.mychip.file": ["a.toml", "b.toml"], "dispatch.fc": ["mychip", "eie"]}
    assert 0 < check({}, axes, registry, 7, str(tmp_path))

    config = tmp_path / "sweep.toml"
    config.write_text(
        '[network]\nname = "VGG16"\n[dispatch]\nconv = "mychip"\n[sweep]\n'
        'accelerator.mychip.file = { glob = "?.toml" }\n'
    )
    plan = pickle.loads(pickle.dumps(make_plan(config, registry)))  # as the workers get it
    assert [0.5, 0.7] == [each.measurements[0].power_w for each in plan.accelerators]
    rows = sweep(config, registry=registry).collect()
    assert ["a.toml", "b.toml"] == rows["accelerator.mychip.file"].cast(pl.String).to_list()
    assert 2 == rows["energy_j"].n_unique()


def test_whole_tables_of_options(registry: Registry) -> None:
    """Options of a rule can be an axis as a whole, and factors that are lists of tables."""
    tables = {
        "network": {"name": "VGG16"},
        "accelerator": {name: {"technology": {"vdd": 1.0}} for name in ("eyeriss", "eie")},
    }
    factors = [
        [{"from_nm": source, "to_nm": 28, "time": time, "power": 1.0} for source in (65, 45)]
        for time in (0.5, 0.7)
    ]
    general: dict[str, list[Any]] = {
        "technology.scaler": ["general", "constant-voltage"],
        "technology.options": [{}, {"model": "long-channel"}],
        "technology.vdd": [0.9, 1.0],
    }
    custom = {
        "technology.scaler": ["custom"],
        "technology.options.factors": factors,
        "technology.node_nm": [28, 45],
    }

    assert 1 == check(tables, general, registry, 1)
    assert 0 == check(tables, custom, registry, 1)


def test_options_of_a_rule_by_its_alias(registry: Registry) -> None:
    """A rule may be named by an alias, and its options are axes all the same."""
    refused = check(
        {
            "network": {"name": "VGG16"},
            "technology": {"scaler": "stillmaker", "vdd": 0.9, "flavor": "hp"},
            "accelerator": {name: {"technology": {"vdd": 1.0}} for name in ("eyeriss", "eie")},
        },
        {
            "technology.options.interpolate": [True, False],
            "technology.node_nm": [32, 40],
            "accelerator.eie.technology.flavor": ["hp", "lp"],
        },
        registry,
        1,
    )

    assert 2 == refused


def test_lists_as_values(registry: Registry) -> None:
    """A key that takes a list can be an axis, and its column holds the lists as JSON."""
    layers = [["FC6"], ["CONV1-1", "FC7"], ["NONE"]]
    refused = check(
        {"network": {"name": "VGG16"}},
        {"network.layers": layers, "network.batch": [1, 2]},
        registry,
        1,
    )

    assert 2 == refused


def test_batch_is_linear(registry: Registry) -> None:
    """A range of batches gives what runs give."""
    assert 0 == check(
        {"network": {"name": "AlexNet"}},
        {"network.batch": list(range(1, 20)), "technology.node_nm": [65, 32]},
        registry,
        3,
    )


def test_zip_of_everything(registry: Registry) -> None:
    """Axes of one group advance together, whatever they change."""
    axes: dict[str, Any] = {
        "network.name": ["VGG16", "AlexNet", "NeuralTalk"],
        "technology.node_nm": [65, 45, 28],
        "network.batch": [1, 2, 3],
        "system.dram_energy_j_per_byte": [16e-12, 160e-12, 1e-9],
        "accelerator.eyeriss.latency": ["total", "processing"],
        "technology.scaler": ["dennard", "none"],
    }
    group = [
        "network.name",
        "technology.node_nm",
        "network.batch",
        "system.dram_energy_j_per_byte",
    ]

    rows = sweep({"sweep": {**axes, "zip": [group]}}, ["all", "verdict"], registry).collect()

    assert 12 == rows.height
    for row in rows.iter_rows(named=True):
        point = {key: row[key] for key in axes}
        assert axes["network.name"].index(row["network.name"]) == axes["network.batch"].index(
            row["network.batch"]
        )
        _compare(expected({}, point, registry), row)


def test_files(registry: Registry, tmp_path: Path) -> None:
    """A network that cannot be read is refused point by point, the others are not."""
    (tmp_path / "bad.toml").write_text("layers = 3")
    (tmp_path / "good.toml").write_text(
        '[[layers]]\nname = "a"\nkind = "fc"\ninputs = 8\noutputs = 4\n'
    )
    (tmp_path / "sweep.toml").write_text(
        '[sweep]\n"network.file" = {glob = "*d.toml"}\n"network.batch" = [1, 2]\n'
    )

    rows = sweep(tmp_path / "sweep.toml", registry=registry).collect()

    assert 4 == rows.height
    refused = rows.filter(pl.col("problem").is_not_null())
    assert {"bad.toml"} == set(refused["network.file"].cast(pl.String))
    assert refused["problem"].str.contains("bad.toml").all()


@pytest.mark.parametrize(
    ("condition", "meets"),
    [
        ("technology.node_nm > 40", lambda row: row["technology.node_nm"] > 40),
        (
            "technology.node_nm > 40 AND network.batch = 2",
            lambda row: row["technology.node_nm"] > 40 and row["network.batch"] == 2,
        ),
        ("network.name = 'VGG16'", lambda row: row["network.name"] == "VGG16"),
        (
            "\"network.name\" IN ('VGG16') AND COALESCE(problem, 'x.y') = 'x.y'",
            lambda row: row["network.name"] == "VGG16",
        ),
        (
            "technology.node_nm = 28 OR conv.latency_s < 0.05",
            lambda row: row["technology.node_nm"] == 28 or row["conv.latency_s"] < 0.05,
        ),
        ("problem IS NULL", lambda row: True),
    ],
)
def test_conditions(registry: Registry, condition: str, meets: Any) -> None:
    """Conditions are on axes and on results, with and without quotes."""
    axes = {
        "network.name": ["VGG16", "AlexNet"],
        "technology.node_nm": [65, 45, 28],
        "network.batch": [1, 2],
    }

    rows = sweep({"sweep": {**axes, "where": condition}}, ["all"], registry).collect().to_dicts()

    everything = sweep({"sweep": axes}, ["all"], registry).collect().to_dicts()
    assert sorted(filter(meets, everything), key=repr) == sorted(rows, key=repr)
    assert rows


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("technology.nod > 3", "unknown column 'technology.nod'; did you mean"),
        ("nod > 3", "unknown column 'nod'"),
        ("technology.node_nm >", "'technology.node_nm >': "),
        ("technology.node_nm", "expected a condition, got a number"),
        ("network.name > 3", "'network.name > 3': "),
        ("latency_s > AVG(latency_s)", "a condition is about one point"),
    ],
)
def test_bad_conditions(registry: Registry, condition: str, message: str) -> None:
    """A condition that is none is refused before anything is computed."""
    axes = {"network.name": ["VGG16"], "technology.node_nm": [65]}

    with pytest.raises(ConfigError) as error:
        sweep({"sweep": {**axes, "where": [condition]}}, registry=registry)

    assert message in str(error.value)


def test_default_columns(registry: Registry) -> None:
    """Without a word the columns are the axes, latency, energy, power and the problem."""
    table = {"network": {"name": "VGG16"}, "sweep": {"technology.node_nm": [65]}}
    always = ["technology.node_nm", "latency_s", "energy_j", "power_w"]

    assert [*always, "problem"] == sweep(table, registry=registry).collect_schema().names()
    more = sweep(table, ["fc.edp_js"], registry).collect_schema().names()
    assert [*always, "fc.edp_js", "problem"] == more
    with pytest.raises(FodlamError, match="unknown column 'latency'; did you mean 'latency_s'"):
        sweep(table, ["latency"], registry)


def test_a_sum_without_one_of_its_layers_is_not_known(registry: Registry) -> None:
    """Where a layer has no energy a total has none either: it would look like the least."""
    row = Measurement("Net", Layer("a", "fc", 10), 1, cost=Cost(1.0, None))
    timed = Accelerator(
        name="timed",
        title="timed",
        kinds=["fc"],
        technology=Technology(45),
        citation=registry.accelerator("eie").citation,
        provenance="measured",
        measurements=[row],
        predictors=[PerMac()],
    )
    known = build_registry([*registry.plugins, Plugin("more", {"fodlam_accelerators": (timed,)})])
    tables = {
        "network": {"name": "AlexNet"},
        "sweep": {
            "dispatch.rules": [[], [{"match": "fc6", "accelerator": "timed"}]],
            "technology.node_nm": [65, 45],
        },
    }
    columns = ["latency_s", "energy_j", "power_w", "conv.energy_j", "fc.energy_j"]
    rows = sweep(tables, columns, registry=known).collect()
    whole, partial = rows.partition_by("dispatch.rules", maintain_order=True)
    assert whole.select(columns).null_count().row(0) == (0, 0, 0, 0, 0)
    assert partial.select(columns).null_count().row(0) == (0, 2, 2, 0, 2)
