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
    from fodlam_core.accelerator_files import load_accelerator as load_accelerator
    from fodlam_core.accelerators import Accelerator as Accelerator
    from fodlam_core.composer import Composer as Composer
    from fodlam_core.composer import Estimate as Estimate
    from fodlam_core.composer import LayerEstimate as LayerEstimate
    from fodlam_core.composer import estimate as estimate
    from fodlam_core.composer import prepare as prepare
    from fodlam_core.config import AcceleratorConfig as AcceleratorConfig
    from fodlam_core.config import Config as Config
    from fodlam_core.config import NetworkConfig as NetworkConfig
    from fodlam_core.config import PointConfig as PointConfig
    from fodlam_core.config import TechnologyConfig as TechnologyConfig
    from fodlam_core.config import load_config as load_config
    from fodlam_core.costs import Citation as Citation
    from fodlam_core.costs import Cost as Cost
    from fodlam_core.costs import Interval as Interval
    from fodlam_core.costs import Measurement as Measurement
    from fodlam_core.errors import ConfigError as ConfigError
    from fodlam_core.errors import FodlamError as FodlamError
    from fodlam_core.errors import LayerError as LayerError
    from fodlam_core.errors import NetworkError as NetworkError
    from fodlam_core.errors import PluginError as PluginError
    from fodlam_core.errors import PredictionError as PredictionError
    from fodlam_core.errors import ScalingError as ScalingError
    from fodlam_core.errors import UnknownNameError as UnknownNameError
    from fodlam_core.hookspecs import hookimpl as hookimpl
    from fodlam_core.layers import Layer as Layer
    from fodlam_core.layers import LayerKind as LayerKind
    from fodlam_core.layers import Network as Network
    from fodlam_core.registry import Registry as Registry
    from fodlam_core.registry import load_registry as load_registry
    from fodlam_core.shapes import ConvShape as ConvShape
    from fodlam_core.shapes import FcShape as FcShape
    from fodlam_core.shapes import MatmulShape as MatmulShape
    from fodlam_core.sweeps import sweep as sweep
    from fodlam_core.technology import ScalingFactors as ScalingFactors
    from fodlam_core.technology import Technology as Technology

# Name -> module. Loaded when first asked for, so that a plugin or a command pays only for what
# it uses.
_HOME = {
    "Accelerator": "accelerators",
    "AcceleratorConfig": "config",
    "Citation": "costs",
    "Composer": "composer",
    "Config": "config",
    "ConfigError": "errors",
    "ConvShape": "shapes",
    "Cost": "costs",
    "Estimate": "composer",
    "FcShape": "shapes",
    "FodlamError": "errors",
    "Interval": "costs",
    "Layer": "layers",
    "LayerError": "errors",
    "LayerEstimate": "composer",
    "LayerKind": "layers",
    "MatmulShape": "shapes",
    "Measurement": "costs",
    "Network": "layers",
    "NetworkConfig": "config",
    "NetworkError": "errors",
    "PluginError": "errors",
    "PointConfig": "config",
    "PredictionError": "errors",
    "Registry": "registry",
    "ScalingError": "errors",
    "ScalingFactors": "technology",
    "Technology": "technology",
    "TechnologyConfig": "config",
    "UnknownNameError": "errors",
    "estimate": "composer",
    "hookimpl": "hookspecs",
    "load_accelerator": "accelerator_files",
    "load_config": "config",
    "load_registry": "registry",
    "prepare": "composer",
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
