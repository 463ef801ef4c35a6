"""``plugins check``, and what the list calls unusable."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

CHIP = """
from fodlam_core import (
    Accelerator, Citation, Cost, Layer, Measurement, Technology, hookimpl
)
print("hello")

class Formula:
    name = "formula"
    requires = frozenset()
    def fit(self, measurements):
        return self
    def predict(self, layer):
        return Cost(layer.macs * 1e-11, {energy})

@hookimpl
def fodlam_accelerators():
    yield Accelerator(
        name="mychip", title="MyChip", kinds=["conv"], technology=Technology(28),
        measurements=[Measurement("N", Layer("C", "conv", 10**9), 1, 0.01, 0.1)] * {rows},
        citation=Citation("doe", "J. Doe", "@misc{{doe}}"), provenance="projected",
        predictors=[Formula()],
    )
"""
GOOD = {"rows": "1", "energy": "layer.macs * 1e-12"}


def chip(folder: Path, **changes: str) -> Path:
    """Write a plugin with a chip."""
    path = folder / "mine.py"
    path.write_text(CHIP.format(**{**GOOD, **changes}))
    return path


def test_a_plugin_without_fault(cli: Any, tmp_path: Path) -> None:
    """A file that passes is told with what it supplies; what it prints is not an output."""
    path = chip(tmp_path)
    done = cli("plugins", "check", path)

    assert (0, f"plugin 'mine' ({path} unpackaged) passes: accelerator mychip\n") == (
        done.status,
        done.out,
    )


def test_a_folder_needs_no_slash(cli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder of a package is found by its name alone, if no plugin has that name."""
    (tmp_path / "fodlam_mine").mkdir()
    chip(tmp_path).rename(tmp_path / "fodlam_mine" / "__init__.py")
    monkeypatch.chdir(tmp_path)

    assert 0 == cli("plugins", "check", "fodlam_mine").status


def test_a_plugin_with_faults(cli: Any, tmp_path: Path) -> None:
    """Every failed check is told, with what to fix, and the exit status is 1."""
    done = cli("plugins", "check", chip(tmp_path, energy="layer.macs * 1e-3"))

    assert 1 == done.status
    assert "has faults\nAccelerator 'mychip' fails" in done.out
    assert "check_predictions: formula for layer 'probe-conv': J/MAC" in done.out


@pytest.mark.parametrize("name", ["eyeriss", "fodlam-core:eie", "fodlam_core"])
def test_installed_plugins_are_checked(cli: Any, name: str) -> None:
    """An installed plugin is checked by name, or by distribution and name; ours pass."""
    done = cli("plugins", "check", name)

    assert 0 == done.status, done.out
    assert " passes: " in done.out


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("eyerys", "unknown plugin 'eyerys'; did you mean 'eyeriss'?"),
        ("fodlam-core", "'fodlam-core' is several plugins; write fodlam-core:fodlam_core or "),
    ],
)
def test_what_is_no_plugin(cli: Any, subject: str, text: str) -> None:
    """A name that no plugin has, or several, is an error."""
    done = cli("plugins", "check", subject)

    assert (1, "") == (done.status, done.out)
    assert f"error: {text}" in done.err


def test_a_file_that_is_not_there(cli: Any) -> None:
    """Files for readers have to be there."""
    done = cli("plugins", "check", "eie", "--file", "nowhere.net")

    assert (1, "error: --file nowhere.net: no such file\n") == (done.status, done.err)


def test_what_every_run_refuses_is_unusable(cli: Any, tmp_path: Path) -> None:
    """The list says so, with the reason, without a run."""
    path = chip(tmp_path, rows="2")
    [*_, record] = json.loads(cli("plugins", "--plugin", path, "-f", "json").out)
    table = cli("plugins", "--plugin", path, "-f", "markdown").out

    assert ("unusable", ["accelerator mychip"]) == (record["status"], record["unusable"])
    assert "N C at batch 1 is listed twice" in record["reason"]
    assert "mychip (unusable)" in table


def test_long_lists_of_names_are_shortened(
    cli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A library of many chips takes few lines; JSON has all of their names."""
    library = tmp_path / "library.py"
    library.write_text(
        "from fodlam_core import DeferredAccelerator, hookimpl\n\n\n@hookimpl\n"
        "def fodlam_accelerators():\n"
        "    return [DeferredAccelerator(name=f'chip{n}', kinds=['conv'], load=dict)"
        " for n in range(40)]\n"
    )
    monkeypatch.setenv("COLUMNS", "200")
    shown = cli("plugins", "--plugin", str(library))
    [record] = [
        each
        for each in json.loads(cli("plugins", "--plugin", str(library), "-f", "json").out)
        if "accelerator chip39" in each["provides"]
    ]

    assert len(record["provides"]) == 40
    assert "... 36 more, all with -f json" in shown.out
