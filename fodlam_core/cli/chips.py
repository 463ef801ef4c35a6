"""``fodlam-core chips``: what is known of chips and their operating points."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from fodlam_core.analyses.known_chips import Chip, Chips, known_chips
from fodlam_core.cli.common import add_action, add_output_arguments, emit, registry_for
from fodlam_core.config.asked import with_chip_files
from fodlam_core.errors import FodlamError, unknown
from fodlam_core.estimates.operators import strange_operators
from fodlam_core.report.document import Bullets, Document, Text, table
from fodlam_core.report.report import Report
from fodlam_core.report.units import deviation, percent, quantity

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from fodlam_core.accelerators import Accelerator

FILTERS = ("device", "precision", "provenance", "vendor")
MEASURED = ("layers", "networks", "energy")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command and of its action."""
    actions = parser.add_subparsers(metavar="ACTION", title="actions")
    show = add_action(actions, "show", _show, "show what is known of one chip, and its sources")
    show.add_argument("name", metavar="NAME", help="a chip, chip/point, or a data file")
    for name in FILTERS:
        parser.add_argument(f"--{name}", metavar="WORD", help=f"only chips of this {name}")
    parser.add_argument("--node", type=float, metavar="NM", help="only chips of this node")
    parser.add_argument("--measured", choices=MEASURED, help="only chips with these measurements")
    parser.add_argument(
        "--match",
        metavar="PATTERN",
        help="only names of a pattern, such as jetson-*/*",
    )
    add_output_arguments(parser)
    parser.set_defaults(act=_list)


def execute(args: argparse.Namespace) -> int:
    """List the chips, or show one."""
    emit(args.act(args), args)
    return 0


def _list(args: argparse.Namespace) -> Report:
    registry = registry_for(args)
    names = registry.matching(args.match) if args.match else None
    chips = tuple(known_chips(registry, names))
    _check_words(chips, args)
    found = Chips(tuple(chip for chip in chips if _is_wanted(chip, args)))
    return Report(lambda: [found.document()], found.to_dict, found.to_rows)


def _check_words(chips: Sequence[Chip], args: argparse.Namespace) -> None:
    """Check that each word occurs; raises `FodlamError` with a line for each that does not."""
    wrong = []
    for name in FILTERS:
        known = {str(chip.facts[name]) for chip in chips if chip.facts.get(name)}
        word = getattr(args, name)
        if word and not any(word.lower() in each.lower() for each in known):
            known_words = unknown(name, word, known) if known else f"no chip here states its {name}"
            wrong.append(f"--{name}: {known_words}")
    nodes = {chip.facts["node_nm"] for chip in chips if chip.facts.get("node_nm")}
    if args.node is not None and args.node not in nodes:
        listed = f"there are: {', '.join(f'{node:g}' for node in sorted(nodes))}"
        stated = listed if nodes else "no chip here states its node"
        wrong.append(f"--node: no chip here is of {args.node:g} nm; {stated}")
    if wrong:
        raise FodlamError(*wrong)


def _is_wanted(chip: Chip, args: argparse.Namespace) -> bool:
    facts = chip.facts
    if any(
        getattr(args, name)
        and getattr(args, name).lower() not in str(facts.get(name) or "").lower()
        for name in FILTERS
    ):
        return False
    if args.node is not None and facts.get("node_nm") != args.node:
        return False
    if args.measured == "energy":
        return facts.get("energy_error") is not None or bool(facts.get("energy"))
    return not args.measured or bool(facts.get(args.measured))


def _show(args: argparse.Namespace) -> Report:
    registry, [name] = with_chip_files(registry_for(args), [args.name])
    accelerator = registry.accelerator(name)
    chip = accelerator.name.partition("/")[0]
    points = [each for each in known_chips(registry) if each.chip == chip]
    record = _record(accelerator, points)
    return Report(lambda: [_shown(accelerator, points)], lambda: record, lambda: [record])


def _record(accelerator: Accelerator, points: Sequence[Chip]) -> dict[str, Any]:
    errors = {
        predictor: {quantity: each.record() for quantity, each in found.items()}
        for predictor, found in accelerator.cross_validated.items()
    }
    return {
        **next((p.to_dict() for p in points if p.name == accelerator.name), {}),
        "citation": accelerator.citation.key,
        "source": str(accelerator.citation),
        "notes": [*accelerator.notes, *strange_operators(accelerator)],
        "predictors": [predictor.name for predictor in accelerator.predictors],
        "cross_validated": errors,
        "points": [point.name for point in points],
    }


def _shown(accelerator: Accelerator, points: Sequence[Chip]) -> Document:
    return Document(
        f"{accelerator.name}: {accelerator.title}",
        (
            table(("fact", "value"), _facts(accelerator)),
            *_errors(accelerator),
            Bullets("Operating points", [point.name for point in points]),
            Bullets("Notes", [*accelerator.notes, *strange_operators(accelerator)]),
            Bullets("Source", [str(accelerator.citation)]),
        ),
    )


def _facts(accelerator: Accelerator) -> Iterator[tuple[str, str]]:
    node = accelerator.technology
    yield "kinds of layers", ", ".join(accelerator.kinds)
    yield "process", str(node) if node else "no source states the node: it is never scaled"
    for name in ("precision", "provenance", "vendor", "device", "energy_covers", "latency_is"):
        if getattr(accelerator, name):
            yield name.replace("_", " "), str(getattr(accelerator, name))
    if accelerator.chip_count > 1:
        yield "chips together", str(accelerator.chip_count)
    for what, value, unit in (
        ("peak rate", accelerator.peak_macs_per_s, "MAC/s"),
        ("memory bandwidth", accelerator.memory_bandwidth_bytes_per_s, "B/s"),
        ("memory", accelerator.memory_bytes, "B"),
        ("thermal design power", accelerator.tdp_w, "W"),
    ):
        if value is not None:
            yield what, quantity(value, unit)
    yield "measured layers", str(len(accelerator.measurements))
    yield "measured networks", str(len(accelerator.references))
    if accelerator.operators:
        yield "measured operators without MACs", str(len(accelerator.operators))
    yield "predictors", ", ".join(each.name for each in accelerator.predictors) or "none"


def _errors(accelerator: Accelerator) -> Iterator[Any]:
    rows = [
        (
            predictor,
            name,
            percent(each.mape),
            percent(each.median),
            deviation(1.0, (math.exp(-each.half_width), math.exp(each.half_width))),
            each.scheme,
            str(each.groups),
            str(each.runs),
        )
        for predictor, found in accelerator.cross_validated.items()
        for quantity, error in found.items()
        for name, each in (
            (quantity, error),
            *((f"{quantity}, {kind}", own) for kind, own in error.kinds.items()),
        )
    ]
    if rows:
        header = ("predictor", "quantity", "error", "median", "90 % interval", "held out")
        yield table((*header, "groups", "runs"), rows, "error, median, groups, runs")
    elif accelerator.predictors:
        yield Text("not cross-validated yet: fodlam-core validate computes the errors")
