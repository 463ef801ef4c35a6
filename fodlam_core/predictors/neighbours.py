"""A correction of a fitted model by what it missed at measured layers that are alike."""

from __future__ import annotations

import math
from statistics import fmean, pstdev
from typing import TYPE_CHECKING, Generic, NamedTuple

import attrs

from fodlam_core.predictors.fitted import ModelT

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

    from fodlam_core.predictors.fitted import Model
    from fodlam_core.predictors.observations import Known
    from fodlam_core.predictors.products import Product

# Widths of the Gaussian kernel in standard deviations of rows, columns, depth, groups and stride.
# Where much was measured, near by is near in everything. Where little was, it is the number of rows
# that counts: a library chooses its kernels by it.
KERNELS = ((0.2, 0.2, 0.2, 0.2, 0.2), (0.1, 0.5, 0.5, 0.5, 0.5))
NONE = 0
"""The number of no kernel; the first of `KERNELS` has 1."""
# Weight of the fitted model among the neighbours.
MODEL_WEIGHT = 0.3
LEAST_SUPPORT = 0.1
REACH = 4  # widths; a row farther away than this has a weight under 0.0004
FOLDS = 5
# Cross-validation looks at a sample of larger tables.
MOST_FITTED = 1000
MOST_TESTED = 400

Point = tuple[float, ...]
"""Logarithms of rows, columns, depth, groups and stride."""


class Neighbours(NamedTuple):
    """What a model missed, near by.

    Attributes:
        widths: of the kernel, for each size.
        cells: positions, and fitted over measured, by form, columns and depth, so that few are
            looked at.
        kernel: the number of the kernel, of `KERNELS` from 1 on.
    """

    widths: tuple[float, ...]
    cells: dict[tuple[str, int, int], list[tuple[Point, float]]]
    kernel: int = 1

    @classmethod
    def of(cls, rows: Sequence[Known], model: Model, kernel: int) -> Neighbours:
        """Remember what a model gives for rows, over what was measured.

        Args:
            rows: the rows.
            model: the model.
            kernel: the number of one of `KERNELS`.
        """
        [found] = cls.of_each(rows, model, [kernel])
        return found

    @classmethod
    def of_each(
        cls, rows: Sequence[Known], model: Model, kernels: Iterable[int]
    ) -> list[Neighbours]:
        """Return the same for several kernels; the model is asked about each row once."""
        points = [_position(*unit(each.product, each.batch)) for each, _ in rows]
        spreads = [pstdev(axis) for axis in zip(*points, strict=True)]
        values = [model.value(each.product, each.batch) for each, _ in rows]
        return [cls._of(rows, points, spreads, values, kernel) for kernel in kernels]

    @classmethod
    def _of(
        cls,
        rows: Sequence[Known],
        points: Sequence[Point],
        spreads: Sequence[float],
        values: Sequence[float],
        kernel: int,
    ) -> Neighbours:
        shares = KERNELS[kernel - 1]
        widths = tuple(each * spread or 1.0 for each, spread in zip(shares, spreads, strict=True))
        cells: dict[tuple[str, int, int], list[tuple[Point, float]]] = {}
        for (each, value), point, fitted in zip(rows, points, values, strict=True):
            if not fitted:
                continue  # nothing to correct
            scaled = tuple(x / width for x, width in zip(point, widths, strict=True))
            cells.setdefault(_cell(each.product.form, scaled), []).append((scaled, fitted / value))
        return cls(widths, cells, kernel)

    def corrections(self, product: Product) -> Iterator[tuple[int, float]]:
        """Yield numbers of rows, powers of two, near which layers like this were measured.

        Each comes with the factor of the fitted model that has the least squares of relative
        errors there, the model itself among the neighbours.

        Args:
            product: one row of the layer.
        """
        step = math.log(2) / self.widths[0]
        sums: dict[int, list[float]] = {}
        for rows, (weight, ratio, square) in self._near(product).items():
            first, last = math.ceil((rows - REACH) / step), math.floor((rows + REACH) / step)
            for power in range(max(first, 0), last + 1):
                share = math.exp(-0.5 * (rows - power * step) ** 2)
                each = sums.setdefault(power, [0.0, MODEL_WEIGHT, MODEL_WEIGHT])
                each[0] += share * weight
                each[1] += share * ratio
                each[2] += share * square
        for power, (support, ratios, squares) in sorted(sums.items()):
            if support >= LEAST_SUPPORT:
                yield 2**power, ratios / squares

    def _near(self, product: Product) -> dict[float, list[float]]:
        """Return sums of weights, weighted ratios and their squares, by rows, of layers like this.

        Rows are logarithms, in widths; few numbers of them are shared by thousands of layers.
        """
        here = tuple(x / y for x, y in zip(_position(product, 1), self.widths, strict=True))
        rows, n, k, groups, stride = here
        _, column, depth = _cell(product.form, here)
        near: dict[float, list[float]] = {}
        for x in (column - 1, column, column + 1):
            for y in (depth - 1, depth, depth + 1):
                # Written out: thousands of rows are looked at for a layer.
                for (rows_, n_, k_, groups_, stride_), ratio in self.cells.get(
                    (product.form, x, y), ()
                ):
                    a, b, c, d = n_ - n, k_ - k, groups_ - groups, stride_ - stride
                    square = a * a + b * b + c * c + d * d
                    if square < REACH**2:
                        weight = math.exp(-0.5 * square)
                        each = near.setdefault(rows_ - rows, [0.0, 0.0, 0.0])
                        each[0] += weight
                        each[1] += weight * ratio
                        each[2] += weight * ratio * ratio
        return near


