"""Results with flat rows, as data frames of pandas and polars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
        from fodlam_core.libraries import need

        frame: pl.DataFrame = need("polars", "to_polars").DataFrame(
            self.to_rows(), infer_schema_length=None
        )
        return frame

    def to_pandas(self) -> Any:
        """Return the rows as a data frame of pandas.

        Raises:
            FodlamError: if pandas is not installed.
        """
        from fodlam_core.libraries import need

        return need("pandas", "to_pandas").DataFrame(self.to_rows())

    def document(self) -> Document:
        """Return what a person reads."""
        raise NotImplementedError

    def _repr_html_(self) -> str:
        from fodlam_core.report.html import html

        return html(self.document())
