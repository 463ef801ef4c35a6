"""What plugins supply is looked at."""

from __future__ import annotations

import pytest

from fodlam_core import LayerKind
from fodlam_core.plugins import Plugin
from fodlam_core.plugins.checks import names_of, without_rubbish
from fodlam_core.scaling.dennard import Dennard


class Odd:
    """A rule whose name cannot be had."""

    factors = None

    @property
    def name(self) -> str:
        """Raise."""
        raise RuntimeError("odd")


@pytest.mark.parametrize(
    ("hook", "items"),
    [
        ("fodlam_layer_kinds", (object(),)),
        ("fodlam_layer_kinds", (LayerKind("a", "x"), LayerKind("a", "y"))),
        ("fodlam_technology_scalers", (object(),)),
        ("fodlam_technology_scalers", (Odd(),)),
    ],
)
def test_rubbish_disables_a_plugin(hook: str, items: tuple[object, ...]) -> None:
    """A plugin that supplies rubbish supplies nothing, and says why."""
    looked_at = without_rubbish(Plugin("p", {hook: items}))

    assert ("broken", {}) == (looked_at.status, looked_at.provided)


def test_what_is_right_stays() -> None:
    """A plugin without a mistake is the same plugin."""
    plugin = Plugin("p", {"fodlam_technology_scalers": (Dennard(),)})

    assert plugin is without_rubbish(plugin)
    assert ["dennard", "constant-field"] == names_of(Dennard())
