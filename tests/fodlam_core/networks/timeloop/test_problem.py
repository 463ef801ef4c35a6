"""Timeloop's problem YAML."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fodlam_core import ConvShape, FcShape, Network, NetworkError
from fodlam_core.networks.files import read_network
from fodlam_core.networks.reader import ReadOptions
from fodlam_core.networks.timeloop import TimeloopReader

Read = Callable[..., Network]
SHORTHAND = """\
{{include_text('../problem_base.yaml')}}
problem:
  <<<: *problem_base
  instance: {C: 64, M: 64, P: 224, Q: 224, R: 3, S: 3}
"""
FULL = """\
problem:
  version: 0.4
  instance: {C: 3, M: 96, N: 1, P: 55, Q: 55, R: 11, S: 11, Hstride: 4, Wstride: 4}
  shape:
    name: CNN-Layer
    dimensions: [C, M, R, S, N, P, Q]
    coefficients:
    - {name: Wstride, default: 1}
    data-spaces:
    - {name: Weights, projection: [[[C]], [[M]], [[R]], [[S]]]}
    - {name: Inputs, projection: [[[N]], [[C]], [[R], [P, Hstride]], [[S], [Q, Wstride]]]}
    - {name: Outputs, projection: [[[N]], [[M]], [[P]], [[Q]]], read-write: true}
"""


def _read(read: Read, text: str, name: str = "layer.yaml", **options: object) -> Network:
    return read(TimeloopReader(), name, text, **options)


def _shape(read: Read, text: str) -> Any:
    return _read(read, text).layers[0].shape


@pytest.mark.parametrize("text", [FULL, FULL.replace("\n", "\r\n"), "\ufeff" + FULL])
def test_self_contained_problem_is_read(read: Read, text: str) -> None:
    """A problem with its shape is a convolution whose input is taken as padded."""
    assert _shape(read, text) == ConvShape.from_input((3, 227, 227), 96, 11, 4)


def test_shorthand_is_read_without_executing_it(read: Read) -> None:
    """Neither the inclusion nor the alias of the shorthand is followed."""
    assert _shape(read, SHORTHAND) == ConvShape.from_input((64, 226, 226), 64, 3)


@pytest.mark.parametrize(
    ("instance", "shape"),
    [
        ("{C: 9216, M: 4096}", FcShape(9216, 4096)),
        ("{C: 768, M: 3072, P: 128}", FcShape(768, 3072, 128)),
        ("{C: 64, K: 32, P: 9, Q: 9}", ConvShape.from_input((64, 9, 9), 32, 1)),
        ("{G: 32, C: 1, M: 1, P: 9, Q: 9, R: 3, S: 3}", ConvShape.from_input((32, 11, 11), 32, 3,
         groups=32)),
        ("{G: 2, C: 48, M: 128, P: 27, Q: 27, R: 5, S: 5}", ConvShape.from_input((96, 31, 31), 256,
         5, groups=2)),
        ("{C: 2, M: 3, P: 4, Q: 5, R: 3, S: 1, Hdilation: 2, Hstride: 2}",
         ConvShape.from_input((2, 11, 5), 3, (3, 1), (2, 1), dilation=(2, 1))),
        ("{C: 2, M: 3, P: 4, Q: 5, I: INPUT_BITS, L: 8, T: 8, H: 6, W: 7, N: BATCH}",
         ConvShape.from_input((2, 4, 5), 3, 1)),
    ],
)  # fmt: skip
def test_instance_tells_the_shape(read: Read, instance: str, shape: object) -> None:
    """What is left out is 1; channels are counted within a group; bits are not a dimension."""
    assert _shape(read, f"problem: {{instance: {instance}}}") == shape


def test_older_form_has_its_sizes_in_the_problem(read: Read) -> None:
    """Before version 0.4 there was no instance, output channels were K, and R was horizontal."""
    text = "problem:\n  shape: cnn-layer\n  C: 3\n  K: 8\n  R: 5\n  P: 7\n  Wstride: 2\n"
    assert _shape(read, text) == ConvShape.from_input((3, 1, 17), 8, (1, 5), (1, 2))


def test_projection_tells_the_axes(read: Read) -> None:
    """Where R goes with the horizontal stride, R and P are horizontal."""
    text = FULL.replace("Hstride]", "X]").replace("Wstride]", "Hstride]").replace("X]", "Wstride]")
    text = text.replace("P: 55", "P: 9").replace("R: 11", "R: 2")
    shape = _shape(read, text)
    assert (shape.kernel, shape.out_height, shape.out_width) == ((11, 2), 55, 9)


def test_channel_that_all_spaces_share_is_depthwise(read: Read) -> None:
    """A shape whose weights, inputs and outputs have one channel in common is depthwise."""
    text = (
        "problem: {instance: {C: 32, P: 9, Q: 9, R: 3, S: 3}, shape: {dimensions: [C, P, Q, R, S],"
        "data_spaces: [{name: Weights, projection: [[[C]], [[R]]]}, {name: Inputs, projection: "
        "[[[C]]]}, {name: Outputs, projection: [[[C]]]}]}}"
    )
    assert _shape(read, text) == ConvShape.from_input((32, 11, 11), 32, 3, groups=32)


def test_matrix_product_is_fully_connected(read: Read) -> None:
    """A problem over M, N and K is a product of (M x K) with (K x N)."""
    network = _read(read, "problem: {instance: {M: 5, N: 6, K: 7}, shape: {dimensions: [M, N, K]}}")
    assert network.layers[0].shape == FcShape(7, 6, 5)
    assert network.notes == ()


SPACES = """\
problem:
  instance: {C: 6, P: 4, Q: 4, R: 2, S: 2}
  shape:
    name: NAME
    dimensions: [C, P, Q, R, S]
    data_spaces:
