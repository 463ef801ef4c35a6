"""The plugins in ``examples/plugins``, built and installed by pip."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.install

ROOT = Path(__file__).parents[2]
FOLDERS = sorted(path.parent for path in (ROOT / "examples" / "plugins").glob("*/pyproject.toml"))
CONFIGS = sorted((ROOT / "examples").glob("*.toml"))


@pytest.fixture(scope="module")
def results(new_environment: Any, wheels: Path) -> dict[str, Any]:
    """Every example before and after the plugins are installed, and the environment with them."""
    environment = new_environment("hypothesis", "pytest")
    before = environment.run("fodlam-core", "run", "-f", "json", *CONFIGS)
    plugins = [path for path in wheels.glob("*.whl") if not path.name.startswith("fodlam_core-")]
    environment.pip("--no-deps", *plugins)
    after = environment.run("fodlam-core", "run", "-f", "json", *CONFIGS)
    return {"before": before, "after": after, "environment": environment}


def test_there_are_plugins() -> None:
    """The template and NVDLA are among them."""
    assert {"fodlam-nvdla", "fodlam-template"} <= {folder.name for folder in FOLDERS}


def test_they_change_no_result(results: dict[str, Any]) -> None:
    """Installing all of them changes no result of an example, not by a bit."""
    before, after = results["before"], results["after"]

    assert (before.status, after.status) == (0, 0)
    assert len(json.loads(before.out)) == len(CONFIGS)
    assert before.out == after.out
    assert before.err == after.err


def test_all_are_active(results: dict[str, Any]) -> None:
    """Each distribution is listed as active, with its sources."""
    done = results["environment"].run("fodlam-core", "plugins", "-f", "json")
    status = {each["distribution"]: each["status"] for each in json.loads(done.out)}

    assert {folder.name: "active" for folder in FOLDERS}.items() <= status.items()


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_own_tests_pass(results: dict[str, Any], folder: Path) -> None:
    """The tests that a plugin brings along pass against what was installed."""
    done = results["environment"].run("python", "-m", "pytest", "-q", "tests", cwd=folder)

    assert done.status == 0, done.out


def test_nvdla_beside_eyeriss_and_eie(results: dict[str, Any]) -> None:
    """One command shows ResNet-50 on NVDLA and on Eyeriss with EIE."""
    folder = ROOT / "examples" / "plugins" / "fodlam-nvdla" / "examples"
    done = results["environment"].run(
        *("fodlam-core", "run", "-f", "json"),
        *(folder / "resnet50-nvdla.toml", folder / "resnet50-eyeriss-eie.toml"),
    )
    nvdla, others = json.loads(done.out)

    assert list(nvdla["accelerators"]) == ["nvdla-2048"]
    assert list(others["accelerators"]) == ["eyeriss", "eie"]
    assert nvdla["network"]["macs"] == others["network"]["macs"]
    assert nvdla["references"][0]["native_latency_s"] == 1 / 269
