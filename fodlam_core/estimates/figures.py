"""The figures of an estimate: the cost of each layer, what it rests on, totals and coverage.

Named tuples, since they are made by the thousand, and an attrs class costs a run half a
millisecond.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fodlam_core.model.quantities import METRICS, RATES, Amounts
from fodlam_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fodlam_core.model.costs import Citation, Cost, Measurement
    from fodlam_core.model.layers import Layer
    from fodlam_core.model.quantities import Interval
    from fodlam_core.model.technology import ScalingFactors

METHODS = ("published", "predicted", "not modelled")
# The kind of the line of a result that holds what a run of the network costs besides its layers.
OVERHEAD = "overhead"
# What predicts the line of operators without MACs, see `fodlam_core.predictors.per_element`.
PER_ELEMENT = "per-element"

# Where a cost may lie, by itself and as a part of a total; None if not known.
Ends = tuple["Interval | None", "Interval | None"]
NO_ENDS = (None, None)


def times(ends: Ends, *factors: float) -> Ends:
    """Return intervals of a cost that is so many times as great; the factors are by metric."""
    own, part = ends
    return own and own.times(*factors), part and part.times(*factors)


class Basis(NamedTuple):
    """What the cost of a layer rests on.

    Attributes:
        accelerator: name of the accelerator that runs it.
        method: ``"published"`` or ``"predicted"``.
        predictor: name of the predictor, if predicted.
        native: cost of one item on the accelerator as published, before technology scaling.
        amounts: what one item costs after scaling.
        factors: the scaling factors.
        batches: batches of the measurements behind it.
        citation: the source of the numbers.
        measurement: the published row, if published.
        interval: where the cost of one item after scaling may lie: the printed rounding if
            published, 90 % if predicted; None if not known.
        part: the same as a part of a total, where the totals of held-out networks tell how far off
            a total is; None where only the ends of the layers can be added.
        outside: sizes in which the layer lies outside the measured range, if predicted.
        linear: whether the cost of a batch is that of one inference times the batch.
        shared_by: the inferences that the cost of the row is divided by, if published.
    """

    accelerator: str
    method: str
    predictor: str | None
    native: Cost
    amounts: Amounts
    factors: ScalingFactors
    batches: tuple[int, ...]
    citation: Citation
    measurement: Measurement | None = None
    interval: Interval | None = None
    outside: tuple[str, ...] = ()
    linear: bool = True
    part: Interval | None = None
    shared_by: int = 1


def is_operators(basis: Basis | None) -> bool:
    """Tell whether a line of a result is that of the operators without MACs."""
    return basis is not None and basis.predictor == PER_ELEMENT


class LayerEstimate(NamedTuple):
    """The cost of one layer.

    Attributes:
        layer: the layer.
        basis: what the cost rests on; None if no accelerator serves the layer.
        runs: how often the cost of one item counts: inferences times repetitions.
        refusal: why the accelerator that should run the layer does not; empty if it does.
    """

    layer: Layer
    basis: Basis | None
    runs: int
    refusal: str = ""

    @classmethod
    def of(cls, layer: Layer, basis: Basis | None, refusal: str = "") -> LayerEstimate:
        """Return the cost of a layer in one inference, as often as the layer is repeated."""
        return cls(layer, basis, layer.repeat, refusal)

    def times(self, inferences: int) -> LayerEstimate:
        """Return the same for so many inferences."""
        layer, basis, _, refusal = self
        return LayerEstimate(
            layer=layer, basis=basis, runs=layer.repeat * inferences, refusal=refusal
        )

    @property
    def alike(self) -> tuple[int, int, int]:
        """What layers share that differ in nothing but their name, where they have a cost."""
        return id(self.basis), self.runs, self.layer.repeat

    @property
    def amounts(self) -> Amounts:
        """What all runs cost; computed when it is asked for."""
        return self.basis.amounts.times(self.runs) if self.basis else Amounts()

    @property
    def latency_s(self) -> float | None:
        """Seconds; None if not known."""
        return self.amounts.latency_s

    @property
    def energy_j(self) -> float | None:
        """Joules; None if not known."""
        return self.amounts.energy_j

    @property
    def power_w(self) -> float | None:
        """Average power in watts; None if not modelled, or where the latency is 0."""
        return self.amounts.power_w

    @property
    def method(self) -> str:
        """``"published"``, ``"predicted"`` or ``"not modelled"``."""
        return self.basis.method if self.basis else "not modelled"

    @property
    def accelerator(self) -> str | None:
        """Name of the accelerator; None if not modelled."""
        return self.basis.accelerator if self.basis else None

    @property
    def interval(self) -> Interval | None:
        """Where its cost may lie; None if not known, or not modelled."""
        interval = self.basis.interval if self.basis else None
        return interval.times(self.runs) if interval else None

    @property
    def native(self) -> Cost | None:
        """The same cost before technology scaling; None if not modelled."""
        return self.basis.native * self.runs if self.basis else None


class Totals(NamedTuple):
    """Sums over layers.

    Attributes:
        amounts: how much of each metric, the layers running one after the other; None where no
            layer has one.
        macs: multiply-accumulates of one inference, layers that are not modelled included.
        layers: number of layers, those that are not modelled included; what a run takes besides
            its layers is none.
        inferences: how many inferences the costs are for; None if batches are mixed.
        done: multiply-accumulates behind each of the amounts; None where their number is not known.
        known: layers behind each of the amounts; some layers have no multiply-accumulates.
        area_mm2: area of the accelerators; None if not known.
        interval: where they may lie, from the totals of held-out networks, or else the sums of the
            least and of the greatest costs of the layers; None if a layer has none.
        ends_added: whether ends of several predicted layers are added, which have no rate.
    """

    amounts: Amounts
    macs: int
    layers: int
    inferences: int | None = None
    done: tuple[float | None, ...] = (None,) * len(METRICS)
    known: tuple[int, ...] = (0,) * len(METRICS)
    area_mm2: float | None = None
    interval: Interval | None = None
    ends_added: bool = False

    def times(self, inferences: int) -> Totals:
        """Return sums over one inference for so many."""
        return Totals(
            amounts=self.amounts.times(inferences),
            macs=self.macs,
            layers=self.layers,
            inferences=inferences,
            done=tuple([None if each is None else each * inferences for each in self.done]),
            known=self.known,
            area_mm2=self.area_mm2,
            interval=self.interval and self.interval.times(inferences),
            ends_added=self.ends_added,
        )

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to sum up."""
        return not (self.layers or any(self.known))

    @property
    def latency_s(self) -> float | None:
        """Seconds; None if no layer has a latency."""
        return self.amounts.latency_s

    @property
    def energy_j(self) -> float | None:
        """Joules; None if no layer has an energy."""
        return self.amounts.energy_j

    @property
    def power_w(self) -> float | None:
        """Average power in watts; None unless latency and energy are of the same layers."""
        same = self.done[0] == self.done[1] and self.known[0] == self.known[1]
        return self.amounts.power_w if same else None

    @property
    def inferences_per_s(self) -> float | None:
        """Inferences per second; None if batches are mixed."""
        if self.latency_s and self.inferences is not None:
            return self.inferences / self.latency_s
        return None

    @property
    def gmacs_per_s(self) -> float | None:
        """1e9 multiply-accumulates per second."""
        if self.latency_s and self.done[0] is not None:
            return self.done[0] / self.latency_s / 1e9
        return None

    @property
    def gmacs_per_s_per_w(self) -> float | None:
        """1e9 multiply-accumulates per second and watt, which is per joule."""
        if self.energy_j and self.done[1] is not None:
            return self.done[1] / self.energy_j / 1e9
        return None

    def costs(self) -> dict[str, float | None]:
        """Return metrics and power by key."""
        return {**self.amounts._asdict(), "power_w": self.power_w}

    def to_dict(self) -> dict[str, Any]:
        """Return all figures by name."""
        return {
            **self.costs(),
            "macs": self.macs,
            "layers": self.layers,
            "inferences": self.inferences,
            **{each.key: getattr(self, each.key) for each in RATES},
            "area_mm2": self.area_mm2,
            "interval": self.interval.record() if self.interval else None,
            "ends_added": self.ends_added,
        }


