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
from fodlam_core.analyses.saved import SAVE, load_result

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
        (None, "No such file"),
        ("{", "not JSON"),
        ("[1, 2]", "a list of 2 results; save one with: fodlam-core run"),
        ('"text"', "not a saved result"),
        ('{"conv": {}}', "not a saved result"),
        ('{"schema_version": 99}', "schema version 99, and 1 to 2 are those that are read"),
        ('{"schema_version": 1, "layers": []}', "not a saved result: inputs: is missing"),
    ],
)
def test_files_that_are_no_results(text: str | None, problem: str, tmp_path: Path) -> None:
    """What is not a saved result of one configuration is an error that names the file."""
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
        (["totals"], None, "totals: expected a table, got None"),
        (["totals", "conv"], 5, "[totals] conv: expected a table, got 5"),
        (["inputs"], [], "inputs: expected a table, got []"),
        (["versions"], 5, "versions: expected a table, got 5"),
        (["accelerators", "eie"], None, "[accelerators] eie: expected a table, got None"),
        (["layers"], 5, "layers: expected a list, got 5"),
        (["layers", 0], 5, "[[layers]] 1: expected a table, got 5"),
        (["layers", 0], {}, "[[layers]] 1 name: is missing"),
        (["layers", 1, "latency_s"], "x", "[[layers]] 2 latency_s: expected a number, got 'x'"),
        (["layers", 0, "native"], 1, "[[layers]] 1 native: expected a table, got 1"),
        (["layers", 0, "native", "energy_j"], [], "native energy_j: expected a number, got []"),
        (
            ["layers", 0, "factors", "time"],
            10**400,
            "factors time: expected a number, got a number with too many digits",
        ),
        (
            ["layers", 0, "measured_batches"],
            [0],
            "measured_batches: expected a positive whole number, got 0",
        ),
        (["layers", 0, "kind"], [], "[[layers]] 1 kind: expected a string, got []"),
        (["batch"], 0, "batch: expected a positive whole number, got 0"),
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
    assert f"{file}: not a saved result: " in result.err
    assert problem in result.err
    assert "save one with" in result.err


def test_all_mistakes_at_once(saved: dict[str, Any], tmp_path: Path) -> None:
    """Every mistake has a line of its own, with the file and what to do."""
    file = tmp_path / "a.json"
    file.write_text(json.dumps({**saved, "layers": [5] * 3}))

    with pytest.raises(FodlamError) as error:
        load_result(str(file))

    assert [
        f"{file}: not a saved result: [[layers]] {number}: expected a table, got 5; {SAVE}"
        for number in (1, 2, 3)
    ] == str(error.value).splitlines()


@pytest.mark.parametrize("depth", [300, 950, 100_000])
def test_deep_nesting(depth: int, saved: dict[str, Any], tmp_path: Path, cli: Any) -> None:
    """What is nested deeply is compared or refused, never a traceback."""
    text = json.dumps({**saved, "inputs": {"x": "DEEP"}})
    file, good = tmp_path / "a.json", tmp_path / "b.json"
    file.write_text(text.replace('"DEEP"', '{"x":' * depth + "1" + "}" * depth))
    good.write_text(json.dumps(saved))

    result = cli("diff", file, good)

    assert result.status == 0 or result.err.startswith(f"error: {file}")


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
