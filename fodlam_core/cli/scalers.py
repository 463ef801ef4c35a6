"""``fodlam-core scalers``: the rules of technology scaling, and the factors of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import attrs

from fodlam_core.cli.common import add_action, add_output_arguments, emit, registry_for, warn
from fodlam_core.cli.plot import add_plot_argument, check_plot, plot
from fodlam_core.config import TechnologyConfig
from fodlam_core.config.overrides import apply_override
from fodlam_core.errors import (
    FodlamError,
    MissingInputsError,
    PluginError,
    Problem,
    ScalingError,
    Setting,
    in_toml,
    listed,
)
from fodlam_core.estimates.json import factors_record
from fodlam_core.estimates.scaling import configured_scaler
from fodlam_core.model.technology import FLAVORS, ScalingFactors, Technology
from fodlam_core.plugins import stdout_to_stderr
from fodlam_core.report.document import Bullets, Document, Text, table
from fodlam_core.report.report import Report
from fodlam_core.scaling.carry import carry

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from fodlam_core.plugins.registry import Registry
    from fodlam_core.scaling import TechnologyScaler

FACTORS = ("time", "energy", "power", "area")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command and of its actions."""
    add_output_arguments(parser)
    parser.set_defaults(act=_list, words=_words)
    actions = parser.add_subparsers(metavar="ACTION")
    add_action(actions, "list", _list, "list the installed rules (default)")
    show = add_action(actions, "show", _show, "show a rule, and its factors between two points")
    show.add_argument("rule", metavar="RULE", help="a rule by name or alias")
    show.add_argument("--from", dest="from_nm", type=float, metavar="NM", help="source node")
    show.add_argument(
        "--to", dest="to_nm", type=float, nargs="+", metavar="NM", help="target node, or several"
    )
    for side in ("from", "to"):
        show.add_argument(f"--{side}-vdd", type=float, metavar="V", help="its supply voltage")
        show.add_argument(f"--{side}-flavor", choices=FLAVORS, help="its flavour")
    show.add_argument(
        "--option",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="an option of the rule, such as model=long-channel; the value as in TOML",
    )
    add_plot_argument(show)


def _plot(args: argparse.Namespace, record: dict[str, Any], steps: list[Step]) -> None:
    from fodlam_core.figures.factors import factors

    over = {step.target.node_nm: step.factors for step in steps if step.factors}
    if not over:
        args.error("--plot needs --from and --to")
    sources = [record["source"]] if record["source"] else []
    plot(args, lambda: [factors(record["name"], args.from_nm, over, sources)])


def execute(args: argparse.Namespace) -> int:
    """Print what the action asks for."""
    registry = registry_for(args)
    with stdout_to_stderr():  # a rule that prints must not spoil the data
        report = args.act(args, registry)
    emit(report, args)
    return 0


def _words(setting: Setting) -> str:
    """Say a key of the configuration as an option of the command.

    >>> _words(Setting(("technology", "options"), "interpolate", "true"))
    '--option interpolate=true'
    >>> _words(Setting(("technology", "options", "factors", 1), "time"))
    '--option factors'
    """
    if setting.path[:2] != ("technology", "options"):
        return in_toml(setting)
    key = str((*setting.path[2:], setting.key)[0])
    text = f"{key}={setting.value}" if setting.value else key
    return f"--option '{text}'" if " " in text else f"--option {text}".rstrip()


def _list(_args: argparse.Namespace, registry: Registry) -> Report:
    records = list(_records(registry))
    header = ("name", "aliases", "inputs", "options", "distribution", "title", "domain", "source")

    def rows() -> list[dict[str, Any]]:
        return [
            {
                key: ", ".join(each[key]) if isinstance(each[key], list) else each[key]
                for key in header
            }
            for each in records
        ]

    def document() -> Document:
        shown = ("name", "aliases", "inputs", "distribution")
        return Document(
            "Rules of technology scaling",
            (
                table(shown, (tuple(row[key] or "-" for key in shown) for row in rows())),
                *(
                    Bullets(
                        key.capitalize(), (f"{row['name']}: {row[key] or '-'}" for row in rows())
                    )
                    for key in ("title", "domain", "source")
                ),
            ),
        )

    return Report(lambda: [document()], lambda: records, rows)


def _records(registry: Registry) -> Iterator[dict[str, Any]]:
    """Yield what each rule says of itself; one that cannot is left out with a warning."""
    for name in registry.names("rule"):
        try:
            yield _record(registry.scaler(name), registry)
        except PluginError as error:
            warn([str(error)])


def _record(rule: TechnologyScaler, registry: Registry) -> dict[str, Any]:
    """Return what a rule says of itself; what it does not say is None."""
    uses = getattr(rule, "uses", None)
    options: type | None = getattr(rule, "options", None)
    return {
        "name": rule.name,
        "aliases": list(getattr(rule, "aliases", ())),
        "title": getattr(rule, "title", None),
        "inputs": None if uses is None else list(uses),
        "options": [_option(field) for field in attrs.fields(options)] if options else [],
        "domain": getattr(rule, "domain", None),
        "source": getattr(rule, "source", None),
        "distribution": registry.providers["rule", rule.name].distribution,
    }


