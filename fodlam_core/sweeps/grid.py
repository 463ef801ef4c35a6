"""The points of a sweep, cut into boxes of a size that fits in memory. Arithmetic only."""

from __future__ import annotations

import math
from typing import NamedTuple

from fodlam_core.errors import FodlamError
from fodlam_core.sweeps.axes import Axis
from fodlam_core.sweeps.keys import BATCH, COSTS, SYSTEM, TECHNOLOGY

Group = tuple[Axis, ...]

# A part is small enough to be lost without grief, and large enough for its overhead not to count.
POINTS_PER_PART = 8_000_000
# The values of an axis are held, as are factors: a rule is asked once for each technology point and
# accelerator.
VALUES_PER_PART = 1_000_000
TECHNOLOGIES_PER_PART = 50_000
PARTS_PER_SHARD = 8


class Slice(NamedTuple):
    """The values of a group of axes from one index to another."""

    group: Group
    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start


Box = tuple[Slice, ...]


class Grid(NamedTuple):
    """All points of a sweep.

    Attributes:
        groups: groups of axes that advance together, the slowest first.
    """

    groups: tuple[Group, ...]

    @property
    def points(self) -> int:
        """The number of points."""
        return math.prod(map(length, self.groups))

    @property
    def box(self) -> Box:
        """All points as one box."""
        return tuple(Slice(group, 0, length(group)) for group in self.groups)


class Partition(NamedTuple):
    """A grid cut into boxes.

    Some of its groups are taken value by value, the next is cut into pieces, and the rest is
    taken whole.

    Attributes:
        grid: the grid.
        outer: how many groups are taken value by value.
        pieces: into how many pieces the next group is cut.
    """

    grid: Grid
    outer: int
    pieces: int

    def __len__(self) -> int:
        return self.pieces * math.prod(map(length, self.grid.groups[: self.outer]))

    def box(self, part: int) -> Box:
        """Return the points of a part."""
        rest, piece = divmod(part, self.pieces)
        box: list[Slice] = []
        for group in reversed(self.grid.groups[: self.outer]):
            rest, index = divmod(rest, length(group))
            box.insert(0, Slice(group, index, index + 1))
        for position, group in enumerate(self.grid.groups[self.outer :]):
            number, of = (piece, self.pieces) if position == 0 else (0, 1)
            size = length(group)
            box.append(Slice(group, number * size // of, (number + 1) * size // of))
        return tuple(box)


def length(group: Group) -> int:
    """Return how many steps a group takes."""
    return len(group[0].values)


def needs(group: Group) -> set[str]:
    """Return what of an estimate the axes of a group change."""
    return {axis.changes for axis in group}


def components(box: Box) -> list[tuple[set[str], list[Slice]]]:
    """Return the groups of a box in sets that change different things, technology first.

    Two groups are in one set if both change the same thing, or if a third one ties them together.
    """
    found: list[tuple[set[str], list[Slice]]] = []
    for each in box:
        what, members = needs(each.group), [each]
        for other in [known for known in found if known[0] & what]:
            found.remove(other)
            what, members = what | other[0], other[1] + members
        found.append((what, members))
    order = (TECHNOLOGY, COSTS, SYSTEM, BATCH)
    return sorted(found, key=lambda each: min(map(order.index, each[0])))


def grid_of(groups: tuple[Group, ...]) -> Grid:
    """Return the grid of some groups, ordered so that a rule need not be asked twice.

    Technology varies slowest, then what else changes costs, then the batch.
    """
    box = Grid(groups).box
    return Grid(tuple(each.group for _, members in components(box) for each in members))


def partition(
    grid: Grid, points: int = POINTS_PER_PART, technologies: int = TECHNOLOGIES_PER_PART
) -> Partition:
    """Cut a grid into boxes of at most so many points and technology points."""
    for outer in reversed(range(len(grid.groups))):
        group = grid.groups[outer]
        size = length(group)
        held = technologies if TECHNOLOGY in needs(group) else VALUES_PER_PART
        if size > points or size > held:
            return Partition(grid, outer, math.ceil(size / max(1, min(points, held))))
        points //= size
        if TECHNOLOGY in needs(group):
            technologies //= size
    return Partition(grid, 0, 1)


def shard_parts(
    text: str | None, grid: Grid, points: int = POINTS_PER_PART
) -> tuple[Partition, range]:
    """Return the partition of a grid, and the parts of one shard of it.

    Args:
        text: ``"3/16"`` for the third of sixteen shards; None for everything.
        grid: the grid.
        points: how many points a part has at most.

    Raises:
        FodlamError: if the text is of another form.
    """
    if text is None:
        whole = partition(grid, points)
        return whole, range(len(whole))
    number, slash, of = text.partition("/")
    if not (slash and number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
        raise FodlamError(f"--shard {text}: expected NUMBER/COUNT, such as 3/16")
    shard, count = int(number) - 1, int(of)
    most = max(1, math.ceil(grid.points / (count * PARTS_PER_SHARD)))
    cut = partition(grid, min(points, most))
    return cut, range(len(cut) * shard // count, len(cut) * (shard + 1) // count)
