"""``fodlam-core run``: the estimate."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from fodlam_core.cli.common import add_output_arguments, emit, registry_for, warn
from fodlam_core.cli.plot import add_plot_argument, check_plot, extras, plot
from fodlam_core.config.asked import alternatives, asked_config, on_chips
from fodlam_core.config.chip_files import chip_file
from fodlam_core.errors import FodlamError
from fodlam_core.estimates import Estimate, prepare
from fodlam_core.estimates.network import configured_network, named_after
from fodlam_core.plugins import stdout_to_stderr
from fodlam_core.report.report import Report
from fodlam_core.report.write import write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from fodlam_core.config import Config
    from fodlam_core.plugins.registry import Registry

ALL_LAYERS = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_config_arguments(parser)
    parser.add_argument(
        "--require-coverage",
        type=_percent,
        metavar="PERCENT",
        help="fail if a smaller share of the MACs asked for has a cost, or if the network has "
        "operators whose MACs are not known",
    )
    parser.add_argument(
        "--explain",
        nargs="?",
        const=ALL_LAYERS,
        metavar="LAYER",
        help="show how each number comes from printed ones, for every layer or for one; "
        "put it after the configurations",
    )
    add_output_arguments(parser, "html", "fodlam")
    add_plot_argument(parser)


def add_config_arguments(
    parser: argparse.ArgumentParser, one: str | None = None, *, short: bool = True
) -> None:
    """Add what to estimate, ``--set`` and the short forms.

    Args:
        parser: the parser of the command.
        one: the name of the argument where exactly one is taken; None for ``configs``.
        short: whether there are short forms.
    """
    parser.add_argument(
        one or "configs",
        nargs=None if one else "+",
        metavar="CONFIG|NETWORK",
        help="a configuration in TOML or in FODLAM's JSON, a network file, or the name of a "
        "network; - for a configuration on standard input",
    )
    if short:
        add_short_forms(parser)
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="TABLE.KEY=VALUE",
        help="override a key of the configurations, such as technology.node_nm=28",
    )


def add_short_forms(parser: argparse.ArgumentParser) -> None:
    """Add ``--on``, and short forms of some keys."""
    parser.add_argument(
        "--on",
        type=_names,
        default=(),
        metavar="CHIP[,CHIP]",
        help="the chips that run the network, such as eyeriss/0.82V, or conv=eyeriss,fc=eie; "
        "no other chip runs any layer; a pattern, or all, is each chip in turn",
    )
    parser.add_argument("--node", metavar="NM", help="process node: technology.node_nm")
    parser.add_argument("--scaler", metavar="RULE", help="scaling rule: technology.scaler")
    parser.add_argument("--batch", metavar="N", help="inferences: network.batch")


def overrides_of(args: argparse.Namespace) -> list[str]:
    """Return what ``--set`` and the short forms override."""
    short = {
        "technology.node_nm": args.node,
        "technology.scaler": args.scaler and f'"{args.scaler}"',
        "network.batch": args.batch if args.batch != "published" else '"published"',
    }
    return [*args.set, *(f"{key}={value}" for key, value in short.items() if value is not None)]


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if not names:
        raise argparse.ArgumentTypeError(f"{text!r} names no chip")
    return names


def execute(args: argparse.Namespace) -> int:
    """Estimate every configuration; print nothing unless all can be."""
    check_plot(args)
    registry = registry_for(args)
    made = estimates(args, registry)
    plot(args, lambda: _figures(made))
    if args.explain is not None:
        _explain(made, args)
    elif args.format == "fodlam":
        from fodlam_core.estimates.fodlam_json import fodlam_json, left_out

        text = fodlam_json(made)
        warn(left_out(made))
        write(text, args.output)
    else:
        emit(_report(made, args), args)
    return 0


def _figures(made: list[Estimate]) -> list[Axes]:
    return [first for each in made for first in (each.plot.layers()[0], *each.plot.rooflines())]


def estimates(args: argparse.Namespace, registry: Registry) -> list[Estimate]:
    """Return the estimate of every configuration, in order.

    Raises:
        FodlamError: with the mistakes of all configurations, if any has one, or if standard
            input is to be read twice. Chips of a pattern that cannot run it are warned of.
    """
    if args.configs.count("-") > 1:
        raise FodlamError("-: standard input can be given once")
    made, problems = [], []
    choices = alternatives(args.on, registry)
    for config in args.configs:
        for on in choices:
            try:
                made.append(_estimate(config, on, args, registry))
            except FodlamError as error:
                if args.debug:
                    raise
                problems.append(error)
    if problems and (not made or len(choices) == 1):
        raise FodlamError(*problems)
    # Where a pattern was given, it is enough that some of its chips can.
    warn("; ".join(each.lines()) for each in problems)
    return made


def _percent(text: str) -> float:
    try:
        value = float(text.removesuffix("%"))
    except ValueError:
        value = -1.0
    if not 0 <= value <= 100:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to 100")
    return value


def _estimate(
    source: str, on: Sequence[str], args: argparse.Namespace, registry: Registry
) -> Estimate:
    chip = _chip(args.on, on, registry)
    config = asked_config(source, registry, overrides_of(args), () if chip else on)
    warn(config.warnings)
    if config.sweep:
        warn([f"{config.source}: [sweep] is ignored here; fodlam-core sweep uses it"])
    with stdout_to_stderr():  # a predictor that prints must not spoil the data
        try:
            estimate = _on(config, registry, chip) if chip else prepare(config, registry).estimate()
        except FodlamError as error:
            hint = "" if chip or len(on) != 1 else _other_point(config, registry, on[0])
            if hint:
                raise FodlamError(error, hint) from error
            raise
    warn(estimate.network.notes)
    if getattr(args, "require_coverage", None) is not None:
        from fodlam_core.estimates.coverage import check_coverage

        check_coverage(estimate, args.require_coverage)
    return estimate


def _chip(asked: Sequence[str], on: Sequence[str], registry: Registry) -> str:
    """Return the one chip that is asked for, where it has several points; empty if none is."""
    if len(on) != 1 or "=" in on[0] or chip_file(on[0]):
        return ""
    from fodlam_core.analyses.known_chips import are_chips

    if not are_chips(asked):
        return ""
    chip = registry.full_name("accelerator", on[0]).partition("/")[0]
    return on[0] if len(registry.points().get(chip, ())) > 1 else ""


def _on(config: Config, registry: Registry, chip: str) -> Estimate:
    """Return the estimate of a chip at the point that it stands for, as `rank` has it."""
    from fodlam_core.analyses.standing import standing

    try:
        network = configured_network(config, registry)
    except FodlamError as error:
        raise named_after(config, error) from error
    found = standing(config, registry, network, chip)
    if found.estimate is not None:
        return found.estimate
    # It is refused: asked for by its name, it says all that is wrong.
    return prepare(on_chips(config, [chip], registry), registry, network).estimate()


def _other_point(config: Config, registry: Registry, name: str) -> str:
    """Say which point of the chip models a network that one of its points refuses; empty: none."""
    from fodlam_core.analyses.standing import standing

    chip, _, point = registry.full_name("accelerator", name).partition("/")
    if not point or chip_file(name):
        return ""
    network = configured_network(config, registry)
    best = standing(config, registry, network, chip)
    if best.estimate is None:
        return ""
    return f"{chip} models {network.name} at another point: --on {best.name}"


def _explain(made: list[Estimate], args: argparse.Namespace) -> None:
    from fodlam_core.cli.explain import explained, explanation_report

    if args.format == "fodlam":
        raise FodlamError("--explain: FODLAM's JSON cannot hold it; use another --format")
    name = None if args.explain == ALL_LAYERS else args.explain
    emit(explanation_report([(each, explained(each, name)) for each in made]), args)


def _report(estimates: list[Estimate], args: argparse.Namespace) -> Report:
    def documents() -> list[Any]:
        from fodlam_core.estimates.columns import estimate_document

        return [estimate_document(each) for each in estimates]

    def data() -> Any:
        from fodlam_core.estimates.json import encoded_layers, estimate_record

        records = [estimate_record(each, encoded_layers(each)) for each in estimates]
        return records[0] if len(records) == 1 else records

    def rows() -> list[dict[str, Any]]:
        return [
            {"config": each.config.source, "network": each.network.name, "batch": each.batch, **row}
            for each in estimates
            for row in each.to_rows()
        ]

    return Report(
        documents=documents,
        data=data,
        rows=rows,
        extras=lambda: extras(
            args, lambda: _figures(estimates), estimates, [each.config for each in estimates]
        ),
    )
