"""Eyeriss at other supply voltages: what was published of AlexNet's convolutions at each.

Y.-H. Chen, T. Krishna, J. Emer and V. Sze, "Eyeriss: An Energy-Efficient Reconfigurable Accelerator
for Deep Convolutional Neural Networks", ISSCC 2016, p. 262 and Figure 14.5.6 (p. 263), and the text
of the JSSC article, p. 137. Frames per second and milliwatts of the AlexNet convolutions, batch 4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from fodlam_core.model.technology import Technology
from fodlam_core.model.whole_network import Reference
from fodlam_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from fodlam_core.accelerators import Accelerator

CONV_MACS = 665_784_864  # of the five convolutions, one image
BATCH = 4
PES = 168
FIGURE = "ISSCC 2016, Figure 14.5.6"


class Point(NamedTuple):
    """One point of the sweep.

    Attributes:
        vdd: supply voltage of the core in volts.
        clock_hz: core clock.
        frames_per_s: frames per second.
        power_w: watts.
        how: which of these are printed, and which read off the figure.
    """

    vdd: float
    clock_hz: float
    frames_per_s: float
    power_w: float
    how: str


# The figure's marker of the printed 1.0 V point, 34.7 frames/s and 278 mW, stands at 1.01 V; that
# point is the chip itself, with a row for each layer.
SWEEP = (
    Point(
        vdd=0.82,
        clock_hz=100e6,
        frames_per_s=17.3,
        power_w=0.094,
        how="read off: 0.2 frames/s, 2 mW",
    ),
    Point(
        vdd=0.92,
        clock_hz=150e6,
        frames_per_s=25.8,
        power_w=0.172,
        how="read off: 0.2 frames/s, 2 mW; clock inferred",
    ),
    Point(
        vdd=1.17,
        clock_hz=250e6,
        frames_per_s=44.8,
        power_w=0.450,
        how="frames/s printed, power read off: 3 mW",
    ),
)


def with_voltages(chip: Accelerator) -> Accelerator:
    """Return the chip with an operating point for each voltage; its own numbers do not change."""
    own = attrs.evolve(chip, name=f"{chip.name}/1.0V", default_for=(), aliases=())
    return attrs.evolve(chip, points=(own, *(_point(chip, each) for each in SWEEP)))


def _point(chip: Accelerator, point: Point) -> Accelerator:
    latency_s = BATCH / point.frames_per_s
    where = f"{FIGURE}, {point.vdd:g} V ({point.how})"
    reference = Reference(
        network="AlexNet",
        batch=BATCH,
        latency_s=latency_s,
        energy_j=latency_s * point.power_w,
        macs=CONV_MACS,
        where=where,
    )
    return attrs.evolve(
        chip,
        name=f"{chip.name}/{point.vdd:g}V",
        title=f"Eyeriss at {point.vdd:g} V and {point.clock_hz / 1e6:g} MHz, measured silicon",
        technology=Technology(65, point.vdd, "lp"),
        measurements=(),
        predictors=(),
        references=(reference,),
        default_for=(),
        aliases=(),
        options=None,
        apply_options=None,
        publication=None,
        clock_hz=point.clock_hz,
        peak_macs_per_s=PES * point.clock_hz,
        notes=(f"eyeriss: AlexNet's five convolutions as a whole, {where}",),
    )
