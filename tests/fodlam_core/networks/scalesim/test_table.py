"""SCALE-Sim's topology CSV."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fodlam_core import ConvShape, FcShape, Network, NetworkError
from fodlam_core.networks.scalesim import ScaleSimReader

Read = Callable[..., Network]
HEADER = (
    "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, "
    "Strides,"
)
CONV1 = "Conv1, 224, 224, 11, 11, 3, 96, 4,"


def _read(read: Read, *lines: str, header: str = HEADER, end: str = "\n") -> Network:
    return read(ScaleSimReader(), "net.csv", end.join((header, *lines, "")))


def test_convolution_rounds_its_output_up(read: Read) -> None:
    """The output is ceil((H - R + S) / S), as the tool has it: 55 of AlexNet's 224."""
    (layer,) = _read(read, CONV1).layers
    assert isinstance(layer.shape, ConvShape)
    assert (layer.shape.out_height, layer.shape.out_width) == (55, 55)
    assert layer.macs == 105_415_200


@pytest.mark.parametrize(
    "header",
    [
        HEADER,
        HEADER.rstrip(","),
        HEADER.lower().replace(", ", ","),
        HEADER.replace("IFMAP Height", "IFMAP Width"),
        "\ufeff" + HEADER,
        HEADER.replace(",", "\t"),
        HEADER.replace("Layer name", '"Layer name"'),
        HEADER + " , ,Eh,Ew,e2",
        HEADER + " Sparsity,",
        HEADER + " Batch Size,",
    ],
)
def test_variants_of_the_header_mean_the_same(read: Read, header: str) -> None:
    """All the headers in use are understood."""
    row = CONV1.replace(",", "\t") if "\t" in header else CONV1
    network = _read(read, row, header=header)
    assert network.total_macs == 105_415_200
    assert ScaleSimReader().accepts(header.encode())


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "row",
    [
        CONV1,
        CONV1.rstrip(","),
        CONV1 + ",,,",
        "\t" + CONV1,
        CONV1 + "# first",
        CONV1.replace(" ", ""),
        CONV1.replace(" ", "  "),
        CONV1.replace("224", "224.0"),
    ],
)
def test_variants_of_a_row_mean_the_same(read: Read, row: str, end: str) -> None:
    """A missing comma, blanks, comments and empty lines change nothing."""
    network = _read(read, "", row, ",,,,,,,", end=end)
    assert [layer.macs for layer in network.layers] == [105_415_200]


def test_ninth_column_is_the_horizontal_stride(read: Read) -> None:
    """A number behind the stride that no header names is the stride of the other axis."""
    (layer,) = _read(read, "a, 9, 9, 3, 3, 1, 1, 2, 3,").layers
    assert isinstance(layer.shape, ConvShape)
    assert layer.shape.stride == (2, 3)


def test_dp_is_depthwise(read: Read) -> None:
    """A name with DP runs the filters on each channel alone."""
    (layer,) = _read(read, "Conv_DP1, 10, 10, 3, 3, 32, 2, 1,").layers
    assert isinstance(layer.shape, ConvShape)
    assert (layer.shape.groups, layer.shape.out_channels) == (32, 64)
    assert layer.macs == 8 * 8 * 9 * 32 * 2


@pytest.mark.parametrize(
    ("row", "shape"),
    [
        ("FC6, 6, 6, 6, 6, 256, 4096, 1,", FcShape(9216, 4096)),
        ("FC7, 1, 4096, 1, 4096, 1, 4096, 1,", FcShape(4096, 4096)),
        ("QKT, 1024, 64, 1, 64, 1, 1024, 1,", FcShape(64, 1024, 1024)),
        ("FC, 1, 1, 1, 1, 1024, 1000, 1,", FcShape(1024, 1000)),
    ],
)
def test_filter_as_wide_as_its_input_is_fully_connected(
    read: Read, row: str, shape: FcShape
) -> None:
    """So the tool writes matrix products: a filter for a row, or for all, of the input."""
    assert _read(read, row).layers[0].shape == shape


