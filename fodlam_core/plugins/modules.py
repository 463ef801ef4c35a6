"""Imports a plugin from a file or a folder that the user names, instead of what is installed."""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING

from fodlam_core.deferred import forget as forget_made
from fodlam_core.errors import PluginError
from fodlam_core.plugins.plugin import GROUP

if TYPE_CHECKING:
    from types import ModuleType

INIT = "__init__.py"
# Top-level names that were imported from a file the user named.
_named: set[str] = set()


def python_file(path: str) -> str:
    """Return the file of a plugin: that of the package, where the path is a folder.

    >>> python_file("fodlam_mychip.py")
    'fodlam_mychip.py'
    """
    return os.path.join(path, INIT) if os.path.isdir(path) else path


def module_name(file: str) -> str:
    """Return the dotted name that a file has as a module, within the packages that it is part of.

    >>> module_name("/nowhere/fodlam_mychip/__init__.py"), module_name("/nowhere/mine.py")
    ('fodlam_mychip', 'mine')
    """
    folder, name = os.path.split(os.path.splitext(os.path.realpath(file))[0])
    parts = [name]
    while folder != os.path.dirname(folder) and (
        parts[0] == "__init__" or os.path.isfile(os.path.join(folder, INIT))
    ):
        folder, name = os.path.split(folder)
        parts.insert(0, name)
    return ".".join(part for part in parts if part != "__init__")


def import_file(file: str, name: str, *, alone: bool = True) -> ModuleType:
    """Import a file.

    Args:
        file: the file.
        name: its name as a module.
        alone: whether it is imported by itself, under a name that disturbs no other. A package is
            imported under its own name, so that it can import itself.

    Raises:
        PluginError: if it is not a Python file, or a module of its name is in use.
    """
    if not os.path.isfile(file):
        raise PluginError("no such file")
    if alone and os.path.basename(file) != INIT:
        return _import(f"fodlam_plugin_{name}", file)
    top, *parts = name.split(".")
    depth = len(parts) + (os.path.basename(file) == INIT)
    root = os.path.realpath(file)
    for _ in range(depth):
        root = os.path.dirname(root)
    first = os.path.join(root, INIT) if depth else root
    _refuse_if_taken(top, first)
    forget(top)
    module = _import(top, first)
    _named.add(top)
    try:
        return importlib.import_module(name) if parts else module
    except BaseException:
        forget(top)
        raise


def forget(top: str) -> None:
    """Let a package be imported again, with everything in it."""
    _named.discard(top)
    for name in [each for each in sys.modules if each == top or each.startswith(f"{top}.")]:
        del sys.modules[name]
    forget_made()


def forget_named(module: str) -> None:
    """Let a module be imported again if it came from a file that the user named."""
    if module.partition(".")[0] in _named:
        forget(module.partition(".")[0])


def _import(name: str, file: str) -> ModuleType:
    folder = [os.path.dirname(file)] if os.path.basename(file) == INIT else None
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location(name, file, submodule_search_locations=folder)
    if spec is None or spec.loader is None:
        raise PluginError("not a Python file; give a file whose name ends in .py")
    module = module_from_spec(spec)
    sys.modules[name] = module  # data classes and imports of itself look it up there
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return module


def _refuse_if_taken(top: str, file: str) -> None:
    """Refuse a package that would take the place of a module that something else needs."""
    from importlib.metadata import entry_points

    known = sys.modules.get(top)
    here = os.path.realpath(getattr(known, "__file__", None) or file) == file
    is_plugin = (
        top in _named
        or here
        or any(point.module.partition(".")[0] == top for point in entry_points(group=GROUP))
    )
    if top in sys.stdlib_module_names or top == "fodlam_core" or not is_plugin:
        raise PluginError(f"a module {top!r} is in use already; give the package another name")
