"""What the core reads from plugins beside their methods."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from fodlam_core import (
    Accelerator,
    Citation,
    Cost,
    Layer,
    Measurement,
    PluginError,
    PredictionError,
    ScalingFactors,
    Technology,
)
from fodlam_core.plugins import Plugin
from fodlam_core.plugins.guards import guarded, guarded_accelerator
from fodlam_core.plugins.guards.asking import shown
from fodlam_core.testing import check_accelerator, check_scaler

PLUGIN = Plugin("own", source="own.py")
LAYER = Layer("CONV1", "conv", 10**9)
ROW = Measurement("Net", LAYER, 1, 1e-2, 0.5)
HERE, THERE = Technology(65), Technology(28)


class Fit:
    """A fit that is right, but for what it is given."""

    def __init__(self, **attributes: Any) -> None:
        self.__dict__.update(attributes)

    def predict(self, layer: Layer) -> Cost:
        """Return one cost for all."""
        return Cost(1e-3, 1e-3)


class Predictor(Fit):
    """A predictor that is right, but for what it is given."""

    name = "formula"
    requires: Any = frozenset()

    def fit(self, measurements: object) -> Any:
        """Return the fit that it is given."""
        return self.__dict__.get("fitted", self)


class Broken(Predictor):
    """A predictor one of whose attributes cannot be read."""

    @property
    def optional(self) -> Any:
        """Fail."""
        raise ZeroDivisionError("boom")


class Lacking:
    """A predictor that says nothing of what it requires."""

    name = "formula"

    def fit(self, measurements: object) -> Fit:
        """Return a fit."""
        return Fit()


class Rule:
    """A rule that is right, but for what it is given."""

    name = "own"

    def __init__(self, **attributes: Any) -> None:
        self.__dict__.update(attributes)

    def factors(self, source: Technology, target: Technology) -> ScalingFactors:
        """Return time s, energy s^2."""
        s = target.node_nm / source.node_nm
        return ScalingFactors(s, s * s)


class BrokenRule(Rule):
    """A rule whose options cannot be read."""

    @property
    def options(self) -> Any:
        """Fail."""
        raise ZeroDivisionError("boom")


class NanRule(Rule):
    """A rule that computes nonsense."""

    def factors(self, source: Technology, target: Technology) -> ScalingFactors:
        """Return a factor that is none."""
        return ScalingFactors(float("nan"), 1.0)


class NotedRule(Rule):
    """A rule whose notes are what it is given."""

    notes: Any = 5

    def factors(self, source: Technology, target: Technology) -> ScalingFactors:
        """Return factors with such notes."""
        return ScalingFactors(1.0, 1.0, notes=self.notes)


def boom(*_: object) -> Any:
    """Fail."""
    raise RuntimeError("boom")


def chip(predictor: Any = None, **changes: Any) -> Accelerator:
    """Return an accelerator that passes every check, but for what is changed."""
    fields: dict[str, Any] = {
        "name": "mychip",
        "title": "MyChip",
        "kinds": ["conv"],
        "technology": Technology(65),
        "citation": Citation("doe", "J. Doe", "@misc{doe}"),
        "provenance": "projected",
        "measurements": [ROW],
        "predictors": [predictor or Predictor()],
    }
    return Accelerator(**{**fields, **changes})


def told(check: Callable[..., None], subject: Any, text: str) -> None:
    """Require that the check for authors tells of the mistake as well."""
    with pytest.raises(AssertionError) as caught:
        check(subject)
    assert text in str(caught.value)


@pytest.mark.parametrize(
    ("predictor", "name", "text"),
    [
        (Predictor(requires=None), "requires", "requires of formula"),
        (Predictor(requires="shape"), "requires", "requires of formula"),
        (Predictor(requires={"colour"}), "requires", "requires of formula"),
        (Lacking(), "requires", "formula has no requires; give it a frozenset"),
        (Predictor(optional=5), "optional", "optional of formula is 5; make it a tuple of pairs"),
        (Predictor(optional=(("colour", "x"),)), "optional", "make it a tuple of pairs"),
        (Predictor(optional=("shape",)), "optional", "make it a tuple of pairs"),
        (Broken(), "optional", "cannot be read: ZeroDivisionError: boom; make it a tuple of pairs"),
        (Predictor(notes=5), "notes", "notes of formula is 5; make it a tuple of strings"),
        (Predictor(notes="abc"), "notes", "make it a tuple of strings"),
        (Predictor(citation=5), "citation", "citation of formula is 5; make it a Citation or None"),
    ],
)
def test_attributes_of_a_predictor(predictor: Any, name: str, text: str) -> None:
    """One that is not what it has to be names plugin, distribution, predictor and accelerator."""
    guard = guarded_accelerator(chip(predictor), PLUGIN).predictor()
    with pytest.raises(PluginError) as caught:
        getattr(guard, name)
    assert str(caught.value).startswith(
        f"plugin 'own' (own.py unpackaged): {name} of formula of mychip "
    )
    told(check_accelerator, chip(predictor), text)


@pytest.mark.parametrize("name", [5, None])
def test_names_of_predictors(name: Any) -> None:
    """A predictor whose name is not a string is found out before anyone asks for it."""
    with pytest.raises(PluginError, match="the name of a Predictor of mychip is"):
        guarded_accelerator(chip(Predictor(name=name)), PLUGIN)
    told(check_accelerator, chip(Predictor(name=name)), "make it a string")


@pytest.mark.parametrize(
    ("fit", "name", "text"),
    [
        (Fit(notes=5), "notes", "notes of the fit of formula is 5; make it a tuple of strings"),
        (Fit(notes="abc"), "notes", "make it a tuple of strings"),
        (Fit(alternatives=5), "alternatives", "make it a tuple of fitted predictors"),
        (Fit(alternatives=(5,)), "alternatives", "make it a tuple of fitted predictors"),
        (Fit(explain=5), "explain", "make it a method"),
    ],
)
def test_attributes_of_a_fit(fit: Any, name: str, text: str) -> None:
    """The same holds for what a fit has beside its predictions."""
    guard = guarded_accelerator(chip(Predictor(fitted=fit)), PLUGIN).predictor().fit([])
    with pytest.raises(PluginError, match=f"own.py unpackaged.*: {name} of formula of mychip is"):
        getattr(guard, name)
    told(check_accelerator, chip(Predictor(fitted=fit)), text)


@pytest.mark.parametrize(
    ("fit", "use", "what", "text"),
    [
        (Fit(explain=boom), "explain", "explanation", "explain of the fit of formula"),
        (Fit(explain=lambda _: 5), "explain", "explanation", "return a dict of strings"),
        (Fit(explain=lambda _: {"latency": 5}), "explain", "explanation", "a dict of strings"),
        (Fit(alternatives=(Fit(predict=boom),)), "other", "prediction", "fails: RuntimeError"),
        (Fit(alternatives=[Fit(predict=lambda _: 5)]), "other", "prediction", "returned 5"),
    ],
)
def test_answers_of_a_fit(fit: Any, use: str, what: str, text: str) -> None:
    """Explanations and what fits as well name the layer, too."""
    guard: Any = guarded_accelerator(chip(Predictor(fitted=fit)), PLUGIN).predictor().fit([])
    with pytest.raises(PluginError, match=f"own.py .*the {what} of formula .* layer 'CONV1'"):
        guard.explain(LAYER) if use == "explain" else guard.alternatives[0].predict(LAYER)
    told(check_accelerator, chip(Predictor(fitted=fit)), text)


def test_a_fit_that_is_none() -> None:
    """What cannot predict is not a fit."""
    given = chip(Predictor(fitted=None))
    with pytest.raises(PluginError, match="fitting formula of mychip is None; .* method predict"):
        guarded_accelerator(given, PLUGIN).predictor().fit([])
    told(check_accelerator, given, "fit of formula returned None; return an object with a method")


def test_what_is_right_comes_through() -> None:
    """Right attributes are as the plugin gave them, missing ones missing, and copies the same."""
    formulas = {"latency": "1 ms", "energy": "1 mJ"}
    fit = Fit(notes=["a"], alternatives=[Fit()], explain=lambda _: formulas)
    optional = (("shape", "blind"),)
    predictor: Any = guarded_accelerator(
        chip(Predictor(optional=optional, fitted=fit, citation=None)), PLUGIN
    ).predictor()
    fitted = predictor.fit([])

    assert (predictor.requires, predictor.optional) == (frozenset(), optional)
    assert predictor.citation is None
    assert not hasattr(predictor, "notes")
    assert not hasattr(predictor.fit([]), "nothing")
    assert (fitted.notes, fitted.explain(LAYER)) == (["a"], formulas)
    assert fitted.alternatives[0].predict(LAYER) == Cost(1e-3, 1e-3)
    copy = pickle.loads(pickle.dumps(guarded_accelerator(chip(Predictor(notes=("b",))), PLUGIN)))
    assert copy.predictor().notes == ("b",)


def test_a_refusal_of_an_attribute_passes() -> None:
    """A `FodlamError` is an answer here, too."""

    def refuse(layer: Layer) -> Any:
        raise PredictionError("no shape")

    fitted: Any = Fit(explain=refuse)
    guard: Any = guarded_accelerator(chip(Predictor(fitted=fitted)), PLUGIN).predictor().fit([])
    with pytest.raises(PredictionError, match="^no shape$"):
        guard.explain(LAYER)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"details": 5}, "details is 5; give a dict of numbers"),
        ({"details": {"dram_bytes": "x"}}, "dram_bytes is 'x'; give a finite number"),
        ({"details": {"dram_bytes": float("nan")}}, "dram_bytes is nan; give"),
        ({"details": {"dram_bytes": -5}}, "dram_bytes is -5; give"),
        ({"latency_rounding_s": float("nan")}, "latency_rounding_s is nan; give"),
        ({"energy_rounding_j": "x"}, "energy_rounding_j is 'x'; give"),
        ({"energy_rounding_j": -1.0}, "energy_rounding_j is -1.0; give"),
        ({"network": 5}, "network is 5; give a string"),
        ({"layer": 5}, "layer is 5; give a Layer"),
        ({"calibration": "no"}, "calibration is 'no'; give True or False"),
    ],
)
def test_rows_are_looked_at(changes: dict[str, Any], text: str) -> None:
    """A row is not made with a number that cannot be right; the message says what to write."""
    with pytest.raises(PluginError) as caught:
        attrs.evolve(ROW, **changes)
    assert text in str(caught.value)


@pytest.mark.parametrize("changes", [{}, {"latency_s": 1.0}])
def test_no_row_hides_another(changes: dict[str, Any]) -> None:
    """Of two rows of one layer and batch only one would be looked up, so they are refused."""
    accelerator = chip(measurements=[ROW, attrs.evolve(ROW, **changes)])
    with pytest.raises(
        PluginError, match="of the measurements of mychip: Net CONV1 at batch 1 is listed twice"
    ):
        guarded_accelerator(accelerator, PLUGIN)
    told(check_accelerator, accelerator, "is listed twice; remove one")


def test_a_publication_that_is_not_there() -> None:
    """The check for authors reads the tables behind an accelerator."""
    told(check_accelerator, chip(publication="/nowhere.toml"), "name a file that is there, or none")


@pytest.mark.parametrize(
    ("rule", "name", "text"),
    [
        (Rule(uses=5), "uses", "uses of the rule is 5; make it a tuple of fields"),
        (Rule(uses="vdd"), "uses", "make it a tuple of fields of Technology"),
        (BrokenRule(), "options", "options of the rule cannot be read: ZeroDivisionError: boom"),
        (Rule(options=int, configure=boom), "options", "make it an attrs class"),
        (Rule(citation=5), "citation", "make it a Citation or None"),
        (Rule(title=5), "title", "make it a string"),
        (Rule(domain=5), "domain", "make it a string"),
        (Rule(source=5), "source", "make it a string"),
    ],
)
def test_attributes_of_a_rule(rule: Rule, name: str, text: str) -> None:
    """One that is not what it has to be names plugin, distribution and rule."""
    with pytest.raises(PluginError, match=f"own.py unpackaged.*: {name} of the rule 'own' "):
        getattr(guarded(rule, PLUGIN), name)
    told(check_scaler, rule, text)


def test_options_of_a_rule_need_configure() -> None:
    """Options that nothing applies are not options."""

    @attrs.frozen
    class Options:
        """Options."""

    with pytest.raises(PluginError, match="the rule 'own' has options, but no method configure"):
        _ = guarded(Rule(options=Options), PLUGIN).options
    told(check_scaler, Rule(options=Options), "options and configure go together")


@pytest.mark.parametrize(
    ("rule", "what", "text"),
    [
        (NanRule(), "the time factor nan is not positive and finite", "fix it, or raise"),
        (NotedRule(), "a tuple of strings as notes was expected", "notes are 5, not a tuple"),
        (NotedRule(notes="abc"), "a tuple of strings as notes", "notes are 'abc', not a tuple"),
        (NotedRule(notes=(5,)), "a tuple of strings as notes", "not a tuple of strings"),
    ],
)
def test_factors_that_are_none(rule: Rule, what: str, text: str) -> None:
    """Factors and notes that cannot be right name plugin, rule and points."""
    with pytest.raises(PluginError, match=f"own.py .*the rule 'own' from 65 nm to 28 nm.*{what}"):
        guarded(rule, PLUGIN).factors(HERE, THERE)
    told(check_scaler, rule, text)


def test_what_cannot_be_shown_is_named_by_its_type() -> None:
    """A message survives an answer that cannot even be printed."""

    class Mute:
        __repr__ = boom

    assert shown(Mute()) == "a Mute"
    assert shown("x" * 200) == "'" + "x" * 96 + "..."
