"""An accelerator made ready for one configuration: options, table, factors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from fodlam_core.config import AcceleratorConfig, Config
from fodlam_core.errors import ConfigError
from fodlam_core.estimates.figures import NO_ENDS, Basis, Ends, times
from fodlam_core.estimates.scaling import scaling
from fodlam_core.model.quantities import METRICS
from fodlam_core.named_tuple import NamedTuple
from fodlam_core.plugins.guards import guarded_accelerator
from fodlam_core.schema.structure import checked_options

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.estimates.fitting import Fitting
    from fodlam_core.model.costs import Cost, Measurement
    from fodlam_core.model.layers import Layer
    from fodlam_core.model.technology import ScalingFactors, Technology
    from fodlam_core.plugins import Plugin
    from fodlam_core.plugins.registry import Registry

AS_IT_IS = [1.0] * len(METRICS)


class Platform(NamedTuple):
    """An accelerator as one configuration uses it.

    Attributes:
        accelerator: the accelerator, its options applied.
        plugin: what supplied it, to be named in errors.
        scaler: the name of the scaling rule; None where nothing is scaled.
        source: its own technology point; None if not known.
        target: the technology point that is asked about; None likewise.
        factors: what carries its costs there.
        printed: whether costs are taken as printed, for whatever batch they were measured at.
        predictor: the predictor that the configuration names; None: the first that a layer suits.
        rows: its published table by network and layer, each in the order of batches.
        fittings: its predictors as they are fitted, once something is predicted.
        whole: whether its published cost of the whole network is the total.
    """

    accelerator: Accelerator
    plugin: Plugin
    scaler: str | None
    source: Technology | None
    target: Technology | None
    factors: ScalingFactors
    printed: bool
    predictor: str | None
    rows: Mapping[tuple[str, str], Sequence[Measurement]]
    fittings: list[Fitting]
    whole: bool = False

    @property
    def is_scaled(self) -> bool:
        """Whether a rule carries its costs to another technology point."""
        return self.source != self.target

    @property
    def area_mm2(self) -> float | None:
        """Area at the target; None if the area, or its factor, is not known."""
        area, factor = self.accelerator.area_mm2, self.factors.area
        return area * factor if area is not None and factor is not None else None

    def measurement(
        self, network: str | None, layer: Layer, batch: int | str = 1
    ) -> Measurement | None:
        """Return the published row of a layer, if network, layer, kind and MACs agree with it.

        Of several batches the one asked for, else the largest below it, else the smallest. But the
        next larger one where filling a batch up costs less.
        """
        rows = self._rows_of(network, layer)
        if not rows or not isinstance(batch, int):
            return rows[0] if rows else None
        below = [row for row in rows if row.batch <= batch]
        if not below:
            return rows[0]
        above = rows[len(below) : len(below) + 1]
        return above[0] if above and _is_less(above[0], below[-1], batch) else below[-1]

    def _rows_of(self, network: str | None, layer: Layer) -> list[Measurement]:
        rows = self.rows.get((network, layer.key), ()) if network else ()
        return [row for row in rows if (row.layer.macs, row.layer.kind) == (layer.macs, layer.kind)]

    def published(
        self, network: str | None, layer: Layer, row: Measurement, batch: int | str = "published"
    ) -> Basis:
        """Return the basis of a layer that was measured.

        Args:
            network: the network that the row is of.
            layer: the layer.
            row: the row.
            batch: the inferences that share a run; where the row is of more of them, and another
                of fewer, the run is filled up. By default those of the row.
        """
        rows = self._rows_of(network, layer)
        shared_by = 1 if self.printed else row.batch
        if isinstance(batch, int) and rows[0].batch <= batch < row.batch:
            shared_by = batch
        taken = row if row.batch == shared_by else attrs.evolve(row, batch=shared_by)
        return self._basis(
            taken.cost,
            (taken.interval, taken.interval),
            method="published",
            predictor=None,
            batches=(row.batch,),
            measurement=row,
            linear=len(rows) == 1,
            shared_by=shared_by,
        )

    @property
    def fitting(self) -> Fitting:
        """Its predictors; a run that predicts nothing does not ask for them."""
        if not self.fittings:
            from fodlam_core.estimates.fitting import Fitting

            made = Fitting(self.accelerator, self.predictor, printed=self.printed)
            self.fittings.append(made)
        return self.fittings[0]

    def predicted(self, layer: Layer, batch: int) -> Basis:
        """Return the basis of a layer that nobody measured, as one inference of a batch.

        Raises:
            PredictionError: if the chip or its predictor refuses the layer.
        """
        cost, ends, about = self.fitting.predict(layer, batch)
        return self._basis(cost, ends, method="predicted", **about)

    def overheads(self, batch: int) -> Iterator[Basis]:
        """Yield what an inference of a batch costs besides its layers, for each predictor used."""
        for fitting in self.fittings:
            for predictor, cost in fitting.overhead(batch).items():
                yield self.beside(predictor, cost, fitting.beside_layers(predictor, cost))

    def beside(self, predictor: str, native: Cost, ends: Ends) -> Basis:
        """Return the basis of a predicted cost that belongs to no layer, of known intervals."""
        return self._basis(
            native, ends, method="predicted", predictor=predictor, batches=(), linear=False
        )

    def _basis(self, native: Cost, ends: Ends, **rest: Any) -> Basis:
        """Return a basis with the intervals of its native cost, scaled as that is.

        Args:
            native: the cost before scaling.
            ends: where it may lie, by itself and as a part of a total.
            rest: further fields of the basis.
        """
        amounts = native.carried(self.factors)
        if ends != NO_ENDS:
            factors = [
                after / before
                if metric.fixed and before and after is not None
                else metric.factor_of(self.factors)
                for metric, before, after in zip(METRICS, native.amounts, amounts, strict=True)
            ]
            if factors != AS_IT_IS:
                ends = times(ends, *factors)
        return Basis(
            accelerator=self.accelerator.name,
            native=native,
            amounts=amounts,
            factors=self.factors,
            citation=self.accelerator.citation,
            interval=ends[0],
            part=ends[1],
            **rest,
        )


def _is_less(larger: Measurement, smaller: Measurement, batch: int) -> bool:
    """Tell whether a measured batch costs less than a smaller one as often as makes a batch."""
    runs = batch / smaller.batch
    pairs = zip(larger.amounts, smaller.amounts, strict=True)
    return next((one < runs * other for one, other in pairs if one and other), False)


def settings_of(name: str, config: Config, registry: Registry) -> AcceleratorConfig:
    """Return the table of an accelerator, written under its name or an alias."""
    for written, settings in config.accelerator.items():
        if registry.full_name("accelerator", written) == name:
            return settings
    return AcceleratorConfig()


def _without_old_fits(before: Accelerator, after: Accelerator) -> Accelerator:
    """Return an accelerator without the fits that were made of other rows."""
    rows = (before.measurements, before.references) == (after.measurements, after.references)
    return after if rows or not after.fits else attrs.evolve(after, fits={}, cross_validated={})


def platform(accelerator: Accelerator, config: Config, registry: Registry) -> Platform:
    """Make an accelerator ready for a configuration.

    Raises:
        FodlamError: if its options or its technology point do not fit.
    """
    name = accelerator.name
    plugin = registry.provider_of(name).alone()
    accelerator = guarded_accelerator(accelerator, plugin)
    settings = settings_of(name, config, registry)
    path = ("accelerator", name)
    if accelerator.options:
        accelerator = _without_old_fits(
            accelerator,
            accelerator.configure(checked_options(settings.options, accelerator.options, path)),
        )
    elif settings.options:
        raise ConfigError([f"[{'.'.join(path)}]: {name} has no options"])
    rows: dict[tuple[str, str], list[Measurement]] = {}
    for row in accelerator.measurements:
        rows.setdefault((row.network, row.layer.key), []).append(row)
    for each in rows.values():
        if len(each) > 1:
            each.sort(key=lambda row: row.batch)
    route = scaling(accelerator, settings, config.technology, registry)
    return Platform(
        accelerator,
        plugin,
        *route,
        printed=config.network.batch == "published",
        predictor=settings.predictor,
        rows=rows,
        fittings=[],
        whole=accelerator.references_only,
    )
