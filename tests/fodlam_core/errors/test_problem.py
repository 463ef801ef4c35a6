"""Mistakes in fields, and errors made of them."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodlam_core.errors import (
    ConfigError,
    FodlamError,
    MissingInputsError,
    NetworkError,
    Problem,
    Setting,
    in_toml,
)

BATCH = Setting(("network",), "batch", "4")
ONLY = Problem("only batch 4 is published", ("a.toml",), ("write ", BATCH), ", by its paper")


def option(setting: Setting) -> str:
    """Say a setting as an option."""
    return f"--{setting.key} {setting.value}".strip()


def test_a_command_says_settings_in_its_words() -> None:
    """Places and cures that are keys of the configuration are said as the command has them."""
    error = NetworkError(ONLY, where=Setting(("network",), "batch"))

    assert (
        "[network] batch: a.toml: only batch 4 is published, by its paper; "
        "write [network] batch = 4" == str(error)
    )
    assert (
        "--batch: a.toml: only batch 4 is published, by its paper; write --batch 4"
        == error.lines(option)[0]
    )
    assert "only batch 4 is published" == error.brief


def test_errors_of_plugins_are_texts() -> None:
    """An error with a text has that text in one line, and one with several has a line for each."""
    error = FodlamError("no\nscale", "no chip")

    assert ["no scale", "no chip"] == error.lines()
    assert ("no scale\nno chip", 2) == (str(error), len(error.problems))
    assert "" == str(FodlamError())


def test_problems_of_several_errors_are_gathered() -> None:
    """Each mistake is told once; places and a cure are given to those that lack them."""
    error = FodlamError(FodlamError(ONLY, "b"), ONLY, where="a.toml", cure="leave it out")

    assert (ONLY, Problem("b", ("a.toml",), ("leave it out",))) == error.problems


@pytest.mark.parametrize(
    "error",
    [
        FodlamError(ONLY, where="x"),
        ConfigError(["a", ONLY], where="x"),
        MissingInputsError([("source", "vdd"), ("target", "vdd")]),
    ],
)
def test_errors_survive_another_process(error: FodlamError) -> None:
    """A pickled error has the same problems."""
    copy = pickle.loads(pickle.dumps(error))

    assert (type(error), error.problems, str(error)) == (type(copy), copy.problems, str(copy))


@given(what=st.text(), where=st.text(), cure=st.text(), value=st.text())
def test_a_mistake_is_one_line(what: str, where: str, cure: str, value: str) -> None:
    """Whatever a file or a plugin says, a mistake is one line."""
    problem = Problem(what, (where, Setting(("network",), value)), (cure, BATCH), value)

    assert 1 == len(problem.text().splitlines())


def test_many_mistakes() -> None:
    """The first mistakes are told, and how many more there are; a single one more is told."""
    assert ["24", "... and 2 more"] == FodlamError(*map(str, range(27))).lines()[-2:]
    assert ["24", "25"] == FodlamError(*map(str, range(26))).lines()[-2:]


def test_keys_are_written_as_in_toml() -> None:
    """A key that is not a bare one is quoted."""
    assert '[accelerator."my chip"] file = "x"' == in_toml(
        Setting(("accelerator", "my chip"), "file", '"x"')
    )
