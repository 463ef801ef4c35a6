"""Says how honest the stated errors are: hides a quarter of what was measured, and looks.

    python tools/honesty.py [POINTS [SOURCE ...]]

Of every set some points are taken. A quarter of the families of networks, or of the shapes, is
hidden, the same ones at every point; fit, error and interval come from the rest alone, as if
nothing else had been measured. This is done several times: which shapes are hidden makes more of a
difference than how many points there are. Printed by set: the median error that is stated, that on
the hidden rows, their ratio, its least and its greatest over the draws, and how many of a hundred
hidden rows lie within their 90 % interval.
"""

from __future__ import annotations

import math
import random
import sys
from statistics import fmean, median
from typing import NamedTuple

from donors import unseen
from fodlam_silicon.catalogue import index
from fodlam_silicon.point import accelerator, group

from fodlam_core.model.quantities import METRICS
from fodlam_core.validation.by_kind import KINDS, kind_of
from fodlam_core.validation.errors import cross_validated, ratios_of
from fodlam_core.validation.pooled import hold_out, split

FIELDS = {name: field for name, field, *_ in METRICS}
HIDDEN = 0.25
SEED = 20
POINTS = 24
DRAWS = 5


class Trial(NamedTuple):
    """What one point stated, and how far off it was on what was hidden."""

    stated: float
    found: float
    covered: list[bool]


def main() -> None:
    """Print the table."""
    most = int(sys.argv[1]) if len(sys.argv) > 1 else POINTS
    print("set, quantity: points, stated, found, found / stated, least, greatest, within")
    for name, points in sets(sys.argv[2:]).items():
        dice = random.Random(SEED)  # noqa: S311 - a sample
        some = dice.sample(points, min(most, len(points)))
        draws = [of_draw(some, draw) for draw in range(DRAWS)]
        for quantity in dict.fromkeys(quantity for draw in draws for quantity in draw):
            print(f"{name}, {quantity}: {line([draw.get(quantity, []) for draw in draws])}")
            sys.stdout.flush()


def sets(sources: list[str]) -> dict[str, list[tuple[str, str]]]:
    """Return chips and points by set: a source, and of ncnn those that behave alike."""
    found: dict[str, list[tuple[str, str]]] = {}
    for chip, entry in index().items():
        for point, (source, *_) in entry["points"].items():
            if not sources or source in sources:
                name = f"{source} {group(point)}" if source == "ncnn" else source
                found.setdefault(name, []).append((chip, point))
    return found


def of_draw(points: list[tuple[str, str]], draw: int) -> dict[str, list[Trial]]:
    """Return by quantity the trials of all points, with the same groups hidden at each."""
    trials: dict[str, list[Trial]] = {}
    for chip, point in points:
        for quantity, each in trial(chip, point, draw).items():
            trials.setdefault(quantity, []).append(each)
    return trials


def line(draws: list[list[Trial]]) -> str:
    """Return what is said of a quantity of a set."""
    every = [each for draw in draws for each in draw]
    ratios = [
        median(each.found for each in draw) / median(each.stated for each in draw)
        for draw in draws
        if draw
    ]
    within = fmean(covered for each in every for covered in each.covered)
    return (
        f"{max(map(len, draws))}, {median(each.stated for each in every):.1%}, "
        f"{median(each.found for each in every):.1%}, {median(ratios):.2f}, "
        f"{min(ratios):.2f}, {max(ratios):.2f}, {within:.0%}"
    )


def trial(chip: str, point: str, draw: int) -> dict[str, Trial]:
    """Return a trial of a point by quantity; nothing where too little was measured."""

    def choose(groups: list[str], count: int) -> list[str]:
        dice = {each: random.Random(f"{draw} {each}").random() for each in groups}  # noqa: S311 - a sample
        return sorted(groups, key=dice.__getitem__)[:count]

    whole = accelerator(chip, point)
    if not whole.predictors or whole.predictors[0].name != "linear":
        return {}
    parts = split(whole, HIDDEN, choose)
    if parts is None:
        return {}
    rest, runs_of, hidden = parts
    without = unseen(whole, hidden)
    predictor = without(frozenset()) if without else whole.predictors[0]
    held = hold_out(predictor, rest, without)
    runs, found = runs_of(predictor), {}
    for quantity, stated in cross_validated(held).items() if held else ():
        field, inside = FIELDS[quantity], []
        for kind in ("", *KINDS):
            own = [run for run in runs if kind_of(run.measurement.layer) == kind]
            error = stated.kinds.get(kind, stated)
            ratios = ratios_of(own, field)
            held_by = [abs(math.log(ratio)) <= error.half_width for ratio in ratios]
            inside += held_by
            if kind in stated.kinds and ratios:
                found[f"{quantity}, {kind}"] = Trial(error.mape, _off(ratios), held_by)
        if inside:
            found[quantity] = Trial(stated.mape, _off(ratios_of(runs, field)), inside)
    return found


def _off(ratios: list[float]) -> float:
    return fmean(abs(ratio - 1) for ratio in ratios)


if __name__ == "__main__":
    main()
