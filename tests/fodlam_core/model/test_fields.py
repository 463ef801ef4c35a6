"""Whatever a plugin puts into a field of a value is taken, or refused in one clear error."""

from __future__ import annotations

import datetime
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fodlam_core import (
    Accelerator,
    Citation,
    Config,
    Cost,
    FodlamError,
    Layer,
    LayerKind,
    Measurement,
    Network,
    NetworkConfig,
    Reference,
    Registry,
    ScalingFactors,
    Technology,
    estimate,
)
from fodlam_core.plugins import Plugin
from fodlam_core.plugins.registry import build_registry

LAYER = Layer("CONV1", "conv", 10**9)
ROW = Measurement("Net", LAYER, 1, 1e-2, 0.5)
CHIP = Accelerator(
    name="chip",
    title="Chip",
    kinds=["conv"],
    technology=Technology(28),
    citation=Citation("doe", "J. Doe", "@misc{doe}"),
    provenance="measured",
    measurements=[ROW],
)
VALUES = [
    CHIP,
    ROW,
    LAYER,
    Citation("doe", "J. Doe", "@misc{doe}"),
    Cost(1.0, 2.0),
    LayerKind("conv", "convolution"),
    Network("Net", [LAYER]),
    Reference("Net", latency_s=1.0),
    ScalingFactors(time=1.0, energy=1.0),
    Technology(28),
]
WRONG = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**400), 10**400),
    st.floats(),
    st.text(max_size=5),
    st.binary(max_size=3),
    st.lists(st.one_of(st.integers(), st.text(max_size=3), st.none()), max_size=3),
    st.dictionaries(st.text(max_size=3), st.floats(), max_size=2),
    st.sampled_from([object(), Cost(1.0, 1.0), LAYER, len, datetime.date(2030, 1, 1), 1j]),
)
FIELDS = [
    (value, field.name) for value in VALUES for field in attrs.fields(type(value)) if field.init
]


@pytest.mark.parametrize(
    ("value", "name"),
    FIELDS,
    ids=lambda each: each if isinstance(each, str) else type(each).__name__,
)
@settings(max_examples=40)
@given(wrong=WRONG)
def test_a_field_is_taken_or_refused(value: Any, name: str, wrong: Any) -> None:
    """A value is made, or a `FodlamError` or `TypeError` of one or more lines says why not."""
    try:
        attrs.evolve(value, **{name: wrong})
    except (FodlamError, TypeError) as error:
        assert str(error)


@settings(max_examples=60)
@given(name=st.sampled_from([n for v, n in FIELDS if v is CHIP]), wrong=WRONG)
def test_a_chip_that_could_be_made_runs_or_says_why(
    registry: Registry, name: str, wrong: Any
) -> None:
    """A chip with a strange field is run, or refused in a clear error, never with a traceback."""
    try:
        chip = attrs.evolve(CHIP, **{name: wrong})
        some = build_registry([*registry.plugins, Plugin("p", {"fodlam_accelerators": (chip,)})])
        network = Network("Net", [LAYER], measured_as="Net")
        estimate(Config(NetworkConfig(), dispatch={"conv": "chip"}), some, network).to_dict()
    except (FodlamError, TypeError) as error:
        assert str(error)
