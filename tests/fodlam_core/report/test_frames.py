"""Results as data frames."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest

from fodlam_core import FodlamError
from fodlam_core.report.document import Document, Text
from fodlam_core.report.frames import Tabular


class Rows(Tabular):
    """Rows whose first has no value."""

    def to_rows(self) -> list[dict[str, Any]]:
        """Return two hundred rows, of which the last alone says what type the column has."""
        return [*({"a": None, "b": "x"} for _ in range(199)), {"a": 1.5, "b": "y"}]

    def document(self) -> Document:
        """Return a title and a text."""
        return Document("rows", (Text("a < b"),))


def test_types_are_those_of_all_rows() -> None:
    """A column that begins with unknown values has the type of the known ones."""
    frame = Rows().to_polars()

    assert (200, 2) == frame.shape
    assert 1.5 == frame["a"].sum()


def test_pandas_is_asked_only_if_it_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows go to pandas as they are; where it is missing, the cure is told."""
    monkeypatch.setitem(sys.modules, "pandas", SimpleNamespace(DataFrame=len))
    assert 200 == Rows().to_pandas()

    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(FodlamError, match="to_pandas needs pandas; run: pip install pandas"):
        Rows().to_pandas()


def test_a_notebook_shows_the_document() -> None:
    """Text is escaped as everywhere in HTML."""
    assert "<h4>rows</h4><p>a &lt; b</p>" == Rows()._repr_html_()
