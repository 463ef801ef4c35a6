"""Reads an accelerator from a data file: a TOML header next to a CSV table of layers.

The header describes the whole table::

    name = "mychip"
    title = "MyChip, 28 nm"
    kinds = ["conv"]
    provenance = "measured"         # or post-layout, vendor-model, projected
    table = "mychip.csv"            # next to the header
    power_w = 0.2                   # only if the table has no power column
    peak_macs_per_s = 33.6e9        # optional, as are skips_zeros = true and
    predictors = ["linear"]         # optional: generic ones, in order of preference
    terms = "layers"                # optional, of linear: or products, networks
    fits = "mychip-fits.json"       # optional, precomputed: `fodlam_core.accelerators.fits`
    publication = "mychip-tables.toml"  # as printed: `fodlam_core.accelerators.publication_file`
    [technology]
    node_nm = 28
    vdd = 0.9
    [citation]
    key = "doe2030mychip"
    text = "J. Doe, MyChip, 2030"
    where = "Table 2"
    bibtex = "@article{doe2030mychip, title = {MyChip}, year = {2030}}"

Each row of the table is one measured layer at one batch. ``network, layer, kind, batch`` are
required, and a latency, a rate or an energy, each of the whole batch; quantities are written as
printed, with the unit in the column name (``latency_ms``, ``inferences_per_s``, ``energy_uj``,
``power_mw``, ``dram_mb``); ``processing_latency_ms`` is the part of the latency that is not spent
waiting for DRAM. ``macs`` is required if no shape is given. A shape is given by ``in_channels,
in_height, in_width, out_channels, kernel, stride, padding, groups`` (``kernel_height,
kernel_width`` ... where the axes differ, ``dilation`` where it is not 1), by ``inputs, outputs``
and ``rows``, or by ``m, k, n`` and ``count``. ``calibration`` is ``true`` or ``false``, see
`Measurement`. The densities of a layer are ``weight_density_pct`` and ``activation_density_pct``,
or the share of zeros among its activations ``activation_zeros_pct``; a column ``source`` is for
readers. All other columns contain numbers, and become `Measurement.details`. Empty cells are
unknown, never zero.

A chip that was measured at several precisions, thread counts or voltages has operating points,
each an accelerator, ``mychip/int8``, with the keys of the chip unless its table overrides
them::

    tables = ["mychip.csv"]         # with a column point; or each point has its own table
    default_point = "fp16"          # what "mychip" alone means; by default the first
    [points.fp16]
    precision = "fp16"
    [points.int8]
    precision = "int8"
    table = "int8.csv"

Published costs of whole networks go into the header and need no table::

    [[references]]
    network = "VGG16"
    batch = 1
    latency_ms = 40.5               # or energy_mj, or both
    where = "Table 3"

If there are many, ``reference_table`` names a CSV file of them, see
`fodlam_core.accelerators.reference_table`. ``operator_table`` names a CSV file with the cost of
operators without MACs, see `fodlam_core.accelerators.operator_table`.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import attrs

from fodlam_core.accelerators import Accelerator
from fodlam_core.accelerators.header import Header, point_problems, point_tables, read_header
from fodlam_core.accelerators.table import TableRow, read_table
from fodlam_core.errors import FodlamError, PluginError, Problem
from fodlam_core.files import FileError, parsed_toml, read_bytes, read_text
from fodlam_core.named_tuple import NamedTuple
from fodlam_core.predictors.generic import generic_predictors, named_predictors
from fodlam_core.schema.numbers import is_physical

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fodlam_core.accelerators.operator_table import OperatorRow
    from fodlam_core.accelerators.reference_table import ReferenceRow
    from fodlam_core.model.stored_fit import StoredFit


def load_accelerator(path: str | os.PathLike[str], **changes: Any) -> Accelerator:
    """Read an accelerator from its header file and the tables next to it.

    The page ``docs/accelerator-data.md`` lists every key of the header, every column of the table
    and the protocols of predictors; the docstring of this module has an example.

    Args:
        path: the TOML header.
        changes: fields of `Accelerator` that the file does not contain, such as ``predictors``
            (default: the generic ones, ``per-mac`` first) or ``options``.

    Returns:
        The accelerator; if the file has operating points, its default point under the name of
        the chip, with all points in `Accelerator.points`.

    Raises:
        PluginError: with a line for each mistake: file, line or key, what is wrong, what to do.
    """
    path = os.fspath(path)
    table = _read_header(path)
    formula = "predictors" in changes
    header, problems = read_header(table, formula=formula)
    found: list[str | Problem] = [each.at(path) for each in problems]
    found += [f"{path}: {text}" for text in point_problems(table)]
    rows, more = _read_rows(path, table, optional=formula)
    found += more
    points: dict[str, tuple[Header, _Rows]] = {}
    for name, own in point_tables(table).items():
        point, wrong = read_header(own, formula=True)
        own_rows, more = _read_rows(path, own, optional=True)
        found += [each.at(path, f"[points.{name}]") for each in wrong] if header else []
        found += more
        if point is not None:
            points[name] = point, own_rows.and_of(rows, name)
    if header is None or found:
        raise PluginError(*found)
    try:
        fits = _stored_fits(path, table, [point for point, _ in points.values()] or [header])
        made = {
            name: _accelerator(path, point, own_rows, fits, changes)
            for name, (point, own_rows) in points.items()
        }
        if not made:
            return _accelerator(path, header, rows, fits, changes)
        default = made[header.default_point or next(iter(made))]
        return attrs.evolve(
            default,
            name=header.name,
            default_for=header.default_for,
            aliases=header.aliases,
            points=tuple(made.values()),
        )
    except (TypeError, FodlamError) as error:
        raise PluginError(
            str(error) if isinstance(error, TypeError) else error, where=path
        ) from error


class _Rows(NamedTuple):
    """The rows of a header's tables, each with its operating point, None without points."""

    layers: list[TableRow]
    references: list[ReferenceRow]
    operators: list[OperatorRow]

    def and_of(self, chip: _Rows, point: str) -> _Rows:
        """Return these rows and those of the chip's tables that are of a point."""
        return _Rows(
            [*self.layers, *(row for row in chip.layers if row.point == point)],
            [*self.references, *(row for row in chip.references if row.point == point)],
            [*self.operators, *(row for row in chip.operators if row.point == point)],
        )


