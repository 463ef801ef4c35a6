"""`typing.NamedTuple` without a compiled annotation for every field.

The three dozen named tuples that every run defines cost it a twentieth of its time otherwise. A
module that takes `NamedTuple` from here has ``from __future__ import annotations``.
"""

from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple
else:

    class _NamedTupleMeta(type):
        def __new__(cls, name, bases, members):
            if not bases:
                return super().__new__(cls, name, bases, members)
            fields = members["__annotations__"]
            given = [field for field in fields if field in members]
            if given != list(fields)[len(fields) - len(given) :]:
                raise TypeError(f"{name}: fields with defaults come last")
            made = namedtuple(name, fields, defaults=[members.pop(field) for field in given])
            made.__new__.__annotations__ = fields
            for member, value in members.items():
                setattr(made, member, value)
            return made

    class NamedTuple(metaclass=_NamedTupleMeta):
        """The base of a class of named tuples: a field for each annotation."""
