"""A correction of a fitted model by what it missed at measured layers that are alike."""

from __future__ import annotations

import math
from statistics import fmean, pstdev
from typing import TYPE_CHECKING, Generic, NamedTuple

import attrs

from fodlam_core.predictors.fitted import ModelT

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence

    from fodlam_core.predictors.fitted import Model
    from fodlam_core.predictors.observations import Known
    from fodlam_core.predictors.products import Product

# Width of the Gaussian kernel in standard deviations of each size, and the weight of the fitted
# model among the neighbours.
WIDTH = 0.2
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
        cells: positions and residuals by form, columns and depth, so that few are looked at.
    """

    widths: tuple[float, ...]
    cells: dict[tuple[str, int, int], list[tuple[Point, float]]]

    @classmethod
    def of(cls, rows: Sequence[Known], model: Model) -> Neighbours:
        """Remember the residuals of a model: logarithms of measured over fitted."""
        points = [_position(*unit(each.product, each.batch)) for each, _ in rows]
        spreads = [pstdev(axis) for axis in zip(*points, strict=True)]
        widths = tuple(WIDTH * spread or 1.0 for spread in spreads)
        cells: dict[tuple[str, int, int], list[tuple[Point, float]]] = {}
        for (each, value), point in zip(rows, points, strict=True):
            fitted = model.value(each.product, each.batch)
            if not fitted:
                continue  # nothing to correct
            scaled = tuple(x / width for x, width in zip(point, widths, strict=True))
            residual = math.log(value / fitted)
            cells.setdefault(_cell(each.product.form, scaled), []).append((scaled, residual))
        return cls(widths, cells)

    def corrections(self, product: Product) -> Iterator[tuple[int, float]]:
        """Yield numbers of rows, powers of two, near which layers like this were measured.

        Each comes with the mean residual there, the fitted model taken for one of 0.

        Args:
            product: one row of the layer.
        """
        near = self._near(product)
        if not near:
            return
        step = math.log(2) / self.widths[0]
        last = math.ceil((max(rows for rows, _, _ in near) + REACH) / step)
        for power in range(last + 1):
            mean = _mean(near, power * step)
            if mean is not None:
                yield 2**power, mean

    def _near(self, product: Product) -> list[tuple[float, float, float]]:
        """Return of the rows of layers like this how many more they are, weight and residual."""
        here = tuple(x / y for x, y in zip(_position(product, 1), self.widths, strict=True))
        rows, n, k, groups, stride = here
        _, column, depth = _cell(product.form, here)
        near = []
        for x in (column - 1, column, column + 1):
            for y in (depth - 1, depth, depth + 1):
                # Written out: thousands of rows are looked at for a layer.
                for (rows_, n_, k_, groups_, stride_), residual in self.cells.get(
                    (product.form, x, y), ()
                ):
                    a, b, c, d = n_ - n, k_ - k, groups_ - groups, stride_ - stride
                    square = a * a + b * b + c * c + d * d
                    if square < REACH**2:
                        near.append((rows_ - rows, math.exp(-0.5 * square), residual))
        return near


def _mean(near: Sequence[tuple[float, float, float]], rows: float) -> float | None:
    total = support = 0.0
    for distance, weight, residual in near:
        share = weight * math.exp(-0.5 * (distance - rows) ** 2)
        support += share
        total += share * residual
    return total / (support + MODEL_WEIGHT) if support >= LEAST_SUPPORT else None


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
    say: costs at the numbers of rows that were measured are bounded in this way, one after
    another. Between them the cost is on a line, and beyond them it grows as the model does.
    """

    model: ModelT
    neighbours: Neighbours

    def value(self, product: Product, batch: int) -> float:
        """Return the corrected quantity for a batch."""
        one, rows = unit(product, batch)
        count, cost = 0, 0.0
        for more, residual in self.neighbours.corrections(one):
            raw = self._model(one, more) * math.exp(residual)
            limited = min(max(raw, cost), cost * more / count) if count else raw
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
    if not _helps(layers, fit):
        return None
    model = fit(rows)
    return Corrected(model, Neighbours.of(layers, model))


def _helps(rows: Sequence[Known], fit: Callable[[Sequence[Known]], Model]) -> bool:
    """Tell whether the correction lowers the mean relative error of layers that were held out."""
    groups = _groups(rows)
    groups = groups[:: 1 + len(rows) // MOST_FITTED]
    if len(groups) < FOLDS:
        return False
    plain, better = [], []
    for fold in range(FOLDS):
        held = [row for group in groups[fold::FOLDS] for row in group]
        rest = [row for i, group in enumerate(groups) if i % FOLDS != fold for row in group]
        model = fit(rest)
        trial = Corrected(model, Neighbours.of(rest, model))
        for each, value in held[:: 1 + FOLDS * len(held) // MOST_TESTED]:
            plain.append(abs(model.value(each.product, each.batch) / value - 1))
            better.append(abs(trial.value(each.product, each.batch) / value - 1))
    return fmean(better) < fmean(plain)


def _groups(rows: Sequence[Known]) -> list[list[Known]]:
    """Return rows that are alike together: of one network, of one shape if networks are few."""
    networks = len({each.network for each, _ in rows})
    groups: dict[Hashable, list[Known]] = {}
    for row in rows:
        each = row[0]
        shape = each.product._replace(window=None)  # alike, whichever way a window lies
        groups.setdefault(each.network if networks >= FOLDS else shape, []).append(row)
    return [groups[key] for key in sorted(groups, key=repr)]