def _position(product: Product, batch: int) -> Point:
    return (
        math.log(product.m * batch),
        math.log(product.n),
        math.log(product.k),
        math.log(product.groups),
        math.log(product.stride),
    )


def _cell(form: str, point: Point) -> tuple[str, int, int]:
    return form, int(point[1] // REACH), int(point[2] // REACH)


def unit(product: Product, batch: int) -> tuple[Product, int]:
    """Return a layer as one row of it, where rows share weights, and the number of rows."""
    if product.form != "fc":
        return product, batch
    return _of_rows(product, 1), product.m * batch


def _of_rows(product: Product, rows: int) -> Product:
    n, k = product.n, product.k
    return product._replace(m=rows, inputs=rows * k, outputs=rows * n, macs=rows * n * k)


@attrs.frozen
class Corrected(Generic[ModelT]):
    """A model and its correction.

    Twice as many rows never cost less, and never more than twice as much, whatever neighbours
    say: fewer rows can be filled up, and more be run in parts, so that what costs more is taken
    down. Between the numbers of rows that were measured the cost is on a line, and beyond them it
    grows as the model does.
    """

    model: ModelT
    neighbours: Neighbours

    def value(self, product: Product, batch: int) -> float:
        """Return the corrected quantity for a batch."""
        one, rows = unit(product, batch)
        count, cost = 0, 0.0
        for more, limited in self._limited(one):
            if rows <= more:
                if not count:
                    count, cost = more, limited
                    break
                return cost + (limited - cost) * (rows - count) / (more - count)
            count, cost = more, limited
        scale = cost / self._model(one, count) if cost else 1.0
        return scale * self._model(one, rows)

    def _model(self, one: Product, rows: int) -> float:
        if one.form != "fc":
            return self.model.value(one, rows)
        return self.model.value(_of_rows(one, rows), 1)

    def _limited(self, one: Product) -> list[tuple[int, float]]:
        """Return the cost at each number of rows near which layers like one row were measured."""
        found = [
            (rows, self._model(one, rows) * factor)
            for rows, factor in self.neighbours.corrections(one)
        ]
        for i in reversed(range(len(found) - 1)):
            rows, cost = found[i]
            found[i] = rows, min(cost, found[i + 1][1])
        for i in range(1, len(found)):
            (fewer, less), (rows, cost) = found[i - 1 : i + 1]
            found[i] = rows, min(cost, less * rows / fewer)
        return found

    @property
    def overhead(self) -> float:
        """What a run of a network takes that belongs to no layer."""
        return self.model.overhead

    def outside(self, product: Product) -> list[str]:
        """Return why the layer is outside what was measured."""
        return self.model.outside(product)

    def explain(self, product: Product, unit: str) -> str:
        """Return the formula of the model for one inference, and the correction."""
        factor = self.value(product, 1) / (self.model.value(product, 1) or 1.0)
        return f"{self.model.explain(product, unit)}; x {factor:.4g} from measured layers near by"


def corrected(
    rows: Sequence[Known], fit: Callable[[Sequence[Known]], ModelT]
) -> Corrected[ModelT] | None:
    """Return a fit with its correction; None where cross-validation says that it does not help.

    Args:
        rows: what was measured; whole networks correct nothing.
        fit: fits the model.
    """
    layers = [row for row in rows if not row[0].whole]
    kernel = _best(layers, fit)
    if kernel == NONE:
        return None
    model = fit(rows)
    return Corrected(model, Neighbours.of(layers, model, kernel))


def _best(rows: Sequence[Known], fit: Callable[[Sequence[Known]], Model]) -> int:
    """Return the kernel with the least mean relative error of layers that were held out."""
    groups = _groups(rows)
    groups = groups[:: 1 + len(rows) // MOST_FITTED]
    if len(groups) < FOLDS:
        return NONE
    errors: list[list[float]] = [[] for _ in (NONE, *KERNELS)]
    for fold in range(FOLDS):
        held = [row for group in groups[fold::FOLDS] for row in group]
        rest = [row for i, group in enumerate(groups) if i % FOLDS != fold for row in group]
        model = fit(rest)
        near = Neighbours.of_each(rest, model, range(1, len(KERNELS) + 1))
        trials = [model, *(Corrected(model, each) for each in near)]
        for each, value in held[:: 1 + FOLDS * len(held) // MOST_TESTED]:
            for missed, trial in zip(errors, trials, strict=True):
                missed.append(abs(trial.value(each.product, each.batch) / value - 1))
    means = list(map(fmean, errors))
    return means.index(min(means))


def _groups(rows: Sequence[Known]) -> list[list[Known]]:
    """Return rows that are alike together: of one network, of one shape if networks are few."""
    networks = len({each.network for each, _ in rows})
    groups: dict[Hashable, list[Known]] = {}
    for row in rows:
        each = row[0]
        shape = each.product._replace(window=None)  # alike, whichever way a window lies
        groups.setdefault(each.network if networks >= FOLDS else shape, []).append(row)
    return [groups[key] for key in sorted(groups, key=repr)]
