"""The header of an accelerator's data file: its keys, and what each has to be.

A key is a field of one of these classes; `fodlam_core.schema.structure` reads the file by them.
"""

import os
from collections.abc import Mapping
from typing import Any

import attrs

from fodlam_core.accelerators.printed import in_si
from fodlam_core.errors import PluginError, Problem, Setting, place, unknown
from fodlam_core.model.costs import COVERS, LATENCIES, PROVENANCES, Citation
from fodlam_core.model.energy_split import EnergySplit
from fodlam_core.model.technology import Technology
from fodlam_core.model.whole_network import Reference
from fodlam_core.predictors.generic import PREDICTORS, TERMS
from fodlam_core.schema import count, distinct, one_of, positive, words
from fodlam_core.schema.structure import structure

# Keys of the header that are not fields of an accelerator: they say where its rows are.
OF_THE_TABLE = (
    *("table", "tables", "reference_table", "operator_table"),
    *("power_w", "points", "default_point"),
    "predictors",
    "terms",
    "fits",
)
# Keys that a point does not take over from the chip, and those that it cannot have.
OWN_OF_THE_CHIP = (
    *("points", "default_point", "table", "tables", "reference_table", "references"),
    "operator_table",
)
NOT_OF_A_POINT = ("name", "points", "default_point", "default_for", "aliases")


@attrs.frozen(eq=False, repr=False)
class ReferenceRow:
    """A row of ``[[references]]``: see `fodlam_core.model.whole_network.Reference`."""

    network: str = attrs.field(validator=words)
    kind: str | None = attrs.field(default=None, validator=attrs.validators.optional(words))
    layers: tuple[str, ...] = ()
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
            raise ValueError(f"{' and '.join(twice)} is given in two units; remove one")
        try:
            self.reference()
        except PluginError as error:
            raise ValueError(str(error)) from error

    def reference(self) -> Reference:
        """Return the row in SI units."""
        given = {in_si(key): float(value) for key, value in self._given().items()}
        costs = {name: value * factor for (name, factor), value in given.items()}
        return Reference(
            network=self.network,
            batch=self.batch,
            latency_s=costs.get("latency_s"),
            energy_j=costs.get("energy_j"),
            macs=self.macs,
            where=self.where,
            kind=self.kind,
            layers=self.layers,
        )

    def _given(self) -> dict[str, float]:
        costs = attrs.asdict(self, filter=lambda _field, value: value is not None)
        return {key: costs[key] for key in costs if key.startswith(("latency_", "energy_"))}


