"""Post-Dennard scaling against a projection of its time."""

from __future__ import annotations

import pytest

from fodlam_core import Technology
from fodlam_core.scaling.dennard import Dennard
from fodlam_core.scaling.post_dennard import PostDennard


def test_it_is_the_rule_by_which_eie_was_projected_to_28_nm() -> None:
    """EIE's Table V: 800 to 1200 MHz, power per PE x1.00, area per PE x0.391; Dennard is not it."""
    points = Technology(45), Technology(28)
    factors = PostDennard().factors(*points)
    clock, power_per_pe, area_per_pe = 800 / 1200, (2.36 / 256) / (0.59 / 64), (63.8 / 4) / 40.8
    assert power_per_pe == pytest.approx(1.0, rel=1e-12)
    assert factors.power == pytest.approx(power_per_pe, rel=1e-12)
    assert factors.time == pytest.approx(28 / 45, rel=1e-12)
    assert factors.time == pytest.approx(clock, rel=0.07)
    assert factors.area == pytest.approx(area_per_pe, rel=0.01)
    assert Dennard().factors(*points).power == pytest.approx(0.387, rel=1e-3)
