"""The shipped configurations that show scaling choices."""

from __future__ import annotations

import pytest

from fodlam_core import Registry, estimate


def test_stillmaker_halves_the_energy_of_the_fc_layers(examples, registry: Registry) -> None:
    """At an assumed 1.0 V hp EIE's layers cost 89.8 us and 47.0 uJ, against 91.57 uJ by Dennard."""
    fc = estimate(examples / "vgg16-65nm-stillmaker.toml", registry).totals["fc"]
    assert fc.latency_s == pytest.approx(89.8e-6, rel=1e-3)
    assert fc.energy_j == pytest.approx(47.0e-6, rel=1e-3)


def test_custom_factors_are_eies_own_projection(examples, registry: Registry) -> None:
    """At 28 nm EIE runs at 2/3 of the time and its published power, on 0.391 of the area."""
    result = estimate(examples / "vgg16-28nm-custom.toml", registry)
    assert result.totals["fc"].latency_s == pytest.approx(51.5e-6 * 2 / 3, rel=1e-12)
    assert result.totals["fc"].power_w == pytest.approx(0.59, rel=1e-12)
    assert result.accelerators["eie"].area_mm2 == pytest.approx(63.8 / 4, rel=1e-3)


def test_a_held_clock_is_no_faster(examples, registry: Registry) -> None:
    """With held clocks AlexNet takes as long at 28 nm as published, 28.83 ms for conv."""
    conv = estimate(examples / "alexnet-28nm-held-clock.toml", registry).totals["conv"]
    assert conv.latency_s == pytest.approx(28.83e-3, rel=1e-3)
    assert conv.energy_j == pytest.approx(8.02e-3 * 28 / 65, rel=1e-3)


def test_fodlams_totals_are_unchanged_under_dennard(examples, registry: Registry) -> None:
    """The default rule gives FODLAM's own totals, whatever else can be chosen."""
    vgg16 = estimate(examples / "vgg16.toml", registry).totals["fc"]
    assert vgg16.latency_s == pytest.approx(7.438888888888888e-05, rel=1e-12)
    assert vgg16.energy_j == pytest.approx(9.157180384087789e-05, rel=1e-12)
    alexnet = estimate(examples / "alexnet.toml", registry).totals["fc"]
    assert alexnet.latency_s == pytest.approx(7.568888888888887e-05, rel=1e-12)
    assert alexnet.energy_j == pytest.approx(9.317208779149518e-05, rel=1e-12)
