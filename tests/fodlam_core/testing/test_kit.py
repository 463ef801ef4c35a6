"""The checks for authors: what is right passes, and each mistake is found and told."""

from __future__ import annotations

import types
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import attrs
import pytest

import fodlam_eie
import fodlam_eyeriss
from fodlam_core import (
    Accelerator,
    Citation,
    Cost,
    FcShape,
    Layer,
    LayerKind,
    Measurement,
    Network,
    NetworkError,
    PredictionError,
    Technology,
    hookimpl,
    load_registry,
)
from fodlam_core.model.whole_network import Reference
from fodlam_core.networks.native import NativeReader
from fodlam_core.networks.reader import ReadOptions
from fodlam_core.plugins import builtin
from fodlam_core.testing import (
    check_accelerator,
    check_layer_kind,
    check_network_reader,
    check_plugin,
    parametrize_with_checks,
)
from fodlam_core.testing.accelerators import check_units
from fodlam_core.testing.runner import checks_for, run_checks

REGISTRY = load_registry()
OWN = ("eie", "eyeriss")


@parametrize_with_checks(
    [
        *(REGISTRY.accelerator(name) for name in OWN),
        *(kind for kind in REGISTRY.layer_kinds),
        *builtin.fodlam_network_readers(),
    ]
)
def test_own_plugins_conform(subject: Any, check: Callable[[Any], None]) -> None:
    """What the project supplies passes the checks through the same door."""
    check(subject)


@pytest.mark.parametrize("plugin", [fodlam_eie, fodlam_eyeriss])
def test_own_plugins_conform_as_a_whole(plugin: object) -> None:
    """The two plugins of the project pass as a stranger's would."""
    check_plugin(plugin)


class Formula(NamedTuple):
    """A predictor."""

    name: str = "formula"
    requires: frozenset[str] = frozenset()
    cost: Any = None

    def fit(self, measurements: object) -> Formula:
        """Return itself."""
        return self

    def predict(self, layer: Layer) -> Any:
        """Return a cost in proportion to the MACs, or what it was told to."""
        return self.cost or Cost(layer.macs * 1e-11, layer.macs * 1e-11)


class Counting(Formula):
    """A predictor that gets dearer."""

    calls: list[int] = []  # noqa: RUF012, a mistake to be found

    def predict(self, layer: Layer) -> Cost:
        """Return another cost each time."""
        self.calls.append(1)
        return Cost(layer.macs * 1e-12 * len(self.calls), layer.macs * 1e-12)


class Mute(Formula):
    """A predictor that needs a shape without requiring it."""

    def predict(self, layer: Layer) -> Cost:
        """Refuse a layer without a shape."""
        if layer.shape is None:
            raise PredictionError("no")
        return Cost(layer.macs * 1e-12, layer.macs * 1e-12)


@attrs.frozen
class Options:
    """Options."""

    must: int


@attrs.frozen
class GoodOptions:
    """Options."""

    may: int = 1


def rename(accelerator: Accelerator, options: GoodOptions) -> Accelerator:
    """Make use of the option."""
    return attrs.evolve(accelerator, title="MyChip" * options.may)


ROW = Measurement("Net", Layer("CONV1", "conv", 10**9), 1, 1e-2, 0.5)
WRONG_SHAPE = attrs.evolve(ROW, layer=Layer("FC1", "conv", 10**6, FcShape(1000, 1000)))
CHIP = Accelerator(
    name="mychip",
    title="MyChip",
    kinds=["conv"],
    technology=Technology(28),
    citation=Citation("doe", "J. Doe", "@misc{doe}"),
    provenance="projected",
    measurements=[ROW],
    predictors=[Formula()],
)


def other(**changes: Any) -> Accelerator:
    """Return the same chip with something changed."""
    return attrs.evolve(CHIP, **changes)


def test_a_good_chip_passes() -> None:
    """The chip that the mistakes below are made from passes all checks."""
    check_accelerator(CHIP)
    check_accelerator(other(measurements=[], references=[Reference("VGG16", 1, 1.0)]))
    check_accelerator(other(options=GoodOptions, apply_options=rename))


