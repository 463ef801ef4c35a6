"""Accelerators: values, not base classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from fodlam_core.errors import PluginError, UnknownNameError, unknown
from fodlam_core.model.converters import as_tuple
from fodlam_core.model.costs import PROVENANCES, Citation, Measurement
from fodlam_core.model.technology import Technology
from fodlam_core.model.whole_network import Reference
from fodlam_core.predictors import Predictor


def _provenance(instance: Accelerator, attribute: attrs.Attribute[Any], value: str) -> None:
    if value not in PROVENANCES:
        raise PluginError(f"{instance.name}: {unknown('provenance', value, PROVENANCES)}")


def _peak(instance: Accelerator, attribute: attrs.Attribute[Any], value: object) -> None:
    if value is None:
        return
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not 0 < value < float("inf")
    ):
        raise PluginError(
            f"{instance.name}: {attribute.name} {value!r} is not a positive, finite number"
        )


@attrs.frozen
class Accelerator:
    """A chip that is known by its published numbers, by a formula, or by both.

    Attributes:
        name: what a configuration calls it.
        title: one line for a person.
        kinds: the names of the layer kinds that it serves.
        technology: the point at which its numbers were obtained.
        citation: where they were published.
        provenance: ``"measured"``, ``"post-layout"``, ``"vendor-model"`` or ``"projected"``.
        measurements: its published table.
        predictors: what predicts layers that are not in the table, the default first.
        default_for: the kinds for which it is taken when a configuration names no accelerator.
        precision: number format of weights and activations.
        clock_hz: clock rate behind the numbers.
        area_mm2: area of the chip, and what part of it that is.
        notes: what a reader must know before quoting its numbers.
        options: an attrs class of options for ``[accelerator.NAME]``, or None.
        apply_options: ``(accelerator, options) -> accelerator``, where there are options.
        references: published costs of whole networks.
        peak_macs_per_s: MACs that its PEs can do in a second, at its own technology point.
        skips_zeros: whether that counts only MACs whose operands are both not zero.
        publication: path of the file that says which printed cell each number is, see
            `fodlam_core.accelerators.publication`; None if there is none.
    """

    name: str
    title: str
    kinds: tuple[str, ...] = attrs.field(converter=as_tuple)
    technology: Technology
    citation: Citation = attrs.field(repr=False)
    provenance: str = attrs.field(validator=_provenance)
    measurements: tuple[Measurement, ...] = attrs.field(default=(), converter=as_tuple, repr=False)
    predictors: tuple[Predictor, ...] = attrs.field(default=(), converter=as_tuple, repr=False)
    default_for: tuple[str, ...] = attrs.field(default=(), converter=as_tuple)
    precision: str = ""
    clock_hz: float | None = None
    area_mm2: float | None = None
    notes: tuple[str, ...] = attrs.field(default=(), converter=as_tuple)
    options: type | None = None
    apply_options: Callable[[Accelerator, Any], Accelerator] | None = attrs.field(
        default=None, eq=False, repr=False
    )
    peak_macs_per_s: float | None = attrs.field(default=None, validator=_peak)
    skips_zeros: bool = False
    publication: str | None = attrs.field(default=None, eq=False, repr=False)
    references: tuple[Reference, ...] = attrs.field(default=(), converter=as_tuple)

    @property
    def references_only(self) -> bool:
        """Whether it answers for whole networks only, and for no layer."""
        return bool(self.references) and not self.measurements and not self.predictors

    def configure(self, options: object) -> Accelerator:
        """Return the accelerator with an instance of its options class applied."""
        return self.apply_options(self, options) if self.apply_options else self

    def calibration(self, kind: str) -> tuple[Measurement, ...]:
        """Return the measurements of a kind that predictors may be fitted to."""
        return tuple(row for row in self.measurements if row.calibration and row.layer.kind == kind)

    def predictor(self, name: str | None = None) -> Predictor:
        """Return a predictor by name; by default the first.

        Raises:
            UnknownNameError: if there is no such predictor.
        """
        for predictor in self.predictors:
            if name is None or predictor.name == name:
                return predictor
        raise UnknownNameError(
            unknown(
                f"predictor of {self.name}",
                "(default)" if name is None else name,
                [predictor.name for predictor in self.predictors],
                f"{self.name} has none and answers for measured layers only",
            )
        )
