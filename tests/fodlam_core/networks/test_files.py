"""Choosing a reader for a file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fodlam_core import NetworkError, Registry
from fodlam_core.networks.files import MAX_BYTES, open_network, reader_for
from fodlam_core.networks.native import NativeReader
from fodlam_core.networks.reader import ReadOptions

FILES = {
    "a.toml": ('layers = [{ name = "a", kind = "fc", macs = 1 }]', "native"),
    "b.toml": ('[[layers]]\nname = "a"\nkind = "fc"\nmacs = 1', "native"),
    "c.json": ('{"layers": []}', "native"),
    "d.json": ("[]", "fodlam"),
    "D.JSON": (' \n[{"name": "a"}]', "fodlam"),
    "e.csv": ("Layer,M,N,K,\n", "scalesim"),
    "f.yaml": ("problem: {}", "timeloop"),
    "g.yml": ("# c\nproblem:\n", "timeloop"),
}


@pytest.mark.parametrize("name", FILES)
def test_suffix_and_content_choose_the_reader(
    name: str, tmp_path: Path, registry: Registry
) -> None:
    """Each format is known by its suffix and by how it begins."""
    path = tmp_path / name
    path.write_text(FILES[name][0])
    assert reader_for(path, registry.readers).name == FILES[name][1]


@pytest.mark.parametrize("name", ["x.csv", "x.yaml", "x.txt", "x"])
def test_unknown_file_is_an_error_with_the_line_to_write(
    name: str, tmp_path: Path, registry: Registry
) -> None:
    """A file that no reader accepts needs a format, and the error lists those there are."""
    path = tmp_path / name
    path.write_text("hello: 1\n")
    with pytest.raises(NetworkError, match=r"\[network\] format = .*native, onnx, scalesim"):
        reader_for(path, registry.readers)


def test_folder_goes_to_the_reader_of_folders(tmp_path: Path, registry: Registry) -> None:
    """A folder is a Timeloop network, and no other reader is handed one."""
    assert reader_for(tmp_path, registry.readers).name == "timeloop"
    with pytest.raises(NetworkError, match="not a regular file"):
        open_network(tmp_path, registry.readers, reader=NativeReader())


def test_missing_file_is_an_error(tmp_path: Path, registry: Registry) -> None:
    """A file that is not there is said to be missing."""
    with pytest.raises(NetworkError, match="No such file"):
        open_network(tmp_path / "x.toml", registry.readers)
    with pytest.raises(NetworkError, match="null"):
        open_network(Path("a\0b.toml"), registry.readers)


def test_huge_file_is_refused_unread(tmp_path: Path, registry: Registry) -> None:
    """A file of gigabytes is refused by its size."""
    path = tmp_path / "x.toml"
    with path.open("wb") as file:
        file.truncate(10 * MAX_BYTES)
    with pytest.raises(NetworkError, match="larger than"):
        open_network(path, registry.readers)


def test_pipe_is_refused(tmp_path: Path, registry: Registry) -> None:
    """A pipe, which might never end, is not a file."""
    path = tmp_path / "x.toml"
    os.mkfifo(path)
    with pytest.raises(NetworkError, match="not a regular file"):
        open_network(path, registry.readers)


def test_namesake_of_a_built_in_network_is_compared(tmp_path: Path, registry: Registry) -> None:
    """A file that is named after a built-in network gets a note if it has other MACs."""
    path = tmp_path / "alexnet.csv"
    path.write_text("Layer,M,N,K,\na,1,2,3,\n")
    network = open_network(path, registry.readers, ReadOptions())
    assert "against the built-in AlexNet (724.407 MMAC)" in network.notes[-1]
