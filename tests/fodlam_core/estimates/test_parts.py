"""Published totals of part of a network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fodlam_core import FodlamError, Registry, estimate
from fodlam_core.config.asked import asked_config

CHIP = """\
name = "mychip"
title = "my chip"
kinds = ["conv", "fc"]
provenance = "measured"
technology = { node_nm = 65 }
citation = { key = "doe", text = "J. Doe", bibtex = "@misc{doe}" }
[[references]]
network = "AlexNet"
batch = 4
latency_ms = 80
energy_mj = 20
where = "Table 2"
"""
CONV = 'kind = "conv"\n'


def run(registry: Registry, on: str, *overrides: str, network: str = "AlexNet") -> Any:
    """Return the estimate of a network on chips."""
    return estimate(asked_config(network, registry, overrides, on.split(",")), registry)


def test_a_part_is_one_line(toml: Any, registry: Registry) -> None:
    """20 ms for all convolutions is one line; the rest runs elsewhere, and all is covered."""
    made = run(registry, f"conv={toml(CHIP + CONV, 'chip.toml')},fc=eie")

    line, *rest = made.layers
    assert "CONV1 to CONV5 (all conv as a whole)" == line.layer.name
    assert (0.02, 0.005) == (line.latency_s, line.energy_j)
    assert ["FC6", "FC7", "FC8"] == [each.layer.name for each in rest]
    assert made.totals["conv"].latency_s == 0.02
    assert (1.0, 0) == (made.coverage.modelled_share, made.coverage.not_selected_layers)
    note = "mychip: CONV1 to CONV5 (all conv as a whole) is published as a sum (Table 2); no layer"
    assert any(each.startswith(note) for each in made.notes)


def test_it_is_scaled_like_any_other(toml: Any, registry: Registry) -> None:
    """At another node the rule carries it, and a batch that is asked for multiplies it."""
    chip = toml(CHIP + CONV, "chip.toml")
    overrides = ("technology.node_nm=28", 'technology.scaler="dennard"', "network.batch=8")

    made = run(registry, f"conv={chip},fc=eie", *overrides)

    assert made.totals["conv"].latency_s == pytest.approx(0.16 * 28 / 65)


def test_layers_by_name(toml: Any, registry: Registry) -> None:
    """Layers of a list are a part, whatever the spelling, if exactly they are asked for."""
    chip = toml(CHIP + 'layers = ["conv1", "CONV2"]\n', "chip.toml")

    made = run(registry, f"conv={chip}", 'network.layers=["CONV1", "CONV2"]')

    assert ["CONV1 to CONV2 (2 layers as a whole)"] == [each.layer.name for each in made.layers]
    assert 6 == made.coverage.not_selected_layers


@pytest.mark.parametrize(
    ("part", "overrides", "network"),
    [
        (CONV, ['network.layers=["CONV1"]'], "AlexNet"),
        (CONV, [], "VGG16"),
        (CONV + "macs = 1\n", [], "AlexNet"),
        ('layers = ["CONV1"]\n', [], "AlexNet"),
    ],
)
def test_other_layers_are_refused(
    part: str, overrides: list[str], network: str, toml: Any, registry: Registry
) -> None:
    """A sum is never spread: other layers, another network, and other MACs are an error."""
    chip = toml(CHIP + part, "chip.toml")

    with pytest.raises(FodlamError, match="mychip publishes parts of networks, each as a whole"):
        run(registry, f"conv={chip}", *overrides, network=network)


def test_the_part_of_a_network_file(toml: Any, registry: Registry, tmp_path: Path) -> None:
    """A network that only a file holds has the name that `measured_as` gives it."""
    chip = toml(CHIP.replace("AlexNet", "mine") + CONV, "chip.toml")
    layers = [{"name": name, "kind": "conv", "macs": 1000} for name in ("A", "B")]
    (tmp_path / "net.json").write_text(json.dumps({"name": "N", "layers": layers}))

    made = run(
        registry, f"conv={chip}", 'network.measured_as="mine"', network=str(tmp_path / "net.json")
    )

    assert 0.02 == made.totals["total"].latency_s


def test_a_part_is_of_one_thing(toml: Any, registry: Registry) -> None:
    """Kind and layers exclude each other; the same part twice at one batch is a mistake."""
    both = toml(CHIP + CONV + 'layers = ["CONV1"]\n', "chip.toml")
    with pytest.raises(FodlamError, match="kind and layers are given"):
        run(registry, f"conv={both}")

    again = CHIP[CHIP.index("[[references]]") :]
    twice = toml(CHIP + CONV + again + CONV, "twice.toml")
    with pytest.raises(FodlamError, match="listed already"):
        run(registry, f"conv={twice}")


def test_a_result_with_a_part_is_explained_and_saved(toml: Any, cli: Any, tmp_path: Path) -> None:
    """Every form of output takes the line as it takes a layer."""
    chip = toml(CHIP + CONV, "chip.toml")
    on = ("run", "AlexNet", "--on", f"conv={chip},fc=eie")
    path = tmp_path / "saved.json"

    assert 0 == cli(*on, "--explain").status
    assert 0 == cli(*on, "-f", "json", "-o", path).status
    assert 0 == cli("check", path).status
