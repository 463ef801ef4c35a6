"""Configurations: strict, complete in their complaints, and never a traceback."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tomli
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fodlam_core import (
    AcceleratorConfig,
    Config,
    ConfigError,
    NetworkConfig,
    Registry,
    TechnologyConfig,
    load_config,
)
from fodlam_core.config.overrides import apply_override

Toml = Callable[..., Path]


def problems(path: Path, registry: Registry, *overrides: str) -> list[str]:
    """Return the complaints about a configuration, without the file's name."""
    with pytest.raises(ConfigError) as error:
        load_config(path, registry, overrides)
    lines = [str(each) for each in error.value.problems]
    assert all(line.startswith(f"{path}") for line in lines)
    return [line.removeprefix(str(path)).lstrip(":").strip() for line in lines]


def test_defaults(toml: Toml, registry: Registry) -> None:
    """A network's name is enough: one inference, every chip as measured."""
    path = toml('[network]\nname = "VGG16"')

    config = load_config(path, registry)

    assert Config(NetworkConfig("VGG16"), source=str(path)) == config
    assert (1, "auto", None) == (config.network.batch, config.network.method, config.network.layers)
    assert TechnologyConfig(None, None, None, None, "scale", {}) == config.technology


def test_everything(toml: Toml, registry: Registry) -> None:
    """Every key arrives where it belongs."""
    path = toml(
        """
        [network]
        file = "nets/a.json"
        measured_as = "VGG16"
        format = "fodlam"
        input = [3, 600, 1000]
        regions = 300
        layers = ["FC6"]
        method = "predicted"
        batch = 8
        [technology]
        node_nm = 28
        vdd = 0.9
        flavor = "hp"
        scaler = "none"
        clock = "hold"
        [dispatch]
        conv = "eyeriss"
        [accelerator.eyeriss]
        predictor = "per-mac"
        latency = "processing"
        [accelerator.eie.technology]
        vdd = 1.0
        flavor = "hp"
        """
    )

    config = load_config(path, registry)

    assert str(path.parent / "nets/a.json") == config.network.file
    assert ((3, 600, 1000), 300, ("FC6",), 8) == (
        config.network.input,
        config.network.regions,
        config.network.layers,
        config.network.batch,
    )
    assert TechnologyConfig(28, 0.9, "hp", "none", "hold") == config.technology
    assert {"conv": "eyeriss"} == config.dispatch
    assert {"latency": "processing"} == config.accelerator["eyeriss"].options
    assert (1.0, "hp") == (
        config.accelerator["eie"].technology.vdd,
        config.accelerator["eie"].technology.flavor,
    )


