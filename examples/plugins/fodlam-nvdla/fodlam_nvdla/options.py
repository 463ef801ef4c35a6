"""Options of ``[accelerator.nvdla-2048]`` and the other sizes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import attrs

from fodlam_nvdla.model import NvdlaModel

if TYPE_CHECKING:
    from fodlam_core import Accelerator


def _positive(_instance: object, _attribute: attrs.Attribute[int], value: int) -> None:
    if value < 1:
        raise ValueError(f"{value!r} is not positive")


@attrs.frozen
class NvdlaOptions:
    """Options of the performance model.

    Attributes:
        kernels: the number of kernels is rounded up to a multiple of this; the vendor's sheet
            has 16 for AlexNet and 128 for ResNet-50.
        pooled: output height and width of layers into which a pooling layer is fused, by the name
            of the layer, such as ``{ CONV1 = [27, 27] }``: less is written to DRAM.
        winograd_weights: whether the weights of 3 x 3 kernels are stored transformed, which takes
            16/9 of their room; so it is on the sheet's pages of AlexNet and ResNet-50.
    """

    kernels: int = attrs.field(default=128, validator=_positive)
    pooled: Mapping[str, tuple[int, ...]] = attrs.field(factory=dict)
    winograd_weights: bool = True

    def __attrs_post_init__(self) -> None:
        for name, size in self.pooled.items():
            if len(size) != 2 or min(size) < 1:
                raise ValueError(f"pooled: {name}: expected [height, width], got {list(size)!r}")


def apply_options(accelerator: Accelerator, options: NvdlaOptions) -> Accelerator:
    """Return the accelerator with its model configured."""
    (model,) = accelerator.predictors
    assert isinstance(model, NvdlaModel)
    return attrs.evolve(
        accelerator,
        predictors=(
            NvdlaModel(
                model.size,
                options.kernels,
                options.pooled,
                winograd_weights=options.winograd_weights,
            ),
        ),
    )
