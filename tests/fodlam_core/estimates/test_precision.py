"""What weights are stored as, against what chips store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from fodlam_core import Config, FodlamError, NetworkConfig, Registry, prepare
from fodlam_core.config.asked import on_chips
from fodlam_core.estimates.precision import serves, weight_format
from fodlam_core.plugins import Plugin
from fodlam_core.plugins.registry import build_registry


@pytest.fixture(scope="module")
def chips(registry: Registry) -> Registry:
    """The registry with one chip that stores weights in 16, 8 and 4 bits, and one in 32."""
    eie = registry.accelerator("eie")
    made = [
        attrs.evolve(
            eie,
            name=name,
            title=name,
            kinds=("fc", "matmul"),
            default_for=(),
            precision=precision,
            most_weights=None,
            memory_bytes=1e12,
        )
        for name, precision in (
            ("gpu/a", "bf16"),
            ("gpu/b", "fp8, scaled by blocks"),
            ("gpu/c", "weights int4, activations 16 bits"),
            ("cpu/d", "fp32"),
        )
    ]
    own = [each for each in registry.plugins if each.name != "silicon"]
    return build_registry([*own, Plugin("more", {"fodlam_accelerators": tuple(made)})])


@pytest.fixture(scope="module")
def run(chips: Registry) -> Callable[..., Any]:
    """Estimate GPT-2 on one chip: ``run("gpu/a", weights="int4")``."""

    def estimate(chip: str, **network: Any) -> Any:
        config = Config(NetworkConfig("GPT-2", context=8, **network))
        return prepare(on_chips(config, [chip], chips), chips).estimate()

    return estimate


@pytest.mark.parametrize(
    ("chip", "weights"),
    [("gpu/a", None), ("gpu/a", "fp16"), ("gpu/b", "fp8"), ("gpu/c", "int4"), ("cpu/d", None)],
)
def test_matching_weights_are_run(chip: str, weights: str | None, run: Callable[..., Any]) -> None:
    """A chip runs weights of its own format; those nobody asked for may be stored in more bits."""
    assert run(chip, weights=weights).totals["total"].latency_s > 0


@pytest.mark.parametrize(
    ("chip", "weights", "says"),
    [
        ("gpu/b", None, "as fp16; gpu/b stores them as fp8; points that store fp16: gpu/a; or"),
        ("gpu/a", "int4", "as int4; gpu/a stores them as bf16; points that store int4: gpu/c; or"),
        ("cpu/d", "fp16", "cpu/d stores them as fp32; points that store fp16: gpu/a"),
        ("gpu/a", "int8", "points that store int8: none of those installed; or give"),
    ],
)
def test_other_weights_are_an_error(
    chip: str, weights: str | None, says: str, run: Callable[..., Any]
) -> None:
    """Otherwise the error names the points that there are, and what could be asked for."""
    with pytest.raises(FodlamError, match=r"\[network\] weights") as caught:
        run(chip, weights=weights)
    assert says in str(caught.value)


def test_a_file_says_what_it_stores(chips: Registry) -> None:
    """Weights that a configuration file of a model says are quantised count as asked for."""
    network = Config(NetworkConfig("GPT-2", context=8, weights="mxfp4"))
    with pytest.raises(FodlamError, match="mxfp4; gpu/c stores them as int4"):
        prepare(on_chips(network, ["gpu/c"], chips), chips)


@pytest.mark.parametrize("precision", ["16-bit fixed point", "4-bit shared weights", ""])
def test_what_names_no_format_is_not_judged(precision: str) -> None:
    """A chip with a format of its own is for who names it to judge."""
    assert weight_format(precision) is None
    assert serves(precision, "int4", stated=True)


def test_fp4_comes_in_two_forms() -> None:
    """Datasheets say fp4 of what stores nvfp4 or mxfp4; int4 is something else."""
    assert serves("fp4", "nvfp4", stated=True)
    assert serves("mxfp4", "fp4", stated=True)
    assert not serves("nvfp4", "mxfp4", stated=True)
    assert not serves("fp4", "int4", stated=True)
