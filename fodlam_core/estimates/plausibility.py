"""Results that are impossible: reported in the notes and in the JSON, never silently printed.

The bounds are wide on purpose. A result within them may still be wrong; a result outside must not
be quoted. Sources of the bounds:

* Energy of operations: M. Horowitz, "Computing's Energy Problem (and what we can do about it)",
  ISSCC 2014, for 45 nm; N. P. Jouppi et al., "Ten Lessons From Three Generations Shaped Google's
  TPUv4i", ISCA 2021, Table 2, for 7 nm. In between and beyond, the power law through both.
* Energies of a board, a system or the wall include off-chip memory and idle power, which do not
  depend on MACs: only the lower bound applies to them, and where no source says what is covered.
* Supply voltages: `fodlam_core.scaling.supply`.
* Power density: NVIDIA H100 SXM, up to 700 W on 814 mm2, 0.86 W/mm2 (NVIDIA H100 Tensor Core GPU
  Architecture, 2022), rounded up.
* Clock rate: Intel Core i9-14900KS, up to 6.2 GHz (product specification, 2024).
* Latency: nothing takes less than a cycle of the clock.
* Peak rate: ``peak_macs_per_s`` of the accelerator. Of GPUs and CPUs it is that of a datasheet,
  which a clock may exceed by a quarter and Winograd's algorithm by a factor of four for 3x3 layers.
"""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING

from fodlam_core.estimates.published_totals import reference_costs
from fodlam_core.model.shapes import ConvShape
from fodlam_core.named_tuple import NamedTuple
from fodlam_core.predictors import levels
from fodlam_core.report.units import quantity
from fodlam_core.scaling.supply import LEAST_V, highest_vdd

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fodlam_core.estimates.figures import Basis
    from fodlam_core.estimates.platform import Platform
    from fodlam_core.model.layers import Layer, Network
    from fodlam_core.model.whole_network import Reference

# Picojoules at 45 nm and at 7 nm. Least: one 8-bit multiplication and addition, and nothing else.
# Most, DRAM apart: a 32-bit floating-point multiplication and addition that reads both operands
# and reads and writes its sum in a 1 MB SRAM, 64 bits wide.
LEAST_PJ = (0.2 + 0.03, 0.07 + 0.007)
MOST_PJ = (3.7 + 0.9 + 4 * 100.0, 1.31 + 0.38 + 4 * 14.0)
MOST_W_PER_MM2 = 1.0
MOST_CLOCK_HZ = 6.2e9
POWER_RATIO = 2.0  # a predicted power may leave the range of the measured ones so far
# What an energy covers that on-chip arithmetic and SRAM, and the area of the chip, account for.
ON_CHIP = ("core", "chip")
# Chips whose libraries choose an algorithm, and whose clock may exceed that of the datasheet.
PROGRAMMABLE = ("gpu", "cpu", "phone", "board", "laptop", "desktop", "server", "soc")
ABOVE_DATASHEET = 1.25
# F(4x4, 3x3) takes a quarter of the multiplications (A. Lavin and S. Gray, CVPR 2016).
WINOGRAD = 4.0
BITS = 8  # of the multiplication that is the lower bound
MARGIN = 1 + 1e-9
IMPLAUSIBLE = "implausible: "  # how the notes begin


class Doubt(NamedTuple):
    """Why a result cannot be.

    Attributes:
        what: what is out of bounds.
        value: the value.
        bound: the bound that it violates.
        unit: the unit of both.
        reason: where the bound comes from.
    """

    what: str
    value: float
    bound: float
    unit: str
    reason: str


class _Work(NamedTuple):
    """What is judged: MACs and what they cost.

    Attributes:
        macs: multiply-accumulates.
        performed: those that are really done; None if not known.
        native_latency_s: their latency before scaling; None if not known.
        latency_s: after scaling; None likewise.
        energy_j: their energy after scaling; None likewise.
        run_s: the latency before scaling of a run that inferences share; None if not known.
        winograd: whether a library may do with fewer multiplications.
        working: the share of the latency that is not the set-up of a layer.
    """

    macs: float
    performed: float | None
    native_latency_s: float | None
    latency_s: float | None
    energy_j: float | None
    run_s: float | None = None
    winograd: bool = False
    working: float = 1.0


def doubts(layer: Layer, basis: Basis, platform: Platform) -> list[Doubt]:
    """Return why the cost of a layer cannot be; nothing is what one expects.

    What cannot be judged is not: the rate of an accelerator that skips zeros, where the
    densities of the layer are not known, or the power density where the area is not.
    """
    work = _layer_work(layer, basis, platform)
    return [*_doubts(work, platform), *_predicted_power(layer, basis, platform)]


