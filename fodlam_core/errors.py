"""The errors a user can cause, and the wording they share.

Every message says where, what and what to do; the command line prints it without a traceback.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_SHOWN = 25


def first_lines(problems: Sequence[str]) -> str:
    """Return a line for each problem, the first of them only where they are many."""
    shown, more = problems[:MOST_SHOWN], len(problems) - MOST_SHOWN
    return "\n".join((*shown, *([f"... and {more} more"] if more > 0 else ())))


class FodlamError(Exception):
    """A request that cannot be met. Its text is complete: one line for each mistake."""

    @property
    def brief(self) -> str:
        """What is wrong, for a cell of a table: without the place, the details and the cure.

        >>> FodlamError("[technology] scaler: 65 nm is not in the table, which has 45 nm").brief
        '65 nm is not in the table'
        """
        first = str(self).partition("\n")[0]
        if first.startswith("["):
            first = first.partition(": ")[2]
        ends = (first.find(end) for end in ("; ", ", ", " ("))
        return first[: min((end for end in ends if end > 0), default=None)]


class ConfigError(FodlamError):
    """All the mistakes of one configuration.

    Attributes:
        problems: one complete line for each mistake, of which the message has the first ones.
    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(first_lines(self.problems))


class LayerError(FodlamError, ValueError):
    """A layer or a shape that contradicts itself."""


class NetworkError(FodlamError):
    """A network that is unknown, or a network file that cannot be read."""


class PredictionError(FodlamError):
    """A layer whose cost a predictor cannot tell."""


class ScalingError(FodlamError):
    """A pair of technology points outside the domain of a scaling rule."""


class FactorError(ScalingError):
    """A factor that is not positive and finite."""


class MissingInputsError(ScalingError):
    """Technology points that lack what a rule needs.

    Attributes:
        missing: ``(side, key)`` pairs, such as ``("source", "vdd")`` or ``("target", "flavor")``.
    """

    def __init__(self, missing: Iterable[tuple[str, str]]) -> None:
        self.missing = tuple(missing)
        sides = dict.fromkeys(side for side, _ in self.missing)
        super().__init__(
            "; ".join(
                f"the {side} states no {' and no '.join(k for s, k in self.missing if s == side)}"
                for side in sides
            )
        )

    @property
    def brief(self) -> str:
        """What is missing, on whichever side."""
        return f"{listed(dict.fromkeys(key for _, key in self.missing))} not stated"

    def __reduce__(self) -> tuple[type, tuple[object]]:
        return type(self), (self.missing,)


class PluginError(FodlamError):
    """A plugin, or something that a plugin should have supplied, that cannot be used."""


class UnknownNameError(FodlamError):
    """A name that nothing answers to."""


def unknown(what: str, name: str, known: Iterable[str], missing: str = "there are none") -> str:
    """Say that a name is unknown, and which names were probably meant.

    Args:
        what: what the name should have named, such as ``"rule"``.
        name: the name as given.
        known: the names that would have been right.
        missing: what to say when no name would have been right.

    >>> unknown("rule", "denard", ["none", "dennard"])
    "unknown rule 'denard'; did you mean 'dennard'?"
    >>> unknown("rule", "xyz", ["none", "dennard"])
    "unknown rule 'xyz'; there are: dennard, none"
    """
    names = sorted(set(known))
    close = similar(name, names)
    if close:
        hint = f"did you mean {' or '.join(map(repr, close))}?"
    elif names:
        hint = f"there are: {', '.join(names)}"
    else:
        hint = missing
    return f"unknown {what} {name!r}; {hint}"


def listed(items: Iterable[str]) -> str:
    """Return items as a sentence has them.

    >>> listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])
    ('a', 'a and b', 'a, b and c')
    """
    *most, last = items
    return f"{', '.join(most)} and {last}" if most else last


def similar(name: str, known: Iterable[str]) -> list[str]:
    """Return at most three of the known names that are like the given one, the nearest first.

    Names that begin with it come before others; one that is much less like it than the nearest is
    left out.

    >>> similar("resnet50", ["ResNet-101", "ResNet-152", "ResNet-50-v1", "ResNet-50-v1.5"])
    ['ResNet-50-v1', 'ResNet-50-v1.5']
    """
    import difflib

    known, start = list(known), _letters(name)
    longer = sorted((key for key in known if _letters(key).startswith(start)), key=len)
    if len(start) > 2 and longer:
        return longer[:1] if _letters(longer[0]) == start else longer[:3]
    matcher = difflib.SequenceMatcher(b=_plain(name[:200]))
    scores = {}
    for key in known:
        matcher.set_seq1(_plain(key))
        scores[key] = matcher.ratio()
    least = max(0.6, max(scores.values(), default=0) - 0.2)
    return sorted((key for key in scores if scores[key] >= least), key=lambda key: -scores[key])[:3]


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name.lower()))


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")
