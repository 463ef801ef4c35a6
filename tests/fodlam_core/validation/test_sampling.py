"""What cross-validation looks at in a large table."""

from __future__ import annotations

import binascii
import random

import pytest

from fodlam_core import FcShape, Layer, Measurement
from fodlam_core.predictors.per_mac import PerMac
from fodlam_core.validation import sampling
from fodlam_core.validation.folds import SCHEMES, folds
from fodlam_core.validation.intervals import interval_rule


def table(networks: int, layers: int) -> list[Measurement]:
    """Return rows of fully-connected layers whose cost per MAC varies by a factor of 2."""
    chance = random.Random(1)
    return [
        Measurement(
            f"net{network}",
            Layer.from_shape(f"F{layer}", FcShape(64 + layer, 32 + network)),
            1,
            latency_s=1e-9 * (64 + layer) * (32 + network) * chance.uniform(1, 2),
        )
        for network in range(networks)
        for layer in range(layers)
    ]


def test_a_small_table_is_looked_at_whole() -> None:
    """Up to the limit every row is held out once, and each network alone."""
    rows = table(20, 50)
    found = folds("leave-one-network-out", rows)
    assert len(found) == 20
    assert sum(len(fold.held) for fold in found) == len(rows)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_large_table_is_sampled(scheme: str) -> None:
    """Of a large table a sample is held out, in so many folds that it takes about as long."""
    rows = table(200, 50)
    found = folds(scheme, rows)
    held = [row for fold in found for row in fold.held]
    assert len(held) == len(set(map(id, held))) == sampling.MOST_ROWS
    assert len(found) == sampling.MOST_FITTED // sampling.MOST_ROWS
    for fold in found:
        assert len(fold.held) + len(fold.training) == sampling.MOST_ROWS
        assert not set(map(id, fold.held)) & set(map(id, fold.training))
    if scheme == "leave-one-network-out":
        for fold in found:
            assert not {row.network for row in fold.held} & set(fold.trained_on)
    assert any(" more" in fold.held_out for fold in found)


def test_the_order_of_a_table_chooses_nothing() -> None:
    """The sample and its folds are the same rows, however the table is sorted."""
    rows = table(200, 50)
    shuffled = random.Random(2).sample(rows, len(rows))
    one, other = (
        {frozenset(row.key for row in fold.held) for fold in folds("leave-one-network-out", each)}
        for each in (rows, shuffled)
    )
    assert one == other


def test_an_interval_says_that_it_rests_on_a_sample() -> None:
    """The rule of a large table says how many rows it looked at, that of a small one nothing."""
    for rows, expected in (
        (table(200, 50), "cross-validated on 2,000 of 10,000 rows"),
        (table(4, 50), None),
    ):
        rule = interval_rule(PerMac(), PerMac().fit(rows), rows)
        assert rule is not None
        assert rule.latency is not None
        assert 0.1 < rule.latency < 0.5  # most errors lie within a factor of 1.1 to 1.6
        assert (expected in rule.notes) == (expected is not None)
        assert any("cross-validated on" in note for note in rule.notes) == (expected is not None)


def test_an_interval_says_that_groups_are_held_out_together() -> None:
    """The rule of a table that is looked at whole, but not each group alone, says so."""
    rows = table(400, 1)
    rule = interval_rule(PerMac(), PerMac().fit(rows), rows)
    assert rule is not None
    assert "400 groups held out in 250 folds, some together" in rule.notes
    assert not any("cross-validated on" in note for note in rule.notes)


def test_names_of_one_checksum_are_dealt_by_name() -> None:
    """Where two names have the same checksum, their order in the table decides nothing."""
    names = ["plumless", "buckeroo", "AlexNet"]  # the first two have one CRC-32
    assert binascii.crc32(b"plumless") == binascii.crc32(b"buckeroo")
    assert sampling.dealt(names, 2) == sampling.dealt(names[::-1], 2)
