"""``[system]``: what surrounds the chip. Imported only where a configuration has the table."""

from __future__ import annotations

import math
from collections.abc import Mapping

from fodlam_core.errors import unknown

KEYS = ("dram_energy_j_per_byte",)
# A thousand times what a byte of DRAM takes: beyond it a unit was mistaken.
MOST_J_PER_BYTE = 1e-6


def system_problems(table: object) -> list[str]:
    """Return a line for each mistake in the table.

    >>> system_problems({"dram_energy_j_per_byte": -1.0, "dram": 2})
    ... # doctest: +NORMALIZE_WHITESPACE
    ["[system]: unknown key 'dram'; did you mean 'dram_energy_j_per_byte'?",
     '[system] dram_energy_j_per_byte: expected a positive number of joules, got -1.0']
    """
    if not isinstance(table, Mapping):
        return [f"[system]: expected a table, got {table!r}"]
    problems = [f"[system]: {unknown('key', str(key), KEYS)}" for key in table if key not in KEYS]
    for key in KEYS:
        value = table.get(key)
        if value is None:
            if not problems:
                problems.append(f"[system]: write in it {key} = 160e-12, or leave it out")
        elif isinstance(value, bool) or not isinstance(value, int | float):
            problems.append(f"[system] {key}: expected a number of joules, got {value!r}")
        elif math.isfinite(value) and value > MOST_J_PER_BYTE:
            problems.append(f"[system] {key}: {value!r} is over {MOST_J_PER_BYTE:g} J, no memory")
        elif not (math.isfinite(value) and value > 0):
            problems.append(f"[system] {key}: expected a positive number of joules, got {value!r}")
    return problems
