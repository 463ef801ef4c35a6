"""``fodlam-core compare``."""

from __future__ import annotations

import csv
import json
import re
from io import StringIO

import pytest

from fodlam_core.analyses.comparison_table import Row, _cells

CHIP = """\
name = "chip"
title = "a chip"
kinds = ["fc"]
provenance = "measured"
table = "chip.csv"
power_w = 0.5
technology = { node_nm = 28 }
citation = { key = "k", text = "t", bibtex = "@misc{k}" }
"""


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
    words = " ".join(result.out.replace("|", " ").replace("&lt;", "<").split())
    for text in (
        "factors of scaler time energy power area",
        "eie dennard 1.444 3.014 2.086 2.086",
        "share of scaler latency % energy % power",
        "eie dennard 74.39 us <0.1 91.57 uJ <0.1 1.231 W",
        "dennard (!) 1.437 s 0.015 % 338.8 mJ 0.23 % 235.9 mW",
        "dark-silicon-itrs - - - - - [1] 65 nm is not in the table",
        "Refused: - [1] dark-silicon-itrs: [technology] scaler: dark-silicon-itrs cannot carry eie",
    ):
        assert text in words


def test_everything_at_once_is_no_wider_than_it_must_be(cli, examples, monkeypatch) -> None:
    """With three axes a reason is a number, and names and numbers stand whole beside it."""
    monkeypatch.setenv("COLUMNS", "100")
    axes = ("--accelerator", "all", "--scaler", "all", "--predictor", "all")
    out = cli("compare", examples / "vgg16-per-image.toml", *axes).out
    assert max(map(len, out.splitlines())) <= 120
    assert len(out.splitlines()) < 400


def test_every_choice_has_a_row_and_equal_shares_are_one(cli, examples) -> None:
    """Each choice has its totals or its refusal; rows behind them that say the same are one."""
    arguments = ("compare", examples / "vgg16.toml", "--predictor", "all")
    table = cli(*arguments).out
    assert re.search(r"^power-law +- +- +- +- +- +\[1\] batch = ", table, re.MULTILINE)
    markdown = cli(*arguments, "-f", "markdown").out
    assert "| power-law | - | - | - | - | - | [1] batch = " in markdown
    assert (
        "- [1] nearest, per-mac-geomean and power-law: [accelerator.eyeriss] predictor: batch = "
        '"published" works with per-mac only; write predictor = "per-mac"'
    ) in markdown
    found = json.loads(cli(*arguments, "-f", "json").out)["variants"]
    assert len({each["predictor"] for each in found}) == len(found) == 7
    axes = ("--scaler", "none,dennard", "--batch", "1,2,3,4")
    out = cli("compare", examples / "vgg16-per-image.toml", *axes).out
    assert re.search(r"^eyeriss +none, +1 .*\n +dennard *$", out, re.MULTILINE)


def test_many_names_are_counted() -> None:
    """Of more names than there is room for the first ones stand, and how many more there are."""
    rows = [Row(((name,), (batch,)), ("1 s",)) for name in "abcde" for batch in "12"]
    same = [*rows, Row((("f",), ("1",)), ("2 s",))]
    assert _cells(same, None)[0] == ("a,\nb,\nc,\nd,\ne", "1,\n2", "1 s")
    assert _cells(same, 3) == [("a,\nb,\n3 more", "1,\n2", "1 s"), ("f", "1", "2 s")]
    assert _cells(rows, 3) == [("all 5", "1,\n2", "1 s")]


def test_all_goes_with_names(cli, examples) -> None:
    """All is all, whatever stands beside it."""
    one, both = (
        cli("compare", examples / "vgg16.toml", "--scaler", names).out
        for names in ("all", "none,all")
    )
    assert one == both


def test_a_narrow_terminal_has_numbers_of_reasons(cli, examples, monkeypatch) -> None:
    """Where there is no room for a reason its number stands, which the list below explains."""
    monkeypatch.setenv("COLUMNS", "60")
    out = cli("compare", examples / "vgg16.toml", "--scaler", "dark-silicon-conservative").out
    rows = [line for line in out.splitlines() if line.startswith("dark-silicon-conservative")]
    assert "[1]" == rows[-1].split()[-1]
    assert " - [1] dark-silicon-conservative: " in out


def test_accelerators_from_a_file_can_be_compared(cli, toml) -> None:
    """What only the configuration knows can be chosen, and its predictors as well."""
    toml("network,layer,kind,macs,batch,latency_ms\nAlexNet,FC6,fc,37748736,1,1.0\n", "chip.csv")
    toml(CHIP, "chip.toml")
    config = toml(
        '[network]\nname = "VGG16"\n[dispatch]\nfc = "chip"\n'
        '[accelerator.chip]\nfile = "chip.toml"\n'
    )
    result = cli("compare", config, "--predictor", "per-mac", "--accelerator", "chip,eie")
    assert (result.status, result.err) == (0, "")
    assert "chip" in result.out


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


def test_shares_only_where_there_are_several(cli, examples) -> None:
    """What one accelerator costs alone is the total, and not told twice."""
    alone = cli("compare", examples / "vgg16-fconly.toml").out
    both = cli("compare", examples / "vgg16-per-image.toml").out
    assert "factors of" in alone
    assert "share of" not in alone
    assert "share of" in both


def test_who_has_not_the_predictor_is_told(cli, examples) -> None:
    """An accelerator without the predictor that is chosen keeps its own, and it is said so."""
    out = cli("compare", examples / "vgg16-per-image.toml", "--predictor", "row-stationary").out
    assert "eie has no predictor row-stationary and keeps its own" in out
    assert "eyeriss has no" not in out


@pytest.mark.parametrize(
    ("batch", "message"), [("x", "expected a whole"), ("0", "0 is not between")]
)
def test_a_batch_that_is_none(cli, batch, message):
    """The option is named once, with what is wrong with it."""
    result = cli("compare", "VGG16", "--batch", batch)

    assert 1 == result.status
    assert result.err.startswith(f"error: --batch {batch}: {message}")
