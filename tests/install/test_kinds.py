"""Layer kinds of plugins, installed for real: equal ones are one, and tables hold their shapes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.install

KIND = """
import attrs
from fodlam_core import Accelerator, Citation, Cost, LayerKind, Technology, hookimpl


@attrs.frozen
class PoolShape:
    input: tuple[int, int]
    window: int = 2

    kind = "pool"
    weights = 0
    macs = 0

    @property
    def windows(self):
        return self.input[0] // self.window * (self.input[1] // self.window)


class Formula:
    name = "windows"
    requires = frozenset({{"shape"}})

    def fit(self, measurements):
        return self

    def predict(self, layer):
        return Cost(layer.shape.windows * 1e-6, layer.shape.windows * 1e-9)


@hookimpl
def fodlam_layer_kinds():
    yield LayerKind("pool", "pooling", {supplied})


@hookimpl
def fodlam_accelerators():
    yield Accelerator(
        name="{chip}", title="{chip}", kinds=["pool"], technology=Technology(65),
        citation=Citation("doe", "J. Doe", "@misc{{doe}}"), provenance="projected",
        predictors=[Formula()],
    )
"""
NETWORK = """
[[layers]]
name = "P1"
kind = "pool"
input = [8, 8]
[[layers]]
name = "P2"
kind = "pool"
input = [9, 8]
window = 3
"""


SUPPLY = 'yield LayerKind("pool", "pooling", PoolShape)'
SHARED = "from one_pools import PoolShape\nfrom fodlam_core import LayerKind, hookimpl\n"


def plugin(chip: str, supplied: str = "PoolShape") -> str:
    """Return a plugin with a chip that pools, and the kind for it."""
    return KIND.format(chip=chip, supplied=supplied)


@pytest.fixture(scope="module")
def installed(new_environment: Any, distribution: Any) -> Any:
    """An environment with plugins that supply the kind, each in its own way."""
    shared = f"{SHARED}\n@hookimpl\ndef fodlam_layer_kinds():\n    {SUPPLY}\n"
    environment = new_environment()
    environment.pip(
        "--no-deps",
        "--no-index",
        distribution("one-pools", plugin("one")),
        distribution("shares", shared),
        distribution("no-shape", plugin("two", supplied="None")),
        distribution("own-shape", plugin("three")),
    )
    return environment


@pytest.fixture
def network(tmp_path: Path) -> Path:
    """A table with two layers of the kind."""
    path = tmp_path / "net.toml"
    path.write_text(NETWORK)
    return path


@pytest.mark.parametrize("blocked", ["", ",shares", ",no-shape", ",shares,no-shape"])
def test_equal_kinds_of_several_plugins_are_one(
    installed: Any, network: Path, blocked: str
) -> None:
    """With any that know the shape or none, a native table holds it, and every chip prices it."""
    for chip in ("one", "two")[: 1 if "no-shape" in blocked else 2]:
        done = installed.run(
            *("fodlam-core", "run", network, "--on", chip, "-f", "json"),
            FODLAM_BLOCK_PLUGINS=f"own-shape{blocked}",
        )
        assert (done.status, done.err) == (0, "")
        layers = json.loads(done.out)["layers"]
        assert [each["latency_s"] for each in layers] == pytest.approx([16e-6, 6e-6])
        assert {each["accelerator"] for each in layers} == {chip}


def test_the_table_is_written_again(installed: Any, network: Path) -> None:
    """What is read is what is written."""
    done = installed.run(
        *("fodlam-core", "networks", "convert", network, "-"), FODLAM_BLOCK_PLUGINS="own-shape"
    )
    assert done.status == 0, done.err
    assert "input = [9, 8]" in done.out
    assert "window = 3" in done.out


@pytest.mark.parametrize("blocked", ["", "one-pools,shares,no-shape,own-shape"])
def test_two_shapes_or_none_are_refused(installed: Any, network: Path, blocked: str) -> None:
    """Two shapes of one kind contradict each other; without any the kind has none."""
    done = installed.run("fodlam-core", "run", network, FODLAM_BLOCK_PLUGINS=blocked)
    assert done.status == 1
    assert "unknown kind of layer with a shape 'pool'" in done.err
    assert ("'pool' is supplied by plugin" in done.err) == (not blocked)
    assert "Traceback" not in done.err
