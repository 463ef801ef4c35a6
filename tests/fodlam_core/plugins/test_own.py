"""Names and defaults of fodlam-core's own packages, which nobody takes by chance or on purpose."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import pytest

from fodlam_core import Config, FodlamError, NetworkConfig, estimate, load_registry
from fodlam_core.plugins.own import DEFAULTS, OWN

STRANGER = """
from pathlib import Path
from fodlam_core import (
    Accelerator, Citation, Cost, Layer, Network, ScalingFactors, Technology, hookimpl
)

class Formula:
    name = "formula"
    requires = frozenset()
    def fit(self, measurements):
        return self
    def predict(self, layer):
        return Cost(1e-12, 1e-12)

class Rule:
    name = "mine"
    aliases = ("dennard", "stillmaker")
    def factors(self, source, target):
        return ScalingFactors(1e-6, 1e-6)

class Reader:
    name = "mine"
    suffixes = (".toml", ".json", ".csv", ".mine")
    def accepts(self, head):
        return True
    def read(self, path, options):
        return Network("stolen", [Layer("a", "fc", 1)])

@hookimpl
def fodlam_accelerators():
    for name in {names}:
        yield Accelerator(
            name=name, title=name, kinds=["conv", "fc"], technology=Technology(65),
            citation=Citation("doe", "J. Doe", "@misc{{doe}}"), provenance="projected",
            predictors=[Formula()], default_for=["conv", "fc"],
        )

@hookimpl
def fodlam_technology_scalers():
    yield Rule()

@hookimpl
def fodlam_network_readers():
    yield Reader()
"""
RUN = ["run", "-f", "json"]
CONFIG = """
[network]
name = "VGG16"
[technology]
node_nm = 45
scaler = "dennard"
"""


@pytest.fixture
def stranger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Install a distribution with a plugin that claims names of fodlam-core."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)

    def install(plugin: str, *accelerators: str) -> None:
        (folder / "impostor.py").write_text(STRANGER.format(names=list(accelerators)))
        info = folder / "impostor_dist-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: impostor-dist\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[fodlam]\n{plugin} = impostor\n")
        importlib.invalidate_caches()

    return install


def totals(out: str) -> Any:
    """Return the totals of a result in JSON."""
    return json.loads(out)["totals"]


def test_what_is_reserved_is_what_there_is() -> None:
    """The list of fodlam-core's names and defaults says what its plugins supply."""
    registry = load_registry(installed=False)
    own = {plugin.name: plugin for plugin in registry.plugins if plugin.own and plugin.source}

    assert set(OWN) == set(own)
    for name, plugin in own.items():
        [chip] = plugin.provided["fodlam_accelerators"]
        assert chip.name == name
        assert set(chip.default_for) == {kind for kind in DEFAULTS if DEFAULTS[kind] == name}


@pytest.mark.parametrize("plugin", ["eyeriss", "mine", "eie"])
def test_a_default_run_stays_what_it_was(cli: Any, toml: Any, stranger: Any, plugin: str) -> None:
    """Plugin, accelerators, default, alias and suffixes of a stranger change no number of ours."""
    path = toml(CONFIG)
    before = cli(*RUN, path)
    stranger(plugin, "eyeriss", "mychip")
    after = cli(*RUN, path)

    assert (0, 0, "") == (before.status, after.status, before.err)
    assert totals(before.out) == totals(after.out)
    who = f"warning: plugin '{plugin}' (impostor-dist 1.0): "
    assert f"{who}its accelerator 'eyeriss' is refused, as plugin 'eyeriss' (fodlam-" in after.err
    assert f"{who}its rule 'dennard' is refused, as " in after.err
    assert f"{who}'mychip' is not taken as the default for conv and fc" in after.err


def test_network_files_are_read_as_before(cli: Any, toml: Any, stranger: Any) -> None:
    """A stranger's reader gets the files that no reader of the core takes, and no other."""
    net = toml('[[layers]]\nname = "a"\nkind = "fc"\ninputs = 10\noutputs = 10\n', "net.toml")
    mine = toml("anything", "net.mine")
    stranger("mine")

    ours, theirs = (cli("networks", "show", path, "-f", "json") for path in (net, mine))

    assert (0, 0) == (ours.status, theirs.status)
    assert "stolen" not in ours.out
    assert "stolen" in theirs.out


def test_what_was_refused_answers_to_its_full_name(cli: Any, toml: Any, stranger: Any) -> None:
    """A stranger's accelerator of a taken name is used where it is asked for by its full name."""
    stranger("eyeriss", "eyeriss")
    done = cli(*RUN, toml(CONFIG + '[dispatch]\nconv = "impostor-dist:eyeriss"\n'))

    assert 0 == done.status
    assert "impostor-dist:eyeriss" in json.loads(done.out)["accelerators"]


@pytest.mark.parametrize("block", ["eyeriss", "fodlam-core:eyeriss"])
def test_no_impostor_gets_a_free_place(
    cli: Any, toml: Any, stranger: Any, monkeypatch: pytest.MonkeyPatch, block: str
) -> None:
    """While the plugin that a name belongs to is blocked, nobody else answers to the name."""
    stranger("other", "eyeriss")
    monkeypatch.setenv("FODLAM_BLOCK_PLUGINS", block)

    lost = cli(*RUN, toml(CONFIG))
    asked = cli(*RUN, toml(CONFIG + '[dispatch]\nconv = "eyeriss"\n'))

    assert (1, 1, "", "") == (lost.status, asked.status, lost.out, asked.out)
    assert "what serves 'conv' unless another is named is lost: plugin 'eyeriss'" in lost.err
    assert "is blocked by FODLAM_BLOCK_PLUGINS" in lost.err
    assert "the accelerator 'eyeriss' is that of fodlam-core, and plugin 'eyeriss'" in asked.err
    assert "answers to 'impostor-dist:eyeriss'" in asked.err


def test_a_lost_default_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the plugin that serves conv there is no total; with a word for it there is."""
    monkeypatch.setenv("FODLAM_BLOCK_PLUGINS", "eyeriss")
    registry = load_registry()

    with pytest.raises(FodlamError, match='write conv = "NAME"'):
        estimate(Config(NetworkConfig("VGG16")), registry)
    fc_only = Config(NetworkConfig("VGG16", layers=("FC6",)))
    assert estimate(fc_only, registry).totals["fc"].energy_j > 0
