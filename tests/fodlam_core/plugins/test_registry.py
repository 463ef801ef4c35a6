"""Names and aliases of rules in the registry."""

from __future__ import annotations

from typing import Any

import pytest

from fodlam_core import PluginError, Registry, ScalingFactors
from fodlam_core.errors import UnknownNameError
from fodlam_core.plugins import Plugin, call_hooks
from fodlam_core.plugins.hookspecs import HookSpecs, hookimpl
from fodlam_core.plugins.registry import build_registry


class Rule:
    """A rule that does nothing."""

    def __init__(self, name: Any, aliases: Any = ()) -> None:
        self.name, self.aliases = name, aliases

    def factors(self, source: object, target: object) -> ScalingFactors:
        """Return factors of 1."""
        return ScalingFactors(1.0, 1.0)


def plugin(name: str, *rules: Rule) -> Plugin:
    """Return a plugin that supplies the rules."""

    class Module:
        @hookimpl
        def fodlam_technology_scalers(self) -> list[Rule]:
            return list(rules)

    return Plugin(name, call_hooks(Module(), HookSpecs))


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("identity", "none"),
        ("constant-field", "dennard"),
        ("fixed-voltage", "constant-voltage"),
        ("leakage-limited", "post-dennard"),
        ("stillmaker", "stillmaker-baas-2017"),
        ("table", "custom"),
    ],
)
def test_an_alias_is_the_rule(alias: str, name: str, registry: Registry) -> None:
    """An alias answers with the rule, which is listed under its name alone."""
    assert registry.scaler(alias) is registry.scaler(name)
    assert alias not in registry.names("rule")


def test_a_near_miss_of_an_alias_is_helped(registry: Registry) -> None:
    """Did-you-mean knows the aliases."""
    with pytest.raises(UnknownNameError, match="did you mean 'leakage-limited'"):
        registry.scaler("leakage-limitd")


def test_an_alias_that_two_plugins_claim_is_unusable_and_disturbs_no_name() -> None:
    """The alias names both claimants; each rule stays usable by its own name."""
    registry = build_registry([plugin("a", Rule("one", ["x"])), plugin("b", Rule("two", ["x"]))])
    with pytest.raises(PluginError, match=r"'x' is supplied by plugin 'a'.*and by plugin 'b'"):
        registry.scaler("x")
    assert [rule.name for rule in registry.scalers] == ["one", "two"]


def test_an_alias_cannot_take_over_a_name() -> None:
    """A name that is the alias of another plugin's rule is in conflict, not replaced."""
    registry = build_registry([plugin("a", Rule("one")), plugin("b", Rule("two", ["one"]))])
    with pytest.raises(PluginError, match="uninstall all but one"):
        registry.scaler("one")
    assert registry.scaler("two").name == "two"


@pytest.mark.parametrize("rule", [Rule("x", "abc"), Rule("x", [1]), Rule("x", 5), Rule(None)])
def test_rubbish_for_names_is_reported_and_disturbs_nothing(rule: Rule) -> None:
    """A plugin whose rule has no proper names is set aside with the reason."""
    registry = build_registry([plugin("a", rule), plugin("b", Rule("two"))])
    assert registry.names("rule") == ["two"]
    assert registry.broken()[0].startswith("plugin 'a'")
