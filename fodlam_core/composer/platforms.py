"""An accelerator made ready for one configuration: options, table, fits, factors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from fodlam_core.accelerators import Accelerator
from fodlam_core.composer.estimates import Basis
from fodlam_core.composer.scaling import scaling
from fodlam_core.config import AcceleratorConfig, Config
from fodlam_core.config.structure import checked_options
from fodlam_core.costs import Cost, Measurement
from fodlam_core.errors import ConfigError, PredictionError
from fodlam_core.layers import Layer
from fodlam_core.predictors import FittedPredictor
from fodlam_core.registry import Registry
from fodlam_core.technology import ScalingFactors, Technology


class Platform(NamedTuple):
    """An accelerator as one configuration uses it.

    Attributes:
        accelerator: the accelerator, its options applied.
        source: its own technology point.
        target: the technology point that is asked about.
        factors: what carries its costs there.
        printed: whether costs are taken as printed, for whatever batch they were measured at.
        predictor: the predictor that the configuration names; None: the default.
        rows: its published table by network and layer.
        fits: fitted predictors by kind, filled when first needed.
    """

    accelerator: Accelerator
    source: Technology
    target: Technology
    factors: ScalingFactors
    printed: bool
    predictor: str | None
    rows: Mapping[tuple[str, str], Measurement]
    fits: dict[str, FittedPredictor]

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
        cost = row.as_printed().cost if self.printed else row.cost
        return self._basis("published", None, cost, (row.batch,), row)

    def predicted(self, layer: Layer) -> Basis:
        """Return the basis of a layer that nobody measured.

        Raises:
            PredictionError: if the predictor cannot tell.
        """
        calibration = self.accelerator.calibration(layer.kind)
        name = self._predictor_name()
        if layer.kind not in self.fits:
            rows = [row.as_printed() for row in calibration] if self.printed else calibration
            self.fits[layer.kind] = self.accelerator.predictor(name).fit(rows)
        batches = tuple(sorted({row.batch for row in calibration}))
        return self._basis("predicted", name, self.fits[layer.kind].predict(layer), batches)

    def _predictor_name(self) -> str:
        name = self.accelerator.predictor(self.predictor).name
        if self.printed and name != "per-mac":
            raise PredictionError(
                f'[accelerator.{self.accelerator.name}] predictor: batch = "published" goes with '
                f'per-mac only, not with {name}; write predictor = "per-mac"'
            )
        return name

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


def platform(accelerator: Accelerator, config: Config, registry: Registry) -> Platform:
    """Make an accelerator ready for a configuration.

    Raises:
        FodlamError: if its options or its technology point do not fit.
    """
    settings = config.accelerator.get(accelerator.name, AcceleratorConfig())
    path = ("accelerator", accelerator.name)
    if accelerator.options:
        accelerator = accelerator.configure(
            checked_options(settings.options, accelerator.options, path)
        )
    elif settings.options:
        raise ConfigError([f"[{'.'.join(path)}]: {accelerator.name} has no options"])
    return Platform(
        accelerator,
        *scaling(accelerator, settings, config.technology, registry),
        config.network.batch == "published",
        settings.predictor,
        {(row.network, row.layer.key): row for row in accelerator.measurements},
        {},
    )
