"""The guide for authors of plugins, followed step by step in an empty folder."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any, NamedTuple

import pytest

pytestmark = pytest.mark.install

GUIDE = Path(__file__).parents[2] / "examples" / "plugins" / "README.md"
# What the author writes for the plugin itself; the configurations and the test are beside it.
OWN = ("pyproject.toml", "fodlam_tegra/")


class Step(NamedTuple):
    """A block of the guide: a file to write, a command to type, or what it prints."""

    kind: str
    file: str
    text: str


def steps() -> list[Step]:
    """Return the blocks of the guide in order."""
    blocks = re.findall(
        r"^```(\w+) ?(\S*)\n(.*?)^```$", GUIDE.read_text(), re.DOTALL | re.MULTILINE
    )
    return [Step(*block) for block in blocks]


def test_the_guide_works(new_environment: Any, tmp_path: Path) -> None:
    """Every file is written, every command succeeds, and prints what the guide says."""
    environment = new_environment("pytest")
    printed = ""
    done = 0
    for step in steps():
        if step.file:
            path = tmp_path / step.file
            path.parent.mkdir(exist_ok=True)
            path.write_text(step.text)
        elif step.kind == "sh":
            printed = ""
            for line in step.text.splitlines():
                result = environment.run(*shlex.split(line), cwd=tmp_path)
                assert result.status == 0, f"{line}: {result.out}{result.err}"
                printed += result.out
                done += 1
        else:
            for line in step.text.splitlines():
                assert line in printed
    assert done == 7


def test_thirty_lines() -> None:
    """The plugin itself takes at most 30 lines."""
    own = [step for step in steps() if step.file.startswith(OWN)]
    lines = [line for step in own for line in step.text.splitlines() if line.strip()]

    assert len(own) == 4
    assert len(lines) <= 30
