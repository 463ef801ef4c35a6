"""Turns the benchmark listings of timm into tables: hundreds of networks on GPUs and CPUs.

    python tools/timm_results.py timm_inference.csv

A network is a model and the size of its input; ``networks/timm.csv`` has the counts that timm
prints, and `timm_networks` reads the layers.
"""

from __future__ import annotations

import sys

from tables import LIBRARY, TIMM_BUILT_IN, Tables, read, write_csv

PRECISIONS = {
    "amp": "fp16 where automatic mixed precision takes it, else fp32",
    "amp_bf16": "bf16 where automatic mixed precision takes it, else fp32",
    "bf16": "bf16",
    "fp32": "fp32",
}


def main(raw: str) -> None:
    """Write the tables."""
    tables = Tables("timm")
    networks: dict[str, dict[str, object]] = {}
    for row in read(raw):
        if not row["samples_per_s"]:
            tables.refuse("rows without a rate")
            continue
        words = row["config"].removesuffix("-dynamo").split("-")
        device = "-".join(words[-2:]) if words[-2] == "cpu" else words[-1]
        chip, _ = tables.chip(device)
        mode = "compiled" if row["config"].endswith("-dynamo") else "eager"
        software = "-".join(words[: -2 if words[-2] == "cpu" else -1])
        point = f"timm-{software}-{mode}".replace("_", "-")
        tables.point(
            chip,
            point,
            title=f"timm, {software}, {mode}",
            kinds="conv fc matmul",
            precision=PRECISIONS[words[0]],
            latency_is="reciprocal throughput",
        )
        network = f"timm-{row['model']}-{row['img_size']}"
        networks[network] = {
            "network": network,
            "params_m": row["params_m"],
            "gmacs": row["gmacs"],
            "macts_m": row["macts_m"],
        }
        tables.network(
            *(chip, point, TIMM_BUILT_IN.get(network, network)),
            batch=int(float(row["batch"])),
            inferences_per_s=row["samples_per_s"],
            where=row["source_file"].removeprefix("results/"),
        )
    tables.write()
    rows = [networks[name] for name in sorted(networks)]
    write_csv(LIBRARY / "networks" / "timm.csv", rows, ("network", "params_m", "gmacs", "macts_m"))


if __name__ == "__main__":
    main(*sys.argv[1:])
