"""Supply voltages that a process can have: what lies beyond is a mistake, whatever the rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.errors import ScalingError

if TYPE_CHECKING:
    from fodlam_core.model.technology import Technology

# The highest nominal supply of logic up to a node, in volts, and who states it. It only makes a
# bound that is twice as high, so that a tenth of a volt does not matter.
# ITRS: the summary of the overall roadmap technology characteristics of 2013, "Vdd (High
# Performance, high Vdd transistors)", whose years are labelled as nodes.
# Foundry: what core logic of foundry processes of that name runs at by common knowledge; no public
# document was seen, foundries' own being confidential.
ITRS, FOUNDRY = "ITRS 2013, ORTC summary", "foundry"
NOMINAL_V = (
    (5.0, 0.77, ITRS),
    (7.0, 0.80, ITRS),
    (10.0, 0.83, ITRS),
    (16.0, 0.86, ITRS),
    (22.0, 0.90, FOUNDRY),
    (32.0, 1.0, FOUNDRY),
    (45.0, 1.0, "PTM, high performance"),
    (65.0, 1.2, "TSMC 65LP, a low-power process; general-purpose ones have 1.0 V"),
    (90.0, 1.2, FOUNDRY),
    (130.0, 1.2, FOUNDRY),
    (180.0, 1.8, FOUNDRY),
    (250.0, 2.5, FOUNDRY),
    (350.0, 3.3, FOUNDRY),
    (float("inf"), 5.0, FOUNDRY),
)
# Processors on sale ask for up to 1.55 V at a node called 10 nm, 1.9 times the nominal supply.
MOST_TIMES_NOMINAL = 2.0
# CMOS logic needs a few kT/q to have a gain above 1: 8 kT/q, 0.2 V, by R. M. Swanson and
# J. D. Meindl, IEEE JSSC 7(2), 1972; the lowest supplies that were built are half of that.
LEAST_V = 0.1


def highest_vdd(node_nm: float) -> float:
    """Return the highest supply voltage in volts that is accepted at a node.

    >>> highest_vdd(16), highest_vdd(65)
    (1.72, 2.4)
    """
    return MOST_TIMES_NOMINAL * next(vdd for node, vdd, _ in NOMINAL_V if node_nm <= node)


def check_supply(point: Technology) -> None:
    """Check that a supply voltage is one that logic of the node can run at.

    Raises:
        ScalingError: if it is not.

    >>> from fodlam_core import Technology
    >>> check_supply(Technology(16, vdd=3.0))
    Traceback (most recent call last):
        ...
    fodlam_core.errors.ScalingError: 3 V is not a supply of 16 nm logic (0.1 to 1.72 V)
    """
    if point.vdd is None:
        return
    most = highest_vdd(point.node_nm)
    if not LEAST_V <= point.vdd <= most:
        raise ScalingError(
            f"{point.vdd:g} V is not a supply of {point.node_nm:g} nm logic "
            f"({LEAST_V:g} to {most:g} V)"
        )
