"""The analyses as scripts and notebooks call them: names and files in, results with rows out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fodlam_core.config import Config, NetworkConfig
from fodlam_core.config.asked import asked_config, with_chip_files
from fodlam_core.model.layers import Network
from fodlam_core.plugins.patterns import ALL
from fodlam_core.plugins.registry import Registry, default_registry

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from fodlam_core.analyses.comparison import Comparison
    from fodlam_core.analyses.diff import Differences
    from fodlam_core.analyses.known_chips import Chips
    from fodlam_core.analyses.ranking import Ranking
    from fodlam_core.estimates import Estimate

    Asked = str | os.PathLike[str] | Config | Network
    Saved = str | Mapping[str, Any] | Estimate


def rank(
    network: Asked,
    on: str | Sequence[str] = ALL,
    *,
    sort: str = "latency",
    points: bool = False,
    device: str | None = None,
    registry: Registry | None = None,
) -> Ranking:
    """Return chips in the order of what a network costs on each, every chip alone.

    Args:
        network: a network, its name or file, or a configuration, whose dispatch is set aside.
        on: names and patterns of chips, or data files of chips.
        sort: ``"latency"``, ``"energy"``, ``"edp"``, their product, or ``"error"``.
        points: whether every operating point is ranked, not the default ones.
        device: only devices of a kind, such as ``"phone"``.
        registry: the chips; by default everything installed.

    Raises:
        FodlamError: with a line for each mistake.

    >>> from fodlam_core import rank
    >>> [(row["rank"], row["name"], row["method"]) for row in rank("ResNet-18").to_rows()]
    [(1, 'eyeriss', 'predicted'), (None, 'eie', 'predicted')]
    """
    from fodlam_core.analyses.known_chips import are_chips, chosen_chips
    from fodlam_core.analyses.ranking import rank as ranked

    registry = registry or default_registry()
    config, built = _asked(network, registry)
    registry, names = with_chip_files(registry, [on] if isinstance(on, str) else on)
    chosen = chosen_chips(registry, names, points=points, device=device)
    best = not points and are_chips(names)
    return ranked(config, registry, chosen, sort, built, best=best)


def compare(
    config: Asked,
    *,
    scaler: str | Sequence[str] = (),
    accelerator: str | Sequence[str] = (),
    predictor: str | Sequence[str] = (),
    batch: int | str | Sequence[int | str] = (),
    registry: Registry | None = None,
) -> Comparison:
    """Return one configuration under every combination of choices, side by side.

    Args:
        config: a configuration or its file, a network, its name or file.
        scaler: rules; ``"all"`` for all that are installed, which is the default if nothing else
            is chosen.
        accelerator: accelerators, each for every kind of layer that it serves; patterns, or
            ``"all"``.
        predictor: predictors, on every layer as if none had been published; or ``"all"``.
        batch: inferences, or ``"published"``.
        registry: the accelerators and rules to use; by default everything installed.

    Raises:
        FodlamError: with a line for each mistake. A choice that cannot be met is a row that says
            why.

    >>> from fodlam_core import compare
    >>> for row in compare("VGG16", batch=[1, 2]).to_rows():
    ...     print(row["batch"], row["name"], f"{row['latency_s']:.3f} s")
    1 eyeriss + eie 1.437 s
    2 eyeriss + eie 2.873 s
    """
    from fodlam_core.analyses.choices import variants
    from fodlam_core.analyses.comparison import compare as compared
    from fodlam_core.analyses.comparison import compared_network
    from fodlam_core.config.chip_files import files_in_config, with_files

    registry = registry or default_registry()
    asked, built = _asked(config, registry)
    given = {
        "scaler": scaler,
        "accelerator": accelerator,
        "predictor": predictor,
        "batch": batch,
    }
    names = {
        what: [str(each) for each in ([value] if isinstance(value, str | int) else value)]
        for what, value in given.items()
        if value != ()
    }
    network = built or compared_network(asked, registry)
    known, _ = with_files(registry, files_in_config(asked.accelerator))
    chosen = variants(asked, network, known, names or {"scaler": [ALL]})
    return compared(asked, chosen, registry, network)


def diff(a: Saved, b: Saved) -> Differences:
    """Return which input changed which number, of two results.

    Args:
        a: an estimate, what its ``to_dict`` returned, or a file saved by ``run --format json``.
        b: the other one.

    Raises:
        FodlamError: if a file is not a saved result.

    >>> from fodlam_core import Config, NetworkConfig, diff, estimate
    >>> one, two = (estimate(Config(NetworkConfig("VGG16", batch=n))) for n in (1, 2))
    >>> row = diff(one, two).to_rows()[0]
    >>> row["name"], row["number"], row["ratio"], row["because"]
    ('CONV1-1', 'latency_s', 2.0, 'network.batch')
    """
    from fodlam_core.analyses.diff import differences

    return differences(_saved(a), _saved(b))


def chips(on: str | Sequence[str] = (), *, registry: Registry | None = None) -> Chips:
    """Return what is known of chips and their operating points.

    Args:
        on: names and patterns, such as ``"jetson-*/*"``; by default everything.
        registry: the chips; by default everything installed.

    Raises:
        FodlamError: if no chip answers to a pattern.

    >>> from fodlam_core import chips
    >>> [(row["name"], row["node_nm"]) for row in chips(["eie", "eyeriss"]).to_rows()]
    [('eie', 45), ('eyeriss', 65)]
    """
    from fodlam_core.analyses.known_chips import Chips, known_chips

    registry = registry or default_registry()
    patterns = [on] if isinstance(on, str) else list(on)
    names = {name for pattern in patterns for name in registry.matching(pattern)}
    return Chips(tuple(known_chips(registry, names if patterns else None)))


def _asked(what: Asked, registry: Registry) -> tuple[Config, Network | None]:
    if isinstance(what, Network):
        return Config(NetworkConfig(), source=what.name), what
    return (what if isinstance(what, Config) else asked_config(what, registry)), None


def _saved(result: Saved) -> Mapping[str, Any]:
    from fodlam_core.analyses.saved import as_saved, load_result

    if isinstance(result, str):
        return load_result(result)
    return as_saved(result if isinstance(result, Mapping) else result.to_dict())
