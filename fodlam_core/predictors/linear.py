"""Cost as a sum of terms, each with a coefficient that is not negative."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from fodlam_core.errors import PredictionError
from fodlam_core.model.converters import as_tuple
from fodlam_core.model.stored_fit import StoredModel
from fodlam_core.predictors import robust
from fodlam_core.predictors.apart import PRODUCTS, Apart
from fodlam_core.predictors.donors import STRENGTH, Coefficients, prior
from fodlam_core.predictors.fitted import FittedAffineModels, FittedModels
from fodlam_core.predictors.neighbours import NONE, Corrected, Neighbours, corrected
from fodlam_core.predictors.observations import (
    known,
    observations,
    offchip_share,
    totals,
)
from fodlam_core.predictors.sampling import fit_notes, sampled
from fodlam_core.predictors.terms import (
    ADDITIVE,
    NEAREST,
    OVERHEAD,
    SETS,
    TERMS,
    amounts,
    nearest_form,
)
from fodlam_core.report.units import number, quantity

if TYPE_CHECKING:
    from fodlam_core.model.costs import Measurement
    from fodlam_core.model.layers import Network
    from fodlam_core.model.stored_fit import StoredFit
    from fodlam_core.model.whole_network import Reference
    from fodlam_core.predictors.fitted import Model
    from fodlam_core.predictors.observations import Known, Observation
    from fodlam_core.predictors.products import Product


FEW = 5
"""Networks below which a sum of six terms predicts worse than one of two."""
MANY = 40
"""Rows of convolutions, and of products, from which on each have coefficients of their own."""


@attrs.frozen
class LinearModel:
    """One quantity as a sum of terms.

    Attributes:
        coefficients: what one unit of each term takes; terms that nothing measured has are left
            out.
        forms: the forms of layers that were measured.
    """

    coefficients: Mapping[str, float]
    forms: frozenset[str]

    @property
    def overhead(self) -> float:
        """What a run of a network takes that belongs to no layer."""
        return self.coefficients.get(OVERHEAD, 0.0)

    def affine(self, product: Product) -> tuple[float, float]:
        """Return the constant, and the amount for each inference."""
        product = self._measured(product)
        fixed = each = 0.0
        for term, factor in self.coefficients.items():
            if factor and term != OVERHEAD:
                once, always = TERMS[term](product)
                fixed += factor * once
                each += factor * always
        return fixed, each

    def value(self, product: Product, batch: int) -> float:
        """Return the quantity for a batch."""
        fixed, each = self.affine(product)
        return fixed + each * batch

    def outside(self, product: Product) -> list[str]:
        """Return that the form of the layer was never measured, if so."""
        form = nearest_form(product.form, self.forms)
        if form == product.form:
            return []
        return [f"no {product.form} layer was measured; it is charged at the rate of {form} ones"]

    def explain(self, product: Product, unit: str) -> str:
        """Return the sum for one inference, with its numbers."""
        parts = [
            f"{term} {number(sum(amount), 6)} x {quantity(factor, unit)} = "
            f"{quantity(factor * sum(amount), unit)}"
            for (term, factor), amount in zip(
                self.coefficients.items(),
                amounts(self._measured(product), self.coefficients),
                strict=True,
            )
            if factor * sum(amount)
        ]
        return f"{' + '.join(parts)}; sum {quantity(self.value(product, 1), unit, 6)}"

    def _measured(self, product: Product) -> Product:
        """Return the layer with the measured form at whose rate it is charged."""
        form = nearest_form(product.form, self.forms)
        return product if form == product.form else product._replace(form=form)


@attrs.frozen
class Linear:
    """Non-negative least squares on relative errors, latency and energy apart.

    Calibrates on measured layers and on measured networks together, and corrects by measured
    layers near by where an inner cross-validation says that it helps. Where many convolutions and
    many products were measured, each have coefficients of their own.

    Attributes:
        terms: one of `terms.SETS`; None for the one that suits what was measured.
        donors: coefficients of chips that behave alike, of the same terms, to pull towards; where
            nothing was measured, those of a single donor are taken as they are.
        neighbours: whether measured layers near by may correct the sum.
    """

    terms: str | None = attrs.field(default=None)
    donors: tuple[Coefficients, ...] = attrs.field(default=(), converter=as_tuple)
    neighbours: bool = True

    name = "linear"
    citation = None
    pooled = True
    requires = frozenset({"shape"})

    @terms.validator
    def _known(self, _attribute: object, value: str | None) -> None:
        if value is not None and value not in SETS:
            raise PredictionError(f"linear: terms {value!r} is not one of {', '.join(SETS)}")

    def fit(
        self,
        measurements: Sequence[Measurement],
        references: Sequence[Reference] = (),
        networks: Mapping[str, Network] | None = None,
    ) -> FittedModels[Model]:
        """Fit to measured layers, and to measured networks whose layers are known.

        Raises:
            PredictionError: if there are neither, or none of known shape.
        """
        rows = sampled(measurements)
        seen = observations(rows, references, networks or {})
        if not seen and len(self.donors) == 1:
            [one] = self.donors
            return FittedAffineModels(_as_given(one.latency), _as_given(one.energy))
        if not seen:
            raise PredictionError(
                "linear: there is nothing to fit to, neither a measured layer with a shape nor a "
                "measured network whose layers all have one"
            )
        terms = SETS[self.terms or _suited(seen, few=not self.donors)]
        _check_sums(seen, terms)
        latency = self._quantity(seen, terms, "latency")
        energy = self._quantity(seen, terms, "energy")
        offchip = offchip_share(measurements)
        return _fitted(latency, energy, offchip, fit_notes(rows, measurements))

    def restore(
        self, stored: StoredFit, measurements: Sequence[Measurement]
    ) -> FittedModels[Model]:
        """Return a fit that was made beforehand, as `fit` would return it.

        Args:
            stored: the fit.
            measurements: the measured layers that it was made of; a correction rests on them.
        """
        rows = sampled(measurements)
        latency, energy = (
            _restored(kept, rows, what)
            for kept, what in ((stored.latency, "latency"), (stored.energy, "energy"))
        )
        return _fitted(latency, energy, stored.offchip, fit_notes(rows, measurements))

    def _quantity(
        self, seen: Sequence[Observation], terms: tuple[str, ...], what: str
    ) -> Model | None:
        rows = known(seen, what)
        if not rows:
            return None
        products = [row for row in rows if not row[0].whole and row[0].product.form in PRODUCTS]
        rest = [row for row in rows if row[0].whole or row[0].product.form not in PRODUCTS]
        if self.terms is None and min(len(products), len(rest)) >= MANY and not rest[-1][0].whole:
            return Apart(
                self._one(rest, SETS["layers"], what),
                self._one(products, SETS["products"], what),
            )
        return self._one(rows, terms, what)

    def _one(
        self, rows: Sequence[Known], terms: tuple[str, ...], what: str
    ) -> LinearModel | Corrected[LinearModel]:
        shares = {
            id(each): [amount / value for amount in totals(each, terms)] for each, value in rows
        }

        def fit(some: Sequence[Known]) -> LinearModel:
            chosen = [each for each, _ in some]
            forms = frozenset(part.form for each in chosen for part, _ in each.parts)
            every = zip(*(shares[id(each)] for each in chosen), strict=True)
            return self._model(dict(zip(terms, every, strict=True)), forms, what)

        return (corrected(rows, fit) if self.neighbours else None) or fit(rows)

    def _model(
        self, every: Mapping[str, Sequence[float]], forms: frozenset[str], what: str
    ) -> LinearModel:
        columns = {term: column for term, column in every.items() if any(column)}
        start = self._prior(columns, what)
        factors = robust.fit(list(columns.values()), start or (), STRENGTH if start else 0.0)
        return LinearModel(dict(zip(columns, factors, strict=True)), forms)

    def _prior(self, columns: Mapping[str, Sequence[float]], what: str) -> list[float] | None:
        donors = [getattr(donor, what) for donor in self.donors]
        return prior(
            list(columns.values()),
            [[donor.get(term, 0.0) for term in columns] for donor in donors if donor],
        )


def _as_given(coefficients: Mapping[str, float] | None) -> LinearModel | None:
    return None if coefficients is None else LinearModel(coefficients, frozenset(NEAREST))


def stored_models(model: Model | None) -> tuple[StoredModel, ...]:
    """Return what `Linear.restore` makes a fitted model of."""
    if model is None:
        return ()
    if isinstance(model, Apart):
        return (*stored_models(model.convolutions), *stored_models(model.products))
    plain: Any = getattr(model, "model", model)  # without its correction
    kernel = model.neighbours.kernel if isinstance(model, Corrected) else NONE
    return (StoredModel(dict(plain.coefficients), tuple(sorted(plain.forms)), kernel),)


def _restored(
    kept: Sequence[StoredModel], measurements: Sequence[Measurement], what: str
) -> Model | None:
    if not kept:
        return None
    models: list[Model] = []
    for each in kept:
        model = LinearModel(each.coefficients, frozenset(each.forms))
        if each.neighbours == NONE:
            models.append(model)
            continue
        rows = known(observations(measurements, (), {}), what)
        own = [row for row in rows if row[0].product.form in model.forms]
        models.append(Corrected(model, Neighbours.of(own, model, each.neighbours)))
    return models[0] if len(models) == 1 else Apart(*models)


def _fitted(
    latency: Model | None, energy: Model | None, offchip: float, notes: tuple[str, ...]
) -> FittedModels[Model]:
    if _is_affine(latency) and _is_affine(energy):
        affine: tuple[Any, Any] = latency, energy
        return FittedAffineModels(*affine, offchip, notes)
    return FittedModels(latency=latency, energy=energy, offchip=offchip, notes=notes)


def _is_affine(model: Model | None) -> bool:
    if isinstance(model, Apart):
        return _is_affine(model.convolutions) and _is_affine(model.products)
    return not isinstance(model, Corrected)


def _check_sums(seen: Sequence[Observation], terms: Sequence[str]) -> None:
    lacking = [term for term in terms if term not in ADDITIVE]
    summed = (each for each in seen if any(part.summed for part, _ in each.parts))
    if lacking and (first := next(summed, None)) is not None:
        raise PredictionError(
            f"linear: of {first.network} only sums over its layers are known, which do not tell "
            f'{", ".join(lacking)}; give it the terms "throughput"'
        )


def _suited(seen: Sequence[Observation], *, few: bool) -> str:
    """Return the terms that suit what was measured; a few networks alone determine two of them."""
    rows = [each for each in seen if not each.whole]
    if not rows:
        networks = {each.network for each in seen}
        return "few-networks" if few and len(networks) < FEW else "networks"
    forms = {part.form for each in rows for part, _ in each.parts}
    return "products" if forms <= PRODUCTS else "layers"
