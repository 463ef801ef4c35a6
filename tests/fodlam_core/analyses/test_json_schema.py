"""The JSON Schema made from types."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fodlam_core import FodlamError
from fodlam_core.analyses.json_schema import DIALECT, json_schema
from fodlam_core.analyses.records import RECORDS


@pytest.mark.parametrize("command", RECORDS)
def test_every_reference_leads_somewhere(command: str) -> None:
    """Definitions that are referred to are there, and no other is; it is JSON as it stands."""
    schema = json.loads(json.dumps(json_schema(command)))

    referred = {each.rpartition("/")[2] for each in references(schema)}
    assert DIALECT == schema["$schema"]
    assert referred == set(schema["$defs"])


def references(schema: Any) -> list[str]:
    """Return what every ``$ref`` names."""
    if isinstance(schema, list):
        return [each for part in schema for each in references(part)]
    if not isinstance(schema, dict):
        return []
    own = [schema["$ref"]] if isinstance(schema.get("$ref"), str) else []
    return [*own, *(each for part in schema.values() for each in references(part))]


def test_types_become_schemas() -> None:
    """Unions, words, lists, tables and remarks of a type are those of the schema."""
    defs = json_schema("run")["$defs"]

    layer = defs["LayerRecord"]["properties"]
    assert {"enum": ["published", "predicted", "not modelled"]} == layer["method"]
    assert {"anyOf": [{"type": "number"}, {"type": "null"}]} == layer["latency_s"]
    assert {"type": "array", "items": {"$ref": "#/$defs/Doubt"}} == layer["implausible"]
    totals = defs["RunRecord"]["properties"]["totals"]
    assert {"$ref": "#/$defs/Totals"} == totals["additionalProperties"]
    assert {"latency_s", "scaling"} <= set(defs["Totals"]["required"])


def test_inputs_are_those_of_a_configuration() -> None:
    """What was asked for has the keys of a configuration, whose types are those of the classes."""
    defs = json_schema("run")["$defs"]

    assert {"network", "technology", "dispatch"} < set(defs["Config"]["properties"])
    assert not {"source", "fodlam", "warnings"} & set(defs["Config"]["properties"])
    assert "batch" in defs["NetworkConfig"]["properties"]


def test_a_command_without_json() -> None:
    """What prints no JSON has no schema, and close names are suggested."""
    with pytest.raises(FodlamError, match="did you mean 'rank'"):
        json_schema("rang")
