"""Virtual environments with what pip installs, and tiny distributions made on the fly."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "plugins"


class Done(NamedTuple):
    """What a command left behind."""

    status: int
    out: str
    err: str


class Environment(NamedTuple):
    """A virtual environment."""

    folder: Path

    @property
    def bin(self) -> Path:
        """Where its programs are."""
        return self.folder / ("Scripts" if os.name == "nt" else "bin")

    def run(self, *command: object, cwd: Path = ROOT, **variables: str) -> Done:
        """Run one of its programs, with these environment variables on top."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith("FODLAM_")}
        path = f"{self.bin}{os.pathsep}{kept.get('PATH', '')}"
        program, *arguments = map(str, command)
        done = subprocess.run(
            [str(self.bin / program), *arguments],
            cwd=cwd,
            env={**kept, "PATH": path, "COLUMNS": "200", **variables},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def pip(self, *arguments: object) -> None:
        """Run pip; it has to succeed."""
        done = self.run("python", "-m", "pip", "install", "--quiet", *arguments)
        assert done.status == 0, done.err


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheels of this project and of the example plugins, built by pip."""
    folder = tmp_path_factory.mktemp("wheels")
    sources = [ROOT, *(path.parent for path in sorted(EXAMPLES.glob("*/pyproject.toml")))]
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", folder, *sources],
        check=True,
        timeout=300,
    )
    return folder


@pytest.fixture(scope="session")
def new_environment(
    tmp_path_factory: pytest.TempPathFactory, wheels: Path
) -> Callable[..., Environment]:
    """Make a virtual environment with fodlam-core and whatever else pip is given."""

    def make(*requirements: object) -> Environment:
        environment = Environment(tmp_path_factory.mktemp("venv"))
        venv.create(environment.folder, with_pip=True)
        environment.pip(*wheels.glob("fodlam_core-*.whl"), *requirements)
        return environment

    return make


@pytest.fixture(scope="session")
def distribution(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Write a wheel with one module that is one plugin; return its path."""
    folder = tmp_path_factory.mktemp("tiny")

    def write(name: str, code: str, plugin: str = "", version: str = "1.0") -> Path:
        module = name.replace("-", "_")
        info = f"{module}-{version}.dist-info"
        files = {
            f"{module}.py": code,
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
            f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            f"{info}/entry_points.txt": f"[fodlam]\n{plugin or name} = {module}\n",
        }
        files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in files) + f"{info}/RECORD,,\n"
        path = folder / f"{module}-{version}-py3-none-any.whl"
        with zipfile.ZipFile(path, "w") as archive:
            for file, text in files.items():
                archive.writestr(file, text)
        return path

    return write


@pytest.fixture(scope="session", params=["1.6.0", "newest"])
def pluggy(request: pytest.FixtureRequest) -> str:
    """The requirement for the lowest and for the newest pluggy."""
    lowest = request.param == "1.6.0"
    return "pluggy==1.6.0" if lowest else "pluggy"
