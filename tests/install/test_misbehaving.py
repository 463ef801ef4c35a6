"""Plugins that do wrong, installed for real, on the lowest and the newest pluggy."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.install

HEAD = """
from fodlam_core import Accelerator, Citation, Cost, LayerKind, Network, ScalingFactors, hookimpl
from fodlam_core import Layer, Measurement, Technology, load_registry
from fodlam_core.scaling.identity import NoScaling

def chip(name, **changes):
    return Accelerator(**{**dict(
        name=name, title=name, kinds=["conv", "fc"], technology=Technology(65),
        citation=Citation("doe", "J. Doe", "@misc{doe}"), provenance="projected",
        predictors=[Formula()]), **changes})

class Formula:
    name = "formula"
    requires = frozenset()
    def fit(self, measurements):
        return self
    def predict(self, layer):
        return Cost(layer.macs * 1e-12, layer.macs * 1e-12)
"""


def accelerator(name: str, predict: str, more: str = "") -> str:
    """Return a plugin with one accelerator whose predictor does something of its own."""
    body = "\n".join(f"        {line}" for line in predict.splitlines())
    return (
        f"{HEAD}\nclass Own(Formula):\n    def predict(self, layer):\n{body}\n"
        f"@hookimpl\ndef fodlam_accelerators():\n"
        f"    yield chip({name!r}, predictors=[Own()]{more})\n"
    )


def hook(name: str, items: str) -> str:
    """Return a plugin whose one hook returns something."""
    return f"{HEAD}\n@hookimpl\ndef {name}():\n    return {items}\n"


HOOKS = (
    "fodlam_layer_kinds",
    "fodlam_accelerators",
    "fodlam_technology_scalers",
    "fodlam_network_readers",
)
RUBBISH = {"none": "None", "number": "3", "items": "[3, None]", "text": "'abc'"}
# Distribution -> its code, and what the reason has to say.
BROKEN = {
    "raises": ("raise RuntimeError('boom')", "RuntimeError: boom"),
    "exits": ("import sys; sys.exit(3)", "SystemExit: 3"),
    "interrupted": ("class Odd(BaseException): pass\nraise Odd('odd')", "Odd: odd"),
    "unreadable": ("def f(:", "SyntaxError"),
    "misspells": (
        hook("fodlam_acelerators", "[]"),
        "unknown hook fodlam_acelerators; did you mean fodlam_accelerators?",
    ),
    "unmarked": (
        "def fodlam_accelerators():\n    return []",
        "fodlam_accelerators is not marked: write @hookimpl above it",
    ),
    "empty": ("", "it has none of the hooks"),
    "argument": (
        f"{HEAD}\n@hookimpl\ndef fodlam_accelerators(registry):\n    return []",
        "PluginValidationError",
    ),
    "future": (
        f"FODLAM_API = 3\n{hook('fodlam_accelerators', '[]')}",
        (
            "made for level 3 of the hooks (fodlam-core newer than those of level 2), "
            "this is level 2 (fodlam-core 0.1 and later)"
        ),
    ),
    "levelless": (f"FODLAM_API = 'x'\n{hook('fodlam_accelerators', '[]')}", "FODLAM_API is 'x'"),
    "endless": (
        (
            f"{HEAD}\n@hookimpl\ndef fodlam_layer_kinds():\n"
            "    while True:\n        yield LayerKind('a', 'b')"
        ),
        "more than 10000 items",
    ),
    "letters": (
        hook("fodlam_accelerators", "[chip('letters', kinds='conv')]"),
        "TypeError: expected a list, got 'conv'",
    ),
    **{
        f"rubbish-{name}-{number}": (hook(name_, value), name_)
        for number, name_ in enumerate(HOOKS)
        for name, value in RUBBISH.items()
    },
}
WORKING = {
    "prints": (
        "import os, sys\nprint('IMPORTED')\nsys.__stdout__.write('UNDERLYING\\n')\n"
        "os.write(1, b'DESCRIPTOR\\n')\nos.system('echo CHILD')\n"
        + accelerator("prints", "print('PREDICTED')\nreturn Cost(1e-3, 1e-3)")
    ),
    "sleeps": "import time; time.sleep(0.6)\n" + hook("fodlam_accelerators", "[chip('sleeps')]"),
    "divides": accelerator("divides", "return 1 / 0"),
    "leaves": accelerator("leaves", "raise SystemExit(0)"),
    "negative": accelerator("negative", "return Cost(-1.0, 1.0)"),
    "infinite": accelerator("infinite", "return Cost(1.0, float('inf'))"),
    "words": accelerator("words", "return 'cheap'"),
    "multiplies": accelerator(
        "multiplies", "object.__setattr__(layer, 'macs', 1)\nreturn Cost(1.0, 1.0)"
    ),
    "untitled": accelerator("untitled", "return Cost(1.0, 1.0)", ", title=None"),
    "refuses": accelerator(
        "refuses", "from fodlam_core import PredictionError\nraise PredictionError('not me')"
    ),
    "warps": (
        f"{HEAD}\nclass Warp:\n    name = 'warp'\n    def factors(self, source, target):\n"
        "        return 2\n@hookimpl\ndef fodlam_technology_scalers():\n    yield Warp()\n"
    ),
    "misreads": (
        f"{HEAD}\nclass Misread:\n    name = 'misread'\n    suffixes = ('.mis',)\n"
        "    def accepts(self, head):\n        return True\n"
        "    def read(self, path, options):\n        return path.name\n"
        "@hookimpl\ndef fodlam_network_readers():\n    yield Misread()\n"
    ),
}
DUPLICATE = hook("fodlam_accelerators", "[chip('eyeriss', default_for=['conv'])]")
ALEXNET = '[network]\nname = "AlexNet"\n'


@pytest.fixture(scope="module")
def installed(pluggy: str, new_environment: Any, distribution: Any) -> Any:
    """An environment with every distribution of this file."""
    tiny = [distribution(name, code) for name, (code, _) in BROKEN.items()]
    tiny += [distribution(name, code) for name, code in WORKING.items()]
    tiny += [
        distribution("duplicates", DUPLICATE, version="2.5"),
        distribution("first", hook("fodlam_layer_kinds", "[LayerKind('pool', 'x')]"), "same"),
        distribution("second", hook("fodlam_layer_kinds", "[LayerKind('norm', 'x')]"), "same"),
    ]
    environment = new_environment(pluggy)
    environment.pip("--no-deps", "--no-index", *tiny)
    return environment


ALL = {*BROKEN, *WORKING, "duplicates", "same"}


@pytest.fixture
def run(installed: Any, tmp_path: Path) -> Callable[..., Any]:
    """Run fodlam-core with some of the plugins, the others blocked."""

    def run(*arguments: object, plugins: set[str], config: str = "", **variables: str) -> Any:
        path = tmp_path / "config.toml"
        path.write_text(config)
        blocked = ",".join(sorted(ALL - plugins))
        where = [path] if config else []
        return installed.run(
            "fodlam-core", *arguments, *where, FODLAM_BLOCK_PLUGINS=blocked, **variables
        )

    return run


def test_any_number_of_broken_plugins_changes_no_result(installed: Any, run: Any) -> None:
    """With all the broken plugins at once, results are bit for bit those without any."""
    alone = run("run", "-f", "json", plugins=set(), config=ALEXNET)
    together = run("run", "-f", "json", plugins={*BROKEN, "same"}, config=ALEXNET)

    assert (alone.status, alone.err) == (0, "")
    assert together.status == 0
    assert together.out == alone.out
    for name in BROKEN:
        assert f"warning: plugin '{name}' ({name} 1.0) cannot be used: " in together.err


def test_the_list_says_why(run: Any) -> None:
    """The list has every plugin with status and reason, as objects with the promised keys."""
    done = run("plugins", "-f", "json", plugins={*BROKEN, "same"})
    records = json.loads(done.out)
    by_name = {record["name"]: record for record in records}

    assert list(records[0]) == [
        *("name", "distribution", "version", "api_level", "provides", "citations", "status"),
        *("reason", "load_time_s", "unusable"),
    ]
    for name, (_, reason) in BROKEN.items():
        assert by_name[name]["status"] == "broken"
        assert reason in by_name[name]["reason"]
    assert by_name["prints"]["status"] == "blocked"
    assert by_name["prints"]["reason"] == "blocked by FODLAM_BLOCK_PLUGINS"
    assert by_name["eyeriss"]["status"] == "active"
    assert by_name["eyeriss"]["provides"] == ["accelerator eyeriss"]
    [citation] = by_name["eyeriss"]["citations"]
    assert citation.startswith("Y.-H. Chen")
    assert by_name["eyeriss"]["load_time_s"] > 0


def test_two_distributions_with_one_name(run: Any) -> None:
    """Plugins are known by distribution and entry point: one name is not a conflict."""
    done = run("plugins", "-f", "json", plugins={"same"})
    provided = {
        record["distribution"]: record["provides"]
        for record in json.loads(done.out)
        if record["name"] == "same"
    }

    assert {"first": ["layer kind pool"], "second": ["layer kind norm"]} == provided


def test_blocking_a_distribution(installed: Any) -> None:
    """Blocking one of two distributions by its own name makes the other usable."""
    names = ",".join([*(ALL - {"same"}), "second"])
    done = installed.run("fodlam-core", "plugins", "-f", "json", FODLAM_BLOCK_PLUGINS=names)
    status = {
        record["distribution"]: record["status"]
        for record in json.loads(done.out)
        if record["name"] == "same"
    }

    assert status == {"first": "active", "second": "blocked"}


def test_a_duplicate_of_ours_is_refused(run: Any) -> None:
    """A name and a default of fodlam-core stay its own; who claims them is told by name."""
    alone = run("run", "-f", "json", plugins=set(), config=ALEXNET)
    done = run("run", "-f", "json", plugins={"duplicates", "sleeps"}, config=ALEXNET)

    assert (alone.status, done.status) == (0, 0)
    assert json.loads(alone.out)["totals"] == json.loads(done.out)["totals"]
    who = "warning: plugin 'duplicates' (duplicates 2.5): "
    assert f"{who}its accelerator 'eyeriss' is refused, as plugin 'eyeriss' (fodlam-" in done.err
    assert f"{who}'eyeriss' is not taken as the default for conv" in done.err


def test_no_plugins(run: Any) -> None:
    """``--no-plugins`` leaves fodlam-core's own."""
    done = run("plugins", "-f", "json", "--no-plugins", plugins=ALL)
    status = {record["name"]: record["status"] for record in json.loads(done.out)}

    assert {name for name in status if status[name] == "active"} == {
        *("fodlam_core", "eie", "eyeriss")
    }
    assert (done.status, done.err) == (0, "")


