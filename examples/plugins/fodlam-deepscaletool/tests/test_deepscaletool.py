"""The rule against the published table, and against what must hold for every rule."""

from __future__ import annotations

import csv

import pytest
from fodlam_deepscaletool import TABLE, DeepScaleTool

from fodlam_core import ScalingError, TableOptions, Technology, load_registry
from fodlam_core.testing import parametrize_with_checks

RULE = DeepScaleTool()
WITH_INTERPOLATION = RULE.configure(TableOptions(interpolate=True))

# From, to, time, energy, power, area: ratios of the table (SCARF's tests have the last row).
VECTORS = [
    (45, 65, 1 / 0.81, 1 / 0.63, 1.2857142857142858, 2.04),
    (65, 40, 0.76, 0.55, 0.7236842105263158, 0.3676470588235294),
    (65, 7, 0.53, 0.11, 0.20754716981132074, 0.005392156862745098),
    (130, 45, 0.413265306122449, 0.25, 0.6049382716049383, 0.12048192771084336),
    (7, 28, 1.2641509433962264, 3.3636363636363638, 2.6607869742198105, 31.818181818181817),
]


@pytest.mark.parametrize(("source", "target", "time", "energy", "power", "area"), VECTORS)
def test_factors_are_the_ratios_of_the_published_table(source, target, time, energy, power, area):
    """A factor is the value at the target over that at the source."""
    factors = RULE.factors(Technology(source), Technology(target))
    assert factors.time == pytest.approx(time, rel=1e-12)
    assert factors.energy == pytest.approx(energy, rel=1e-12)
    assert factors.power == pytest.approx(power, rel=1e-12)
    assert factors.area == pytest.approx(area, rel=1e-12)


def test_power_agrees_with_the_published_column():
    """Power, derived as energy / time, is the published column within its rounding, 1.4 %."""
    with TABLE.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 11
    for row in rows:
        factors = RULE.factors(Technology(65), Technology(float(row["node_nm"])))
        assert factors.power == pytest.approx(float(row["power_rel_65nm"]), rel=0.014)


@pytest.mark.parametrize("node", [180, 20, 16, 12, 8, 5, 12.5, 64.9])
@pytest.mark.parametrize("rule", [RULE])
def test_other_nodes_are_refused(rule, node):
    """A node that is not in the table is refused from either side, never taken for 7 nm."""
    for pair in ((Technology(7), Technology(node)), (Technology(node), Technology(7))):
        with pytest.raises(ScalingError, match=f"{node:g} nm is not in the table"):
            rule.factors(*pair)


def test_interpolation_is_asked_for_and_said():
    """Between two nodes the factors are geometric where interpolation is asked for, with a note."""
    factors = WITH_INTERPOLATION.factors(Technology(65), Technology((14 * 22) ** 0.5))
    assert factors.time == pytest.approx((0.60 * 0.62) ** 0.5, rel=1e-12)
    assert any("interpolated" in note for note in factors.notes)


@pytest.mark.parametrize("node", [180, 5])
def test_nothing_is_extrapolated(node):
    """Beyond the ends of the table even interpolation refuses."""
    with pytest.raises(ScalingError, match="never extrapolated"):
        WITH_INTERPOLATION.factors(Technology(65), Technology(node))


def test_the_doubtful_area_is_said():
    """Factors to or from 7 nm carry a note on the area of that node."""
    assert any("unsure" in note for note in RULE.factors(Technology(7), Technology(65)).notes)
    assert not any("unsure" in note for note in RULE.factors(Technology(10), Technology(65)).notes)


@parametrize_with_checks([RULE, WITH_INTERPOLATION])
def test_it_is_a_scaling_rule(scaler, check):
    """Everything that must hold for a rule holds."""
    check(scaler)


def test_it_is_found_when_installed():
    """The registry has the rule under its name and both aliases."""
    registry = load_registry()
    for name in ("deepscaletool-2021", "deepscaletool", "deepscale"):
        assert registry.scaler(name).name == "deepscaletool-2021"


def test_its_publication_can_be_cited():
    """The publication has its BibTeX under the key by which it is cited."""
    assert f"{{{RULE.citation.key}," in RULE.citation.bibtex
    assert RULE.source == RULE.citation.text
