"""Checks for accelerators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from fodlam_core.accelerators import Accelerator
from fodlam_core.accelerators.publication import publication_of
from fodlam_core.errors import PluginError, similar
from fodlam_core.model.costs import PROVENANCES, Citation, Cost, Measurement
from fodlam_core.model.technology import Technology
from fodlam_core.model.whole_network import Reference
from fodlam_core.plugins import describe, isolated
from fodlam_core.plugins.guards.asking import are_texts
from fodlam_core.plugins.guards.predictors import GuardedFit, GuardedPredictor
from fodlam_core.testing import options, plausible, predictions
from fodlam_core.testing.probes import ask, tried
from fodlam_core.testing.runner import Check, run_checks, whole
from fodlam_core.testing.values import (
    assert_attributes,
    assert_chip_name,
    assert_line,
    assert_name,
    assert_positive,
)

CORE_KINDS = frozenset({"conv", "fc", "matmul"})
OPTIONAL_OF_A_LAYER = frozenset({"shape", "weight_density", "activation_density"})
# What hardware can be: outside of it a unit is wrong.
MACS_PER_S = (1e3, 1e18)
J_PER_MAC = (1e-17, 1e-5)


def check_is_an_accelerator(accelerator: Any) -> None:
    """It is an `Accelerator`."""
    assert isinstance(accelerator, Accelerator), (
        f"{accelerator!r} is not an Accelerator; make one with Accelerator(...) or load_accelerator"
    )


def check_has_a_name(accelerator: Accelerator) -> None:
    """Its name can be written in a configuration."""
    assert_chip_name(accelerator.name)


def check_is_described(accelerator: Accelerator) -> None:
    """A person can read what it is, and what to know before quoting its numbers."""
    assert_line(accelerator.title, "title")
    assert isinstance(accelerator.precision, str), "precision: make it a string"
    for note in accelerator.notes:
        assert_line(note, "one of the notes")


def check_serves_kinds(accelerator: Accelerator) -> None:
    """It serves a kind of layer, and is the default for no others."""
    assert accelerator.kinds, "kinds is empty; name the kinds of layers that it serves"
    for kind in accelerator.kinds:
        assert_name(kind, "a kind that it serves")
        near = similar(kind, CORE_KINDS)
        assert kind in CORE_KINDS or not near, (
            f"it serves {kind!r}, which is not a kind of layer; did you mean {near[0]!r}?"
        )
    others = set(accelerator.default_for) - set(accelerator.kinds)
    assert not others, f"default_for names {sorted(others)}, which it does not serve; add to kinds"


def check_says_its_technology(accelerator: Accelerator) -> None:
    """Node, and what else is known of the operating point, clock and area."""
    point = accelerator.technology
    assert point is None or isinstance(point, Technology), (
        f"technology is {point!r}; write Technology(node_nm=...), or None if no node is published"
    )
    for name, unit in (("clock_hz", "hertz"), ("area_mm2", "square millimetres")):
        value = getattr(accelerator, name)
        if value is not None:
            assert_positive(value, name, unit)


def check_cites_its_source(accelerator: Accelerator) -> None:
    """Its numbers can be traced: a reference, a BibTeX entry, a provenance."""
    citation = accelerator.citation
    assert isinstance(citation, Citation), f"citation is {citation!r}; write Citation(...)"
    for name in ("key", "text"):
        assert_line(getattr(citation, name), f"citation.{name}")
    bibtex = citation.bibtex.strip() if isinstance(citation.bibtex, str) else ""
    assert bibtex.startswith("@") and citation.key in bibtex, (
        f"citation.bibtex is not a BibTeX entry of the key {citation.key!r}; write @article{{"
        f"{citation.key}, ...}}"
    )
    assert accelerator.provenance in PROVENANCES, f"provenance: use one of {PROVENANCES}"


def check_knows_something(accelerator: Accelerator) -> None:
    """It has a table, a predictor or a reference: else it answers for nothing."""
    known = accelerator.measurements, accelerator.predictors, accelerator.references
    assert any(known) or accelerator.parts, (
        "it has no measurements, no predictors and no references; give at least one of them"
    )


def check_measurements(accelerator: Accelerator) -> None:
    """Each row is of a kind it serves, there once, and positive in SI units."""
    seen = set()
    for row in accelerator.measurements:
        assert isinstance(row, Measurement), f"{row!r} in measurements is not a Measurement"
        where = f"measurement {row.network} {row.layer.name}"
        assert row.layer.kind in accelerator.kinds, (
            f"{where}: kind {row.layer.kind!r} is not among kinds; add it there"
        )
        assert row.key not in seen, f"{where}: is listed twice; remove one"
        seen.add(row.key)
        shape = row.layer.shape
        assert shape is None or row.layer.kind in {shape.kind} | (
            set(accelerator.kinds) - CORE_KINDS
        ), f"{where}: a layer of kind {row.layer.kind!r} has a shape of {shape.kind!r}; correct one"


def check_units(accelerator: Accelerator) -> None:
    """Rates and energies of the rows are those of hardware: else a unit is wrong."""
    for row in accelerator.measurements:
        where = f"measurement {row.network} {row.layer.name}"
        macs = row.layer.total_macs * row.batch
        if macs and row.latency_s is not None:
            _assert_between(macs / row.latency_s, MACS_PER_S, f"{where}: MAC/s", "seconds")
        if macs and row.energy_j is not None:
            _assert_between(row.energy_j / macs, J_PER_MAC, f"{where}: J/MAC", "watts and seconds")


def check_references(accelerator: Accelerator) -> None:
    """Costs of whole networks are positive in SI units."""
    for row in accelerator.references:
        assert isinstance(row, Reference), f"{row!r} in references is not a Reference"


def check_predictors(accelerator: Accelerator) -> None:
    """Predictors have names of their own, and require what a layer can have."""
    names = [predictor.name for predictor in accelerator.predictors]
    for name in names:
        assert_name(name, "a predictor")
    assert len(set(names)) == len(names), f"two predictors have one name: {names}; rename one"
    for predictor in accelerator.predictors:
        assert_attributes(predictor, GuardedPredictor, predictor.name)
        needs = set(predictor.requires) - OPTIONAL_OF_A_LAYER
        assert not needs, (
            f"{predictor.name}: requires names {sorted(needs)}; a layer may lack "
            f"{sorted(OPTIONAL_OF_A_LAYER)}, it has everything else"
        )


def check_predictions(accelerator: Accelerator) -> None:
    """Predictions are costs in SI units, the same each time, and leave the layer as it was."""
    for predictor, fitted, layer in tried(accelerator):
        where = f"{predictor.name} for layer {layer.name!r}"
        before = attrs.astuple(layer)
        cost = ask(fitted, layer)
        assert isinstance(cost, Cost), f"{where} returned {cost!r}; return Cost(...)"
        if cost.latency_s is not None:
            assert_positive(cost.latency_s, f"{where}: latency_s", "seconds")
            _assert_between(layer.macs / cost.latency_s, MACS_PER_S, f"{where}: MAC/s", "seconds")
        if cost.energy_j is not None:
            assert_positive(cost.energy_j, f"{where}: energy_j", "joules")
            _assert_between(cost.energy_j / layer.macs, J_PER_MAC, f"{where}: J/MAC", "joules")
        assert ask(fitted, layer) == cost, f"{where} differs the second time; keep no state"
        assert attrs.astuple(layer) == before, f"{where} changed the layer; leave it alone"


def check_fits(accelerator: Accelerator) -> None:
    """A fit can be explained, and what fits as well predicts costs too."""
    for predictor, fitted, layer in tried(accelerator):
        where = f"the fit of {predictor.name}"
        assert_attributes(fitted, GuardedFit, where)
        for other in getattr(fitted, "alternatives", ()):
            cost, error = isolated(ask, other, layer)
            got = f"fails: {describe(error)}" if error else f"returned {cost!r}"
            assert isinstance(cost, Cost), (
                f"one of the alternatives of {where} for {layer.name!r} {got}; return Cost(...)"
            )
        explain = getattr(fitted, "explain", None)
        formulas, error = isolated(explain, layer) if explain else ({}, None)
        got = f"fails: {describe(error)}" if error else f"returned {formulas!r}"
        assert isinstance(formulas, Mapping) and are_texts([*formulas, *formulas.values()]), (
            f"explain of {where} for {layer.name!r} {got}; return a dict of strings with the keys "
            '"latency" and "energy"'
        )


def check_publication(accelerator: Accelerator) -> None:
    """The file that says which printed cell each number is can be read."""
    try:
        publication_of(accelerator)
    except PluginError as error:
        raise AssertionError(f"publication: {error}; name a file that is there, or none") from error


def check_needs_are_told(accelerator: Accelerator) -> None:
    """A layer of which only what a predictor requires is known can be predicted.

    The core refuses a layer that lacks what is required, with the line to write; so a predictor
    has to require all that it cannot do without.
    """
    for predictor, fitted, layer in tried(accelerator):
        spare = sorted(OPTIONAL_OF_A_LAYER - set(predictor.requires))
        unknown: dict[str, Any] = dict.fromkeys(spare)
        try:
            cost = ask(fitted, attrs.evolve(layer, **unknown))
        except Exception as error:
            raise AssertionError(
                f"{predictor.name} cannot do without one of {', '.join(spare)}, which it does not "
                f"require: {describe(error)}; put it into requires"
            ) from error
        assert isinstance(cost, Cost), f"{predictor.name} returned {cost!r}; return Cost(...)"


def _assert_between(value: float, limits: tuple[float, float], what: str, units: str) -> None:
    low, high = limits
    assert low <= value <= high, (
        f"{what} come to {value:.3g}, which no hardware has; give {units}, not a multiple of them"
    )


CHECKS: tuple[Check, ...] = (
    check_is_an_accelerator,
    check_has_a_name,
    check_is_described,
    check_serves_kinds,
    check_says_its_technology,
    check_cites_its_source,
    check_knows_something,
    check_measurements,
    check_units,
    check_references,
    check_publication,
    check_predictors,
    check_predictions,
    check_fits,
    check_needs_are_told,
    *predictions.CHECKS,
    *plausible.CHECKS,
    *options.CHECKS,
)


def check_accelerator(
    accelerator: Accelerator, expected_failed_checks: Mapping[str, str] | None = None
) -> None:
    """Check an accelerator.

    Args:
        accelerator: the accelerator.
        expected_failed_checks: names of checks that are known to fail, with the reason.

    Raises:
        AssertionError: naming each failed check, with what to fix.
    """
    accelerator = whole(accelerator)
    name = getattr(accelerator, "name", accelerator)
    run_checks(f"accelerator {name!r}", accelerator, CHECKS, expected_failed_checks)
