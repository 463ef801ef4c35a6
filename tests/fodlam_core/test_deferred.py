"""Readers and rules that are imported when they are first used."""

from __future__ import annotations

import importlib
import itertools
import subprocess
import sys

import pytest

from fodlam_core import Registry, ScalingError, Technology
from fodlam_core.deferred import DeferredReader, DeferredRule
from fodlam_core.plugins.builtin import READERS, RULES, fodlam_network_readers


def test_a_deferred_reader_is_as_the_reader() -> None:
    """Name and suffixes that are told beforehand are those of the reader itself."""
    readers = list(fodlam_network_readers())

    assert len(READERS) == len(readers)
    for reader in readers:
        assert isinstance(reader, DeferredReader)
        assert (reader.name, reader.suffixes) == (reader._object.name, reader._object.suffixes)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_names_agree_with_those_of_the_rule(rule: DeferredRule, registry: Registry) -> None:
    """Name and aliases, which are known before the rule is loaded, are those of the rule."""
    actual = getattr(importlib.import_module(rule.module), rule.maker)()

    assert registry.scaler(rule.name) is rule
    assert (actual.name, tuple(getattr(actual, "aliases", ()))) == (rule.name, rule.aliases)
    assert rule.title == actual.title


NODES = (180, 130, 90, 65, 45, 40, 32, 28, 22, 20, 16, 14, 11, 10, 8, 7, 5)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_what_is_ruled_out_beforehand_has_no_factors(rule: DeferredRule) -> None:
    """A rule has no factors between points that it rules out before it is loaded."""
    ends = [
        Technology(node, vdd, flavor)
        for node in NODES
        for vdd, flavor in ((None, None), (0.9, "lp"), (1.0, "hp"))
    ]
    out = [pair for pair in itertools.permutations(ends, 2) if rule.rules_out(*pair)]

    assert bool(out) == bool(rule.needs or rule.nodes_nm)
    for pair in out:
        with pytest.raises(ScalingError):
            rule.factors(*pair)


@pytest.mark.parametrize("name", ["dark-silicon-itrs", "published-operations"])
def test_every_node_of_a_table_counts(name: str) -> None:
    """A rule that is a table of nodes has factors between all that it names beforehand."""
    [rule] = [each for each in RULES if each.name == name]

    for pair in itertools.permutations(map(Technology, rule.nodes_nm), 2):
        assert not rule.rules_out(*pair)
        assert rule.factors(*pair).energy > 0


def test_a_run_that_scales_nothing_loads_no_further_rule() -> None:
    """Only a result that is scaled has a band over all rules, for which they are imported."""
    code = (
        "import sys; from fodlam_core.cli import main; "
        "main(['run', '-f', 'json', '-o', '/dev/null', 'VGG16']); "
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "fodlam_core.scaling" in loaded
    assert loaded.isdisjoint(rule.module for rule in RULES)
