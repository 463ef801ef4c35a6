"""A plugin that hangs or is interrupted while it is loaded is named, with the line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fodlam_core import load_registry
from fodlam_core.plugins import watchdog

LOADER = watchdog.LOADER


def test_a_plugin_that_hangs_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What takes long is named on standard error while it does, once, with the line it is at."""
    monkeypatch.setattr(watchdog, "PATIENCE_S", 0.01)
    monkeypatch.setattr(watchdog, "LOOKS_S", 0.05)
    path = tmp_path / "slow.py"
    path.write_text(
        "import time\nfrom fodlam_core import LayerKind, hookimpl\ntime.sleep(0.5)\n"
        "@hookimpl\ndef fodlam_layer_kinds():\n    yield LayerKind('pool', 'pooling')\n"
    )

    load_registry([path])

    err = capsys.readouterr().err
    assert f"plugin 'slow' ({path} unpackaged) is still loading" in err
    assert f"at {path}:3: time.sleep(0.5)" in err
    assert 1 == err.count("slow' (")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for a child")
@pytest.mark.parametrize("where", ["import", "hook"])
def test_an_interrupted_plugin_is_named(tmp_path: Path, where: str) -> None:
    """Ctrl-C while a plugin loads ends the program with its name and the line, no traceback."""
    path = tmp_path / "stuck.py"
    hook = "@hookimpl\ndef fodlam_layer_kinds():\n    "
    path.write_text(
        "import sys, time\nfrom fodlam_core import hookimpl\n"
        + ("" if where == "import" else hook)
        + "print('now', file=sys.stderr, flush=True); time.sleep(60)\n"
    )
    command = [sys.executable, "-m", "fodlam_core", "plugins", "--plugin", str(path)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        assert "now\n" == process.stderr.readline()
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)

    assert 130 == process.returncode
    line = 3 if where == "import" else 5
    assert f"interrupted while plugin 'stuck' ({path} unpackaged) was loading" in err
    assert f", at {path}:{line}: " in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("stack", "place"),
    [
        ([("/x/p.py", 3), ("/lib/socket.py", 9)], ", at /x/p.py:3"),
        ([("/x/p/__init__.py", 1), ("/x/p/b.py", 7), ("/lib/s.py", 9)], ", at /x/p/b.py:7"),
        (
            [("main.py", 1), (LOADER, 2), ("<frozen importlib>", 1), ("/x/p.py", 3)],
            ", at /x/p.py:3",
        ),
        ([("main.py", 1), (LOADER, 2)], ""),
        ([], ""),
    ],
)
def test_the_line_is_the_plugins_own(stack: list[tuple[str, int]], place: str) -> None:
    """Of a stack the innermost line of the plugin's own files is told, not that of a library."""
    assert place == watchdog.place(stack)
