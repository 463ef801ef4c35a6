"""Conformance checks that a plugin author can run, with or without pytest.

::

    from fodlam_core.testing import check_scaler

    check_scaler(MyRule())

or, one test for each check::

    from fodlam_core.testing import parametrize_with_checks

    @parametrize_with_checks([MyRule()])
    def test_my_rule_is_a_scaling_rule(scaler, check):
        check(scaler)
"""

from fodlam_core.testing.runner import check_scaler, parametrize_with_checks
from fodlam_core.testing.scaler_checks import CheckFailed

__all__ = ["CheckFailed", "check_scaler", "parametrize_with_checks"]
