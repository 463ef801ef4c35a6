"""``fodlam-core completion``, and what a shell is told that asks."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fodlam_core import FodlamError
from fodlam_core.cli import completion
from fodlam_core.cli.completion import SHELLS

pytest.importorskip("argcomplete")


def completed(line: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Return what a shell would show for a line with the cursor at its end."""
    answer = folder / "answer"
    code = "from fodlam_core.cli import main; main()"
    environment = {
        "_ARGCOMPLETE": "1",
        "_ARGCOMPLETE_IFS": "\n",
        "_ARGCOMPLETE_SHELL": "fish",  # which splits words at blanks only
        "_ARGCOMPLETE_STDOUT_FILENAME": str(answer),
        "COMP_LINE": line,
        "COMP_POINT": str(len(line)),
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    subprocess.run([sys.executable, "-c", code], check=True, cwd=folder, capture_output=True)
    lines = answer.read_text(encoding="utf-8").splitlines()
    return {each.partition("\t")[0].strip() for each in lines}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("fodlam-core ra", {"rank"}),
        ("fodlam-core run VGG1", {"VGG16", "VGG19"}),
        ("fodlam-core run net", {"net.onnx"}),
        ("fodlam-core run VGG16 --on ey", {"eyeriss"}),
        ("fodlam-core run VGG16 --on conv=eyeriss,fc=ei", {"conv=eyeriss,fc=eie"}),
        ("fodlam-core chips show eyeriss/0.8", {"eyeriss/0.82V"}),
        ("fodlam-core compare VGG16 --scaler dennard,post", {"dennard,post-dennard"}),
        ("fodlam-core compare VGG16 --predictor near", {"nearest"}),
        ("fodlam-core scalers show den", {"dennard"}),
        ("fodlam-core rank VGG16 --sort e", {"energy", "edp", "error"}),
        ("fodlam-core schema ran", {"rank"}),
        ("fodlam-core schema chips sh", {"show"}),
    ],
)
def test_words_are_completed(
    line: str, expected: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Commands, files, and the names of networks, chips, points, rules and predictors are told."""
    (tmp_path / "net.onnx").touch()

    assert expected == completed(line, tmp_path, monkeypatch)


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_gets_a_script(shell: str, cli: Any) -> None:
    """It names the program, and where the shell is installed it is right by its own rules."""
    done = cli("completion", shell)

    assert (0, "") == (done.status, done.err)
    assert "fodlam-core" in done.out
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=done.out, text=True, check=True)


def test_the_cure_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without argcomplete the extra that brings it is named."""
    monkeypatch.setitem(sys.modules, "argcomplete", None)

    with pytest.raises(FodlamError, match=r"pip install 'fodlam-core\[completion\]'"):
        completion._argcomplete()


def test_a_plain_run_imports_nothing_of_it() -> None:
    """Only a shell that asks pays for completion."""
    code = (
        "import sys; from fodlam_core.cli import main; main(['run', 'AlexNet', '-o', '/dev/null']);"
        "print([name for name in sys.modules if 'argcomplete' in name or 'completion' in name])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "[]" == done.stdout.strip()
