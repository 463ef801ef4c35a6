"""Accelerators: values, not base classes.

A key of data files is a field in `header`, a column is read in `table`, a unit is in `printed`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from fodlam_core.errors import PluginError, UnknownNameError, unknown
from fodlam_core.model import validators
from fodlam_core.model.converters import as_tuple
from fodlam_core.model.costs import (
    COVERS,
    LATENCIES,
    PROVENANCES,
    Citation,
    Measurement,
)
from fodlam_core.model.energy_split import EnergySplit
from fodlam_core.model.technology import Technology
from fodlam_core.model.value import Value
from fodlam_core.model.whole_network import Reference

if TYPE_CHECKING:
    from fodlam_core.model.layers import Network
    from fodlam_core.model.pass_measurement import PassMeasurement
    from fodlam_core.model.stored_fit import CrossValidated, StoredFit
    from fodlam_core.predictors import Predictor


def _word(words: tuple[str, ...]) -> validators.Validator:
    """Return a validator that accepts some words, and suggests the nearest to any other."""

    def check(instance: Accelerator, attribute: attrs.Attribute[Any], value: object) -> None:
        if not isinstance(value, str):
            raise validators.wrong(instance.label, attribute.name, value, "a string")
        if value not in words:
            what = attribute.name.replace("_", " ")
            raise PluginError(f"{instance.label}: {unknown(what, value, words)}")

    return check


def _passes(
    instance: Accelerator, attribute: attrs.Attribute[Any], value: tuple[object, ...]
) -> None:
    if value:  # few chips have any, and a run imports only what it needs
        from fodlam_core.model.pass_measurement import PassMeasurement

        validators.tuple_of(PassMeasurement)(instance, attribute, value)


def _positive() -> Any:
    return attrs.field(default=None, validator=validators.maybe_positive, kw_only=True)


@attrs.frozen(eq=False, repr=False)
class Accelerator(Value):
    """A chip with published numbers, a formula, or both.

    Attributes:
        name: its name in configurations.
        title: a readable one-line description.
        kinds: the names of the layer kinds that it serves.
        technology: the point at which its numbers were obtained; None if no source states the
            node: then the chip is used as measured and never scaled.
        citation: where they were published.
        provenance: how the numbers were obtained, one of `PROVENANCES`.
        measurements: its published table.
        predictors: they predict layers that are not in the table; the default first.
        default_for: the kinds that it serves if a configuration names no accelerator.
        precision: number format of weights and activations.
        clock_hz: clock rate of the published numbers.
        area_mm2: area of the chip, and what part of it that is.
        notes: caveats for readers of its numbers.
        options: an attrs class of options for ``[accelerator.NAME]``, or None.
        apply_options: ``(accelerator, options) -> accelerator``, if there are options.
        references: published costs of whole networks, one for each network and batch.
        peak_macs_per_s: peak MACs per second, at its own technology point.
        skips_zeros: whether the peak counts only MACs with two nonzero operands.
        publication: path of the file that maps each number to its printed cell, see
            `fodlam_core.accelerators.publication_file`; None if there is none.
        points: other operating points of the same chip, each named ``chip/point``.
        energy_split: the parts of the energy, which scale separately; None if not known.
        energy_covers: what the energies cover, one of `COVERS`; empty if not stated.
        latency_is: what the latencies are, one of `LATENCIES`.
        row_by_row: whether rows and inferences do not share weights: each is a run of its own.
        memory_bandwidth_bytes_per_s: peak bandwidth of the off-chip memory.
        memory_bytes: size of the off-chip memory that holds weights.
        onchip_bytes: size of the on-chip memory that holds weights, if the chip has no other.
        weight_bits: bits of a weight in that memory.
        most_weights: weights of the largest network that it holds, zeros included, if a
            publication states it.
        idle_power_w: idle power.
        tdp_w: thermal design power.
        vendor: its vendor.
        device: kind of device, such as ``"phone"`` or ``"gpu"``.
        year: year of its first sale or publication.
        chip_count: how many of the chip run together: costs are those of all of them.
        aliases: other names of the same chip.
        networks: layers of the networks that references name.
        parts: published costs of parts of networks, each with its ``kind`` or ``layers``.
        families: networks that are made of the same blocks and held out together.
        cross_validated: precomputed errors of pooled predictors, by name of the
            predictor and quantity; see `fodlam_core.validation.errors`.
        operators: measured costs of operators without MACs.
        fits: precomputed fits of pooled predictors to exactly these rows, by name of
            the predictor; see `fodlam_core.accelerators.fits`.
    """

    name: str = attrs.field(validator=validators.filled)
    title: str = attrs.field(validator=validators.text)
    kinds: tuple[str, ...] = attrs.field(converter=as_tuple, validator=validators.texts)
    technology: Technology | None = attrs.field(
        validator=validators.instance_of(Technology, optional=True)
    )
    citation: Citation = attrs.field(repr=False, validator=validators.instance_of(Citation))
    provenance: str = attrs.field(validator=_word(PROVENANCES))
    measurements: tuple[Measurement, ...] = attrs.field(
        default=(), converter=as_tuple, repr=False, validator=validators.tuple_of(Measurement)
    )
    predictors: tuple[Predictor, ...] = attrs.field(default=(), converter=as_tuple, repr=False)
    default_for: tuple[str, ...] = attrs.field(
        default=(), converter=as_tuple, validator=validators.texts
    )
    precision: str = attrs.field(default="", validator=validators.text)
    clock_hz: float | None = attrs.field(default=None, validator=validators.maybe_positive)
    area_mm2: float | None = attrs.field(default=None, validator=validators.maybe_positive)
    notes: tuple[str, ...] = attrs.field(default=(), converter=as_tuple, validator=validators.texts)
    options: type | None = None
    apply_options: Callable[[Accelerator, Any], Accelerator] | None = attrs.field(
        default=None, eq=False, repr=False
    )
    peak_macs_per_s: float | None = attrs.field(default=None, validator=validators.maybe_positive)
    skips_zeros: bool = attrs.field(default=False, validator=validators.flag)
    publication: str | None = attrs.field(default=None, eq=False, repr=False)
    references: tuple[Reference, ...] = attrs.field(
        default=(), converter=as_tuple, validator=validators.tuple_of(Reference)
    )
    parts: tuple[Reference, ...] = attrs.field(
        default=(), converter=as_tuple, validator=validators.tuple_of(Reference), kw_only=True
    )
    points: tuple[Accelerator, ...] = attrs.field(
        default=(), converter=as_tuple, repr=False, kw_only=True
    )
    energy_covers: str = attrs.field(default="", validator=_word(("", *COVERS)), kw_only=True)
    energy_split: EnergySplit | None = attrs.field(
        default=None, validator=validators.instance_of(EnergySplit, optional=True), kw_only=True
    )
    latency_is: str = attrs.field(default=LATENCIES[0], validator=_word(LATENCIES), kw_only=True)
    row_by_row: bool = attrs.field(default=False, validator=validators.flag, kw_only=True)
    memory_bandwidth_bytes_per_s: float | None = _positive()
    memory_bytes: float | None = _positive()
    onchip_bytes: float | None = _positive()
    weight_bits: float | None = _positive()
    most_weights: float | None = _positive()
    idle_power_w: float | None = _positive()
    tdp_w: float | None = _positive()
    vendor: str = attrs.field(default="", validator=validators.text, kw_only=True)
    device: str = attrs.field(default="", validator=validators.text, kw_only=True)
    year: int | None = attrs.field(default=None, validator=validators.maybe_count, kw_only=True)
    chip_count: int = attrs.field(default=1, validator=validators.count, kw_only=True)
    aliases: tuple[str, ...] = attrs.field(
        default=(), converter=as_tuple, validator=validators.texts, kw_only=True
    )
    networks: Mapping[str, Network] = attrs.field(factory=dict, repr=False, kw_only=True)
    families: Mapping[str, str] = attrs.field(factory=dict, repr=False, kw_only=True)
    cross_validated: Mapping[str, Mapping[str, CrossValidated]] = attrs.field(
        factory=dict, repr=False, kw_only=True
    )
    fits: Mapping[str, StoredFit] = attrs.field(factory=dict, repr=False, kw_only=True)
    operators: tuple[PassMeasurement, ...] = attrs.field(
        default=(), converter=as_tuple, repr=False, kw_only=True, validator=_passes
    )

    @property
    def label(self) -> str:
        """What messages call it."""
        return self.name if isinstance(self.name, str) else "Accelerator"

    @property
    def references_only(self) -> bool:
        """Whether it answers for whole networks only, and for no layer."""
        return bool(self.references) and not self.measurements and not self.predictors

    @property
    def runs_by_name_only(self) -> bool:
        """Whether it runs a layer only where a configuration names it: it knows none by itself."""
        return bool(self.references or self.parts) and not self.measurements and not self.predictors

    @property
    def fitted_to_networks(self) -> bool:
        """Whether it knows whole networks, and predicts others from them and from nothing else."""
        return bool(self.references and self.predictors and not self.measurements) and all(
            getattr(predictor, "pooled", False) for predictor in self.predictors
        )

    def configure(self, options: object) -> Accelerator:
        """Return the accelerator with an instance of its options class applied."""
        return self.apply_options(self, options) if self.apply_options else self

    def calibration(self, kind: str) -> tuple[Measurement, ...]:
        """Return the measurements of a kind that predictors may be fitted to."""
        return tuple(row for row in self.measurements if row.calibration and row.layer.kind == kind)

    def pooled_calibration(self) -> tuple[Measurement, ...]:
        """Return the measurements of all kinds that predictors may be fitted to."""
        return tuple(row for row in self.measurements if row.calibration)

    def point(self, name: str) -> Accelerator:
        """Return an operating point by its name without that of the chip.

        Raises:
            UnknownNameError: if the chip has no point of that name.
        """
        for point in self.points:
            if point.name == f"{self.name}/{name}":
                return point
        known = [point.name.partition("/")[2] for point in self.points]
        raise UnknownNameError(
            unknown(f"point of {self.name}", name, known, f"{self.name} has none")
        )

    def predictor(self, name: str | None = None) -> Predictor:
        """Return a predictor by name; by default the first.

        Raises:
            UnknownNameError: if the chip has no predictor of that name.
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
