"""A rule that comes and goes with a distribution of its own, installed for real."""

from __future__ import annotations

import importlib.metadata
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "examples" / "plugins" / "fodlam-deepscaletool"
CONFIG = """
[network]
name = "VGG16"
layers = ["FC6", "FC7", "FC8"]
[technology]
node_nm = 65
scaler = "deepscaletool-2021"
"""

pytestmark = pytest.mark.install


def run(*command: object) -> subprocess.CompletedProcess[str]:
    """Run a command."""
    arguments = [str(argument) for argument in command]
    return subprocess.run(arguments, capture_output=True, text=True, check=False)


def must(*command: object) -> str:
    """Run a command that has to succeed, and return what it printed."""
    done = run(*command)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


class Environment(NamedTuple):
    """A virtual environment."""

    folder: Path

    @property
    def python(self) -> Path:
        """Its interpreter."""
        scripts = "Scripts" if sys.platform == "win32" else "bin"
        return self.folder / scripts / "python"

    def pip(self, action: str, *arguments: object) -> None:
        """Run the pip of this test for the environment."""
        must(sys.executable, "-m", "pip", "--python", self.python, action, "--quiet", *arguments)

    def fodlam(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        """Run the command line that is installed in it."""
        return run(self.python, "-m", "fodlam_core", *arguments)


def requirements(name: str) -> set[str]:
    """Return the names of the distributions that one needs, itself included."""
    found, queue = set(), [name]
    while queue:
        name = queue.pop()
        if name not in found:
            try:
                needs = importlib.metadata.requires(name) or []
            except importlib.metadata.PackageNotFoundError:
                continue  # for another platform or version of Python
            found.add(name)
            queue += [
                match.group()
                for need in needs
                if "extra ==" not in need
                for match in [re.match(r"[\w.-]+", need)]
                if match
            ]
    return found


def link(name: str, folder: Path) -> None:
    """Make an installed distribution available in another site-packages, without the network."""
    distribution = importlib.metadata.distribution(name)
    tops = {file.parts[0] for file in distribution.files or () if file.parts[0] != ".."}
    for top in tops - {"__pycache__"}:
        if not (folder / top).exists():
            (folder / top).symlink_to(str(distribution.locate_file(top)))


def build(source: Path, folder: Path) -> Path:
    """Build the wheel of a distribution."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """A fresh environment with the core and the plugin, built from source and installed."""
    pytest.importorskip("pip", reason="needs pip to install with")
    pytest.importorskip("hatchling", reason="needs hatchling to build with")
    folder = tmp_path_factory.mktemp("install")
    must(sys.executable, "-m", "venv", "--without-pip", folder / "venv")
    made = Environment(folder / "venv")
    site = Path(must(made.python, "-c", "import site; print(site.getsitepackages()[-1])").strip())
    for name in (requirements("fodlam-core") | requirements("pytest")) - {"fodlam-core"}:
        link(name, site)
    made.pip("install", "--no-deps", "--no-index", build(ROOT, folder / "core"))
    made.pip("install", "--no-deps", "--no-index", build(PLUGIN, folder / "plugin"))
    return made


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration that names the rule."""
    path = tmp_path / "config.toml"
    path.write_text(CONFIG, encoding="utf-8")
    return path


def test_the_rule_comes_and_goes_with_its_distribution(
    environment: Environment, config: Path
) -> None:
    """Installed, it is listed, compared and run; uninstalled, the error says what to install."""
    listed = json.loads(environment.fodlam("scalers", "-f", "json").stdout)
    (rule,) = [each for each in listed if each["name"] == "deepscaletool-2021"]
    assert rule["distribution"] == "fodlam-deepscaletool"
    assert rule["aliases"] == ["deepscaletool", "deepscale"]

    compared = json.loads(environment.fodlam("compare", config, "-f", "json").stdout)
    (row,) = [each for each in compared["variants"] if each["scaler"] == "deepscaletool-2021"]
    assert row["latency_s"] == pytest.approx(51.5e-6 / 0.81, rel=1e-12)
    assert row["energy_j"] == pytest.approx(30.385e-6 / 0.63, rel=1e-12)

    record = json.loads(environment.fodlam("run", config, "-f", "json").stdout)
    assert record["accelerators"]["eie"]["scaler"] == "deepscaletool-2021"
    assert record["totals"]["fc"]["energy_j"] == row["energy_j"]

    tests = run(environment.python, "-m", "pytest", "-q", "-p", "no:cacheprovider", PLUGIN)
    assert tests.returncode == 0, tests.stdout + tests.stderr

    environment.pip("uninstall", "--yes", "fodlam-deepscaletool")
    missing = environment.fodlam("run", config)
    assert (missing.returncode, missing.stdout) == (1, "")
    assert "Traceback" not in missing.stderr
    assert "the plugin fodlam-deepscaletool supplies it" in missing.stderr
    assert "deepscaletool" not in environment.fodlam("scalers").stdout
