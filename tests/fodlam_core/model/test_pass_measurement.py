"""What passes of operators were measured to cost."""

from __future__ import annotations

import pytest

from fodlam_core import Cost, FodlamError, MemoryPass, PassMeasurement


@pytest.mark.parametrize(
    "values",
    [
        {"what": "Relu"},
        {"batch": 0},
        {"cost": 1e-6},
    ],
)
def test_each_value_is_checked(values: dict[str, object]) -> None:
    """What is not a pass, a batch or a cost is refused by its name."""
    good = {"what": MemoryPass("Relu", read=8, written=8), "batch": 1, "cost": Cost(1e-6, None)}
    PassMeasurement(**good)  # type: ignore[arg-type]  # of several types

    with pytest.raises(FodlamError, match=next(iter(values))):
        PassMeasurement(**{**good, **values})  # type: ignore[arg-type]  # that is what is tested
