"""The alpha-power law against the published voltage sweep of Eyeriss."""

from __future__ import annotations

import pytest

from fodlam_core import (
    Config,
    NetworkConfig,
    Registry,
    ScalingError,
    Technology,
    TechnologyConfig,
    estimate,
)
from fodlam_core.errors import MissingInputsError
from fodlam_core.scaling.alpha_power import AlphaPower, Threshold, processes

# Volts, frames per second of AlexNet's convolutions, watts: ISSCC 2016, Figure 14.5.6.
SWEEP = [(0.82, 17.3, 0.094), (0.92, 25.8, 0.172), (1.17, 44.8, 0.450)]
FPS, WATTS = 34.7, 0.278  # printed for 1.0 V


@pytest.mark.parametrize(("vdd", "fps", "watts"), SWEEP)
def test_the_published_sweep_is_within_the_stated_error(
    vdd: float, fps: float, watts: float
) -> None:
    """From 1 V each other point is met within what the note says: 8 % in time, 10 % in energy."""
    factors = AlphaPower().factors(Technology(65, 1.0, "lp"), Technology(65, vdd, "lp"))

    assert factors.time == pytest.approx(FPS / fps, rel=0.08)
    assert factors.energy == pytest.approx((watts / fps) / (WATTS / FPS), rel=0.10)
    assert "within 8 % in time and 10 % in energy" in factors.notes[0]


def test_the_stated_error_is_no_larger_than_it_must_be() -> None:
    """The worst of the three points is at least nine tenths of the stated error."""
    source = Technology(65, 1.0, "lp")
    times, energies = [], []
    for vdd, fps, watts in SWEEP:
        factors = AlphaPower().factors(source, Technology(65, vdd, "lp"))
        times.append(abs(factors.time * fps / FPS - 1))
        energies.append(abs(factors.energy * (WATTS / FPS) / (watts / fps) - 1))
    assert 0.072 <= max(times) <= 0.08
    assert 0.09 <= max(energies) <= 0.10


def test_a_user_runs_eyeriss_at_another_voltage(registry: Registry) -> None:
    """AlexNet's convolutions at 0.82 V take 94 mW within the errors of both quantities."""
    network = NetworkConfig("AlexNet", layers=[f"CONV{each}" for each in range(1, 6)])
    asked = TechnologyConfig(scaler="alpha-power", node_nm=65, vdd=0.82)
    power = estimate(Config(network, asked), registry).totals["total"].power_w
    assert power == pytest.approx(0.094, rel=0.12)


def test_what_the_law_does_not_know_is_refused() -> None:
    """Another process, a node apart, a voltage near the threshold or none: each says what helps."""
    rule, lp = AlphaPower(), Technology(65, 1.0, "lp")
    with pytest.raises(ScalingError, match="are two"):
        rule.factors(lp, Technology(45, 1.0, "lp"))
    with pytest.raises(ScalingError, match=r"outside the range of the law, 0\.8 V to 1\.2 V"):
        rule.factors(lp, Technology(65, 0.7, "lp"))
    with pytest.raises(ScalingError, match=r"known: 65 nm lp\); give both"):
        rule.factors(Technology(28, 0.9, "hp"), Technology(28, 0.8, "hp"))
    with pytest.raises(MissingInputsError, match="vdd"):
        rule.factors(lp, Technology(65, None, "lp"))


def test_another_process_is_given_in_options() -> None:
    """With alpha and vt any process is carried, from a tenth above the threshold up."""
    rule = AlphaPower().configure(Threshold(alpha=2.0, vt=0.5))
    factors = rule.factors(Technology(180, 1.5), Technology(180, 1.0))
    assert factors.time == pytest.approx((1.0 / 0.25) / (1.5 / 1.0), rel=1e-12)
    with pytest.raises(ScalingError, match=r"0\.55 V and up"):
        rule.factors(Technology(180, 1.5), Technology(180, 0.52))
    with pytest.raises(ValueError, match="go together"):
        Threshold(alpha=1.3)


def test_the_data_fit_the_clocks() -> None:
    """Alpha and Vt give the four clocks within the 5.5 % that the data file states."""
    process = processes()[65, "lp"]
    clocks = {0.82: 100, 0.92: 150, 1.01: 200, 1.17: 250}
    speeds = [clock * process.delay(vdd) for vdd, clock in clocks.items()]
    middle = (min(speeds) + max(speeds)) / 2
    assert all(speed == pytest.approx(middle, rel=0.055) for speed in speeds)
