"""Reads the table of layers of an accelerator's data file, and tells all its mistakes at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.accelerators.cells import Columns, Row, read_cells
from fodlam_core.accelerators.printed import half_unit, in_si, written
from fodlam_core.errors import FodlamError, unknown
from fodlam_core.model.costs import Measurement
from fodlam_core.model.layers import Layer, layer_key
from fodlam_core.model.shapes import ConvShape, FcShape, Shape

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

NEEDED = ("network", "layer", "kind", "macs", "batch", "latency_s")
CONV = (
    *("in_channels", "in_height", "in_width", "out_channels", "kernel", "stride", "padding"),
    "groups",
)
FC = ("inputs", "outputs")
WEIGHTS = "weight_density_fraction"
DENSITY = "activation_density_fraction"
ZEROS = "activation_zeros_fraction"  # of which density is the rest, and a detail as well
KNOWN = (
    *(*NEEDED, "power_w", "processing_latency_s", "calibration", "source", *CONV, *FC),
    *(WEIGHTS, DENSITY),
)
CORE_KINDS = ("conv", "fc", "matmul")


def read_table(
    path: str, kinds: Collection[str] | None, power_w: float | None
) -> tuple[list[Measurement], list[str]]:
    """Return the measurements of a table, and a line for each mistake in it.

    Args:
        path: the CSV file.
        kinds: the kinds of layers it may hold; None if that is not known.
        power_w: the power of every row; None if the table has a column of it.
    """
    try:
        rows = read_cells(path)
    except ValueError as error:
        return [], [str(error)]
    except OSError as error:
        return [], [f"{path}: {error.strerror}; the header names it as its table"]
    if not rows:
        return [], [f"{path}: is empty; name the columns in its first line"]
    start, names = rows[0]
    columns = Columns.named(names)
    problems = [f"{path}:{start}: {text}" for text in _column_problems(columns, power_w)]
    if problems:
        return [], problems
    written_columns = columns.written(power_w)
    found: list[Measurement] = []
    lines: dict[tuple[str, str], int] = {}
    for line, cells in rows[1:]:
        row = Row(columns, cells)
        measurement = _measurement(row, kinds, power_w, written_columns)
        if measurement:
            found.append(measurement)
        if row.has("network") and row.has("layer"):
            network, layer = row.text("network"), row.text("layer")
            first = lines.setdefault((network, layer_key(layer)), line)
            if first != line:
                row.problems.append(
                    f"{network} {layer} is in line {first} already; a layer has one row: remove one"
                )
        problems += [f"{path}:{line}: {text}" for text in row.problems]
    return found, problems


def _column_problems(columns: Columns, power_w: float | None) -> Iterator[str]:
    seen: dict[str, str] = {}
    for name in columns.names:
        quantity, _ = in_si(name)
        if not name:
            yield "a column has no name; name it, or remove it"
        elif quantity in seen:
            yield f"the columns {seen[quantity]} and {name} are the same quantity; remove one"
        seen[quantity] = name
    for quantity in NEEDED if power_w is not None else (*NEEDED, "power_w"):
        if quantity not in seen:
            constant = ", or power_w to the header" if quantity == "power_w" else ""
            yield f"there is no column {written(quantity)}; add it{constant}"
    if power_w is not None and "power_w" in seen:
        yield f"power is in the column {seen['power_w']} and in the header; remove one"
    if ZEROS in seen and DENSITY in seen:
        yield f"the columns {seen[ZEROS]} and {seen[DENSITY]} tell the same; remove one"
    yield from _misspelt_columns(seen)


def _misspelt_columns(columns: Mapping[str, str]) -> Iterator[str]:
    for quantity, name in columns.items():
        if quantity in (*KNOWN, ZEROS):
            continue
        meant = [written(known) for known in (*KNOWN, ZEROS) if _misspelt(quantity, known)]
        if meant:
            yield f"unknown column {name!r}; did you mean {' or '.join(meant)}?"


def _measurement(
    row: Row, kinds: Collection[str] | None, power_w: float | None, columns: Mapping[str, str]
) -> Measurement | None:
    """Return the measurement of a row; None, and problems in the row, if something is wrong."""
    network, kind = row.text("network"), row.text("kind")
    if kind and kinds is not None and kind not in kinds:
        row.problems.append(f"kind: {unknown('kind', kind, kinds)} (kinds in the header)")
    layer = _layer(row, kind)
    batch, latency_s = row.whole("batch"), row.quantity("latency_s")
    watts = row.quantity("power_w") if power_w is None else power_w
    has_processing = row.has("processing_latency_s")
    processing_s = row.quantity("processing_latency_s") if has_processing else latency_s
    calibration = row.flag("calibration") if row.has("calibration") else True
    details = [name for name in row.columns.known if name not in KNOWN and row.has(name)]
    numbers = {name: row.quantity(name) for name in details}
    if not row.problems and processing_s > latency_s:
        row.problems.append(
            f"the processing latency of {processing_s:g} s exceeds the latency of {latency_s:g} s, "
            "which includes it; correct one"
        )
    if layer is None or row.problems:
        return None
    rounding_s = row.rounding("latency_s")
    rounding_w = row.rounding("power_w") if power_w is None else half_unit(repr(power_w))
    try:
        return Measurement(
            network,
            layer,
            batch,
            latency_s,
            watts,
            latency_s - processing_s,
            calibration,
            numbers,
            latency_rounding_s=rounding_s,
            # The product of the upper ends, less the product.
            energy_rounding_j=watts * rounding_s + (latency_s + rounding_s) * rounding_w,
            columns=columns,
        )
    except FodlamError as error:
        row.problems.append(f"{error}; correct the row")
        return None


def _layer(row: Row, kind: str) -> Layer | None:
    """Return the layer of a row; None, and problems in the row, if something is wrong with it."""
    before = len(row.problems)
    name, macs, shape = row.text("layer"), row.whole("macs"), _shape(row)
    weights, activations = (
        row.quantity(name) if row.has(name) else None for name in (WEIGHTS, DENSITY)
    )
    if row.has(ZEROS):
        activations = 1 - row.quantity(ZEROS)
    if shape and kind != shape.kind and kind in CORE_KINDS:
        row.problems.append(f"kind: a layer of kind {kind!r} cannot have a shape of {shape.kind!r}")
    if len(row.problems) > before:
        return None
    try:
        return Layer(
            name, kind, macs, shape, weight_density=weights, activation_density=activations
        )
    except FodlamError as error:
        row.problems.append(f"{error}; correct the row")
        return None


def _shape(row: Row) -> Shape | None:
    before = len(row.problems)
    conv, fc = (any(map(row.has, names)) for names in (CONV, FC))
    if not conv and not fc:
        return None
    if conv and fc:
        row.problems.append("it has the shapes of a convolution and of an fc layer; remove one")
    names = CONV if conv else FC
    sizes = [row.whole(name, least=0 if name == "padding" else 1) for name in names]
    if len(row.problems) > before:
        return None
    if fc:
        return FcShape(*sizes)
    *input_size, filters, kernel, stride, padding, groups = sizes
    try:
        return ConvShape.from_input(input_size, filters, kernel, stride, padding, groups=groups)
    except FodlamError as error:
        row.problems.append(f"{error}; correct the shape")
        return None


def _misspelt(name: str, known: str) -> bool:
    """Tell whether a name is a known one but for its unit, its case or a slip of the pen.

    >>> _misspelt("latency_msec", "latency_s"), _misspelt("theoretical_latency_s", "latency_s")
    (True, False)
    """
    name = name.lower().replace(" ", "_")
    stem, _, unit = known.rpartition("_")
    if unit in ("s", "w", "fraction") and stem in (name, name.rpartition("_")[0]):
        return True
    if abs(len(name) - len(known)) > 2:
        return False
    start = _alike(name, known)
    end = _alike(name[start:][::-1], known[start:][::-1])
    return max(len(name), len(known)) - start - end <= 2 and 2 * (start + end) >= len(known)


def _alike(a: str, b: str) -> int:
    """Return how many letters two texts have in common at their start."""
    pairs = enumerate(zip(a, b, strict=False))
    return next((index for index, (x, y) in pairs if x != y), min(len(a), len(b)))