def reference_doubts(reference: Reference, macs: int, platform: Platform) -> list[Doubt]:
    """Return why the published cost of a whole network cannot be.

    Args:
        reference: the figures as published.
        macs: multiply-accumulates of one inference.
        platform: the accelerator, at the target.
    """
    done = float(macs * reference.batch)
    latency, energy, factors = reference.latency_s, reference.energy_j, platform.factors
    work = _Work(
        macs=done,
        performed=None if platform.accelerator.skips_zeros else done,
        native_latency_s=latency,
        latency_s=None if latency is None else latency * factors.time,
        energy_j=None if energy is None else energy * factors.energy,
    )
    return list(_doubts(work, platform))


def _doubts(work: _Work, platform: Platform) -> Iterator[Doubt]:
    yield from _rate(work, platform)
    yield from _energy(work, platform)
    yield from _power_density(work, platform)
    yield from _supply(platform)


@functools.lru_cache(maxsize=64)
def energy_bounds_j(node_nm: float) -> tuple[float, float]:
    """Return the least and the most that a multiply-accumulate can cost at a node, in joules.

    >>> [f"{1e12 * bound:.3g} pJ" for bound in energy_bounds_j(45)]
    ['0.23 pJ', '405 pJ']
    """
    position = math.log(node_nm / 7) / math.log(45 / 7)
    least, most = (at_7 * (at_45 / at_7) ** position for at_45, at_7 in (LEAST_PJ, MOST_PJ))
    return 1e-12 * least, 1e-12 * most


def doubt_notes(
    network: Network,
    items: tuple[tuple[Layer, Basis | None], ...],
    platforms: Mapping[str, Platform],
) -> Iterator[str]:
    """Return a sentence for each bound that layers, or published totals, violate."""
    found: dict[tuple[str, str], list[tuple[str, Doubt]]] = {}
    known: dict[int, list[Doubt]] = {}  # layers that are alike share what their cost rests on
    for layer, basis in items:
        if basis is not None:
            if id(basis) not in known:
                known[id(basis)] = doubts(layer, basis, platforms[basis.accelerator])
            for doubt in known[id(basis)]:
                found.setdefault((basis.accelerator, doubt.what), []).append((layer.name, doubt))
    for each in reference_costs(network, platforms, "published"):
        for doubt in reference_doubts(
            each.reference, network.total_macs, platforms[each.accelerator]
        ):
            name = f"all of {network.name}"
            found.setdefault((each.accelerator, doubt.what), []).append((name, doubt))
    for (accelerator, what), cases in found.items():
        name, worst = max(cases, key=lambda case: abs(math.log(case[1].value / case[1].bound)))
        more = f" and {len(cases) - 1} more" if len(cases) > 1 else ""
        yield (
            f"{IMPLAUSIBLE}{accelerator}: {what} of {name}{more}: "
            f"{quantity(worst.value, worst.unit)} against {quantity(worst.bound, worst.unit)}, "
            f"{worst.reason}"
        )


def _layer_work(layer: Layer, basis: Basis, platform: Platform) -> _Work:
    """Return the work behind the cost of one item, or, as printed, of the whole batch."""
    row = basis.measurement
    macs = float(layer.macs * row.batch) if row and platform.printed else float(layer.macs)
    performed: float | None = macs
    if platform.accelerator.skips_zeros:
        known = row.layer if row else layer
        weights, activations = known.weight_density, known.activation_density
        performed = None
        if weights is not None and activations is not None:
            performed = macs * weights * activations
    return _Work(
        macs=macs,
        performed=performed,
        native_latency_s=basis.native.latency_s,
        latency_s=basis.amounts.latency_s,
        energy_j=basis.amounts.energy_j,
        run_s=_run_s(basis),
        winograd=_suits_winograd(layer),
        working=1.0 if row else _working(layer, basis, platform),
    )


def _run_s(basis: Basis) -> float | None:
    """Return the native latency of one run; None where it is not known how many share it."""
    latency = basis.native.latency_s
    if latency is None or not (basis.measurement or basis.linear):
        return None
    return latency * basis.shared_by


def _working(layer: Layer, basis: Basis, platform: Platform) -> float:
    """Return the share of a predicted latency that is not set-up, as far as the predictor tells.

    The set-up is what the chip takes at the least beyond its MACs at the peak rate.
    """
    latency, peak = basis.native.latency_s, platform.accelerator.peak_macs_per_s
    if not (layer.macs and latency and peak and basis.predictor):
        return 1.0
    fitted = platform.fitting.fit_of(basis.predictor, layer.kind).fit
    fastest = levels.method(fitted, "fastest") if fitted else None
    set_up_s = fastest(layer, 1) - layer.macs / peak if fastest else 0.0
    return 1.0 - min(1.0, max(0.0, set_up_s / latency))


