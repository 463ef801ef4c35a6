"""A configuration from what a person names: a file of one, a network file, or a network's name."""

from __future__ import annotations

import itertools
import os
from typing import TYPE_CHECKING

import attrs
import tomli

from fodlam_core.config.chip_files import chip_file, with_chip_file
from fodlam_core.config.load import TABLES, Source, check_source, read_source
from fodlam_core.config.model import AcceleratorConfig
from fodlam_core.errors import ConfigError, FodlamError, Problem, similar
from fodlam_core.files import FileError, read_head, text_of
from fodlam_core.networks.zoo import zoo_names
from fodlam_core.plugins.patterns import is_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fodlam_core.config.model import Config
    from fodlam_core.plugins.registry import Registry

HEAD_BYTES = 1_000_000
HEAD_CHARACTERS = 50_000


def asked_config(
    source: str | os.PathLike[str],
    registry: Registry,
    overrides: Sequence[str] = (),
    on: Sequence[str] = (),
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
    config = check_source(asked_source(source, overrides), registry)
    return on_chips(config, on, registry) if on else config


def asked_source(source: str | os.PathLike[str], overrides: Iterable[str] = ()) -> Source:
    """Return the tables of the configuration that a name or a file stands for, unchecked.

    Raises:
        ConfigError: if it cannot be read or parsed.
    """
    if not isinstance(source, str | os.PathLike) or is_configuration(os.fsdecode(source)):
        return read_source(source, overrides)
    source = os.fsdecode(source)
    name = network_name(source)
    tables: dict[str, object] = {"network": {"name": name} if name else {"file": source}}
    overrides = tuple(overrides)
    if overrides:
        from fodlam_core.config.overrides import apply_overrides

        apply_overrides(tables, overrides, TABLES)
    return Source(source, "", tables)


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
        text = text_of(read_head(source, HEAD_BYTES))
    except (FileError, UnicodeDecodeError):
        return ending == ".toml"
    if ending == ".json" or (text.lstrip().startswith(("{", "[")) and ending != ".toml"):
        return '"net"' in text or '"netfile"' in text
    # Of a long file a beginning tells: a configuration holds nothing but tables of known names.
    beginning = text[:HEAD_CHARACTERS].rpartition("\n[")[0] or text
    try:
        tables = tomli.loads(text if len(text) <= HEAD_CHARACTERS else beginning)
    except (ValueError, RecursionError):
        return True
    return any(key in TABLES for key in tables) or not tables


def alternatives(on: Sequence[str], registry: Registry) -> list[tuple[str, ...]]:
    """Return every choice of chips that patterns stand for: one of each pattern.

    Args:
        on: what `on_chips` takes, with patterns in place of names.
        registry: where chips are looked up; nothing is loaded.

    Raises:
        FodlamError: if no chip answers to a pattern.
    """
    found = []
    for each in on:
        kind, equals, chip = each.rpartition("=")
        names = registry.matching(chip) if is_pattern(chip) else [chip]
        found.append([f"{kind}{equals}{name}" for name in names])
    return list(itertools.product(*found))


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
    problems: list[str | Problem] = []
    for each in on:
        kind, _, chip = each.rpartition("=")
        try:
            file = chip_file(chip)
            if file is not None:
                registry, chip, name = with_chip_file(registry, *file)
                own = settings.get(name, AcceleratorConfig())
                settings[name] = attrs.evolve(own, file=file[0])
            accelerator = registry.accelerator(chip)
            if kind:
                registry.layer_kind(kind)
                if kind not in accelerator.kinds:
                    problems.append(f"--on {each}: {chip} does not serve {kind!r}")
            for served in (kind,) if kind else accelerator.kinds:
                dispatch.setdefault(served, accelerator.name)
        except FodlamError as error:
            problems += [problem.at(f"--on {each}") for problem in error.problems]
    if problems:
        raise ConfigError(problems)
    return attrs.evolve(config, dispatch=dispatch, accelerator=settings, rules=(), exclusive=True)


def with_chip_files(registry: Registry, on: Sequence[str]) -> tuple[Registry, list[str]]:
    """Return the registry with the chips of data files among what is asked for, and their names."""
    names = []
    for each in on:
        name = each
        file = chip_file(each)
        if file is not None:
            registry, name, _ = with_chip_file(registry, *file)
        names.append(name)
    return registry, names
