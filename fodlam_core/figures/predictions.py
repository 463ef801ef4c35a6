"""What predictors say of layers that they have not seen, against what was measured."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from matplotlib.lines import Line2D

from fodlam_core.figures.canvas import COLORS, GREY, MARKS, axes, finish, label, plain
from fodlam_core.model.quantities import METRICS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from fodlam_core.validation.scores import Validation

FIELDS = {each.name: (each.key, each.unit) for each in METRICS}
SINGLE = 6  # so many predictors have colours of their own


class Series(NamedTuple):
    """The layers of one predictor: measured and predicted, by quantity."""

    validation: Validation
    points: dict[str, list[tuple[float, float]]]


def predictions(results: Sequence[Validation], sources: Iterable[str] = ()) -> list[Axes]:
    """Draw predicted against measured costs of one inference, of layers that were held out.

    Of results by several schemes the first is drawn; of several predictors of a chip the default,
    where there is one, all kinds of layers together. The band is the nominal 90 % interval: the
    median over the layers, each from an interval that has not seen the layer.

    Args:
        results: from `fodlam_core.validation.scores.validate`.
        sources: publications, shown in small type.

    Returns:
        The axes of latency, then of energy, where either is known.
    """
    shown = series(results)
    names = [name for name in FIELDS if any(each.points[name] for each in shown)] or ["latency"]
    found = axes(len(names), 4.4 if len(names) == 1 else 4.0)
    for each, name in zip(found, names, strict=True):
        _draw(each, name, shown)
    scheme = shown[0].validation.scheme if shown else "nothing measured"
    title = f"Predicted against measured, of one inference; {scheme}"
    finish(found[0], title, sources, _marks(shown, names))
    return found


def series(results: Sequence[Validation]) -> list[Series]:
    """Return what is drawn of results: of the first scheme, and of a chip the default predictor."""
    every = (_series(each) for each in _chosen(results))
    return [each for each in every if any(each.points.values())]


def _chosen(results: Sequence[Validation]) -> list[Validation]:
    first = [each for each in results if each.scheme == results[0].scheme and not each.is_part]
    defaults = {(each.accelerator, each.kind) for each in first if each.default}
    return [each for each in first if each.default or (each.accelerator, each.kind) not in defaults]


def _series(validation: Validation) -> Series:
    points: dict[str, list[tuple[float, float]]] = {name: [] for name in FIELDS}
    for record in validation.layer_records():
        for name, (field, _) in FIELDS.items():
            measured, predicted = record[f"measured_{field}"], record[f"predicted_{field}"]
            if measured and predicted:
                points[name].append((measured, predicted))
    return Series(validation, points)


def _draw(each: Axes, name: str, shown: Sequence[Series]) -> None:
    _, unit = FIELDS[name]
    values = [value for one in shown for point in one.points[name] for value in point]
    low, high = (min(values) / 1.5, max(values) * 1.5) if values else (0.1, 1.0)
    for place, one in reversed(list(enumerate(shown))):
        if not one.points[name]:
            continue
        x, y = zip(*one.points[name], strict=True)
        few = len(x) <= 200  # of very many dots each is small
        each.plot(x, y, _mark(place), color=_color(place), ms=4 if few else 1.5, alpha=0.8, mew=0)
        covered = one.validation.covered.get(name)
        if covered and covered.ends and place < SINGLE:
            ends = [median(end[side] for end in covered.ends) for side in (0, 1)]
            # An interval around what is predicted holds what is measured: y in [x / high, x / low].
            band = [[line / ends[1], line / max(ends[0], 1e-9)] for line in (low, high)]
            lower, upper = zip(*band, strict=True)
            each.fill_between([low, high], lower, upper, color=_color(place), alpha=0.12, lw=0)
    each.plot([low, high], [low, high], color="black", lw=0.7)
    each.set(xscale="log", yscale="log", xlim=(low, high), ylim=(low, high), aspect="equal")
    label(each, unit, f"measured {name}")
    label(each, unit, f"predicted {name}", vertical=True)
    each.grid(lw=0.3, color="#cccccc")


def _marks(shown: Sequence[Series], names: Iterable[str]) -> list[Artist]:
    marks: list[Artist] = []
    for place, one in enumerate(shown[: SINGLE + (len(shown) == SINGLE + 1)]):
        of = one.validation
        covered = {name: found for name in names if (found := of.covered.get(name))}
        held = [f"{name} {each.inside} of {each.judged}" for name, each in covered.items()]
        inside = f" (in band: {', '.join(held)})" if held and len(shown) <= SINGLE else ""
        text = plain(f"{of.accelerator}, {of.kind}, {of.predictor}{inside}")
        marks.append(Line2D([], [], marker=_mark(place), color=_color(place), ls="", label=text))
    more = len(shown) - len(marks)
    if more > 0:
        mark = _mark(SINGLE)
        marks.append(Line2D([], [], marker=mark, color=GREY, ls="", label=f"{more} more"))
    return marks


def _color(place: int) -> str:
    return COLORS[place] if place < SINGLE else GREY


def _mark(place: int) -> str:
    return MARKS[min(place, SINGLE)]
