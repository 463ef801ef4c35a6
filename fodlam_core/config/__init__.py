"""Configurations: what to estimate, for which chip, by which rules."""

from fodlam_core.config.load import load_config
from fodlam_core.config.model import (
    AcceleratorConfig,
    Config,
    NetworkConfig,
    PointConfig,
    TechnologyConfig,
)

__all__ = [
    "AcceleratorConfig",
    "Config",
    "NetworkConfig",
    "PointConfig",
    "TechnologyConfig",
    "load_config",
]
