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
    from fodlam_core.accelerators.fits import fits_digest as fits_digest
    from fodlam_core.accelerators.fits import read_fits as read_fits
    from fodlam_core.accelerators.load import load_accelerator as load_accelerator
    from fodlam_core.analyses.notebook import chips as chips
    from fodlam_core.analyses.notebook import compare as compare
    from fodlam_core.analyses.notebook import diff as diff
    from fodlam_core.analyses.notebook import rank as rank
    from fodlam_core.analyses.validated import validate as validate
    from fodlam_core.config import AcceleratorConfig as AcceleratorConfig
    from fodlam_core.config import Config as Config
    from fodlam_core.config import NetworkConfig as NetworkConfig
    from fodlam_core.config import PointConfig as PointConfig
    from fodlam_core.config import TechnologyConfig as TechnologyConfig
    from fodlam_core.config import load_config as load_config
    from fodlam_core.deferred import DeferredAccelerator as DeferredAccelerator
    from fodlam_core.deferred import DeferredPredictor as DeferredPredictor
    from fodlam_core.errors import ConfigError as ConfigError
    from fodlam_core.errors import FodlamError as FodlamError
    from fodlam_core.errors import LayerError as LayerError
    from fodlam_core.errors import MissingInputsError as MissingInputsError
    from fodlam_core.errors import NetworkError as NetworkError
    from fodlam_core.errors import PluginError as PluginError
    from fodlam_core.errors import PredictionError as PredictionError
    from fodlam_core.errors import ScalingError as ScalingError
    from fodlam_core.errors import UnknownNameError as UnknownNameError
    from fodlam_core.estimates import Composer as Composer
    from fodlam_core.estimates import Estimate as Estimate
    from fodlam_core.estimates import LayerEstimate as LayerEstimate
    from fodlam_core.estimates import estimate as estimate
    from fodlam_core.estimates import prepare as prepare
    from fodlam_core.model.costs import Citation as Citation
    from fodlam_core.model.costs import Cost as Cost
    from fodlam_core.model.costs import Measurement as Measurement
    from fodlam_core.model.energy_split import EnergySplit as EnergySplit
    from fodlam_core.model.layers import Layer as Layer
    from fodlam_core.model.layers import LayerKind as LayerKind
    from fodlam_core.model.layers import Network as Network
    from fodlam_core.model.layers import layer_key as layer_key
    from fodlam_core.model.memory_pass import MemoryPass as MemoryPass
    from fodlam_core.model.pass_measurement import PassMeasurement as PassMeasurement
    from fodlam_core.model.quantities import Interval as Interval
    from fodlam_core.model.shapes import ConvShape as ConvShape
    from fodlam_core.model.shapes import ExpertsShape as ExpertsShape
    from fodlam_core.model.shapes import FcShape as FcShape
    from fodlam_core.model.shapes import MatmulShape as MatmulShape
    from fodlam_core.model.stored_fit import CrossValidated as CrossValidated
    from fodlam_core.model.stored_fit import StoredFit as StoredFit
    from fodlam_core.model.sums import LayerSums as LayerSums
    from fodlam_core.model.technology import ScalingFactors as ScalingFactors
    from fodlam_core.model.technology import Technology as Technology
    from fodlam_core.model.whole_network import Reference as Reference
    from fodlam_core.networks import from_torch as from_torch
    from fodlam_core.networks.files import open_network as open_network
    from fodlam_core.networks.native import NativeReader as NativeReader
    from fodlam_core.networks.native import network_from_table as network_from_table
    from fodlam_core.networks.native.text import native_toml as native_toml
    from fodlam_core.networks.reader import NetworkReader as NetworkReader
    from fodlam_core.networks.reader import ReadOptions as ReadOptions
    from fodlam_core.networks.reader import TokenOptions as TokenOptions
    from fodlam_core.networks.transformers import transformer_network as transformer_network
    from fodlam_core.networks.zoo import zoo_names as zoo_names
    from fodlam_core.networks.zoo import zoo_network as zoo_network
    from fodlam_core.plugins.hookspecs import HookSpecs as HookSpecs
    from fodlam_core.plugins.hookspecs import hookimpl as hookimpl
    from fodlam_core.plugins.isolation import isolated as isolated
    from fodlam_core.plugins.isolation import stdout_to_stderr as stdout_to_stderr
    from fodlam_core.plugins.registry import Registry as Registry
    from fodlam_core.plugins.registry import load_registry as load_registry
    from fodlam_core.predictors import FittedPredictor as FittedPredictor
    from fodlam_core.predictors import Predictor as Predictor
    from fodlam_core.predictors.donors import Coefficients as Coefficients
    from fodlam_core.predictors.generic import generic_predictors as generic_predictors
    from fodlam_core.predictors.generic import named_predictors as named_predictors
    from fodlam_core.predictors.per_mac import PerMac as PerMac
    from fodlam_core.report.units import quantity as quantity
    from fodlam_core.scaling import TechnologyScaler as TechnologyScaler
    from fodlam_core.scaling.tables import NodeTable as NodeTable
    from fodlam_core.scaling.tables import TableOptions as TableOptions
    from fodlam_core.scaling.tables import factors_between as factors_between
    from fodlam_core.sweeps import sweep as sweep
    from fodlam_core.validation.new_chip import calibrated as calibrated
    from fodlam_core.validation.stored import store_fits as store_fits

