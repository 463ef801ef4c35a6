"""``fodlam-core validate``: how far every predictor is off, by cross-validation."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from fodlam_core.analyses.validated import asked_chips, named_chips
from fodlam_core.cli.common import add_output_arguments, emit, registry_for, warn
from fodlam_core.cli.plot import add_plot_argument, check_plot, page_extras, plot
from fodlam_core.cli.progress import progress
from fodlam_core.errors import FodlamError, UnknownNameError, listed, unknown
from fodlam_core.model import quantities
from fodlam_core.plugins import stdout_to_stderr
from fodlam_core.report.document import Bullets, Document, Table, Text, table
from fodlam_core.report.report import Report
from fodlam_core.report.units import quantity
from fodlam_core.validation.folds import SCHEMES
from fodlam_core.validation.scores import Validation, known_variants, validate

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from matplotlib.axes import Axes

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.plugins.registry import Registry

HOW = (
    "Mean absolute error against the published costs of one inference, for layers that the "
    "predictor has not seen; all fits leave them out. The column of a held-out network has the "
    "mean over its layers, that of its total the error of their sum. * marks the default."
)

FEW = (
    "Intervals are nominal 90 %; in interval: how often one that has not seen the layer holds it. "
    "With two networks no claim that makes no assumption on distributions exceeds two thirds."
)

STORED = (
    "Of {}, the errors came with the tables; without --summary all is computed, with the share "
    "within 10 % and in intervals."
)

NAMES = tuple(metric.name for metric in quantities.METRICS)
PARTS = {"mape": "error", "within_10_percent": "within 10 %", "coverage": "in interval"}
# What a summary shows, by the key of its JSON.
SUMMARY = {f"{name}_{key}": f"{name} {part}" for name in NAMES for key, part in PARTS.items()}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "chips",
        nargs="*",
        metavar="CHIP",
        help="a chip, a point or a pattern of them, the data file of a chip, or a configuration; "
        "by default every chip that is installed",
    )
    parser.add_argument(
        "--summary",
        action="store_true",
        help="one line for each chip and kind: the default predictor, one network held out",
    )
    parser.add_argument(
        "--node",
        type=float,
        metavar="NM",
        help="carry predicted and published costs to a node; waiting for memory is not scaled",
    )
    parser.add_argument(
        "--scaler", metavar="RULE", help="the scaling rule for --node (default: post-dennard)"
    )
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
    add_output_arguments(parser, "html")
    add_plot_argument(parser)


def execute(args: argparse.Namespace) -> int:
    """Print the errors."""
    check_plot(args)
    if args.scaler and args.node is None:
        raise FodlamError("--scaler: needs --node")
    registry = registry_for(args)
    accelerators = asked_chips(registry, args.chips)
    if args.accelerator or not args.chips:
        accelerators += named_chips(registry, args.accelerator, warn)
    if not accelerators:
        raise FodlamError(registry.nothing_installed("accelerator"))
    _check_predictors(args.predictor, accelerators)
    schemes = [args.scheme] if args.scheme else list(SCHEMES)
    if (args.layers or args.summary) and not args.scheme:
        schemes = schemes[:1]
    results = _validated(accelerators, schemes, args)
    if args.node is not None:
        results = _at_node(results, accelerators, args, registry)
    if not results:
        asked = [*args.predictor, *args.accelerator, *args.chips]
        which = f"for {listed(asked)} " if asked else ""
        raise FodlamError(f"{which}there is no measured layer that could be held out")
    _show(results, accelerators, args)
    failures = list(dict.fromkeys(each.failure for each in results if each.failure))
    if failures and (args.predictor or args.accelerator or args.chips):
        raise FodlamError(*failures)
    if args.layers:  # where they have no rows that could say it
        warn(failures)
    return 0


def _validated(
    accelerators: Sequence[Accelerator], schemes: Sequence[str], args: argparse.Namespace
) -> list[Validation]:
    """Return what is asked for; for a summary, what is stored where it need not be computed."""
    quick = args.summary and not args.predictor
    needs_layers = args.node is not None or args.plot is not None or args.format == "html"
    # A predictor that prints must not spoil the data.
    with stdout_to_stderr(), progress(quiet=False, what="chips") as watch:
        return validate(
            accelerators,
            args.predictor,
            schemes,
            defaults_only=quick,
            stored=quick and not needs_layers,
            watch=watch,
        )


def _check_predictors(names: Sequence[str], accelerators: Sequence[Accelerator]) -> None:
    """Check that each predictor is one of an accelerator; raises `UnknownNameError`."""
    known = {
        name
        for accelerator in accelerators
        for predictor in accelerator.predictors
        for name, _ in known_variants(predictor)
    }
    for name in names:
        if name not in known:
            raise UnknownNameError(unknown("predictor", name, known))


def _show(
    results: Sequence[Validation], accelerators: Sequence[Accelerator], args: argparse.Namespace
) -> None:
    """Draw and print what is asked for."""
    citations = [chip.citation for chip in accelerators]

    def figure() -> list[Axes]:
        from fodlam_core.figures.predictions import predictions

        return predictions(results, map(str, citations))[:1]

    def figures() -> list[Axes]:
        from fodlam_core.figures.panels import panels

        return [*figure(), *panels(results, map(str, citations))]

    plot(args, figures)
    report = _asked_report(results, args)
    emit(report._replace(extras=lambda: page_extras(args, figure, citations)), args)


def _asked_report(results: Sequence[Validation], args: argparse.Namespace) -> Report:
    if args.summary:
        return _summary([each for each in results if each.default] or results)
    return _layer_report(results) if args.layers else _report(results)


def _at_node(
    results: Sequence[Validation],
    accelerators: Sequence[Accelerator],
    args: argparse.Namespace,
    registry: Registry,
) -> list[Validation]:
    """Return the validations at a node, those of chips that cannot be scaled left out.

    Raises:
        FodlamError: if no chip can be carried there.
    """
    from fodlam_core.config import AcceleratorConfig, TechnologyConfig
    from fodlam_core.estimates.scaling import scaling
    from fodlam_core.validation.scaled import scaled_validation

    asked = TechnologyConfig(node_nm=args.node, scaler=args.scaler)
    factors, refusals = {}, []
    for chip in accelerators:
        try:
            factors[chip.name] = scaling(chip, AcceleratorConfig(), asked, registry).factors
        except FodlamError as error:
            refusals.append(error)
    if not factors:
        raise FodlamError(*refusals)
    warn([str(error) for error in refusals])
    return [
        scaled_validation(each, factors[each.accelerator])
        for each in results
        if each.accelerator in factors
    ]


def _summary(results: Sequence[Validation]) -> Report:
    """Return one row for each chip and kind, with both quantities."""
    keys = ("mape", "within_10_percent", "rank_correlation", "coverage")
    rows = []
    for each in results:
        records = {record["metric"]: record for record in each.records()}
        row: dict[str, Any] = {
            "accelerator": each.accelerator,
            "kind": each.kind,
            "predictor": each.predictor,
            "scheme": each.scheme,
            "networks": records[NAMES[0]]["networks"],
        }
        for metric in NAMES:
            row |= {f"{metric}_{key}": records[metric][key] for key in keys}
        rows.append(row)

    def document() -> Document:
        blocks: list[Text | Table] = [*_summary_tables(rows), Text(FEW)]
        if kept := len({each.accelerator for each in results if each.stored}):
            blocks.append(Text(STORED.format("1 chip" if kept == 1 else f"{kept:,} chips")))
        schemes = ", ".join(dict.fromkeys(each.scheme for each in results))
        return Document(f"Default predictors, {schemes}", tuple(blocks))

    return Report(lambda: [document()], lambda: rows, lambda: rows)


def _summary_tables(rows: Sequence[dict[str, Any]]) -> Iterator[Table]:
    """Yield a table for the rows that tell the same quantities alike, without empty columns."""
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        told = tuple(column for column in SUMMARY if row[column] is not None)
        alike.setdefault(tuple(dict.fromkeys(map(_told_as, told))), []).append(row)
    labels = ("chip", "kind", "predictor", "networks")
    for group in alike.values():
        columns = [[str(row[name]) for row in group] for name in ("accelerator", *labels[1:])]
        known = [name for name in SUMMARY if any(row[name] is not None for row in group)]
        shown = known or ["latency_mape"]
        columns += [[_error(row[name]) for row in group] for name in shown]
        header = (*labels, *(SUMMARY[name] for name in shown))
        yield table(header, zip(*columns, strict=True), ", ".join(header[3:]))


def _told_as(column: str) -> str:
    """Return the quantity of an error; a share within 10 % or in intervals is one of its own."""
    return column if column.endswith("_mape") else ""


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
        record["predictor"] + (" *" if record["predictor"] in defaults else "")
        for record in records
    ]
    rows = (
        (
            name,
            record["metric"],
            *(_error(record[what]) for what in ("mape", "median", "worst", "rmspe")),
            _error(record["within_10_percent"]),
            "-" if record["rank_correlation"] is None else f"{record['rank_correlation']:.2f}",
            _error(record["coverage"]),
            record["worst_layer"] or "-",
        )
        for name, record in zip(names, records, strict=True)
    )
    numbers = ("error", "median", "worst", "rmspe", "within 10 %", "rank", "in interval")
    header = ("predictor", "metric", *numbers, "worst layer")
    yield table(header, rows, ", ".join(numbers), "median, rmspe, rank")
    if results[0].scheme != "leave-one-network-out":
        return
    networks = list(dict.fromkeys(x["held_out"] for record in records for x in record["folds"]))
    if not networks:
        return
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

    def document() -> Document:
        cells = [
            [
                f"{row['accelerator']} {row['predictor']}",
                f"{row['network']} {row['layer']}",
                *(
                    text
                    for metric in quantities.METRICS
                    for text in (
                        quantity(row[f"measured_{metric.key}"], metric.unit),
                        quantity(row[f"predicted_{metric.key}"], metric.unit),
                        _error(row[f"{metric.name}_error"], "+"),
                    )
                ),
            ]
            for row in records
        ]
        numbers = [
            heading for name in NAMES for heading in (f"measured {name}", "predicted", "error")
        ]
        scheme = ", ".join(dict.fromkeys(each.scheme for each in results)) or "nothing measured"
        return Document(
            f"Predicted against measured, {scheme}",
            (table(("predictor", "layer", *numbers), cells, ",".join(numbers)),),
        )

    return Report(lambda: [document()], lambda: records, lambda: records)
