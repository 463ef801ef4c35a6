"""The file that says how the tables of a publication are printed: its keys.

A file of its own next to the data of an accelerator, named by ``publication`` in its header, and
read only by what asks for sources, so that no estimate pays for it::

    data = "mychip.csv"                 # the table of the accelerator

    [layouts.breakdown]                 # what tables of one form share
    corner = "Layer"                    # title of the column of row names
    transposed = false                  # true: the paper prints one layer a column
    columns = [{ name = "latency_ms", title = "Latency (ms)", suffix = "ms" }]
    rules = [{ says = "...", column = "a_ms", is = "at most", product = ["b_ms"], times = 1.0 }]
    totals = { latency_ms = ["sum"] }   # or names of weights of a mean; "equal": none

    [[tables]]
    name = "Table 2"
    title = "what it shows"
    layout = "breakdown"
    network = "VGG16"                   # the one network of the table; none: of several
    rows.VGG16 = { FC6 = "VGG-6" }      # names of rows in print, where they differ
    total = { latency_ms = "41.5" }     # the row of totals, as printed

    [constants.power_w]                 # what is printed once for all layers
    table = "Table 3"
    row = "Power"
    column = "MyChip"
    printed = "0.2"

    [[unproven]]                        # a cell that was read from a poor copy
    network = "VGG16"
    layer = "FC6"
    column = "latency_ms"
    why = "one copy has 41.5, another 47.5"
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Literal

import attrs

from fodlam_core.accelerators.printed import number
from fodlam_core.errors import Problem, Setting, unknown
from fodlam_core.schema import KEY, count, words


@attrs.frozen(eq=False, repr=False)
class Column:
    """A column of a table: its name in the data, its title and what follows each number."""

    name: str = attrs.field(validator=words)
    title: str
    suffix: str = ""
    share_of: int | None = attrs.field(default=None, validator=count)


@attrs.frozen(eq=False, repr=False)
class Rule:
    """What must hold between the cells of a row.

    Attributes:
        says: the rule in words.
        column: the column that is checked.
        relation: ``is`` in the file: how it is related to the product.
        product: the columns that are multiplied.
        times: the constant that they are multiplied with.
    """

    says: str
    column: str
    relation: Literal["at most", "at least", "equal to"] = attrs.field(metadata={KEY: "is"})
    product: tuple[str, ...] = ()
    times: float = 1.0


@attrs.frozen(eq=False, repr=False)
class Layout:
    """What tables of one form share."""

    corner: str
    columns: tuple[Column, ...]
    transposed: bool = False
    rules: tuple[Rule, ...] = ()
    totals: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)


@attrs.frozen(eq=False, repr=False)
class PrintedTable:
    """A row of ``[[tables]]``: a table of the publication, which names its layout."""

    name: str
    title: str
    layout: str
    network: str | None = None
    rows: Mapping[str, Mapping[str, str]] = attrs.field(factory=dict)
    total: Mapping[str, str] = attrs.field(factory=dict)

    def row_name(self, row: Mapping[str, str]) -> str:
        """Return how the publication calls a row of the data."""
        return self.rows.get(row["network"], {}).get(row["layer"], row["layer"])

    def covers(self, row: Mapping[str, str]) -> bool:
        """Tell whether a row of the data is in this table."""
        if self.network is not None:
            return row["network"] == self.network
        return row["layer"] in self.rows.get(row["network"], {})


@attrs.frozen(eq=False, repr=False)
class Constant:
    """A row of ``[constants]``: a number that is printed once for all layers."""

    table: str
    row: str
    column: str
    printed: str


@attrs.frozen(eq=False, repr=False)
class Unproven:
    """A row of ``[[unproven]]``: a cell whose digits were not seen in print, and why."""

    network: str
    layer: str
    column: str
    why: str = attrs.field(validator=words)


@attrs.frozen(eq=False, repr=False)
class PublicationFile:
    """The file: see the top of this module."""

    data: str
    layouts: Mapping[str, Layout] = attrs.field(factory=dict)
    tables: tuple[PrintedTable, ...] = ()
    constants: Mapping[str, Constant] = attrs.field(factory=dict)
    unproven: tuple[Unproven, ...] = ()

    def problems(self, known: Collection[str]) -> Iterator[Problem]:
        """Yield what does not go together, or with the columns of the data."""
        for index, table in enumerate(self.tables, 1):
            if table.layout not in self.layouts:
                where = Setting(("tables", index), "layout")
                yield Problem(unknown("layout", table.layout, self.layouts), (where,))
        for name, layout in self.layouts.items():
            named = {column.name for column in layout.columns}
            for rule in layout.rules:
                named |= {rule.column, *rule.product}
            for weights in layout.totals.values():
                named |= set(weights) - {"sum", "equal"}
            missing = sorted(named - set(known))
            if known and missing:
                what = f"the data have no column {', '.join(missing)}"
                yield Problem(what, (Setting(("layouts", name)),))
        yield from self._unknown_cells(known)
        for name, constant in self.constants.items():
            try:
                number(constant.printed)
            except ValueError as error:
                yield Problem(str(error), (Setting(("constants", name), "printed"),))

    def _unknown_cells(self, known: Collection[str]) -> Iterator[Problem]:
        for index, cell in enumerate(self.unproven, 1):
            if known and cell.column not in known:
                where = Setting(("unproven", index), "column")
                yield Problem(unknown("column", cell.column, known), (where,))
