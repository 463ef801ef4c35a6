"""A configuration from what a person names: a file of one, a network file, or a network's name."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import attrs
import tomli

from fodlam_core.config.chip_files import chip_file, with_chip_file
from fodlam_core.config.load import TABLES, load_config
from fodlam_core.config.model import AcceleratorConfig
from fodlam_core.errors import ConfigError, FodlamError, similar
from fodlam_core.networks.zoo import zoo_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fodlam_core.config.model import Config
    from fodlam_core.plugins.registry import Registry

HEAD_BYTES = 1_000_000


def asked_config(
    source: str, registry: Registry, overrides: Sequence[str] = (), on: Sequence[str] = ()
) -> Config:
    """Return the configuration that a name or a file on the command line stands for.

    Args:
        source: a configuration, ``-`` for standard input, a network file of any format, or the
            name of a network.
        registry: what names are checked against.
        overrides: ``"table.key=value"`` texts.
        on: the chips that run it, see `on_chips`; without any, the dispatch of the configuration.

    Raises:
        ConfigError: with a line for each mistake.
    """
    if is_configuration(source):
        config = load_config(source, registry, overrides)
    else:
        name = network_name(source)
        network: dict[str, object] = {"name": name} if name else {"file": source}
        config = load_config_of(network, source, registry, overrides)
    return on_chips(config, on, registry) if on else config


def load_config_of(
    network: dict[str, object], label: str, registry: Registry, overrides: Iterable[str]
) -> Config:
    """Return the configuration of a network alone, with overrides.

    Raises:
        ConfigError: with a line for each mistake.
    """
    from fodlam_core.config.load import Source, check_source

    tables: dict[str, object] = {"network": network}
    overrides = tuple(overrides)
    if overrides:
        from fodlam_core.config.overrides import apply_overrides

        apply_overrides(tables, overrides, TABLES)
    return check_source(Source(label, "", tables), registry)


def network_name(source: str) -> str | None:
    """Return the name of the network of the zoo that a text stands for; None for a file.

    A file of that name wins; case, ``-`` and ``_`` do not matter.

    >>> network_name("vgg16"), network_name("resnet50.onnx")
    ('VGG16', None)
    """
    if os.path.exists(source):
        return None
    plain = {_plain(name): name for name in zoo_names()}
    name = plain.get(_plain(source))
    if name is None and not os.path.splitext(source)[1] and os.sep not in source:
        close = similar(source, zoo_names())
        hint = f"did you mean {' or '.join(map(repr, close))}?" if close else ""
        raise ConfigError(
            [
                (
                    f"{source}: there is no such file, and no network of that name; "
                    f"{hint or 'fodlam-core networks lists them'}"
                )
            ]
        )
    return name


def _plain(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")


def is_configuration(source: str) -> bool:
    """Tell whether a file is a configuration: TOML with its tables, or FODLAM's JSON.

    What cannot be read is taken for one, so that its own reader says why.
    """
    if source == "-":
        return True
    ending = os.path.splitext(source)[1].lower()
    if ending not in (".toml", ".json", "") or not os.path.isfile(source):
        return ending in (".toml", ".json") and not network_name(source)
    try:
        with open(source, "rb") as file:
            text = file.read(HEAD_BYTES).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return ending == ".toml"
    if ending == ".json" or (text.lstrip().startswith(("{", "[")) and ending != ".toml"):
        return '"net"' in text or '"netfile"' in text
    try:
        tables = tomli.loads(text)
    except (ValueError, RecursionError):
        return True
    return any(key in TABLES for key in tables) or not tables


def on_chips(config: Config, on: Sequence[str], registry: Registry) -> Config:
    """Return a configuration whose layers run on the given chips, and on no other.

    Args:
        config: the configuration.
        on: names of chips, or their data files, such as ``mychip.toml`` or
            ``mychip.toml/point``; each runs the kinds that it serves and that none before it
            does; or ``kind=chip``.
        registry: where chips are looked up.

    Raises:
        ConfigError: with a line for each unknown chip or kind.
    """
    dispatch: dict[str, str] = {}
    settings = dict(config.accelerator)
    problems: list[str] = []
    for each in on:
        kind, _, chip = each.rpartition("=")
        try:
            file = chip_file(chip)
            if file is not None:
                path, _ = file
                registry, chip, name = with_chip_file(registry, chip)
                own = settings.get(name, AcceleratorConfig())
                settings[name] = attrs.evolve(own, file=path)
            accelerator = registry.accelerator(chip)
            if kind:
                registry.layer_kind(kind)
                if kind not in accelerator.kinds:
                    problems.append(f"--on {each}: {chip} does not serve {kind!r}")
            for served in (kind,) if kind else accelerator.kinds:
                dispatch.setdefault(served, accelerator.name)
        except FodlamError as error:
            problems += [f"--on {each}: {line}" for line in str(error).splitlines()]
    if problems:
        raise ConfigError(problems)
    return attrs.evolve(config, dispatch=dispatch, accelerator=settings, rules=(), exclusive=True)
