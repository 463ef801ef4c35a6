"""What the header of a measured file says of where its numbers come from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from fodlam_core.errors import FodlamError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.measure.machine import Machine

TAKEN_OVER = "taken over from "
KEY = re.compile(r"measured(\d{4})(\d\d)(\d\d)")
TITLE = re.compile(r"title = \{Layers (.*)\}, year = ")
COUNTED = "medians of "
"""How the note begins that counts the rows of a file, which is made again with every row."""

REFERENCE = re.compile(r"(\S+): the reference takes (\d{1,9}\.\d) us while nothing disturbs")


def reference_note(point: str, seconds: float) -> str:
    """Return the note of what the reference takes, which `references_in` reads.

    >>> references_in([reference_note("cpu-fp32-1t", 3.512e-4)])
    {'cpu-fp32-1t': 0.0003512}
    """
    return f"{point}: the reference takes {seconds * 1e6:.1f} us while nothing disturbs"


def references_in(notes: Iterable[str]) -> dict[str, float]:
    """Return by operating point what the reference takes, of the notes that tell."""
    found = map(REFERENCE.fullmatch, notes)
    return {each[1]: float(f"{each[2]}e-6") for each in found if each}


POWER = re.compile(r"energy is latency times ([-+.e\d]{1,20}) W, which the user stated")


def power_note(watts: float) -> str:
    """Return the note of a constant power, which `power_in` reads.

    >>> power_in([power_note(12.5)])
    12.5
    """
    return f"energy is latency times {watts:.12g} W, which the user stated"


def power_in(notes: Iterable[str]) -> float | None:
    """Return the constant power that a note states, in watts; None if none does."""
    found = filter(None, map(POWER.fullmatch, notes))
    return next((float(each[1]) for each in found), None)


class About(NamedTuple):
    """What the header says.

    Attributes:
        name: what the chip is called.
        machine: where it was measured.
        runtime: what ran the models, with its version.
        date: when first, as YYYY-MM-DD.
        power_w: constant power that the user states; None if none.
        notes: what else a reader must know.
        sources: the files that times were taken over from; none if this machine was measured.
        last_date: when last; empty if on one day.
    """

    name: str
    machine: Machine
    runtime: str
    date: str
    power_w: float | None = None
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    last_date: str = ""

    @property
    def origin(self) -> str:
        """Where the numbers come from."""
        if self.sources:
            return TAKEN_OVER + ", ".join(self.sources)
        return f"measured on {self.machine.cpu}, {self.machine.system}, {self.runtime}"

    @property
    def chip(self) -> str:
        """What the numbers are of, in a few words."""
        return self.origin if self.sources else self.machine.cpu

    @property
    def dates(self) -> str:
        """When it was measured."""
        return f"{self.date} to {self.last_date}" if self.last_date else self.date

    def citation(self, where: str) -> dict[str, str]:
        """Return the table ``[citation]`` of the header, whose rows are in a file."""
        key = f"measured{self.date.replace('-', '')}"
        title = f"Layers {self.origin}"
        return {
            "key": key,
            "text": f"{title}, {self.dates}, with fodlam-core measure",
            "bibtex": f"@misc{{{key}, title = {{{title}}}, year = {{{self.date[:4]}}}}}",
            "where": where,
        }

    def noted(self, *notes: str) -> About:
        """Return what the header says with notes before the others, each once."""
        return self._replace(notes=tuple(dict.fromkeys((*notes, *self.notes))))

    def going_on(self, path: str, chip: Accelerator) -> About:
        """Return what the header says once rows are added to a file that is there.

        Args:
            path: the file.
            chip: what it holds.

        Raises:
            FodlamError: if its rows are of another origin: one citation cannot stand for both; or
                if their energy comes from another power, or from a counter.
        """
        key, title = KEY.fullmatch(chip.citation.key), TITLE.search(chip.citation.bibtex)
        before = title[1] if title else str(chip.citation)
        taken_over = before.startswith(TAKEN_OVER)
        if not key or taken_over != bool(self.sources) or not (taken_over or before == self.origin):
            raise FodlamError(
                f"--resume {path}: its rows were {before}, new ones would be {self.origin}; write "
                "them to another file"
            )
        earlier = before.removeprefix(TAKEN_OVER).split(", ") if taken_over else []
        date = "-".join(key.groups())
        notes = (each for each in chip.notes if not each.startswith(COUNTED))
        return self._replace(
            date=date,
            last_date="" if date == self.date else self.date,
            sources=tuple(dict.fromkeys((*earlier, *self.sources))),
            notes=tuple(dict.fromkeys((*notes, *self.notes))),
            power_w=self._power_w(path, chip),
        )

    def _power_w(self, path: str, chip: Accelerator) -> float | None:
        """Return the constant power behind all rows of a file that is gone on with."""
        before = power_in(chip.notes)
        if self.power_w in (None, before):
            return before
        if before is not None:
            raise FodlamError(
                f"--power-w {self.power_w:g}: the rows of {path} have an energy at {before:g} W; "
                "leave --power-w out, or write new rows to another file"
            )
        if any(row.energy_j is not None for point in chip.points for row in point.measurements):
            raise FodlamError(
                f"--power-w {self.power_w:g}: the energy of the rows of {path} was measured; leave "
                "--power-w out, or write new rows to another file"
            )
        return self.power_w
