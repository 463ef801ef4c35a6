"""Who gets a name: what the core itself supplies before anybody's, and no stranger by chance.

A stranger that claims a name of fodlam-core is refused for that name; of two strangers with one
name both are. Either answers to the full form of the name, ``distribution:name``, instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from fodlam_core.accelerators import Accelerator
from fodlam_core.deferred import DeferredAccelerator
from fodlam_core.errors import listed
from fodlam_core.model.layers import LayerKind
from fodlam_core.named_tuple import NamedTuple
from fodlam_core.plugins.checks import SUPPLIES, names_of
from fodlam_core.plugins.own import DEFAULTS, RESERVED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from fodlam_core.plugins.plugin import Plugin

Key = tuple[str, str]  # what it is, and its name


class Claim(NamedTuple):
    """A name that a plugin claims for something that it supplies."""

    plugin: Plugin
    item: Any


class Names(NamedTuple):
    """What answers to which name, as `Registry` has it.

    Attributes:
        items: what is supplied, by ``(what, name)``.
        providers: which plugin supplied it, by ``(what, name)``.
        conflicts: names that cannot be used, with the reason.
        aliases: further names: ``(what, alias)`` to the name.
        refusals: a sentence for each name or default of fodlam-core that a stranger claims.
    """

    items: dict[Key, Any]
    providers: dict[Key, Plugin]
    conflicts: dict[Key, str]
    aliases: dict[Key, str]
    refusals: tuple[str, ...]


def settle(plugins: Iterable[Plugin]) -> Names:
    """Give each name to the one plugin that has a right to it."""
    plugins = tuple(plugins)
    claims: dict[Key, list[Claim]] = {}
    for plugin in plugins:
        for what, item in supplied(plugin):
            for name in names_of(item):
                claims.setdefault((what, name), []).append(Claim(plugin, item))
    winners = {key: _winners(key, claimed) for key, claimed in claims.items()}
    conflicts = {
        key: _conflict(key, claims[key]) if won else _reserved(key, claims[key], plugins)
        for key, won in winners.items()
        if len(won) != 1
    }
    refusals = [*_refused_names(claims, winners), *_refused_defaults(plugins)]
    made = Names(items={}, providers={}, conflicts=conflicts, aliases={}, refusals=tuple(refusals))
    for plugin in plugins:
        for what, item in supplied(plugin):
            _enter(made, winners, what, Claim(plugin, item))
    return made


def supplied(plugin: Plugin) -> Iterator[tuple[str, Any]]:
    """Yield everything that a plugin supplies, with what it is."""
    for hook, items in plugin.provided.items():
        for item in items:
            yield SUPPLIES[hook][0], item


def _winners(key: Key, claimed: Sequence[Claim]) -> list[Claim]:
    """Return whose the name is: one claim, or several that contradict each other, or nobody's."""
    own = [claim for claim in claimed if claim.plugin.own]
    if key in RESERVED and not own:
        return []
    won = sorted(own or claimed, key=_lacks_shape)
    return won[:1] if all(_same_kind(won[0].item, each.item) for each in won[1:]) else won


def _lacks_shape(claim: Claim) -> bool:
    return isinstance(claim.item, LayerKind) and claim.item.shape is None


def _same_kind(one: object, other: object) -> bool:
    """Tell whether two plugins supply one layer kind: of one name, meaning and shape, if any."""
    if not (isinstance(one, LayerKind) and isinstance(other, LayerKind)):
        return False
    meanings = (" ".join(each.description.lower().split()) for each in (one, other))
    shapes = {one.shape, other.shape} - {None}
    return len(set(meanings)) == 1 and one.name == other.name and len(shapes) <= 1


def _enter(made: Names, winners: Mapping[Key, Sequence[Claim]], what: str, claim: Claim) -> None:
    """Enter something under its name, or under the full form of it if the name is not its own."""
    plugin, item = claim
    name, *aliases = names_of(item)
    full = plugin.address(name)
    won = winners[what, name]
    if _has(won, claim):
        made.items.setdefault((what, name), won[0].item)
        made.providers.setdefault((what, name), won[0].plugin)
        made.aliases[what, full] = name
    elif (what, full) in made.providers:
        made.items.pop((what, full), None)
        made.conflicts[what, full] = made.conflicts[what, name]
    else:
        name = full
        made.items[what, full] = renamed(item, full)
        made.providers[what, full] = plugin
    for alias in aliases:
        made.aliases[what, plugin.address(alias)] = name
        if _has(winners[what, alias], claim):
            made.aliases[what, alias] = name
            made.providers[what, alias] = plugin


