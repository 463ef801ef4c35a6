"""The command ``measure``, and its page."""

from __future__ import annotations

import json
import re
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest

from fodlam_core import FcShape, Layer, Network, load_accelerator
from fodlam_core.measure import passes, selection
from fodlam_core.measure.layer_models import network_model

PAGE = Path(__file__).parents[3] / "docs" / "measure.md"


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Measure little, in a folder of its own."""
    effort = selection.Effort(30.0, 1, 1, 3, 20_000_000, 1_500_000, ("SqueezeNet-1.1", "AlexNet"))
    monkeypatch.setattr(selection, "EFFORTS", dict.fromkeys(selection.EFFORTS, effort))
    monkeypatch.setattr("fodlam_core.cli.measure.EFFORTS", selection.EFFORTS)
    monkeypatch.setattr("fodlam_core.cli.measure.MOST_WEIGHTS", 2_000_000)
    monkeypatch.chdir(tmp_path)


def test_page(cli: Any, tmp_path: Path) -> None:
    """Every command of the page does what it says, one after the other."""
    text = PAGE.read_text()
    for name, content in re.findall(r"^```csv (\S+)\n(.*?)^```", text, re.M | re.S):
        (tmp_path / name).write_text(content)
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S)
    commands = [shlex.split(line) for block in blocks for line in block.splitlines()]
    assert len(commands) > 5

    for program, *arguments in commands:
        result = cli(*arguments)
        assert "fodlam-core" == program
        assert (0, arguments) == (result.status, arguments), result.err

    chip = load_accelerator("mymachine.toml")
    assert {"conv", "fc", "matmul"} == set(chip.kinds)
    assert ["SqueezeNet-1.1"] == [each.network for each in chip.references]
    points = load_accelerator("points.toml").points
    assert ["points/cpu-fp32-1t", "points/cpu-int8-1t"] == [each.name for each in points]
    assert {"CONV1", "CONV2", "CONV3", "FC8"} == {
        row.layer.name for row in load_accelerator("imported.toml").measurements
    }
    assert "Layers taken over from times.csv" in load_accelerator("imported.toml").citation.text
    assert load_accelerator("imported.toml").memory_bytes is None


def test_report(cli: Any) -> None:
    """The command ends with errors of its predictors, and networks beside the sum of layers."""
    result = cli("measure", "SqueezeNet-1.1", "MobileNetV2", "-q", "--batch", "1,2", "-o", "m.toml")

    assert 0 == result.status, result.err
    assert "linear *" in result.out
    assert re.search(r"SqueezeNet-1.1 +2 .*ms", result.out)
    assert "fodlam-core run NETWORK --on m.toml" in result.out
    estimate = json.loads(
        cli("run", "SqueezeNet-1.1", "--on", "m.toml", "--batch", "2", "-f", "json").out
    )
    assert "m" in json.dumps(estimate)


def test_power(cli: Any) -> None:
    """A stated power gives every row an energy."""
    assert 0 == cli("measure", "SqueezeNet-1.1", "-q", "-o", "m.toml", "--power-w", "15").status

    rows = load_accelerator("m.toml").measurements
    assert {15.0} == {round((row.energy_j or 0) / (row.latency_s or 1), 1) for row in rows}


def test_power_on_resume(cli: Any) -> None:
    """A file that is continued keeps its stated power for all rows, and refuses another one."""
    common = ("-q", "-o", "m.toml", "--resume")
    assert 0 == cli("measure", "AlexNet", "-q", "-o", "m.toml", "--power-w", "15").status
    before = Path("m.csv").read_bytes()

    other = cli("measure", "SqueezeNet-1.1", *common, "--power-w", "30")
    unchanged = Path("m.csv").read_bytes()
    kept = cli("measure", "SqueezeNet-1.1", *common)

    assert (1, before) == (other.status, unchanged)
    assert "the rows of m.toml have an energy at 15 W; leave --power-w out" in other.err
    assert 0 == kept.status, kept.err
    chip = load_accelerator("m.toml")
    assert {"AlexNet", "SqueezeNet-1.1"} <= {row.network for row in chip.measurements}
    powers = {round((row.energy_j or 0) / (row.latency_s or 1), 1) for row in chip.measurements}
    assert {15.0} == powers
    [note] = [note for note in chip.notes if "which the user stated" in note]
    assert "times 15 W" in note


def test_interrupted(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C keeps what was measured, says how to go on, and --resume does."""
    monkeypatch.setattr(passes, "GROUP_MODELS", 2)
    patient = selection.EFFORTS["normal"]._replace(seconds=600.0)
    monkeypatch.setitem(selection.EFFORTS, "normal", patient)
    real, calls = passes.Passes._group, []

    def group(*arguments: Any) -> None:
        calls.append(None)
        if len(calls) == 3:
            raise KeyboardInterrupt
        real(*arguments)

    monkeypatch.setattr(passes.Passes, "_group", group)
    stopped = cli("measure", "SqueezeNet-1.1", "-q", "-o", "m.toml")
    before = len([x for x in load_accelerator("m.toml").measurements if x.calibration])
    resumed = cli("measure", "SqueezeNet-1.1", "-q", "-o", "m.toml", "--resume")
    after = len([x for x in load_accelerator("m.toml").measurements if x.calibration])

    assert 130 == stopped.status
    assert "m.toml has 4 shapes; the same command with --resume continues" in stopped.err
    assert (4, 0) == (before, resumed.status)
    assert after > before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("-o m.txt", "the header is a TOML file; name it m.toml"),
        ("-o none/m.toml", "none/m.toml: cannot be written"),
        ("-o m.toml --resume", "there is no such file; leave --resume out"),
        ("-o there.toml", "exists already; --resume continues it"),
        ("-o m.toml --provider tpu", "it has .*cpu"),
        ("-o m.toml --precision fp64", "expected some of fp32, fp16, int8"),
        ("-o m.toml --threads 0", "expected whole numbers from 1 on"),
        ("-o m.toml --threads 1,4096", "--threads 4096: this process may use [0-9]+ processor"),
        ("-o m.toml --power-w much", "is not a power in watts"),
        ("-o m.toml nonet", "no network of that name"),
        ("-o m.toml --import there.toml", "there.toml: is empty"),
        ("-o m.toml --import none.csv", "none.csv: No such file"),
        ("AlexNet -o m.toml --import none.json", "none.json: No such file"),
        ("AlexNet -o m.toml --name a/b", "a name cannot contain '/'"),
    ],
)
def test_bad_input(cli: Any, tmp_path: Path, arguments: str, message: str) -> None:
    """What cannot be is refused, with what to do, and nothing is written."""
    (tmp_path / "there.toml").write_text("")

    result = cli("measure", *arguments.split())

    assert result.status in (1, 2)
    assert re.search(message, result.err)
    assert "Traceback" not in result.err
    assert ["there.toml"] == [path.name for path in tmp_path.iterdir()]


