"""The roofline of a chip."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest

from fodlam_core import Registry, estimate
from fodlam_core.figures.roofline import element_bytes, has_roofline, rooflines


def test_points_lie_where_layers_are(examples, registry: Registry) -> None:
    """A layer lies at its MACs over bytes and over seconds, under the roof of its chip."""
    result = estimate(examples / "vgg16-per-image.toml", registry)
    platform = result.platforms["eyeriss"]
    chip = attrs.evolve(
        platform.accelerator,
        peak_macs_per_s=33.6e9,
        memory_bandwidth_bytes_per_s=1e9,
        weight_bits=16,
    )
    known = result._replace(platforms={"eyeriss": platform._replace(accelerator=chip)})
    [each] = rooflines(known)
    first = result.layers[0]
    traffic = first.layer.traffic
    points = each.lines[1]

    assert points.get_xdata()[0] == pytest.approx(
        first.layer.macs / (2 * (traffic.weights + traffic.inputs + traffic.outputs))
    )
    assert points.get_ydata()[0] == pytest.approx(first.layer.macs / first.native.latency_s)
    assert [33.6e9, 33.6e9] == list(each.lines[0].get_ydata()[1:])


def test_nothing_is_guessed(examples, registry: Registry) -> None:
    """Without a bandwidth there is no roofline."""
    chip = attrs.evolve(registry.accelerator("eie"), memory_bandwidth_bytes_per_s=None)
    assert not has_roofline(chip)
    assert element_bytes(attrs.evolve(chip, weight_bits=None, precision="fp8")) == 1


def test_blocks_of_a_transformer_share_a_name(tmp_path: Path, registry: Registry) -> None:
    """Each layer of a block is one point with one name, however many blocks there are."""
    path = tmp_path / "gpt.toml"
    path.write_text('[network]\nname = "GPT-2"\ncontext = 64\n', encoding="utf-8")
    result = estimate(path, registry)
    platform = result.platforms["eie"]
    chip = attrs.evolve(
        platform.accelerator, peak_macs_per_s=1e11, memory_bandwidth_bytes_per_s=1e9, weight_bits=4
    )
    [each] = rooflines(result._replace(platforms={"eie": platform._replace(accelerator=chip)}))

    names = {text.get_text() for text in each.texts}
    assert {f"decode/{name}" for name in ("qkv", "o", "up", "down")} < names
    assert "decode/head" in names
