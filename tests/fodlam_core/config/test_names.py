"""Names in a configuration."""

from __future__ import annotations

from fodlam_core import Registry
from fodlam_core.config.names import dispatch_problems, name_problems


def test_every_name_is_looked_up(registry: Registry) -> None:
    """Each name that nothing answers to is a line with its place."""
    tables = {
        "network": {"name": "VGG61", "format": "onx"},
        "technology": {"scaler": "denard"},
        "dispatch": {"conv": "eyris"},
        "accelerator": {"eie": {"predictor": "nerest"}},
    }

    problems = name_problems(tables, registry)

    places = ["[network] name", "[network] format", "[technology] scaler", "[dispatch] conv"]
    assert [*places, "[accelerator.eie] predictor"] == [
        str(each).split(":")[0] for each in problems
    ]


def test_an_accelerator_must_serve_the_kind(registry: Registry) -> None:
    """A kind can go only to an accelerator that serves it."""
    [problem] = dispatch_problems({"conv": "eie"}, registry)

    assert "eie does not serve 'conv'; it serves fc" in str(problem)


def test_malformed_tables_are_left_to_others(registry: Registry) -> None:
    """A value that is not a table has no names; structuring tells it."""
    assert [] == name_problems({"network": 1, "technology": {"scaler": 2}}, registry)
