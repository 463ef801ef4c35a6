"""Gives the sizes of the inputs of an ONNX graph their numbers, and asks for those it lacks."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from fodlam_core.errors import NetworkError, Problem, Setting, unknown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from fodlam_core.networks.reader import ReadOptions


class Inputs:
    """The inputs of a graph.

    Attributes:
        values: the ``ValueInfoProto`` of each input that is not a weight; their sizes are
            changed in place as they become known.
        symbols: sizes by the symbols that stand for them.
        batch: inferences in one run.
        batched: the input that tells it.
        notes: what was assumed.
        changed: whether a size that the file fixes was given another number.
    """

    def __init__(
        self, values: list[Any], options: ReadOptions, axis: int | None, path: Path
    ) -> None:
        """Fix the sizes.

        Args:
            values: the inputs.
            options: what the configuration says.
            axis: the axis of the first input that is the batch; None if none is.
            path: how errors name the file.

        Raises:
            NetworkError: with a line for each size that does not fit, or a question for those of
                the first input that are not known.
        """
        self.values, self.path, self._axis = values, path, axis
        self.symbols = dict(options.symbols or {})
        self.batch, self.batched, self.notes, self.changed = 1, "", list[str](), False
        self._shown = {value.name: _shown(_dims(value)) for value in values}
        self._problems: list[str | Problem] = []
        self._check_symbols()
        for name, sizes in (options.inputs or {}).items():
            self._give(name, sizes)
        if values and options.input is not None:
            self._give_first(values[0], options.input)
        if self._problems:
            raise NetworkError(*self._problems, where=str(path))
        self._resolve()
        if values:
            self._fix_batch(values[0])
            self._resolve()
            if _open(values[0]):
                raise NetworkError(self.question())

    def open(self) -> frozenset[str]:
        """Return the names of inputs with sizes that are not known."""
        return frozenset(value.name for value in self.values if _open(value))

    def question(self) -> Problem:
        """Return the question for all sizes that are not known."""
        asked = [value for value in self.values if _open(value)]
        shown = ", ".join(
            f"{each.name!r} {'is ' + self._shown[each.name] if _dims(each) else 'has no size'}"
            for each in asked
        )
        if [each.name for each in asked] == [self.values[0].name]:
            return self._ask(f"input {shown}", "input", str(self._guess(asked[0])))
        free = [dim for each in asked for dim in _dims(each) if dim.dim_value < 1]
        named = all(_dims(each) for each in asked) and all(dim.dim_param for dim in free)
        if named:
            pairs = {dim.dim_param: 128 for dim in free}
            wanted = "symbols", _table(pairs)
        else:
            wanted = "inputs", _table({each.name: self._guess(each, True) for each in asked})
        return self._ask(f"sizes that the file leaves open: {shown}", *wanted)

    def _ask(self, what: str, key: str, value: str) -> Problem:
        cure = "give for instance ", Setting(("network",), key, value)
        return Problem(what, (str(self.path),), cure)

    def _guess(self, value: Any, whole: bool = False) -> list[int]:
        """Return sizes of the usual order, those that are known among them."""
        dims = list(_dims(value))
        usual = [1, 3, 224, 224] if len(dims) in (0, 4) else [1] + [128] * (len(dims) - 1)
        sizes = [max(0, dim.dim_value) or usual[axis] for axis, dim in enumerate(dims)] or usual
        if not whole and self._axis is not None and self._axis < len(sizes):
            del sizes[self._axis]
        return sizes

    def _check_symbols(self) -> None:
        known = {dim.dim_param for value in self.values for dim in _dims(value)} - {""}
        for symbol in self.symbols:
            if symbol not in known:
                where = Setting(("network",), "symbols")
                self._problems.append(Problem(unknown("symbol", symbol, known), (where,)))

    def _give(self, name: str, sizes: Sequence[int]) -> None:
        value = next((each for each in self.values if each.name == name), None)
        if value is None:
            names = [each.name for each in self.values]
            where = Setting(("network",), "inputs")
            self._problems.append(Problem(unknown("input", name, names), (where,)))
            return
        dims = _dims(value)
        if value.type.tensor_type.HasField("shape") and len(dims) != len(sizes):
            what = f"{name!r} is {self._shown[name]}: it takes {len(dims)} numbers"
            where = Setting(("network",), "inputs")
            self._problems.append(Problem(what, (where,), (f"got {list(sizes)}",)))
            return
        _extend(value, len(sizes))
        for dim, size in zip(dims, sizes, strict=True):
            self._set(dim, size)

    def _give_first(self, first: Any, sizes: Sequence[int]) -> None:
        """Set all sizes of the first input but the batch."""
        dims, axis = _dims(first), self._axis
        if not first.type.tensor_type.HasField("shape"):
            _extend(first, len(sizes) + (axis is not None))
        rest = [dim for index, dim in enumerate(dims) if index != axis]
        if len(rest) != len(sizes):
            form = "" if axis is None else " without the batch"
            where = {None: ", no batch", 0: ", batch first"}.get(axis, f", axis {axis} the batch")
            self._problems.append(
                f"input {first.name!r} is {self._shown[first.name]}{where}: it takes {len(rest)} "
                f"numbers{form}; got {list(sizes)}"
            )
            return
        for dim, size in zip(rest, sizes, strict=True):
            self._set(dim, size)

    def _set(self, dim: Any, size: int) -> None:
        if dim.dim_param:
            known = self.symbols.setdefault(dim.dim_param, size)
            if known != size:
                self._problems.append(f"symbol {dim.dim_param!r} is given as {known} and {size}")
        elif dim.dim_value > 0 and dim.dim_value != size:
            self.changed = True
        dim.dim_value = size

    def _resolve(self) -> None:
        """Put in the sizes of the symbols that are known."""
        for value in self.values:
            for dim in _dims(value):
                if dim.dim_value < 1 and dim.dim_param in self.symbols:
                    dim.dim_value = self.symbols[dim.dim_param]

    def _fix_batch(self, first: Any) -> None:
        dims, axis = _dims(first), self._axis
        if axis is None or axis >= len(dims):
            return
        dim = dims[axis]
        symbol, self.batched = dim.dim_param, first.name
        if dim.dim_value < 1:
            self.notes.append(f"the batch{f' {symbol!r}' if symbol else ''} is taken as 1")
            self._set(dim, 1)
        elif len(dims) > 1 and dim.dim_value > 1:
            self.batch = dim.dim_value
            self.notes.append(
                f"the file is for a batch of {self.batch}; MACs are those of one inference"
            )


def _dims(value: Any) -> Any:
    return value.type.tensor_type.shape.dim


def _open(value: Any) -> bool:
    """Tell whether a size is not known; 0 is known, such as that of an empty cache."""
    if not value.type.HasField("tensor_type"):
        return False
    if not value.type.tensor_type.HasField("shape"):
        return True
    return any(dim.dim_value < 0 or not dim.HasField("dim_value") for dim in _dims(value))


def _extend(value: Any, count: int) -> None:
    while len(_dims(value)) < count:
        _dims(value).add()


def _shown(dims: Any) -> str:
    return "[" + ", ".join(dim.dim_param or str(dim.dim_value or "?") for dim in dims) + "]"


def _table(pairs: Mapping[str, object]) -> str:
    """Return an inline table of TOML."""
    return "{ " + ", ".join(f"{_key(key)} = {value}" for key, value in pairs.items()) + " }"


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key, ensure_ascii=False)
