"""What to cite: exactly what a result rests on, each once."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import attrs
import pytest

import fodlam_core
from fodlam_core import Config, NetworkConfig, PluginError, Registry, TechnologyConfig, estimate
from fodlam_core.analyses.citations import cited
from fodlam_core.config import AcceleratorConfig

AT_65 = TechnologyConfig(node_nm=65, scaler="dennard")

CHIPS = {"chen2017eyeriss", "han2016eie"}
VGG = NetworkConfig("VGG16")
AT_45 = TechnologyConfig(node_nm=45, scaler="dennard")
PER_MAC = {name: AcceleratorConfig(predictor="per-mac") for name in ("eyeriss", "eie")}


@pytest.mark.parametrize(
    ("config", "keys"),
    [
        (
            Config(VGG, AT_65),
            {*CHIPS, "dennard1974design", "simonyan2015vgg"},
        ),
        (Config(VGG, TechnologyConfig(scaler="none", node_nm=65)), {*CHIPS, "simonyan2015vgg"}),
        (
            Config(NetworkConfig("VGG16", layers=("FC6",)), AT_45),
            {"han2016eie", "simonyan2015vgg"},
        ),
        (
            Config(
                NetworkConfig("VGG16", layers=("CONV1-1",)),
                AT_65,
            ),
            {"chen2017eyeriss", "simonyan2015vgg"},
        ),
        (
            Config(
                NetworkConfig("AlexNet", method="predicted"),
                AT_65,
                accelerator=PER_MAC,
            ),
            {*CHIPS, "dennard1974design", "krizhevsky2012alexnet", "sampson2017fodlam"},
        ),
        (
            Config(
                NetworkConfig("AlexNet", batch="published"),
                AT_65,
            ),
            {*CHIPS, "dennard1974design", "krizhevsky2012alexnet", "sampson2017fodlam"},
        ),
        (
            Config(
                NetworkConfig("Faster-R-CNN-VGG16"),
                AT_65,
                accelerator=PER_MAC,
            ),
            {*CHIPS, "dennard1974design", "ren2015fasterrcnn", "sampson2017fodlam"},
        ),
    ],
)
def test_exactly_what_was_used(config: Config, keys: set[str], registry: Registry) -> None:
    """Accelerators, rule, predictor, convention and network: those in use, and no other."""
    found, missing = cited([estimate(config, registry)], registry)

    assert sorted(keys) == [each.citation.key for each in found]
    assert () == missing


def test_once_and_sorted(registry: Registry) -> None:
    """Several results share their publications, which are sorted by key."""
    estimates = [
        estimate(Config(NetworkConfig(name), AT_65), registry) for name in ("VGG16", "AlexNet")
    ]

    found, _ = cited(estimates * 2, registry)

    keys = [each.citation.key for each in found]
    assert sorted(set(keys)) == keys
    [eyeriss] = [each for each in found if each.citation.key == "chen2017eyeriss"]
    assert (("Table V", "Table VI"), ("accelerator eyeriss",)) == (eyeriss.where, eyeriss.uses)


def test_only_the_tables_in_use(registry: Registry) -> None:
    """VGG-16 alone rests on Table VI; a prediction rests on both."""
    published, predicted = (
        cited(
            [
                estimate(
                    Config(
                        NetworkConfig("VGG16", method=method),
                        AT_65,
                    ),
                    registry,
                )
            ],
            registry,
        )[0][0]
        for method in ("published", "predicted")
    )

    assert ("Table VI",) == published.where
    assert ("Table V", "Table VI") == predicted.where


class Uncited:
    """A rule that says nothing of its origin."""

    name = "plain"

    def factors(self, source: Any, target: Any) -> fodlam_core.ScalingFactors:
        """Return what costs are multiplied by."""
        return fodlam_core.ScalingFactors(2.0, 2.0)


def test_what_names_no_publication(registry: Registry, tmp_path: Path) -> None:
    """A rule without a citation, and a network from a file, are reported, not passed over."""
    path = tmp_path / "net.toml"
    path.write_text('name = "Mine"\nsource = "me"\nlayers = [{name="F", kind="fc", macs=9}]')
    some = registry._replace(items={**registry.items, ("rule", "plain"): Uncited()})
    config = Config(
        NetworkConfig(file=str(path)),
        TechnologyConfig(scaler="plain", node_nm=65),
        accelerator=PER_MAC,
    )

    found, missing = cited([estimate(config, some)], some)

    assert ["han2016eie", "sampson2017fodlam"] == [each.citation.key for each in found]
    assert (
        "scaling rule plain: no publication is known",
        "network Mine (its source: me): no publication is known",
    ) == missing


def test_one_key_two_publications(registry: Registry) -> None:
    """Two publications under one key are an error that shows both."""
    eie = registry.accelerator("eie")
    citation = attrs.evolve(eie.citation, key="chen2017eyeriss")
    other = attrs.evolve(eie, citation=citation)
    some = registry._replace(items={**registry.items, ("accelerator", "eie"): other})

    with pytest.raises(PluginError, match="two publications have the key 'chen2017eyeriss'"):
        cited([estimate(Config(VGG, AT_65), some)], some)


def test_formats(cli: Any, examples: Path) -> None:
    """BibTeX has each entry once, JSON and text say the same keys and what they are for."""
    paths = examples / "vgg16.toml", examples / "alexnet-scale.toml"

    bibtex = cli("cite", *paths)
    record = json.loads(cli("cite", *paths, "--format", "json").out)
    text = cli("cite", *paths, "-f", "text").out

    assert (0, "") == (bibtex.status, bibtex.err)
    keys = re.findall(r"^@\w+\{(.*),$", bibtex.out, re.MULTILINE)
    assert sorted(set(keys)) == keys == [each["key"] for each in record]
    assert keys == re.findall(r"^\[(.*?)\]", text, re.MULTILINE)
    assert bibtex.out.count("{") == bibtex.out.count("}")
    assert {"key", "text", "where", "uses", "bibtex"} == set(record[0])


def test_command(cli: Any, examples: Path, tmp_path: Path) -> None:
    """``cite`` takes ``--set`` and ``-o``, and fails as ``run`` does."""
    path = tmp_path / "refs.bib"

    done = cli("cite", examples / "vgg16.toml", "--set", "technology.scaler=none", "-o", path)
    wrong = cli("cite", "no.toml")

    assert (0, "") == done[:2]
    assert "dennard" not in path.read_text()
    assert (1, "") == wrong[:2]
    assert "no.toml: cannot be read" in wrong.err


def test_bibtex_of_the_zoo() -> None:
    """Every entry beside a network of the zoo is one whole entry, of a network that exists."""
    tables = Path(fodlam_core.__file__).parent / "networks" / "zoo" / "tables"
    entries = sorted(tables.glob("*.bib"))

    assert len(entries) >= 5
    for path in entries:
        text = path.read_text().strip()
        assert path.with_suffix(".toml").exists()
        assert re.match(r"@\w+\{[\w-]+,\n", text)
        assert text.endswith("}")
        assert text.count("{") == text.count("}")
        assert re.search(r"^ *year +=", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("rule", "key"),
    [
        ("dennard", "dennard1974design"),
        ("constant-voltage", "rabaey2003digital"),
        ("general", "rabaey2003digital"),
        ("post-dennard", "taylor2012dark"),
        ("stillmaker-baas-2017", "stillmaker2017scaling"),
        ("dark-silicon-itrs", "esmaeilzadeh2011dark"),
    ],
)
def test_rules(rule: str, key: str, registry: Registry) -> None:
    """Every rule with a publication has it as BibTeX."""
    citation: Any = registry.scaler(rule).citation  # type: ignore[attr-defined]

    assert key == citation.key
    assert citation.bibtex.startswith("@")
    assert f"{{{key}," in citation.bibtex
