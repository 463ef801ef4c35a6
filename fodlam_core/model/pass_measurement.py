"""What passes of operators without MACs were measured to cost."""

from __future__ import annotations

import attrs

from fodlam_core.model import validators
from fodlam_core.model.costs import Cost
from fodlam_core.model.memory_pass import MemoryPass
from fodlam_core.model.value import Value


@attrs.frozen(eq=False, repr=False)
class PassMeasurement(Value):
    """What one pass was measured to cost, its count aside.

    Attributes:
        what: the pass, of one inference.
        batch: inferences that the cost is for.
        cost: what the whole batch costs.
    """

    what: MemoryPass = attrs.field(validator=validators.instance_of(MemoryPass))
    batch: int = attrs.field(validator=validators.count)
    cost: Cost = attrs.field(validator=validators.instance_of(Cost))
