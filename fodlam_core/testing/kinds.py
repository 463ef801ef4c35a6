"""Checks for layer kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fodlam_core.model.layers import LayerKind
from fodlam_core.testing.runner import Check, run_checks
from fodlam_core.testing.values import assert_line, assert_name

if TYPE_CHECKING:
    from collections.abc import Mapping


def check_kind_is_a_layer_kind(kind: Any) -> None:
    """It is a `LayerKind`."""
    assert isinstance(kind, LayerKind), (
        f"{kind!r} is not a LayerKind; build one with LayerKind(...)"
    )


def check_kind_has_a_name(kind: LayerKind) -> None:
    """Its name can be written in a configuration."""
    assert_name(kind.name, "a layer kind")


def check_kind_is_described(kind: LayerKind) -> None:
    """A person can read what it is."""
    assert_line(kind.description, f"the description of {kind.name!r}")


CHECKS: tuple[Check, ...] = (
    check_kind_is_a_layer_kind,
    check_kind_has_a_name,
    check_kind_is_described,
)


def check_layer_kind(
    kind: LayerKind, expected_failed_checks: Mapping[str, str] | None = None
) -> None:
    """Check a layer kind.

    Args:
        kind: the layer kind.
        expected_failed_checks: names of checks that are known to fail, with the reason.

    Raises:
        AssertionError: naming each failed check, with what to fix.
    """
    run_checks(f"layer kind {getattr(kind, 'name', kind)!r}", kind, CHECKS, expected_failed_checks)