@pytest.mark.parametrize("header", ["Layer,M,N,K", "Layer Name, M, N, K,", "L,M,N,K,"])
def test_gemm_is_fully_connected(read: Read, header: str) -> None:
    """In the other form a row is a product of (M x K) with (K x N)."""
    (layer,) = _read(read, "FF_A, 128, 512, 2048", header=header).layers
    assert layer.shape == FcShape(2048, 512, rows=128)


@pytest.mark.parametrize(("cell", "density"), [("2:4", 0.5), ("1:1", 1.0), ("1", 1.0), ("", None)])
def test_sparsity_is_a_density_of_weights(read: Read, cell: str, density: float | None) -> None:
    """N:M says that N of M weights are not zero; the dense MACs stay."""
    (layer,) = _read(read, f"a,1,5,16,{cell},", header="Layer,M,N,K,Sparsity,").layers
    assert (layer.weight_density, layer.macs) == (density, 80)


def test_titles_are_listed(read: Read) -> None:
    """A row that is only a title is not a layer, and a note says so with its line."""
    network = _read(read, "", "Alexnet,", CONV1)
    assert len(network.layers) == 1
    assert any("'Alexnet' (line 3)" in note for note in network.notes)


def test_repeated_names_are_numbered(read: Read) -> None:
    """Files that use a name twice are read; the second gets a number, and a note says so."""
    network = _read(read, CONV1, CONV1, CONV1.lower())
    assert [layer.name for layer in network.layers] == ["Conv1", "Conv1#2", "conv1#3"]
    assert any("Conv1#2" in note for note in network.notes)


def test_batch_is_left_out(read: Read) -> None:
    """A layer is for one inference; a batch in the file is mentioned in a note."""
    network = _read(read, CONV1 + " 8,", header=HEADER + " Batch Size,")
    assert network.total_macs == 105_415_200
    assert any("batch of 8 is left out" in note for note in network.notes)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("a, 1, B, 1, 1, 4, 4, 1,", "IFMAP Width: 'B' is not a whole number; write its value"),
        ("a, 1, 1, 1, ,1 2, 2, 1,", "Filter Width: '' is not a whole number"),
        ("a, 1, 1, 1, 1, 4,", "a: 5 columns after the name, expected 7"),
        ("a, 9, 9, 3, 3, 0, 4, 1,", "Channels: 0, expected at least 1"),
        ("a, 9, 9, 3, 3, -1, 4, 1,", "Channels: '-1' is not a whole number"),
        ("a, 9, 9, 3, 3, 1, 4.5, 1,", "Num Filter: '4.5' is not a whole number"),
        ("a, 9, 9, 3, 3, 1, 4, 0,", "Strides: 0"),
        ("a, 9, 9, 11, 3, 1, 4, 1,", "a filter of 11 does not fit an input of 9"),
        (", 9, 9, 3, 3, 1, 4, 1,", "layer name: '' is empty"),
        ("a, 9, 9, 3, 3, 1, 4, 1, 5:4,", "Sparsity: '5:4' is not N:M"),
        ("a, 9, 9, 3, 3, 1, 4, 1, 1, 7,", "'7': no column has this value"),
        ("a, 9, 9, 9, 9, 999999999999, 999999999999, 1,", "macs too large"),
        ("a, ٣, 9, 3, 3, 1, 4, 1,", "is not a whole number"),
    ],
)
def test_wrong_row_is_named_by_its_line(read: Read, row: str, message: str) -> None:
    """What is wrong is said with file and line."""
    with pytest.raises(NetworkError, match=message) as caught:
        _read(read, CONV1, "", row)
    assert "net.csv:4: " in str(caught.value)


@pytest.mark.parametrize("content", ["", "\n\n", CONV1, "a,b\n1,2\n", "Layer,M,N\n"])
def test_without_its_header_a_file_is_refused(read: Read, content: str) -> None:
    """The header tells the two forms apart, so there must be one."""
    with pytest.raises(NetworkError, match=r"net\.csv:1: expected a header"):
        read(ScaleSimReader(), "net.csv", content)
    assert not ScaleSimReader().accepts(content.encode())


