"""FODLAM: what would this network cost on real silicon?

>>> from fodlam_core import Config, NetworkConfig, estimate
>>> result = estimate(Config(NetworkConfig("VGG16")))
>>> f"{result.totals['conv'].latency_s:.4f} s per image"
'1.4365 s per image'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fodlam_core.version import __version__

if TYPE_CHECKING:
    from fodlam_core.accelerators import Accelerator as Accelerator
    from fodlam_core.accelerators.load import load_accelerator as load_accelerator
    from fodlam_core.config import AcceleratorConfig as AcceleratorConfig
    from fodlam_core.config import Config as Config
    from fodlam_core.config import NetworkConfig as NetworkConfig
    from fodlam_core.config import PointConfig as PointConfig
    from fodlam_core.config import TechnologyConfig as TechnologyConfig
    from fodlam_core.config import load_config as load_config
    from fodlam_core.deferred import DeferredAccelerator as DeferredAccelerator
    from fodlam_core.errors import ConfigError as ConfigError
    from fodlam_core.errors import FodlamError as FodlamError
    from fodlam_core.errors import LayerError as LayerError
    from fodlam_core.errors import NetworkError as NetworkError
    from fodlam_core.errors import PluginError as PluginError
    from fodlam_core.errors import PredictionError as PredictionError
    from fodlam_core.errors import ScalingError as ScalingError
    from fodlam_core.errors import UnknownNameError as UnknownNameError
    from fodlam_core.estimates import Composer as Composer
    from fodlam_core.estimates import Estimate as Estimate
    from fodlam_core.estimates import LayerEstimate as LayerEstimate
    from fodlam_core.estimates.prepare import estimate as estimate
    from fodlam_core.estimates.prepare import prepare as prepare
    from fodlam_core.model.costs import Citation as Citation
    from fodlam_core.model.costs import Cost as Cost
    from fodlam_core.model.costs import Interval as Interval
    from fodlam_core.model.costs import Measurement as Measurement
    from fodlam_core.model.layers import Layer as Layer
    from fodlam_core.model.layers import LayerKind as LayerKind
    from fodlam_core.model.layers import Network as Network
    from fodlam_core.model.shapes import ConvShape as ConvShape
    from fodlam_core.model.shapes import FcShape as FcShape
    from fodlam_core.model.shapes import MatmulShape as MatmulShape
    from fodlam_core.model.technology import ScalingFactors as ScalingFactors
    from fodlam_core.model.technology import Technology as Technology
    from fodlam_core.plugins.hookspecs import hookimpl as hookimpl
    from fodlam_core.plugins.registry import Registry as Registry
    from fodlam_core.plugins.registry import load_registry as load_registry
    from fodlam_core.sweeps import sweep as sweep

# Name -> module. Loaded when first asked for, so that a plugin or a command pays only for what
# it uses.
_HOME = {
    "Accelerator": "accelerators",
    "AcceleratorConfig": "config",
    "Citation": "model.costs",
    "Composer": "estimates",
    "Config": "config",
    "ConfigError": "errors",
    "ConvShape": "model.shapes",
    "Cost": "model.costs",
    "DeferredAccelerator": "deferred",
    "Estimate": "estimates",
    "FcShape": "model.shapes",
    "FodlamError": "errors",
    "Interval": "model.costs",
    "Layer": "model.layers",
    "LayerError": "errors",
    "LayerEstimate": "estimates",
    "LayerKind": "model.layers",
    "MatmulShape": "model.shapes",
    "Measurement": "model.costs",
    "Network": "model.layers",
    "NetworkConfig": "config",
    "NetworkError": "errors",
    "PluginError": "errors",
    "PointConfig": "config",
    "PredictionError": "errors",
    "Registry": "plugins.registry",
    "ScalingError": "errors",
    "ScalingFactors": "model.technology",
    "Technology": "model.technology",
    "TechnologyConfig": "config",
    "UnknownNameError": "errors",
    "estimate": "estimates",
    "hookimpl": "plugins.hookspecs",
    "load_accelerator": "accelerators.load",
    "load_config": "config",
    "load_registry": "plugins.registry",
    "prepare": "estimates",
    "sweep": "sweeps",
}

__all__ = ["__version__", *sorted(_HOME)]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return list(__all__)
