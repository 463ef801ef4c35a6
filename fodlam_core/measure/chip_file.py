"""Writes what was measured as the data file of a chip."""

from __future__ import annotations

import csv
import io
import os
from typing import TYPE_CHECKING, Any

from fodlam_core.accelerators.row_shapes import CONV, FC, MATMUL
from fodlam_core.measure.layer_models import BYTES
from fodlam_core.measure.sessions import Setting
from fodlam_core.model.shapes import ConvShape, FcShape, MatmulShape
from fodlam_core.report.units import counted, plain
from fodlam_core.report.write import write

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from fodlam_core.measure.about import About
    from fodlam_core.measure.found import Found, Task, Whole
    from fodlam_core.measure.timing import Sample
    from fodlam_core.model.memory_pass import MemoryPass
    from fodlam_core.model.shapes import Shape

PREDICTORS = ("linear", "per-mac")
TERMS = "tiles"
AXES = ("height", "width")
WINDOW = ("kernel", "stride", "padding", "dilation")
SPREAD = ("latency_lower_quartile_us", "latency_upper_quartile_us", "repetitions")
COST = ("latency_us", "energy_uj")
COLUMNS = (
    *("point", "network", "layer", "kind", "batch", "calibration"),
    *CONV,
    *(f"{name}_{axis}" for name in WINDOW for axis in AXES),
    *("groups", *FC, "rows", *MATMUL, "count", *COST, *SPREAD),
)
OF_OPERATORS = ("point", "operator", "read", "written", "window", "batch", *COST, *SPREAD)
OF_NETWORKS = ("point", "network", "batch", *COST, "macs", "where", "calibration")


def tables_of(path: str) -> tuple[str, str]:
    """Return the files of layers and of networks that belong to a header.

    >>> tables_of("mymachine.toml")
    ('mymachine.csv', 'mymachine-networks.csv')
    """
    stem = os.path.splitext(path)[0]
    return f"{stem}.csv", f"{stem}-networks.csv"


def operators_of(path: str) -> str:
    """Return the file of operators without MACs that belongs to a header.

    >>> operators_of("mymachine.toml")
    'mymachine-operators.csv'
    """
    return f"{os.path.splitext(path)[0]}-operators.csv"


def fits_of(path: str) -> str:
    """Return the file of the fits of a header that has no table of layers.

    >>> fits_of("phone.toml")
    'phone-fits.json'
    """
    return f"{os.path.splitext(path)[0]}-fits.json"


def write_chip(path: str, about: About, found: Found, *, update: bool = False) -> None:
    """Write the header and the tables next to it; each is complete or as it was before.

    Args:
        path: the header.
        about: what it says.
        found: the rows.
        update: whether the files may be those that `read_chip` has read.

    Raises:
        FodlamError: if one cannot be written.
    """
    layers, networks = tables_of(path)
    watts = about.power_w
    rows = [row for task, each in found.layers.values() for row in _rows(task, _at(each, watts))]
    whole = [
        _network_row(key, network, _at(each, watts))
        for key, (network, each) in found.networks.items()
    ]
    operators = [_operator_row(key, _at(each, watts)) for key, each in found.operators.items()]
    lacking = () if any(row["energy_uj"] for row in (*rows, *whole)) else ("energy_uj",)
    if rows:
        write(_csv([each for each in COLUMNS if each not in lacking], rows), layers, update=update)
    if whole:
        write(
            _csv([each for each in OF_NETWORKS if each not in lacking], whole),
            networks,
            update=update,
        )
    if operators:
        columns = [each for each in OF_OPERATORS if each not in lacking]
        write(_csv(columns, operators), operators_of(path), update=update)
    write(_header(path, about, found), path, update=update)


def _at(sample: Sample, power_w: float | None) -> Sample:
    """Return a sample whose energy is latency times a constant power, if one is stated."""
    return sample if power_w is None else sample._replace(energy_j=sample.median_s * power_w)


def _rows(task: Task, sample: Sample) -> Iterator[dict[str, Any]]:
    """Give a row for each layer of the shape; predictors are fitted to the first alone."""
    for number, (network, layer) in enumerate(task.item.uses):
        yield {
            "point": task.setting.name,
            "network": network,
            "layer": layer.name,
            "kind": layer.kind,
            "batch": task.batch,
            "calibration": "false" if number else "true",
            **_shape(task.item.shape),
            **_cost(sample),
            **_spread(sample),
        }


