"""The workloads of ZigZag and Stream: a YAML list of layers as equations over loops.

::

    - id: 0
      name: conv1
      operator_type: Conv
      equation: O[b][k][oy][ox]+=W[k][c][fy][fx]*I[b][c][iy][ix]
      dimension_relations: [ix=2*ox+1*fx, iy=2*oy+1*fy]
      loop_dims: [B, K, C, OY, OX, FY, FX]
      loop_sizes: [1, 64, 3, 112, 112, 7, 7]
      operand_source: {I: 0, W: 0}

Sources: https://kuleuven-micas.github.io/zigzag/workload.html. Multiply-accumulates are the
product of the loop sizes where two operands are multiplied and summed up; pooling, and what sums
nothing up, is counted as free. B, the batch, is left out: a layer is for one inference. An operand
that another layer makes is not a weight: where both are, the layer is a product of activations.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from fodlam_core.errors import FodlamError, NetworkError
from fodlam_core.libraries import need
from fodlam_core.networks.draft import Draft
from fodlam_core.networks.read_text import read_text, refuse, refuse_if

if TYPE_CHECKING:
    from pathlib import Path

    from fodlam_core.model.layers import Network
    from fodlam_core.networks.reader import ReadOptions

MAX_BYTES = 2_000_000


class ZigZagReader:
    """Reads a workload of ZigZag or Stream."""

    name = "zigzag"
    suffixes = (".yaml", ".yml")

    def accepts(self, head: bytes) -> bool:
        """Tell whether a list of layers with equations begins here."""
        return all(
            re.search(rb"^[ \t-]*" + key + rb"[ \t]*:", head, re.MULTILINE)
            for key in (b"operator_type", b"equation")
        )

    def read(self, path: Path, options: ReadOptions) -> Network:
        """Read a file; neither input size nor regions can be changed here."""
        refuse(path, options, "input", "regions")
        need("yaml", "a workload of ZigZag", "timeloop", NetworkError)
        import yaml

        from fodlam_core.networks.read_yaml import not_yaml
        from fodlam_core.networks.zigzag.layer import layer_of
        from fodlam_core.networks.zigzag.rows import equations

        try:
            rows, problems = equations(read_text(path, MAX_BYTES))
        except yaml.YAMLError as error:
            raise not_yaml(path, error) from error
        draft, batches = Draft(), Counter[int]()
        for row in rows:
            try:
                layer = layer_of(row, frozenset(each.id for each in rows))
            except FodlamError as error:
                problems.append(f"{row.line}: {row.name}: {error}")
                continue
            batches[row.batch] += 1
            if layer is None:
                draft.skipped[row.operator] += 1
            else:
                draft.add(layer)
        refuse_if([f"{path}:{problem}" for problem in problems])
        if not rows:
            raise NetworkError(f"{path}: no layers")
        if max(batches) > 1:
            draft.notes.append("B, the batch, is left out: layers are for one inference")
        return draft.network(path.stem, str(path))
