"""Tables of papers, digit by digit as printed."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest

from fodlam_core import Estimate, Registry, estimate, load_config
from fodlam_core.config import TechnologyConfig

# M. Buckler et al., "EVA2", ISCA 2018, Table I, rows "orig": ms, mJ; and the ms of one image.
EVA2 = {
    "alexnet": ("115.4", "32.2", "28.9"),
    "faster16": ("4370.1", "1035.5", "1447.3"),
    "fasterm": ("492.3", "116.7", "163.1"),
}


def paper(examples: Path, name: str, registry: Registry, **network: object) -> Estimate:
    """Estimate a configuration of a paper, with other values of its network."""
    config = load_config(examples / "papers" / name, registry)
    return estimate(attrs.evolve(config, network=attrs.evolve(config.network, **network)), registry)


@pytest.mark.parametrize("row", EVA2)
def test_eva2_table_1(row: str, examples: Path, registry: Registry) -> None:
    """The rows without EVA2 are the costs as printed, of a batch."""
    total = paper(examples, f"eva2-isca-2018/{row}.toml", registry).totals["total"]
    assert EVA2[row][:2] == (f"{total.latency_s * 1e3:.1f}", f"{total.energy_j * 1e3:.1f}")


@pytest.mark.parametrize("row", EVA2)
def test_eva2_per_image(row: str, examples: Path, registry: Registry) -> None:
    """The cost of one image is a third or a quarter of what the paper has for a frame."""
    total = paper(examples, f"eva2-isca-2018/{row}.toml", registry, batch=1).totals["total"]
    assert EVA2[row][2] == f"{total.latency_s * 1e3:.1f}"


def test_eva2_area_of_eie(examples: Path, registry: Registry) -> None:
    """An area scales with the square of the node, where the paper has 58.9 mm2."""
    area = paper(examples, "eva2-isca-2018/alexnet.toml", registry).accelerators["eie"].area_mm2
    assert "85.1" == f"{area:.1f}"
    assert "58.9" == f"{40.8 * 65 / 45:.1f}"


def test_eie_table_5(examples: Path, registry: Registry) -> None:
    """FC7 of AlexNet on 64 PEs at 45 nm, and on 256 PEs at 28 nm by the authors' projection."""
    name = "eie-isca-2016/fc7-28nm-256pe.toml"
    config = load_config(examples / "papers" / name, registry)
    measured = estimate(attrs.evolve(config, technology=TechnologyConfig()), registry)
    projected = estimate(config, registry)
    assert ("81,967", "0.59", "40.8") == _column(measured)
    assert ("426,230", "2.36", "63.8") == _column(projected)


def _column(result: Estimate) -> tuple[str, str, str]:
    """Return frames/s, W and mm2 as Table V has them."""
    total = result.totals["fc"]
    area = result.accelerators["eie"].area_mm2
    return f"{1 / total.latency_s:,.0f}", f"{total.power_w:.2f}", f"{area:.1f}"


def test_readme_has_the_printed_digits(examples: Path) -> None:
    """The page on the papers has the numbers that are tested here."""
    page = (examples / "papers" / "README.md").read_text()
    for latency, energy, _ in EVA2.values():
        assert f"| {latency} ms | {energy} mJ |" in page


def test_node_normalised(cli, examples: Path, tmp_path: Path) -> None:
    """The template gives the rows of the page, as LaTeX and as a figure."""
    folder = examples / "papers" / "node-normalised"
    table, figure = tmp_path / "table.tex", tmp_path / "figure.pdf"
    chips = f"{folder / 'mychip.toml'},eyeriss"
    result = cli("rank", folder / "table.toml", "--on", chips, "-o", table, "--plot", figure)

    assert (0, "") == (result.status, result.err)
    assert figure.read_bytes().startswith(b"%PDF-")
    page = (examples / "papers" / "README.md").read_text()
    for name, costs in {
        "mychip": (("8.271", "ms"), ("1.926", "mJ")),
        "Eyeriss": (("14.1", "ms"), ("3.455", "mJ")),
    }.items():
        assert f"| {name}, 65 nm to 28 nm | {' | '.join(map(' '.join, costs))} |" in page
        for number, unit in costs:
            name_of_unit = {"ms": "second", "mJ": "joule"}[unit]
            assert f"\\qty{{{number}}}{{\\milli\\{name_of_unit}}}" in table.read_text()