def test_no_runtime(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without onnxruntime the extra is named."""
    monkeypatch.setitem(sys.modules, "onnxruntime", None)

    result = cli("measure", "-o", "m.toml")

    assert (1, True) == (result.status, "fodlam-core[measure]" in result.err)


def test_onnx_file(cli: Any, tmp_path: Path) -> None:
    """A network file is run as it is as well, and its layers are then looked up by their names."""
    layers = [Layer.from_shape(name, FcShape(64, 64)) for name in ("one", "two")]
    model = network_model(Network("tiny", layers))
    assert model is not None
    (tmp_path / "tiny.onnx").write_bytes(model)

    result = cli("measure", "tiny.onnx", "-q", "-o", "m.toml")
    estimate = cli("run", "tiny.onnx", "--on", "m.toml")

    assert (0, 0) == (result.status, estimate.status), result.err + estimate.err
    [reference] = load_accelerator("m.toml").references
    assert ("tiny", "the ONNX file, with all its operators") == (
        reference.network,
        reference.where,
    )
    assert 2 == len(load_accelerator("m.toml").measurements)


def test_layers_need_a_network(cli: Any, tmp_path: Path) -> None:
    """A table of layers does not tell of which network it is."""
    (tmp_path / "a.csv").write_text("layer,ms\nCONV1,5.1\n")

    result = cli("measure", "--import", "a.csv", "-o", "m.toml")

    assert (1, True) == (result.status, "name the one network" in result.err)


def test_one_network_in_the_singular(cli: Any, tmp_path: Path) -> None:
    """A table of one whole network is counted as one."""
    (tmp_path / "t.csv").write_text("network,ms\nAlexNet,5.1\n")

    assert (
        "m/cpu-fp32-1t: 1 measured network;"
        in cli("measure", "--import", "t.csv", "-o", "m.toml").out
    )


def test_what_is_imported_is_never_overwritten(cli: Any, tmp_path: Path) -> None:
    """The table of the new file may not be the file that its times are taken from."""
    (tmp_path / "m.csv").write_text("layer,ms\nCONV1,5.1\nFC8,1.9\n")
    (tmp_path / "m.toml").write_text("")

    result = cli("measure", "AlexNet", "--import", "m.csv", "-o", "m.toml", "--replace")

    assert 1 == result.status
    assert (tmp_path / "m.csv").read_text().startswith("layer,ms")


def test_one_origin(cli: Any, tmp_path: Path) -> None:
    """What was taken over is not mixed with what is measured, and further times are added to it."""
    (tmp_path / "a.csv").write_text("layer,ms\nCONV1,5.1\nFC8,1.9\n")
    (tmp_path / "b.csv").write_text("layer,ms\nfire2/squeeze1x1,0.4\n")
    assert 0 == cli("measure", "AlexNet", "--import", "a.csv", "-o", "m.toml").status
    before = (tmp_path / "m.toml").read_bytes()

    mixed = cli("measure", "SqueezeNet-1.1", "-q", "-o", "m.toml", "--resume")
    after = (tmp_path / "m.toml").read_bytes()
    more = cli("measure", "SqueezeNet-1.1", "--import", "b.csv", "-o", "m.toml", "--resume")

    assert 1 == mixed.status
    assert "write them to another file" in mixed.err
    assert before == after
    assert 0 == more.status, more.err
    assert 3 == len(load_accelerator("m.toml").measurements)
