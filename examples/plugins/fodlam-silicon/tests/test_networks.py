"""The networks behind the tables have the MACs that are published for them."""

from __future__ import annotations

from pathlib import Path

import fodlam_silicon
import pytest
import tomli
from fodlam_silicon import sums
from fodlam_silicon.networks import Library, names, network

FOLDER = Path(fodlam_silicon.__file__).parent / "networks"
# Of the last layer 1000 outputs count here, where GHP computes 1024.
PUBLISHED = {
    "MLPerf-Tiny-autoencoder": 264_192,
    "MLPerf-Tiny-ResNet-8": 12_501_632,
    "MLPerf-Tiny-DS-CNN": 2_656_768,
    "MLPerf-Tiny-MobileNetV1-0.25-96": 7_489_664,
    "MobileNetV1-0.5-224": 149_497_088,
    "MobileNetV2-1.4-224": 582_195_824,
    "ResNet-34": 3_663_773_696 - 24 * 512,
    "SelecSLS-42b": 3_147_866_112 - 24 * 1024,
    "VGG-11": 7_609_188_352 - 24 * 4096,
    "VGG-13": 11_308_564_480 - 24 * 4096,
    "VoVNet-27-slim": 2_233_155_584 - 24 * 512,
    "VGG16-conv": 15_346_630_656,
    "ncnn-squeezenet": 418_467_520,
    "ncnn-shufflenet_v2": 144_907_992,
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_macs(name: str) -> None:
    """The total is the published one."""
    assert PUBLISHED[name] == network(name).total_macs


@pytest.mark.parametrize("name", sorted(names()))
def test_reads(name: str) -> None:
    """Each network reads, has a source and a shape for every layer."""
    found = network(name)

    assert found.name == name
    assert found.source
    assert all(layer.shape is not None for layer in found.layers if layer.kind != "attention")


def test_library_is_lazy() -> None:
    """Networks of which nothing is known are left out; those of the core are among them."""
    library = Library(["VGG16", "TPU-MLP0", "VGG-11", "VGG16"])

    assert list(library) == ["VGG16", "VGG-11"]
    assert library["VGG16"].total_macs == 15_470_264_320
    with pytest.raises(KeyError):
        library["TPU-MLP0"]


def test_what_a_library_has_is_known_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asking whether it has a network reads none."""
    library = Library(["VGG16", "VGG-11"])
    monkeypatch.setattr(Library, "__getitem__", None)

    assert "VGG-11" in library
    assert "VGG-13" not in library


def test_families() -> None:
    """No network is in two families, and those of this library are in one."""
    table = tomli.loads((FOLDER / "families.toml").read_text(encoding="utf-8"))
    listed = [name for family in table.values() for name in family]
    own = {path.stem for path in FOLDER.glob("*.toml")} - {"families", *sums.families()}

    assert len(listed) == len(set(listed))
    assert own - set(listed) <= {"MLPerf-Tiny-autoencoder"}
