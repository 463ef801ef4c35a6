"""``fodlam-core validate``: how far every predictor is off, by cross-validation."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from fodlam_core.cli.common import add_output_arguments, emit, registry_for, warn
from fodlam_core.errors import FodlamError, PluginError, UnknownNameError, listed, unknown
from fodlam_core.plugins import stdout_to_stderr
from fodlam_core.plugins.guards import guarded_accelerator
from fodlam_core.report import Bullets, Document, Table, Text, table
from fodlam_core.report.report import Report
from fodlam_core.report.units import quantity
from fodlam_core.validation.folds import SCHEMES
from fodlam_core.validation.scores import METRICS, Validation, known_variants, validate

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.plugins.registry import Registry

HOW = (
    "Mean absolute error against the published costs of one inference, of layers that the "
    "predictor had not seen; everything that is fitted is fitted without them. Under the name of a "
    "network that is held out stands the mean over its layers, under its total the error of their "
    "sum. * marks the default."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "--accelerator", action="append", default=[], metavar="NAME", help="only this accelerator"
    )
    parser.add_argument(
        "--predictor", action="append", default=[], metavar="NAME", help="only this predictor"
    )
    parser.add_argument(
        "--scheme",
        choices=tuple(SCHEMES),
        help="only this way to hold layers out (with --layers: default leave-one-network-out)",
    )
    parser.add_argument(
        "--layers", action="store_true", help="show predicted against measured for each layer"
    )
    add_output_arguments(parser)


def execute(args: argparse.Namespace) -> int:
    """Print the errors."""
    registry = registry_for(args)
    accelerators = _accelerators(registry, args.accelerator)
    if not accelerators:
        raise FodlamError(registry.nothing_installed("accelerator"))
    known = {
        name
        for accelerator in accelerators
        for predictor in accelerator.predictors
        for name, _ in known_variants(predictor)
    }
    for name in args.predictor:
        if name not in known:
            raise UnknownNameError(unknown("predictor", name, known))
    schemes = [args.scheme] if args.scheme else list(SCHEMES)
    if args.layers and not args.scheme:
        schemes = schemes[:1]
    with stdout_to_stderr():  # a predictor that prints must not spoil the data
        results = validate(accelerators, args.predictor, schemes)
    if not results:
        asked = [*args.predictor, *args.accelerator]
        which = f"for {listed(asked)} " if asked else ""
        raise FodlamError(f"{which}there is no measured layer that could be held out")
    emit(_layer_report(results) if args.layers else _report(results), args)
    failures = list(dict.fromkeys(each.failure for each in results if each.failure))
    if failures and (args.predictor or args.accelerator):
        raise FodlamError(*failures)
    if args.layers:  # where they have no rows that could say it
        warn(failures)
    return 0


def _accelerators(registry: Registry, asked: Sequence[str]) -> list[Accelerator]:
    """Return the accelerators that are asked for; by default all that are right."""
    accelerators = []
    for name in dict.fromkeys(asked or registry.names("accelerator")):
        try:
            accelerator = registry.accelerator(name)
            plugin = registry.providers["accelerator", name]
            accelerators.append(guarded_accelerator(accelerator, plugin))
        except PluginError as error:
            if asked:
                raise
            warn([str(error)])
    return accelerators


def _report(results: Sequence[Validation]) -> Report:
    records = [record for each in results for record in each.records()]

    def rows() -> list[dict[str, Any]]:
        flat = []
        for record in records:
            row = {name: value for name, value in record.items() if not isinstance(value, dict)}
            row["folds"] = "; ".join(
                f"{fold['held_out']} {fold['mape']}" for fold in record["folds"]
            )
            row["totals"] = "; ".join(f"{name} {value}" for name, value in record["totals"].items())
            flat.append({**row, "notes": "; ".join(record["notes"])})
        return flat

    return Report(lambda: list(_documents(results)), lambda: records, rows)


def _documents(results: Sequence[Validation]) -> Iterator[Document]:
    for (accelerator, kind), group in groupby(results, lambda each: (each.accelerator, each.kind)):
        every = list(group)
        blocks: list[Text | Table] = [Text(HOW)]
        for scheme in dict.fromkeys(each.scheme for each in every):
            blocks += [Text(f"{scheme}:"), *_tables([x for x in every if x.scheme == scheme])]
        notes: dict[str, dict[str, None]] = {}
        for each in every:
            for note in each.notes:
                about = note if note in (*each.caveats, each.failure) else f"{each.scheme} {note}"
                notes.setdefault(about, {})[each.predictor] = None
        bullets = [f"{', '.join(names)}: {about}" for about, names in notes.items()]
        yield Document(
            f"{accelerator}, {kind}", (*blocks, *([Bullets("Notes", bullets)] if bullets else []))
        )


def _tables(results: Sequence[Validation]) -> Iterator[Table]:
    """Return the errors of one scheme, and for whole networks those of each network as well."""
    records = [record for each in results for record in each.records()]
    defaults = {each.predictor for each in results if each.default}
    names = [
        (record["predictor"] + (" *" if record["predictor"] in defaults else ""))
        if record["metric"] == METRICS[0]
        else ""
        for record in records
    ]
    rows = (
        (
            name,
            record["metric"],
            *(_error(record[what]) for what in ("mape", "median", "worst")),
            record["worst_layer"] or "-",
        )
        for name, record in zip(names, records, strict=True)
    )
    header = ("predictor", "metric", "error", "median", "worst", "worst layer")
    yield table(header, rows, "error, median, worst")
    if results[0].scheme != "leave-one-network-out":
        return
    networks = list(dict.fromkeys(x["held_out"] for record in records for x in record["folds"]))
    totals = [f"{network} total" for network in networks]
    cells = []
    for name, record in zip(names, records, strict=True):
        means = {fold["held_out"]: fold["mape"] for fold in record["folds"]}
        cells.append(
            (
                name,
                record["metric"],
                *(_error(means.get(network)) for network in networks),
                *(_error(record["totals"].get(network), "+") for network in networks),
            )
        )
    yield table(("predictor", "metric", *networks, *totals), cells, ",".join((*networks, *totals)))


def _error(error: float | None, sign: str = "") -> str:
    return "-" if error is None else f"{100 * error:{sign}.1f} %"


def _layer_report(results: Sequence[Validation]) -> Report:
    records = [record for each in results for record in each.layer_records()]
    columns = ("latency_s", "s"), ("energy_j", "J")

    def document() -> Document:
        cells = [
            [
                f"{row['accelerator']} {row['predictor']}",
                f"{row['network']} {row['layer']}",
                *(
                    text
                    for name, unit in columns
                    for text in (
                        quantity(row[f"measured_{name}"], unit),
                        quantity(row[f"predicted_{name}"], unit),
                        f"{100 * row[name.rpartition('_')[0] + '_error']:+.1f} %",
                    )
                ),
            ]
            for row in records
        ]
        numbers = (
            "measured latency",
            "predicted",
            "error",
            "measured energy",
            "predicted",
            "error",
        )
        scheme = results[0].scheme if results else "nothing measured"
        return Document(
            f"Predicted against measured, {scheme}",
            (table(("predictor", "layer", *numbers), cells, ",".join(numbers)),),
        )

    return Report(lambda: [document()], lambda: records, lambda: records)