# Name -> module. Loaded when first asked for, so that a plugin or a command pays only for what
# it uses.
_HOME = {
    "Accelerator": "accelerators",
    "AcceleratorConfig": "config",
    "Citation": "model.costs",
    "Coefficients": "predictors.donors",
    "Composer": "estimates",
    "Config": "config",
    "ConfigError": "errors",
    "ConvShape": "model.shapes",
    "Cost": "model.costs",
    "CrossValidated": "model.stored_fit",
    "DeferredAccelerator": "deferred",
    "DeferredPredictor": "deferred",
    "EnergySplit": "model.energy_split",
    "Estimate": "estimates",
    "ExpertsShape": "model.shapes",
    "FcShape": "model.shapes",
    "FittedPredictor": "predictors",
    "FodlamError": "errors",
    "HookSpecs": "plugins.hookspecs",
    "Interval": "model.quantities",
    "Layer": "model.layers",
    "LayerError": "errors",
    "LayerEstimate": "estimates",
    "LayerKind": "model.layers",
    "LayerSums": "model.sums",
    "MatmulShape": "model.shapes",
    "Measurement": "model.costs",
    "MemoryPass": "model.memory_pass",
    "MissingInputsError": "errors",
    "NativeReader": "networks.native",
    "Network": "model.layers",
    "NetworkConfig": "config",
    "NetworkError": "errors",
    "NetworkReader": "networks.reader",
    "NodeTable": "scaling.tables",
    "PassMeasurement": "model.pass_measurement",
    "PerMac": "predictors.per_mac",
    "PluginError": "errors",
    "PointConfig": "config",
    "PredictionError": "errors",
    "Predictor": "predictors",
    "ReadOptions": "networks.reader",
    "TokenOptions": "networks.reader",
    "Reference": "model.whole_network",
    "Registry": "plugins.registry",
    "ScalingError": "errors",
    "ScalingFactors": "model.technology",
    "StoredFit": "model.stored_fit",
    "TableOptions": "scaling.tables",
    "Technology": "model.technology",
    "TechnologyConfig": "config",
    "TechnologyScaler": "scaling",
    "UnknownNameError": "errors",
    "calibrated": "validation.new_chip",
    "chips": "analyses.notebook",
    "compare": "analyses.notebook",
    "diff": "analyses.notebook",
    "estimate": "estimates",
    "factors_between": "scaling.tables",
    "fits_digest": "accelerators.fits",
    "from_torch": "networks",
    "generic_predictors": "predictors.generic",
    "hookimpl": "plugins.hookspecs",
    "isolated": "plugins.isolation",
    "layer_key": "model.layers",
    "load_accelerator": "accelerators.load",
    "load_config": "config",
    "load_registry": "plugins.registry",
    "prepare": "estimates",
    "quantity": "report.units",
    "rank": "analyses.notebook",
    "native_toml": "networks.native.text",
    "named_predictors": "predictors.generic",
    "network_from_table": "networks.native",
    "open_network": "networks.files",
    "read_fits": "accelerators.fits",
    "stdout_to_stderr": "plugins.isolation",
    "store_fits": "validation.stored",
    "sweep": "sweeps",
    "transformer_network": "networks.transformers",
    "zoo_names": "networks.zoo",
    "zoo_network": "networks.zoo",
    "validate": "analyses.validated",
}

# What plugins and notebooks may import; everything else may move between releases.
__all__ = ["__version__", *sorted(_HOME)]  # noqa: PLE0604 - the keys are strings


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return list(__all__)
