"""What a person is told of unknown kinds and of refusals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

PLUGIN = """
from fodlam_core import Accelerator, Citation, Cost, PredictionError, Technology, hookimpl


class Picky:
    name, requires = "picky", frozenset({"name"})

    def fit(self, measurements):
        return self

    def predict(self, layer):
        if layer.name == "b":
            raise PredictionError("too large for the buffer, by far")
        return Cost(layer.macs * 1e-11, layer.macs * 1e-11)


@hookimpl
def fodlam_accelerators():
    yield Accelerator(
        name="mychip", title="MyChip", kinds=["fc"], technology=Technology(65),
        citation=Citation("d", "D", "@misc{d}"), provenance="projected", predictors=[Picky()],
    )
"""
LAYER = '[[layers]]\nname = "{}"\nkind = "{}"\nmacs = 1000000\n'


@pytest.mark.parametrize(("kinds", "status"), [(("covn", "fc"), 0), (("covn",), 1)])
def test_an_unknown_kind_is_named_with_the_nearest(
    cli: Any, toml: Any, kinds: tuple[str, ...], status: int
) -> None:
    """Whether other layers are served or not, a kind that nobody supplies is called unknown."""
    toml("".join(LAYER.format(kind, kind) for kind in kinds), "net.toml")
    done = cli("run", toml('[network]\nfile = "net.toml"\n'))

    assert status == done.status
    assert "unknown layer kind 'covn'; did you mean 'conv'?" in done.out + done.err


def test_a_refusal_names_plugin_chip_and_layer(cli: Any, toml: Any, tmp_path: Path) -> None:
    """The reason comes first, then who refused what."""
    plugin = tmp_path / "mine.py"
    plugin.write_text(PLUGIN)
    toml(LAYER.format("a", "fc") + LAYER.format("b", "fc"), "net.toml")
    config = toml('[network]\nfile = "net.toml"\n[dispatch]\nfc = "mychip"\n')
    done = cli("run", config, "--plugin", plugin, "-f", "json")

    who = f"(picky of mychip on layer 'b', plugin 'mine' ({plugin} unpackaged))"
    assert f"too large for the buffer, by far {who}" in done.out + done.err
