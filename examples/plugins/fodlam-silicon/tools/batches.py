"""Draws what a decode step of Llama-3.1-8B takes by the number of sequences.

    python tools/batches.py FIGURE

While a step waits for weights, more sequences cost no time; where the line leaves the horizontal,
it waits for what grows with them: caches, activations and arithmetic.
"""

from __future__ import annotations

import sys

from fodlam_core import Config, NetworkConfig, load_registry, prepare
from fodlam_core.estimates.tokens import token_figures

POINTS = ("h100-sxm-80gb/mlenergy-bf16", "b200-sxm/mlenergy-bf16", "h100-sxm-80gb/llm-bf16")
POINTS += ("a100-sxm-80gb/llm-bf16",)
BATCHES = tuple(1 << n for n in range(10))
KEYS = 1024


def main(path: str) -> None:
    """Draw time and energy by batch."""
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
    for point in POINTS:
        found = [figures(point, batch) for batch in BATCHES]
        for axis, name in zip(
            axes, ("time_per_output_token_s", "energy_per_output_token_j"), strict=True
        ):
            rows = [(b, each[name]) for b, each in zip(BATCHES, found, strict=True) if name in each]
            if rows:
                batches, values = zip(*rows, strict=True)
                axis.loglog(batches, [each.value for each in values], "o-", label=point)
                ends = [each.bounds for each in values]
                if None not in ends:
                    axis.fill_between(batches, *zip(*ends, strict=True), alpha=0.15)
    axes[0].set(title=f"a step over {KEYS} keys", ylabel="seconds")
    axes[1].set(title="energy per token", ylabel="joules")
    for axis in axes:
        axis.set(xlabel="sequences")
        axis.legend(fontsize=7)
    figure.savefig(path, dpi=80)


def figures(point: str, batch: int) -> dict[str, object]:
    """Return what a token takes on a point, by name."""
    network = NetworkConfig("Llama-3.1-8B", context=KEYS, batch=batch)
    config = Config(network, dispatch=dict.fromkeys(("fc", "matmul"), point))
    run = prepare(config, load_registry()).estimate()
    return {each.name: each for each in token_figures(run)}


if __name__ == "__main__":
    main(*sys.argv[1:])
