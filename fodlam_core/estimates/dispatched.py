"""A network whose layers are dispatched: what each of them costs at a batch, as a composer."""

from __future__ import annotations

import functools
import operator
from typing import TYPE_CHECKING, get_args

import attrs

from fodlam_core.errors import NetworkError, PredictionError, listed, unknown
from fodlam_core.estimates.composer import Composer
from fodlam_core.estimates.estimate import Estimate
from fodlam_core.estimates.figures import METHODS, OVERHEAD, Coverage, Known, LayerEstimate
from fodlam_core.estimates.notes import gather_notes
from fodlam_core.estimates.published_totals import (
    answer,
    reference_costs,
    whole_network,
    with_exact_reference,
)
from fodlam_core.estimates.scaling_band import ApplicableRules
from fodlam_core.estimates.totals import parts_of, totals_of
from fodlam_core.model.layers import Layer
from fodlam_core.model.quantities import METRICS, each_known
from fodlam_core.model.shapes import Shape
from fodlam_core.model.value import Same

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

    from fodlam_core.config import Config
    from fodlam_core.config.model import Batch
    from fodlam_core.errors import Problem
    from fodlam_core.estimates.checks import Work
    from fodlam_core.estimates.figures import Basis
    from fodlam_core.estimates.platform import Platform
    from fodlam_core.estimates.published_totals import ReferenceCost
    from fodlam_core.model.layers import Network
    from fodlam_core.plugins.registry import Registry

    Items = tuple[tuple[Layer, Basis | None], ...]

MOST_KEPT = 64
OWN_SHAPES = (*get_args(Shape), type(None))
# What tells layers apart for a predictor: all but how they are called and how often they run.
_WHAT_COUNTS = operator.attrgetter(
    "kind", "macs", "shape", "weight_density", "activation_density", "residual_add"
)


class Dispatched:
    """A network whose layers are dispatched, from which composers for any batch are made."""

    def __init__(
        self,
        config: Config,
        network: Network,
        work: Work,
        platforms: dict[str, Platform],
        versions: dict[str, str],
        registry: Registry,
        asked: frozenset[str],
    ) -> None:
        self.config, self.network, self.work, self.asked = config, network, work, asked
        self.platforms, self.versions = platforms, versions
        self.registry = registry
        self.rules = ApplicableRules(config, platforms, registry)
        self._made: dict[int, Composer] = {}
        self._told_apart: dict[str, bool] = {}
        numbers = _alike(Same(network))
        self.numbers = [numbers.get(id(layer)) for layer, _ in work]

    def at(self, batch: int) -> Composer:
        """Return the composer for a batch; the last ones are kept."""
        if batch not in self._made:
            if len(self._made) >= MOST_KEPT:
                self._made.pop(next(iter(self._made)))
            self._made[batch] = self.composer(batch)
        return self._made[batch]

    def composer(self, batch: Batch) -> Composer:
        """Return the composer for a batch, or for costs as printed."""
        config, network, platforms = self.config, self.network, self.platforms
        if config.network.method != "predicted" and config.network.layers is None:
            platforms = with_exact_reference(network, platforms, batch)
        if config.network.batch != batch:
            config = attrs.evolve(config, network=attrs.evolve(config.network, batch=batch))
        items, refusals = self._items(batch, whole_network(platforms))
        if refusals and not any(basis for _, basis in items):
            raise NetworkError(*refusals.values())
        whole = answer(platforms, reference_costs(network, platforms, batch), batch)
        batches = _batches(items) if batch == "published" else {}
        if whole and batch == "published":
            batches = {"total": (whole.reference.batch,)}
        predicted = any(each.fits for chip in platforms.values() for each in chip.fittings)
        predicted |= any(chip.accelerator.fitted_to_networks for chip in platforms.values())
        linear = not predicted and all(basis.linear for _, basis in items if basis)
        areas_mm2 = {name: each.area_mm2 for name, each in platforms.items()}
        printed = batch == "published"
        totals, accelerators = totals_of(parts_of(items), areas_mm2, printed=printed)
        one = Estimate(
            config=config,
            network=network,
            batch=batch,
            layers=tuple(
                LayerEstimate.of(*each, str(refusals.get(index, "")))
                for index, each in enumerate(items)
            ),
            totals=totals,
            accelerators=accelerators,
            platforms=platforms,
            coverage=_coverage(items, self.asked, network, whole),
            batches=batches,
            notes=(
                *_missing(items, self.registry),
                *gather_notes(config, network, items, platforms, batches, refusals),
            ),
            versions=self.versions,
            rules=self.rules,
        )
        return Composer(one, refusals, None if linear else self.at)

    def _items(self, batch: int | str, whole: str | None) -> tuple[Items, dict[int, Problem]]:
        """Return the layers with what their costs rest on, and the refusals by place.

        Args:
            batch: the inferences that share a run.
            whole: the accelerator that answers for the whole network, and so for no layer.
        """
        items: list[tuple[Layer, Basis | None]] = []
        refusals: dict[int, Problem] = {}
        made: dict[tuple[str, int | None], Basis] = {}
        for (layer, chip), number in zip(self.work, self.numbers, strict=True):
            try:
                if chip is None or chip.accelerator.name == whole:
                    basis = None
                else:
                    basis = self._basis(layer, chip, batch, (chip.accelerator.name, number), made)
            except PredictionError as error:
                basis = None
                refusals[len(items)] = error.problems[0]
            items.append((layer, basis))
        if batch != "published" and whole is None:
            items += self._overheads(int(batch))
            items += self._operators(items, int(batch))
        return tuple(items), refusals

    def _basis(
        self,
        layer: Layer,
        platform: Platform,
        batch: int | str,
        alike: tuple[str, int | None],
        made: dict[tuple[str, int | None], Basis],
    ) -> Basis:
        """Return what the cost of a layer rests on; layers that are alike share what is predicted.

        Args:
            layer: the layer.
            platform: what runs it.
            batch: the inferences that share a run.
            alike: the chip, and the number of the layer that layers share that are alike.
            made: what was predicted so far.
        """
        network = self.network.measured_as
        if self.config.network.method != "predicted":
            row = platform.measurement(network, layer, batch)
            if row:
                return platform.published(network, layer, row, batch)
        if layer.kind not in platform.accelerator.kinds:
            raise PredictionError(
                f"{platform.accelerator.name} does not serve {layer.name}, which is of kind "
                f"{layer.kind}; it serves {listed(platform.accelerator.kinds)}"
            )
        asked = 1 if batch == "published" else int(batch)
        if alike[1] is None or self._apart(platform):
            return platform.predicted(layer, asked)
        if alike not in made:
            made[alike] = platform.predicted(layer, asked)
        return made[alike]

    def _apart(self, platform: Platform) -> bool:
        """Tell whether a chip's predictors tell layers apart that are alike."""
        chip = platform.accelerator
        if chip.name not in self._told_apart:
            needs = {name for each in chip.predictors for name in each.requires}
            self._told_apart[chip.name] = not needs.isdisjoint(("name", "repeat"))
        return self._told_apart[chip.name]

    def _operators(
        self, items: Sequence[tuple[Layer, Basis | None]], batch: int
    ) -> Iterable[tuple[Layer, Basis]]:
        """Return the line of the operators without MACs, if one is known of the whole network."""
        if not self.network.memory_passes or self.config.network.layers is not None:
            return ()
        from fodlam_core.estimates.operators import operator_lines

        return operator_lines(self.network, self.platforms, items, batch)

    def _overheads(self, batch: int) -> Iterator[tuple[Layer, Basis]]:
        """Yield what each chip costs in a run of the network besides its layers.

        Of a transformer each pass is such a run: the prompt, and every step after it.
        """
        facts = self.network.transformer
        passes = {f"{each.name}/": each.steps for each in facts.phases} if facts else {"": 1}
        for name, chip in self.platforms.items():
            own = [layer.name for layer, each in self.work if each is chip]
            for basis in chip.overheads(batch):
                for phase, times in passes.items():
                    if any(each.startswith(phase) for each in own):
                        layer = Layer(f"{phase}{OVERHEAD} ({name})", OVERHEAD, 0, repeat=times)
                        yield layer, basis


