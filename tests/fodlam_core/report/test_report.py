"""A report in every form."""

from __future__ import annotations

import json

import pytest

from fodlam_core.report.document import Document, Text
from fodlam_core.report.latex import HEAD
from fodlam_core.report.report import Report, as_json

REPORT = Report(
    lambda: [Document("A", [Text("b")])], lambda: {"a": 1.5}, lambda: [{"a": 1, "b": "x,y"}]
)


@pytest.mark.parametrize(
    ("format", "expected"),
    [
        ("json", '{\n  "a": 1.5\n}\n'),
        ("csv", 'a,b\n1,"x,y"\n'),
        ("markdown", "## A\n\nb\n"),
        ("latex", f"{HEAD}\n\\paragraph{{A}}\n\nb\n"),
        ("table", "A\nb\n"),
    ],
)
def test_forms(format: str, expected: str) -> None:
    """Each form has what the report says."""
    assert expected == REPORT.render(format).replace("\r", "")


def test_only_the_form_that_is_asked_for_is_made() -> None:
    """No other form is made."""

    def fail() -> list[Document]:
        raise AssertionError

    assert "1" in Report(fail, lambda: 1, list).render("json")


def test_json_has_no_nan() -> None:
    """What JSON cannot hold is an error, and deep values are read back as they were."""
    deep = {"a": {"b": {"c": [1, {"d": None}]}}, "e": []}

    assert deep == json.loads(as_json(deep))
    with pytest.raises(ValueError, match="JSON"):
        as_json({"a": float("nan")})


@pytest.mark.parametrize("layers", [[{"name": "A", "cost": [1, {"b": None}]}, {"name": "B"}], []])
def test_pieces_make_up_the_report(layers: list[object]) -> None:
    """JSON in pieces is that in one, also where layers are made one by one."""
    whole = {"totals": {"conv": {"x": 1.5}, "empty": {}}, "layers": layers}
    report = Report(list, lambda: {**whole, "layers": iter(layers)}, list)
    assert "".join(report.pieces("json")) == as_json(whole)
    assert json.loads(as_json(whole)) == whole
    assert REPORT.pieces("csv") == [REPORT.render("csv")]
