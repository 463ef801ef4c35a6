"""Grids, parts and shards: arithmetic."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodlam_core.errors import FodlamError
from fodlam_core.sweeps.axes import Axis
from fodlam_core.sweeps.grid import (
    VALUES_PER_PART,
    Box,
    Grid,
    components,
    grid_of,
    partition,
    shard_parts,
)
from fodlam_core.sweeps.keys import BATCH, COSTS, TECHNOLOGY

CHANGES = st.sampled_from([TECHNOLOGY, COSTS, BATCH])


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    """Draw a grid of at most 10,000 points, with groups that change several things."""
    groups = []
    for number in range(draw(st.integers(1, 5))):
        values = list(range(draw(st.integers(1, 6))))
        axes = [
            Axis(f"{number}.{each}", values, draw(CHANGES), "int")
            for each in range(draw(st.integers(1, 2)))
        ]
        groups.append(tuple(axes))
    return grid_of(tuple(groups))


def points(box: Box) -> set[tuple[int, ...]]:
    """Return the points of a box by their places on the groups."""
    return set(itertools.product(*(range(each.start, each.stop) for each in box)))


@given(grid=grids(), most=st.integers(1, 400), technologies=st.integers(1, 40))
def test_parts_are_disjoint_and_complete(grid: Grid, most: int, technologies: int) -> None:
    """Every point is in exactly one part, and no part is larger than it may be."""
    cut = partition(grid, most, technologies)
    boxes = [points(cut.box(part)) for part in range(len(cut))]

    assert grid.points == sum(map(len, boxes)) == len(set().union(*boxes))
    assert most >= max(map(len, boxes))
    for part in range(len(cut)):
        asked = [
            len(each)
            for each in cut.box(part)
            if any(axis.changes == TECHNOLOGY for axis in each.group)
        ]
        assert technologies >= math.prod(asked)


def test_no_part_holds_millions_of_values_of_an_axis() -> None:
    """A long axis is cut even where other axes leave room for all of it."""
    nodes = Axis("node", range(10), TECHNOLOGY, "int")
    grid = grid_of(((nodes,), (Axis("batch", range(10**7), BATCH, "int"),)))

    cut = partition(grid)

    assert VALUES_PER_PART >= max(len(each) for part in range(len(cut)) for each in cut.box(part))
    assert len(cut) == grid.points // VALUES_PER_PART


@given(grid=grids(), count=st.integers(1, 9), most=st.integers(1, 400))
def test_shards_are_disjoint_and_complete(grid: Grid, count: int, most: int) -> None:
    """Every part of the points belongs to exactly one shard."""
    shards = [shard_parts(f"{number}/{count}", grid, most) for number in range(1, count + 1)]

    assert 1 == len({len(cut) for cut, _ in shards})
    parts = [part for _, mine in shards for part in mine]
    assert list(range(len(shards[0][0]))) == parts


def test_shards_are_about_equal() -> None:
    """A shard of a large sweep has its share of the points, give or take an eighth."""
    axes = [Axis(str(number), range(37), COSTS, "int") for number in range(4)]
    grid = grid_of(tuple((axis,) for axis in axes))

    for number in range(1, 17):
        cut, parts = shard_parts(f"{number}/16", grid)
        size = sum(math.prod(map(len, cut.box(part))) for part in parts)
        assert grid.points / 16 == pytest.approx(size, rel=1 / 8)


@pytest.mark.parametrize("text", ["", "3", "0/4", "5/4", "a/b", "-1/4", "1/0", "1.5/4"])
def test_bad_shards(text: str) -> None:
    """A shard is told by its number and their count."""
    grid = grid_of(((Axis("a", [1], COSTS, "int"),),))

    with pytest.raises(FodlamError, match="expected NUMBER/COUNT, such as 3/16"):
        shard_parts(text, grid)


@given(grid=grids())
def test_components_share_nothing(grid: Grid) -> None:
    """What changes the same thing is in one component, and technology comes first."""
    found = components(grid.box)

    assert len(grid.groups) == sum(len(slices) for _, slices in found)
    for (one, _), (other, _) in itertools.combinations(found, 2):
        assert not one & other
    assert all(TECHNOLOGY not in what for what, _ in found[1:])


def test_a_trillion_points_are_only_arithmetic() -> None:
    """The size of a sweep costs nothing."""
    axes = [Axis(str(number), range(10**6), BATCH, "int") for number in range(2)]
    grid = grid_of(tuple((axis,) for axis in axes))

    cut, parts = shard_parts(None, grid)

    assert 10**12 == grid.points
    assert len(cut) - 1 == parts[-1]
    assert [10**6, 10**6] == [each.stop for each in cut.box(parts[-1])]
