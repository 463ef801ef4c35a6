"""Every example in README, docs and docstrings is executed."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import attrs
import pytest
import tomli

import fodlam_core
import fodlam_eie
import fodlam_eyeriss
from fodlam_core import Citation, Config, NetworkConfig, Technology, load_accelerator, load_config
from fodlam_core.accelerators.header import Header, ReferenceRow
from fodlam_core.accelerators.printed import UNITS, in_si, written
from fodlam_core.accelerators.row_shapes import ZEROS
from fodlam_core.accelerators.table import KNOWN
from fodlam_core.networks.zoo import zoo_names
from fodlam_core.predictors import FittedPredictor, Predictor

ROOT = Path(__file__).parents[1]
PAGES = ("README.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")))
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
MODULES = [
    module.name
    for package in (fodlam_core, fodlam_eie, fodlam_eyeriss)
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    if not module.name.endswith("__main__")
]
NEED_TORCH = {f"fodlam_core.networks.torch.{name}" for name in ("examples", "trace")}


class Block(NamedTuple):
    """A fenced block of a page.

    Attributes:
        page: the page, relative to the checkout.
        file: the file that the block is, by the rest of its first line or a comment; else "".
        text: what stands between the fences.
    """

    page: str
    file: str
    text: str


def blocks(language: str) -> list[Block]:
    """Return the fenced blocks of one language in all pages."""
    fenced = re.compile(rf"^```{language} ?(\S*)\n((?:# (\S+\.\w+)\n)?.*?)^```", re.M | re.S)
    return [
        Block(page, match[1] or match[3] or "", match[2])
        for page in PAGES
        for match in fenced.finditer((ROOT / page).read_text())
    ]


def write_files(page: str, folder: Path) -> None:
    """Write the files that a page shows."""
    for block in (*blocks("toml"), *blocks("csv")):
        if block.file and block.page == page:
            (folder / block.file).write_text(block.text)


def page_of(block: Block) -> str:
    """Name a test by the page of its block."""
    return block.page


@pytest.mark.parametrize("name", ["fodlam_core", *MODULES])
def test_docstrings(name: str) -> None:
    """Every example in a docstring prints what it says."""
    if name in NEED_TORCH:
        pytest.importorskip("torch", reason="torch is not installed")
    failed, _ = doctest.testmod(importlib.import_module(name), optionflags=OPTIONS)

    assert 0 == failed


@pytest.mark.parametrize("page", sorted({block.page for block in blocks("python")}))
def test_python(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every Python example of a page prints what it says."""
    monkeypatch.chdir(ROOT)

    failed, attempted = doctest.testfile(
        str(ROOT / page), module_relative=False, optionflags=OPTIONS
    )

    assert 0 == failed
    assert attempted > 2


@pytest.mark.parametrize("block", blocks("console"), ids=page_of)
def test_console(block: Block) -> None:
    """Every command of a page prints what it says; ``...`` stands for lines left out."""
    command, expected = block.text.removeprefix("$ ").split("\n", 1)
    program, *arguments = shlex.split(command)
    assert "fodlam-core" == program

    result = subprocess.run(
        [Path(sys.executable).with_name(program), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"COLUMNS": "100", "PYTHONIOENCODING": "utf-8"},
    )

    actual = result.stdout + result.stderr
    if not doctest.OutputChecker().check_output(expected, actual, doctest.ELLIPSIS):
        assert expected == actual


@pytest.mark.parametrize("block", blocks("toml"), ids=page_of)
def test_toml(block: Block, tmp_path: Path) -> None:
    """Every configuration of a page is one, and every file that one names is of its kind."""
    path = tmp_path / (block.file or "example.toml")
    write_files(block.page, tmp_path)
    path.write_text(block.text)
    table = tomli.loads(block.text)

    if "layers" in table:
        estimate = fodlam_core.estimate(Config(NetworkConfig(file=str(path))))
        assert len(table["layers"]) == len(estimate.layers)
        assert estimate.network.total_macs > 0
    elif "provenance" in table:
        assert load_accelerator(path).name == table["name"]
    else:
        assert load_config(path).network.name == table["network"]["name"]


def test_chip(tmp_path: Path) -> None:
    """The chip in the page on plugins runs its layers as its table says."""
    page = "docs/plugins.md"
    write_files(page, tmp_path)
    [config] = [block for block in blocks("toml") if block.page == page and not block.file]
    path = tmp_path / "example.toml"
    path.write_text(config.text)

    layers = fodlam_core.estimate(path).layers

    table = (tmp_path / "mychip.csv").read_text()
    rows = [row.split(",") for row in table.splitlines()[1:]]
    assert [(row[1], "mychip") for row in rows] == [
        (each.layer.name, each.accelerator) for each in layers
    ]
    assert {"published"} == {each.method for each in layers}
    assert [float(row[-1]) * 1e-6 for row in rows] == pytest.approx(
        [each.native.latency_s for each in layers if each.native]
    )


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.toml")), ids=lambda p: p.stem)
def test_examples_run(path: Path, cli: object) -> None:
    """Every shipped configuration runs without a message."""
    assert callable(cli)
    result = cli("run", path, "--format", "json")

    assert (0, "") == (result.status, result.err)