@functools.lru_cache(maxsize=16)
def _alike(network: Same) -> dict[int, int]:
    """Return a number for each layer of a network, by its identity; layers that are alike share it.

    Layers whose shapes are a plugin's, which may tell more, have none.
    """
    numbers: dict[Hashable, int] = {}
    return {
        id(layer): numbers.setdefault(_WHAT_COUNTS(layer), len(numbers))
        for layer in network.what.layers
        if isinstance(layer.shape, OWN_SHAPES)
    }


def _missing(items: Items, registry: Registry) -> list[str]:
    """Say which kinds are unknown, and which plugins may be the ones that serve the others."""
    kinds = dict.fromkeys(layer.kind for layer, basis in items if basis is None)
    if not kinds:
        return []
    strange = [kind for kind in kinds if ("layer kind", kind) not in registry.items]
    return [
        *(unknown("layer kind", kind, registry.names("layer kind")) for kind in strange),
        *(f"{text}; it may be what serves {listed(kinds)}" for text in registry.broken()),
    ]


def _coverage(
    items: Items, asked: frozenset[str], network: Network, whole: ReferenceCost | None
) -> Coverage:
    """Return how much of a network has a cost, and how much each metric.

    A published cost of the whole network covers all its layers, though none of them has a cost of
    its own.
    """
    layers = dict.fromkeys(METHODS, 0)
    macs = dict.fromkeys(METHODS, 0)
    known = {metric: [0, 0] for metric in METRICS}
    for layer, basis in items:
        if layer.kind == OVERHEAD:
            continue
        cost = whole or basis
        method = "published" if whole else basis.method if basis else "not modelled"
        layers[method] += 1
        macs[method] += layer.total_macs
        for metric, _ in each_known(cost.amounts) if cost else ():
            known[metric][0] += 1
            known[metric][1] += layer.total_macs
    rest = [layer for layer in network.layers if layer.key not in asked]
    return Coverage(
        layers=layers,
        macs=macs,
        not_selected_layers=len(rest),
        not_selected_macs=sum(layer.total_macs for layer in rest),
        skipped=network.skipped,
        uncosted=network.uncosted,
        known={metric.name: Known(*counts) for metric, counts in known.items()},
    )


def _batches(items: Items) -> dict[str, tuple[int, ...]]:
    batches: dict[str, set[int]] = {}
    for layer, basis in items:
        if basis:
            batches.setdefault(layer.kind, set()).update(basis.batches)
    return {kind: tuple(sorted(sizes)) for kind, sizes in batches.items()}
