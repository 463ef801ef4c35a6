"""Says how far off a new chip is that is calibrated from few networks, with the library as a prior.

    python tools/new_chip.py

Every CPU and every GPU of ncnn takes the place of the new chip in turn. Printed by group and number
of networks: the median over points of the mean error on families that no chip had seen, and the
factor of the 90 % interval.
"""

from __future__ import annotations

import math
from statistics import fmean, median

from donors import SOURCE
from fodlam_silicon.catalogue import index
from fodlam_silicon.point import accelerator, group

from fodlam_core.validation.half_widths import half_width
from fodlam_core.validation.new_chip import in_its_place, well_known

TERMS = {"cpu": "networks", "gpu": "networks-gpu"}
NETWORKS = ("ncnn-squeezenet", "ncnn-mobilenet_v2", "ncnn-shufflenet_v2")
NETWORKS += ("ResNet-50-v1", "MobileNetV1")


def main() -> None:
    """Print the table."""
    print("group, networks: points, error, interval")
    for alike, terms in TERMS.items():
        points = well_known(
            [
                accelerator(chip, point)
                for chip, entry in index().items()
                for point, (source, *_) in entry["points"].items()
                if source == SOURCE and group(point) == alike
            ]
        )
        for count in (1, 2, 3, 5):
            found = in_its_place(NETWORKS[:count], points, terms, len(points))
            errors = [fmean(abs(math.exp(x) - 1) for x in own) for own in found.values() if own]
            width = half_width(abs(each) for own in found.values() for each in own)
            factor = f"x{math.exp(width):.2f}"
            print(f"{alike}, {count}: {len(errors)}, {median(errors):.1%}, {factor}", flush=True)


if __name__ == "__main__":
    main()
