"""One configuration under several choices, side by side: one row for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import attrs

from fodlam_core.config import Config
from fodlam_core.errors import ConfigError, FodlamError, PluginError, PredictionError, ScalingError
from fodlam_core.estimates import Estimate, Totals, prepare
from fodlam_core.estimates.json import factors_record, point_record
from fodlam_core.estimates.network import configured_network, named_after, unnamed
from fodlam_core.estimates.scaling_band import ScalingBand, scaling_band
from fodlam_core.estimates.verdict import NO_VERDICT, Verdict, flat_verdict, verdict
from fodlam_core.model.quantities import COST_KEYS, METRICS
from fodlam_core.report.frames import Tabular

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from fodlam_core.analyses.choices import Variant
    from fodlam_core.errors import Problem
    from fodlam_core.estimates.composer import Composer
    from fodlam_core.estimates.platform import Platform
    from fodlam_core.figures.methods import ComparisonFigures
    from fodlam_core.model.layers import Network
    from fodlam_core.plugins.registry import Registry
    from fodlam_core.report.document import Document

FACTORS = ("time", "energy", "power", "area")
SHARES = tuple(f"{metric.name}_share" for metric in METRICS)


class Outcome(NamedTuple):
    """What came of a variant.

    Attributes:
        choices: those of the variant.
        estimate: the estimate; None if a rule or a predictor refused.
        problems: why it refused; none if it did not.
        mistaken: whether that is the mistake of a plugin.
        worth: what supports the estimate and what counts against it; None if it was refused.
    """

    choices: Mapping[str, str]
    estimate: Estimate | None
    problems: tuple[Problem, ...] = ()
    mistaken: bool = False
    worth: Verdict | None = None

    @property
    def name(self) -> str:
        """What runs, such as ``"eyeriss + eie"``; empty if it was refused."""
        return " + ".join(self.estimate.platforms) if self.estimate else ""

    @property
    def names(self) -> tuple[str, ...]:
        """What was chosen; in place of an accelerator, what runs."""
        return tuple(
            self.name if what == "accelerator" and self.estimate else name
            for what, name in self.choices.items()
        )

    @property
    def reason(self) -> str | None:
        """Why it refused, a line for each problem; None if it did not."""
        return "\n".join(map(str, self.problems)) or None

    @property
    def scaling(self) -> ScalingBand | None:
        """What all applicable rules make of the total; None if refused, or not scaled."""
        return scaling_band(self.estimate) if self.estimate else None

    def to_row(self, accelerators: Iterable[str]) -> dict[str, Any]:
        """Return choices, totals, verdict and what each accelerator adds as a flat dictionary."""
        record = self.to_dict()
        row: dict[str, Any] = dict(self.choices)
        for name in accelerators:
            each = record["accelerators"].get(name, {})
            factors = each.get("factors", {})
            row |= {f"{name}_{key}_factor": factors.get(key) for key in FACTORS}
            row |= {f"{name}_{key}": each.get(key) for key in (*COST_KEYS, *SHARES)}
        del record["scaling"]
        row |= flat_verdict(record)
        if self.worth is None:  # of a row without numbers nothing else is told
            row |= dict.fromkeys((*(f"{metric.name}_macs_share" for metric in METRICS), "notes"))
        return row

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        if self.estimate is None or self.worth is None:
            return {
                **self.choices,
                "name": None,
                "accelerators": {},
                **dict.fromkeys(COST_KEYS),
                "scaling": None,
                **NO_VERDICT,
                "verdict": None,
                "reason": self.reason,
            }
        band, total = self.scaling, self.estimate.totals["total"]
        return {
            **self.choices,
            "name": self.name,
            "accelerators": {
                name: {
                    "source": point_record(each.source),
                    "target": point_record(each.target),
                    "factors": factors_record(each.factors),
                    **self.estimate.accelerators[name].costs(),
                    **_shares(self.estimate.accelerators[name], total),
                }
                for name, each in self.estimate.platforms.items()
            },
            **total.costs(),
            "scaling": band.to_dict() if band else None,
            **self.worth.to_dict(),
            "notes": self.notes,
            "reason": None,
        }

    @property
    def notes(self) -> list[str]:
        """Those of the estimate, and who has not the predictor that was chosen."""
        if self.estimate is None:
            return []
        platforms = self.estimate.platforms.values()
        others = (note for each in platforms for note in self._other_predictor(each))
        return [*self.estimate.notes, *others]

    def _other_predictor(self, platform: Platform) -> Iterator[str]:
        chosen, accelerator = self.choices.get("predictor"), platform.accelerator
        names = [each.name for each in accelerator.predictors]
        if chosen and names and chosen not in names:
            yield f"{accelerator.name} has no predictor {chosen} and keeps its own"


def _shares(part: Totals, total: Totals) -> dict[str, float | None]:
    """Return which share of each metric an accelerator has; None where one is not known."""
    return {
        name: one / every if one is not None and every else None
        for name, one, every in zip(SHARES, part.amounts, total.amounts, strict=True)
    }


@attrs.frozen(eq=False, repr=False)
class Comparison(Tabular):
    """The outcomes of all variants.

    Attributes:
        config: the configuration that they vary.
        outcomes: one for each variant, in the order that was asked for.
    """

    config: Config
    outcomes: tuple[Outcome, ...]

    @property
    def accelerators(self) -> list[str]:
        """The names of all accelerators in use, in the order in which they come up."""
        return list(
            dict.fromkeys(
                name for each in self.outcomes if each.estimate for name in each.estimate.platforms
            )
        )

    @property
    def plot(self) -> ComparisonFigures:
        """Its figure: ``plot.choices()`` (extra ``plot``)."""
        from fodlam_core.figures.methods import ComparisonFigures

        return ComparisonFigures(self)

    def to_rows(self) -> list[dict[str, Any]]:
        """Return a flat dictionary for each variant; all have the same keys."""
        accelerators = self.accelerators
        return [each.to_row(accelerators) for each in self.outcomes]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {
            "config": self.config.source,
            "variants": [each.to_dict() for each in self.outcomes],
        }

    def document(self) -> Document:
        """Return what a person reads."""
        from fodlam_core.analyses.comparison_table import comparison_document

        return comparison_document(self)

    def __repr__(self) -> str:
        return f"<Comparison of {len(self.outcomes)} choices for {self.config.source}>"


def compare(
    config: Config,
    variants: Iterable[Variant],
    registry: Registry,
    network: Network | None = None,
) -> Comparison:
    """Estimate every variant; that one cannot be met is an outcome, not a failure.

    Args:
        config: the configuration that they vary.
        variants: what to compare.
        registry: the accelerators and rules to use.
        network: the network, instead of the one that the configuration names.

    Raises:
        ConfigError: if the configuration cannot be met whatever is chosen, and no rule or predictor
            is to blame.
    """
    network = network or compared_network(config, registry)
    outcomes: list[Outcome] = []
    errors: list[FodlamError] = []
    for variant in variants:
        try:
            estimate = _whole(prepare(variant.config, registry, network))
        except FodlamError as error:
            causes = _causes(error)
            errors.append(error)
            problems = tuple(unnamed(error, variant.config.source))
            mistaken = any(isinstance(cause, PluginError) for cause in causes)
            outcomes.append(
                Outcome(
                    choices=variant.choices, estimate=None, problems=problems, mistaken=mistaken
                )
            )
        else:
            outcomes.append(Outcome(variant.choices, estimate, worth=verdict(estimate)))
    refused = any(
        isinstance(cause, ScalingError | PredictionError)
        for error in errors
        for cause in _causes(error)
    )
    if len(errors) == len(outcomes) and not refused:
        raise ConfigError(problem for each in errors for problem in each.problems)
    return Comparison(config, tuple(outcomes))


def _whole(composer: Composer) -> Estimate:
    """Return the estimate of a composer none of whose chips refuses a layer.

    A total without the layers that one choice refuses would look like the least of all.

    Raises:
        PredictionError: with a line for each reason.
    """
    if composer.refusals:
        raise PredictionError(*composer.refusals.values())
    return composer.estimate()


def compared_network(config: Config, registry: Registry) -> Network:
    """Return the network that all variants of a configuration have.

    Raises:
        ConfigError: if it cannot be read; each line names the configuration.
    """
    try:
        return configured_network(config, registry)
    except FodlamError as error:
        raise named_after(config, error) from error


def _causes(error: FodlamError) -> list[FodlamError]:
    """Return an error and what led to it, the most precise one last."""
    causes = [error]
    while isinstance(causes[-1].__cause__, FodlamError):
        causes.append(causes[-1].__cause__)
    return causes