def _cost(sample: Sample) -> dict[str, str]:
    energy = "" if sample.energy_j is None else plain(sample.energy_j * 1e6)
    return {"latency_us": plain(sample.median_s * 1e6), "energy_uj": energy}


def _network_row(key: tuple[str, str, int], whole: Whole, sample: Sample) -> dict[str, Any]:
    point, network, batch = key
    return {
        "point": point,
        "network": network,
        "batch": batch,
        **_cost(sample),
        "macs": whole.network.total_macs or whole.macs or "",
        "where": whole.where,
        "calibration": "true" if whole.calibration else "false",
    }


def _operator_row(key: tuple[str, MemoryPass, int], sample: Sample) -> dict[str, Any]:
    point, what, batch = key
    return {
        "point": point,
        "operator": what.operator,
        "read": what.read,
        "written": what.written,
        "window": what.window,
        "batch": batch,
        **_cost(sample),
        **_spread(sample),
    }


def _spread(sample: Sample) -> dict[str, Any]:
    return {
        "latency_lower_quartile_us": plain(sample.lower_s * 1e6),
        "latency_upper_quartile_us": plain(sample.upper_s * 1e6),
        "repetitions": sample.runs,
    }


def _shape(shape: Shape) -> dict[str, int]:
    if isinstance(shape, FcShape):
        return {name: getattr(shape, name) for name in (*FC, "rows")}
    if isinstance(shape, MatmulShape):
        return {name: getattr(shape, name) for name in (*MATMUL, "count")}
    assert isinstance(shape, ConvShape)
    window = {
        f"{name}_{axis}": getattr(shape, name)[index]
        for name in WINDOW
        for index, axis in enumerate(AXES)
    }
    return {**{name: getattr(shape, name) for name in CONV}, **window, "groups": shape.groups}


def _csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _header(path: str, about: About, found: Found) -> str:
    points, kinds = _points_and_kinds(found)
    layers, networks = (os.path.basename(each) for each in tables_of(path))
    machine = None if about.sources else about.machine
    lines = {
        "name": about.name,
        "title": ", ".join(filter(None, (about.chip, about.runtime))),
        "kinds": kinds,
        "provenance": "measured",
        "device": "cpu" if all(each.provider == "cpu" for each in points) else "accelerator",
        "year": int(about.date[:4]),
        "tables": [layers] if found.layers else None,
        "reference_table": networks if found.networks else None,
        "operator_table": os.path.basename(operators_of(path)) if found.operators else None,
        "predictors": list(PREDICTORS if found.layers else PREDICTORS[:1]),
        "terms": TERMS if found.layers else None,
        "fits": None if found.layers else os.path.basename(fits_of(path)),
        "energy_covers": found.covers or None,
        "onchip_bytes": machine and machine.cache_bytes,
        "memory_bytes": machine and machine.memory_bytes,
        "default_point": points[0].name,
        "notes": list(about.notes),
    }
    tables: list[tuple[str, Mapping[str, object]]] = [
        ("", lines),
        ("[citation]", about.citation(layers if found.layers else networks)),
    ]
    for each in points:
        threads = counted(each.threads, "thread")
        point = {
            "title": f"{about.chip}, {each.provider}, {each.precision}, {threads}",
            "precision": each.precision,
            "weight_bits": 8 * BYTES[each.precision],
        }
        tables.append((f"[points.{each.name}]", point))
    return "\n".join(_toml(title, table) for title, table in tables)


def _points_and_kinds(found: Found) -> tuple[list[Setting], list[str]]:
    if found.layers:
        tasks = [task for task, _ in found.layers.values()]
        points = [task.setting for task in tasks]
        kinds = [layer.kind for task in tasks for _, layer in task.item.uses]
    else:
        names = (Setting.named(point) for point, _, _ in found.networks)
        points = [each for each in names if each is not None]
        wholes = [whole for whole, _ in found.networks.values()]
        kinds = [layer.kind for whole in wholes for layer in whole.network.layers]
    return list(dict.fromkeys(points)), list(dict.fromkeys(kinds))


def _toml(title: str, table: Mapping[str, object]) -> str:
    known = {name: value for name, value in table.items() if value is not None}
    text = "".join(f"{name} = {_value(value)}\n" for name, value in known.items())
    return f"{title}\n{text}" if title else text


def _value(value: object) -> str:
    import json

    # Strings and lists of strings of JSON, and numbers, are the same in TOML.
    return json.dumps(value, ensure_ascii=True)