def test_what_a_plugin_prints_is_no_data(run: Any) -> None:
    """Output at import, below ``sys.stdout``, of a child and in a run goes to standard error."""
    config = f'{ALEXNET}[dispatch]\nconv = "prints"\nfc = "prints"\n'
    done = run("run", "-f", "json", plugins={"prints"}, config=config)

    assert json.loads(done.out)["totals"]["total"]["latency_s"] == 8e-3
    for word in ("IMPORTED", "UNDERLYING", "DESCRIPTOR", "CHILD", "PREDICTED"):
        assert word in done.err


def test_a_slow_plugin_is_named(run: Any) -> None:
    """A plugin that takes long is named with the cure, and its time is listed."""
    done = run("plugins", "-f", "json", plugins={"sleeps"})
    [record] = [record for record in json.loads(done.out) if record["name"] == "sleeps"]

    assert "plugin 'sleeps' (sleeps 1.0) took 0." in done.err
    assert "FODLAM_BLOCK_PLUGINS=sleeps leaves it out" in done.err
    assert record["load_time_s"] >= 0.6


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("divides", "ZeroDivisionError: division by zero"),
        ("leaves", "SystemExit: 0"),
        ("negative", "latency_s is -1.0"),
        ("infinite", "energy_j is inf"),
        ("words", "is 'cheap'; a Cost was expected"),
        ("multiplies", "the MACs after"),
        ("untitled", "untitled: title is None; give a string"),
    ],
)
def test_a_mistake_in_a_run_names_the_plugin(run: Any, name: str, problem: str) -> None:
    """An exception or an impossible number becomes an error with plugin, version and layer."""
    config = f'{ALEXNET}layers = ["CONV1"]\n[dispatch]\nconv = "{name}"\n'
    done = run("run", plugins={name}, config=config)
    debug = run("run", "--debug", plugins={name}, config=config)

    assert (done.status, done.out) == (1, "")
    assert f"plugin '{name}' ({name} 1.0)" in done.err
    assert problem in done.err
    assert "Traceback" not in done.err
    if name != "untitled":  # this one is refused when it is loaded
        assert "Traceback" in debug.err
        assert "layer 'CONV1'" in done.err
    if name == "divides":
        assert "return 1 / 0" in debug.err