def test_all_mistakes_at_once(toml: Toml, registry: Registry) -> None:
    """All mistakes of a file come at once, each with table, key and cure."""
    path = toml(
        """
        techno = 1
        [network]
        name = "VGG17"
        layers = ["CONV1-1", 3]
        bach = 1
        [technology]
        node_nm = "45"
        scaler = "denard"
        flavor = "HP"
        [dispatch]
        conv = "eyris"
        fc = "eyeriss"
        pool = "eie"
        [accelerator.eyeriss]
        predictor = "permac"
        latency = "fast"
        latncy = "total"
        [accelerator.eie.technology]
        vdd = -1
        """
    )

    assert {
        "unknown table 'techno'; did you mean 'technology'?",
        "[network] name: unknown network 'VGG17'; did you mean 'VGG16' or 'VGG19'?",
        "[network] layers: expected a string, got 3",
        "[network]: unknown key 'bach'; did you mean 'batch'?",
        "[technology] node_nm: expected a number, got '45'",
        "[technology] scaler: unknown rule 'denard'; did you mean 'dennard'?",
        '[technology] flavor: expected one of "hp", "lp", "bulk", got \'HP\'',
        "[dispatch] conv: unknown accelerator 'eyris'; did you mean 'eyeriss'?",
        "[dispatch] fc: eyeriss does not serve 'fc'; it serves conv",
        "[dispatch] pool: unknown layer kind 'pool'; there are: conv, fc, matmul",
        (
            "[accelerator.eyeriss] predictor: unknown predictor of eyeriss 'permac'; did you mean "
            "'per-mac'?"
        ),
        '[accelerator.eyeriss] latency: expected one of "total", "processing", got \'fast\'',
        "[accelerator.eyeriss]: unknown key 'latncy'; did you mean 'latency'?",
        "[accelerator.eie.technology] vdd: -1 is not between 0.01 and 100",
    } == {
        problem.replace("'VGG16'?", "'VGG16' or 'VGG19'?") for problem in problems(path, registry)
    }


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("network.batch", "0", "0 is not between 1"),
        ("network.batch", "-3", "-3 is not between"),
        ("network.batch", "1.5", "expected a whole number or"),
        ("network.batch", "true", "expected a whole number or"),
        ("network.batch", "1" + "0" * 30, "is not between"),
        ("network.batch", "'printed'", "whole number or \"published\", got 'printed'"),
        ("network.method", "'guess'", 'expected one of "auto", "published", "predicted"'),
        ("network.layers", "'FC6'", "expected a list, got 'FC6'"),
        ("network.layers", "[]", "an empty list"),
        ("network.layers", "['FC9']", "VGG16 has no layer 'FC9'; did you mean 'FC6' or"),
        ("network", "3", "network: expected a table, got 3"),
        ("network.regions", "0", "0 is not between 1"),
        ("network.regions", "3", "regions: only for a network from a file"),
        ("network.input", "[3, 224]", "input: only for a network from a file"),
        ("network.input", "[]", "expected the size of one input"),
        ("network.input", "[3, 0]", "0 is not between"),
        ("network.file", "'x.onnx'", "give either name"),
        ("network.format", "'cafe'", "unknown format 'cafe'"),
        ("technology.node_nm", "0", "0 is not between 1 and 10000"),
        ("technology.node_nm", "-45", "is not between"),
        ("technology.node_nm", "nan", "expected a number, got nan"),
        ("technology.node_nm", "inf", "expected a number, got inf"),
        ("technology.node_nm", "1e9", "is not between"),
        ("technology.node_nm", "true", "expected a number, got True"),
        ("technology.vdd", "0", "0 is not between"),
        ("technology.clock", "'fast'", 'expected one of "scale", "hold"'),
        ("technology.options", "3", "technology] options: expected a table"),
        ("technology.options.x", "3", "unknown key 'x'; post-dennard has no options"),
        ("accelerator.eie.latency", "'total'", "unknown key 'latency'"),
        ("accelerator.nobody.predictor", "'x'", "unknown accelerator 'nobody'"),
        ("accelerator.eie", "3", "accelerator] eie: expected a table"),
        ("dispatch.conv", "3", "expected a string, got 3"),
    ],
)
def test_mistakes(key: str, value: str, problem: str, toml: Toml, registry: Registry) -> None:
    """A wrong type, an absurd number or an unknown name is refused, never coerced."""
    path = toml('[network]\nname = "VGG16"')

    assert any(problem in line for line in problems(path, registry, f"{key}={value}"))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "[network]: give either name"),
        (b"[network]\n", "[network]: give either name"),
        (b"[network]\nname = 'VGG16'\nname = 'VGG16'", "not TOML: "),
        (b"network = ", "not TOML: "),
        (b"[network]\nname = VGG16", "line 2"),
        (b"\x00\xff\xfe\x80" * 100, "binary, not a configuration in TOML; "),
        (b"a = " + b"[" * 100_000, "nested too deeply"),
        (b"# " + b"x" * 1_000_001, "cannot be read: larger than 1 MB"),
        (b"{", "not JSON: "),
        (b"{}", '"net" or "netfile" is missing'),
        (b'{"net": 3, "layers": []}', "net: expected a string, got 3"),
        (b'{"net": "VGG16", "layers": "FC6"}', "layers: expected a list"),
        (b'{"net": "VGG16", "layers": [6]}', "layers: expected strings"),
        (b'{"net": "VGG1", "layers": []}', "unknown network 'VGG1'; did you mean 'VGG16'"),
        (b'{"net": "VGG16", "layers": ["FC9"]}', "VGG16 has no layer 'FC9'"),
        (b'{"a": ' + b"[" * 100_000, "nested too deeply"),
    ],
)
def test_rubbish(content: bytes, problem: str, tmp_path: Path, registry: Registry) -> None:
    """What is not a configuration is refused with the reason."""
    path = tmp_path / "x.toml"
    path.write_bytes(content)

    assert any(problem in line for line in problems(path, registry))


