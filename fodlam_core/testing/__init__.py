"""Checks for authors of plugins, with or without pytest.

A new check is a function in the module of what it checks.

::

    import fodlam_mychip
    from fodlam_core.testing import check_plugin

    def test_conforms():
        check_plugin(fodlam_mychip)
"""

from fodlam_core.testing.accelerators import check_accelerator
from fodlam_core.testing.kinds import check_layer_kind
from fodlam_core.testing.plugins import check_plugin
from fodlam_core.testing.readers import check_network_reader
from fodlam_core.testing.runner import parametrize_with_checks
from fodlam_core.testing.scalers import check_scaler

__all__ = [
    "check_accelerator",
    "check_layer_kind",
    "check_network_reader",
    "check_plugin",
    "check_scaler",
    "parametrize_with_checks",
]
