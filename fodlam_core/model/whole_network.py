"""What a whole network costs where a publication says no more than that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from fodlam_core.errors import PluginError
from fodlam_core.model import validators
from fodlam_core.model.converters import as_tuple
from fodlam_core.model.quantities import Amounts
from fodlam_core.model.validators import is_count, is_positive
from fodlam_core.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping


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

    network: str
    batch: int = 1
    latency_s: float | None = None
    energy_j: float | None = None
    macs: int | None = None
    where: str = ""
    calibration: bool = True
    kind: str | None = None
    layers: tuple[str, ...] = attrs.field(default=(), converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        # At once for what is right: a library has thousands.
        if not (
            type(self.network) is type(self.where) is str
            and is_count(self.batch)
            and (self.latency_s is None or is_positive(self.latency_s))
            and (is_positive(self.energy_j) if self.energy_j is not None else self.latency_s)
            and (self.macs is None or is_count(self.macs))
            and self.calibration is True
            and self.kind is None
            and self.layers == ()
        ):
            self._check()

    def _check(self) -> None:
        for name, check in _CHECKS.items():
            check(self, getattr(attrs.fields(Reference), name), getattr(self, name))
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


_CHECKS: Mapping[str, validators.Validator] = {
    "network": validators.text,
    "batch": validators.count,
    "latency_s": validators.maybe_positive,
    "energy_j": validators.maybe_positive,
    "macs": validators.maybe_count,
    "where": validators.text,
    "calibration": validators.flag,
    "layers": validators.texts,
}
