"""Configurations: what to estimate, for which chip, by which rules.

A new key is a field in `model`; names are checked in `names`, files are read in `load`.
"""

from fodlam_core.config.load import load_config
from fodlam_core.config.model import (
    AcceleratorConfig,
    Config,
    DispatchRule,
    NetworkConfig,
    PointConfig,
    TechnologyConfig,
)

__all__ = [
    "AcceleratorConfig",
    "Config",
    "DispatchRule",
    "NetworkConfig",
    "PointConfig",
    "TechnologyConfig",
    "load_config",
]
