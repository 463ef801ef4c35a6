"""An accelerator made ready for one configuration: options, table, fits, factors."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fodlam_core.config import AcceleratorConfig, Config
from fodlam_core.errors import ConfigError, PredictionError
from fodlam_core.estimates.figures import Basis
from fodlam_core.estimates.scaling import scaling
from fodlam_core.plugins.guards import guarded_accelerator
from fodlam_core.schema.structure import checked_options

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.model.costs import Cost, Interval, Measurement
    from fodlam_core.model.layers import Layer
    from fodlam_core.model.technology import ScalingFactors, Technology
    from fodlam_core.plugins import Plugin
    from fodlam_core.plugins.registry import Registry
    from fodlam_core.predictors import FittedPredictor, Predictor
    from fodlam_core.validation.intervals import IntervalRule


class Platform(NamedTuple):
    """An accelerator as one configuration uses it.

    Attributes:
        accelerator: the accelerator, its options applied.
        plugin: what supplied it, to be named in errors.
        scaler: the name of the scaling rule.
        source: its own technology point.
        target: the technology point that is asked about.
        factors: what carries its costs there.
        printed: whether costs are taken as printed, for whatever batch they were measured at.
        predictor: the predictor that the configuration names; None: the default.
        rows: its published table by network and layer.
        fits: fitted predictors by kind, filled when first needed.
        rules: rules of intervals by kind and by what is not known of a layer, likewise.
    """

    accelerator: Accelerator
    plugin: Plugin
    scaler: str
    source: Technology
    target: Technology
    factors: ScalingFactors
    printed: bool
    predictor: str | None
    rows: Mapping[tuple[str, str], Measurement]
    fits: dict[str, FittedPredictor]
    rules: dict[tuple[str, frozenset[str]], IntervalRule | None]

    @property
    def area_mm2(self) -> float | None:
        """Area at the target; None if the area, or its factor, is not known."""
        area, factor = self.accelerator.area_mm2, self.factors.area
        return area * factor if area is not None and factor is not None else None

    def measurement(self, network: str | None, layer: Layer) -> Measurement | None:
        """Return the published row of a layer, if network, layer, kind and MACs agree with it."""
        row = self.rows.get((network, layer.key)) if network else None
        if row and row.layer.macs == layer.macs and row.layer.kind == layer.kind:
            return row
        return None

    def published(self, layer: Layer, row: Measurement) -> Basis:
        """Return the basis of a layer that was measured."""
        taken = row.as_printed() if self.printed else row
        basis = self._basis("published", None, taken.cost, (row.batch,), row)
        return self._bounded(basis, taken.interval)

    def predicted(self, layer: Layer) -> Basis:
        """Return the basis of a layer that nobody measured.

        Raises:
            PredictionError: if the predictor cannot tell.
        """
        predictor = self._predictor()
        self._check_known(predictor, layer)
        if layer.kind not in self.fits:
            self.fits[layer.kind] = self._fit(predictor, layer)
        fitted = self.fits[layer.kind]
        cost = fitted.predict(layer)
        batches = {row.batch for row in self.accelerator.calibration(layer.kind)}
        basis = self._basis("predicted", predictor.name, cost, tuple(sorted(batches)))
        rule = self._rule(layer, predictor, fitted)
        if rule is None:
            return basis
        basis = self._bounded(basis, rule.interval(layer, fitted, cost))
        return basis._replace(outside=tuple(rule.outside(layer)))

    def _fit(self, predictor: Predictor, layer: Layer) -> FittedPredictor:
        try:
            return predictor.fit(self._calibration(layer.kind))
        except PredictionError as error:
            modest = self._modest_line(predictor) if self._calibration(layer.kind) else None
            cure = f"; write {modest}" if modest else ""
            raise PredictionError(f"{layer.name} cannot be predicted: {error}{cure}") from error

    def _calibration(self, kind: str) -> Sequence[Measurement]:
        rows = self.accelerator.calibration(kind)
        return [row.as_printed() for row in rows] if self.printed else rows

    def _rule(
        self, layer: Layer, predictor: Predictor, fitted: FittedPredictor
    ) -> IntervalRule | None:
        # Imported and computed only where something is predicted.
        from fodlam_core.validation.intervals import interval_rule

        optional: Iterable[tuple[str, str]] = getattr(predictor, "optional", ())
        hide = frozenset(field for field, _ in optional if getattr(layer, field) is None)
        key = layer.kind, hide
        if key not in self.rules:
            self.rules[key] = interval_rule(predictor, fitted, self._calibration(layer.kind), hide)
        return self.rules[key]

    def _check_known(self, predictor: Predictor, layer: Layer) -> None:
        lacks = [name for name in sorted(predictor.requires) if getattr(layer, name, None) is None]
        if not lacks:
            return
        modest = self._modest_line(predictor)
        cure = "add it to the network file" + (f", or write {modest}" if modest else "")
        raise PredictionError(
            f"{layer.name} has no {' and no '.join(lacks)}, which {predictor.name} needs; {cure}"
        )

    def _modest_line(self, other: Predictor) -> str | None:
        """Return the line that selects another predictor, one that needs nothing, if there is."""
        modest = [
            each.name
            for each in self.accelerator.predictors
            if not each.requires and each.name != other.name
        ]
        name = "per-mac" if "per-mac" in modest else modest[0] if modest else None
        return f'[accelerator.{self.accelerator.name}] predictor = "{name}"' if name else None

    def _predictor(self) -> Predictor:
        predictor = self.accelerator.predictor(self.predictor)
        name = predictor.name
        if self.printed and name != "per-mac":
            raise PredictionError(
                f'[accelerator.{self.accelerator.name}] predictor: batch = "published" goes with '
                f'per-mac only, not with {name}; write predictor = "per-mac"'
            )
        return predictor

    def _basis(
        self,
        method: str,
        predictor: str | None,
        native: Cost,
        batches: tuple[int, ...],
        row: Measurement | None = None,
    ) -> Basis:
        # Time spent waiting for off-chip memory does not change with the node of the chip.
        offchip = native.offchip_latency_s
        return Basis(
            self.accelerator.name,
            method,
            predictor,
            native,
            (native.latency_s - offchip) * self.factors.time + offchip,
            native.energy_j * self.factors.energy,
            self.factors,
            batches,
            row,
            self.accelerator.citation,
        )

    @staticmethod
    def _bounded(basis: Basis, native: Interval | None) -> Basis:
        """Return a basis with the interval of its native cost, scaled as that was."""
        if native is None:
            return basis
        latency_s = basis.native.latency_s
        time = basis.latency_s / latency_s if latency_s else basis.factors.time
        return basis._replace(interval=native.scaled(time, basis.factors.energy))


def settings_of(name: str, config: Config, registry: Registry) -> AcceleratorConfig:
    """Return the table of an accelerator, be it written under its name or under an alias."""
    for written, settings in config.accelerator.items():
        if registry.full_name("accelerator", written) == name:
            return settings
    return AcceleratorConfig()


def platform(accelerator: Accelerator, config: Config, registry: Registry) -> Platform:
    """Make an accelerator ready for a configuration.

    Raises:
        FodlamError: if its options or its technology point do not fit.
    """
    plugin = registry.providers["accelerator", accelerator.name].alone()
    accelerator = guarded_accelerator(accelerator, plugin)
    settings = settings_of(accelerator.name, config, registry)
    path = ("accelerator", accelerator.name)
    if accelerator.options:
        accelerator = accelerator.configure(
            checked_options(settings.options, accelerator.options, path)
        )
    elif settings.options:
        raise ConfigError([f"[{'.'.join(path)}]: {accelerator.name} has no options"])
    return Platform(
        accelerator,
        plugin,
        *scaling(accelerator, settings, config.technology, registry),
        config.network.batch == "published",
        settings.predictor,
        {(row.network, row.layer.key): row for row in accelerator.measurements},
        {},
        {},
    )