def test_a_refusal_is_an_answer(run: Any) -> None:
    """A `PredictionError` of a plugin reaches the user, with the predictor, layer and plugin."""
    config = f'{ALEXNET}layers = ["CONV1"]\n[dispatch]\nconv = "refuses"\n'
    done = run("run", plugins={"refuses"}, config=config)

    assert done.status == 1
    assert "config.toml: not me (formula of refuses on layer 'CONV1', plugin 'refuses'" in done.err


def test_a_rule_that_returns_rubbish(run: Any) -> None:
    """Factors that are none name plugin and rule."""
    config = f'{ALEXNET}[technology]\nnode_nm = 28\nscaler = "warp"\n'
    done = run("run", plugins={"warps"}, config=config)

    assert done.status == 1
    assert "plugin 'warps' (warps 1.0): the rule 'warp' from" in done.err


def test_a_reader_that_returns_rubbish(run: Any, tmp_path: Path) -> None:
    """What is not a network names plugin, reader and file."""
    (tmp_path / "net.mis").write_text("anything")
    done = run("run", plugins={"misreads"}, config='[network]\nfile = "net.mis"\n')

    assert done.status == 1
    assert "plugin 'misreads' (misreads 1.0): the reader 'misread' on" in done.err
    assert "net.mis" in done.err


def test_a_misspelt_block_is_told(installed: Any) -> None:
    """A name in the variable that blocks nothing is told, with what was meant."""
    done = installed.run(
        "fodlam-core", "plugins", "--no-plugins", FODLAM_BLOCK_PLUGINS="eyerys,raises"
    )

    assert "FODLAM_BLOCK_PLUGINS: unknown plugin 'eyerys'; did you mean 'eyeriss'" in done.err


def test_damaged_metadata_hides_no_plugin(installed: Any, tmp_path: Path) -> None:
    """A distribution whose entry points cannot be read is told; all others are found."""
    info = tmp_path / "damaged-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: damaged\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[fodlam]\nno equals sign here\n")
    done = installed.run(
        *("fodlam-core", "plugins", "-f", "json", "--no-plugins"), PYTHONPATH=str(tmp_path)
    )
    status = {record["name"]: record["status"] for record in json.loads(done.out)}

    assert status["damaged"] == "broken"
    assert status["eyeriss"] == "active"