@pytest.mark.parametrize(
    ("changes", "check", "text"),
    [
        ({"name": "my chip"}, "check_has_a_name", "use letters, digits, - and _ only"),
        ({"title": "a\nb"}, "check_is_described", "make it one"),
        ({"title": " "}, "check_is_described", "title is empty"),
        ({"kinds": []}, "check_serves_kinds", "kinds is empty"),
        ({"default_for": ["fc"]}, "check_serves_kinds", "['fc'], which it does not serve"),
        ({"citation": Citation("a", "b", "c")}, "check_cites_its_source", "@article{a"),
        ({"measurements": [], "predictors": []}, "check_knows_something", "at least one"),
        ({"kinds": ["fc"]}, "check_measurements", "kind 'conv' is not among kinds"),
        ({"measurements": [ROW, ROW]}, "check_measurements", "is listed twice"),
        ({"measurements": [WRONG_SHAPE]}, "check_measurements", "'conv' has a shape of 'fc'"),
        (
            {"measurements": [attrs.evolve(ROW, latency_s=1e7)]},
            "check_units",
            "give seconds, not a multiple",
        ),
        (
            {"measurements": [attrs.evolve(ROW, energy_j=1e9)]},
            "check_units",
            "give watts and seconds, not a multiple",
        ),
        ({"predictors": [Formula(), Formula()]}, "check_predictors", "one name"),
        (
            {"predictors": [Formula(requires=frozenset({"kind"}))]},
            "check_predictors",
            "names ['kind']",
        ),
        ({"predictors": [Formula(cost=3)]}, "check_predictions", "return Cost(...)"),
        ({"predictors": [Formula(cost=Cost(0, 1))]}, "check_predictions", "of seconds"),
        ({"predictors": [Formula(cost=Cost(1, 0))]}, "check_predictions", "of joules"),
        ({"predictors": [Formula(cost=Cost(1e9, 1e-3))]}, "check_predictions", "no hardware"),
        ({"predictors": [Counting()]}, "check_predictions", "differs the second time"),
        (
            {"predictors": [Mute()]},
            "check_needs_are_told",
            "cannot do without one of activation_density, shape, weight_density",
        ),
        ({"options": Options}, "check_options", "options without apply_options"),
        (
            {"options": Options, "apply_options": lambda accelerator, _: accelerator},
            "check_options",
            "option must has no default",
        ),
        (
            {"options": int, "apply_options": lambda accelerator, _: accelerator},
            "check_options",
            "not an attrs class",
        ),
        (
            {"options": GoodOptions, "apply_options": lambda accelerator, _: 3},
            "check_options",
            "does not return an Accelerator",
        ),
    ],
)
def test_each_mistake_is_told(changes: dict[str, Any], check: str, text: str) -> None:
    """A mistake fails its check, with what to fix; expected, it passes with a reason."""
    with pytest.raises(AssertionError) as caught:
        check_accelerator(other(**changes))
    [line] = [line for line in str(caught.value).splitlines() if line.startswith(f"  {check}: ")]

    assert text in line
    failing = {line.split(":")[0].strip() for line in str(caught.value).splitlines()[1:]}
    check_accelerator(other(**changes), dict.fromkeys(failing, "known"))


def test_what_is_no_accelerator_is_told() -> None:
    """Anything else fails the first check, and no check breaks off the others."""
    with pytest.raises(AssertionError, match="check_is_an_accelerator: 3 is not an Accelerator"):
        check_accelerator(3)  # type: ignore[arg-type]


def test_expected_failures_are_strict() -> None:
    """A check that passes after all, or does not exist, has to be taken off the list."""
    with pytest.raises(AssertionError, match="check_units: passes; remove it from"):
        check_accelerator(CHIP, {"check_units": "once"})
    with pytest.raises(AssertionError, match="unknown check 'check_unit'; did you mean 'check_uni"):
        check_accelerator(CHIP, {"check_unit": "once"})
    with pytest.raises(ValueError, match="unknown check 'check_unit'"):
        parametrize_with_checks([CHIP], {"check_unit": "once"})


@pytest.mark.parametrize("expected", [{"check_units": "known"}, lambda _: {"check_units": "known"}])
def test_parametrize_marks_expected_failures(expected: Any) -> None:
    """The decorator has a parameter for each check; expected failures are strict xfails."""

    @parametrize_with_checks([CHIP], expected)
    def conforms(chip: Any, check: Any) -> None:
        """Take arguments of any name."""

    [mark] = conforms.pytestmark  # type: ignore[attr-defined]
    names, params = mark.args
    [param] = [param for param in params if param.marks]

    assert names == ["chip", "check"]
    assert len(params) == len(checks_for(CHIP))
    assert param.values == (CHIP, check_units)
    assert param.marks[0].kwargs == {"reason": "known", "strict": True}


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (LayerKind("po ol", "pooling"), "use letters"),
        (LayerKind("pool", ""), "is empty"),
        (3, "3 is not a LayerKind"),
    ],
)
def test_mistakes_of_kinds(kind: Any, text: str) -> None:
    """Each mistake of a layer kind is told."""
    with pytest.raises(AssertionError, match=text):
        check_layer_kind(kind)