def test_unreadable(tmp_path: Path, registry: Registry) -> None:
    """A missing file, a directory and an impossible name are refused."""
    for path in (tmp_path / "no.toml", tmp_path, tmp_path / ("x" * 300), Path("a\0b")):
        with pytest.raises(ConfigError, match="cannot be read"):
            load_config(path, registry)


def test_toml_1_1_and_byte_order_mark(toml: Toml, registry: Registry) -> None:
    """TOML 1.1, with its line breaks in inline tables, is read; so is a byte order mark."""
    path = toml("\ufeffnetwork = {\n  name = 'VGG16',\n}\n")

    assert "VGG16" == load_config(path, registry).network.name


def test_twice_in_json(toml: Toml, registry: Registry) -> None:
    """Of a key given twice in FODLAM's JSON the last counts, with a warning."""
    path = toml('{"net": "AlexNet", "net": "VGG16", "layers": ["FC6"]}', "a.json")

    config = load_config(path, registry)

    assert "VGG16" == config.network.name
    assert f"{path}: key 'net' is given twice; the last counts" in config.warnings


def test_json_pins_everything(toml: Toml, registry: Registry) -> None:
    """FODLAM's JSON names everything that FODLAM had fixed."""
    config = load_config(toml('{"net": "VGG16", "layers": ["FC6"]}', "a.json"), registry)

    assert {"conv": "eyeriss", "fc": "eie"} == config.dispatch
    assert ("published", "published") == (config.network.batch, config.network.method)
    assert (65, "dennard") == (config.technology.node_nm, config.technology.scaler)
    assert ["per-mac", "per-mac"] == [each.predictor for each in config.accelerator.values()]
    assert {"latency": "total"} == config.accelerator["eyeriss"].options


@pytest.mark.parametrize("text", ["", "=", "x", "a b = 3", "technology", "[x] = 3"])
def test_override_of_another_form(text: str) -> None:
    """What is not of the form TABLE.KEY=VALUE is refused."""
    with pytest.raises(ConfigError, match="expected TABLE.KEY=VALUE"):
        apply_override({}, text)


def test_override_replaces() -> None:
    """A value is replaced whole, a table too; a line break cannot smuggle in a second key."""
    table: dict[str, Any] = {"dispatch": {"conv": "eyeriss"}}

    apply_override(table, "dispatch={}")
    apply_override(table, "network.name=1\nbatch = 2")

    assert {"dispatch": {}, "network": {"name": "1\nbatch = 2"}} == table


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("node_nm=28", "write --set technology.node_nm=28"),
        ("batsh=2", "write --set network.batch=2"),
        ("predictor=per-mac", "write --set accelerator.NAME.predictor=per-mac"),
        ("xyz=1", "expected TABLE.KEY=VALUE"),
    ],
)
def test_override_without_a_table(text: str, hint: str, examples: Path, registry: Registry) -> None:
    """A key without its table is refused with the whole key, together with other mistakes."""
    with pytest.raises(ConfigError, match=rf"(?s)--set {text}: .*{hint}.*\n--set =1: expected"):
        load_config(examples / "vgg16.toml", registry, [text, "=1"])


