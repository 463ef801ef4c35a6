"""What every guard does: ask a plugin, and refuse an answer that cannot be right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NoReturn, ParamSpec, TypeVar

from fodlam_core.errors import FodlamError, PluginError
from fodlam_core.model.costs import Citation
from fodlam_core.plugins import Plugin, describe, isolated

T = TypeVar("T")
P = ParamSpec("P")
# What tells whether an attribute is what it has to be, and what that is.
Demand = tuple[Callable[[Any], bool], str]


def ask(plugin: Plugin, what: str, function: Callable[P, T], *args: P.args, **kw: P.kwargs) -> T:
    """Return what a function of a plugin returns.

    Raises:
        FodlamError: as the plugin raised it; any other exception as a `PluginError`.
    """
    result, error = isolated(function, *args, **kw)
    if error is not None:
        fail(plugin, what, error)
    return result  # type: ignore[return-value]  # a result, since there is no error


def fail(plugin: Plugin, what: str, error: BaseException) -> NoReturn:
    """Raise what a plugin raised, as an error that the user can be shown."""
    if isinstance(error, PluginError):  # a value that the plugin made is not what it has to be
        raise mistake(plugin, f"{what}: {error}") from error
    if isinstance(error, FodlamError):
        raise error
    raise PluginError(
        f"{plugin}: {what} failed: {describe(error)}; this is a mistake of the plugin, "
        "--debug shows where"
    ) from error


def demand(plugin: Plugin, what: str, value: object, expected: str, *, good: bool) -> None:
    """Check that an answer of a plugin is good.

    Raises:
        PluginError: with the answer, and what was expected.
    """
    if not good:
        raise mistake(plugin, f"{what} is {shown(value)}; {expected} was expected")


def shown(value: object) -> str:
    """Return an answer as messages quote it: short, whatever its own ``repr`` does."""
    text, _ = isolated(repr, value)
    text = text or f"a {type(value).__name__}"
    return text if len(text) <= 100 else f"{text[:97]}..."


def mistake(plugin: Plugin, text: str) -> PluginError:
    """Return the error that says what a plugin has wrong."""
    return PluginError(f"{plugin}: {text}: this is a mistake of the plugin")


def are_texts(value: object) -> bool:
    """Tell whether a value is a sequence of strings, not one string.

    >>> are_texts(("a",)), are_texts("a"), are_texts([1]), are_texts(None)
    (True, False, False, False)
    """
    return isinstance(value, tuple | list) and all(isinstance(each, str) for each in value)


TEXTS: Demand = (are_texts, "a tuple of strings")
CITATION: Demand = (
    lambda value: value is None or isinstance(value, Citation),
    "a Citation or None",
)


class Guarded:
    """Something of a plugin. What is not guarded here it answers itself.

    Attributes are looked at when they are first read: many of them no run needs.
    """

    DEMANDS: ClassVar[Mapping[str, Demand]] = {}
    REQUIRED: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, item: Any, plugin: Plugin, what: str) -> None:
        self._item, self._plugin, self._what = item, plugin, what

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # not even there yet while pickle makes a copy
            raise AttributeError(name)
        value, error = isolated(getattr, self._item, name)
        if error is None and name not in self.DEMANDS:
            return value
        what = f"{name} of {self._what}"
        good, expected = self.DEMANDS.get(name, (None, ""))
        if isinstance(error, AttributeError):
            if name not in self.REQUIRED:
                raise error
            raise mistake(self._plugin, f"{what} is missing; {expected} was expected")
        if error is not None:
            fail(self._plugin, what, error)
        if good:
            right, _ = isolated(good, value)
            demand(self._plugin, what, value, expected, good=bool(right))
            self.__dict__[name] = value
        return value

    def _or(self, name: str, default: T) -> T:
        """Return an attribute that may be missing, or what stands for it."""
        try:
            value: T = Guarded.__getattr__(self, name)
        except AttributeError:
            return default
        return value
