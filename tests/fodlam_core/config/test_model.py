"""``[[technology.options.factors]]``: a list of tables, each mistake with its place."""

from __future__ import annotations

import json

import pytest

TEXT = (
    '[network]\nname = "VGG16"\nlayers = ["FC6"]\n[technology]\nnode_nm = 28\nscaler = "custom"\n'
)
FACTORS = "[[technology.options.factors]]\nfrom_nm = 45\nto_nm = 28\n"


def test_factors_are_applied(cli, toml) -> None:
    """Time and power given in the file are those of the estimate."""
    path = toml(TEXT + FACTORS + "time = 0.5\npower = 0.25\n")
    scaled = json.loads(cli("run", path, "-f", "fodlam").out)["fc"]
    plain = toml(TEXT.replace("custom", "none"), "plain.toml")
    native = json.loads(cli("run", plain, "-f", "fodlam").out)["fc"]
    assert scaled["latency"] == pytest.approx(native["latency"] * 0.5, rel=1e-12)
    assert scaled["energy"] == pytest.approx(native["energy"] * 0.125, rel=1e-12)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (FACTORS, "[[technology.options.factors]] 1 time: is missing"),
        (
            FACTORS + 'time = "2"\npower = 1',
            "[[technology.options.factors]] 1 time: expected a num",
        ),
        (FACTORS + "time = -2\npower = 1", "[[technology.options.factors]] 1 time: -2 is not pos"),
        (FACTORS + "time = 2\npowr = 1", "unknown key 'powr'; did you mean 'power'?"),
        (FACTORS + "time = 2", "exactly one of energy and power"),
        ("[technology.options]\nfactors = 3", "factors: expected a list, got 3"),
        ("[technology.options]\nfactors = [3]", "expected a table, got 3"),
        (FACTORS + f"time = {10**400}\npower = 1", "time: expected a number"),
    ],
)
def test_mistakes_have_a_place(cli, toml, lines, message) -> None:
    """Every mistake is told with table, entry and key; nothing is printed."""
    result = cli("run", toml(TEXT + lines))
    assert (result.status, result.out) == (1, "")
    assert message in result.err


def test_all_mistakes_are_told_at_once(cli, toml) -> None:
    """Mistakes in several entries are all in the one answer."""
    result = cli("run", toml(TEXT + FACTORS + FACTORS + "tim = 1"))
    for place in ("factors]] 1 time: is missing", "factors]] 2: unknown key 'tim'"):
        assert place in result.err