def test_without_layers_a_file_is_refused(read: Read) -> None:
    """A header alone is not a network."""
    with pytest.raises(NetworkError, match=r"net\.csv: no layers"):
        _read(read)


@pytest.mark.parametrize("key", ["input", "regions"])
def test_options_are_refused(read: Read, key: str) -> None:
    """Neither input size nor regions apply."""
    with pytest.raises(NetworkError, match=f"{key}: "):
        read(ScaleSimReader(), "net.csv", HEADER, **{key: (1, 1, 1) if key == "input" else 2})


def test_endless_file_is_refused_early(read: Read) -> None:
    """Neither a flood of layers nor one of mistakes is reported line by line."""
    with pytest.raises(NetworkError) as caught:
        _read(read, *["a,b1,2"] * 5000)
    assert len(str(caught.value).splitlines()) == 20
    with pytest.raises(NetworkError, match="larger than 8 MB"):
        _read(read, "#" * 9_000_000)
    with pytest.raises(NetworkError, match=r"net\.csv:100002: more than 100000 layers"):
        _read(read, *["a,1,2,3"] * 100_001, header="Layer,M,N,K")


SIZE = st.integers(1, 30)


@given(SIZE, SIZE, SIZE, SIZE, SIZE, SIZE, st.integers(1, 5), st.booleans())
@settings(max_examples=100, deadline=None)
def test_macs_follow_the_formula_of_the_tool(
    height: int, width: int, r: int, s: int, channels: int, filters: int, stride: int, dp: bool
) -> None:
    """Whatever kind a row becomes, its MACs are those that SCALE-Sim computes."""
    from fodlam_core.networks.scalesim.table import Header, Table

    header = Header.parse(HEADER)
    assert header
    table = Table(header)
    name = "aDP" if dp else "a"
    table.add(2, f"{name},{height},{width},{r},{s},{channels},{filters},{stride}")
    out = [-(-(n - f + stride) // stride) for n, f in ((height, r), (width, s))]
    if min(out) < 1:
        assert table.problems
    else:
        assert table.layers[0].macs == out[0] * out[1] * r * s * channels * filters


CELL = st.sampled_from(["", "1", "0", "7", "B", "-3", "2:4", "#", '"', "a", "1e3", "\t", "DP"])


@settings(max_examples=150, deadline=None)
@given(rows=st.lists(st.lists(CELL, max_size=11), max_size=5))
def test_any_cells_are_read_or_refused(
    rows: list[list[str]], outcome: Callable[..., Network | str]
) -> None:
    """Whatever the cells hold, there is a network or an error that names the file."""
    content = "\n".join([HEADER, CONV1, *map(",".join, rows)])
    result = outcome(ScaleSimReader(), "cells.csv", content.encode())
    assert isinstance(result, Network) or "cells.csv:" in result


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_mutated_file_never_crashes(
    data: st.DataObject, check_mutated: Callable[..., None]
) -> None:
    """A file with some bytes changed is read, or refused with an error that names it."""
    content = "\n".join([HEADER, CONV1, "", "FC, 1, 1, 1, 1, 1024, 1000, 1,"]).encode()
    check_mutated(data, ScaleSimReader(), "mutated.csv", content)


def test_products_need_no_header(read: Callable[..., Network]) -> None:
    """A first line of a name and three numbers is a product already; others need a header."""
    text = "qkv,197,2304,768,\nproj,197,768,768,\n"
    network = read(ScaleSimReader(), "gemm.csv", text)
    assert [layer.shape for layer in network.layers] == [
        FcShape(768, 2304, rows=197),
        FcShape(768, 768, rows=197),
    ]
    assert ScaleSimReader().accepts(text.encode())
    assert not ScaleSimReader().accepts(b"1,2,3,4\n")
