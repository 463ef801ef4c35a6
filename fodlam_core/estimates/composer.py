"""From prepared layers to an estimate: multiply and add."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fodlam_core.errors import ConfigError
from fodlam_core.estimates.estimate import Estimate
from fodlam_core.estimates.published_totals import answer, reference_costs, with_reference

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fodlam_core.config import Config
    from fodlam_core.errors import Problem
    from fodlam_core.estimates.figures import Coverage, LayerEstimate, Totals
    from fodlam_core.estimates.platform import Platform
    from fodlam_core.estimates.scaling_band import ApplicableRules
    from fodlam_core.model.layers import Network


class Composer(NamedTuple):
    """A network with everything prepared that does not depend on the batch.

    Attributes:
        config: the configuration.
        network: the network.
        layers: each layer asked for, at the cost of one inference, or as printed.
        totals: sums over them by layer kind, and ``"total"``.
        accelerators: sums over them by accelerator.
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
    layers: tuple[LayerEstimate, ...]
    totals: Mapping[str, Totals]
    accelerators: Mapping[str, Totals]
    platforms: Mapping[str, Platform]
    coverage: Coverage
    batches: Mapping[str, tuple[int, ...]]
    notes: tuple[str, ...]
    versions: Mapping[str, str]
    refusals: Mapping[int, Problem] = {}
    at: Callable[[int], Composer] | None = None
    rules: ApplicableRules | None = None

    def __repr__(self) -> str:
        return f"<Composer of {self.network.name}, {len(self.layers)} layers>"

    def estimate(self, batch: int | None = None) -> Estimate:
        """Return what the network costs.

        Args:
            batch: inferences, which share what is loaded once for a batch as far as is known;
                by default as the configuration says. Without effect where the configuration
                takes costs as printed.

        Raises:
            ConfigError: if the batch is not a whole number of at least 1.
        """
        if batch is not None and (type(batch) is not int or batch < 1):
            raise ConfigError([f"batch: {batch!r} is not a whole number of at least 1"])
        printed = self.config.network.batch == "published"
        asked = self.config.network.batch if printed or batch is None else batch
        inferences = 1 if isinstance(asked, str) else asked
        if self.at is not None and batch is not None and not printed:
            return self.at(batch).estimate()
        layers = self.layers
        totals, accelerators = dict(self.totals), dict(self.accelerators)
        if inferences != 1:
            layers = tuple([each.times(inferences) for each in layers])
            totals = {name: each.times(inferences) for name, each in totals.items()}
            accelerators = {name: each.times(inferences) for name, each in accelerators.items()}
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
