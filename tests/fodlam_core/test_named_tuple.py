"""Tests of `fodlam_core.named_tuple`."""

from __future__ import annotations

import inspect
import pickle
import typing

import pytest

from fodlam_core.named_tuple import NamedTuple


class Ours(NamedTuple):
    """What both classes hold."""

    name: str
    sizes: tuple[int, ...] = ()
    scale: float = 1.0

    @property
    def scaled(self) -> list[float]:
        """The sizes, scaled."""
        return [size * self.scale for size in self.sizes]

    @classmethod
    def of(cls, *sizes: int) -> Ours:
        """Return one of some sizes."""
        return cls("some", sizes)


class Theirs(typing.NamedTuple):
    """What both classes hold."""

    name: str
    sizes: tuple[int, ...] = ()
    scale: float = 1.0


class Wider(Ours):
    """A class that adds to a record how it is shown."""

    __slots__ = ()

    def __str__(self) -> str:
        return f"{self.name} of {len(self.sizes)}"


def test_a_record_is_what_typing_makes() -> None:
    """Fields, defaults, annotations, signature and text are those of `typing.NamedTuple`."""
    for name in ("_fields", "_field_defaults", "__doc__", "__match_args__", "__module__"):
        assert getattr(Ours, name) == getattr(Theirs, name)
    assert typing.get_type_hints(Ours) == typing.get_type_hints(Theirs)
    shown = inspect.signature(Ours).parameters
    assert list(shown) == list(inspect.signature(Theirs).parameters)
    assert shown["sizes"].annotation == "tuple[int, ...]"
    assert repr(Ours("a", (1,))) == repr(Theirs("a", (1,))).replace("Theirs", "Ours")
    assert Ours("a") == Theirs("a") == ("a", (), 1.0)


def test_its_methods_are_kept() -> None:
    """Properties and class methods work, and a subclass may add to them."""
    assert Ours.of(1, 2)._replace(scale=2.0).scaled == [2.0, 4.0]
    assert str(Wider.of(1, 2)) == "some of 2"
    assert pickle.loads(pickle.dumps(Wider("a", (1,)))) == Wider("a", (1,))


def test_a_field_without_a_default_is_needed() -> None:
    """What typing refuses is refused."""
    with pytest.raises(TypeError, match="name"):
        Ours()  # type: ignore[call-arg]  # that is what is tested


def test_fields_with_defaults_come_last() -> None:
    """A field without a default behind one that has one is refused, as typing does."""
    with pytest.raises(TypeError, match="Wrong: fields with defaults come last"):

        class Wrong(NamedTuple):
            first: int = 0
            second: int  # type: ignore[misc]  # that is what is tested
