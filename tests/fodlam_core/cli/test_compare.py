"""``fodlam-core compare``."""

from __future__ import annotations

import csv
import json
from io import StringIO

import pytest


def test_all_rules_are_compared_by_default(cli, examples, registry) -> None:
    """Without --scaler every installed rule has a row, and refusals do not fail the command."""
    result = cli("compare", examples / "vgg16-per-image.toml", "--format", "csv")
    assert (result.status, result.err) == (0, "")
    found = list(csv.DictReader(StringIO(result.out)))
    assert [row["scaler"] for row in found] == registry.names("rule")
    assert any(row["reason"] for row in found)


def test_a_list_of_rules_keeps_its_order(cli, examples) -> None:
    """--scaler a,b,c prints these rules in this order; spaces do not matter."""
    arguments = ("--scaler", "post-dennard, dennard,identity", "-f", "json")
    result = cli("compare", examples / "vgg16.toml", *arguments)
    names = [variant["scaler"] for variant in json.loads(result.out)["variants"]]
    assert names == ["post-dennard", "dennard", "none"]


@pytest.mark.parametrize("format", ["table", "markdown"])
def test_a_person_sees_factors_totals_refusals_and_notes(cli, examples, format) -> None:
    """The table has the factors of each accelerator, the totals, and why a rule refused."""
    arguments = ("--scaler", "dennard,dark-silicon-itrs", "-f", format)
    result = cli("compare", examples / "vgg16-per-image.toml", *arguments)
    for text in ("1.444 3.014 2.086 2.086", "338.8 mJ", "91.57 uJ", "Refused:", "65 nm is not in"):
        assert text in result.out


def test_keys_can_be_set(cli, examples) -> None:
    """--set changes the configuration before it is compared."""
    arguments = ("--scaler", "dark-silicon-itrs", "--set", "technology.node_nm=16", "-f", "json")
    result = cli("compare", examples / "vgg16-28nm-custom.toml", *arguments)
    (variant,) = json.loads(result.out)["variants"]
    assert variant["accelerators"]["eie"]["factors"]["time"] == pytest.approx(1 / 3.21)


def test_a_misspelt_rule_is_an_error(cli, examples) -> None:
    """An unknown rule ends with status 1 and the names that were probably meant."""
    result = cli("compare", examples / "vgg16.toml", "--scaler", "dennard,stilmaker")
    assert (result.status, result.out) == (1, "")
    assert "did you mean 'stillmaker'" in result.err
