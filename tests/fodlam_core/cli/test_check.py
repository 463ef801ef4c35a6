"""``fodlam-core check``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def save(cli: Any, path: Path, *arguments: object) -> dict[str, Any]:
    """Save a result; return it."""
    assert 0 == cli("run", *arguments, "-f", "json", "-o", path).status
    return json.loads(path.read_text(encoding="utf-8"))


def test_the_same_numbers_are_success(cli: Any, examples: Path, tmp_path: Path) -> None:
    """A file of one result, or of several, that still holds gives status 0."""
    one, two = tmp_path / "one.json", tmp_path / "two.json"
    save(cli, one, examples / "vgg16.toml")
    save(cli, two, "AlexNet", "VGG16", "--node", "28")

    done = cli("check", one, two)

    assert (0, "", 3) == (done.status, done.err, done.out.count("every number is the same"))


def test_another_number_is_status_1(cli: Any, examples: Path, tmp_path: Path) -> None:
    """Layer, number, and both values are told, and the status is that of a failed check."""
    path = tmp_path / "a.json"
    result = save(cli, path, examples / "vgg16.toml")
    result["layers"][0]["latency_s"] *= 2
    result["versions"]["fodlam-core"] = "0.0.1"
    path.write_text(json.dumps(result), encoding="utf-8")

    done = cli("check", path)

    assert (1, "") == (done.status, done.err)
    assert "CONV1-1  latency  152.4 ms  76.2 ms  0.5" in done.out
    assert "version.fodlam-core" in done.out
    [row] = json.loads(cli("check", path, "-f", "json").out)["rows"]
    assert (False, ["CONV1-1"]) == (row["same"], [each["name"] for each in row["numbers"]])


def test_an_input_alone_is_told(cli: Any, examples: Path, tmp_path: Path) -> None:
    """Another version that changes no number is told, and is no failure."""
    path = tmp_path / "a.json"
    result = save(cli, path, examples / "vgg16.toml")
    result["versions"]["fodlam-core"] = "0.0.1"
    path.write_text(json.dumps(result), encoding="utf-8")

    done = cli("check", path)

    assert 0 == done.status
    assert "though these differ: version.fodlam-core" in done.out


def test_what_is_no_result(cli: Any, tmp_path: Path) -> None:
    """Every file that cannot be checked is told, and nothing is printed."""
    path = tmp_path / "a.json"
    path.write_text("{}", encoding="utf-8")

    done = cli("check", path, tmp_path / "b.json")

    assert (1, "", 2) == (done.status, done.out, len(done.err.splitlines()))
