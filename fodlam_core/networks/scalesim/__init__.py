"""SCALE-Sim's topology CSV: convolutions, or matrix products.

Columns are read in `table`.

::

    Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,
    Conv1, 224, 224, 11, 11, 3, 96, 4,

    Layer, M, N, K,
    FFN, 128, 3072, 768,

Columns count by position, as in the tool, which never reads its own header; the header tells the
two forms apart, and what comes after the stride: a second stride (horizontal), ``Sparsity``
(``N:M``, of M weights N are not zero), ``Batch Size`` (left out: a layer is for one inference).
A last field without a comma behind it counts, though SCALE-Sim itself drops it. Commas or tabs,
blank lines, ``#`` comments and titles of sections are understood. A file whose first line is a
name and three numbers already is one of products without a header.

What SCALE-Sim computes is kept: the input is taken as padded already, the output is
``ceil((H - R + S) / S)``, and a name with ``DP`` is depthwise, with the number of filters for each
channel (https://github.com/scalesim-project/scale-sim-v2, scalesim/topology_utils.py).
A filter that covers the input, or one row of it at a time, is a fully-connected layer: so the tool
writes a product of (M x K) with (K x N), as M rows of K pixels and N filters of 1 x K.
"""  # noqa: E501, the header of a real file

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.errors import NetworkError
from fodlam_core.model.layers import Network
from fodlam_core.networks.read_text import read_text, refuse, refuse_if

if TYPE_CHECKING:
    from pathlib import Path

    from fodlam_core.networks.reader import ReadOptions


class ScaleSimReader:
    """Reads SCALE-Sim's topology CSV."""

    name = "scalesim"
    suffixes = (".csv",)

    def accepts(self, head: bytes) -> bool:
        """Tell whether the first line is a header of SCALE-Sim's, or a product without one."""
        from fodlam_core.networks.scalesim.table import Header

        lines = head.decode("utf-8-sig", "replace").splitlines()
        return any(Header.parse(line) or Header.implied(line) for line in lines[:1])

    def read(self, path: Path, options: ReadOptions) -> Network:
        """Read a file; neither input size nor regions can be changed here."""
        from fodlam_core.networks.scalesim.table import CONV, GEMM, Header, Table

        refuse(path, options, "input", "regions")
        lines = read_text(path).splitlines()
        header = Header.parse(lines[0]) if lines else None
        first = 2
        if header is None and lines:
            header, first = Header.implied(lines[0]), 1
        if header is None:
            raise NetworkError(
                f"{path}:1: expected a header, 'Layer name, {', '.join(CONV)}, Strides,' or "
                f"'Layer, {', '.join(GEMM)},'"
            )
        table = Table(header)
        for number, line in enumerate(lines[first - 1 :], start=first):
            table.add(number, line)
        refuse_if([f"{path}:{problem}" for problem in table.problems])
        if not table.layers:
            raise NetworkError(f"{path}: no layers")
        return Network(
            name=path.stem,
            layers=table.layers,
            skipped={},
            source=str(path),
            notes=tuple(table.notes()),
        )
