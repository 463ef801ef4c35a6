"""The template conforms, and answers with the published numbers."""

import fodlam_template

from fodlam_core import Config, NetworkConfig, TechnologyConfig, estimate
from fodlam_core.testing import check_plugin


def test_conforms() -> None:
    """Everything that the plugin supplies passes the checks for it."""
    check_plugin(fodlam_template)


def test_answers_with_the_table() -> None:
    """At its own node the published time comes out."""
    config = Config(
        NetworkConfig("AlexNet", layers=("FC7",)),
        TechnologyConfig(node_nm=28),
        dispatch={"fc": "titan-x"},
    )
    assert estimate(config).totals["total"].inferences_per_s == 1 / 243.0e-6
