"""One bad plugin does not take a listing down."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PLUGIN = """
from fodlam_core import *

class Fit:
    {fit}
    def predict(self, layer):
        return Cost(1e-3, 1e-3)

class Predictor:
    name, requires = "p", frozenset()
    {predictor}
    def fit(self, rows):
        return {fitted}

class Rule:
    name = "rule"
    {rule}
    def factors(self, source, target):
        return ScalingFactors(1.0, 1.0)

CONV = [Measurement("N", Layer(f"L{{i}}", "conv", 10**9), 1, 0.1 + i, 1.0) for i in range(3)]

@hookimpl
def fodlam_accelerators():
    yield Accelerator(
        "acc", "t", ["conv"], Technology(28), Citation("k", "t", "@misc{{k}}"), "measured",
        CONV{rows}, [Predictor()], {chip}
    )

@hookimpl
def fodlam_technology_scalers():
    yield Rule()
"""
NOTHING = {"fit": "", "predictor": "", "fitted": "Fit()", "rule": "", "rows": "", "chip": ""}
CONFIG = """
[network]
name = "AlexNet"
layers = ["CONV1"]
[dispatch]
conv = "acc"
[technology]
scaler = "{scaler}"
"""
NAMED = "plugin 'bad' (bad.py unpackaged): "


@pytest.fixture
def bad(
    cli: Callable[..., Any],
    toml: Callable[[str], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Any]:
    """Run a command with a plugin that has something wrong; CONFIG stands for a configuration."""

    def run(*arguments: str, scaler: str = "none", **wrong: str) -> Any:
        monkeypatch.chdir(tmp_path)
        Path("bad.py").write_text(PLUGIN.format(**{**NOTHING, **wrong}))
        config = toml(CONFIG.format(scaler=scaler))
        command, *rest = [str(config) if each == "CONFIG" else each for each in arguments]
        return cli(command, "--plugin", "bad.py", *rest)

    return run


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"fitted": "None"}, "fitting p of acc is None"),
        ({"fitted": "1 / 0"}, "fitting p of acc failed: ZeroDivisionError"),
        ({"predictor": "notes = 5"}, "notes of p of acc is 5"),
        ({"predictor": "optional = 5"}, "optional of p of acc is 5"),
        ({"fit": "alternatives = 5"}, "alternatives of p of acc is 5"),
    ],
)
def test_validate_lists_the_others(bad: Any, wrong: dict[str, str], reason: str) -> None:
    """A bad predictor has its reason in its own rows, and an error if it was asked for."""
    listing = bad("validate", "--scheme", "leave-one-layer-out", "-f", "json", **wrong)
    rows = json.loads(listing.out)
    [notes] = {tuple(row["notes"]) for row in rows if row["predictor"] == "p"}

    assert (listing.status, listing.err) == (0, "")
    assert notes[0].startswith(f"{NAMED}{reason}")
    assert {row["mape"] for row in rows if row["accelerator"] == "acc"} == {None}
    assert all(row["mape"] is not None for row in rows if row["accelerator"] == "eie")
    for asked in (["--predictor", "p"], ["--accelerator", "acc"]):
        result = bad("validate", "--scheme", "leave-one-layer-out", *asked, **wrong)
        assert result.status == 1
        assert f"error: {NAMED}{reason}" in result.err
    layers = bad("validate", "--layers", "--scheme", "leave-one-layer-out", **wrong)
    assert layers.status == 0
    assert f"warning: {NAMED}{reason}" in layers.err


def test_validate_leaves_out_a_bad_table(bad: Any) -> None:
    """An accelerator whose rows cannot be right is named in a warning, the others validated."""
    listing = bad("validate", "-f", "json", rows=" + CONV")
    asked = bad("validate", "--accelerator", "acc", rows=" + CONV")

    assert (listing.status, asked.status, asked.out) == (0, 1, "")
    assert {row["accelerator"] for row in json.loads(listing.out)} == {"eie", "eyeriss"}
    assert f"{NAMED}one of the measurements of acc: N L0 at batch 1 is listed twice" in listing.err
    assert f"{NAMED}one of the measurements of acc: N L0 at batch 1 is listed twice" in asked.err


@pytest.mark.parametrize("rule", ["uses = 5", "options = property(lambda self: 1 / 0)"])
def test_scalers_lists_the_others(bad: Any, registry: Any, rule: str) -> None:
    """A rule that cannot be described is named in a warning, or an error if it was asked for."""
    listing = bad("scalers", "-f", "json", rule=rule)
    asked = bad("scalers", "show", "rule", rule=rule)

    assert (listing.status, asked.status, asked.out) == (0, 1, "")
    assert [row["name"] for row in json.loads(listing.out)] == registry.names("rule")
    assert f"warning: {NAMED}" in listing.err
    assert f"error: {NAMED}" in asked.err


@pytest.mark.parametrize("rule", ["uses = 5", "options = property(lambda self: 1 / 0)"])
def test_compare_lists_the_others(bad: Any, rule: str) -> None:
    """A rule with a mistake has a row with its reason, and fails the command if it was named."""
    given = ("compare", "CONFIG", "--set", "technology.vdd=1.0", "-f", "json")
    every = bad(*given, "--scaler", "all", rule=rule)
    named = bad(*given, "--scaler", "none,rule", rule=rule)

    assert (every.status, every.err) == (0, "")
    assert (named.status, len(json.loads(named.out)["variants"])) == (1, 2)
    for result in (every, named):
        rows = {row["scaler"]: row for row in json.loads(result.out)["variants"]}
        assert NAMED in rows["rule"]["reason"]
        assert rows["none"]["latency_s"] > 0
    assert NAMED in named.err


def test_compare_lists_the_other_accelerators(bad: Any) -> None:
    """An accelerator with a mistake has a row with its reason beside the others."""
    result = bad("compare", "CONFIG", "--accelerator", "all", "-f", "json", fitted="None")
    rows = {row["accelerator"]: row for row in json.loads(result.out)["variants"]}

    assert result.status == 0
    assert f"{NAMED}fitting p of acc is None" in rows["acc"]["reason"]
    assert rows["eyeriss"]["latency_s"] > 0


@pytest.mark.parametrize("path", ["'/nowhere.toml'", "5"])
def test_reproduce_lists_the_others(bad: Any, path: str) -> None:
    """Tables that cannot be read are a warning with the plugin, an error if they are asked for."""
    wrong = f"publication={path}"
    listing = bad("reproduce", chip=wrong)
    asked = bad("reproduce", "acc", chip=wrong)
    explained = bad("run", "CONFIG", "--explain", chip=wrong)

    assert (listing.status, asked.status, explained.status) == (0, 1, 1)
    assert "Table VI" in listing.out
    assert f"warning: {NAMED}publication of acc: " in listing.err
    assert f"error: {NAMED}publication of acc: " in asked.err
    assert f"error: {NAMED}publication of acc: " in explained.err
    assert bad("run", "CONFIG", chip=wrong).status == 0


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"chip": "options=int, apply_options=lambda a, o: a"}, "is not an attrs class"),
        ({"chip": "apply_options=lambda a, o: a"}, "options and apply_options of 'acc' go"),
        ({"predictor": "name = 5"}, "the names of the predictors of 'acc' are not strings"),
        ({"predictor": "name = property(lambda self: 1 / 0)"}, "ZeroDivisionError"),
    ],
)
def test_what_a_configuration_names_is_looked_at_first(
    bad: Any, wrong: dict[str, str], reason: str
) -> None:
    """Options and names that a configuration cannot be checked against make a plugin unusable."""
    result = bad("run", "CONFIG", **wrong)

    assert (result.status, result.out) == (1, "")
    assert "plugin 'bad' (bad.py unpackaged) cannot be used: " in result.err
    assert reason in result.err
    assert bad("validate", "--accelerator", "eie", **wrong).status == 0


@pytest.mark.parametrize(
    ("wrong", "scaler", "what"),
    [
        ({"predictor": "citation = 5"}, "none", "citation of p of acc is 5"),
        ({"rule": "citation = 5"}, "rule", "citation of the rule 'rule' is 5"),
        ({"rule": "citation = property(lambda self: 1 / 0)"}, "rule", "citation of the rule"),
    ],
)
def test_cite_names_the_plugin(bad: Any, wrong: dict[str, str], scaler: str, what: str) -> None:
    """A false citation is the plugin's mistake, and disturbs no command that cites nothing."""
    result = bad("cite", "CONFIG", "--set", "technology.vdd=1.0", scaler=scaler, **wrong)

    assert (result.status, result.out) == (1, "")
    assert f"{NAMED}{what}" in result.err
    assert bad("plugins", **wrong).status == 0
    assert bad("run", "CONFIG", scaler=scaler, **wrong).status == 0


def test_explanations_name_the_plugin(bad: Any) -> None:
    """An explanation that fails names plugin and layer."""
    result = bad("run", "CONFIG", "--explain", fit="def explain(self, layer): return 5")

    assert result.status == 1
    assert f"{NAMED}the explanation of p of acc for layer 'CONV1' is 5" in result.err
