"""Published costs of whole networks: next to the total, or as the total where there is no other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fodlam_core.errors import NetworkError, Setting
from fodlam_core.model.quantities import METRICS, Amounts
from fodlam_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fodlam_core.config import Config
    from fodlam_core.estimates.figures import Totals
    from fodlam_core.estimates.platform import Platform
    from fodlam_core.model.layers import Layer, Network
    from fodlam_core.model.whole_network import Reference


MOST_NAMED = 10


class ReferenceCost(NamedTuple):
    """A published cost of the whole network, carried to the target and to the batch asked for.

    Attributes:
        accelerator: the accelerator.
        reference: the figures as published.
        inferences: how many inferences the amounts are for.
        amounts: what they cost; None where it is not published.
    """

    accelerator: str
    reference: Reference
    inferences: int
    amounts: Amounts

    @property
    def latency_s(self) -> float | None:
        """Seconds; None if not published."""
        return self.amounts.latency_s

    @property
    def energy_j(self) -> float | None:
        """Joules; None if not published."""
        return self.amounts.energy_j

    @property
    def lacks(self) -> str | None:
        """The first metric that is not published; None if every one is."""
        pairs = zip(METRICS, self.amounts, strict=True)
        return next((metric.name for metric, value in pairs if value is None), None)

    def to_dict(self) -> dict[str, Any]:
        """Return all figures by name."""
        return {
            "accelerator": self.accelerator,
            "network": self.reference.network,
            "inferences": self.inferences,
            **self.amounts._asdict(),
            "measured_batch": self.reference.batch,
            **{f"native_{key}": each for key, each in self.reference.amounts._asdict().items()},
            "where": self.reference.where,
        }


def reference_names(platforms: Iterable[Platform]) -> set[str]:
    """Return the networks of which there are published costs as a whole."""
    return {each.network for platform in platforms for each in platform.accelerator.references}


def reference_costs(
    network: Network, platforms: Mapping[str, Platform], batch: int | str
) -> tuple[ReferenceCost, ...]:
    """Return every published cost of the network as a whole.

    Args:
        network: the network; the name under which it was measured counts, and its MACs where a
            publication gives them.
        platforms: the accelerators in use.
        batch: inferences asked for, a cost being linear in them; ``"published"``: as printed.
    """
    return tuple(
        _cost(platform, reference, batch)
        for platform in platforms.values()
        for reference in platform.accelerator.references
        if reference.network == network.measured_as and reference.macs in (None, network.total_macs)
    )


def _cost(platform: Platform, reference: Reference, batch: int | str) -> ReferenceCost:
    inferences = reference.batch if isinstance(batch, str) else batch
    share = inferences / reference.batch
    factors = [metric.factor_of(platform.factors) for metric in METRICS]
    known = zip(reference.amounts, factors, strict=True)
    return ReferenceCost(
        accelerator=platform.accelerator.name,
        reference=reference,
        inferences=inferences,
        amounts=Amounts(
            *[None if each is None else each * share * factor for each, factor in known]
        ),
    )


def whole_network(platforms: Mapping[str, Platform]) -> str | None:
    """Return the accelerator that answers for the network as a whole; None for the layer path."""
    return next((name for name, each in platforms.items() if each.whole), None)


def includes_operators(platforms: Iterable[Platform]) -> bool:
    """Tell whether costs include operators without MACs, as those of whole networks do."""
    return all(each.whole or each.accelerator.fitted_to_networks for each in platforms)


def with_exact_reference(
    network: Network, platforms: Mapping[str, Platform], batch: int | str
) -> dict[str, Platform]:
    """Return the platforms, the only one of them answering for the whole network where it can.

    So it is with a chip that knows nothing but whole networks, this one at this batch among them;
    any other network, and any other batch, it predicts.
    """
    found = dict(platforms)
    if len(found) == 1:
        [(name, each)] = found.items()
        if each.accelerator.fitted_to_networks:
            costs = reference_costs(network, platforms, batch)
            exact = any(cost.reference.batch == batch for cost in costs)
            found[name] = each._replace(whole=exact)
    return found


def answer(
    platforms: Mapping[str, Platform], costs: tuple[ReferenceCost, ...], batch: int | str
) -> ReferenceCost | None:
    """Return the published cost that is the total of the network; None for the layer path.

    Raises:
        NetworkError: if there are several, and none is for the batch asked for.
    """
    return _chosen(costs, batch) if whole_network(platforms) else None


def with_reference(totals: Mapping[str, Totals], cost: ReferenceCost) -> dict[str, Totals]:
    """Return totals with the overall one taken from the published cost of the network."""
    total = totals["total"]
    whole = total._replace(
        amounts=cost.amounts,
        inferences=cost.inferences,
        done=(total.macs * cost.inferences,) * len(METRICS),
    )
    return {**totals, "total": whole}


def _chosen(costs: tuple[ReferenceCost, ...], batch: int | str) -> ReferenceCost:
    exact = [each for each in costs if each.reference.batch == batch]
    candidates = exact or list(costs)
    if len(candidates) > 1:
        batches = ", ".join(str(each.reference.batch) for each in candidates)
        raise NetworkError(
            f"{costs[0].accelerator} publishes {costs[0].reference.network} for the batches "
            f"{batches}",
            where=Setting(("network",), "batch"),
            cure="write one of them",
        )
    return candidates[0]


def _some(names: Sequence[str]) -> str:
    """Return names as a list that stays short: a library measures hundreds of networks."""
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def check_references(
    config: Config, network: Network, layers: Iterable[Layer], platforms: Mapping[str, Platform]
) -> None:
    """Check that an accelerator that answers for whole networks is asked for a whole one it knows.

    Raises:
        NetworkError: saying what it could be asked for.
    """
    name = whole_network(platforms)
    if name is None:
        return
    known = _some(sorted(reference_names([platforms[name]])))
    only = f"{name} publishes whole networks only, and is never spread over layers"
    if len(platforms) > 1:
        others = ", ".join(sorted(set(platforms) - {name}))
        cure = f"give it every kind, not some to {others}"
        raise NetworkError(only, where=Setting(("dispatch",)), cure=cure)
    if config.network.method == "predicted":
        cure = 'write method = "auto" or "published"'
        raise NetworkError(only, where=Setting(("network",), "method"), cure=cure)
    if {layer.key for layer in layers} != {layer.key for layer in network.layers}:
        raise NetworkError(only, where=Setting(("network",), "layers"), cure="leave layers out")
    costs = reference_costs(network, platforms, config.network.batch)
    if not costs:
        raise NetworkError(
            only,
            where=Setting(("network",)),
            cure=f"{network.name} with {network.total_macs} MACs is not one of them "
            f"(published: {known})",
        )
    _chosen(costs, config.network.batch)
