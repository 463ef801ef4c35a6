"""Checks of the options of an accelerator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

import attrs

from fodlam_core.accelerators import Accelerator
from fodlam_core.plugins import isolated
from fodlam_core.testing.probes import costs

if TYPE_CHECKING:
    from collections.abc import Iterator


def check_options(accelerator: Accelerator) -> None:
    """Options have defaults, and change neither the name nor any MACs."""
    if accelerator.options is None:
        assert accelerator.apply_options is None, "apply_options without options; give the class"
        return
    assert attrs.has(accelerator.options), "options is not an attrs class; write @attrs.frozen"
    assert accelerator.apply_options, "options without apply_options; say what they do"
    for field in attrs.fields(accelerator.options):
        assert field.default is not attrs.NOTHING, f"option {field.name} has no default; give one"
    configured = accelerator.configure(accelerator.options())
    assert isinstance(configured, Accelerator), "apply_options does not return an Accelerator"
    assert configured.name == accelerator.name, "apply_options changes the name; leave it"
    before, after = (
        {(row.network, row.layer.key): row.layer.macs for row in each.measurements}
        for each in (accelerator, configured)
    )
    assert after.items() <= before.items(), "apply_options changes MACs; leave them"


def check_default_options(accelerator: Accelerator) -> None:
    """With every option at its default the chip is what it is without options."""
    options = accelerator.options
    if not _are_usable(options) or options is None:
        return
    assert costs(accelerator.configure(options())) == costs(accelerator), (
        "the default options change the chip; give each option the value that it has without, or "
        "apply the defaults where the accelerator is made"
    )


def check_options_have_an_effect(accelerator: Accelerator) -> None:
    """Each option changes something of the chip or of what it predicts."""
    options = accelerator.options
    if not _are_usable(options) or options is None:
        return
    before = costs(accelerator.configure(options()))
    for field in attrs.fields(attrs.resolve_types(options)):
        after = [costs(changed) for changed in _changed(accelerator, field)]
        assert not after or any(each != before for each in after), (
            f"option {field.name} changes nothing; make use of it, or leave it out"
        )


def _are_usable(options: type | None) -> bool:
    """Tell whether `check_options` finds nothing that prevents trying them."""
    return (
        options is not None
        and attrs.has(options)
        and all(field.default is not attrs.NOTHING for field in attrs.fields(options))
    )


def _changed(accelerator: Accelerator, field: attrs.Attribute[Any]) -> Iterator[Accelerator]:
    """Yield the chip with other values of one option, those that it accepts."""
    assert accelerator.options is not None
    default = getattr(accelerator.options(), field.name)
    for value in _values(field, default):
        given: dict[str, Any] = {str(field.alias): value}
        options, error = isolated(accelerator.options, **given)
        if error is not None or options is None:
            continue
        changed, error = isolated(accelerator.configure, options)
        if error is None and isinstance(changed, Accelerator):
            yield changed


def _values(field: attrs.Attribute[Any], default: object) -> Iterator[object]:
    """Yield values that an option may have besides its default."""
    allowed = getattr(field.validator, "options", None)
    if get_origin(field.type) is Literal:
        allowed = get_args(field.type)
    if isinstance(allowed, tuple | list | set | frozenset):
        yield from (value for value in allowed if value != default)
    elif isinstance(default, bool):
        yield not default
    elif isinstance(default, int):
        yield from (default * 2 or 1, max(default // 2, 1), default + 1)
    elif isinstance(default, float):
        yield from (default * 2 or 1.0, default / 2 or 0.5)
    elif default is None:
        yield from (1, 0.5, True)


CHECKS = (check_options, check_default_options, check_options_have_an_effect)
