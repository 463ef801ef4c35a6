"""The figures of the page on what the errors on Eyeriss depend on."""

from __future__ import annotations

from pathlib import Path
from statistics import fmean

import pytest

from fodlam_core import Registry
from fodlam_core.validation.held_out import cross_validate
from fodlam_eyeriss import microarchitecture
from fodlam_eyeriss.row_stationary import RowStationary

PAGE = Path(__file__).parents[2] / "docs" / "evidence.md"


def percent(registry: Registry, room: float | None) -> int:
    """Return the error of latency with one room, one network held out."""

    class Fixed(RowStationary):
        rooms = (room,)

    rows = registry.accelerator("eyeriss").calibration("conv")
    folds = cross_validate(Fixed(), rows, "leave-one-network-out")
    pairs = [
        (each.predicted.latency_s, each.measurement.cost.latency_s)
        for fold in folds
        for each in fold.layers
    ]
    return round(100 * fmean(abs(one / other - 1) for one, other in pairs if one and other))


def row_of(beginning: str) -> list[int]:
    """Return the percentages of a row of the page."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    (line,) = (each for each in lines if each.startswith(f"| {beginning}"))
    return [int(cell.strip(" %")) for cell in line.split("|")[2:-1]]


def test_one_step_in_the_rule_for_channels(registry: Registry) -> None:
    """The page says what a step in the channels of a pass does to the error."""
    rooms = (80.0, None, 160.0)
    assert [percent(registry, each) for each in rooms] == row_of("channels times columns")
    assert percent(registry, 112.0) == percent(registry, None)


@pytest.mark.parametrize(
    ("row", "constant", "values"),
    [
        ("partial sums per cycle", "PSUM_WORDS_PER_CYCLE", (2, 4, 8)),
        ("sets over channels", "SETS_OVER_CHANNELS", (1, 2, 3)),
    ],
)
def test_one_step_in_a_constant(
    row: str,
    constant: str,
    values: tuple[int, ...],
    registry: Registry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The page says what a step in a constant of the microarchitecture does to the error."""
    found = []
    for value in values:
        monkeypatch.setattr(microarchitecture, constant, value)
        found.append(percent(registry, None))
    assert found == row_of(row)
