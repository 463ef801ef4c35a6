"""Says how honest the stated errors are: hides a quarter of what was measured, and looks.

    python tools/honesty.py [POINTS [SOURCE ...]]

Of every set some points are taken. A quarter of their families of networks, or of their shapes, is
hidden; fit, error and interval come from the rest alone, as if nothing else had been measured.
Printed by set: the median error that is stated, that on the hidden rows, their ratio, and how many
of a hundred hidden rows lie within their 90 % interval.
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
from fodlam_core.validation.errors import cross_validated, ratios_of
from fodlam_core.validation.pooled import hold_out, split

FIELDS = {name: field for name, field, *_ in METRICS}
HIDDEN = 0.25
SEED = 20
POINTS = 24


class Trial(NamedTuple):
    """What one point stated, and how far off it was on what was hidden."""

    stated: float
    found: float
    covered: list[bool]


def main() -> None:
    """Print the table."""
    most = int(sys.argv[1]) if len(sys.argv) > 1 else POINTS
    sets: dict[str, list[tuple[str, str]]] = {}
    for chip, entry in index().items():
        for point, (source, *_) in entry["points"].items():
            if not sys.argv[2:] or source in sys.argv[2:]:
                name = f"{source} {group(point)}" if source == "ncnn" else source
                sets.setdefault(name, []).append((chip, point))
    print("set, quantity: points, stated, found, found / stated, within")
    for name, points in sets.items():
        dice = random.Random(SEED)  # noqa: S311 - a sample
        trials: dict[str, list[Trial]] = {}
        for chip, point in dice.sample(points, min(most, len(points))):
            for quantity, each in trial(chip, point, dice).items():
                trials.setdefault(quantity, []).append(each)
        for quantity, found in trials.items():
            stated, real = (median(each[part] for each in found) for part in (0, 1))
            within = fmean(covered for each in found for covered in each.covered)
            print(
                f"{name}, {quantity}: {len(found)}, {stated:.1%}, {real:.1%}, "
                f"{real / stated:.2f}, {within:.0%}",
                flush=True,
            )


def trial(chip: str, point: str, dice: random.Random) -> dict[str, Trial]:
    """Return a trial of a point by quantity; nothing where too little was measured."""
    whole = accelerator(chip, point)
    if not whole.predictors or whole.predictors[0].name != "linear":
        return {}
    parts = split(whole, HIDDEN, dice.sample)
    if parts is None:
        return {}
    rest, runs_of, hidden = parts
    without = unseen(whole, hidden)
    predictor = without(frozenset()) if without else whole.predictors[0]
    held = hold_out(predictor, rest, without)
    runs, found = runs_of(predictor), {}
    for quantity, stated in cross_validated(held).items() if held else ():
        ratios = ratios_of(runs, FIELDS[quantity])
        if ratios:
            off = fmean(abs(ratio - 1) for ratio in ratios)
            inside = [abs(math.log(ratio)) <= stated.half_width for ratio in ratios]
            found[quantity] = Trial(stated.mape, off, inside)
    return found


if __name__ == "__main__":
    main()
