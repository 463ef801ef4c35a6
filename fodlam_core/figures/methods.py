"""What the ``plot`` of a result can draw; matplotlib is imported when something is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from fodlam_core.analyses.comparison import Comparison
    from fodlam_core.analyses.ranking import Ranking
    from fodlam_core.estimates import Estimate
    from fodlam_core.validation.scores import Validation


class EstimateFigures(NamedTuple):
    """Figures of an estimate."""

    estimate: Estimate

    def layers(self) -> list[Axes]:
        """Draw latency and energy of each layer; return the axes of each."""
        from fodlam_core.figures.layers import layers

        return layers(self.estimate)

    def rooflines(self) -> list[Axes]:
        """Draw the roofline of each chip whose peak and bandwidth are known; return their axes."""
        from fodlam_core.figures.roofline import rooflines

        return rooflines(self.estimate)


class RankingFigures(NamedTuple):
    """Figures of a ranking."""

    result: Ranking

    def chips(self) -> list[Axes]:
        """Draw latency and energy of the first chips; return the axes of each."""
        from fodlam_core.figures.chips import ranking

        return ranking(self.result)


class ComparisonFigures(NamedTuple):
    """Figures of a comparison."""

    result: Comparison

    def choices(self) -> list[Axes]:
        """Draw latency and energy of each choice; return the axes of each."""
        from fodlam_core.figures.chips import comparison

        return comparison(self.result)


class ValidationFigures(NamedTuple):
    """Figures of cross-validations."""

    results: Sequence[Validation]

    def predictions(self) -> list[Axes]:
        """Draw predicted against measured costs; return the axes of latency and of energy."""
        from fodlam_core.figures.predictions import predictions

        return predictions(self.results)

    def panels(self) -> list[Axes]:
        """Draw each chip of many in a panel of its own; return the first axes of each page."""
        from fodlam_core.figures.panels import panels

        return panels(self.results)
