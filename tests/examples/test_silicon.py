"""The library of chips in ``examples/plugins/fodlam-silicon``, from the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fodlam_core import Config, NetworkConfig
from fodlam_core.analyses.standing import on_point
from fodlam_core.networks.zoo import zoo_network
from fodlam_core.plugins.registry import load_registry

FOLDER = Path(__file__).parents[2] / "examples" / "plugins" / "fodlam-silicon"
PLUGIN = FOLDER / "fodlam_silicon"


def test_own_tests_pass() -> None:
    """The tests that the plugin brings along pass without its being installed."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
        cwd=FOLDER,
        env={**os.environ, "PYTHONPATH": str(FOLDER), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout


def test_index_is_up_to_date() -> None:
    """The index says what the register and the tables say."""
    code = (
        "import json, index; path = index.LIBRARY / 'index.json'; "
        "assert json.loads(path.read_bytes()) == index.index(), 'run tools/index.py'"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=FOLDER / "tools",
        env={**os.environ, "PYTHONPATH": str(FOLDER)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr


def test_names_and_patterns() -> None:
    """Chips, points and patterns are answered from the checkout, and nothing is loaded."""
    registry = load_registry([FOLDER / "fodlam_silicon" / "__init__.py"], installed=False)

    assert registry.full_name("accelerator", "raspberry-pi-4") == "raspberry-pi-4/ncnn-4t"
    assert "jetson-nano/ncnn-4t-int8" in registry.matching("jetson-*/*int8")
    assert len({name.partition("/")[0] for name in registry.matching("*/*")}) >= 150


def test_what_a_run_takes_beside_its_layers(cli: Any) -> None:
    """It is a line with an interval and a step of its own, in a total that has an interval too."""
    done = cli("run", "ResNet-18", "--on", "jetson-nano/ncnn-gpu", "-f", "json", "--plugin", PLUGIN)

    saved = json.loads(done.out)
    beside = saved["layers"][-1]
    assert ("overhead", 0) == (beside["kind"], beside["macs"])
    low, high = beside["interval"]["latency_s"]
    assert low < beside["latency_s"] < high
    low, high = saved["totals"]["total"]["interval"]["latency_s"]
    assert low < saved["totals"]["total"]["latency_s"] < high
    assert "a run besides its layers" in beside["provenance"]["steps"][0]["text"]


def test_run_and_rank_mean_the_same_point(cli: Any) -> None:
    """A chip whose default point knows products alone is known by one that runs the network."""
    network = ("ResNet-50-v1.5", "--plugin", PLUGIN, "-f", "json")
    [row] = json.loads(cli("rank", *network, "--on", "h100-sxm-80gb").out)["rows"]
    run = json.loads(cli("run", *network, "--on", "h100-sxm-80gb").out)

    assert (row["rank"], row["name"]) == (1, "h100-sxm-80gb/mlperf-x1-offline")
    assert list(run["accelerators"]) == [row["name"]]
    assert row["latency_s"] == run["totals"]["total"]["latency_s"]
    assert row["notes"] == run["notes"]
    assert "its default point, h100-sxm-80gb/vidur-fp16, models" in row["notes"][0]


def test_a_point_that_refuses_names_one_that_does_not(cli: Any) -> None:
    """Of a chip's points, one that runs the network is named; of none, nothing is."""
    network = ("ResNet-50-v1.5", "--plugin", PLUGIN)
    tpu, aistorm = (
        cli("run", *network, "--on", name) for name in ("tpu-v1/int8", "aistorm/datasheet-int8")
    )

    assert (tpu.status, tpu.out) == (1, "")
    assert "tpu-v1 models ResNet-50-v1.5 at another point: --on tpu-v1/datasheet-int16" in tpu.err
    assert aistorm.status == 1
    assert "another point" not in aistorm.err


def test_an_unknown_point_names_those_of_the_chip(cli: Any) -> None:
    """Not the point that the plain name stands for."""
    done = cli("run", "VGG16", "--on", "tpu-v1/int4", "--plugin", PLUGIN)

    assert (done.status, done.out) == (1, "")
    assert "unknown point of tpu-v1 'int4'; did you mean 'int8'" in done.err


def test_a_list_of_hundreds_of_chips_is_cut(cli: Any) -> None:
    """A name that no chip is like is told in a few lines."""
    done = cli("rank", "VGG16", "--on", "phone.png", "--plugin", PLUGIN)

    assert (done.status, done.out) == (1, "")
    assert len(done.err) < 500
    assert "unknown accelerator 'phone.png'; there are: " in done.err


def test_single_streams_lie_where_datasheets_expect_them() -> None:
    """One image at a time on GPUs takes what their datasheets at 16 bits say, with their error."""
    registry = load_registry([PLUGIN / "__init__.py"], installed=False)
    network = zoo_network("ResNet-50-v1.5")
    config = Config(NetworkConfig("ResNet-50-v1.5"))
    held = []
    for points in registry.points().values():
        streams = [name for name in points if "-x1-singlestream" in name]
        sheets = [name for name in points if name.endswith(("/datasheet-bf16", "/datasheet-fp16"))]
        for name in sheets if streams else ():
            measured = on_point(config, registry, network, streams[0]).latency_s
            said = on_point(config, registry, network, name)
            if measured is not None and said.interval.latency_s is not None:
                low, high = said.interval.latency_s
                held.append(low < measured < high)

    assert len(held) >= 8
    assert sum(held) >= 0.9 * len(held)


def test_each_token_is_a_run(cli: Any) -> None:
    """What a run takes beside its layers counts for a prompt, and for each step behind it."""
    tokens = ("--set", "network.prompt=16", "--set", "network.generate=8")
    chip = ("--on", "jetson-nano/ncnn-gpu", "-f", "json", "--plugin", PLUGIN)

    saved = json.loads(cli("run", "GPT-2", *tokens, *chip).out)

    beside = {each["name"]: each for each in saved["layers"] if each["kind"] == "overhead"}
    prompt, steps = beside.values()
    assert ["prefill/overhead", "decode/overhead"] == [name.partition(" ")[0] for name in beside]
    assert pytest.approx(7 * prompt["latency_s"]) == steps["latency_s"]
    first, further = (
        saved["tokens"][name]["value"]
        for name in ("time_to_first_token_s", "time_per_output_token_s")
    )
    assert pytest.approx(first + 7 * further) == saved["totals"]["total"]["latency_s"]


def test_a_language_model_stands_on_runs_of_such(cli: Any) -> None:
    """A GPU is known by runs of language models, not by rates of others; in run as in rank."""
    ask = ("Llama-3.1-8B", "--set", "network.context=1024", "--on", "rtx-4090", "-f", "json")
    [row] = json.loads(cli("rank", *ask, "--plugin", PLUGIN).out)["rows"]
    run = json.loads(cli("run", *ask, "--plugin", PLUGIN).out)

    assert row["name"] == "rtx-4090/llamacpp-f16"
    assert list(run["accelerators"]) == [row["name"]]
