"""The wording of errors."""

from __future__ import annotations

from fodlam_core import ConfigError, FodlamError
from fodlam_core.errors import Problem, similar, unknown


def test_all_problems_are_kept() -> None:
    """A configuration error has a line for each mistake."""
    error = ConfigError(["a", "b"])

    assert ((Problem("a"), Problem("b")), "a\nb") == (error.problems, str(error))
    assert isinstance(error, FodlamError)


def test_nothing_to_choose_from() -> None:
    """Where no name would have been right, the message says so."""
    assert "unknown rule 'x'; there are none" == unknown("rule", "x", [])


def test_similar_ignores_case_and_underscores() -> None:
    """Spellings that differ in case and underscores are near; the nearest come first."""
    assert ["VGG_CNN_M"] == similar("vgg-cnn-m", ["AlexNet", "VGG_CNN_M"])
    assert ["CONV1-1", "CONV1-2"] == similar("CONV1-0", ["FC6", "CONV1-1", "CONV1-2"])


def test_absurdly_long_names_are_quick() -> None:
    """A megabyte of a name does not start a search of a minute."""
    assert [] == similar("x" * 1_000_000, ["dennard"])