class Lines:
    """A reader of lines, with one thing wrong if so told."""

    name = "lines"
    suffixes: Any = (".lines",)

    def __init__(self, **wrong: Any) -> None:
        self.wrong = wrong
        self.suffixes = wrong.get("suffixes", (".lines",))

    def accepts(self, head: bytes) -> Any:
        """Accept everything."""
        return self.wrong.get("accepts", lambda head: True)(head)

    def read(self, path: Path, options: ReadOptions) -> Any:
        """Read a layer from each line."""
        if options != ReadOptions():
            raise NetworkError(f"{path}: the format has neither input nor regions")
        if "read" in self.wrong:
            return self.wrong["read"](path)
        try:
            rows = [line.split() for line in path.read_text().splitlines()]
            return Network("a", [Layer(name, kind, int(macs)) for name, kind, macs in rows])
        except ValueError as error:
            raise NetworkError(f"{path}: {error}") from error


def refuse(path: Path) -> None:
    """Refuse without naming the file."""
    raise NetworkError("no")


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"suffixes": ".lines"}, "write a tuple such as"),
        ({"suffixes": ("LINES",)}, "never match"),
        ({"accepts": lambda head: head[0] == 1}, "IndexError"),
        ({"accepts": lambda head: None}, "return a bool"),
        ({"read": lambda path: 1 / 0}, "raise NetworkError"),
        ({"read": refuse}, "does not name the file"),
        ({"read": lambda path: 3}, "not a Network"),
        ({"accepts": lambda head: False}, "accepts returns False"),
        ({"read": lambda path: Network("a", [])}, "found no layers"),
    ],
)
def test_mistakes_of_readers(wrong: dict[str, Any], text: str, tmp_path: Path) -> None:
    """Each mistake of a reader is told; without it the reader passes."""
    path = tmp_path / "net.lines"
    path.write_text("a conv 10\n")
    check_network_reader(Lines(), [path])

    with pytest.raises(AssertionError, match=text):
        check_network_reader(Lines(**wrong), [path])


def test_files_of_another_format_are_told(tmp_path: Path) -> None:
    """A sample that the suffixes do not cover is told."""
    with pytest.raises(AssertionError, match="add its suffix to suffixes"):
        check_network_reader(NativeReader(), [tmp_path / "a.lines"])


def module(**hooks: Any) -> types.ModuleType:
    """Return a plugin."""
    plugin = types.ModuleType("mine")
    for name, value in hooks.items():
        setattr(plugin, name, value)
    return plugin


@hookimpl
def fodlam_accelerators() -> list[Accelerator]:
    """Supply a chip with a mistake."""
    return [other(title="")]


@hookimpl
def fodlam_layer_kinds() -> list[LayerKind]:
    """Supply nothing."""
    return []


def test_a_plugin_as_a_whole() -> None:
    """A plugin is loaded as the core does, and everything it supplies is checked."""
    with pytest.raises(AssertionError, match="does not load: .*none of the hooks"):
        check_plugin(module())
    with pytest.raises(AssertionError, match="does not load: .*made for level 9"):
        check_plugin(module(FODLAM_API=9, fodlam_accelerators=fodlam_accelerators))
    with pytest.raises(AssertionError, match="supplies nothing"):
        check_plugin(module(fodlam_layer_kinds=fodlam_layer_kinds))
    with pytest.raises(AssertionError, match="'mychip' fails 1 of .*\n.*title is empty"):
        check_plugin(module(fodlam_accelerators=fodlam_accelerators))
    check_plugin(
        module(fodlam_accelerators=fodlam_accelerators), {"check_is_described": "no title yet"}
    )


def test_dispatch_by_kind() -> None:
    """What a plugin cannot supply has no checks."""
    assert len(checks_for(Lines())) == 5
    with pytest.raises(TypeError, match="3 is not an accelerator, layer kind"):
        checks_for(3)


def test_exceptions_in_checks_are_told() -> None:
    """A check that breaks off counts as failed, by the exception."""

    def check_division(subject: Any) -> None:
        subject / 0

    with pytest.raises(AssertionError, match="check_division: ZeroDivisionError"):
        run_checks("number", 1, [check_division])
