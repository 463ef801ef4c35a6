"""Functions that a graph writes as several operators, and that runtimes compute as one.

Such as Swish, ``x * Sigmoid(x)``, or layer normalisation before it had an operator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from fodlam_core.model.converters import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fodlam_core.networks.onnx.links import Links

# An operator that each function has, and what that is called.
ANCHORS = {
    "Sigmoid": "Swish",
    "HardSigmoid": "HardSwish",
    "Erf": "Gelu",
    "Tanh": "Gelu",
    "Sqrt": "LayerNormalization",
}
# What else functions are made of.
PARTS = words("Add Div Mul Pow Reciprocal ReduceMean Sub")
MOST = 16
"""Far more operators than any function has."""
MOST_BEHIND = 4
"""Operators after the anchor: of layer normalisation a reciprocal, two factors and a sum."""


class Function(NamedTuple):
    """Operators that make a tensor of another of the same size, and of nothing else that varies.

    Attributes:
        name: what it is called.
        nodes: its operators; the last one makes the result.
        given: the name of what it is made of.
    """

    name: str
    nodes: list[Any]
    given: str


def functions(links: Links) -> Iterator[Function]:
    """Yield every function of a graph; no operator is in two."""
    done: set[int] = set()
    for anchor in links.nodes:
        if anchor.op_type in ANCHORS and links.inputs(anchor) and id(anchor) not in done:
            found = _around(anchor, links)
            if found and done.isdisjoint(map(id, found.nodes)):
                done.update(map(id, found.nodes))
                yield found


def _around(anchor: Any, links: Links) -> Function | None:
    chain = [anchor]
    while len(chain) <= MOST_BEHIND:
        after = links.reader(chain[-1])
        if after is None or after.op_type not in PARTS:
            break
        chain.append(after)
    for length in range(len(chain), 1, -1):
        found = _function(chain[:length], links)
        if found is not None:
            return found
    return None


def _function(chain: list[Any], links: Links) -> Function | None:
    """Return what a chain of operators makes, with those that work for it alone."""
    last, found = chain[-1], None
    size = links.size(last.output[0])
    for nodes in _grown(chain, links):
        made = {name for node in nodes for name in node.output}
        given = {name for node in nodes for name in links.inputs(node)} - made
        if size is not None and len(given) == 1 and links.size(min(given)) == size:
            found = Function("", [*(node for node in nodes if node is not last), last], min(given))
    if found is None:
        return None
    means = sum(node.op_type == "ReduceMean" for node in found.nodes)
    if bool(means) != (chain[0].op_type == "Sqrt"):
        return None
    name = "RMSNormalization" if means == 1 else ANCHORS[chain[0].op_type]
    return found._replace(name=name)


def _grown(nodes: list[Any], links: Links) -> Iterator[list[Any]]:
    """Yield operators, each time with one more whose result nothing else reads."""
    nodes, ids = list(nodes), set(map(id, nodes))
    yield nodes
    for node in nodes:  # it grows
        for name in links.inputs(node):
            maker = links.makers.get(name)
            if maker is None or maker.op_type not in PARTS or id(maker) in ids:
                continue
            readers = links.readers[maker.output[0]]
            if all(each is not None and id(each) in ids for each in readers):
                nodes.append(maker)
                ids.add(id(maker))
                yield nodes
        if len(nodes) > MOST:
            return
