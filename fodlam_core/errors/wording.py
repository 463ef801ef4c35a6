"""The wording that messages share: names that were meant, and lists."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_QUOTED = 200
# A list of more names than the first is cut to the second.
MOST_LISTED, FIRST = 40, 10
QUOTES = "'\""


def quoted(value: object, most: int = MOST_QUOTED) -> str:
    """Return a value as messages quote it: short, without control characters.

    Args:
        value: the value.
        most: how many characters are shown.

    >>> quoted("VGG16"), len(quoted("x" * 10**6))
    ("'VGG16'", 200)
    """
    # What is cut anyway is not written out first; a number may have more digits than Python writes.
    if isinstance(value, int) and abs(value) >= 10**most:
        return "a number with too many digits"
    text = repr(value[:most] if isinstance(value, str) else value)
    longer = isinstance(value, str) and len(value) > most
    if not longer and len(text) <= most:
        return text
    return f"{text[: most - 4]}...{text[0] if text[0] in QUOTES else ''}"


def is_one_line(text: str) -> bool:
    r"""Tell whether a text is one line, as what a message names without quotes has to be.

    >>> is_one_line("nets/a.onnx"), is_one_line("a\nerror: b"), is_one_line("a\x85")
    (True, False, False)
    """
    return len(f"{text}.".splitlines()) == 1


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
        few = names if len(names) <= MOST_LISTED else names[:FIRST]
        more = len(names) - len(few)
        hint = f"there are: {', '.join(few)}{f' and {more} more' if more else ''}"
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


@functools.lru_cache(maxsize=4096)  # chips of a library name the same networks
def likeness(name: str, other: str) -> float:
    """Return how alike two names are, from 0 to 1, whatever their case and signs.

    Numbers count: VGG19 is not VGG16.

    >>> likeness("vgg-16", "VGG16"), likeness("VGG19", "VGG16"), likeness("AlxNet", "AlexNet") > 0.9
    (1.0, 0.0, True)
    """
    one, two = _letters(name), _letters(other)
    if one == two:
        return 1.0
    numbers, others = ("".join(filter(str.isdigit, each)) for each in (one, two))
    if numbers != others:
        return 0.0
    import difflib

    return difflib.SequenceMatcher(a=one, b=two).ratio()


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name.lower()))


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")
