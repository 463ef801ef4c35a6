"""``fodlam-core measure``: the data file of the machine at hand."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from fodlam_core.cli.common import registry_for, warn
from fodlam_core.cli.progress import progress
from fodlam_core.errors import FodlamError
from fodlam_core.measure.layer_models import PRECISIONS
from fodlam_core.measure.selection import EFFORTS, default_networks, items
from fodlam_core.measure.sessions import Setting, provider_named, runtime
from fodlam_core.report.units import counted, percent
from fodlam_core.report.write import write

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fodlam_core.measure.about import About
    from fodlam_core.measure.found import Found, Whole
    from fodlam_core.measure.machine import Machine
    from fodlam_core.model.layers import Network
    from fodlam_core.plugins.registry import Registry

MOST_TOLD = 10
# A default network whose weights are more than this is not run as a whole.
MOST_WEIGHTS = 30_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "networks",
        nargs="*",
        metavar="NETWORK",
        help="networks by name, or network files, whose layers are measured (default: a set that "
        "covers forms and sizes)",
    )
    parser.add_argument("-o", "--output", metavar="FILE", required=True, help="the header, *.toml")
    parser.add_argument("--name", help="what the chip is called (default: the name of FILE)")
    effort = parser.add_mutually_exclusive_group()
    for name, text in (("quick", "about 20 s"), ("thorough", "five minutes")):
        effort.add_argument(
            f"--{name}",
            dest="effort",
            action="store_const",
            const=name,
            default="normal",
            help=f"{text} for each operating point (default: a minute)",
        )
    parser.add_argument(
        "--provider",
        default="cpu",
        metavar="NAME,..",
        help="execution providers of onnxruntime (default: cpu)",
    )
    parser.add_argument(
        "--threads",
        type=_counts,
        default=(1,),
        metavar="N,..",
        help="threads within a layer (default: 1)",
    )
    parser.add_argument(
        "--precision",
        type=_precisions,
        default=("fp32",),
        metavar="NAME,..",
        help=f"some of {', '.join(PRECISIONS)} (default: fp32)",
    )
    parser.add_argument(
        "--batch",
        type=_counts,
        default=(1,),
        metavar="N,..",
        help="inferences at a time (default: 1)",
    )
    parser.add_argument(
        "--power-w",
        type=_watts,
        metavar="WATTS",
        help="a constant power, for machines without an energy counter",
    )
    parser.add_argument(
        "--import",
        dest="source",
        metavar="FILE",
        help="measure nothing; take the times of one NETWORK from a profile of onnxruntime (JSON) "
        "or a CSV file with the columns layer and ms, or those of whole networks from one with the "
        "columns network and ms",
    )
    parser.add_argument(
        "--prior",
        type=lambda text: text.split(","),
        default=(),
        metavar="CHIP,..",
        help="chips, points or patterns that behave alike, if --import has few networks",
    )
    there = parser.add_mutually_exclusive_group()
    there.add_argument("--resume", action="store_true", help="continue the FILE that exists")
    there.add_argument("--replace", action="store_true", help="replace the FILE that exists")
    parser.add_argument("-q", "--quiet", action="store_true", help="show no progress")


def execute(args: argparse.Namespace) -> int:
    """Measure, write the file, and show how well it predicts."""
    from fodlam_core.cli.measured import report
    from fodlam_core.cli.taken_over import prior, report_totals, taken_over
    from fodlam_core.measure.about import power_note
    from fodlam_core.measure.chip_file import write_chip

    _check_output(args)
    about = _about(args)
    registry = registry_for(args)
    if args.source:
        found = taken_over(args, lambda names: _asked(names, registry).networks)
        others = prior(args, registry)  # before anything is written
    elif args.prior:
        raise FodlamError("--prior: only for times of whole networks with --import")
    else:
        found = _measured(args, registry, metered=about.power_w is None)
        about = about.noted(*_remarks(found, metered=about.power_w is None))
    if about.power_w is not None:
        about = about.noted(power_note(about.power_w))
    if not found.layers and not (args.source and found.networks):
        why = found.skipped[:MOST_TOLD] or ["it was interrupted before a layer was done"]
        raise FodlamError("nothing was measured, and nothing is written", *why)
    write_chip(args.output, about, found, update=args.resume)
    warn(found.skipped[:MOST_TOLD])
    if len(found.skipped) > MOST_TOLD:
        warn([f"... and {len(found.skipped) - MOST_TOLD} more are left out"])
    if found.interrupted:
        print(
            f"interrupted: {args.output} has {len(found.layers)} shapes; the same command with "
            "--resume continues",
            file=sys.stderr,
        )
        return 130
    if found.layers:
        report(args.output, found)
    else:
        report_totals(args, found, others)
    return 0


def _counts(text: str) -> tuple[int, ...]:
    parts = text.split(",")
    if not all(part.strip().isdigit() and 0 < int(part) <= 4096 for part in parts):
        raise argparse.ArgumentTypeError(f"{text!r}: expected whole numbers from 1 on, as in 1,8")
    return tuple(dict.fromkeys(map(int, parts)))


def _precisions(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    if not set(names) <= set(PRECISIONS):
        raise argparse.ArgumentTypeError(f"{text!r}: expected some of {', '.join(PRECISIONS)}")
    return names


def _watts(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1e6:
        raise argparse.ArgumentTypeError(f"{text!r} is not a power in watts, such as 15")
    return value


def _check_output(args: argparse.Namespace) -> None:
    """Refuse at once what would be refused once all is measured."""
    path = args.output
    if not path.endswith(".toml"):
        better = f"{os.path.splitext(path)[0]}.toml"
        raise FodlamError(f"--output {path}: the header is a TOML file; name it {better}")
    if os.path.exists(path) and not (args.resume or args.replace):
        raise FodlamError(
            f"{path}: exists already; --resume continues it, --replace measures again"
        )
    if args.resume and not os.path.exists(path):
        raise FodlamError(f"--resume {path}: there is no such file; leave --resume out")
    probe = f"{path}.part"
    try:
        write("", probe)
    except FodlamError as error:
        raise FodlamError(str(error).replace(probe, path)) from error
    os.unlink(probe)


class _Asked(NamedTuple):
    """Networks that are asked for, with the file of each that comes from an ONNX file."""

    networks: list[Network]
    files: dict[str, str]


def _asked(sources: Sequence[str], registry: Registry) -> _Asked:
    from fodlam_core.config.asked import asked_config
    from fodlam_core.estimates.network import configured_network

    asked = _Asked([], {})
    for source in sources:
        network = configured_network(asked_config(source, registry), registry)
        asked.networks.append(network)
        if source.lower().endswith(".onnx"):
            asked.files[network.name] = source
    return asked


def _measured(args: argparse.Namespace, registry: Registry, *, metered: bool) -> Found:
    from fodlam_core.measure.campaign import measure
    from fodlam_core.measure.chip_read import read_chip
    from fodlam_core.measure.found import Found
    from fodlam_core.measure.machine import machine
    from fodlam_core.measure.operator_passes import default_passes, passes_of

    runtime()
    cores = machine().cores
    if max(args.threads) > cores:
        raise FodlamError(
            f"--threads {max(args.threads)}: this process may use "
            f"{counted(cores, 'processor')}; ask for no more"
        )
    providers = [provider_named(name) for name in args.provider.split(",")]
    effort = EFFORTS[args.effort]
    asked = _asked(args.networks, registry)
    chosen, refused = items(asked.networks or default_networks(effort))
    wholes = _wholes(asked, effort.networks)
    found = read_chip(args.output, chosen, wholes) if args.resume else Found()
    passes = list(dict.fromkeys((*default_passes(), *passes_of(asked.networks))))
    found.skipped += refused
    plan = [
        (Setting(provider, precision, threads), batch)
        for provider in providers
        for precision in args.precision
        for threads in args.threads
        for batch in args.batch
    ]
    with progress(quiet=args.quiet, what="measurements", at_once=True) as watch:
        measure(found, plan, chosen, wholes, effort, watch, passes=passes, metered=metered)
    return found


def _wholes(asked: _Asked, names: Sequence[str]) -> list[Whole]:
    from fodlam_core.measure.found import Whole
    from fodlam_core.networks.zoo import zoo_network

    if asked.networks:
        return [
            Whole(each, asked.files[each.name], "the ONNX file, with all its operators")
            if each.name in asked.files
            else Whole(each)
            for each in asked.networks
        ]
    known = [zoo_network(name) for name in names]
    return [
        Whole(each)
        for each in known
        if sum((layer.weights or 0) * layer.repeat for layer in each.layers) <= MOST_WEIGHTS
    ]


def _remarks(found: Found, *, metered: bool) -> tuple[str, ...]:
    from fodlam_core.measure.about import reference_note
    from fodlam_core.measure.timing import WIDE

    samples = [sample for _, sample in found.layers.values()]
    wide = sum(sample.spread > WIDE for sample in samples)
    unknown = sum(sample.energy_j is None for sample in samples)
    lacking = f"; the energy of {unknown} of them is unknown" if metered and found.covers else ""
    notes = [
        (
            f"medians of repeated runs of single layers, in turn; the quartiles of {wide} of "
            f"{len(samples)} shapes are more than {percent(WIDE)} apart{lacking if unknown else ''}"
        ),
        *(
            f"{name}: a call takes {seconds * 1e6:.1f} us, which the rows do not include"
            for name, seconds in found.overheads_s.items()
        ),
        *(reference_note(name, seconds) for name, seconds in found.references_s.items()),
    ]
    if metered and found.covers:
        notes.append("energy includes what the machine takes when idle")
    return tuple(notes)


def _name(args: argparse.Namespace) -> str:
    name: str = args.name or os.path.splitext(os.path.basename(args.output))[0]
    if "/" in name:
        raise FodlamError(f"--name {name}: a name cannot contain '/', which separates a point")
    return name


def _about(args: argparse.Namespace) -> About:
    """Return what the header says, but for what is known of the rows once they are measured.

    Raises:
        FodlamError: if the file that is to be gone on with has rows of another origin.
    """
    import datetime

    from fodlam_core.accelerators.load import load_accelerator
    from fodlam_core.measure.about import About
    from fodlam_core.measure.machine import machine

    here = machine()
    today = datetime.date.today().isoformat()
    notes = [] if args.source else list(_circumstances(here, today))
    about = About(
        name=_name(args),
        machine=here,
        runtime="" if args.source else f"onnxruntime {runtime().__version__}",
        date=today,
        power_w=args.power_w,
        sources=(os.path.basename(args.source),) if args.source else (),
    )
    about = about._replace(notes=(*notes, f"{about.origin}, on {today}"))
    if not args.resume:
        return about
    there = load_accelerator(args.output)
    return about._replace(name=args.name or there.name).going_on(args.output, there)


def _circumstances(here: Machine, today: str) -> Iterator[str]:
    if here.load is not None:
        yield (
            f"{here.load:.1f} processes on {here.cores} cores wanted to run in the minute before, "
            f"on {today}"
        )
    if here.governor is not None:
        yield f"clock set by the governor {here.governor}"
