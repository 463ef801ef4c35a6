"""The core as a plugin of itself: its layer kinds, scaling rules and network readers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fodlam_core.deferred import DeferredReader, DeferredRule
from fodlam_core.model.layers import LayerKind
from fodlam_core.plugins.hookspecs import hookimpl
from fodlam_core.scaling.dennard import Dennard

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fodlam_core.networks.reader import NetworkReader
    from fodlam_core.scaling import TechnologyScaler

# Name, suffixes, and the class that reads.
READERS = (
    ("caffe", (".prototxt", ".pbtxt", ".pt"), "caffe", "CaffeReader"),
    ("fodlam", (".json",), "statistics", "StatisticsReader"),
    ("native", (".toml", ".json"), "native", "NativeReader"),
    ("onnx", (".onnx",), "onnx", "OnnxReader"),
    ("scalesim", (".csv",), "scalesim", "ScaleSimReader"),
    ("timeloop", (".yaml", ".yml"), "timeloop", "TimeloopReader"),
    ("transformers", (".json",), "transformers", "TransformersReader"),
    ("zigzag", (".yaml", ".yml"), "zigzag", "ZigZagReader"),
)
# Nodes that the tables of rules have.
DARK_SILICON_NM = (45, 32, 22, 16, 11, 8)
STILLMAKER_NM = (180, 130, 90, 65, 45, 32, 20, 16, 14, 10, 7)


def _rule(name: str, module: str, maker: str, **known: Any) -> DeferredRule:
    return DeferredRule(name, f"fodlam_core.scaling.{module}", maker, **known)


# Rules other than the default.
RULES = (
    _rule("alpha-power", "alpha_power", "AlphaPower", needs=("vdd",)),
    _rule("constant-voltage", "constant_voltage", "ConstantVoltage", aliases=("fixed-voltage",)),
    _rule("custom", "custom", "Custom", aliases=("table",)),
    _rule("dark-silicon-conservative", "dark_silicon", "conservative", nodes_nm=DARK_SILICON_NM),
    _rule("dark-silicon-itrs", "dark_silicon", "itrs", nodes_nm=DARK_SILICON_NM),
    _rule("general", "general", "General", needs=("vdd",)),
    _rule(
        "published-operations",
        "operations",
        "PublishedOperations",
        aliases=("operations",),
        nodes_nm=(45, 7),
    ),
    _rule("none", "identity", "NoScaling", aliases=("identity",)),
    _rule("post-dennard", "post_dennard", "PostDennard", aliases=("leakage-limited",)),
    _rule(
        "stillmaker-baas-2017",
        "stillmaker",
        "StillmakerBaas",
        aliases=("stillmaker",),
        needs=("vdd",),
        nodes_nm=STILLMAKER_NM,
    ),
)


@hookimpl
def fodlam_layer_kinds() -> Iterable[LayerKind]:
    """Supply conv, fc and matmul."""
    yield LayerKind("conv", "convolution, grouped, dilated or transposed")
    yield LayerKind("fc", "fully-connected layer: weights times activations")
    yield LayerKind("matmul", "product of activations with activations, as in attention")


@hookimpl
def fodlam_technology_scalers() -> Iterable[TechnologyScaler]:
    """Supply the rules of technology scaling."""
    yield Dennard()
    yield from RULES


@hookimpl
def fodlam_network_readers() -> Iterable[NetworkReader]:
    """Supply the readers of network files."""
    for name, suffixes, module, maker in READERS:
        yield DeferredReader(name, suffixes, f"fodlam_core.networks.{module}", maker)
