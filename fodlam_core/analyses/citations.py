"""What to cite for a result: exactly the publications that it rests on.

Accelerators have a citation. A predictor or a scaling rule may have one as its attribute
``citation`` (a `Citation`; None: there is nothing to cite), a network of the zoo as a ``.bib``
file next to its table.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from fodlam_core.errors import PluginError
from fodlam_core.estimates.explain.provenance import Provenance, provenances
from fodlam_core.estimates.figures import PER_ELEMENT
from fodlam_core.model.bibliography import FODLAM
from fodlam_core.model.costs import Citation
from fodlam_core.networks.zoo import zoo_bibtex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fodlam_core.estimates.estimate import Estimate
    from fodlam_core.estimates.platform import Platform
    from fodlam_core.model.layers import Network
    from fodlam_core.plugins.registry import Registry


class Cited(NamedTuple):
    """A publication that a result rests on.

    Attributes:
        citation: the publication.
        uses: what it is used for.
        where: the tables that the numbers were read from.
    """

    citation: Citation
    uses: tuple[str, ...]
    where: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {
            "key": self.citation.key,
            "text": self.citation.text,
            "where": list(self.where),
            "uses": list(self.uses),
            "bibtex": self.citation.bibtex,
        }


class _Use(NamedTuple):
    citation: Citation | None
    what: str
    where: tuple[str, ...] = ()


def cited(
    estimates: Iterable[Estimate], registry: Registry
) -> tuple[tuple[Cited, ...], tuple[str, ...]]:
    """Return the publications, sorted by key, and a sentence for each part that names none.

    Raises:
        PluginError: if two different publications have one key.
    """
    uses = [use for estimate in estimates for use in _uses(estimate, registry)]
    by_key: dict[str, Cited] = {}
    for citation, what, where in uses:
        if citation is None:
            continue
        known = by_key.get(citation.key, Cited(citation, (), ()))
        if known.citation.bibtex != citation.bibtex:
            raise PluginError(
                f"two publications have the key {citation.key!r}: {known.citation.text}; and "
                f"{citation.text}"
            )
        by_key[citation.key] = Cited(
            citation,
            tuple(dict.fromkeys((*known.uses, what))),
            tuple(sorted({*known.where, *where})),
        )
    missing = [f"{what}: no publication is known" for citation, what, _ in uses if not citation]
    return tuple(by_key[key] for key in sorted(by_key)), tuple(dict.fromkeys(missing))


def _uses(estimate: Estimate, registry: Registry) -> Iterator[_Use]:
    chains = provenances(estimate)
    for name, platform in estimate.platforms.items():
        own = [
            chain
            for each, chain in zip(estimate.layers, chains, strict=True)
            if chain and each.accelerator == name
        ]
        citation = platform.accelerator.citation
        whole = [each.reference for each in estimate.references if each.accelerator == name]
        where = *_where(own), *(each.where for each in whole if each.where)
        yield _Use(citation, f"accelerator {name}", where or (citation.where,))
        yield from _predictors(platform, own)
    for name in {p.scaler: None for p in estimate.platforms.values() if p.scaler and p.is_scaled}:
        yield from _named(registry.scaler(name), f"scaling rule {name}")
    if estimate.batch == "published":
        yield _Use(FODLAM, "costs as printed, whatever their batch")
    network = estimate.network
    source = _network(network)
    what = f"network {network.name}"
    if source is None and network.source:
        what += f" (its source: {network.source})"
    yield _Use(source, what)


def _where(chains: list[Provenance]) -> tuple[str, ...]:
    """Return the tables that the numbers of some layers were read from."""
    cells = {cell.table for chain in chains for cell in chain.cells}
    fitted = {table.partition(",")[0] for chain in chains for table in chain.fitted_to}
    return tuple(sorted(cells | fitted))


def _predictors(platform: Platform, chains: list[Provenance]) -> Iterator[_Use]:
    for name in dict.fromkeys(chain.predictor for chain in chains if chain.predictor):
        if name == PER_ELEMENT:
            yield _Use(None, f"predictor {name}")
            continue
        yield from _named(platform.accelerator.predictor(name), f"predictor {name}")


def _named(item: object, what: str) -> Iterator[_Use]:
    if not hasattr(item, "citation"):
        source = getattr(item, "source", None)
        yield _Use(None, f"{what} (its source: {source})" if source else what)
    elif item.citation is not None:
        where = item.citation.where
        yield _Use(item.citation, what, (where,) if where else ())


def _network(network: Network) -> Citation | None:
    bibtex = zoo_bibtex(network.measured_as) if network.measured_as else None
    key = re.match(r"\s*@\w+\{\s*([^,\s]+)", bibtex or "")
    return Citation(key[1], network.source, bibtex) if key and bibtex else None
