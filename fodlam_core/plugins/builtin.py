"""The core as a plugin of itself: its layer kinds, scaling rules and network readers."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
# Rules other than the default: name, aliases, the class or function that makes the rule, and the
# fields that both technology points must state.
RULES = (
    ("alpha-power", (), "alpha_power", "AlphaPower", ("vdd",)),
    ("constant-voltage", ("fixed-voltage",), "constant_voltage", "ConstantVoltage", ()),
    ("custom", ("table",), "custom", "Custom", ()),
    ("dark-silicon-conservative", (), "dark_silicon", "conservative", ()),
    ("dark-silicon-itrs", (), "dark_silicon", "itrs", ()),
    ("general", (), "general", "General", ("vdd",)),
    ("published-operations", ("operations",), "operations", "PublishedOperations", ()),
    ("none", ("identity",), "identity", "NoScaling", ()),
    ("post-dennard", ("leakage-limited",), "post_dennard", "PostDennard", ()),
    ("stillmaker-baas-2017", ("stillmaker",), "stillmaker", "StillmakerBaas", ("vdd",)),
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
    for name, aliases, module, maker, needs in RULES:
        yield DeferredRule(name, aliases, f"fodlam_core.scaling.{module}", maker, needs)


@hookimpl
def fodlam_network_readers() -> Iterable[NetworkReader]:
    """Supply the readers of network files."""
    for name, suffixes, module, maker in READERS:
        yield DeferredReader(name, suffixes, f"fodlam_core.networks.{module}", maker)
