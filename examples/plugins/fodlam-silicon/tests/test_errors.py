"""The errors that were computed beforehand."""

from __future__ import annotations

import pytest
from fodlam_silicon.errors import errors
from fodlam_silicon.point import accelerator

from fodlam_core.validation.errors import cross_validated
from fodlam_core.validation.pooled import hold_out

# A phone, a GPU, an FPGA design and a microcontroller with energies.
SOME = ["gap8/int8", "snapdragon-835/ncnn-4t-big", "rtx-3090/ncnn-gpu-2", "raspberry-pi-4/ncnn-4t"]


@pytest.mark.parametrize("name", SOME)
def test_stored_errors_are_those_of_the_tables(name: str) -> None:
    """Computed again from the tables, the errors are those that are stored."""
    chip = accelerator(*name.split("/"))
    held = hold_out(chip.predictors[0], chip)
    assert held is not None

    stored = errors()[name]["linear"]
    again = cross_validated(held)
    assert set(stored) == set(again)
    for quantity, each in again.items():
        assert stored[quantity].groups == each.groups
        assert stored[quantity].half_width == pytest.approx(each.half_width, abs=2e-4)
        assert stored[quantity].mape == pytest.approx(each.mape, abs=2e-4)


def test_most_measured_points_have_an_error() -> None:
    """Every error is positive and finite, and there are hundreds of them."""
    every = [
        each for point in errors().values() for found in point.values() for each in found.values()
    ]

    assert len(every) > 700
    assert all(0 < each.half_width < 10 and each.groups >= 2 for each in every)
