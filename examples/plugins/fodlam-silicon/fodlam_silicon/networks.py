"""The layers of the networks that the tables name, read when they are asked for."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping

import attrs
import tomli

from fodlam_core import Network, network_from_table, zoo_names, zoo_network

from . import sums
from .catalogue import HERE
from .models import family, is_run, short_run

FOLDER = HERE / "networks"
CONV = "-conv"


@functools.cache
def names() -> frozenset[str]:
    """Return the names of the networks of this library.

    The convolutions of a network of the core, ``NAME-conv``, are networks of their own here: some
    accelerators were measured with those alone.
    """
    files = (path.stem for path in FOLDER.glob("*.toml") if path.stem != "families")
    return frozenset((*files, *(f"{name}{CONV}" for name in zoo_names())))


@functools.cache
def network(name: str) -> Network:
    """Return a network of this library."""
    if name.endswith(CONV):
        whole = zoo_network(name.removesuffix(CONV))
        layers = [layer for layer in whole.layers if layer.kind == "conv"]
        return attrs.evolve(whole, name=name, layers=layers, measured_as=name)
    path = FOLDER / f"{name}.toml"
    with open(path, "rb") as file:
        table = network_from_table(tomli.load(file), str(path), name)
    return attrs.evolve(table, measured_as=name)


@functools.cache
def families() -> dict[str, str]:
    """Return the family of each network that has one."""
    with open(FOLDER / "families.toml", "rb") as file:
        table = tomli.load(file)
    return {name: family for family, members in table.items() for name in members}


def families_of(library: Library) -> dict[str, str]:
    """Return the family of each network that has one, those of which only sums are kept too."""
    found = families() | {name: family(name) for name in library if is_run(name)}
    return found | sums.families() if any(map(sums.may_know, library)) else found


class Library(Mapping[str, Network]):
    """Those of some networks whose layers are known here or in the core; each is read when used."""

    def __init__(self, wanted: Iterable[str]) -> None:
        wanted = dict.fromkeys(wanted)
        known = names() | set(zoo_names())
        if any(map(sums.may_know, wanted)):
            known |= sums.names()
        self._names = {name: None for name in wanted if name in known or is_run(name)}

    def __contains__(self, name: object) -> bool:  # without reading it
        return name in self._names

    def __getitem__(self, name: str) -> Network:
        if name not in self._names:
            raise KeyError(name)
        if is_run(name):
            return short_run(name)
        if name in names():
            return network(name)
        return sums.network(name) if sums.may_know(name) else zoo_network(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
