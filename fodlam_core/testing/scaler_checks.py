"""What must hold for every scaling rule, each law a function of a rule and some points.

Pairs of points that a rule refuses with `ScalingError` are outside its domain and are left out,
so a law holds wherever all the factors that it speaks of exist.
"""

from __future__ import annotations

import itertools
import math
import pickle
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from fodlam_core.errors import FactorError, ScalingError
from fodlam_core.model.technology import ScalingFactors, Technology
from fodlam_core.plugins.guards.items import GuardedScaler
from fodlam_core.testing.values import assert_attributes

if TYPE_CHECKING:
    from fodlam_core.scaling import TechnologyScaler

RELATIVE_TOLERANCE = 1e-12
QUANTITIES = ("time", "energy", "area", "logic", "sram")
ALWAYS_KNOWN = ("time", "energy", "power")

Points = Sequence[Technology]


def check_names(scaler: TechnologyScaler, points: Points) -> None:  # noqa: ARG001 - as all checks
    """Check that the name and the aliases are strings that a configuration can hold."""
    names = [scaler.name, *getattr(scaler, "aliases", ())]
    for name in names:
        _hold(isinstance(name, str) and bool(name.strip()), f"{name!r} is not a name")
    _hold(len(set(names)) == len(names), f"names are given twice: {names}")


def check_description(scaler: TechnologyScaler, points: Points) -> None:  # noqa: ARG001 - as all checks
    """Check that ``uses`` names fields of `Technology`, and that texts are texts."""
    assert_attributes(scaler, GuardedScaler, "the rule")
    fields = {field.name for field in attrs.fields(Technology)}
    uses = getattr(scaler, "uses", None) or ()
    _hold(
        fields.issuperset(uses),
        f"uses = {uses!r} is not a list of fields of Technology ({', '.join(sorted(fields))})",
    )


def check_options(scaler: TechnologyScaler, points: Points) -> None:  # noqa: ARG001 - as all checks
    """Check that options and ``configure`` go together, and that the result is a rule as well."""
    options: Any = getattr(scaler, "options", None)
    configure = getattr(scaler, "configure", None)
    _hold((options is None) == (configure is None), "options and configure go together")
    if options is None or configure is None:
        return
    _hold(attrs.has(options), f"options = {options!r} is not an attrs class")
    if all(field.default is not attrs.NOTHING for field in attrs.fields(options)):
        configured = configure(options())
        _hold(hasattr(configured, "factors"), "configure does not return a rule")
        _hold(configured.name == scaler.name, "configure returns a rule of another name")


def check_domain(scaler: TechnologyScaler, points: Points) -> None:
    """Check that the rule accepts at least one pair of different points."""
    pairs = itertools.permutations(points, 2)
    _hold(
        any(factors for factors in itertools.starmap(_Rule(scaler).get, pairs)),
        "every pair of points is refused; give points within the domain",
    )


def check_errors(scaler: TechnologyScaler, points: Points) -> None:
    """Check that the rule returns `ScalingFactors` or raises `ScalingError` with a text."""
    odd = [Technology(1e-3), Technology(123.456), Technology(1e6)]
    bare = [Technology(point.node_nm) for point in points]
    for source, target in itertools.product([*points, *bare, *odd], repeat=2):
        try:
            factors = scaler.factors(source, target)
        except FactorError as error:
            _fail(
                f"{source} to {target}: {error}; fix it, or raise ScalingError outside the domain"
            )
        except ScalingError as error:
            _hold(bool(str(error).strip()), f"{source} to {target}: the error has no text")
        except Exception as error:
            _fail(f"{source} to {target}: {type(error).__name__} is not a ScalingError: {error}")
        else:
            _hold(
                isinstance(factors, ScalingFactors),
                f"{source} to {target}: {type(factors).__name__} is not ScalingFactors",
            )


def check_notes(scaler: TechnologyScaler, points: Points) -> None:
    """Check that the notes are a tuple of sentences."""
    for source, target, factors in _Rule(scaler).pairs(points):
        notes: object = factors.notes
        _hold(
            isinstance(notes, tuple) and all(isinstance(note, str) and note for note in notes),
            f"{source} to {target}: notes are {notes!r}, not a tuple of strings",
        )


def check_identity(scaler: TechnologyScaler, points: Points) -> None:
    """Check that equal points have factors of exactly 1."""
    rule = _Rule(scaler)
    for point in points:
        factors = rule.get(point, point)
        for name in (*QUANTITIES, "power"):
            value = getattr(factors, name) if factors else None
            _hold(value in (None, 1.0), f"{point} to itself: the {name} factor is {value!r}")


def check_direction(scaler: TechnologyScaler, points: Points) -> None:
    """Check that a newer node does not make everything slower, dearer or larger."""
    shrinks = [
        (source, target, factors)
        for source, target, factors in _Rule(scaler).pairs(points)
        if target.node_nm < source.node_nm
        and (source.vdd, source.flavor) == (target.vdd, target.flavor)
    ]
    for name in QUANTITIES:
        values = [getattr(factors, name) for _, _, factors in shrinks]
        known = [value for value in values if value is not None]
        if known and min(known) > 1:
            source, target, _ = shrinks[0]
            _fail(
                f"{source} to {target} and all such: the {name} factor is above 1; a factor is "
                "that of the target over that of the source"
            )


