"""What a whole network costs where a publication says no more than that."""

from __future__ import annotations

import sys
from typing import NamedTuple


class Reference(NamedTuple):
    """A published cost of a whole network. It answers for that network and no other.

    It is never spread over layers: nothing says which layer spent it.

    Attributes:
        network: the network, by its name in the zoo.
        batch: the number of inferences that latency and energy are for.
        latency_s: seconds for the whole batch; None if not published.
        energy_j: joules for the whole batch; None if not published.
        macs: multiply-accumulates of one inference, to be compared with those of the network;
            None if not published.
        where: table, figure or page of the numbers.
    """

    network: str
    batch: int = 1
    latency_s: float | None = None
    energy_j: float | None = None
    macs: int | None = None
    where: str = ""

    def problem(self) -> str | None:
        """Return what is wrong with it; None if nothing is.

        >>> Reference("VGG16").problem()
        'has neither latency_s nor energy_j'
        """
        if {type(self.network), type(self.where)} != {str}:
            return "network and where have to be strings"
        if type(self.batch) is not int or self.batch < 1:
            return f"batch {self.batch!r} is not a positive whole number"
        if self.macs is not None and (type(self.macs) is not int or self.macs < 1):
            return f"macs {self.macs!r} is not a positive whole number"
        for name, value in (("latency_s", self.latency_s), ("energy_j", self.energy_j)):
            if value is not None and not is_positive(value):
                return f"{name} {value!r} is not positive and finite"
        if self.latency_s is None and self.energy_j is None:
            return "has neither latency_s nor energy_j"
        return None


def is_positive(value: object) -> bool:
    """Tell whether a value is a positive, finite number.

    >>> is_positive(1), is_positive(0.0), is_positive(float("inf")), is_positive("1")
    (True, False, False, False)
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 < value <= sys.float_info.max
