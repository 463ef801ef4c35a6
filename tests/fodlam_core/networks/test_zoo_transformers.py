"""The built-in transformers against what others have counted of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import tomli

from fodlam_core import NetworkError
from fodlam_core.networks.reader import TokenOptions
from fodlam_core.networks.zoo import TRANSFORMERS, zoo_bibtex, zoo_network

NAMES = sorted(path.stem for path in Path(TRANSFORMERS).glob("*.toml"))
DATA = Path(__file__).parents[2] / "data" / "transformers.json"
REFERENCE = json.loads(DATA.read_text())["models"]
NAMESAKES = {"Mistral-7B": "Mistral-7B-v0.1"}
COUNTED = [name for name in NAMES if NAMESAKES.get(name, name) in REFERENCE]

# Parameters as the authors print them, in units of the last digit.
PUBLISHED = {
    "Llama-2-7B": (1e9, "6.7", "Touvron et al., arXiv:2302.13971, Table 2 (same sizes)"),
    "Llama-3.1-8B": (1e9, "8", "arXiv:2407.21783"),
    "Mixtral-8x7B": (1e9, "47", "Jiang et al., arXiv:2401.04088, section 1"),
    "Phi-3-mini": (1e9, "3.8", "Abdin et al., arXiv:2404.14219"),
    "Qwen2.5-7B": (1e9, "7.6", "arXiv:2412.15115, Table 1 (7.6 B)"),
    "Whisper-base": (1e6, "73", "74 M in arXiv:2212.04356, Table 1, which counts a buffer"),
}


@pytest.mark.parametrize("name", NAMES)
def test_parameters_are_those_that_torch_counts(name: str) -> None:
    """The table of each model says how many parameters it has, and it has as many."""
    table = tomli.loads((Path(TRANSFORMERS) / f"{name}.toml").read_text())
    facts = zoo_network(name).transformer
    assert facts is not None
    assert table["parameters"] == facts.parameters


@pytest.mark.parametrize("name", PUBLISHED)
def test_parameters_round_to_the_published_ones(name: str) -> None:
    """The number of parameters rounds to the one its authors print."""
    unit, printed, _ = PUBLISHED[name]
    facts = zoo_network(name).transformer
    assert facts is not None
    digits = len(printed.partition(".")[2])
    assert printed == f"{facts.parameters / unit:.{digits}f}"


def test_mixtral_uses_what_its_authors_say() -> None:
    """A token goes through 13 of 47 billion parameters (arXiv:2401.04088, section 1)."""
    facts = zoo_network("Mixtral-8x7B").transformer
    assert facts is not None
    assert f"{facts.active_parameters / 1e9:.0f}" == "13"


@pytest.mark.parametrize("name", COUNTED)
def test_macs_are_those_that_torch_counts(name: str) -> None:
    """With all logits a run has the MACs of the flop counter."""
    model = REFERENCE[NAMESAKES.get(name, name)]
    runs = {
        "prefill512": TokenOptions(prompt=512, logits="all"),
        "decode_ctx1024": TokenOptions(context=1024),
        "image": TokenOptions(),
        "encode": TokenOptions(part="encode"),
        "decode_ctx224": TokenOptions(part="decode", context=224),
    }
    for case in runs.keys() & model["macs"]:
        assert sum(model["macs"][case].values()) == zoo_network(name, runs[case]).total_macs


@pytest.mark.parametrize("name", NAMES)
def test_publication_is_given(name: str) -> None:
    """Every model has the entry of its publication."""
    assert (zoo_bibtex(name) or "").startswith("@")


def test_tokens_are_for_transformers() -> None:
    """A network of fixed layers refuses a prompt, and a model what it cannot take."""
    with pytest.raises(
        NetworkError, match=r"^\[network\] prompt: only for a transformer, which VGG16"
    ):
        zoo_network("VGG16", TokenOptions(prompt=8))
    with pytest.raises(NetworkError, match=r"^\[network\] prompt: 513 tokens"):
        zoo_network("BERT-base", TokenOptions(prompt=513))