"""
SAME_AXES = "".join(
    f"    - {{name: {name}, projection: [[[C]], [[P]], [[Q]]]}}\n" for name in "ABZ"
)
POOL = SPACES.replace("NAME", "Pool") + (
    "    - {name: Inputs, projection: [[[C]], [[P], [R]], [[Q], [S]]]}\n"
    "    - {name: Outputs, projection: [[[C]], [[P]], [[Q]]], read_write: true}\n"
)


@pytest.mark.parametrize("text", [POOL, SPACES.replace("NAME", "Add") + SAME_AXES])
def test_pooling_and_addition_are_free(read: Read, tmp_path: Path, text: str) -> None:
    """A problem without two operands is counted as free in a folder, and is not a network alone."""
    name = "Pool" if "Pool" in text else "Add"
    with pytest.raises(NetworkError, match=f"free of multiplications: {name}"):
        _read(read, text)
    folder = tmp_path / "net"
    folder.mkdir()
    (folder / "1.yaml").write_text(FULL)
    (folder / "2.yaml").write_text(text)
    network = read_network(folder, TimeloopReader(), ReadOptions())
    assert [layer.name for layer in network.layers] == ["1"]
    assert network.skipped == {name: 1}


PRODUCT = """\
problem:
  instance: {M: 5, N: 6, K: 7, AX: 8}
  shape:
    dimensions: [M, N, K, AX]
    data_spaces:
    - {name: A, projection: [[[M]], [[K]], [[AX]]]}
    - {name: B, projection: [[[N]], [[K]]]}
    - {name: Z, projection: [[[M]], [[N]]]}
"""


def test_bits_of_one_operand_are_not_counted_over(read: Read) -> None:
    """A dimension of bits that one data space alone has costs no multiply-accumulates."""
    assert _shape(read, PRODUCT.replace("AX", "X")) == FcShape(7, 6, 5)


@pytest.mark.parametrize("name", ["H", "X"])
def test_dimension_that_operands_share_is_not_dropped(read: Read, name: str) -> None:
    """Heads of an attention are refused, though H means the height of the input elsewhere."""
    text = PRODUCT.replace("AX", name).replace("[[N]]", f"[[N]], [[{name}]]")
    with pytest.raises(NetworkError, match=f"dimension {name}"):
        _read(read, text)


def test_same_size_may_be_given_twice(read: Read) -> None:
    """A key that is repeated with its value is read; the list of mistakes has the other case."""
    assert _shape(read, "problem: {instance: {C: 3, M: 2, C: 3}}") == FcShape(3, 2)


def test_product_of_vectors_is_fully_connected(read: Read) -> None:
    """Without N, or without M, a product over K is one with a vector."""
    assert _shape(read, "problem: {instance: {M: 1, K: 16}}") == FcShape(16, 1)
    assert _shape(read, "problem: {instance: {N: 4, K: 16}}") == FcShape(16, 4)


def test_merges_fill_in_what_is_left_out(read: Read) -> None:
    """An instance takes what it lacks from one that the file merges, deeply with <<<."""
    text = (
        "base: &b {instance: {C: 3, M: 8, R: 1}}\nplain: &i {P: 4, R: 2}\n"
        "problem: {<<<: *b, instance: {<<: *i, R: 3, Q: 5}}"
    )
    assert _shape(read, text) == ConvShape.from_input((3, 6, 5), 8, (3, 1))


def test_densities_are_taken_over(read: Read) -> None:
    """Densities of weights and inputs become those of the layer, dense MACs stay."""
    text = (
        "problem: {instance: {C: 4, M: 4, densities: {Inputs: 0.25, Outputs: 0.3, Weights: "
        "{distribution: hypergeometric, density: 0.5}}}}"
    )
    (layer,) = _read(read, text).layers
    assert (layer.weight_density, layer.activation_density, layer.macs) == (0.5, 0.25, 16)


def test_batch_and_spelling_are_noted(read: Read) -> None:
    """N is left out, and HStride is understood; both are mentioned."""
    network = _read(read, "problem: {instance: {C: 2, M: 2, N: 4, P: 3, Q: 3, HStride: 2}}")
    assert network.total_macs == 36
    assert len(network.notes) == 2


def test_folder_is_a_network_in_numerical_order(tmp_path: Path) -> None:
    """A folder's files are layers, 2 before 10, and what holds no problem is mentioned."""
    for name in ("10", "2", "1"):
        (tmp_path / f"{name}.yaml").write_text(SHORTHAND)
    (tmp_path / "arch.yml").write_text("architecture: {}\n")
    (tmp_path / "readme.txt").write_text("x")
    network = read_network(tmp_path, TimeloopReader(), ReadOptions())
    assert [layer.name for layer in network.layers] == ["1", "2", "10"]
    assert network.name == tmp_path.name
    assert "arch.yml" in network.notes[0]


