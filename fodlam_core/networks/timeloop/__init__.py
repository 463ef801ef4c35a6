"""Timeloop's problem YAML: a file is a layer, a folder of such files a network.

Keys are read in `yaml` and become a shape in `problem`.

Both forms of https://timeloop.csail.mit.edu/v4/input-formats/design/problem are read: the
self-contained one, with a ``shape``, and the shorthand of the exercises, where only ``instance``
counts and the shape comes from a template elsewhere::

    {{include_text('../problem_base.yaml')}}
    problem:
      <<<: *problem_base
      instance: {C: 64, M: 64, P: 224, Q: 224, R: 3, S: 3}

Nothing is executed: lines of Jinja are passed over, an alias that the file does not define stands
for nothing, and YAML tags are refused. A dimension that is left out is 1. P and Q are sizes of the
output, so the input comes out as padded. Output channels are M, or K in older files; where there
is G, channels are counted within a group. N, the batch, is left out: a layer is for one inference.
Densities of weights and inputs are taken over; bits of CiMLoop's problems (I, L, T or X, Y, Z) are
left out. Pooling and element-wise operations, whose shapes have no two operands that are
multiplied and summed up, cost nothing and are counted as such.
The layers of a folder are its files in numerical order, each under the name of its file.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from fodlam_core.errors import FodlamError, NetworkError
from fodlam_core.libraries import need
from fodlam_core.model.layers import Layer, Network
from fodlam_core.networks.read_text import check_name, read_text, refuse, refuse_if

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fodlam_core.networks.reader import ReadOptions
    from fodlam_core.networks.timeloop.problem import Problem

MAX_BYTES = 200_000
MAX_FILES = 10_000
_JINJA = r"(?m)^[ \t]*(\{\{.*\}\}|\{%.*%\}|\{#.*#\})[ \t\r]*$"


class TimeloopReader:
    """Reads Timeloop's problem YAML."""

    name = "timeloop"
    suffixes = (".yaml", ".yml")
    reads_folders = True

    def accepts(self, head: bytes) -> bool:
        """Tell whether there is a problem in the file."""
        return (
            re.search(rb"^[ \t\"'{]*(problem|shape)[\"']?[ \t]*:", head, re.MULTILINE) is not None
        )

    def read(self, path: Path, options: ReadOptions) -> Network:
        """Read a file or a folder; neither input size nor regions can be changed here."""
        refuse(path, options, "input", "regions")
        layers, others, problems, notes = [], [], [], dict[str, None]()
        skipped = Counter[str]()
        for file in _files(path, self.suffixes):
            try:
                problem = read_problem(file)
                if problem is None:
                    others.append(file.name)
                    continue
                if not problem.multiplies:
                    skipped[problem.name or "unnamed"] += 1
                    continue
                layers.append(_layer(check_name(file.stem), problem))
                notes |= dict.fromkeys(_notes(problem))
            except FodlamError as error:
                problems += [
                    line if line.startswith(str(file)) else f"{file}: {line}"
                    for line in error.lines()
                ]
        refuse_if(problems)
        if not layers:
            free = f"; free of multiplications: {', '.join(skipped)}" if skipped else ""
            raise NetworkError(f"{path}: no problem with dimensions in it{free}")
        if others:
            notes[f"files without a problem are not layers: {', '.join(others[:5])}"] = None
        name = check_name(path.resolve().name if path.is_dir() else path.stem)
        return Network(
            name=name, layers=layers, skipped=dict(skipped), source=str(path), notes=tuple(notes)
        )


def _layer(name: str, problem: Problem) -> Layer:
    from fodlam_core.networks.timeloop.problem import problem_shape

    return Layer.from_shape(
        name,
        problem_shape(problem),
        weight_density=problem.densities.get("weights"),
        activation_density=problem.densities.get("inputs"),
    )


def _files(path: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """Return the file, or those of the folder, ``2.yaml`` before ``10.yaml``."""
    if not path.is_dir():
        return [path]
    files = [file for file in path.iterdir() if file.suffix.lower() in suffixes and file.is_file()]
    if not files:
        raise NetworkError(f"{path}: no file in it ends in {' or '.join(suffixes)}")
    if len(files) > MAX_FILES:
        raise NetworkError(f"{path}: more than {MAX_FILES} files, too many for a network")
    return sorted(files, key=lambda file: _numerical(file.name))


def _numerical(name: str) -> list[tuple[int, str]]:
    parts = re.findall(r"[0-9]+|[^0-9]+", name)
    return [(int(part), "") if part[0] in "0123456789" else (-1, part) for part in parts]


def read_problem(path: Path) -> Problem | None:
    """Read the problem of one file; None if it has none.

    Raises:
        NetworkError: if it cannot be read, or PyYAML is not installed.
    """
    yaml = need("yaml", "a problem of Timeloop", "timeloop", NetworkError)
    from fodlam_core.networks.read_yaml import not_yaml
    from fodlam_core.networks.timeloop.yaml import problem_of

    try:
        # Blank instead of gone, so that line numbers stay those of the file.
        text = re.sub(_JINJA, "", read_text(path, MAX_BYTES))
        return problem_of(text, str(path))
    except OSError as error:
        raise NetworkError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise NetworkError(f"{path}: not UTF-8 text: {error.reason}") from error
    except yaml.YAMLError as error:
        raise not_yaml(path, error) from error


def _notes(problem: Problem) -> Iterator[str]:
    if problem.sizes.get("N", 1) > 1 and not problem.is_product:
        yield "N, the batch of Timeloop's problems, is left out: layers are for one inference"
    if problem.misspelt:
        yield f"{', '.join(problem.misspelt)}: read as Hstride, Wstride, Hdilation, Wdilation"