def test_readme_is_a_front_page() -> None:
    """The README has at most 150 lines, and the two commands that set everything up."""
    commands = "".join(block.text for block in blocks("sh") if block.page == "README.md")

    assert len((ROOT / "README.md").read_text().splitlines()) <= 150
    assert "pip install . && fodlam-core run examples/vgg16.toml" in commands.splitlines()
    assert "pip install -e '.[test]' && pytest" in commands.splitlines()


def test_every_page_is_reached() -> None:
    """The README links to every page of the documentation."""
    linked = set(re.findall(r"\]\((docs/[\w-]+\.md)\)", (ROOT / "README.md").read_text()))

    assert set(PAGES) - {"README.md"} == linked


@pytest.mark.parametrize(
    "page", [*PAGES, "CONTRIBUTING.md", "CHANGELOG.md", "examples/plugins/README.md"]
)
def test_links(page: str) -> None:
    """Every link to a file or a heading of the project leads somewhere."""
    text = (ROOT / page).read_text()
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", text):
        name, _, anchor = target.partition("#")
        path = (ROOT / page).parent / name if name else ROOT / page
        assert path.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in headings}


def test_table_of_conventions(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table of the two conventions holds what the examples give."""
    monkeypatch.chdir(ROOT)
    rows = re.findall(
        r"`(examples/vgg16\S*)` \| \**([\d.]+) s\** \| \**([\d.]+) J",
        (ROOT / "docs/numbers.md").read_text(),
    )

    assert 2 == len(rows)
    for path, latency_s, energy_j in rows:
        total = fodlam_core.estimate(path).totals["total"]
        assert (latency_s, energy_j) == (f"{total.latency_s:.2f}", f"{total.energy_j:.3g}")


def documented(section: str) -> set[str]:
    """Return the names in the first column of a section of the page on data files."""
    page = (ROOT / "docs/accelerator-data.md").read_text()
    body = re.split(r"^#", page.split(f" {section}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    cells = re.findall(r"^\| ([^|]+) \|", body, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}


@pytest.mark.parametrize(
    ("section", "known"),
    [
        ("The header", Header),
        ("`[technology]`", Technology),
        ("`[citation]`", Citation),
        ("`[[references]]`", ReferenceRow),
    ],
)
def test_header_keys(section: str, known: type) -> None:
    """The page on data files lists every key of a header, and no other."""
    assert {field.name for field in attrs.fields(known)} == documented(section)


def test_columns() -> None:
    """The page on data files lists every column that a table may have, in every unit."""
    known = {*KNOWN, ZEROS}

    assert known == {in_si(name)[0] for name in documented("The table")}
    for quantity in ("latency_s", "energy_j", "power_w", "processing_latency_s"):
        assert set(re.split(", | or ", written(quantity))) <= documented("The table")
    assert set(UNITS) <= set(
        re.findall(r"`(_\w+)`", (ROOT / "docs/accelerator-data.md").read_text())
    )


@pytest.mark.parametrize("protocol", [Predictor, FittedPredictor])
def test_protocols(protocol: type) -> None:
    """The page on data files names every member of the protocols of predictors."""
    page = (ROOT / "docs/accelerator-data.md").read_text()
    table = page.split(f"| `{protocol.__name__}` |", 1)[1].split("\n\n", 1)[0]
    members = {name for name in vars(protocol) if not name.startswith("_")}

    assert members <= set(re.findall(r"^\| `(\w+)", table, re.MULTILINE))


def test_help_names_the_page() -> None:
    """The help of load_accelerator and the guide for plugins name the page on data files."""
    guide = (ROOT / "examples/plugins/README.md").read_text()

    assert "docs/accelerator-data.md" in (load_accelerator.__doc__ or "")
    assert "docs/accelerator-data.md" in guide


def test_every_built_in_network_is_listed() -> None:
    """The page of networks has the names of the zoo, each of them and no other."""
    page = (ROOT / "docs" / "networks.md").read_text(encoding="utf-8")
    listed = page.partition("its own name:")[2].partition("\n## ")[0]
    plain = re.sub(r"\([^)]*\)|^\* of [^:]*:", "", listed, flags=re.MULTILINE)
    names = re.sub(r"and\s+\[language models\]:", "", plain)
    words = (word.strip(",;.") for word in names.split())
    assert {*zoo_names()} == {word for word in words if word}
