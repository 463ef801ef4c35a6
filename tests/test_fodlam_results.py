"""FODLAM's own results, reproduced to a relative 1e-12.

``data/fodlam-totals.json`` holds what FODLAM (Sampson and Buckler, 2017) prints for its nine
configurations, ``data/fodlam-diagnose.json`` what its ``--diagnose`` was meant to print.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from fodlam_core import Registry, load_config, prepare

DATA = Path(__file__).parent / "data"
EXAMPLES = Path(__file__).parents[1] / "examples"
TOTALS = json.loads((DATA / "fodlam-totals.json").read_text())
NAMES = [name.removesuffix(".json") for name in TOTALS]
NETFILES = {
    "AlexNet": "alexnet_deploy.json",
    "VGG16": "VGG_ILSVRC_16_layers_deploy.json",
    "VGG_CNN_M": "VGG_CNN_M_deploy.json",
    "Faster-R-CNN-VGG16": "faster_rcnn_vgg16.json",
    "Faster-R-CNN-VGG_CNN_M": "faster_rcnn_vggm.json",
}
# Printed latency in ms and power in mW (Eyeriss), latency in us (EIE), as FODLAM reads them.
EYERISS = {
    "CONV1-1": (76.2, 247),
    "CONV1-2": (910.3, 218),
    "CONV2-1": (470.3, 242),
    "CONV2-2": (894.3, 231),
    "CONV3-1": (241.1, 254),
    "CONV3-2": (460.9, 235),
    "CONV3-3": (457.7, 233),
    "CONV4-1": (135.8, 278),
    "CONV4-2": (254.8, 261),
    "CONV4-3": (246.3, 240),
    "CONV5-1": (54.3, 258),
    "CONV5-2": (53.7, 236),
    "CONV5-3": (53.7, 230),
}
EIE = {"FC6": 34.4, "FC7": 8.7, "FC8": 8.4}


def close(actual: Any, expected: Any) -> None:
    """Compare nested tables of numbers."""
    if isinstance(expected, dict):
        assert list(expected) == list(actual)
        for key, value in expected.items():
            close(actual[key], value)
    else:
        assert isinstance(actual, float)
        assert expected == pytest.approx(actual, rel=1e-12, abs=0)


def fodlam_config(name: str) -> dict[str, Any]:
    """Return an example in FODLAM's own JSON form."""
    network = tomli.loads((EXAMPLES / f"{name}.toml").read_text())["network"]
    if network["method"] == "published":
        return {"net": network["name"], "layers": network["layers"]}
    return {"netfile": NETFILES[network["name"]], "layers": network["layers"]}


@pytest.mark.parametrize("name", NAMES)
def test_examples(name: str, cli: Any) -> None:
    """Each of FODLAM's nine examples, as TOML, has FODLAM's totals, keys and layout."""
    result = cli("run", EXAMPLES / f"{name}.toml", "--format", "fodlam")

    assert (0, "") == (result.status, result.err)
    actual = json.loads(result.out)
    close(actual, TOTALS[f"{name}.json"])
    assert json.dumps(actual, sort_keys=True, indent=2) + "\n" == result.out


@pytest.mark.parametrize("name", NAMES)
def test_own_configurations(name: str, cli: Any, toml: Any) -> None:
    """Each of FODLAM's nine JSON configurations means what it meant, without a message."""
    path = toml(json.dumps(fodlam_config(name)), f"{name}.json")

    result = cli("run", path, "--format", "fodlam")

    assert (0, "") == (result.status, result.err)
    close(json.loads(result.out), TOTALS[f"{name}.json"])


def test_own_configuration_through_several_formats(cli: Any, toml: Any) -> None:
    """Several configurations come out by name."""
    path = toml(json.dumps(fodlam_config("vgg16")), "a.json")

    result = cli("run", path, EXAMPLES / "vgg16.toml", "--format", "fodlam")

    actual = json.loads(result.out)
    assert {str(path), str(EXAMPLES / "vgg16.toml")} == set(actual)
    for totals in actual.values():
        close(totals, TOTALS["vgg16.json"])


