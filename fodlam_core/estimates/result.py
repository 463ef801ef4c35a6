"""Everything that an estimate consists of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fodlam_core.config import Config
    from fodlam_core.estimates.figures import Coverage, LayerEstimate, Totals
    from fodlam_core.estimates.platform import Platform
    from fodlam_core.estimates.published_totals import ReferenceCost
    from fodlam_core.estimates.scaling_band import ApplicableRules
    from fodlam_core.model.layers import Network


class Result(NamedTuple):
    """What a network costs, as it is; `Estimate` adds how it is shown.

    Attributes:
        config: the configuration that asked.
        network: the network.
        batch: inferences that every cost is for, or ``"published"``: as printed.
        layers: the layers asked for, in order.
        totals: by layer kind, and ``"total"``.
        accelerators: totals by accelerator.
        platforms: the accelerators that were used, by name.
        coverage: how much of the network this is.
        batches: batches of the costs by layer kind.
        notes: what a reader must know before quoting a number.
        versions: versions of the distributions that supplied the numbers.
        references: published costs of the network as a whole.
        rules: the rules of scaling that apply, see `fodlam_core.estimates.scaling_band`.
    """

    config: Config
    network: Network
    batch: int | str
    layers: tuple[LayerEstimate, ...]
    totals: Mapping[str, Totals]
    accelerators: Mapping[str, Totals]
    platforms: Mapping[str, Platform]
    coverage: Coverage
    batches: Mapping[str, tuple[int, ...]]
    notes: tuple[str, ...]
    versions: Mapping[str, str]
    references: tuple[ReferenceCost, ...] = ()
    rules: ApplicableRules | None = None