def _suits_winograd(layer: Layer) -> bool:
    """Tell whether a layer is a 3x3 convolution of stride 1."""
    shape = layer.shape
    return isinstance(shape, ConvShape) and (shape.kernel, shape.stride) == ((3, 3), (1, 1))


def _rate(work: _Work, platform: Platform) -> Iterator[Doubt]:
    # Before scaling: the clock of the chip as published, which the peak is for.
    peak = platform.accelerator.peak_macs_per_s
    if peak and platform.accelerator.device in PROGRAMMABLE:
        peak *= ABOVE_DATASHEET * (WINOGRAD if work.winograd else 1)
    if peak and work.performed and work.native_latency_s:
        rate = work.performed / work.native_latency_s
        if rate > peak * MARGIN:
            reason = "the peak of its PEs at their clock"
            yield Doubt(what="rate above peak", value=rate, bound=peak, unit="MAC/s", reason=reason)
    clock, time = platform.accelerator.clock_hz, platform.factors.time
    if clock and work.macs and work.run_s and work.run_s * clock * MARGIN < 1:
        reason = f"one cycle of its clock of {quantity(clock, 'Hz')}"
        yield Doubt(what="latency", value=work.run_s, bound=1 / clock, unit="s", reason=reason)
    if clock and clock / time > MOST_CLOCK_HZ:
        reason = "beyond any processor on sale"
        yield Doubt(
            what="clock rate", value=clock / time, bound=MOST_CLOCK_HZ, unit="Hz", reason=reason
        )


def _energy(work: _Work, platform: Platform) -> Iterator[Doubt]:
    if work.energy_j is None or not work.macs or platform.target is None:
        return  # without a node no bound is known
    node = platform.target.node_nm
    least, most = energy_bounds_j(node)
    least *= min(1.0, (platform.accelerator.weight_bits or BITS) / BITS)
    if work.performed and work.energy_j / work.performed * MARGIN < least:
        reason = f"that of an 8-bit multiplication and addition alone at {node:g} nm"
        energy_j = work.energy_j / work.performed
        yield Doubt(
            what="energy per MAC too low", value=energy_j, bound=least, unit="J", reason=reason
        )
    if platform.accelerator.energy_covers not in ON_CHIP:
        return
    idle_w = (platform.accelerator.idle_power_w or 0.0) * platform.factors.power
    active_j = work.energy_j * work.working - idle_w * (work.latency_s or 0.0)
    if active_j / work.macs > most * MARGIN:
        reason = (
            f"that of a 32-bit floating-point MAC at {node:g} nm with every operand from a 1 MB "
            "SRAM"
        )
        yield Doubt(
            what="energy per MAC too high",
            value=active_j / work.macs,
            bound=most,
            unit="J",
            reason=reason,
        )


def _power_density(work: _Work, platform: Platform) -> Iterator[Doubt]:
    # What is not on the chip does not heat it.
    covers = platform.accelerator.energy_covers
    area = platform.area_mm2 if covers in ("", *ON_CHIP) else None
    if area and work.latency_s and work.energy_j is not None:
        density = work.energy_j / work.latency_s / area
        if density > MOST_W_PER_MM2:
            reason = "about that of the hottest chips on sale"
            yield Doubt(
                what="power density",
                value=density,
                bound=MOST_W_PER_MM2,
                unit="W/mm2",
                reason=reason,
            )


def _supply(platform: Platform) -> Iterator[Doubt]:
    """Doubt the supply that a chip says it has; a target is refused by `carry`."""
    point = platform.source
    if point is not None and point.vdd is not None:
        least, most = LEAST_V, highest_vdd(point.node_nm)
        if not least <= point.vdd <= most:
            bound = least if point.vdd < least else most
            reason = f"what logic of {point.node_nm:g} nm can have"
            yield Doubt(
                what="supply voltage", value=point.vdd, bound=bound, unit="V", reason=reason
            )


def _predicted_power(layer: Layer, basis: Basis, platform: Platform) -> Iterator[Doubt]:
    power = basis.native.power_w
    powers = None if basis.measurement else platform.fitting.calibration(layer.kind).powers
    if powers and power:
        least, most = powers[0] / POWER_RATIO, powers[1] * POWER_RATIO
        idle = platform.accelerator.idle_power_w
        least = min(least, idle) if idle else least
        if power > most or power < least:
            bound = most if power > most else least
            reason = f"a factor of {POWER_RATIO:g} beyond every measured layer"
            yield Doubt(what="predicted power", value=power, bound=bound, unit="W", reason=reason)
