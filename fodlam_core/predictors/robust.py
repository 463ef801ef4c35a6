"""Non-negative least squares on relative errors, with weights that bound what outliers do."""

from __future__ import annotations

from operator import add, mul
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

REWEIGHTINGS = 4
# Residuals beyond so many medians count by their size, not by its square: Huber, "Robust
# Estimation of a Location Parameter", Annals of Mathematical Statistics 35, 1964.
HUBER = 1.5
MOST_STEPS = 200
# The diagonal of the equations is 1: what is as small as this is rounding.
TOLERANCE = 1e-10
SINGULAR = 1e-11


def fit(
    columns: Sequence[Sequence[float]],
    prior: Sequence[float] = (),
    strength: float = 0.0,
    least: Sequence[float] = (),
) -> list[float]:
    """Return coefficients >= 0 that bring the sum of columns nearest to 1 in every row.

    With columns divided by what they should add up to, residuals are relative errors.

    Args:
        columns: one for each term, of equal length.
        prior: coefficients to pull towards.
        strength: how strongly.
        least: a lower bound of each coefficient, not with a prior; by default 0.

    >>> [round(value, 6) for value in fit([[1.0, 2.0, 4.0], [1.0, 1.0, 1.0]])]
    [0.0, 1.0]
    """
    rows = len(columns[0]) if columns else 0
    goals = [1 - value for value in combine(columns, least)] if least else [1.0] * rows
    weights = [1.0] * rows
    coefficients: list[float] = [0.0] * len(columns)
    for turn in range(REWEIGHTINGS + 1):
        coefficients = _solve(columns, weights, coefficients, prior, strength, goals)
        if turn < REWEIGHTINGS:
            found = combine(columns, coefficients)
            sizes = [abs(value - goal) for value, goal in zip(found, goals, strict=True)]
            limit = HUBER * median(sizes)
            weights = [1.0 if size <= limit else limit / size for size in sizes]
    return list(map(add, coefficients, least)) if least else coefficients


def combine(columns: Sequence[Sequence[float]], coefficients: Sequence[float]) -> list[float]:
    """Return the sum of columns, each times its coefficient, row by row."""
    total = [0.0] * len(columns[0])
    for column, factor in zip(columns, coefficients, strict=True):
        if factor:
            total = [sum_ + factor * value for sum_, value in zip(total, column, strict=True)]
    return total


def _solve(
    columns: Sequence[Sequence[float]],
    weights: Sequence[float],
    start: Sequence[float],
    prior: Sequence[float],
    strength: float,
    goals: Sequence[float],
) -> list[float]:
    """Solve the normal equations under the weights, from a first guess."""
    weighted = [list(map(mul, column, weights)) for column in columns]
    squares = [sum(map(mul, a, b)) for a, b in zip(weighted, columns, strict=True)]
    norms = [square**0.5 or 1.0 for square in squares]
    count = len(columns)
    matrix = [[0.0] * count for _ in columns]
    for i, square in enumerate(squares):
        matrix[i][i] = square / norms[i] / norms[i]
        for j in range(i):
            value = sum(map(mul, weighted[i], columns[j])) / norms[i] / norms[j]
            matrix[i][j] = matrix[j][i] = value
    sums = [sum(map(mul, column, goals)) for column in weighted]
    right = [value / norm for value, norm in zip(sums, norms, strict=True)]
    if strength:
        _pull(matrix, right, [p * norm for p, norm in zip(prior, norms, strict=True)], strength)
    scaled = [value * norm for value, norm in zip(start, norms, strict=True)]
    _active_set(matrix, right, scaled)
    return [value / norm for value, norm in zip(scaled, norms, strict=True)]


def _pull(
    matrix: list[list[float]], right: list[float], prior: Sequence[float], strength: float
) -> None:
    for i, value in enumerate(prior):
        matrix[i][i] += strength
        right[i] += strength * value


def _active_set(matrix: list[list[float]], right: list[float], values: list[float]) -> None:
    """Minimise over values >= 0: Lawson and Hanson, "Solving Least Squares Problems", ch. 23."""
    support = [i for i, value in enumerate(values) if value > 0]
    rejected = [i for i, row in enumerate(matrix) if not row[i]]
    _step_inside(matrix, right, values, support)
    for _ in range(MOST_STEPS):
        gradients = [b - sum(map(mul, row, values)) for row, b in zip(matrix, right, strict=True)]
        outside = [i for i in range(len(values)) if i not in (*support, *rejected)]
        best = max(outside, key=lambda i: gradients[i], default=None)
        if best is None or gradients[best] <= TOLERANCE:
            return
        support.append(best)
        _step_inside(matrix, right, values, support)
        if best not in support:  # it helps by less than rounding
            rejected.append(best)


def _step_inside(
    matrix: list[list[float]], right: list[float], values: list[float], support: list[int]
) -> None:
    """Solve for the values of the support; one that would turn negative stays 0 and leaves it."""
    while support:
        exact = _eliminate([[matrix[i][j] for j in support] + [right[i]] for i in support])
        if exact is None:  # the newest is a combination of the others
            values[support.pop()] = 0.0
            continue
        # As far towards the solution as all stay at least 0.
        share = 1.0
        for i, value in zip(support, exact, strict=True):
            if value <= 0:
                share = min(share, values[i] / (values[i] - value) if values[i] > 0 else 0.0)
        for i, value in zip(support, exact, strict=True):
            values[i] += share * (value - values[i])
            if value <= 0 and values[i] <= TOLERANCE:
                values[i] = 0.0
        if share == 1.0:
            return
        support[:] = [i for i in support if values[i] > 0]


def _eliminate(rows: list[list[float]]) -> list[float] | None:
    """Solve symmetric equations, each with its right side last; None if they are singular."""
    count = len(rows)
    for i in range(count):
        if rows[i][i] < SINGULAR:
            return None
        for j in range(i + 1, count):
            factor = rows[j][i] / rows[i][i]
            if factor:
                rows[j] = [b - factor * a for a, b in zip(rows[i], rows[j], strict=True)]
    solution = [0.0] * count
    for i in reversed(range(count)):
        known = sum(map(mul, rows[i][i + 1 : count], solution[i + 1 :]))
        solution[i] = (rows[i][count] - known) / rows[i][i]
    return solution
