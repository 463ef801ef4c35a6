"""From prepared layers to an estimate: multiply and add."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fodlam_core.errors import ConfigError
from fodlam_core.estimates.estimate import Estimate
from fodlam_core.estimates.figures import Basis, Coverage, LayerEstimate
from fodlam_core.estimates.published_totals import answer, reference_costs, with_reference
from fodlam_core.estimates.totals import Part, totals_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fodlam_core.config import Config
    from fodlam_core.errors import Problem
    from fodlam_core.estimates.platform import Platform
    from fodlam_core.estimates.scaling_band import ApplicableRules
    from fodlam_core.model.layers import Layer, Network


class Composer(NamedTuple):
    """A network with everything prepared that does not depend on the batch.

    Attributes:
        config: the configuration.
        network: the network.
        items: each layer asked for, with its basis, or None if no accelerator serves it.
        parts: sums over one inference, by layer kind and accelerator.
        platforms: the accelerators in use, by name.
        coverage: how much of the network this is.
        batches: batches of the published costs by layer kind.
        notes: what a reader must know before quoting a number.
        versions: versions of the distributions that supply the numbers.
        refusals: by place among the items, why an accelerator does not run a layer.
        at: the same composer prepared for another batch, where costs are not linear in it.
        rules: the rules of scaling that apply.
    """

    config: Config
    network: Network
    items: tuple[tuple[Layer, Basis | None], ...]
    parts: Mapping[tuple[str, str | None], Part]
    platforms: Mapping[str, Platform]
    coverage: Coverage
    batches: Mapping[str, tuple[int, ...]]
    notes: tuple[str, ...]
    versions: Mapping[str, str]
    refusals: Mapping[int, Problem] = {}
    at: Callable[[int], Composer] | None = None
    rules: ApplicableRules | None = None

    def __repr__(self) -> str:
        return f"<Composer of {self.network.name}, {len(self.items)} layers>"

    @property
    def areas_mm2(self) -> dict[str, float | None]:
        """The area of each accelerator; None if not known."""
        return {name: platform.area_mm2 for name, platform in self.platforms.items()}

    def estimate(self, batch: int | None = None) -> Estimate:
        """Return what the network costs.

        Args:
            batch: inferences, which share what is loaded once for a batch as far as is known;
                by default as the configuration says. Without effect where the configuration
                takes costs as printed.

        Raises:
            ConfigError: if the batch is no whole number of at least 1.
        """
        if batch is not None and (type(batch) is not int or batch < 1):
            raise ConfigError([f"batch: {batch!r} is not a whole number of at least 1"])
        printed = self.config.network.batch == "published"
        asked = self.config.network.batch if printed or batch is None else batch
        inferences = 1 if isinstance(asked, str) else asked
        if self.at is not None and batch is not None and not printed:
            return self.at(batch).estimate()
        layers = tuple([_layer(layer, basis, inferences) for layer, basis in self.items])
        if self.refusals:
            layers = tuple(
                each._replace(refusal=str(self.refusals.get(index, "")))
                for index, each in enumerate(layers)
            )
        totals, accelerators = totals_of(
            self.parts, self.areas_mm2, None if printed else inferences
        )
        references = reference_costs(self.network, self.platforms, asked)
        whole = answer(self.platforms, references, asked)
        if whole:
            totals = with_reference(totals, whole)
            accelerators = {whole.accelerator: totals["total"]}
        return Estimate(
            self.config,
            self.network,
            asked,
            layers,
            totals,
            accelerators,
            self.platforms,
            self.coverage,
            self.batches,
            self.notes,
            self.versions,
            references,
            self.rules,
        )


def _layer(layer: Layer, basis: Basis | None, inferences: int) -> LayerEstimate:
    runs = layer.repeat * inferences
    if basis is None:
        return LayerEstimate(layer, None, runs, None, None)
    latency, energy = basis.latency_s, basis.energy_j
    return LayerEstimate(
        layer,
        basis,
        runs,
        None if latency is None else latency * runs,
        None if energy is None else energy * runs,
    )