@attrs.frozen(eq=False, repr=False)
class Header:
    """The header: what holds for the whole table, as `fodlam_core.accelerators.Accelerator`.

    Attributes:
        table: the CSV file of the layers, next to the header.
        tables: several of them.
        power_w: the power of every row, where the table has no column of it.
        reference_table: a CSV file of published costs of whole networks, next to the header.
        operator_table: a CSV file of what operators without MACs cost, next to the header.
        predictors: names of generic predictors, in order of preference.
        terms: the terms of `linear`; by default those that suit what was measured.
        fits: a JSON file of fits next to the header, see `fodlam_core.accelerators.fits`.
        points: operating points; a point has the keys of the chip but for those that differ.
        default_point: the point that the name of the chip alone stands for; by default the first.
        publication: the file of the printed tables, next to the header.
        references: published costs of whole networks.
    """

    name: str = attrs.field(validator=words)
    title: str = attrs.field(validator=words)
    kinds: tuple[str, ...] = attrs.field(validator=distinct)
    provenance: str = attrs.field(validator=one_of("provenance", PROVENANCES))
    citation: Citation
    technology: Technology | None = None
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
    tables: tuple[str, ...] = ()
    reference_table: str | None = attrs.field(
        default=None, validator=attrs.validators.optional(words)
    )
    operator_table: str | None = attrs.field(
        default=None, validator=attrs.validators.optional(words)
    )
    predictors: tuple[str, ...] = ()
    terms: str | None = attrs.field(
        default=None, validator=attrs.validators.optional(one_of("terms", TERMS))
    )
    energy_split: EnergySplit | None = None
    fits: str | None = attrs.field(default=None, validator=attrs.validators.optional(words))
    energy_covers: str = attrs.field(default="", validator=one_of("energy_covers", ("", *COVERS)))
    latency_is: str = attrs.field(default=LATENCIES[0], validator=one_of("latency_is", LATENCIES))
    row_by_row: bool = False
    memory_bandwidth_bytes_per_s: float | None = attrs.field(default=None, validator=positive)
    memory_bytes: float | None = attrs.field(default=None, validator=positive)
    onchip_bytes: float | None = attrs.field(default=None, validator=positive)
    weight_bits: float | None = attrs.field(default=None, validator=positive)
    most_weights: float | None = attrs.field(default=None, validator=positive)
    idle_power_w: float | None = attrs.field(default=None, validator=positive)
    tdp_w: float | None = attrs.field(default=None, validator=positive)
    vendor: str = ""
    device: str = ""
    year: int | None = attrs.field(default=None, validator=count)
    chip_count: int = attrs.field(default=1, validator=count)
    aliases: tuple[str, ...] = ()
    points: Mapping[str, Any] = attrs.field(factory=dict)
    default_point: str | None = None

    def problems(self, *, formula: bool = False) -> list[Problem]:
        """Return a problem for each contradiction between keys.

        Args:
            formula: whether the accelerator has a predictor of its own, so that it needs no table.
        """
        problems = [
            Problem(
                f"{unknown('kind', kind, self.kinds)} (kinds in the header)",
                (Setting((), "default_for"),),
            )
            for kind in self.default_for
            if kind not in self.kinds
        ]
        key, bibtex = self.citation.key, self.citation.bibtex.strip()
        if not bibtex.startswith("@") or key not in bibtex:
            what = f"bibtex is not an entry of the key {key!r}; write @article{{{key}, ...}}"
            problems.append(Problem(what, (Setting(("citation",)),)))
        keys = [(row.network, row.batch, row.kind, row.layers) for row in self.references]
        problems += [
            Problem(
                f"{key[0]} at batch {key[1]} is listed already",
                (Setting(("references", number)),),
                ("remove one",),
            )
            for number, key in enumerate(keys, 1)
            if key in keys[: number - 1]
        ]
        whole = bool(self.references or self.reference_table)
        stated = self.provenance == "datasheet" and bool(self.predictors)
        if not (self.files or formula or whole or self.points or stated):
            what = "the key 'table' is missing, and so are [[references]]"
            problems.append(Problem(what, cure=("add one",)))
        if not self.files and self.power_w is not None and not self.points:
            what = "is for the rows of a table, and there is none"
            problems.append(Problem(what, (Setting((), "power_w"),), ("remove it",)))
        if self.table is not None and self.tables:
            problems.append(Problem("table and tables: give one of them"))
        if self.default_point is not None and self.default_point not in self.points:
            known = self.points or ["(none)"]
            what = unknown("point", self.default_point, known)
            problems.append(Problem(what, (Setting((), "default_point"),)))
        problems += [
            Problem(unknown("predictor", name, PREDICTORS), (Setting((), "predictors"),))
            for name in self.predictors
            if name not in PREDICTORS
        ]
        return problems

    @property
    def files(self) -> tuple[str, ...]:
        """The CSV files of the layers, relative to the directory of the header."""
        return self.tables if self.table is None else (self.table,)

    @property
    def options(self) -> dict[str, dict[str, Any]]:
        """What generic predictors are made with, by their names."""
        given = {
            "peak_macs_per_s": self.peak_macs_per_s,
            "bandwidth_bytes_per_s": self.memory_bandwidth_bytes_per_s,
            "weight_bits": self.weight_bits,
            "power_w": self.tdp_w,
        }
        datasheet = {name: value for name, value in given.items() if value is not None}
        return {"linear": {"terms": self.terms}, "roofline": datasheet}

    def fields(self, directory: str) -> dict[str, Any]:
        """Return the fields of an `Accelerator`, files relative to the directory of the header."""
        fields = {
            field.name: getattr(self, field.name)
            for field in attrs.fields(Header)
            if field.name not in OF_THE_TABLE
        }
        given = [row.reference() for row in self.references]
        fields["references"] = [each for each in given if not each.part]
        fields["parts"] = [each for each in given if each.part]
        if self.publication is not None:
            fields["publication"] = os.path.join(directory, self.publication)
        return fields


def read_header(
    table: Mapping[str, Any], *, formula: bool = False
) -> tuple[Header | None, list[Problem]]:
    """Return a parsed header, or None and a problem for each mistake in it.

    Args:
        table: the parsed file.
        formula: whether the accelerator has a predictor of its own, so that it needs no table.
    """
    header, problems = structure(table, Header)
    problems += header.problems(formula=formula) if header else []
    return (None if problems else header), problems


def point_tables(table: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the parsed header of each point: that of the chip, with what the point changes."""
    points = table.get("points")
    made = {}
    for name, changes in points.items() if isinstance(points, Mapping) else ():
        base = {key: value for key, value in table.items() if key not in OWN_OF_THE_CHIP}
        base.pop("default_for", None)
        base.pop("aliases", None)
        if isinstance(changes, Mapping):
            for key, value in changes.items():
                old = base.get(key)
                both = isinstance(old, Mapping) and isinstance(value, Mapping)
                base[key] = {**old, **value} if both else value  # type: ignore[dict-item]  # tables, as checked
        base["name"] = f"{table.get('name')}/{name}"
        made[str(name)] = base
    return made


def point_problems(table: Mapping[str, Any]) -> list[str]:
    """Return a line for each point that is not a table, or has keys that only a chip has."""
    points = table.get("points")
    if points is None:
        return []
    if not isinstance(points, Mapping):
        return ["points: expected tables, such as [points.fp16]"]
    problems = []
    for name, changes in points.items():
        where = place(("points", str(name)))
        if "/" in str(name) or not str(name).strip():
            problems.append(f"{where}: a point has a name without '/'")
        if not isinstance(changes, Mapping):
            problems.append(f"{where}: expected a table, got {changes!r:.60}")
            continue
        problems += [
            f"{where} {key}: is of the chip, not of a point; move it to the top of the file"
            for key in NOT_OF_A_POINT
            if key in changes
        ]
    return problems