def test_one_name_twice_is_refused(cli: Any) -> None:
    """Results are keyed by name, so that a configuration given twice would be lost once."""
    path = EXAMPLES / "vgg16.toml"

    result = cli("run", path, path, "--format", "fodlam")

    assert (1, "") == (result.status, result.out)
    assert f"{path}: given 2 times; FODLAM's JSON has one result by name" in result.err


def test_no_cost_is_null(cli: Any, toml: Any) -> None:
    """A kind that nothing serves is left out of FODLAM's JSON, and a warning says so."""
    path = toml('[network]\nname = "BERT-base-128"\n')

    result = cli("run", path, "--format", "fodlam")

    totals = json.loads(result.out)
    assert {"conv", "fc", "total"} == set(totals)
    assert {float} == {type(value) for costs in totals.values() for value in costs.values()}
    assert f"warning: {path}: no cost of matmul layers is known" in result.err


def test_half_a_total_is_refused(cli: Any, toml: Any) -> None:
    """A total without energy has no place in FODLAM's JSON."""
    toml(
        'name = "whole"\ntitle = "Whole"\nkinds = ["conv", "fc"]\nprovenance = "measured"\n'
        "technology = { node_nm = 65 }\n"
        'citation = { key = "doe", text = "J. Doe", bibtex = "@misc{doe}" }\n'
        '[[references]]\nnetwork = "AlexNet"\nlatency_ms = 30\n',
        "whole.toml",
    )
    path = toml(
        '[network]\nname = "AlexNet"\n[dispatch]\nconv = "whole"\nfc = "whole"\n'
        '[accelerator.whole]\nfile = "whole.toml"\n'
    )

    result = cli("run", path, "--format", "fodlam")

    assert (1, "") == (result.status, result.out)
    assert f"{path}: latency or energy of AlexNet is not known" in result.err


def spellings(name: str) -> st.SearchStrategy[str]:
    """All the spellings of a layer name that FODLAM takes for the same."""
    letters = [
        st.sampled_from("-_") if letter == "-" else st.sampled_from([letter, letter.lower()])
        for letter in name
    ]
    return st.tuples(*letters).map("".join)


@given(data=st.data())
def test_any_selection_of_layers(data: st.DataObject, registry: Registry) -> None:
    """Any selection, order, repetition and spelling of VGG-16's layers sums as in FODLAM."""
    names = data.draw(st.lists(st.sampled_from([*EYERISS, *EIE]), min_size=1, max_size=30))
    spelt = [data.draw(spellings(name)) for name in names]
    scale = 65 / 45
    conv = [EYERISS[name] for name in names if name in EYERISS]
    fc = [EIE[name] for name in names if name in EIE]

    config = load_config(EXAMPLES / "vgg16.toml", registry, [f"network.layers={json.dumps(spelt)}"])
    totals = prepare(config, registry).estimate().totals

    expected_s = sum(ms * 1e-3 for ms, _ in conv)
    assert expected_s == pytest.approx(totals["conv"].latency_s, rel=1e-12)
    assert sum(ms * mw * 1e-6 for ms, mw in conv) == pytest.approx(
        totals["conv"].energy_j, rel=1e-12
    )
    assert sum(us * 1e-6 * scale for us in fc) == pytest.approx(totals["fc"].latency_s, rel=1e-12)
    assert sum(us * 1e-6 * 0.59 * scale**3 for us in fc) == pytest.approx(
        totals["fc"].energy_j, rel=1e-12
    )


def test_diagnosis(cli: Any) -> None:
    """The diagnosis has FODLAM's cost per MAC of every measured layer, and its averages."""
    result = cli("diagnose", "--format", "json")

    assert 0 == result.status
    actual, expected = (
        json.loads(result.out),
        json.loads((DATA / "fodlam-diagnose.json").read_text()),
    )
    close(
        json.loads(json.dumps(actual, sort_keys=True)),
        json.loads(json.dumps(expected, sort_keys=True)),
    )


