"""Readers and rules that are imported when they are first used."""

from __future__ import annotations

import subprocess
import sys

import attrs
import pytest

from fodlam_core import Registry, ScalingError, Technology
from fodlam_core.deferred import DeferredReader
from fodlam_core.plugins.builtin import READERS, RULES, fodlam_network_readers


def test_a_deferred_reader_is_as_the_reader() -> None:
    """Name and suffixes that are told beforehand are those of the reader itself."""
    readers = list(fodlam_network_readers())

    assert len(READERS) == len(readers)
    for reader in readers:
        assert isinstance(reader, DeferredReader)
        assert (reader.name, reader.suffixes) == (reader._object.name, reader._object.suffixes)


@pytest.mark.parametrize("entry", RULES, ids=lambda entry: entry[0])
def test_names_agree_with_those_of_the_rule(entry, registry: Registry) -> None:
    """Name and aliases, which are known before the rule is loaded, are those of the rule."""
    name, aliases, *_ = entry
    rule = registry.scaler(name)
    loaded = __import__(rule.module, fromlist=["x"])
    actual = getattr(loaded, rule.maker)()
    assert (actual.name, tuple(getattr(actual, "aliases", ()))) == (name, aliases)
    assert rule.title == actual.title


@pytest.mark.parametrize("entry", RULES, ids=lambda entry: entry[0])
def test_needs_are_those_of_the_rule(entry, registry: Registry) -> None:
    """A rule has no factors between points that lack what it is said to need."""
    name, *_, needs = entry
    full = {"node_nm": 65.0, "vdd": 1.0, "flavor": "lp"}
    whole = [Technology(**full), Technology(**{**full, "vdd": 0.9}), Technology(45, 1.0, "lp")]
    for field in needs:
        for point in whole:
            lacking = attrs.evolve(point, **{field: None})
            for pair in ((lacking, Technology(32, 0.9, "lp")), (whole[1], lacking)):
                with pytest.raises(ScalingError):
                    registry.scaler(name).factors(*pair)


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
    assert loaded.isdisjoint(f"fodlam_core.scaling.{module}" for _, _, module, *_ in RULES)
