"""What a rule needs to know of the two technology points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.errors import MissingInputsError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fodlam_core.model.technology import Technology


def require(
    source: Technology,
    target: Technology,
    source_needs: Iterable[str],
    target_needs: Iterable[str],
) -> None:
    """Check that each point states what a rule needs.

    Args:
        source: where costs are known.
        target: where they are asked for.
        source_needs: fields of `Technology` that the source has to state, such as ``["vdd"]``.
        target_needs: the same for the target.

    Raises:
        MissingInputsError: naming everything that is missing, on both sides.

    >>> from fodlam_core import Technology
    >>> require(Technology(45), Technology(65, vdd=1.0), ["vdd"], ["vdd"])
    Traceback (most recent call last):
        ...
    fodlam_core.errors.MissingInputsError: vdd not stated; state vdd of the source
    """
    missing = [("source", key) for key in source_needs if getattr(source, key) is None]
    missing += [("target", key) for key in target_needs if getattr(target, key) is None]
    if missing:
        raise MissingInputsError(missing)
