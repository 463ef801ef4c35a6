"""``measure --import``: times that something else measured, of layers or of whole networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.errors import FodlamError
from fodlam_core.measure.sessions import Setting
from fodlam_core.report.units import counted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.measure.found import Found
    from fodlam_core.model.layers import Network
    from fodlam_core.plugins.registry import Registry

ONE = "at most one --precision, --threads and --batch"


def taken_over(
    args: argparse.Namespace, networks: Callable[[Sequence[str]], Sequence[Network]]
) -> Found:
    """Return the times in the file that ``--import`` names.

    Args:
        args: the arguments of the command.
        networks: returns networks by name or file.

    Raises:
        FodlamError: if the file cannot be read, or does not have what it should.
    """
    from fodlam_core.measure.totals import is_totals

    if not len(args.precision) == len(args.threads) == len(args.batch) == 1:
        raise FodlamError(f"--import: give {ONE}")
    if is_totals(args.source):
        return _of_networks(args, networks)
    if args.prior:
        raise FodlamError("--prior: only for times of whole networks, with the columns network,ms")
    return _of_layers(args, networks)


def _setting(args: argparse.Namespace) -> Setting:
    return Setting(args.provider.lower(), args.precision[0], args.threads[0])


def _of_layers(
    args: argparse.Namespace, networks: Callable[[Sequence[str]], Sequence[Network]]
) -> Found:
    from fodlam_core.measure.chip_read import read_chip
    from fodlam_core.measure.found import Found, Task, Whole
    from fodlam_core.measure.fused_names import fused_names
    from fodlam_core.measure.imports import imported
    from fodlam_core.measure.selection import Item

    if len(args.networks) != 1:
        raise FodlamError(f"--import: name the one network whose times the file has, and {ONE}")
    [network] = networks(args.networks)
    setting = _setting(args)
    [source] = args.networks
    others = fused_names(source) if source.lower().endswith(".onnx") else {}
    result = imported(args.source, network, others)
    found = read_chip(args.output, (), ()) if args.resume else Found()
    for item, sample in result.layers:
        task = Task(setting, args.batch[0], Item(*item))
        found.layers[task.key] = task, sample
    if result.whole is not None:
        key = setting.name, network.name, args.batch[0]
        found.networks[key] = Whole(network, where="runs in the profile"), result.whole
    found.skipped += result.notes
    return found


def _of_networks(
    args: argparse.Namespace, networks: Callable[[Sequence[str]], Sequence[Network]]
) -> Found:
    from fodlam_core.measure.found import Found, Whole
    from fodlam_core.measure.timing import Sample
    from fodlam_core.measure.totals import read_totals

    if args.networks or args.resume:
        raise FodlamError(
            f"--import: {args.source} names its networks; leave NETWORK and --resume out"
        )
    times = read_totals(args.source)
    setting, found = _setting(args), Found()
    for network, seconds in zip(networks(list(times)), times.values(), strict=True):
        key = setting.name, network.name, args.batch[0]
        whole = Whole(network, where="whole runs", calibration=True)
        found.networks[key] = whole, Sample.of(seconds)
    return found


def prior(args: argparse.Namespace, registry: Registry) -> list[Accelerator]:
    """Return the chips that ``--prior`` names.

    Raises:
        FodlamError: if they tell too little, or are not of one kind.
    """
    from fodlam_core.analyses.validated import asked_chips
    from fodlam_core.measure.totals import prior_terms

    others = asked_chips(registry, args.prior)
    prior_terms(others)
    return others


def report_totals(args: argparse.Namespace, found: Found, others: Sequence[Accelerator]) -> None:
    """Write the fit of a chip that is known by whole networks, and print what it predicts with."""
    from fodlam_core.measure.totals import write_fits

    networks = {name: whole.network for (_, name, _), (whole, _) in found.networks.items()}
    for point, told in write_fits(args.output, networks, others).items():
        known = counted(len(networks), "measured network")
        print(f"{point}: {known}; other networks: {told}")
    print(f"use it with: fodlam-core run NETWORK --on {args.output}")