def _has(won: Sequence[Claim], claim: Claim) -> bool:
    if len(won) != 1:
        return False
    return won[0].item is claim.item or _same_kind(won[0].item, claim.item)


class Renamed:
    """A rule or a reader under the full form of its name."""

    def __init__(self, item: Any, name: str) -> None:
        self._item, self.name, self.aliases = item, name, ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # pickle and copy ask before there are any attributes
            raise AttributeError(name)
        return getattr(self._item, name)


def renamed(item: Any, name: str) -> Any:
    """Return something of a plugin under another name."""
    if isinstance(item, DeferredAccelerator):

        def load() -> Accelerator:
            chip = item.load()
            return attrs.evolve(chip, name=name) if chip.name == item.name else chip

        return DeferredAccelerator(name, item.kinds, load, item.title)
    if isinstance(item, Accelerator | LayerKind):
        return attrs.evolve(item, name=name)
    return Renamed(item, name)


def _refused_names(
    claims: Mapping[Key, Sequence[Claim]], winners: Mapping[Key, Sequence[Claim]]
) -> Iterator[str]:
    for (what, name), claimed in claims.items():
        won = winners[what, name]
        for claim in claimed:
            if won and won[0].plugin.own and not claim.plugin.own and not _has(won, claim):
                yield (
                    f"{claim.plugin}: its {what} {name!r} is refused, as {won[0].plugin} has that "
                    f"name; it answers to {claim.plugin.address(name)!r}"
                )


def _refused_defaults(plugins: Iterable[Plugin]) -> Iterator[str]:
    plugins = tuple(plugins)
    own = {each.name for each in plugins if each.own}
    kept = {kind for kind, name in DEFAULTS.items() if name in own}
    for plugin in plugins:
        for what, item in () if plugin.own else supplied(plugin):
            asked = sorted(kept.intersection(getattr(item, "default_for", ())))
            if what == "accelerator" and asked:
                yield (
                    f"{plugin}: {item.name!r} is not taken as the default for {listed(asked)}, "
                    "for which fodlam-core has its own; name it under [dispatch]"
                )


def _reserved(key: Key, claimed: Iterable[Claim], plugins: Iterable[Plugin]) -> str:
    what, name = key
    own = [each for each in plugins if each.own and each.name == RESERVED[key]]
    lost = "; ".join(reason for each in own if (reason := each.reason)) or "it is not installed"
    others = ", ".join(
        f"that of {claim.plugin} answers to {claim.plugin.address(name)!r}" for claim in claimed
    )
    return f"the {what} {name!r} is that of fodlam-core, and {lost}; {others}"


def _conflict(key: Key, claimed: Sequence[Claim]) -> str:
    what, name = key
    plugins = " and by ".join(str(plugin) for plugin, _ in claimed)
    full = list(dict.fromkeys(repr(plugin.address(name)) for plugin, _ in claimed))
    cures = [f"write {' or '.join(full)}"] if len(full) == len(claimed) else []
    files = [f"--plugin {x.source}" for x, _ in claimed[1:] if isinstance(x.source, str)]
    drops = [f"drop {' '.join(files)}"] if files else []
    if len(claimed) > len(files) + 1:
        last = next((x for x, _ in reversed(claimed) if x.is_installed), None)
        drops.append(
            "uninstall all but one of them, or leave them out: "
            f"FODLAM_BLOCK_PLUGINS={_to_block(last, claimed) if last else 'NAME'}"
        )
    cures.append(", and ".join(drops))
    return f"the {what} {name!r} is supplied by {plugins}; {'; '.join(cures)}"


def _to_block(plugin: Plugin, claimed: Iterable[Claim]) -> str:
    """Return what blocks one plugin and none of the others."""
    alike = [each for each, _ in claimed if each.name == plugin.name]
    return plugin.name if len(alike) == 1 else f"{plugin.distribution}:{plugin.name}"
