"""What a whole network costs where a publication says no more than that."""

from __future__ import annotations

import attrs

from fodlam_core.errors import PluginError
from fodlam_core.model import validators
from fodlam_core.model.converters import as_tuple
from fodlam_core.model.quantities import Amounts
from fodlam_core.model.value import Value


@attrs.frozen(eq=False, repr=False)
class Reference(Value):
    """A published cost of a whole network.

    It answers for that network exactly, and, with the network's layers, it can calibrate a
    predictor. It is never spread over layers: nothing says which layer spent it.

    Attributes:
        network: the network, by its name in the zoo.
        batch: the number of inferences that latency and energy are for.
        latency_s: seconds for the whole batch; None if not published.
        energy_j: joules for the whole batch; None if not published.
        macs: multiply-accumulates of one inference, to be compared with those of the network;
            None if not published.
        where: table, figure or page of the numbers.
        calibration: whether predictors may be fitted to it.
        kind: the kind of layers that it is of, where it is not of the whole network.
        layers: or the names of the layers that it is of.

    Raises:
        PluginError: if a number is not positive and finite, neither cost is known, or both kind
            and layers are given.
    """

    network: str = attrs.field(validator=validators.text)
    batch: int = attrs.field(default=1, validator=validators.count)
    latency_s: float | None = attrs.field(default=None, validator=validators.maybe_positive)
    energy_j: float | None = attrs.field(default=None, validator=validators.maybe_positive)
    macs: int | None = attrs.field(default=None, validator=validators.maybe_count)
    where: str = attrs.field(default="", validator=validators.text)
    calibration: bool = attrs.field(default=True, validator=validators.flag)
    kind: str | None = None
    layers: tuple[str, ...] = attrs.field(
        default=(), converter=as_tuple, validator=validators.texts
    )

    def __attrs_post_init__(self) -> None:
        if self.latency_s is None and self.energy_j is None:
            raise PluginError(f"{self.label}: neither latency nor energy is known; give one")
        if self.kind is not None and self.layers:
            raise PluginError(f"{self.label}: kind and layers are given; give one of them")

    @property
    def part(self) -> str:
        """What of the network it is of; empty for all of it."""
        if self.kind is not None:
            return f"all {self.kind}"
        return f"{len(self.layers)} layers" if self.layers else ""

    @property
    def amounts(self) -> Amounts:
        """Every metric of the whole batch."""
        return Amounts(self.latency_s, self.energy_j)

    @property
    def label(self) -> str:
        """What messages call it."""
        return f"the published cost of {self.network}"
