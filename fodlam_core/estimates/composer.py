"""From prepared layers to an estimate: multiply and add."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.errors import ConfigError
from fodlam_core.estimates.published_totals import answer, reference_costs, with_reference
from fodlam_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fodlam_core.errors import Problem
    from fodlam_core.estimates.estimate import Estimate
    from fodlam_core.estimates.platform import Platform
    from fodlam_core.model.layers import Network


class Composer(NamedTuple):
    """A network with everything prepared that does not depend on the batch.

    Attributes:
        one: what is estimated of one inference, or as printed, without published totals.
        refusals: by place among the layers, why an accelerator does not run a layer.
        at: the same composer prepared for another batch, where costs are not linear in it.
    """

    one: Estimate
    refusals: Mapping[int, Problem] = {}
    at: Callable[[int], Composer] | None = None

    def __repr__(self) -> str:
        return f"<Composer of {self.network.name}, {len(self.one.layers)} layers>"

    @property
    def network(self) -> Network:
        """The network."""
        return self.one.network

    @property
    def platforms(self) -> Mapping[str, Platform]:
        """The accelerators in use, by name."""
        return self.one.platforms

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
        one = self.one
        printed = one.batch == "published"
        asked = one.batch if printed or batch is None else batch
        inferences = 1 if isinstance(asked, str) else asked
        if self.at is not None and batch is not None and not printed:
            return self.at(batch).estimate()
        layers, totals, accelerators = one.layers, dict(one.totals), dict(one.accelerators)
        if inferences != 1:
            layers = tuple([each.times(inferences) for each in layers])
            totals = {name: each.times(inferences) for name, each in totals.items()}
            accelerators = {name: each.times(inferences) for name, each in accelerators.items()}
        references = reference_costs(one.network, one.platforms, asked)
        whole = answer(one.platforms, references, asked)
        if whole:
            totals = with_reference(totals, whole)
            accelerators = {whole.accelerator: totals["total"]}
        return one._replace(
            batch=asked,
            layers=layers,
            totals=totals,
            accelerators=accelerators,
            references=references,
        )
