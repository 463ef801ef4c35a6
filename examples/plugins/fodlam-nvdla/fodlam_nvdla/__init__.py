"""NVDLA, NVIDIA's open accelerator, in its seven published sizes: ``nvdla-2048`` to ``nvdla-32``.

Known by the vendor's performance model (see `fodlam_nvdla.model`) and by seven published frame
rates of ResNet-50. Nothing of it was measured on silicon.
"""

from __future__ import annotations

import csv
import os
from typing import TYPE_CHECKING

from fodlam_core import Accelerator, Citation, Reference, Technology, hookimpl
from fodlam_nvdla.model import NvdlaModel, Size
from fodlam_nvdla.options import NvdlaOptions, apply_options

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FODLAM_API = 2
SIZES = os.path.join(os.path.dirname(__file__), "data", "sizes.csv")
NOTE = (
    "the vendor's performance model, without software overhead; energy is latency times the "
    "average power published for ResNet-50"
)
CITATION = Citation(
    key="nvdla2018",
    text="NVIDIA, NVDLA Open Source Project: hw, performance estimator, and doc, primer; 2018",
    bibtex="@misc{nvdla2018,\n"
    "  author = {{NVIDIA Corporation}},\n"
    "  title = {{NVDLA} Open Source Project},\n"
    "  howpublished = {\\url{https://github.com/nvdla}},\n"
    "  year = {2018}\n"
    "}",
    where="hw@8e06b1b9d8, perf/NVDLA_OpenSource_Performance.xlsx, and doc@31f5740eac, "
    "doc/primer.rst",
)


@hookimpl
def fodlam_accelerators() -> Iterable[Accelerator]:
    """Supply the seven sizes."""
    with open(SIZES, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    yield from _accelerators(rows)


def _accelerators(rows: list[dict[str, str]]) -> Iterator[Accelerator]:
    for row in rows:
        size = Size(
            macs=int(row["macs"]),
            buffer_kb=float(row["buffer_kb"]),
            dram_gb_per_s=float(row["dram_gb_per_s"]),
            clock_mhz=float(row["clock_mhz"]),
            power_w=float(row["power_w"]),
        )
        name = f"nvdla-{size.macs}"
        latency_s = 1 / float(row["resnet50_frames_per_s"])
        yield Accelerator(
            name=name,
            title=f"NVDLA with {size.macs} int8 MACs and {size.buffer_kb:g} KB, 16 nm, 1 GHz",
            kinds=("conv", "fc"),
            technology=Technology(16),
            citation=CITATION,
            provenance="vendor-model",
            predictors=(NvdlaModel(size),),
            precision="8-bit integer",
            clock_hz=size.clock_mhz * 1e6,
            area_mm2=float(row["area_mm2"]),
            notes=(f"{name}: {NOTE}",),
            options=NvdlaOptions,
            apply_options=apply_options,
            references=(
                Reference(
                    network="ResNet-50-v1",
                    batch=1,
                    latency_s=latency_s,
                    energy_j=latency_s * size.power_w,
                    where="doc/primer.rst, frame rate and average power",
                ),
            ),
        )
