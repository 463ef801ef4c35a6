"""The command line: data on standard output, messages on standard error, honest status."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fodlam_core import __version__
from fodlam_core.cli import COMMANDS


def run(*arguments: object, stdin: str | None = None, **env: str) -> Any:
    """Run the command line as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "fodlam_core", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        cwd=Path(__file__).parent,  # not the source tree, so that it is not imported from there
        env={**os.environ, **env},
        check=False,
    )


def test_version_and_help(cli: Any) -> None:
    """The version is the distribution's; the help lists every command and the exit status."""
    status, out, _ = cli("--version")
    assert 0 == status
    # Of an editable install the git revision stands behind it.
    assert re.fullmatch(rf"fodlam-core {re.escape(__version__)}(\+git\.[0-9a-f.dirty]+)?\n", out)
    text = cli("-h").out
    assert all(f"  {command}" in text for command in COMMANDS)
    assert "exit status: 0 done, 1 the request cannot be met, 2 wrong usage" in text


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_help_of_commands(command: str, cli: Any) -> None:
    """Every command has help."""
    result = cli(command, "--help")

    assert 0 == result.status
    assert f"usage: fodlam-core {command}" in result.out


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("rn",),
        ("run",),
        ("run", "a.toml", "--format", "xml"),
        ("diagnose", "--batch", "2"),
        ("networks", "show"),
        ("--what",),
    ],
)
def test_usage(arguments: tuple[str, ...], cli: Any) -> None:
    """Wrong usage has exit status 2, and prints nothing on standard output."""
    result = cli(*arguments)

    assert (2, "") == result[:2]
    assert "usage: fodlam-core" in result.err


def test_formats_agree(cli: Any, examples: Path) -> None:
    """Table, JSON, CSV and Markdown tell the same numbers."""
    path = examples / "vgg16-per-image.toml"

    record = json.loads(cli("run", path, "--format", "json").out)
    rows = list(csv.DictReader(io.StringIO(cli("run", path, "--format", "csv").out)))
    markdown = cli("run", path, "--format", "markdown").out
    table = cli("run", path).out

    assert [layer["latency_s"] for layer in record["layers"]] == [
        float(row["latency_s"]) for row in rows
    ]
    assert record["totals"]["total"]["energy_j"] == pytest.approx(
        sum(float(row["energy_j"]) for row in rows)
    )
    for text in (markdown, table):
        assert "303.4 ms" in text
        assert "eyeriss: silicon, dense 16-bit" in text


def test_several_configurations(cli: Any, examples: Path) -> None:
    """Several configurations come out in order; if one is wrong, none does."""
    good, other = examples / "vgg16.toml", examples / "alexnet.toml"

    both = json.loads(cli("run", good, other, "--format", "json").out)
    one_wrong = cli("run", good, "no.toml", "neither.toml")

    assert ["VGG16", "AlexNet"] == [each["network"]["name"] for each in both]
    assert (1, "") == one_wrong[:2]
    assert ["error: no.toml: ", "error: neither.toml: "] == [
        line[: line.index("cannot")] for line in one_wrong.err.splitlines()
    ]


def test_overrides(cli: Any, examples: Path) -> None:
    """``--set`` replaces any key."""
    result = cli(
        *("run", examples / "vgg16-per-image.toml", "--format", "json"),
        *("--set", "network.name=AlexNet", "--set", "technology.scaler=none"),
        *("--set", "network.batch=4"),
    )

    record = json.loads(result.out)
    assert ("AlexNet", "none", 4) == (
        record["network"]["name"],
        record["technology"]["scaler"],
        record["batch"],
    )
    assert 0.1153 == pytest.approx(record["totals"]["conv"]["latency_s"])


def test_output_file(cli: Any, examples: Path, tmp_path: Path) -> None:
    """``-o`` writes the file and prints nothing; a failing run leaves it as it was."""
    path = tmp_path / "out.json"

    done = cli("run", examples / "vgg16.toml", "-f", "json", "-o", path)
    before = path.read_text()
    failed = cli("run", "no.toml", "-f", "json", "-o", path)

    assert (0, "", "") == done
    assert 16 == len(json.loads(before)["layers"])
    assert 1 == failed.status
    assert before == path.read_text()


