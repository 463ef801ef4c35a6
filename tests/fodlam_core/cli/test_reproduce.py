"""The command ``reproduce``."""

from __future__ import annotations

import json
from typing import Any


def test_tables_and_checks(cli: Any) -> None:
    """It prints the published tables, and counts what is disputed."""
    done = cli("reproduce", "eie")

    assert (0, "") == (done.status, done.err)
    assert "Table IV" in done.out
    assert "checks of printed cells" in done.out


def test_csv_has_a_row_for_each_check(cli: Any) -> None:
    """The CSV file and the JSON have the same checks."""
    checks = json.loads(cli("reproduce", "eie", "-f", "json").out)["checks"]

    assert len(checks) == len(cli("reproduce", "eie", "-f", "csv").out.splitlines()) - 1