def check_unknown_nodes(scaler: TechnologyScaler, points: Points) -> None:
    """Check that a node between two known ones does not silently get the factors of one of them."""
    rule = _Rule(scaler)
    source = points[0]
    for point in points:
        known = rule.get(source, point)
        others = (rule.get(source, each) for each in points if each.node_nm != point.node_nm)
        if known is None or {_numbers(each) for each in others if each} <= {_numbers(known)}:
            continue  # the node makes no difference at all
        for node_nm in (point.node_nm * 1.01, point.node_nm * 0.99):
            near = rule.get(source, attrs.evolve(point, node_nm=node_nm))
            _hold(
                near is None or _numbers(near) != _numbers(known),
                f"{node_nm:g} nm has the factors of {point.node_nm:g} nm; interpolate, or raise "
                "ScalingError for a node that is not in the table",
            )


def check_uses(scaler: TechnologyScaler, points: Points) -> None:
    """Check that ``uses``, if there is one, names every field that makes a difference."""
    uses = getattr(scaler, "uses", None)
    if uses is None:
        return
    rule = _Rule(scaler)
    for source, target, factors in rule.pairs(points):
        others = {
            "vdd": attrs.evolve(target, vdd=0.77),
            "flavor": attrs.evolve(target, flavor=None),
        }
        for name in others.keys() - set(uses):
            changed = rule.get(source, others[name])
            _hold(
                changed is not None and _numbers(changed) == _numbers(factors),
                f"{name} makes a difference from {source} to {target}, but uses = {uses!r} does "
                "not name it; add it there",
            )


def _numbers(factors: ScalingFactors) -> tuple[float | None, ...]:
    return tuple(getattr(factors, name) for name in QUANTITIES)


def check_positive_and_finite(scaler: TechnologyScaler, points: Points) -> None:
    """Check that every factor is a positive, finite number."""
    for source, target, factors in _Rule(scaler).pairs(points):
        for name in (*QUANTITIES, "power"):
            value = getattr(factors, name)
            _hold(
                (value is None and name not in ALWAYS_KNOWN) or 0 < value < math.inf,
                f"{source} to {target}: the {name} factor is {value!r}",
            )


def check_power(scaler: TechnologyScaler, points: Points) -> None:
    """Check that power times time is energy."""
    for source, target, factors in _Rule(scaler).pairs(points):
        _close(factors.power * factors.time, factors.energy, f"{source} to {target}: power x time")


def check_inverse(scaler: TechnologyScaler, points: Points) -> None:
    """Check that the way back exists and has the inverse factors."""
    rule = _Rule(scaler)
    for source, target, there in rule.pairs(points):
        back = rule.get(target, source)
        if back is None:
            _fail(f"{source} to {target} is accepted, but the way back is refused")
        for name in QUANTITIES:
            a, b = getattr(there, name), getattr(back, name)
            if a is not None and b is not None:
                _close(a * b, 1.0, f"{source} to {target} and back: {name}")


def check_transitivity(scaler: TechnologyScaler, points: Points) -> None:
    """Check that a detour makes no difference, wherever all three factors exist."""
    rule = _Rule(scaler)
    for a, b, c in itertools.permutations(points, 3):
        first, second, direct = rule.get(a, b), rule.get(b, c), rule.get(a, c)
        if first and second and direct:
            for name in QUANTITIES:
                x, y, z = (getattr(each, name) for each in (first, second, direct))
                if None not in (x, y, z):
                    _close(x * y, z, f"{a} to {b} to {c}: {name}")


def check_repeatable(scaler: TechnologyScaler, points: Points) -> None:
    """Check that the same question has the same answer."""
    for source, target, factors in _Rule(scaler).pairs(points):
        _hold(
            scaler.factors(source, target) == factors,
            f"{source} to {target}: a second call has another answer",
        )


def check_picklable(scaler: TechnologyScaler, points: Points) -> None:
    """Check that a copy made by pickle, as a worker process has it, gives the same factors."""
    copy = pickle.loads(pickle.dumps(scaler))  # noqa: S301, written one line before it is read
    for source, target, factors in _Rule(scaler).pairs(points):
        _hold(
            copy.factors(source, target) == factors,
            f"{source} to {target}: the copy has another answer",
        )


CHECKS = (
    check_names,
    check_description,
    check_options,
    check_domain,
    check_errors,
    check_notes,
    check_identity,
    check_direction,
    check_unknown_nodes,
    check_uses,
    check_positive_and_finite,
    check_power,
    check_inverse,
    check_transitivity,
    check_repeatable,
    check_picklable,
)


class _Rule:
    """A rule whose refusals are None, and which is asked each question once."""

    def __init__(self, scaler: TechnologyScaler) -> None:
        self._scaler = scaler
        self._known: dict[tuple[Technology, Technology], ScalingFactors | None] = {}

    def get(self, source: Technology, target: Technology) -> ScalingFactors | None:
        pair = source, target
        if pair not in self._known:
            try:
                self._known[pair] = self._scaler.factors(source, target)
            except ScalingError:
                self._known[pair] = None
        return self._known[pair]

    def pairs(self, points: Points) -> Iterator[tuple[Technology, Technology, ScalingFactors]]:
        for source, target in itertools.permutations(points, 2):
            factors = self.get(source, target)
            if factors is not None:
                yield source, target, factors


def _fail(text: str) -> None:
    raise AssertionError(text)


def _hold(condition: bool, text: str) -> None:  # noqa: FBT001 - read as an assertion
    if not condition:
        _fail(text)


def _close(value: float, expected: float, text: str) -> None:
    _hold(
        math.isclose(value, expected, rel_tol=RELATIVE_TOLERANCE),
        f"{text} is {value!r}, not {expected!r}",
    )
