"""``fodlam-core scalers``."""

from __future__ import annotations

import csv
import json
from io import StringIO

import pytest

from fodlam_core.model.technology import Technology
from fodlam_core.scaling.stillmaker import StillmakerBaas


@pytest.mark.parametrize("action", [(), ("list",)])
def test_rules_are_listed_with_inputs_domain_and_source(cli, registry, action) -> None:
    """The list has every rule with its aliases, inputs, options, domain, source, distribution."""
    result = cli("scalers", *action, "-f", "json")
    assert result.status == 0
    found = {each["name"]: each for each in json.loads(result.out)}
    assert sorted(found) == registry.names("rule")
    rule = found["stillmaker-baas-2017"]
    assert rule["aliases"] == ["stillmaker"]
    assert rule["inputs"] == ["node_nm", "vdd", "flavor"]
    assert rule["options"] == ["interpolate = false"]
    assert rule["distribution"] == "fodlam-core"
    assert all(each["domain"] and each["source"] for each in found.values())


def test_the_list_is_readable(cli) -> None:
    """The table names every rule, and the lists below it their domains and sources."""
    result = cli("scalers")
    for text in ("dennard", "constant-field", "Domain:", "Source:", "Stillmaker"):
        assert text in result.out


def test_factors_of_a_sweep_are_shown(cli) -> None:
    """Several target nodes give a row each; a node that is refused has a row with the reason."""
    points = ("--from", "65", "--from-vdd", "1", "--to-vdd", "1", "--to-flavor", "hp")
    result = cli("scalers", "show", "stillmaker", *points, "--to", "45", "40", "7", "-f", "csv")
    assert result.status == 0
    good, refused, far = csv.DictReader(StringIO(result.out))
    factors = StillmakerBaas().factors(Technology(65, 1.0), Technology(45, 1.0, "hp"))
    assert float(good["time"]) == factors.time
    assert float(good["energy"]) == factors.energy
    assert float(good["power"]) == factors.power
    assert float(good["area"]) == factors.area
    assert "40 nm is not in the table" in refused["reason"]
    assert refused["time"] == ""
    assert float(far["area"]) < 0.04


def test_options_are_applied_and_notes_are_shown(cli) -> None:
    """--option reaches the rule; warnings of the core are printed with the factors."""
    arguments = ("--from", "90", "--to", "16", "--option", "model=long-channel", "-f", "json")
    result = cli("scalers", "show", "fixed-voltage", *arguments)
    (row,) = json.loads(result.out)["factors"]
    assert row["time"] == pytest.approx((16 / 90) ** 2)
    assert any("FinFET" in note for note in row["notes"])
    assert any("jump" in note for note in row["notes"])


def test_a_rule_can_be_shown_without_points(cli) -> None:
    """Without points the description of the rule is printed."""
    result = cli("scalers", "show", "general")
    assert result.status == 0
    assert "options: model = 'velocity-saturated'" in result.out


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("stillmaker", "--from", "45", "--to", "65"), 1, "give --from-vdd, --from-flavor and"),
        (("stillmaker", "--from", "65"), 2, "give both --from and --to, or neither"),
        (("dennard", "--from", "65nm", "--to", "45"), 2, "invalid float value: '65nm'"),
        (("dennard", "--from", "0", "--to", "45"), 1, "node_nm: 0.0 is not a positive"),
        (("dennard", "--from", "nan", "--to", "45"), 1, "node_nm: nan is not a positive"),
        (("dennard", "--option", "model=x"), 1, "dennard has no options"),
        (("general", "--option", "mode=x"), 1, "did you mean 'model'"),
        (("general", "--option", "model"), 1, "--option model: expected KEY=VALUE"),
        (("denard",), 1, "did you mean 'dennard'"),
        (("custom", "--from", "45", "--to", "28"), 1, "no factors are given from 45 to 28 nm"),
        (("custom", "--from", "45", "--to", "28"), 1, "give --option 'factors=[{from_nm = 45,"),
        (("dark-silicon-itrs", "--from", "45", "--to", "28"), 1, "--option interpolate=true"),
        (("general", "--option", "model=3"), 1, "error: --option model: "),
    ],
)
def test_mistakes_are_told(cli, arguments, status, message) -> None:
    """A request that cannot be met ends with status 1, wrong usage with 2, with what to do."""
    result = cli("scalers", "show", *arguments)
    assert (result.status, result.out) == (status, "")
    assert message in result.err


def test_nodes_that_are_refused_alike_are_told_together(cli) -> None:
    """One line for each reason, with all the nodes that it is about."""
    result = cli("scalers", "show", "general", "--from", "65", "--to", "45", "28", "16")
    assert (result.status, result.out) == (1, "")
    assert result.err == (
        "error: general: 65 nm to 45 nm, 28 nm and 16 nm: vdd not stated; give --from-vdd and "
        "--to-vdd\n"
    )
