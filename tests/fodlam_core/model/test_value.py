"""Values compare, hash and show themselves by their fields, as attrs classes do."""

from __future__ import annotations

import pickle

import attrs

from fodlam_core.model.value import Same, Value


@attrs.frozen(eq=False, repr=False)
class Point(Value):
    """A value."""

    x: float
    names: tuple[str, ...] = ()
    note: str = attrs.field(default="", eq=False, repr=False)


@attrs.frozen(eq=False, repr=False)
class Place(Value):
    """A value with the fields of another."""

    x: float
    names: tuple[str, ...] = ()


def test_by_fields() -> None:
    """What counts is the fields, but for those that are left out of it."""
    point = Point(1, ("a",), "b")

    assert repr(point) == "Point(x=1, names=('a',))"
    assert point == Point(1.0, ("a",))
    assert hash(point) == hash(Point(1.0, ("a",)))
    assert point != Point(1)


def test_classes_differ() -> None:
    """Values of two classes differ, whatever they hold."""
    assert Point(1) != Place(1)
    assert Point(1) != 1


def test_in_sets_and_copies() -> None:
    """Equal values are one in a set, and a copy of a value is equal to it."""
    assert {Point(1)} == {Point(1), Point(1.0, note="b")}
    assert Point(1, note="b") == pickle.loads(pickle.dumps(Point(1)))


def test_same_is_nothing_but_itself() -> None:
    """Equal values are two of them; the same one is one, whatever its equality costs."""
    one, other = [1], [1]

    assert Same(one) == Same(one)
    assert Same(one) != Same(other)
    assert {Same(one): "one"}.get(Same(other)) is None
