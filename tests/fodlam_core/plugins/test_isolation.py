"""Code of others can neither end the program nor write among its data."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fodlam_core.plugins import describe, isolated, stdout_to_stderr


def test_descriptors_come_back(tmp_path: Path) -> None:
    """Afterwards standard output is what it was, in Python and below."""
    code = (
        "import os\nfrom fodlam_core.plugins import stdout_to_stderr\n"
        "print('before')\n"
        "with stdout_to_stderr():\n    print('in')\n    os.write(1, b'below\\n')\n"
        "print('after')\nos.write(1, b'')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "before\nafter\n"
    assert set(done.stderr.split()) == {"in", "below"}


def test_closed_standard_output_is_no_trouble() -> None:
    """Where standard output is closed there is nothing to protect."""
    code = (
        "import sys\nsys.stdout.close()\nfrom fodlam_core.plugins import stdout_to_stderr\n"
        "with stdout_to_stderr():\n    print('in')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stderr == "in\n"


def test_errors_pass_through_the_redirection() -> None:
    """An exception leaves standard output as it was."""
    before = os.fstat(1)
    with pytest.raises(ZeroDivisionError), stdout_to_stderr():
        raise ZeroDivisionError
    assert os.fstat(1) == before


def test_threads_do_not_lose_standard_output() -> None:
    """Threads that redirect at once leave standard output as it was."""
    code = (
        "import threading\nfrom fodlam_core.plugins import stdout_to_stderr\n"
        "def work():\n    for _ in range(200):\n        with stdout_to_stderr():\n"
        "            pass\n"
        "threads = [threading.Thread(target=work) for _ in range(8)]\n"
        "[thread.start() for thread in threads]\n[thread.join() for thread in threads]\n"
        "print('after')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "after\n"


def test_an_error_that_cannot_be_shown() -> None:
    """An exception whose text cannot be had is told by its type."""

    class OddError(Exception):
        def __str__(self) -> str:
            raise ValueError

    assert describe(OddError()) == "OddError: its message cannot be shown"
    assert isolated(len, "ab") == (2, None)
