"""The energy of DRAM, on request, beside that of the chips."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fodlam_core import Config, NetworkConfig, Registry, TechnologyConfig, estimate

PRICE = 160e-12
SET = f"system.dram_energy_j_per_byte={PRICE}"


def alexnet(registry: Registry, price: float | None = PRICE, node: float = 65, **more: Any) -> Any:
    """Return AlexNet's result as plain values."""
    system = {} if price is None else {"dram_energy_j_per_byte": price}
    config = Config(NetworkConfig("AlexNet", **more), TechnologyConfig(node), system=system)
    return estimate(config, registry).to_dict()


def test_published_traffic(registry: Registry) -> None:
    """CONV1 moves 5.0 MB for 4 images, all of AlexNet's conv layers 15.4 MB."""
    record = alexnet(registry)

    assert 5.0e6 / 4 * PRICE == pytest.approx(record["layers"][0]["dram_energy_j"])
    conv = record["totals"]["conv"]
    assert 15.4e6 / 4 * PRICE == pytest.approx(conv["dram_energy_j"])
    assert conv["energy_j"] + conv["dram_energy_j"] == pytest.approx(conv["system_energy_j"])
    assert conv["dram_energy_j"] == record["accelerators"]["eyeriss"]["dram_energy_j"]


def test_unknown_traffic_is_not_zero(registry: Registry) -> None:
    """EIE's traffic is not published: no total that holds it has DRAM energy, and that is said."""
    record = alexnet(registry)

    assert {None} == {each["dram_energy_j"] for each in record["layers"] if each["kind"] == "fc"}
    for name in ("fc", "total"):
        assert record["totals"][name]["dram_energy_j"] is None
        assert record["totals"][name]["system_energy_j"] is None
    assert any("not published for FC6, FC7, FC8" in note for note in record["notes"])
    predicted = alexnet(registry, method="predicted")
    assert {None} == {each["dram_energy_j"] for each in predicted["layers"]}


def test_not_scaled(registry: Registry) -> None:
    """The node changes the energy of the chip and not that of DRAM; neither adds to the other."""
    at_65, at_28, without = (
        alexnet(registry),
        alexnet(registry, node=28),
        alexnet(registry, price=None),
    )

    for name in ("dram_energy_j", "energy_j"):
        same = [a[name] == b[name] for a, b in zip(at_65["layers"], at_28["layers"], strict=True)]
        assert (name == "dram_energy_j") == all(same)
    assert at_65["totals"]["conv"]["energy_j"] == without["totals"]["conv"]["energy_j"]


def test_batch(registry: Registry) -> None:
    """DRAM energy follows the batch, and as printed it is that of the printed batch."""
    one, eight, printed = (
        alexnet(registry, batch=batch)["layers"][0]["dram_energy_j"]
        for batch in (1, 8, "published")
    )

    assert (8 * one, 4 * one) == (pytest.approx(eight), pytest.approx(printed))


def test_without_the_table(registry: Registry) -> None:
    """Without the table nothing is said of DRAM's joules but that they are missing."""
    record = alexnet(registry, price=None)

    assert {None} == {each["dram_energy_j"] for each in record["layers"]}
    assert record["totals"]["conv"]["system_energy_j"] is None
    assert "DRAM energy is not included in any number" in record["notes"]


def test_command(cli: Any, examples: Path) -> None:
    """The table shows it apart; CSV has a column for it."""
    path = examples / "alexnet.toml"

    text = cli("run", path, "--set", SET).out
    header, first, *_ = cli("run", path, "--set", SET, "-f", "csv").out.splitlines()

    assert "800 uJ" in text
    assert "chips and DRAM" in text
    assert "DRAM energy is the published traffic at 160 pJ a byte" in text
    assert "dram_energy_j" == header.split(",")[-1]
    assert 5.0e6 * PRICE == pytest.approx(float(first.split(",")[-1]))
    assert "chips and DRAM" not in cli("run", path).out


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ("dram_energy_j_per_byte = -1.0", "expected a positive, finite number, got -1.0"),
        ("dram_energy_j_per_byte = nan", "expected a number, got nan"),
        ('dram_energy_j_per_byte = "1"', "expected a number, got '1'"),
        ("dram_energy = 1e-12", "unknown key 'dram_energy'; did you mean"),
        ("", "dram_energy_j_per_byte: is missing; add it"),
    ],
)
def test_mistakes(table: str, problem: str, cli: Any, toml: Any) -> None:
    """A mistake in the table is one line that names table and key, beside all others."""
    path = toml(f'[network]\nname = "AlexNet"\nbatsh = 1\n[system]\n{table}')

    result = cli("run", path)

    lines = result.err.splitlines()
    assert (1, "", 2) == (*result[:2], len(lines))
    assert any(f"error: {path}: [system]" in line and problem in line for line in lines)


def test_in_python() -> None:
    """A configuration made in Python is checked as well."""
    with pytest.raises(ValueError, match="did you mean 'dram_energy_j_per_byte'"):
        Config(NetworkConfig("AlexNet"), system={"dram_energy_per_byte": 1e-12})


def test_costs_nothing_when_absent(examples: Path) -> None:
    """A run without the table imports nothing for it, nor anything for sources."""
    code = (
        "import sys; from fodlam_core.cli import main;"
        f"main(['run', {str(examples / 'vgg16.toml')!r}, '-f', 'fodlam', '-o', {'/dev/null'!r}]);"
        "import json; print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )

    modules = set(json.loads(done.stdout))
    assert "fodlam_core.estimates.plausibility" in modules
    assert not modules & {
        "fodlam_core.config.system",
        "fodlam_core.estimates.system",
        "fodlam_core.estimates.explain.provenance",
        "fodlam_core.accelerators.publication",
        "fodlam_core.model.bibliography",
    }