def _accelerator(
    path: str,
    header: Header,
    rows: _Rows,
    fits: Mapping[str, StoredFit],
    changes: Mapping[str, Any],
) -> Accelerator:
    fields = header.fields(os.path.dirname(path))
    references = [*fields["references"], *(row.reference for row in rows.references)]
    predictors = generic_predictors() if rows.layers else ()
    if header.predictors:
        predictors = named_predictors(header.predictors, header.options)
    fit = fits.get(header.name)
    return Accelerator(
        **{
            "predictors": predictors,
            "fits": {fit.predictor: fit} if fit else {},
            "cross_validated": {fit.predictor: fit.errors} if fit else {},
            **fields,
            "measurements": [row.measurement for row in rows.layers],
            "references": references,
            "operators": [row.measurement for row in rows.operators],
            **changes,
        }
    )


def _stored_fits(
    path: str, table: dict[str, Any], headers: Iterable[Header]
) -> dict[str, StoredFit]:
    """Return the fits stored next to the tables, by point; none if the tables changed since."""
    named = {header.name: header.fits for header in headers if header.fits is not None}
    files = {name: _fits_beside(path, name) for name in dict.fromkeys(named.values())}
    found = {point: fit for point, name in named.items() if (fit := files[name].get(point))}
    digest = _digest(path, table) if found else ""
    return {name: fit for name, fit in found.items() if fit.digest == digest}


def _fits_beside(path: str, name: str) -> dict[str, StoredFit]:
    from fodlam_core.accelerators.fits import read_fits

    try:
        return read_fits(read_bytes(os.path.join(os.path.dirname(path), name)))
    except FileError:
        return {}


def digest_of(path: str) -> str:
    """Return the digest of a header and of all tables that it names.

    Raises:
        FodlamError: if the header cannot be read.
    """
    return _digest(path, _read_header(path))


def _digest(path: str, header: dict[str, Any]) -> str:
    from fodlam_core.accelerators.fits import fits_digest

    parts = []
    for name in (os.path.basename(path), *_tables(header)):
        try:
            parts.append(read_bytes(os.path.join(os.path.dirname(path), name)))
        except FileError:
            parts.append(b"")  # told elsewhere
    return fits_digest(parts)


def _tables(header: dict[str, Any]) -> list[str]:
    """Return the files of the rows of a chip and of its points, as a header names them."""
    found: list[Any] = []
    for each in (header, *point_tables(header).values()):
        tables = each.get("tables")
        found += [each.get(key) for key in ("table", "reference_table", "operator_table")]
        found += tables if isinstance(tables, list) else []
    return list(dict.fromkeys(filter(_is_text, found)))


def _read_header(path: str) -> dict[str, Any]:
    try:
        return parsed_toml(read_text(path))
    except FileError as error:
        raise PluginError(f"{path}: {error}") from error


def _read_rows(path: str, header: dict[str, Any], *, optional: bool) -> tuple[_Rows, list[str]]:
    """Return the rows of the tables that a header names, and a line for each mistake in them.

    Mistakes in the header itself are reported elsewhere, and excuse the rows.
    """
    directory = os.path.dirname(path)
    kinds, power_w = header.get("kinds"), header.get("power_w")
    names, points = header.get("tables", header.get("table")), header.get("points")
    names = [names] if isinstance(names, str) else names if isinstance(names, list) else []
    points = tuple(points) if isinstance(points, dict) else ()
    if "power_w" in header and not is_physical(power_w):
        power_w = 1.0
    rows, problems = _Rows([], [], []), []
    for name in filter(_is_text, names):
        found, wrong = read_table(
            os.path.join(directory, name),
            kinds if isinstance(kinds, list) and all(map(_is_text, kinds)) else None,
            power_w,
            points,
        )
        rows.layers.extend(found)
        problems += wrong
        if not (found or wrong or optional or header.get("references")):
            problems.append(_no_rows(directory, name, "layer"))
    whole = header.get("reference_table")
    if _is_text(whole):
        from fodlam_core.accelerators.reference_table import read_references

        references, wrong = read_references(os.path.join(directory, str(whole)), points)
        rows.references.extend(references)
        problems += wrong
        if not (references or wrong or optional):
            problems.append(_no_rows(directory, str(whole), "network"))
    beside = header.get("operator_table")
    if _is_text(beside):
        from fodlam_core.accelerators.operator_table import read_operators

        operators, wrong = read_operators(os.path.join(directory, str(beside)), points, power_w)
        rows.operators.extend(operators)
        problems += wrong
        if not (operators or wrong or optional):
            problems.append(_no_rows(directory, str(beside), "operator"))
    return rows, problems


def _no_rows(directory: str, name: str, what: str) -> str:
    where = os.path.join(directory, name)
    return f"{where}: has no rows; add a row for each {what} that was measured"


def _is_text(value: object) -> bool:
    return isinstance(value, str)
