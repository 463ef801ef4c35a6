"""What the core does for every rule, those of other distributions included."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from fodlam_core.errors import FodlamError, ScalingError
from fodlam_core.model.technology import IDENTITY, Multipliers, ScalingFactors, Technology
from fodlam_core.scaling.supply import check_supply

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fodlam_core.model.energy_split import EnergySplit
    from fodlam_core.scaling import TechnologyScaler

PLANAR_FROM_NM = 20
FINFET_TO_NM = 16
LONG_JUMP = 3
UNCHANGED = Multipliers(1.0, 1.0)


def carry(
    rule: TechnologyScaler,
    source: Technology,
    target: Technology,
    given: Iterable[str] = (),
    clock: str = "scale",
    split: EnergySplit | None = None,
) -> ScalingFactors:
    """Return the factors of a rule, with the clock policy applied and the warnings of the core.

    Args:
        rule: the rule, its options applied.
        source: where costs are known.
        target: where they are asked for.
        given: the fields of `Technology` that a user gave, such as ``["vdd"]``.
        clock: ``"scale"``: the clock follows the time factor; ``"hold"``: it stays, so that the
            time factor is 1 and power follows energy.
        split: what the energy at the source is made of; None if not known: then it has one factor.

    Raises:
        ScalingError: if the rule refuses, or does not work, or if a supply voltage is
            not one that its node can have, see `fodlam_core.scaling.supply`.
    """
    if source == target:
        return IDENTITY
    factors = _ask(rule, source, target, split)
    notes = [*factors.notes, *cautions(rule, source, target), *ignored(rule, given)]
    time = factors.time
    if clock == "hold":
        time = 1.0
        notes.append("the clock is held: time stays, and power follows energy")
    return attrs.evolve(factors, time=time, notes=tuple(notes))


def multipliers(
    rule: TechnologyScaler,
    source: Technology,
    target: Technology,
    clock: str,
    split: EnergySplit | None = None,
) -> Multipliers:
    """Return what `carry` multiplies time and energy by, without the notes, which take longest.

    Raises:
        ScalingError: as `carry` does.
    """
    if source == target:
        return UNCHANGED
    factors = _ask(rule, source, target, split)
    return Multipliers(1.0 if clock == "hold" else factors.time, factors.energy)


def _ask(
    rule: TechnologyScaler, source: Technology, target: Technology, split: EnergySplit | None
) -> ScalingFactors:
    check_supply(source)
    check_supply(target)
    try:
        factors = rule.factors(source, target)
    except FodlamError:
        raise
    except Exception as error:
        raise ScalingError(f"the rule failed: {type(error).__name__}: {error}") from error
    if not isinstance(factors, ScalingFactors):
        raise ScalingError(f"the rule returned {type(factors).__name__!r}, not ScalingFactors")
    return factors if split is None else split.apply(factors)


def cautions(rule: TechnologyScaler, source: Technology, target: Technology) -> Iterator[str]:
    """Yield what is doubtful about a pair of points.

    That rules for transistors are optimistic over long distances: from 45 nm (M. Horowitz, ISSCC
    2014) to 7 nm (N. Jouppi et al., "Ten Lessons From Three Generations", ISCA 2021) energies per
    operation fall by 2.9x in the geometric mean, by ``post-dennard`` 6.4x, by ``dennard`` 266x. A
    rule of energies alone is made of what was published.
    """
    low, high = sorted((source.node_nm, target.node_nm))
    between = f"{source.node_nm:g} to {target.node_nm:g} nm"
    if high > LONG_JUMP * low and not getattr(rule, "energy_only", False):
        yield (
            f"{between} is a jump of more than {LONG_JUMP}x: published energies per operation fall "
            "less than rules for transistors say over such a distance"
        )
    if high >= PLANAR_FROM_NM and low <= FINFET_TO_NM:
        yield (
            f"{between} is a step between planar transistors and FinFETs: below about 22 nm a "
            "node is a name, not a length"
        )
    if {source.flavor, target.flavor} == {"hp", "lp"}:
        yield f"{source} to {target} mixes high-performance and low-power transistors"


def ignored(rule: TechnologyScaler, given: Iterable[str]) -> Iterator[str]:
    """Yield which of the fields that a user gave the rule does not use."""
    uses = getattr(rule, "uses", None)
    useless = [] if uses is None else [key for key in given if key not in uses]
    if useless:
        yield f"given without effect: {' and '.join(useless)}, which {rule.name} does not use"
