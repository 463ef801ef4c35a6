"""``fodlam-core compare``: one configuration under several choices, side by side."""

from __future__ import annotations

import argparse

from fodlam_core.cli.common import add_output_arguments, emit, registry_for, warn
from fodlam_core.comparison import FACTORS, Comparison, Outcome, compare
from fodlam_core.composer.preparation import configured_network
from fodlam_core.config import load_config
from fodlam_core.documents import Bullets, Document, Table, Text, table
from fodlam_core.errors import ConfigError
from fodlam_core.output.report import Report
from fodlam_core.plugins import stdout_to_stderr
from fodlam_core.quantities import quantity
from fodlam_core.variants import ALL, variants

CHOICES = {
    "scaler": "scaling rules to compare, or all (the default if nothing else is compared)",
    "accelerator": "accelerators to compare, each for every kind of layer that it serves, or all",
    "predictor": "predictors to compare, on every layer as if none had been published, or all",
    "batch": "batches to compare: numbers, or published",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "config",
        metavar="CONFIG",
        help="a configuration in TOML or in FODLAM's JSON; - for standard input",
    )
    for what, help in CHOICES.items():
        parser.add_argument(f"--{what}", metavar="NAME,...", help=help)
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="TABLE.KEY=VALUE",
        help="override a key of the configuration, such as technology.node_nm=28",
    )
    add_output_arguments(parser)


def execute(args: argparse.Namespace) -> int:
    """Print a row for each combination of choices."""
    registry = registry_for(args)
    config = load_config(args.config, registry, args.set)
    warn(config.warnings)
    asked = {what: getattr(args, what) for what in CHOICES if getattr(args, what) is not None}
    names = {
        what: [name.strip() for name in text.split(",")]
        for what, text in (asked or {"scaler": ALL}).items()
    }
    with stdout_to_stderr():  # a rule that prints must not spoil the data
        network = configured_network(config, registry)
        try:
            chosen = variants(config, network, registry, names)
        except ValueError as error:
            raise ConfigError([f"--batch {args.batch}: {error}"]) from error
        comparison = compare(config, chosen, registry)
    emit(
        Report(lambda: [_document(comparison)], comparison.to_dict, comparison.to_rows),
        args,
    )
    return 0


def _document(comparison: Comparison) -> Document:
    accelerators = comparison.accelerators
    choices = list(comparison.outcomes[0].choices)
    technology = comparison.config.technology
    target = f"{technology.node_nm:g} nm, clock {technology.clock}"
    notes: dict[str, None] = {}
    for each in comparison.outcomes:
        name = ", ".join(each.choices.values())
        notes |= dict.fromkeys(f"{name}: {note}" for note in each.notes)
    refusals = [
        line for each in comparison.outcomes if each.reason for line in each.reason.splitlines()
    ]
    return Document(
        f"{comparison.config.source}, scaled to {target}",
        (
            Text(f"Factors of each accelerator: {', '.join(FACTORS)}"),
            table(
                (*choices, *accelerators, "latency", "energy", "power"),
                (_cells(each, accelerators) for each in comparison.outcomes),
                "latency, energy, power",
            ),
            *([_by_accelerator(comparison)] if len(accelerators) > 1 else []),
            *([Bullets("Refused", refusals)] if refusals else []),
            *([Bullets("Notes", notes)] if notes else []),
        ),
    )


def _cells(outcome: Outcome, accelerators: list[str]) -> list[str]:
    record = outcome.to_dict()
    used = (record["accelerators"].get(name) for name in accelerators)
    return [
        *outcome.choices.values(),
        *(
            " ".join(_number(each["factors"][key]) for key in FACTORS) if each else "-"
            for each in used
        ),
        quantity(record["latency_s"], "s"),
        quantity(record["energy_j"], "J"),
        quantity(record["power_w"], "W"),
    ]


def _by_accelerator(comparison: Comparison) -> Table:
    """Return what each accelerator costs, since one may hide the other in the totals."""
    columns = [
        (name, key, unit)
        for name in comparison.accelerators
        for key, unit in (("latency_s", "s"), ("energy_j", "J"))
    ]
    header = [f"{name} {key.partition('_')[0]}" for name, key, _ in columns]
    cells = []
    for each in comparison.outcomes:
        used = each.to_dict()["accelerators"]
        costs = (quantity(used.get(name, {}).get(key), unit) for name, key, unit in columns)
        cells.append((*each.choices.values(), *costs))
    return table((*comparison.outcomes[0].choices, *header), cells, ", ".join(header))


def _number(factor: float | None) -> str:
    return "-" if factor is None else f"{factor:.4g}"
