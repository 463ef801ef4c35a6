"""Things whose module is imported when they are first used, so that a run pays for no other."""

from __future__ import annotations

import functools
import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.model.layers import Network
    from fodlam_core.model.technology import ScalingFactors, Technology
    from fodlam_core.networks.reader import ReadOptions
    from fodlam_core.predictors import FittedPredictor


@functools.cache
def _load(module: str, maker: str) -> Any:
    return getattr(importlib.import_module(module), maker)()


def forget() -> None:
    """Forget what was made so far, so that another copy of a package is made use of."""
    _load.cache_clear()


class Deferred:
    """Stands for an object without state; everything but its name is that of the object.

    Attributes:
        name: the name of the object.
        module: the module to import.
        maker: the class or function in it that makes the object.
    """

    def __init__(self, name: str, module: str, maker: str) -> None:
        """Take the name of the object and where it is."""
        self.name, self.module, self.maker = name, module, maker

    @property
    def _object(self) -> Any:
        return _load(self.module, self.maker)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # pickle and copy ask before there are any attributes
            raise AttributeError(name)
        return getattr(self._object, name)


class DeferredAccelerator:
    """Stands for one chip of a library, whose data are read when it is first asked for.

    A hook yields it in place of the accelerator, so that hundreds of chips cost a run their names
    only. `Registry.accelerator` loads it, apart from all others.

    Attributes:
        name: the name of the accelerator, such as ``"jetson-nano/int8"``.
        kinds: the names of the layer kinds that it serves.
        load: returns the `Accelerator`, of the same name and kinds.
        title: one line for a person.
        aliases: further names, such as that of the chip at its default operating point.
        facts: what a listing shows without loading the chip: ``vendor``, ``device``, ``node_nm``,
            ``precision``, ``provenance``, ``layers`` and ``networks`` (measured ones),
            ``latency_error`` and ``energy_error`` (cross-validated), ``latency_is``,
            ``chip_count``, as far as known.
        knows: tells whether a network was measured, by the name that it was measured under; for a
            chip that predicts no layer. None for all others.
    """

    def __init__(
        self,
        name: str,
        kinds: Iterable[str],
        load: Callable[[], Accelerator],
        title: str = "",
        aliases: Iterable[str] = (),
        facts: Mapping[str, Any] | None = None,
        knows: Callable[[str], bool] | None = None,
    ) -> None:
        """Take what is known of the chip, and the function that loads the rest."""
        self.name, self.load, self.title, self.knows = name, load, title, knows
        self.facts: Mapping[str, Any] = facts or {}
        self.kinds, self.aliases = _names(kinds), _names(aliases)

    @property
    def latency_is(self) -> str:
        """What its latencies are, as `Accelerator.latency_is`."""
        return str(self.facts.get("latency_is", "inference"))

    @property
    def provenance(self) -> str:
        """How its numbers came about, as `Accelerator.provenance`; empty if that is not told."""
        return str(self.facts.get("provenance", ""))

    def __repr__(self) -> str:
        return f"DeferredAccelerator({self.name!r}, {list(self.kinds)!r})"


def _names(items: Iterable[str]) -> tuple[str, ...]:
    if isinstance(items, str):  # its letters are hardly what was meant
        raise TypeError(f"expected a list of names, got {items!r}; write [{items!r}]")
    return tuple(items)


class DeferredPredictor(Deferred):
    """Stands for a predictor.

    Attributes:
        options: what it is made with.
    """

    def __init__(self, name: str, module: str, maker: str, **options: Any) -> None:
        """Take the name of the predictor, where it is, and what it is made with."""
        super().__init__(name, module, maker)
        self.options = options

    @functools.cached_property
    def _object(self) -> Any:
        return getattr(importlib.import_module(self.module), self.maker)(**self.options)

    @property
    def requires(self) -> frozenset[str]:
        """What the predictor requires."""
        requires: frozenset[str] = self._object.requires
        return requires

    @property
    def fit(self) -> Callable[..., FittedPredictor]:
        """The method that fits the predictor, of whichever level."""
        fit: Callable[..., FittedPredictor] = self._object.fit
        return fit


class DeferredRule(Deferred):
    """Stands for a scaling rule.

    Attributes:
        aliases: further names of the rule.
        needs: fields that both technology points must state for it to have any factors.
        nodes_nm: the nodes that it has factors between without options; empty: any.
    """

    def __init__(
        self,
        name: str,
        module: str,
        maker: str,
        *,
        aliases: tuple[str, ...] = (),
        needs: tuple[str, ...] = (),
        nodes_nm: tuple[float, ...] = (),
    ) -> None:
        """Take the names of the rule, where it is, and what it has no factors without."""
        super().__init__(name, module, maker)
        self.aliases, self.needs, self.nodes_nm = aliases, needs, nodes_nm

    def rules_out(self, source: Technology, target: Technology) -> bool:
        """Tell of two points, before the rule is loaded, whether it has no factors between them.

        Without options; it may turn out to have none where this is not known beforehand.
        """
        points = (source, target)
        if any(getattr(point, field) is None for point in points for field in self.needs):
            return True
        return bool(self.nodes_nm) and any(each.node_nm not in self.nodes_nm for each in points)

    def factors(self, source: Technology, target: Technology) -> ScalingFactors:
        """Return the factors of the rule."""
        factors: ScalingFactors = self._object.factors(source, target)
        return factors


class DeferredReader(Deferred):
    """Stands for a reader of network files.

    Attributes:
        suffixes: file name endings that it may be tried on.
        aliases: none; said here, so that asking imports no reader.
    """

    aliases: tuple[str, ...] = ()

    def __init__(self, name: str, suffixes: tuple[str, ...], module: str, maker: str) -> None:
        """Take the name of the reader, what it reads, and where it is."""
        super().__init__(name, module, maker)
        self.suffixes = suffixes

    def accepts(self, head: bytes) -> bool:
        """Tell from the first bytes of a file whether it is of this format."""
        return bool(self._object.accepts(head))

    def read(self, path: Path, options: ReadOptions) -> Network:
        """Read a file."""
        network: Network = self._object.read(path, options)
        return network
