"""Libraries that only sweeps need."""

from __future__ import annotations

import json

import pytest

from fodlam_core import FodlamError
from fodlam_core.sweeps.libraries import need


def test_a_library_or_the_line_that_installs_it() -> None:
    """What is installed is imported; for anything else the command is told."""
    assert json is need("json", "sweep")
    with pytest.raises(FodlamError, match=r"pip install 'fodlam-core\[sweep\]'"):
        need("no_such_module.inner", "sweep")
