"""The layout of the project: what stands where, and that its habits agree with each other."""

from __future__ import annotations

import ast
import collections
import re
from pathlib import Path

import pytest
import tomli

import fodlam_core

ROOT = Path(__file__).parents[1]
PACKAGES = ("fodlam_core", "fodlam_eie", "fodlam_eyeriss")
MODULES = sorted(
    path.relative_to(ROOT) for name in PACKAGES for path in (ROOT / name).rglob("*.py")
)
PYPROJECT = tomli.loads((ROOT / "pyproject.toml").read_text())
# Modules and folders without a test file of their own -> where they are tested instead.
EXEMPT = {
    "fodlam_core/accelerators/fits.py": "tried through validation/test_stored.py",
    "fodlam_core/analyses/listing_records.py": "types, tried with the others by test_records.py",
    "fodlam_core/analyses/run_records.py": "types, tried with the others by test_records.py",
    "fodlam_core/errors/__init__.py": "error classes, whose text test_problem.py tries",
    "fodlam_core/estimates": "parts of an estimate, tried through it: test_composer.py and others",
    "fodlam_core/model/stored_fit.py": "values, tried through validation/test_stored.py",
    "fodlam_core/networks/__init__.py": "one name, which torch/test_trace.py imports",
    "fodlam_core/networks/caffe": "parts of a reader, tried through it: test_walk.py and others",
    "fodlam_core/networks/native": "parts of a reader, tried through it: test_native.py",
    "fodlam_core/networks/onnx": "parts of a reader, tried through it: test_walk.py",
    "fodlam_core/networks/scalesim": "parts of a reader, tried through it: test_table.py",
    "fodlam_core/networks/timeloop": "parts of a reader, tried through it: test_problem.py",
    "fodlam_core/networks/transformers": "parts of a reader, tried through it: test_reference.py",
    "fodlam_core/networks/zigzag": "parts of a reader, tried through it: test_zigzag.py",
    "fodlam_core/plugins/claims.py": "tried through test_registry.py",
    "fodlam_core/predictors/fitted.py": "tried through test_linear.py and test_roofline.py",
    "fodlam_core/predictors/observations.py": "tried through test_linear.py",
    "fodlam_core/predictors/products.py": "tried through test_terms.py and test_linear.py",
    "fodlam_core/validation/errors.py": "tried through test_pooled.py",
    "fodlam_core/networks/torch": "parts of a reader, tried through it: test_trace.py",
    "fodlam_core/networks/reader.py": "a protocol",
    "fodlam_core/plugins/guards": "every guard is tried by test_guards.py and test_items.py",
    "fodlam_core/predictors/__init__.py": "protocols",
    "fodlam_core/scaling/__init__.py": "a protocol",
    "fodlam_core/sweeps": "parts of a sweep, tried through it: test_points.py, test_output.py",
    "fodlam_core/testing": "the checks are tried as authors use them: test_kit.py, test_scalers.py",
}


def lacks_test(module: Path) -> bool:
    """Tell whether a module with code in it has no test file where it is looked for."""
    name = module.parent.name if module.name == "__init__.py" else module.stem
    if (ROOT / "tests" / module.parent / f"test_{name}.py").exists():
        return False
    code = ast.parse((ROOT / module).read_text()).body
    return any(isinstance(each, ast.FunctionDef | ast.ClassDef) for each in code)


def exemption(module: Path) -> str | None:
    """Return the entry that exempts a module: itself or a folder that it is in."""
    return next((str(each) for each in (module, *module.parents) if str(each) in EXEMPT), None)


def test_every_module_has_a_test_file() -> None:
    """The tests of fodlam_core/a/b.py are tests/fodlam_core/a/test_b.py."""
    assert [] == [str(each) for each in MODULES if lacks_test(each) and exemption(each) is None]


def test_every_exemption_is_needed() -> None:
    """An exemption goes once there is a test file."""
    assert set(EXEMPT) == {exemption(each) for each in MODULES if lacks_test(each)} - {None}


def test_tests_stand_where_the_package_has_a_folder() -> None:
    """Every folder of tests is that of a folder of the packages."""
    folders = {
        path.parent.relative_to(ROOT / "tests") for path in ROOT.glob("tests/fodlam_*/**/*.py")
    }

    assert [] == [str(each) for each in folders if not (ROOT / each).is_dir()]


def test_file_names_are_told_apart() -> None:
    """No file name occurs more than twice in fodlam_core, and few modules lie loose in it."""
    names = collections.Counter(each.name for each in MODULES if each.parts[0] == "fodlam_core")
    loose = [each for each in MODULES if each.parent == Path("fodlam_core")]

    assert {"__init__.py"} == {name for name, times in names.items() if times > 2}
    assert len(loose) <= 8


def is_record(node: ast.ClassDef) -> bool:
    """Tell whether a class is a named tuple, or one of attrs, of more than three fields."""
    bases = {ast.unparse(each) for each in node.bases}
    marks = " ".join(ast.unparse(each) for each in node.decorator_list)
    fields = [each for each in node.body if isinstance(each, ast.AnnAssign)]
    return len(fields) > 3 and ("NamedTuple" in bases or "attrs." in marks)


def test_records_are_built_with_keywords() -> None:
    """A record of more than three fields is built with the names of its fields."""
    nodes = {each: list(ast.walk(ast.parse((ROOT / each).read_text()))) for each in MODULES}
    classes = [each for found in nodes.values() for each in found if isinstance(each, ast.ClassDef)]
    times = collections.Counter(each.name for each in classes)
    records = {each.name for each in classes if is_record(each) and times[each.name] == 1}
    calls = (
        (module, each)
        for module, found in nodes.items()
        for each in found
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Name)
    )

    assert [] == [
        f"{module}:{call.lineno}"
        for module, call in calls
        if call.func.id in records
        and len(call.args) > 3
        and not any(isinstance(each, ast.Starred) for each in call.args)
    ]


def test_one_version_of_ruff() -> None:
    """A commit is checked by the ruff that a change is checked by."""
    [pin] = [
        each for each in PYPROJECT["project"]["optional-dependencies"]["lint"] if "ruff" in each
    ]
    hooks = (ROOT / ".pre-commit-config.yaml").read_text()

    assert {pin} == set(re.findall(r"ruff==[\d.*]+", hooks))


@pytest.mark.parametrize("file", [".github/workflows/ci.yml", ".ci/run"])
def test_every_supported_python_is_tried(file: str) -> None:
    """The workflow and .ci/run try every Python that the classifiers name."""
    named = re.findall(r":: (3\.\d+)", " ".join(PYPROJECT["project"]["classifiers"]))
    text = (ROOT / file).read_text()

    assert {"3.10", *named} == set(named)
    assert set(named) <= set(re.findall(r"\b3\.\d+\b", text))


def test_the_citation_is_of_this_version() -> None:
    """CITATION.cff has the version that the distribution has."""
    cited = re.findall(r"^version: (\S+)$", (ROOT / "CITATION.cff").read_text(), re.MULTILINE)

    assert [fodlam_core.__version__] == cited
