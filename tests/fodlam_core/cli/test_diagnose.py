"""The command ``diagnose``."""

from __future__ import annotations

import json
from typing import Any


def test_batches(cli: Any) -> None:
    """Costs of one image are those as printed over the measured batch."""
    printed, one = (
        json.loads(cli("diagnose", "--batch", batch, "-f", "json").out)["per_layer"]["latency"]
        for batch in ("published", "1")
    )

    assert abs(printed["VGG16"]["CONV1-1"] / one["VGG16"]["CONV1-1"] - 3) < 1e-12
    assert printed["VGG16"]["FC6"] == one["VGG16"]["FC6"]


def test_the_table_warns_of_batches(cli: Any) -> None:
    """A person is told that printed costs are those of a batch."""
    assert "--batch 1" in cli("diagnose").out