def test_diagnosis_per_image(cli: Any) -> None:
    """Per image the pooled cost of a convolution is 91.5 ps per MAC, a third of FODLAM's."""
    actual = json.loads(cli("diagnose", "--batch", "1", "--format", "json").out)

    conv_ms = 115.3 / 4 + 4309.4 / 3
    macs = 665_784_864 + 15_346_630_656
    assert conv_ms * 1e-3 / macs == pytest.approx(actual["average"]["latency"]["conv"], rel=1e-12)
    assert "91.5" == f"{actual['average']['latency']['conv'] * 1e12:.1f}"


@pytest.mark.parametrize(
    ("config", "warning"),
    [
        ({"net": "VGG16", "layers": []}, "layers: an empty list; all totals are zero"),
        ({"netfile": NETFILES["VGG16"], "layers": []}, "layers: an empty list"),
        ({"net": "VGG16", "layers": ["FC6"], "x": 1}, "key 'x' means nothing and is ignored"),
    ],
)
def test_what_fodlam_accepted(config: dict[str, Any], warning: str, cli: Any, toml: Any) -> None:
    """What FODLAM accepted keeps its result, with a warning on standard error."""
    result = cli("run", toml(json.dumps(config), "a.json"), "--format", "fodlam")

    assert 0 == result.status
    assert warning in result.err
    if not config["layers"]:
        zeros = {"energy": 0.0, "latency": 0.0}
        assert {"conv": zeros, "fc": zeros, "total": zeros} == json.loads(result.out)


def test_own_statistics_file(cli: Any, toml: Any, tmp_path: Path) -> None:
    """A statistics file beside the configuration is read; of two entries the last one counts."""
    statistics = [
        {"name": "data", "type": "Input"},
        {"name": "conv_a", "type": "Convolution", "macs": 5},
        {"name": "conv_a", "type": "Convolution", "macs": 1_000_000},
        {"name": "up", "type": "Deconvolution", "macs": 2_000_000},
        {"name": "fc", "type": "InnerProduct", "macs": 1000},
    ]
    (tmp_path / "mine.json").write_text(json.dumps(statistics))
    config = toml(
        json.dumps({"netfile": "mine.json", "layers": ["CONV-A", "Up", "fc", "fc"]}), "c.json"
    )

    result = cli("run", config, "--format", "fodlam")

    averages = json.loads((DATA / "fodlam-diagnose.json").read_text())["average"]["latency"]
    actual = json.loads(result.out)
    assert averages["conv"] * 3e6 == pytest.approx(actual["conv"]["latency"], rel=1e-12)
    assert averages["fc"] * 2000 == pytest.approx(actual["fc"]["latency"], rel=1e-12)
    assert "layer 'conv_a' is listed twice; the last counts" in result.err


def test_local_statistics_shadow_the_zoo(cli: Any, toml: Any, tmp_path: Path) -> None:
    """A local file under one of FODLAM's file names is taken, and a warning says so."""
    (tmp_path / "alexnet_deploy.json").write_text(
        json.dumps([{"name": "conv1", "type": "Convolution", "macs": 7}])
    )
    config = toml(json.dumps({"netfile": "alexnet_deploy.json", "layers": ["conv1"]}), "c.json")

    result = cli("run", config, "--format", "json")

    assert 7 == json.loads(result.out)["totals"]["total"]["macs"]
    assert "is taken, not the built-in AlexNet" in result.err


def test_the_honest_convention(cli: Any) -> None:
    """VGG-16 takes 4.31 s for three images and 1.44 s for one; only the former mixes batches."""
    printed = cli("run", EXAMPLES / "vgg16.toml").out
    honest = cli("run", EXAMPLES / "vgg16-per-image.toml").out

    assert "4.309 s" in printed
    warning, totals = (
        printed.index("Batches are mixed in these totals: conv: 3 images, fc: 1 image"),
        printed.index("inferences/s"),
    )
    assert warning < totals
    assert "1.437 s" in honest
    assert "mixed" not in honest