def test_override_through_a_value() -> None:
    """A key below a value that is not a table cannot be set."""
    with pytest.raises(ConfigError, match="technology is not a table"):
        apply_override({"technology": 3}, "technology.node_nm=28")


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=4)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
keys = st.sampled_from(
    ["network", "technology", "dispatch", "accelerator", "name", "layers", "eyeriss", "options"]
)


@given(st.dictionaries(keys, json_values | st.dictionaries(keys | texts, json_values, max_size=3)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_table_is_a_configuration_or_refused(
    tmp_path: Path, registry: Registry, table: dict[str, Any]
) -> None:
    """No table, however shaped, ends in anything but a configuration or a configuration error."""
    path = tmp_path / "any.toml"
    path.write_text("\n".join(f"{key} = {_toml(value)}" for key, value in table.items()))
    tomli.loads(path.read_text())
    try:
        assert load_config(path, registry).source == str(path)
    except ConfigError as error:
        assert error.problems


def _toml(value: Any) -> str:
    """Return a value as inline TOML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_string(k)} = {_toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, str):
        return _string(value)
    return '""' if value is None else json.dumps(value)


def _string(text: str) -> str:
    """Return a TOML string."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def test_configurations_in_code() -> None:
    """A configuration built in code is checked as one from a file is."""
    with pytest.raises(ValueError, match="either name"):
        NetworkConfig("VGG16", file="x.json")
    for wrong in ({"method": "predict"}, {"batch": "Published"}, {"batch": 1.5}, {"batch": True}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            NetworkConfig("VGG16", **wrong)
    with pytest.raises(ValueError, match="clock"):
        TechnologyConfig(clock="Hold")
    with pytest.raises(ValueError, match="an empty list"):
        Config(NetworkConfig("VGG16", layers=()))
    with pytest.raises(ValueError, match="is not between"):
        TechnologyConfig(node_nm=0)


@pytest.mark.parametrize(
    ("build", "text"),
    [
        (lambda: NetworkConfig(5), "NetworkConfig name: expected str | None, got 5"),
        (lambda: NetworkConfig("x", layers="C1"), "expected a list, got 'C1'"),
        (lambda: NetworkConfig("x", layers=[1]), "layers: expected tuple[str, ...]"),
        (lambda: TechnologyConfig(scaler=5), "TechnologyConfig scaler: expected str | None, got 5"),
        (lambda: AcceleratorConfig(file=5), "AcceleratorConfig file: expected str | None, got 5"),
        (lambda: Config("VGG16"), "Config network: expected NetworkConfig, got 'VGG16'"),
        (lambda: Config(NetworkConfig("x"), dispatch={"conv": 5}), "dispatch: expected Mapping"),
        (lambda: Config(NetworkConfig("x"), system=[1]), "Config system: expected Mapping"),
    ],
)
def test_types_in_code(build: Callable[[], object], text: str) -> None:
    """A value of another type is refused where it is given, with class and name."""
    with pytest.raises(TypeError) as error:
        build()
    assert text in str(error.value)


def test_a_flood_of_mistakes_is_cut_short(toml: Toml, registry: Registry) -> None:
    """Ten thousand misspelt layers are answered at once, with the first of them."""
    names = ", ".join(f'"L{number}"' for number in range(10_000))

    lines = problems(toml(f'[network]\nname = "VGG16"\nlayers = [{names}]'), registry)

    assert len(lines) < 40
    assert "... and 9975 more" in lines[-1]


def test_a_key_with_a_line_break_stays_on_its_line(toml: Toml, registry: Registry) -> None:
    """A key that is not a bare one is quoted, so that an error is one line."""
    lines = problems(toml('network.name = "VGG16"\n[dispatch]\n"a\\nb" = "eie"'), registry)

    assert ["[dispatch] \"a\\nb\": unknown layer kind 'a\\nb'"] == [
        line.split(";")[0].replace("\\n", "\\n") for line in lines
    ]
