"""Networks: the zoo, and the readers of network files."""

from fodlam_core.networks.torch import from_torch

__all__ = ["from_torch"]
