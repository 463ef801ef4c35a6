"""Results with flat rows, as data frames of pandas and polars."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from fodlam_core.errors import FodlamError

if TYPE_CHECKING:
    import polars as pl

    from fodlam_core.report.document import Document


class Tabular:
    """A result that is rows, shown as its document in a notebook."""

    __slots__ = ()

    def to_rows(self) -> list[dict[str, Any]]:
        """Return a flat dictionary for each row; all have the same keys."""
        raise NotImplementedError

    def to_polars(self) -> pl.DataFrame:
        """Return the rows as a data frame of polars.

        Raises:
            FodlamError: if polars is not installed.
        """
        frame: pl.DataFrame = _library("polars").DataFrame(self.to_rows(), infer_schema_length=None)
        return frame

    def to_pandas(self) -> Any:
        """Return the rows as a data frame of pandas.

        Raises:
            FodlamError: if pandas is not installed.
        """
        return _library("pandas").DataFrame(self.to_rows())

    def document(self) -> Document:
        """Return what a person reads."""
        raise NotImplementedError

    def _repr_html_(self) -> str:
        from fodlam_core.report.html import html

        return html(self.document())


def _library(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise FodlamError(f"{name} is not installed", cure=f"run: pip install {name}") from error
