"""Hints to plugins that are not installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from fodlam_core.errors import UnknownNameError
from fodlam_core.plugins.missing import well_known_plugin
from fodlam_core.plugins.registry import build_registry

PLUGINS = Path(__file__).parents[3] / "examples" / "plugins"


@pytest.mark.parametrize("name", ["deepscaletool-2021", "deepscaletool", "deepscale"])
def test_a_well_known_rule_names_the_plugin_to_install(name: str) -> None:
    """A rule that a plugin of the source tree supplies is answered with what to install."""
    with pytest.raises(UnknownNameError, match="fodlam-deepscaletool") as caught:
        build_registry([]).scaler(name)
    folder = str(caught.value).rpartition("./examples/plugins/")[2]
    assert (PLUGINS / folder / "pyproject.toml").is_file()


def test_an_unknown_name_has_no_plugin() -> None:
    """A name that no plugin of the source tree supplies gets no such hint."""
    assert well_known_plugin("rule", "nonsense") is None
    assert well_known_plugin("accelerator", "deepscale") is None
