"""The wording of errors."""

from __future__ import annotations

import pytest

from fodlam_core import ConfigError, FodlamError
from fodlam_core.errors import Problem, similar, unknown
from fodlam_core.errors.wording import likeness


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


@pytest.mark.parametrize(
    ("name", "other", "alike"),
    [
        ("VGG-16", "VGG16", True),
        ("vgg-16", "VGG16", True),
        ("AlxNet", "AlexNet", True),
        ("Alexnt", "AlexNet", True),
        ("VGG19", "VGG16", False),
        ("ResNet-34", "ResNet-50", False),
    ],
)
def test_names_are_alike_but_for_a_slip(name: str, other: str, *, alike: bool) -> None:
    """Case, signs and one letter do not tell names apart; another number does."""
    assert alike == (likeness(name, other) > 0.9)
