"""Cross-validation of a predictor that is fitted to everything a chip has measured.

Layers and whole networks are held out in groups: all that was measured of a network, or of a
family of networks; or, where rows name no more than two networks, all layers of one shape. Ten
folds at most, or five of a sample of a large table, so that a chip of any number of rows is
validated in seconds; which groups share a fold depends on a checksum of their names, not by their
order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import attrs

from fodlam_core.errors import PredictionError
from fodlam_core.model.costs import Cost, Measurement
from fodlam_core.model.layers import Layer
from fodlam_core.predictors import levels
from fodlam_core.validation import sampling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.model.layers import Network
    from fodlam_core.model.whole_network import Reference
    from fodlam_core.predictors import FittedPredictor, Predictor

FOLDS = 10
FOLDS_OF_SAMPLE = 5
LEAST_NETWORKS = 3
BY_NETWORK, BY_SHAPE = "leave-networks-out", "leave-shapes-out"


class Run(NamedTuple):
    """Something that was measured, predicted from what was measured otherwise.

    Attributes:
        label: the network, and the layer if it is one.
        group: what it was held out with.
        measured: its measured cost of one inference.
        predicted: its predicted cost of one inference.
        whole: whether it is a whole network.
        measurement: the same as a row; of a whole network one with its total as a layer.
    """

    label: str
    group: str
    measured: Cost
    predicted: Cost
    whole: bool
    measurement: Measurement


class HeldOutRuns(NamedTuple):
    """All runs, each predicted from a fit that has not seen its group.

    Attributes:
        scheme: how they were grouped.
        groups: the number of groups.
        runs: the runs.
        refused: labels of runs that the predictor refuses.
        fold_of: by group, the number of the fold that holds it out.
        notes: what a reader must know of them.
    """

    scheme: str
    groups: int
    runs: tuple[Run, ...]
    refused: tuple[str, ...]
    fold_of: Mapping[str, int] = {}
    notes: tuple[str, ...] = ()


class _Item(NamedTuple):
    group: str
    row: Measurement | None
    reference: Reference | None


def hold_out(
    predictor: Predictor,
    accelerator: Accelerator,
    without: Callable[[frozenset[str]], Predictor] | None = None,
) -> HeldOutRuns | None:
    """Predict everything that a chip has measured; None if there is only one group.

    Everything that is fitted is fitted inside the fold.

    Args:
        predictor: the predictor.
        accelerator: the chip.
        without: returns the predictor for a fold that holds out some groups, where it knows of
            other chips: then those must not have told it of these groups either.
    """
    every = [row for row in accelerator.pooled_calibration() if row.layer.shape is not None]
    rows = sampling.sampled(every)
    items, by_network = _items(accelerator, rows)
    groups = {item.group for item in items}
    if len(groups) < 2:
        return None
    folds = min(FOLDS if rows is every else FOLDS_OF_SAMPLE, len(groups))
    fold_of = sampling.dealt(groups, folds)
    runs: list[Run] = []
    refused: list[str] = []
    for fold in range(folds):
        training = [item for item in items if fold_of[item.group] != fold]
        held = [item for item in items if fold_of[item.group] == fold]
        names = frozenset(item.group for item in held)
        used = without(names) if without else predictor
        _predict(used, accelerator, training, held, runs, refused)
    scheme = BY_NETWORK if by_network else BY_SHAPE
    notes = sampling.sample_notes(len(rows), len(every))
    return HeldOutRuns(
        scheme=scheme,
        groups=len(groups),
        runs=tuple(runs),
        refused=tuple(refused),
        fold_of=fold_of,
        notes=notes,
    )


def _items(accelerator: Accelerator, rows: Sequence[Measurement]) -> tuple[list[_Item], bool]:
    """Return what can be held out, and whether it is grouped by networks."""
    by_network = len({row.network for row in rows}) >= LEAST_NETWORKS or not rows
    families = accelerator.families
    items = [
        _Item(families.get(row.network, row.network) if by_network else _shape(row), row, None)
        for row in rows
    ]
    items += [
        _Item(families.get(each.network, each.network), None, each)
        for each in accelerator.references
        if each.calibration and each.network in accelerator.networks
    ]
    return items, by_network


def split(
    accelerator: Accelerator, share: float, choose: Callable[[list[str], int], Iterable[str]]
) -> tuple[Accelerator, Callable[[Predictor], tuple[Run, ...]], frozenset[str]] | None:
    """Hide some groups of what a chip has measured; None if there are fewer than three.

    Args:
        accelerator: the chip.
        share: of the groups to hide, at least one.
        choose: picks so many of the groups.

    Returns:
        The chip without what is hidden; what predicts the hidden runs from the rest; the groups.
    """
    rows = [row for row in accelerator.pooled_calibration() if row.layer.shape is not None]
    items, _ = _items(accelerator, rows)
    groups = sorted({item.group for item in items})
    if len(groups) < 3:
        return None
    hidden = frozenset(choose(groups, max(1, round(share * len(groups)))))
    kept = [item for item in items if item.group not in hidden]
    held = [item for item in items if item.group in hidden]

    def runs(predictor: Predictor) -> tuple[Run, ...]:
        found: list[Run] = []
        _predict(predictor, accelerator, kept, held, found, [])
        return tuple(found)

    rest = attrs.evolve(
        accelerator,
        measurements=[item.row for item in kept if item.row is not None],
        references=[item.reference for item in kept if item.reference is not None],
        fits={},
        cross_validated={},
    )
    return rest, runs, hidden


def _shape(row: Measurement) -> str:
    return f"{row.layer.kind} {row.layer.shape}"


def _predict(
    predictor: Predictor,
    accelerator: Accelerator,
    training: Sequence[_Item],
    held: Sequence[_Item],
    runs: list[Run],
    refused: list[str],
) -> None:
    try:
        fitted = levels.fit(
            predictor,
            [item.row for item in training if item.row is not None],
            [item.reference for item in training if item.reference is not None],
            accelerator.networks,
        )
    except PredictionError:
        refused += [_label(item) for item in held]
        return
    for item in held:
        try:
            runs.append(_run(item, fitted, accelerator))
        except PredictionError:
            refused.append(_label(item))


def _label(item: _Item) -> str:
    if item.row is not None:
        return item.row.label
    return item.reference.network if item.reference is not None else ""


def _run(item: _Item, fitted: FittedPredictor, accelerator: Accelerator) -> Run:
    row, reference = item.row, item.reference
    if row is not None:
        cost = levels.predict(fitted, row.layer, row.batch) * (1 / row.batch)
        return Run(
            label=_label(item),
            group=item.group,
            measured=row.cost,
            predicted=cost,
            whole=False,
            measurement=row,
        )
    assert reference is not None
    network = accelerator.networks[reference.network]
    cost = predict_network(fitted, network, reference.batch)
    total = Layer("all layers", accelerator.kinds[0], network.total_macs)
    batch = reference.batch
    whole = Measurement(network.name, total, batch, cost=Cost.of(reference.amounts))
    each = cost * (1 / batch)
    return Run(
        label=_label(item),
        group=item.group,
        measured=whole.cost,
        predicted=each,
        whole=True,
        measurement=whole,
    )


def predict_network(fitted: FittedPredictor, network: Network, batch: int) -> Cost:
    """Return the predicted cost of a run of a network: its layers, and what belongs to none.

    Raises:
        PredictionError: if a layer cannot be predicted.
    """
    costs = [levels.predict(fitted, layer, batch) * layer.repeat for layer in network.layers]
    tell = levels.method(fitted, "overhead")
    overhead = tell(batch) if tell else None
    return _sum([*costs, *([overhead] if overhead is not None else [])])


def _sum(costs: Iterable[Cost]) -> Cost:
    total: Cost | None = None
    for cost in costs:
        total = cost if total is None else total + cost
    if total is None:
        raise PredictionError("the network has no layers")
    return total
