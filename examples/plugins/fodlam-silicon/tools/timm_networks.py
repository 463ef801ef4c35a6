"""Reads the layers of timm's networks from timm itself, checked against the counts that it prints.

    python tools/timm_networks.py [NETWORK ...]

It needs torch and timm. Every network of ``networks/timm.csv`` that timm can still make is run
once without numbers. Of each the sums that `linear` needs go to ``networks/timm-sums.csv``, and of
some the whole table of layers to a file of its own. With names, only these are read anew.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from fodlam_silicon.networks import Library
from tables import LIBRARY, TIMM_BUILT_IN, read, write_csv

from fodlam_core import Network, from_torch, native_toml
from fodlam_core.predictors.products import product

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fodlam_core.predictors.products import Product

FOLDER = LIBRARY / "networks"
SUMS = FOLDER / "timm-sums.csv"
CHANNELS = 3
# Forms whose MACs cost alike in large batches go together, under the name of one of them.
FORMS = {
    **dict.fromkeys(("pointwise", "dense 3x3", "dense"), "dense"),
    **dict.fromkeys(("depthwise", "grouped"), "depthwise"),
    **dict.fromkeys(("fc", "matmul"), "fc"),
}
COUNTS = ("macs", "weights", "elements")
# How far counts may be off those of timm, which adds norms to the MACs, and leaves some operators
# out of the activations.
NEAR = {"gmacs": 0.05, "macts_m": 0.1, "params_m": 0.01}
LAST_DIGIT = 0.01
# Networks whose layers are kept, at the size that they are mostly run at.
WHOLE = """
    resnet101-224 resnet152-224 resnet50d-224 resnext50_32x4d-224 seresnet50-224
    seresnext50_32x4d-224 wide_resnet50_2-224 resnest50d-224 resnetrs50-224 resnetv2_50-224
    res2net50_26w_4s-224 nfnet_f0-256
    vgg11-224 vgg13-224 vgg16-224 vgg19-224 densenet121-224 densenet169-224
    densenet201-224 inception_v3-299 inception_v4-299 inception_resnet_v2-299 xception41-299
    mobilenetv2_100-224 tf_mobilenetv3_small_100-224 tf_mobilenetv3_large_100-224
    mobilenetv4_conv_small-224 mobilenetv4_conv_medium-256 fbnetc_100-224 lcnet_100-224
    efficientnet_b0-224 efficientnet_b1-256 efficientnet_b2-256 efficientnet_b3-288
    efficientnet_b4-320 tf_efficientnetv2_s-300 regnety_032-224 ghostnet_100-224 repvgg_b0-224
    cspdarknet53-256 dla34-224 mobilevit_s-256 edgenext_small-256 efficientformer_l1-224
    convnext_tiny-224 convnext_small-224 convnext_base-224 vit_tiny_patch16_224-224
    vit_small_patch16_224-224 vit_base_patch16_224-224 vit_base_patch32_224-224
    vit_large_patch16_224-224 deit_small_patch16_224-224 swin_tiny_patch4_window7_224-224
    swin_small_patch4_window7_224-224 swin_base_patch4_window7_224-224 coatnet_0_rw_224-224
    maxvit_tiny_tf_224-224
"""


class Traced(NamedTuple):
    """A network as timm makes it: its layers, its parameters, and the module of its class."""

    network: Network
    parameters: int
    family: str


def main(*names: str) -> None:
    """Read the networks, and write sums and layers of those that are as timm prints."""
    wanted = {f"timm-{name}" for name in WHOLE.split()}
    sums = {row["network"]: row for row in read(SUMS)} if names and SUMS.exists() else {}
    refused: Counter[str] = Counter()
    for printed in read(FOLDER / "timm.csv"):
        name = printed["network"]
        if names and name not in names:
            continue
        try:
            traced = trace(name)
        except Exception as error:  # timm's own; the next may do
            traced, why = None, str(error).splitlines()[0]
        else:
            why = difference(traced, printed)
        if traced is None or why:
            refused[why] += 1
            print(f"{name}: {why}", file=sys.stderr)
            continue
        if name in TIMM_BUILT_IN:
            same = TIMM_BUILT_IN[name]
            check_same(traced.network, Library([same])[same])
        elif name in wanted:
            (FOLDER / f"{name}.toml").write_text(native_toml(traced.network), encoding="utf-8")
        sums[name] = record(traced)
    write_csv(SUMS, [sums[name] for name in sorted(sums)], ())
    print(f"{len(sums)} networks; {refused.total()} left out")


def trace(name: str) -> Traced:
    """Return a network, by its name in the tables: the model, and the size of its input."""
    os.environ["TIMM_FUSED_ATTN"] = "0"  # both products of attention are seen
    import timm
    import torch

    model, _, size = name.removeprefix("timm-").rpartition("-")
    problem = None
    for options in ({}, {"img_size": int(size)}):
        try:
            with torch.device("meta"):
                module = timm.create_model(model, **options)
            network = from_torch(module, (CHANNELS, int(size), int(size)), name=name)
        except Exception as error:  # some want to be told the size, some refuse it
            problem = problem or error
            continue
        source = f"timm {timm.__version__}, {model}, by from_torch"
        bases = [each.__module__ for each in type(module).__mro__ if "timm" in each.__module__]
        return Traced(
            Network(name, network.layers, source=source),
            sum(each.numel() for each in module.parameters()),
            bases[-1].rpartition(".")[2],
        )
    assert problem is not None
    raise problem


def difference(traced: Traced, printed: dict[str, str]) -> str:
    """Return what is not as timm prints it, in words; empty if nothing is."""
    if any(layer.shape is None for layer in traced.network.layers):
        return "a layer whose shape is not known"
    layers = traced.network.layers
    outputs = sum(layer.repeat * layer.shape.traffic.outputs for layer in layers)
    found = {
        "gmacs": traced.network.total_macs / 1e9,
        "macts_m": outputs / 1e6,
        "params_m": traced.parameters / 1e6,
    }
    return ", ".join(
        f"{what} {found[what]:.2f} instead of {printed[what]}"
        for what, share in NEAR.items()
        if abs(found[what] - float(printed[what])) > share * float(printed[what]) + LAST_DIGIT
    )


def record(traced: Traced) -> dict[str, object]:
    """Return a row of the table of sums."""
    sums: Counter[str] = Counter()
    for layer in traced.network.layers:
        one = product(layer)
        for what, amount in zip(COUNTS, amounts(one), strict=True):
            sums[f"{FORMS[one.form]}_{what}"] += layer.repeat * amount
    cells = {f"{form}_{what}": sums[f"{form}_{what}"] or "" for form, what in columns()}
    return {"network": traced.network.name, "family": traced.family, **cells}


def columns() -> Iterator[tuple[str, str]]:
    """Yield form and count of each column."""
    for form in dict.fromkeys(FORMS.values()):
        for what in COUNTS:
            yield form, what


def amounts(one: Product) -> tuple[int, int, int]:
    """Return MACs, weights and elements of a layer."""
    return one.macs, one.weights, one.inputs + one.outputs - one.cached - one.scores


def check_same(network: Network, other: Network) -> None:
    """Stop if two networks have other layers."""
    one, two = (
        Counter(str(x.shape) for x in each.layers for _ in range(x.repeat))
        for each in (network, other)
    )
    if one != two:
        raise SystemExit(f"{network.name} and {other.name} differ: {one - two} {two - one}")


if __name__ == "__main__":
    main(*sys.argv[1:])