@pytest.mark.parametrize(
    ("name", "start"), [("a.json", "{"), ("a.csv", "config,"), ("a.md", "## ")]
)
def test_the_ending_tells_the_format(
    name: str, start: str, cli: Any, examples: Path, tmp_path: Path
) -> None:
    """Without ``--format`` the ending of the file decides; with it, it does not."""
    path = tmp_path / name

    cli("run", examples / "vgg16.toml", "-o", path)
    assert path.read_text().startswith(start)
    cli("run", examples / "vgg16.toml", "-o", path, "-f", "table")
    assert path.read_text().startswith("VGG16, costs as printed")


def test_standard_input() -> None:
    """``-`` reads a configuration, in either form, from standard input."""
    toml_text = (
        'network = {name = "VGG16", layers = ["FC6"]}\n'
        'technology = {node_nm = 65, scaler = "dennard"}'
    )
    fodlam = run("run", "-", "-f", "fodlam", stdin='{"net": "VGG16", "layers": ["FC6"]}')
    toml = run("run", "-", "-f", "fodlam", stdin=toml_text)

    assert (0, 0) == (fodlam.returncode, toml.returncode)
    assert json.loads(fodlam.stdout) == json.loads(toml.stdout)


def test_errors_are_one_line(cli: Any, toml: Any) -> None:
    """A mistake is one line on standard error, exit status 1, and no traceback."""
    path = toml('[network]\nname = "VGG16"\n[technology]\nscaler = "denard"')

    result = cli("run", path)

    expected = f"{path}: [technology] scaler: unknown rule 'denard'; did you mean 'dennard'?"
    assert (1, "", f"error: {expected}\n") == result


def test_debug_shows_the_traceback(toml: Any) -> None:
    """``--debug``, before or after the command, shows where an error came from."""
    path = toml("x = 1")

    for arguments in (("--debug", "run", path), ("run", path, "--debug")):
        result = run(*arguments)
        assert 1 == result.returncode
        assert "Traceback" in result.stderr


def test_reader_that_goes_away(examples: Path) -> None:
    """Under ``| head`` nothing is complained about."""
    command = f"{sys.executable} -m fodlam_core run {examples / 'vgg16.toml'} | true"

    result = subprocess.run(
        ["/bin/sh", "-c", command], capture_output=True, text=True, timeout=60, check=False
    )

    assert "" == result.stderr


def test_terminal_without_unicode(examples: Path) -> None:
    """Where standard output knows ASCII only, the table is printed all the same."""
    result = run("run", examples / "vgg16.toml", PYTHONIOENCODING="ascii")

    assert (0, "") == (result.returncode, result.stderr)
    assert "4.309 s" in result.stdout


