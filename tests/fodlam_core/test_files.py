"""Reading files: regular ones, of some size, whose text and numbers can be used."""

from __future__ import annotations

import ast
import os
from pathlib import Path

import pytest

from fodlam_core import files
from fodlam_core.files import FileError


def test_what_is_no_regular_file_is_not_opened(tmp_path: Path) -> None:
    """Devices, pipes and folders are refused at once."""
    os.mkfifo(tmp_path / "pipe")
    for path in ("/dev/zero", tmp_path / "pipe", tmp_path):
        with pytest.raises(FileError, match="not a regular file"):
            files.read_bytes(path)


@pytest.mark.parametrize("path", ["missing", "a\0b", ""])
def test_what_is_not_there(path: str) -> None:
    """A file that is not there, or cannot be, is an error with a reason."""
    with pytest.raises(FileError, match="No such file|null"):
        files.read_text(path)


def test_size(tmp_path: Path) -> None:
    """A file may have as many bytes as allowed, and not one more."""
    path = tmp_path / "x"
    path.write_bytes(b"x" * 1000)
    assert 1000 == len(files.read_bytes(path, 1000))
    with pytest.raises(FileError, match="larger than 0.000999 MB"):
        files.read_bytes(path, 999)


@pytest.mark.parametrize(
    ("data", "message"),
    [(b"a\n\xff", "not UTF-8 text .* in line 2"), (b"a\n\nb\0", "a NUL in line 3")],
)
def test_what_is_no_text(tmp_path: Path, data: bytes, message: str) -> None:
    """Bytes that are no text are refused with their line."""
    (tmp_path / "x").write_bytes(data)
    with pytest.raises(FileError, match=message):
        files.read_text(tmp_path / "x")


def test_byte_order_mark_is_left_out(tmp_path: Path) -> None:
    """A byte-order mark is not a part of the text."""
    (tmp_path / "x").write_bytes(b"\xef\xbb\xbfa")
    assert "a" == files.read_text(tmp_path / "x")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\nx = " + "9" * 5000, "line 2: the number is too large"),
        ("x = " + "[" * 5000, "nested too deeply"),
        ("x = ", "not TOML"),
    ],
)
def test_bad_toml(text: str, message: str) -> None:
    """TOML that is wrong, too deep or holds too long a number is an error with its place."""
    with pytest.raises(FileError, match=message):
        files.parsed_toml(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("9" * 5000, "line 1: the number is too large"),
        ("[" * 300 + "]" * 300, "nested too deeply"),
        ('{"a":' * 100_000, "nested too deeply"),
        ("[NaN]", "NaN is not a number in JSON"),
        ("{", "not JSON"),
    ],
)
def test_bad_json(text: str, message: str) -> None:
    """JSON that is wrong, too deep or holds too long a number is an error."""
    with pytest.raises(FileError, match=message):
        files.parsed_json(text)


def test_brackets_in_strings_are_not_depth() -> None:
    """Only the brackets of lists and tables count."""
    assert {"a": "[" * 500} == files.parsed_json('{"a": "' + "[" * 500 + '"}')


def test_files_that_were_read_are_known_by_any_name(tmp_path: Path) -> None:
    """A command finds its input again behind a link, until the next command begins."""
    path, link = tmp_path / "x", tmp_path / "y"
    path.write_text("a")
    link.symlink_to(path)
    files.forget_files()
    assert not files.was_read(link)
    files.read_text(path)
    assert files.was_read(link)
    files.forget_files()
    assert not files.was_read(path)


def test_files_are_noted_while_they_stay_as_they_are(tmp_path: Path) -> None:
    """A file that was read counts as unchanged until it is written, or is gone."""
    path = tmp_path / "table.csv"
    path.write_text("a")
    os.utime(path, (1, 1))
    with files.files_noted() as stamps:
        files.read_text(path)
    assert list(stamps) == [str(path)]
    assert files.are_unchanged(stamps)
    path.write_text("b")
    assert not files.are_unchanged(stamps)
    path.unlink()
    assert not files.are_unchanged(stamps)


def test_a_file_just_written_is_never_taken_for_unchanged(tmp_path: Path) -> None:
    """What was written a moment before may change again within the same tick of the clock."""
    path = tmp_path / "table.csv"
    path.write_text("a")
    with files.files_noted() as stamps:
        files.read_text(path)
    assert not files.are_unchanged(stamps)


def test_notes_within_notes(tmp_path: Path) -> None:
    """Notes that are equal end each by itself: what is read later goes into those that are open."""
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_text("a")
    second.write_text("b")
    with files.files_noted() as outer:
        with files.files_noted() as inner:
            files.read_text(first)
        files.read_text(second)
    files.read_text(tmp_path / "a")
    assert {str(first), str(second)} == set(outer)
    assert {str(first)} == set(inner)
    assert [] == files._noted


def test_the_beginning(tmp_path: Path) -> None:
    """Of a file of any size the beginning can be had; of a pipe nothing."""
    with (tmp_path / "large").open("wb") as file:
        file.write(b"abc")
        file.truncate(10**10)
    os.mkfifo(tmp_path / "pipe")

    assert b"ab" == files.read_head(tmp_path / "large", 2)
    with pytest.raises(FileError, match="not a regular file"):
        files.read_head(tmp_path / "pipe", 2)


# Modules that open files by themselves -> which files these are.
OPEN = {
    "files.py": "every file that somebody names",
    "measure/sessions.py": "profiles that were just written",
    "networks/onnx/wire.py": "maps a file that was found to be regular",
    "networks/zoo/__init__.py": "a table of the package",
    "plugins/missing.py": "a table of the package",
    "report/write.py": "writes",
    "scaling": "tables of the package",
    "sweeps": "parts that a sweep has written",
}


def has_mode(call: ast.Call) -> bool:
    """Tell whether a call of a method is given a mode first, as that of a path is."""
    return any(isinstance(each, ast.Constant) for each in call.args[:1])


def test_files_are_read_in_one_way() -> None:
    """Nothing else opens a file: a pipe would hang it, and a device fill the memory."""
    root = Path(files.__file__).parent
    found = set()
    for path in root.rglob("*.py"):
        name = path.relative_to(root).as_posix()
        if next((each for each in OPEN if name == each or name.startswith(f"{each}/")), None):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and (
                getattr(node.func, "id", "") == "open"
                or (getattr(node.func, "attr", "") == "open" and has_mode(node))
            ):
                found.add(f"{name}: {ast.unparse(node)[:60]}")

    assert not found