class Known(NamedTuple):
    """How much of what was asked for has a value of one quantity.

    Attributes:
        layers: number of layers with a value.
        macs: their multiply-accumulates.
    """

    layers: int
    macs: int


class Coverage(NamedTuple):
    """How much of the network the estimate covers, one inference.

    Attributes:
        layers: number of layers by method, of those that were asked for.
        macs: multiply-accumulates by method.
        not_selected_layers: number of layers that were not asked for.
        not_selected_macs: their multiply-accumulates.
        skipped: operators without multiply-accumulates, by name, with their counts.
        uncosted: operators whose multiply-accumulates are not known, by name, with their counts.
        known: how much has a value of each metric, by its name, such as ``"latency"``.
    """

    layers: Mapping[str, int]
    macs: Mapping[str, int]
    not_selected_layers: int
    not_selected_macs: int
    skipped: Mapping[str, int]
    uncosted: Mapping[str, int] = {}
    known: Mapping[str, Known] = {}

    @property
    def modelled_share(self) -> float | None:
        """The share of the MACs asked for that has a cost; None if there are none."""
        return self._of_macs(sum(self.macs.values()) - self.macs["not modelled"])

    def share(self, method: str) -> float | None:
        """Return the share of the MACs asked for that a method covers; None if there are none."""
        return self._of_macs(self.macs[method])

    def known_share(self, quantity: str) -> float | None:
        """Return the share of the MACs asked for that has a value of a quantity.

        By layers where no layer has MACs; None if there are no layers.
        """
        known = self.known[quantity]
        if sum(self.macs.values()):
            return self._of_macs(known.macs)
        layers = sum(self.layers.values())
        return known.layers / layers if layers else None

    def _of_macs(self, macs: int) -> float | None:
        total = sum(self.macs.values())
        return macs / total if total else None

    def to_dict(self) -> dict[str, Any]:
        """Return all figures by name."""
        by_method = {
            method.replace(" ", "_"): {
                "layers": count,
                "macs": self.macs[method],
                "macs_share": self.share(method),
            }
            for method, count in self.layers.items()
        }
        known = {
            quantity: {
                "layers": each.layers,
                "macs": each.macs,
                "macs_share": self._of_macs(each.macs),
            }
            for quantity, each in self.known.items()
        }
        return {
            **by_method,
            **known,
            "not_selected": {
                "layers": self.not_selected_layers,
                "macs": self.not_selected_macs,
            },
            "skipped_operators": dict(self.skipped),
            "uncosted_operators": dict(self.uncosted),
        }
