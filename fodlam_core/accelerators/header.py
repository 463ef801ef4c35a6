"""The header of an accelerator's data file: its keys, and what each has to be.

A key is a field of one of these classes; `fodlam_core.schema.structure` reads the file by them.
"""

import os
from collections.abc import Mapping
from typing import Any

import attrs

from fodlam_core.accelerators.printed import in_si
from fodlam_core.errors import unknown
from fodlam_core.model.costs import PROVENANCES, Citation
from fodlam_core.model.technology import Technology
from fodlam_core.model.whole_network import Reference
from fodlam_core.schema import count, distinct, one_of, positive, words
from fodlam_core.schema.structure import structure

# Keys of the header that are not fields of an accelerator: they say where its rows are.
OF_THE_TABLE = ("table", "power_w")


@attrs.frozen(eq=False, repr=False)
class CitationTable:
    """``[citation]``: see `fodlam_core.model.costs.Citation`."""

    key: str = attrs.field(validator=words)
    text: str = attrs.field(validator=words)
    bibtex: str = attrs.field(validator=words)
    where: str = ""

    def __attrs_post_init__(self) -> None:
        if not self.bibtex.strip().startswith("@") or self.key not in self.bibtex:
            raise ValueError(
                f"bibtex is not an entry of the key {self.key!r}; write @article{{{self.key}, ...}}"
            )


@attrs.frozen(eq=False, repr=False)
class ReferenceRow:
    """A row of ``[[references]]``: see `fodlam_core.model.whole_network.Reference`."""

    network: str = attrs.field(validator=words)
    batch: int = attrs.field(default=1, validator=count)
    macs: int | None = attrs.field(default=None, validator=count)
    where: str = ""
    latency_s: float | None = attrs.field(default=None, validator=positive)
    latency_ms: float | None = attrs.field(default=None, validator=positive)
    latency_us: float | None = attrs.field(default=None, validator=positive)
    energy_j: float | None = attrs.field(default=None, validator=positive)
    energy_mj: float | None = attrs.field(default=None, validator=positive)
    energy_uj: float | None = attrs.field(default=None, validator=positive)

    def __attrs_post_init__(self) -> None:
        names = [in_si(name)[0] for name in self._given()]
        twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
        if twice:
            raise ValueError(f"{' and '.join(twice)} is there in two units; remove one")
        problem = self.reference().problem()
        if problem:
            raise ValueError(problem)

    def reference(self) -> Reference:
        """Return the row in SI units."""
        given = {in_si(key): float(value) for key, value in self._given().items()}
        costs = {name: value * factor for (name, factor), value in given.items()}
        return Reference(
            network=self.network, batch=self.batch, macs=self.macs, where=self.where, **costs
        )

    def _given(self) -> dict[str, float]:
        costs = attrs.asdict(self, filter=lambda field, value: value is not None)
        return {key: costs[key] for key in costs if key.startswith(("latency_", "energy_"))}


@attrs.frozen(eq=False, repr=False)
class Header:
    """The header: what holds for the whole table, as `fodlam_core.accelerators.Accelerator`.

    Attributes:
        table: the CSV file of the layers, beside the header.
        power_w: the power of every row, where the table has no column of it.
        publication: the file of the printed tables, beside the header.
        references: published costs of whole networks.
    """

    name: str = attrs.field(validator=words)
    title: str = attrs.field(validator=words)
    kinds: tuple[str, ...] = attrs.field(validator=distinct)
    provenance: str = attrs.field(validator=one_of("provenance", PROVENANCES))
    technology: Technology
    citation: CitationTable
    default_for: tuple[str, ...] = ()
    precision: str = ""
    notes: tuple[str, ...] = ()
    table: str | None = attrs.field(default=None, validator=attrs.validators.optional(words))
    clock_hz: float | None = attrs.field(default=None, validator=positive)
    area_mm2: float | None = attrs.field(default=None, validator=positive)
    power_w: float | None = attrs.field(default=None, validator=positive)
    peak_macs_per_s: float | None = attrs.field(default=None, validator=positive)
    skips_zeros: bool = False
    publication: str | None = attrs.field(default=None, validator=attrs.validators.optional(words))
    references: tuple[ReferenceRow, ...] = ()

    def problems(self, formula: bool = False) -> list[str]:
        """Return a line for each contradiction between keys.

        Args:
            formula: whether the accelerator has a predictor of its own, so that it needs no table.
        """
        problems = [
            f"default_for: {unknown('kind', kind, self.kinds)} (kinds in the header)"
            for kind in self.default_for
            if kind not in self.kinds
        ]
        keys = [(row.network, row.batch) for row in self.references]
        problems += [
            f"[[references]] {number}: {key[0]} at batch {key[1]} is there already; remove one"
            for number, key in enumerate(keys, 1)
            if key in keys[: number - 1]
        ]
        if self.table is None and not formula and not self.references:
            problems.append("the key 'table' is missing, and so are [[references]]; add one")
        if self.table is None and self.power_w is not None:
            problems.append("power_w: is for the rows of a table, and there is none; remove it")
        return problems

    def fields(self, directory: str) -> dict[str, Any]:
        """Return the fields of an `Accelerator`, files relative to the directory of the header."""
        fields = {
            field.name: getattr(self, field.name)
            for field in attrs.fields(Header)
            if field.name not in OF_THE_TABLE
        }
        fields["citation"] = Citation(**attrs.asdict(self.citation))
        fields["references"] = [row.reference() for row in self.references]
        if self.publication is not None:
            fields["publication"] = os.path.join(directory, self.publication)
        return fields


def read_header(table: Mapping[str, Any], formula: bool = False) -> tuple[Header | None, list[str]]:
    """Return a parsed header, or None and a line for each mistake in it.

    Args:
        table: the parsed file.
        formula: whether the accelerator has a predictor of its own, so that it needs no table.
    """
    header, problems = structure(table, Header)
    problems += header.problems(formula) if header else []
    return (None if problems else header), problems
