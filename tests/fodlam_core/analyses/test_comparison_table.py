"""A comparison as a person reads it."""

from __future__ import annotations

from fodlam_core import Config, NetworkConfig, Registry, TechnologyConfig, zoo_network
from fodlam_core.analyses.choices import variants
from fodlam_core.analyses.comparison import compare
from fodlam_core.analyses.comparison_table import comparison_document
from fodlam_core.report import Bullets, Table


def test_rows_that_differ_in_a_name_alone_are_one(registry: Registry) -> None:
    """Every choice has a row of totals; equal shares of a chip are joined, refusals listed."""
    config, network = (
        Config(NetworkConfig("AlexNet"), TechnologyConfig(node_nm=65)),
        zoo_network("AlexNet"),
    )
    rules = ["none", "dennard", "post-dennard", "dark-silicon-itrs"]
    made = compare(config, variants(config, network, registry, {"scaler": rules}), registry)

    document = comparison_document(made)

    totals, shares, *_ = [block for block in document.blocks if isinstance(block, Table)]
    assert rules == [row[0] for row in totals.rows]
    assert 1 == sum(row[0] == "eyeriss" for row in shares.rows)
    [refused] = [each for each in document.blocks if isinstance(each, Bullets)][:1]
    assert ("Refused", 1) == (refused.title, len(refused.items))