def test_not_installed(tmp_path: Path, examples: Path) -> None:
    """A source tree that is not installed says so, and how to install it."""
    import fodlam_core

    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "fodlam_core").symlink_to(Path(fodlam_core.__file__).parent)
    code = (
        "import importlib.metadata, sys; sys.path.insert(0, sys.argv[1]);"
        "importlib.metadata.entry_points = lambda **_: [];"
        "from fodlam_core.cli import main; sys.exit(main(sys.argv[2:]))"
    )

    result = subprocess.run(
        [
            *(sys.executable, "-c", code, str(tree)),
            *("run", str(examples / "vgg16-per-image.toml")),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (1, "") == (result.returncode, result.stdout)
    assert "a source checkout has to be installed, run: pip install -e ." in result.stderr
    assert "Traceback" not in result.stderr


def test_plugins(cli: Any) -> None:
    """``plugins`` lists what is installed, from which distribution, and what it provides."""
    records = {each["name"]: each for each in json.loads(cli("plugins", "-f", "json").out)}

    assert {"fodlam_core", "eie", "eyeriss"} <= set(records)
    assert ["accelerator eyeriss"] == records["eyeriss"]["provides"]
    assert ("fodlam-core", "active") == (
        records["eyeriss"]["distribution"],
        records["eyeriss"]["status"],
    )
    assert "accelerator eyeriss" in cli("plugins").out


def test_networks(cli: Any, tmp_path: Path) -> None:
    """``networks`` lists the zoo; ``show`` prints a network of the zoo, or a file."""
    names = [each["name"] for each in json.loads(cli("networks", "-f", "json").out)]
    shown = json.loads(cli("networks", "show", "VGG16", "-f", "json").out)
    path = tmp_path / "a.json"
    path.write_text('[{"name": "c", "type": "Convolution", "macs": 5}]')
    from_file = json.loads(cli("networks", "show", path, "-f", "json").out)

    assert {"AlexNet", "VGG16"} <= set(names)
    assert ("VGG16", 16, 15_470_264_320) == (
        shown["name"],
        len(shown["layers"]),
        shown["total_macs"],
    )
    assert {"name", "kind", "macs", "repeat", "shape"} == set(shown["layers"][0])
    assert ("a", 5) == (from_file["name"], from_file["total_macs"])
    assert "138.3 M" in cli("networks", "show", "VGG16").out
    missing = cli("networks", "show", "VGG17")
    assert (1, "") == missing[:2]
    assert "did you mean 'VGG16'" in missing.err


def test_whatever_is_raised_is_one_line(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of the program is a line and exit status 1; --debug shows the traceback."""
    from fodlam_core.cli import run
    from fodlam_core.cli.call import UNEXPECTED

    class PanicError(BaseException):
        """Stands for a panic of polars, which is no Exception."""

    def fail(args: object) -> int:
        raise PanicError("a\nb")

    monkeypatch.setattr(run, "execute", fail)

    assert (1, "", f"error: PanicError: a b; {UNEXPECTED}\n") == cli("run", "x.toml")
    with pytest.raises(PanicError):
        cli("--debug", "run", "x.toml")


def test_input_is_not_overwritten(cli: Any, toml: Any, tmp_path: Path) -> None:
    """Whatever a command reads, it does not write over, under no name."""
    config = toml('[network]\nname = "VGG16"\n')
    before = config.read_text()
    link = tmp_path / "link.toml"
    link.symlink_to(config)
    network = tmp_path / "n.toml"
    assert 0 == cli("networks", "convert", "VGG16", network).status

    for output in (config, link):
        result = cli("run", config, "-f", "json", "-o", output)
        assert (1, True) == (result.status, "is an input of this command" in result.err)
    assert 1 == cli("networks", "convert", network, network).status
    assert before == config.read_text()


def test_closed_stderr(examples: Path) -> None:
    """Without standard error the data are the same, and so is the status of a mistake."""
    for arguments, status, written in (
        (["run", examples / "vgg16.toml", "-f", "json"], 0, True),
        (["run", "nosuch.toml"], 1, False),
        (["run", "--bogus"], 2, False),
    ):
        result = subprocess.run(
            [sys.executable, "-m", "fodlam_core", *arguments],
            stdout=subprocess.PIPE,
            preexec_fn=lambda: os.close(2),
            check=False,
        )
        assert (status, written) == (result.returncode, bool(result.stdout))


def test_unknown_ending_is_refused(cli: Any, toml: Any, tmp_path: Path) -> None:
    """An ending that tells no format is an error, unless --format tells it."""
    config = toml('[network]\nname = "VGG16"\n')
    output = tmp_path / "out.xlsx"

    result = cli("run", config, "-o", output)

    assert (1, True) == (result.status, "the ending .xlsx tells no format" in result.err)
    assert not output.exists()
    assert 0 == cli("run", config, "-o", output, "-f", "json").status
    assert 0 == cli("run", config, "-o", tmp_path / "out").status


def test_no_line_is_forged(cli: Any, tmp_path: Path) -> None:
    """A file whose name has a line break is refused, on the command line and in a configuration."""
    config = tmp_path / "c.toml"
    for table in (
        '[network]\nfile = "a\\nerror: b.onnx"',
        '[accelerator.x]\nfile = "a\\nerror: b"',
    ):
        config.write_text(f"{table}\n", encoding="utf-8")
        done = cli("run", config)
        assert (1, "") == (done.status, done.out)
        assert "'a\\nerror: b" in done.err
        assert not [line for line in done.err.splitlines() if line.startswith("error: error")]
    done = cli("run", "a\nwarning: b.toml")

    assert (1, "") == (done.status, done.out)
    assert "error: 'a\\nwarning: b.toml' has a line break in its name\n" == done.err
    assert 0 == cli("run", "AlexNet", "--set", "network.layers=[\n'CONV1']").status
