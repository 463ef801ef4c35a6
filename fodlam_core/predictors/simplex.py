"""The minimum of a function of a few numbers, without derivatives.

Nelder and Mead, "A simplex method for function minimization", The Computer Journal 7(4), 1965.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Point = list[float]


def minimum(
    function: Callable[[Point], float], start: Sequence[float], step: float, most: int = 200
) -> tuple[Point, float]:
    """Return where a function is least, near a start, and its value there.

    Args:
        function: the function.
        start: a point of it.
        step: how far the first corners of the simplex are apart.
        most: how many steps it may take.

    >>> point, value = minimum(lambda p: (p[0] - 1) ** 2 + (p[1] + 2) ** 2, [0.0, 0.0], 0.5)
    >>> [round(x, 3) for x in point], round(value, 6)
    ([1.0, -2.0], 0.0)
    """
    points = [list(start)]
    points += [
        [x + step * (axis == index) for axis, x in enumerate(start)] for index in range(len(start))
    ]
    corners = [(function(point), point) for point in points]
    for _ in range(most):
        corners.sort(key=lambda corner: corner[0])
        if corners[-1][0] - corners[0][0] < 1e-9 and _size(corners) < 1e-2 * step:
            break
        _move_worst(function, corners)
    value, point = min(corners, key=lambda corner: corner[0])
    return point, value


def _size(corners: list[tuple[float, Point]]) -> float:
    """Return how far corners are from the best: around a minimum, far ones have equal values."""
    points = [point for _, point in corners]
    return max(abs(x - y) for point in points[1:] for x, y in zip(point, points[0], strict=True))


def _move_worst(function: Callable[[Point], float], corners: list[tuple[float, Point]]) -> None:
    """Reflect the worst corner in the others, stretch or shorten that, or shrink them all."""
    others, worst = corners[:-1], corners[-1]
    centre = [sum(axis) / len(others) for axis in zip(*(p for _, p in others), strict=True)]

    def along(factor: float) -> tuple[float, Point]:
        point = [c + factor * (c - w) for c, w in zip(centre, worst[1], strict=True)]
        return function(point), point

    reflected = along(1.0)
    if reflected[0] < corners[0][0]:
        corners[-1] = min(along(2.0), reflected, key=lambda corner: corner[0])
    elif reflected[0] < corners[-2][0]:
        corners[-1] = reflected
    else:
        nearer = along(0.5 if reflected[0] < worst[0] else -0.5)
        if nearer[0] < min(reflected[0], worst[0]):
            corners[-1] = nearer
        else:
            best = corners[0][1]
            for index in range(1, len(corners)):
                point = [(x + y) / 2 for x, y in zip(corners[index][1], best, strict=True)]
                corners[index] = (function(point), point)