def _option(field: attrs.Attribute[Any]) -> str:
    default = field.default
    # Factory is a class, which the stubs of attrs declare as a function.
    if default is attrs.NOTHING or isinstance(default, attrs.Factory):  # type: ignore[arg-type]
        return field.name
    if isinstance(default, bool):
        return f"{field.name} = {str(default).lower()}"
    return f"{field.name} = {list(default) if isinstance(default, tuple) else default!r}"


class Step(NamedTuple):
    """One pair of points, with its factors or why there are none."""

    source: Technology
    target: Technology
    factors: ScalingFactors | None
    why: tuple[Problem, ...] = ()

    @property
    def reason(self) -> str | None:
        """Why there are no factors, with the points."""
        way = f"{self.source} to {self.target}"
        return "; ".join(each.at(way).text(_words) for each in self.why) or None

    def to_row(self) -> dict[str, Any]:
        """Return points, factors and reason as a flat dictionary."""
        factors = factors_record(self.factors) if self.factors else {}
        return {
            **{f"from_{key}": value for key, value in attrs.asdict(self.source).items()},
            **{f"to_{key}": value for key, value in attrs.asdict(self.target).items()},
            **{key: factors.get(key) for key in FACTORS},
            "reason": self.reason,
        }


def _show(args: argparse.Namespace, registry: Registry) -> Report:
    check_plot(args)
    if (args.from_nm is None) != (args.to_nm is None):
        args.error("give both --from and --to, or neither")
    rule = _configured(args, registry)
    record = _record(registry.scaler(args.rule), registry)
    steps = _steps(rule, args) if args.from_nm is not None else []
    if steps and all(step.why for step in steps):
        raise ScalingError(*_refusals(steps), where=rule.name)

    if args.plot is not None:
        _plot(args, record, steps)

    def data() -> dict[str, Any]:
        notes = ({"notes": list(step.factors.notes) if step.factors else []} for step in steps)
        rows = [{**step.to_row(), **more} for step, more in zip(steps, notes, strict=True)]
        return {**record, "factors": rows}

    return Report(
        lambda: [_document(record, steps)], data, lambda: [step.to_row() for step in steps]
    )


def _configured(args: argparse.Namespace, registry: Registry) -> TechnologyScaler:
    tables: dict[str, Any] = {}
    for option in args.option:
        apply_override(tables, option, "--option", "KEY=VALUE, such as model=long-channel")
    return configured_scaler(TechnologyConfig(scaler=args.rule, options=tables), registry)


def _steps(rule: TechnologyScaler, args: argparse.Namespace) -> list[Step]:
    source = Technology(args.from_nm, args.from_vdd, args.from_flavor)
    targets = [Technology(node, args.to_vdd, args.to_flavor) for node in args.to_nm]
    given = [
        key
        for key in ("vdd", "flavor")
        if getattr(args, f"from_{key}") is not None or getattr(args, f"to_{key}") is not None
    ]
    return [_step(rule, source, target, given) for target in targets]


def _step(rule: TechnologyScaler, source: Technology, target: Technology, given: list[str]) -> Step:
    try:
        return Step(source, target, carry(rule, source, target, given))
    except FodlamError as error:
        why = error.problems
        if isinstance(error, MissingInputsError):
            sides = {"source": "from", "target": "to"}
            flags = listed(f"--{sides[side]}-{key}" for side, key in error.missing)
            why = tuple(each._replace(cure=(f"give {flags}",)) for each in why)
        return Step(source=source, target=target, factors=None, why=why)


def _refusals(steps: list[Step]) -> list[Problem]:
    """Return each reason why there are no factors once, with the targets that it is about."""
    targets: dict[Problem, list[str]] = {}
    for step in steps:
        for problem in step.why:
            targets.setdefault(problem, []).append(str(step.target))
    return [
        problem.at(f"{steps[0].source} to {listed(nodes)}") for problem, nodes in targets.items()
    ]


def _document(record: dict[str, Any], steps: list[Step]) -> Document:
    said = {
        "aliases": ", ".join(record["aliases"]),
        "inputs": ", ".join(record["inputs"] or ()),
        "options": ", ".join(record["options"]),
        "domain": record["domain"],
        "source": record["source"],
        "distribution": record["distribution"],
    }
    cells = [
        (
            str(step.source),
            str(step.target),
            *("-" if row[key] is None else f"{row[key]:.6g}" for key in FACTORS),
        )
        for step in steps
        for row in [step.to_row()]
    ]
    reasons = _refusals(steps)
    notes = dict.fromkeys(note for step in steps if step.factors for note in step.factors.notes)
    return Document(
        record["name"],
        (
            Text(record["title"] or ""),
            *(Text(f"{key}: {text}") for key, text in said.items() if text),
            *([table(("from", "to", *FACTORS), cells, ", ".join(FACTORS))] if cells else []),
            *([Bullets("Refused", (each.text(_words) for each in reasons))] if reasons else []),
            *([Bullets("Notes", notes)] if notes else []),
        ),
    )