def test_mistakes_of_all_files_are_reported_at_once(tmp_path: Path) -> None:
    """Every file of a folder that is wrong has a line."""
    (tmp_path / "1.yaml").write_text("problem: {instance: {C: 0}}")
    (tmp_path / "2.yaml").write_text("problem: [")
    (tmp_path / "3.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(NetworkError) as caught:
        read_network(tmp_path, TimeloopReader(), ReadOptions())
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == [
        str(tmp_path / "1.yaml"),
        str(tmp_path / "2.yaml"),
        str(tmp_path / "3.yaml"),
    ]


def test_empty_folder_is_refused(tmp_path: Path) -> None:
    """A folder without YAML is not a network."""
    with pytest.raises(NetworkError, match=r"no file in it ends in \.yaml or \.yml"):
        read_network(tmp_path, TimeloopReader(), ReadOptions())


NESTED = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 20)}]\n" for i in range(20)
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("problem: {instance: {C: 0}}", "1: C: '0' is not a whole number of at least 1"),
        ("problem: {instance: {C: -4}}", "1: C: '-4' is not"),
        ("problem: {instance: {C: 4.5}}", "1: C: '4.5' is not"),
        ("problem: {instance: {C: }}", "1: C: '' is not"),
        ("problem:\n  instance:\n    C: x\n", "3: C: 'x' is not"),
        ("problem: {instance: {C: {{c}}}}", "1: C: expected a whole number; Jinja is not executed"),
        ("problem: {instance: {C: 1, C: 2}}", "1: 'C' is given twice"),
        ("problem: {instance: {C: 1, Hstride: 1, HStride: 2}}", "1: Hstride is given twice"),
        ("problem: {instance: {C: 1, Hstrid: 2}}", "did you mean 'Hstride'"),
        ("problem: {instance: {H: 3, M: 4, N: 5, K: 2}}", "dimension H besides those of a matrix"),
        ("problem: {instance: {X: 3, Y: 4}}", "dimension X, Y: neither of a convolution"),
        ("problem: {instance: {C: 3, K: 4, M: 5}}", "both K and M"),
        ("problem: {instance: {C: 1, densities: {Weights: 2}}}", "density of Weights: '2' is not"),
        ("problem: {instance: {C: 999999999999, M: 999999999999}}", "macs too large"),
        ("problem: !!python/object/apply:os.getcwd []", "1: not YAML: the tag .* is refused"),
        ("problem: {instance: !x {C: 1}}", "1: not YAML: the tag '!x' is refused"),
        ("architecture: {}", "no problem with dimensions in it"),
        ("", "no problem with dimensions in it"),
        ("problem: 3", "no problem with dimensions in it"),
        ("problem: {instance: {}}", "no problem with dimensions in it"),
        ("problem: {\n", "2: not YAML"),
        ("problem: {}\n---\nproblem: {}\n", "not YAML"),
        ("problem:\n\tinstance: 3", "2: not YAML"),
        ("\0", "it has a NUL in line 1"),
        ("problem: " + "[" * 100_000, "1: not YAML: nested too deeply"),
        ("- " * 50_000, "1: not YAML: nested too deeply"),
        (NESTED + "problem: {instance: {C: 1}, shape: {dimensions: *u}}", "far too many entries"),
        ("#" * 300_000, "larger than 0.2 MB"),
    ],
)
def test_rubbish_is_an_error(read: Read, text: str, message: str) -> None:
    """What is wrong is said with the file, and with the line where there is one."""
    with pytest.raises(NetworkError, match=message) as caught:
        _read(read, text)
    assert "layer.yaml" in str(caught.value)


