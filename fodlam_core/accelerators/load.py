"""Reads an accelerator from a data file: a TOML header beside a CSV table of layers.

The header says what holds for the whole table, each with its source::

    name = "mychip"
    title = "MyChip, 28 nm"
    kinds = ["conv"]
    provenance = "measured"         # or post-layout, vendor-model, projected
    table = "mychip.csv"            # beside the header
    power_w = 0.2                   # only if the table has no power column
    peak_macs_per_s = 33.6e9        # optional, as are skips_zeros = true and
    publication = "mychip-tables.toml"  # as printed: `fodlam_core.accelerators.publication`
    [technology]
    node_nm = 28
    vdd = 0.9
    [citation]
    key = "doe2030mychip"
    text = "J. Doe, MyChip, 2030"
    where = "Table 2"
    bibtex = "@article{doe2030mychip, title = {MyChip}, year = {2030}}"

Each row of the table is one measured layer. ``network, layer, kind, macs, batch`` and a latency
are required; quantities are written as printed, their unit in the column name
(``latency_ms``, ``power_mw``, ``dram_mb``); ``processing_latency_ms`` is the part of the latency
that is not spent waiting for DRAM. A shape is given by ``in_channels, in_height, in_width,
out_channels, kernel, stride, padding, groups`` or by ``inputs, outputs``. ``calibration`` is
``true`` or ``false``, see `Measurement`. The densities of a layer are ``weight_density_pct`` and
``activation_density_pct``, or the share of zeros among its activations ``activation_zeros_pct``;
a column ``source`` is for the reader. All further columns hold numbers, and become
`Measurement.details`. Empty cells are unknown, never zero. A layer of a network has one row.

What a publication says of whole networks only goes into the header, and needs no table::

    [[references]]
    network = "VGG16"
    batch = 1
    latency_ms = 40.5               # or energy_mj, or both
    where = "Table 3"
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import tomli

from fodlam_core.accelerators import Accelerator
from fodlam_core.accelerators.header import read_header
from fodlam_core.accelerators.table import read_table
from fodlam_core.errors import FodlamError, PluginError, first_lines
from fodlam_core.model.whole_network import is_positive
from fodlam_core.predictors.generic import generic_predictors

if TYPE_CHECKING:
    from fodlam_core.model.costs import Measurement


def load_accelerator(path: str | os.PathLike[str], **changes: Any) -> Accelerator:
    """Read an accelerator from its header file and the table beside it.

    Args:
        path: the TOML header.
        changes: fields of `Accelerator` that the file does not tell, such as ``predictors``
            (default: the generic ones, ``per-mac`` first) or ``options``.

    Raises:
        PluginError: with a line for each mistake: file, line or key, what is wrong, what to do.
    """
    path = os.fspath(path)
    directory = os.path.dirname(path)
    table = _read_header(path)
    formula = "predictors" in changes
    header, problems = read_header(table, formula)
    rows, more = _read_rows(directory, table, formula or bool(table.get("references")))
    problems = [*(f"{path}: {text}" for text in problems), *more]
    if header is None or problems:
        raise PluginError(first_lines(problems))
    predictors = generic_predictors() if rows else ()
    try:
        return Accelerator(
            **{
                "predictors": predictors,
                **header.fields(directory),
                "measurements": rows,
                **changes,
            }
        )
    except (TypeError, FodlamError) as error:
        raise PluginError(f"{path}: {error}") from error


def _read_header(path: str) -> dict[str, Any]:
    try:
        with open(path, "rb") as file:
            return tomli.loads(file.read().decode("utf-8-sig"))
    except OSError as error:
        raise PluginError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise PluginError(f"{path}: is not UTF-8 ({error.reason}); save it as UTF-8") from error
    except (tomli.TOMLDecodeError, RecursionError) as error:
        raise PluginError(f"{path}: is no TOML: {error}") from error


def _read_rows(
    directory: str, header: dict[str, Any], optional: bool
) -> tuple[list[Measurement], list[str]]:
    """Return the rows of the table that a header names, and a line for each mistake in it.

    What is wrong in the header itself is told elsewhere, and excuses the rows.
    """
    table, kinds, power_w = (header.get(key) for key in ("table", "kinds", "power_w"))
    if not isinstance(table, str):
        return [], []
    path = os.path.join(directory, table)
    rows, problems = read_table(
        path,
        kinds if isinstance(kinds, list) and all(isinstance(k, str) for k in kinds) else None,
        1.0 if "power_w" in header and not is_positive(power_w) else power_w,
    )
    if not (rows or problems or optional):
        problems = [f"{path}: has no rows; add a row for each layer that was measured"]
    return rows, problems
