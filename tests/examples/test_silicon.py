"""The library of chips in ``examples/plugins/fodlam-silicon``, from the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

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
    done = cli("run", "ResNet-18", "--on", "snapdragon-888", "-f", "json", "--plugin", PLUGIN)

    saved = json.loads(done.out)
    beside = saved["layers"][-1]
    assert ("overhead", 0) == (beside["kind"], beside["macs"])
    low, high = beside["interval"]["latency_s"]
    assert low < beside["latency_s"] < high
    low, high = saved["totals"]["total"]["interval"]["latency_s"]
    assert low < saved["totals"]["total"]["latency_s"] < high
    assert "a run beside its layers" in beside["provenance"]["steps"][0]["text"]
