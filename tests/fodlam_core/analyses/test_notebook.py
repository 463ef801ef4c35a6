"""The analyses as scripts and notebooks call them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import fodlam_core
from fodlam_core import (
    Config,
    FodlamError,
    NetworkConfig,
    Registry,
    chips,
    compare,
    diff,
    estimate,
    rank,
    validate,
    zoo_network,
)


def test_a_network_is_ranked_whatever_it_is_given_as(registry: Registry) -> None:
    """A name, a configuration and a network in code give the same order and numbers."""
    asked = ("resnet-18", Config(NetworkConfig("ResNet-18")), zoo_network("ResNet-18"))

    rows = [rank(each, ["eie", "ey*"], registry=registry).to_rows() for each in asked]

    assert rows[0] == rows[1] == rows[2]
    assert ["eyeriss", "eie"] == [row["name"] for row in rows[0]]


def test_what_chips_are_sorted_by_is_checked(registry: Registry) -> None:
    """A sort that there is not is an error that names those that there are."""
    with pytest.raises(FodlamError, match="unknown sort 'price'"):
        rank("VGG16", sort="price", registry=registry)


def test_choices_are_lists_or_single(registry: Registry) -> None:
    """One choice, a list and all give a row for each; by default all rules are compared."""
    one = compare("VGG16", accelerator="eie", batch=2, registry=registry)
    many = compare(zoo_network("VGG16"), batch=[1, 2], registry=registry)

    assert [("eie", "2")] == [(row["accelerator"], row["batch"]) for row in one.to_rows()]
    assert ["1", "2"] == [row["batch"] for row in many.to_rows()]
    rules = [row["scaler"] for row in compare("VGG16", registry=registry).to_rows()]
    assert registry.names("rule") == rules


def test_results_are_compared_from_anywhere(tmp_path: Path, registry: Registry) -> None:
    """An estimate, its dictionary and its file are the same result."""
    made = estimate("VGG16", registry)
    path = tmp_path / "a.json"
    path.write_text(json.dumps(made.to_dict()), encoding="utf-8")

    assert diff(made, str(path)).is_empty
    assert diff(made.to_dict(), made).is_empty
    assert not diff(str(path), estimate("AlexNet", registry)).is_empty


def test_chips_are_chosen_by_pattern(registry: Registry) -> None:
    """A pattern chooses; one that nothing answers to is an error."""
    assert ["eyeriss"] == [row["name"] for row in chips("ey*", registry=registry).to_rows()]
    assert 2 == len(chips(["eie", "eyeriss"], registry=registry).chips)
    with pytest.raises(FodlamError, match="no accelerator matches"):
        chips("nothing-*", registry=registry)


def test_chips_are_validated_by_pattern(registry: Registry) -> None:
    """Only the chips, predictors and schemes that are asked for are computed."""
    found = validate("ei*", schemes=["leave-one-layer-out"], registry=registry).to_rows()

    assert {("eie", "leave-one-layer-out")} == {(r["accelerator"], r["scheme"]) for r in found}


@pytest.mark.parametrize(
    "call",
    [
        lambda: rank("VGG16"),
        lambda: compare("VGG16"),
        lambda: diff(estimate("VGG16"), estimate("AlexNet")),
        chips,
        lambda: validate("eie", schemes=["leave-one-layer-out"]),
        lambda: estimate("VGG16"),
    ],
    ids=["rank", "compare", "diff", "chips", "validate", "estimate"],
)
def test_every_result_is_a_frame_and_a_page(call: Any) -> None:
    """Rows are flat and have the same keys; a notebook shows a table; the repr fits a line."""
    result = call()

    frame = result.to_polars()
    assert len(result.to_rows()) == frame.height > 0
    assert not any(dtype.is_nested() or dtype == pl.Object for dtype in frame.dtypes)
    assert "<table" in result._repr_html_()
    assert len(repr(result)) < 80


def test_the_registry_is_loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a registry everything installed is loaded for the first call only."""
    from fodlam_core.plugins import registry as module

    loads = []
    monkeypatch.setattr(module, "find_plugins", lambda *_, **__: loads.append(1) or ())
    module._installed.cache_clear()
    try:
        assert module.default_registry() is module.default_registry()
        monkeypatch.setenv("FODLAM_BLOCK_PLUGINS", "eie")
        module.default_registry()
    finally:
        module._installed.cache_clear()

    assert [1, 1] == loads
    assert {"rank", "compare", "validate", "diff", "sweep", "chips"} <= set(fodlam_core.__all__)
