"""What the commands print is what the types say."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fodlam_core.analyses.json_schema import json_schema
from fodlam_core.analyses.records import RECORDS
from fodlam_core.cli import COMMANDS
from fodlam_core.cli.parser import parser

IS = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: type(value) is int,
    "number": lambda value: type(value) in (int, float),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}
USED = {
    *("$ref", "anyOf", "type", "enum", "items", "properties", "required", "description"),
    *("additionalProperties", "$schema", "$defs", "title"),
}
CHOICES = {"scaler", "accelerator", "predictor", "batch"}  # keys of a variant, by what was asked


def wrong(value: Any, schema: dict[str, Any], root: dict[str, Any], at: str = "") -> Iterator[str]:
    """Yield where a value is not what a schema says, keys without a type among them."""
    assert set(schema) <= USED
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    type_ = schema.get("type")
    if "anyOf" in schema:
        found = [list(wrong(value, each, root, at)) for each in schema["anyOf"]]
        if all(found):
            yield from max(found, key=lambda each: each[0].partition(":")[0].count("."))
    elif "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r} is not one of {schema['enum']}"
    elif type_ and not IS[type_](value):
        yield f"{at}: {value!r} is no {type_}"
    elif type_ == "array":
        for number, each in enumerate(value):
            yield from wrong(each, schema["items"], root, f"{at}.{number}")
    elif type_ == "object":
        yield from wrong_keys(value, schema, root, at)


def wrong_keys(
    table: dict[str, Any], schema: dict[str, Any], root: dict[str, Any], at: str
) -> Iterator[str]:
    """Yield what is wrong with the keys of a table, and with what they hold."""
    known, rest = schema.get("properties", {}), schema.get("additionalProperties", {})
    yield from (f"{at}: no {key}" for key in schema.get("required", ()) if key not in table)
    for key, each in table.items():
        if known and key not in {*known, *CHOICES}:
            yield f"{at}: {key} is in no type of fodlam_core.analyses.records"
        yield from wrong(each, known.get(key, rest), root, f"{at}.{key}")


DRAM = ("--set", "system.dram_energy_j_per_byte=1e-10")
SWEEP = ("--set", "sweep.technology.node_nm=[28,65]", "-q")
RUNS = {
    "run": [
        ["examples/vgg16.toml"],
        [
            "VGG16",
            "--on",
            "eyeriss",
            "--node",
            "28",
            "--set",
            "system.dram_energy_j_per_byte=1e-10",
        ],
        ["AlexNet", "VGG16", "--set", 'network.method="predicted"'],
        ["BERT-base", "--set", "network.prompt=64"],
        ["AlexNet", "--explain"],
        ["AlexNet", "VGG16", "--explain"],
    ],
    "rank": [["VGG16"], ["NeuralTalk", "--sort", "energy"]],
    "compare": [["AlexNet", "--node", "28"], ["AlexNet", "--batch", "1", "--accelerator", "all"]],
    "chips": [[]],
    "chips show": [["eyeriss"], ["eie"]],
    "cite": [["AlexNet", "--node", "28"]],
    "diff": [["SAVED", "OTHER"]],
    "check": [["SAVED"], ["CHANGED"]],
    "validate": [["eie"], ["eie", "--summary"], ["eie", "--layers"]],
    "sweep": [["VGG16", *SWEEP], ["VGG16", "--axes"]],
    "networks": [[]],
    "networks show": [["AlexNet"], ["GPT-2", "--prompt", "64"]],
    "scalers": [[]],
    "scalers show": [["dennard", "--from", "65", "--to", "45", "28"], ["none"]],
    "plugins": [[]],
    "diagnose": [[]],
    "reproduce": [[]],
}


@pytest.fixture
def saved(cli: Any, tmp_path: Path) -> dict[str, str]:
    """Saved results, by the words that stand for their files."""
    paths = {word: str(tmp_path / f"{word}.json") for word in ("SAVED", "OTHER", "CHANGED")}
    cli("run", "AlexNet", "-f", "json", "-o", paths["SAVED"])
    cli("run", "VGG16", "-f", "json", "-o", paths["OTHER"])
    result = json.loads(Path(paths["SAVED"]).read_text(encoding="utf-8"))
    result["layers"][0]["latency_s"] *= 2
    Path(paths["CHANGED"]).write_text(json.dumps(result), encoding="utf-8")
    return paths


@pytest.mark.parametrize("command", RECORDS)
def test_what_is_printed_is_what_the_schema_says(
    command: str, cli: Any, examples: Path, saved: dict[str, str], monkeypatch: Any
) -> None:
    """Every key of every command has a type and a value of it, and none is missing."""
    monkeypatch.chdir(examples.parent)
    schema = json_schema(command)

    for arguments in RUNS[command]:
        given = [saved.get(each, each) for each in arguments]
        out = cli(*command.split(), *given, "-f", "json").out
        assert [] == list(wrong(json.loads(out), schema, schema)), arguments


def test_every_command_with_json_has_a_schema() -> None:
    """Commands and actions that take --format json are those of the records; list is no action."""
    found = {words for name in COMMANDS for words in with_json(parser([name]), [])}

    assert set(RECORDS) == {words for words in found if not words.endswith(" list")}


def with_json(parser: argparse.ArgumentParser, words: list[str]) -> Iterator[str]:
    """Yield the words of each command below a parser that offers JSON."""
    for action in parser._actions:
        if action.dest == "format" and "json" in (action.choices or ()):
            yield " ".join(words)
        if isinstance(action, argparse._SubParsersAction):
            for name, each in action.choices.items():
                yield from with_json(each, [*words, name])


def test_a_wrong_record_is_found() -> None:
    """The check sees a missing key, one too many, a wrong type and a wrong word."""
    schema = json_schema("diff")
    number = {"scope": "page", "name": 1, "number": "x", "a": None, "b": "2", "extra": 1}

    found = list(wrong({"inputs": [], "numbers": [number]}, schema, schema))

    assert 6 == len(found)