@pytest.mark.parametrize(
    "text", ["problem: &p {<<: *p, C: 1, M: 2}", "problem: &p {<<<: *p, C: 2}"]
)
def test_mapping_that_merges_itself_ends(read: Read, text: str) -> None:
    """A mapping merged into itself adds nothing."""
    assert _read(read, text).total_macs == 2


def test_list_that_holds_itself_is_refused(read: Read) -> None:
    """A list within itself is an error, not a hang."""
    with pytest.raises(NetworkError, match="too"):
        _read(read, "problem: {C: 2, shape: {dimensions: &d [*d, *d]}}")


@pytest.mark.parametrize("key", ["input", "regions"])
def test_options_are_refused(read: Read, key: str) -> None:
    """Neither input size nor regions apply."""
    with pytest.raises(NetworkError, match=f"{key}: "):
        _read(read, SHORTHAND, **{key: (1, 1, 1) if key == "input" else 2})


def test_without_pyyaml_the_cure_is_told(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where PyYAML is not installed, the error says what to install."""
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(NetworkError, match=r"pip install 'fodlam-core\[timeloop\]'"):
        _read(read, SHORTHAND)


def test_only_a_problem_is_accepted() -> None:
    """A YAML file without a problem is left to other readers."""
    reader = TimeloopReader()
    assert reader.accepts(SHORTHAND.encode())
    assert reader.accepts(FULL.encode())
    assert not reader.accepts(b"architecture:\n  version: 0.4\n")


NAME = st.sampled_from([*"CMKNPQRSGX", "Hstride", "HStride", "Wdilation", "densities", "<<", "<<<"])
VALUE = st.sampled_from(["1", "2", "7", "0", "-1", "x", "{}", "[]", "*a", "&a 3", "{Weights: 1}"])


@settings(max_examples=150, deadline=None)
@given(instance=st.lists(st.tuples(NAME, VALUE), max_size=6))
def test_any_instance_is_read_or_refused(
    instance: list[tuple[str, str]], outcome: Callable[..., Network | str]
) -> None:
    """Whatever is in an instance, there is a network or an error that names the file."""
    text = ", ".join(f"{name}: {value}" for name, value in instance)
    result = outcome(
        TimeloopReader(), "instance.yaml", f"problem: {{instance: {{{text}}}}}".encode()
    )
    assert isinstance(result, Network) or "instance.yaml" in result


SIZE = st.integers(1, 9)


@settings(max_examples=60, deadline=None)
@given(sizes=st.fixed_dictionaries({}, optional=dict.fromkeys("CMPQRSG", SIZE)), stride=SIZE)
def test_macs_are_the_product_of_all_dimensions(
    sizes: dict[str, int], stride: int, outcome: Callable[..., Network | str]
) -> None:
    """However a problem is understood, its MACs are the product of its dimensions."""
    entries = ", ".join(f"{name}: {size}" for name, size in {**sizes, "Wstride": stride}.items())
    text = f"problem: {{instance: {{{entries}}}}}"
    product = 1
    for size in sizes.values():
        product *= size
    result = outcome(TimeloopReader(), "product.yaml", text.encode())
    assert isinstance(result, Network)
    assert result.total_macs == product


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_mutated_file_never_crashes(
    data: st.DataObject, check_mutated: Callable[..., None]
) -> None:
    """A file with some bytes changed is read, or refused with an error that names it."""
    content = data.draw(st.sampled_from([SHORTHAND, FULL])).encode()
    check_mutated(data, TimeloopReader(), "mutated.yaml", content)


def test_brackets_within_brackets_are_refused_at_once(read: Callable[..., Network]) -> None:
    """Nesting is cut off while scanning, which would take quadratic time otherwise."""
    with pytest.raises(NetworkError, match="nested too deeply"):
        read(TimeloopReader(), "deep.yaml", "problem: " + "{" * 50_000)


def test_a_padding_of_zero_is_legal(read: Callable[..., Network]) -> None:
    """Hpad and Wpad count nothing, and may be 0; other sizes may not."""
    text = "problem: {instance: {C: 4, M: 8, P: 5, Q: 5, R: 3, S: 3, Hpad: 0, Wpad: 0}}"
    (layer,) = read(TimeloopReader(), "pad.yaml", text).layers
    assert layer.macs == 4 * 8 * 25 * 9
