"""Reading saved results, whatever is in the file."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodlam_core import Config, FodlamError, NetworkConfig, Registry, estimate
from fodlam_core.analyses.diff import differences
from fodlam_core.analyses.saved import load_result

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


@pytest.fixture(scope="module")
def saved(registry: Registry) -> dict[str, Any]:
    """Return a saved result."""
    result = estimate(Config(NetworkConfig("AlexNet")), registry)
    return json.loads(json.dumps(result.to_dict()))  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, "cannot be read: No such file"),
        ("{", "not JSON"),
        ("[1, 2]", "a list of 2 results; save one with: fodlam-core run"),
        ('"text"', "no saved result"),
        ('{"conv": {}}', "no saved result"),
        ('{"schema_version": 99}', "schema version 99, and 1 to 2 are those that are read"),
        ('{"schema_version": 1, "layers": []}', "no complete result, it lacks inputs"),
    ],
)
def test_files_that_are_no_results(text: str | None, problem: str, tmp_path: Path) -> None:
    """What is no saved result of one configuration is an error that names the file."""
    path = tmp_path / "a.json"
    if text is not None:
        path.write_text(text)

    with pytest.raises(FodlamError) as error:
        load_result(str(path))

    assert str(error.value).startswith(f"{path}: ")
    assert problem in str(error.value)


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        (["totals"], None, "totals: null, not a table"),
        (["totals", "conv"], 5, "totals.conv: 5, not a table"),
        (["inputs"], [], "inputs: [], not a table"),
        (["versions"], 5, "versions: 5, not a table"),
        (["accelerators", "eie"], None, "accelerators.eie: null, not a table"),
        (["layers"], 5, "layers: 5, not a list"),
        (["layers", 0], 5, "layers[0]: 5, not a table"),
        (["layers", 0], {}, "layers[0]: it lacks name; layers[0]: it lacks kind"),
        (["layers", 1, "latency_s"], "x", 'layers[1].latency_s: "x", not a number from 0 up'),
        (["layers", 0, "native"], 1, "layers[0].native: 1, not a table"),
        (["layers", 0, "native", "energy_j"], [], "native.energy_j: [], not a number from 0 up"),
        (["layers", 0, "factors", "time"], 10**400, "factors.time: 10000000000000000..., not a"),
        (["layers", 0, "measured_batches"], [0], "measured_batches: [0], not batches or null"),
        (["layers", 0, "kind"], [], "layers[0].kind: [], not a text"),
        (["batch"], 0, 'batch: 0, not a batch or "published"'),
    ],
)
def test_wrong_types_are_named(
    path: list[Any], value: Any, problem: str, saved: dict[str, Any], tmp_path: Path, cli: Any
) -> None:
    """What has another type than it should is one error with the file and the place."""
    spoiled = copy.deepcopy(saved)
    table: Any = spoiled
    for key in path[:-1]:
        table = table[key]
    table[path[-1]] = value
    file, good = tmp_path / "a.json", tmp_path / "b.json"
    file.write_text(json.dumps(spoiled))
    good.write_text(json.dumps(saved))

    result = cli("diff", good, file)

    assert (1, "") == (result.status, result.out)
    assert f"{file}: no saved result: " in result.err
    assert problem in result.err
    assert "save one with" in result.err


def test_many_mistakes_are_counted(saved: dict[str, Any], tmp_path: Path) -> None:
    """The first mistakes are shown, and how many more there are."""
    file = tmp_path / "a.json"
    file.write_text(json.dumps({**saved, "layers": [5] * 10}))

    with pytest.raises(FodlamError, match=r"layers\[2\]: 5, not a table and 7 more; save"):
        load_result(str(file))


def test_deep_nesting_is_an_error(saved: dict[str, Any], tmp_path: Path) -> None:
    """What is nested too deeply to be compared is refused."""
    deep: Any = 1
    for _ in range(300):
        deep = {"x": deep}
    file = tmp_path / "a.json"
    file.write_text(json.dumps({**saved, "inputs": deep}))

    with pytest.raises(FodlamError, match="nested too deeply"):
        load_result(str(file))


@given(data=st.data())
def test_what_is_read_can_be_compared(
    data: st.DataObject, saved: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever replaces any part of a result, it is refused or compared, never a crash."""
    spoiled = copy.deepcopy({**saved, "layers": saved["layers"][:2]})
    table, key = spoiled, data.draw(st.sampled_from(sorted(spoiled)))
    while isinstance(table[key], dict | list) and table[key] and data.draw(st.booleans()):
        table = table[key]
        key = data.draw(st.sampled_from(sorted(table) if isinstance(table, dict) else [0]))
    table[key] = data.draw(ANYTHING)
    file = tmp_path_factory.getbasetemp() / "spoiled.json"
    file.write_text(json.dumps(spoiled))
    try:
        loaded = load_result(str(file))
    except FodlamError as error:
        assert str(error).startswith(f"{file}: ")
    else:
        differences(saved, loaded)
        differences(loaded, saved)
