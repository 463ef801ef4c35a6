"""The guard against implausible numbers, over everything that the library publishes."""

from __future__ import annotations

from collections import Counter

from fodlam_silicon.catalogue import points

from fodlam_core import Accelerator
from fodlam_core.estimates.platform import Platform
from fodlam_core.estimates.plausibility import doubts, reference_doubts
from fodlam_core.model.technology import IDENTITY
from fodlam_core.plugins.plugin import Plugin


def as_measured(chip: Accelerator) -> Platform:
    """Return a chip at its own technology point."""
    keys = {(row.network, row.layer.key): [row] for row in chip.measurements}
    return Platform(
        accelerator=chip,
        plugin=Plugin("silicon", {}),
        scaler=None,
        source=chip.technology,
        target=chip.technology,
        factors=IDENTITY,
        printed=False,
        predictor=None,
        rows=keys,
        fittings=[],
    )


def test_what_is_published_is_hardly_ever_implausible() -> None:
    """Of 36,213 layers 39 are flagged, for rates above the peak; of 33,899 networks none.

    These are the figures of the page on numbers. The 39 are products and recurrent layers.
    """
    layers = networks = 0
    flagged: Counter[tuple[str, str]] = Counter()
    for each in points():
        chip = each.load()
        platform = as_measured(chip)
        for row in chip.measurements:
            layers += 1
            basis = platform.published(row.network, row.layer, row)
            flagged.update({(row.layer.kind, d.what) for d in doubts(row.layer, basis, platform)})
        for reference in chip.references:
            networks += 1
            network = chip.networks.get(reference.network)
            macs = reference.macs or (network.total_macs if network else 0)
            assert not reference_doubts(reference, macs, platform), (chip.name, reference)
    assert (layers, networks) == (36_213, 33_899)
    assert {what for _, what in flagged} == {"rate above peak"}
    assert sum(flagged.values()) == 39
    assert "conv" not in {kind for kind, _ in flagged}
