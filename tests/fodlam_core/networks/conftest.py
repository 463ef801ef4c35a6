"""What the tests of networks share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import strategies as st

from fodlam_core import ConvShape, FcShape, Layer, MatmulShape, Network, NetworkError
from fodlam_core.model.memory_pass import MemoryPass
from fodlam_core.networks.files import read_network
from fodlam_core.networks.reader import NetworkReader, ReadOptions

SIZES = st.integers(1, 20)
NAMES = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=8)


@st.composite
def _conv(draw: st.DrawFn) -> ConvShape:
    axes = st.tuples(st.integers(1, 3), st.integers(1, 3))
    groups = draw(st.integers(1, 4))
    channels, filters = draw(SIZES) * groups, draw(SIZES) * groups
    kernel, stride, dilation = draw(axes), draw(axes), draw(axes)
    padding = draw(st.tuples(*[st.integers(0, 2)] * 4))
    size = draw(st.tuples(st.integers(7, 20), st.integers(7, 20)))
    if not draw(st.booleans()):
        return ConvShape.from_input(
            (channels, *size), filters, kernel, stride, padding, dilation, groups
        )
    reach = [d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True)]
    output = [
        (size[axis] - 1) * stride[axis] + reach[axis] - padding[axis] - padding[axis + 2]
        for axis in (0, 1)
    ]
    return ConvShape(
        channels,
        *size,
        filters,
        *output,
        kernel,
        stride,
        padding,
        dilation,
        groups,
        transposed=True,
    )


SHAPES = st.one_of(
    _conv(),
    st.builds(FcShape, SIZES, SIZES, SIZES),
    st.builds(MatmulShape, SIZES, SIZES, SIZES, SIZES),
)
PASSES = st.builds(MemoryPass, st.sampled_from(["Add", "MaxPool"]), SIZES, SIZES, SIZES, SIZES)


@st.composite
def _network(draw: st.DrawFn) -> Network:
    names = draw(st.lists(NAMES, min_size=1, max_size=5, unique_by=lambda n: Layer(n, "x", 1).key))
    density = st.none() | st.floats(0, 1, exclude_min=True)
    layers = []
    for name in names:
        rest = {
            "repeat": draw(SIZES),
            "weight_density": draw(density),
            "activation_density": draw(density),
            "residual_add": draw(st.booleans()),
        }
        if draw(st.booleans()):
            layers.append(Layer.from_shape(name, draw(SHAPES), **rest))
        else:
            kind = draw(st.sampled_from(["conv", "fc", "matmul", "pool"]))
            layers.append(Layer(name, kind, draw(st.integers(1, 10**18)), **rest))
    counts = st.dictionaries(NAMES, SIZES, max_size=3)
    text = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
    return Network(
        draw(NAMES),
        layers,
        draw(counts),
        draw(text),
        notes=tuple(draw(st.lists(text, max_size=2))),
        uncosted=draw(counts),
        memory_passes=draw(st.lists(PASSES, max_size=2)),
    )


TOKENS = (b"0", b"99999999999", b"{", b"}", b"-", b'"')


@st.composite
def _mutations(draw: st.DrawFn, content: bytes) -> bytes:
    """Draw a file in which some bytes are replaced, removed, doubled or inserted."""
    changed = bytearray(content)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(changed)))
        end = place + draw(st.integers(0, 40))
        changes = (
            st.binary(min_size=1, max_size=3),
            st.just(b""),
            st.just(bytes(changed[place:end]) * 2),
            st.sampled_from(TOKENS),
        )
        changed[place:end] = draw(st.one_of(*changes))
    return bytes(changed)


@pytest.fixture(scope="session")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Network | str]:
    """Write a file and read it; return the network, or the text of the error if it is refused."""

    def write_and_read(
        reader: NetworkReader, name: str, content: bytes, **options: object
    ) -> Network | str:
        path = tmp_path_factory.getbasetemp() / name
        path.write_bytes(content)
        try:
            return read_network(path, reader, ReadOptions(**options))  # type: ignore[arg-type]
        except NetworkError as error:
            return str(error)

    return write_and_read


@pytest.fixture(scope="session")
def check_mutated(outcome: Callable[..., Network | str]) -> Callable[..., None]:
    """Check that a file with some bytes changed is read, or refused with an error naming it."""

    def check(
        data: st.DataObject, reader: NetworkReader, name: str, content: bytes, **options: object
    ) -> None:
        result = outcome(reader, name, data.draw(_mutations(content)), **options)
        assert isinstance(result, Network) or name in result

    return check


@pytest.fixture(scope="session")
def networks() -> st.SearchStrategy[Network]:
    """Networks of every kind of layer."""
    return _network()


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Network]:
    """Write a file and read it: ``read(reader, "name.csv", text, regions=3)``."""

    def write_and_read(
        reader: NetworkReader, name: str, content: str | bytes, **options: object
    ) -> Network:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_network(path, reader, ReadOptions(**options))  # type: ignore[arg-type]

    return write_and_read
