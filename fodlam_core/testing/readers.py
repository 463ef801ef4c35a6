"""Checks for network readers."""

from __future__ import annotations

import functools
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fodlam_core.errors import FodlamError
from fodlam_core.model.layers import Layer, Network
from fodlam_core.networks.reader import NetworkReader, ReadOptions
from fodlam_core.plugins import describe, isolated
from fodlam_core.testing.installed import ours
from fodlam_core.testing.runner import Check, run_checks
from fodlam_core.testing.values import assert_name
from fodlam_core.testing.writes import written

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# The beginning of a file in each format of the core.
SAMPLES = {
    (".toml",): b'name = "Net"\n[[layers]]\nname = "a"\nkind = "fc"\ninputs = 2\noutputs = 2\n',
    (".json",): b'{"name": "Net", "layers": [{"name": "a", "kind": "fc", "inputs": 2}]}\n',
    (".prototxt", ".pbtxt", ".pt"): b'name: "Net"\nlayer { name: "a" type: "InnerProduct" }\n',
    (".onnx",): b"\x08\x07\x12\x04test:\x10\n\x0b\n\x01x\x12\x01y",
    (".yaml", ".yml"): b"problem:\n  shape:\n    name: Conv\n    dimensions: [C, M]\n",
    (".csv",): b"Layer name, IFMAP Height, IFMAP Width, Filter Height,\nConv1, 224, 224, 11,\n",
}
RUBBISH = (b"", b"\x00\xff\xfe", b"[", b"{}", b"a b c\n")
HEAD = 4096


def check_reader_has_a_name(reader: Any) -> None:
    """Its name can be written in a configuration."""
    assert_name(getattr(reader, "name", None), "a network reader")


def check_reader_has_suffixes(reader: Any) -> None:
    """It says which files it may be tried on."""
    suffixes = getattr(reader, "suffixes", None)
    assert isinstance(suffixes, tuple) and suffixes, (
        f'suffixes is {suffixes!r}; write a tuple such as (".onnx",)'
    )
    for suffix in suffixes:
        assert isinstance(suffix, str) and suffix.startswith(".") and suffix == suffix.lower(), (
            f"the suffix {suffix!r} will never match; write it with its dot, in lower case"
        )


def check_reader_accepts_any_bytes(reader: NetworkReader) -> None:
    """Asked about any file, it says yes or no and raises nothing."""
    for head in RUBBISH:
        answer, error = isolated(reader.accepts, head)
        raised = error and describe(error)
        assert not raised, f"accepts({head!r}) raised {raised}; return False"
        assert isinstance(answer, bool), f"accepts({head!r}) returned {answer!r}; return a bool"


def check_reader_leaves_other_formats(reader: NetworkReader) -> None:
    """It does not claim the files of the core's formats, whose endings it may share."""
    if reader.name in ours().names("format"):
        return
    for suffixes, head in SAMPLES.items():
        shared = set(suffixes).intersection(reader.suffixes)
        assert not shared or not reader.accepts(head), (
            f"accepts says yes to a {min(shared)} file of another format; tell by the content "
            "which files are of yours"
        )


def check_reader_refuses_rubbish(reader: NetworkReader) -> None:
    """A file it cannot read is refused with a `NetworkError` that names it."""
    with tempfile.TemporaryDirectory() as directory:
        for data in RUBBISH:
            path = Path(directory, f"rubbish{reader.suffixes[0]}")
            path.write_bytes(data)
            network, error = isolated(reader.read, path, ReadOptions())
            if error is None:
                assert isinstance(network, Network), f"read returned {network!r}, not a Network"
                continue  # a network without layers, perhaps
            good = isinstance(error, FodlamError | UnicodeDecodeError | OSError | RecursionError)
            assert good, f"read of {data!r} raised {describe(error)}; raise NetworkError"
            if isinstance(error, FodlamError):
                assert str(path) in str(error), f"the error on {data!r} does not name the file"


def check_reader_reads(reader: NetworkReader, files: Iterable[str | os.PathLike[str]]) -> None:
    """A file of its format becomes a network, the same each time."""
    for file in files:
        path = Path(file)
        assert path.name.lower().endswith(reader.suffixes), f"{path}: add its suffix to suffixes"
        assert reader.accepts(path.read_bytes()[:HEAD]), f"{path}: accepts returns False; accept it"
        network = reader.read(path, ReadOptions())
        assert isinstance(network, Network), f"{path}: read returned {network!r}, not a Network"
        assert network.layers, f"{path}: read found no layers"
        for layer in network.layers:
            assert isinstance(layer, Layer), f"{path}: {layer!r} is not a Layer"
        assert reader.read(path, ReadOptions()) == network, f"{path}: differs the second time"


def check_reader_heeds_options(
    reader: NetworkReader, files: Iterable[str | os.PathLike[str]]
) -> None:
    """What a configuration says of a file is made use of, or refused."""
    for file in files:
        plain = reader.read(Path(file), ReadOptions())
        for options in (ReadOptions(input=(3, 321, 123)), ReadOptions(regions=77)):
            said = "input" if options.input else "regions"
            network, error = isolated(reader.read, Path(file), options)
            if error is not None:
                assert isinstance(error, FodlamError), (
                    f"{file} with {said}: {describe(error)}; raise NetworkError"
                )
                continue
            assert network != plain, (
                f"{file}: {said} = {getattr(options, said)} changes nothing; make use of it, or "
                "raise NetworkError if the format has no such thing"
            )


def check_reader_only_reads(reader: NetworkReader, files: Iterable[str | os.PathLike[str]]) -> None:
    """Reading writes nothing."""
    with tempfile.TemporaryDirectory() as directory:
        made = Path(directory, f"rubbish{reader.suffixes[0]}")
        made.write_bytes(RUBBISH[-1])
        for path in (made, *map(Path, files)):
            with written() as found:
                isolated(reader.read, path, ReadOptions())
            left = sorted(name for name in found if os.path.exists(name))
            assert not left, f"read of {path} wrote {', '.join(left)}; a reader only reads"


CHECKS: tuple[Check, ...] = (
    check_reader_has_a_name,
    check_reader_has_suffixes,
    check_reader_accepts_any_bytes,
    check_reader_leaves_other_formats,
    check_reader_refuses_rubbish,
)
# Checks that need files of the format; the last one goes well without.
WITH_FILES = (check_reader_reads, check_reader_heeds_options, check_reader_only_reads)


def checks_on(files: Iterable[str | os.PathLike[str]]) -> tuple[Check, ...]:
    """Return the checks of a reader, those that read files among them."""
    files = tuple(files)
    return (
        *CHECKS,
        *(
            functools.update_wrapper(functools.partial(check, files=files), check)
            for check in WITH_FILES
        ),
    )


def check_network_reader(
    reader: NetworkReader,
    files: Iterable[str | os.PathLike[str]] = (),
    expected_failed_checks: Mapping[str, str] | None = None,
) -> None:
    """Check a network reader.

    Args:
        reader: the reader.
        files: files of its format, to be read.
        expected_failed_checks: names of checks that are known to fail, with the reason.

    Raises:
        AssertionError: naming each failed check, with what to fix.
    """
    name = getattr(reader, "name", reader)
    run_checks(f"network reader {name!r}", reader, checks_on(files), expected_failed_checks)
