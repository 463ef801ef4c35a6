"""Checks the names in a configuration against what is installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from fodlam_core.config.model import ACCELERATOR_KEYS
from fodlam_core.errors import FodlamError, Problem, Setting, place, unknown
from fodlam_core.networks.reader import TokenOptions
from fodlam_core.networks.zoo import zoo_network
from fodlam_core.schema.structure import structure

if TYPE_CHECKING:
    from fodlam_core.plugins.registry import Registry

Tables = Mapping[str, Any]


def name_problems(tables: Tables, registry: Registry) -> list[Problem]:
    """Return a problem for each name that nothing answers to.

    The tables may be malformed otherwise: those mistakes are found when they are structured.
    """
    return [
        *_network(_table(tables, "network"), registry),
        *_technology(_table(tables, "technology"), registry),
        *dispatch_problems(_table(tables, "dispatch"), registry),
        *_accelerators(_table(tables, "accelerator"), registry),
    ]


def dispatch_problems(table: Tables, registry: Registry) -> list[Problem]:
    """Return a problem for each kind of layer given to what does not serve it."""
    problems = _rule_problems(table.get("rules"), registry)
    for kind, name in table.items():
        if kind == "rules":
            continue
        where = Setting(("dispatch",), str(kind))
        wrong = list(_try(where, registry.layer_kind, kind))
        if isinstance(name, str):
            wrong += _try(where, registry.accelerator, name)
            if not wrong and kind not in registry.accelerator(name).kinds:
                kinds = ", ".join(registry.accelerator(name).kinds)
                what = f"{name} does not serve {kind!r}"
                wrong.append(Problem(what, (where,), (f"it serves {kinds}",)))
        problems += wrong
    return problems


def _rule_problems(rules: object, registry: Registry) -> list[Problem]:
    """Return a problem for each dispatch rule, a table or a value, whose accelerator is unknown."""
    problems: list[Problem] = []
    for number, rule in enumerate(rules if isinstance(rules, list | tuple) else (), 1):
        name = rule.get("accelerator") if isinstance(rule, Mapping) else rule.accelerator
        if isinstance(name, str):
            where = Setting(("dispatch", "rules", number), "accelerator")
            problems += _try(where, registry.accelerator, name)
    return problems


def _table(tables: Tables, name: str) -> Tables:
    table = tables.get(name)
    return table if isinstance(table, Mapping) else {}


def _try(where: Setting, look_up: Callable[..., object], *names: Any) -> Iterator[Problem]:
    try:
        look_up(*names)
    except FodlamError as error:
        for each in error.problems:
            named = any(isinstance(part, Setting) for part in each.where)
            yield each if named else each.at(where)


def _network(table: Tables, registry: Registry) -> Iterator[Problem]:
    name, layers, format = table.get("name"), table.get("layers"), table.get("format")
    if isinstance(name, str):
        tokens = TokenOptions(*(_plain(table.get(key)) for key in TokenOptions._fields))
        problems = list(_try(Setting(("network",), "name"), zoo_network, name, tokens))
        yield from problems
        if not problems and isinstance(layers, list):
            names = [layer for layer in layers if isinstance(layer, str)]
            select = zoo_network(name, tokens).select
            yield from _try(Setting(("network",), "layers"), select, names)
    if isinstance(format, str):
        yield from _try(Setting(("network",), "format"), registry.reader, format)


def _plain(value: object) -> Any:
    """Return a value of a type that tokens may have; others are refused with their key."""
    return value if isinstance(value, str) or (type(value) is int and value > 0) else None


def _technology(table: Tables, registry: Registry) -> Iterator[Problem]:
    name = table.get("scaler")
    name = "post-dennard" if name is None and "options" in table else name
    if not isinstance(name, str):
        return
    problems = list(_try(Setting(("technology",), "scaler"), registry.scaler, name))
    yield from problems
    if not problems and "options" in table:
        options = getattr(registry.scaler(name), "options", None)
        yield from _options(table["options"], options, name, ("technology", "options"))


def written_twice(table: Tables, registry: Registry) -> Iterator[Problem]:
    """Yield each accelerator with one table under its name and one under an alias."""
    seen: dict[str, str] = {}
    for name in map(str, table):
        first = seen.setdefault(registry.full_name("accelerator", name), name)
        if first != name:
            what = f"is the same accelerator as {place(('accelerator', first))}"
            yield Problem(what, (Setting(("accelerator", name)),), ("write one of them",))


def _accelerators(table: Tables, registry: Registry) -> Iterator[Problem]:
    yield from written_twice(table, registry)
    for name, settings in table.items():
        path = ("accelerator", str(name))
        problems = list(_try(Setting(path), registry.accelerator, name))
        yield from problems
        if problems or not isinstance(settings, Mapping):
            continue
        accelerator = registry.accelerator(name)
        predictor = settings.get("predictor")
        if isinstance(predictor, str):
            yield from _try(Setting(path, "predictor"), accelerator.predictor, predictor)
        rest = {k: v for k, v in settings.items() if k not in ACCELERATOR_KEYS}
        yield from _options(rest, accelerator.options, str(name), path, ACCELERATOR_KEYS)


def _options(
    table: object,
    options: type | None,
    owner: str,
    path: tuple[str, ...],
    also: tuple[str, ...] = (),
) -> list[Problem]:
    """Check options against the attrs class of their owner."""
    if not isinstance(table, Mapping):
        return []  # said when the configuration is structured
    known = [field.name for field in attrs.fields(options)] if options else []
    missing = f"{owner} has no options"
    problems = [
        Problem(unknown("key", str(key), [*known, *also], missing), (Setting(path),))
        for key in table
        if key not in known
    ]
    if options:
        good = {key: value for key, value in table.items() if key in known}
        problems += structure(good, options, path)[1]
    return problems
