"""Accelerators as values."""

from __future__ import annotations

import attrs
import pytest

from fodlam_core import Registry, UnknownNameError


def test_the_first_predictor_is_the_default(registry: Registry) -> None:
    """Without a name the first predictor is meant; a misspelt one is an error."""
    eie = registry.accelerator("eie")

    assert eie.predictors[0].name == eie.predictor().name
    assert "per-mac" == eie.predictor("per-mac").name
    with pytest.raises(UnknownNameError, match="did you mean 'nearest'"):
        eie.predictor("nerest")


def test_calibration(registry: Registry) -> None:
    """Predictors are fitted to the rows of their kind that are for calibration."""
    eie = registry.accelerator("eie")

    rows = eie.calibration("fc")

    assert {("fc", True)} == {(row.layer.kind, row.calibration) for row in rows}
    assert len(rows) < len(eie.measurements)
    assert () == eie.calibration("conv")


def test_references_only(registry: Registry) -> None:
    """A chip with tables answers for layers."""
    eie = registry.accelerator("eie")

    assert not eie.references_only
    assert not attrs.evolve(eie, measurements=(), predictors=()).references_only
