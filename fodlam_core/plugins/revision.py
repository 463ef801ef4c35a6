"""The git revision of a distribution that is installed in editable mode, next to its version.

Of a checkout that is being worked on, the version alone does not say which code made a result.
"""

from __future__ import annotations

import functools
import json
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

GIT = "git"
PROJECT = "pyproject.toml"
MOST_S = 5.0


def with_revisions(versions: Mapping[str, str]) -> dict[str, str]:
    """Return versions by distribution, each with the revision of an editable install.

    A revision is a local part of the version, ``0.1.0+git.0123456789ab``, with ``.dirty`` behind it
    where files of the checkout are not as committed. Without git, there is none.
    """
    return {name: _with(version, revision(name)) for name, version in versions.items()}


def _with(version: str, found: str | None) -> str:
    return f"{version}{'.' if '+' in version else '+'}git.{found}" if found else version


@functools.cache
def revision(distribution: str) -> str | None:
    """Return the git revision that an editable distribution is at; None for any other."""
    folder = _checkout(distribution)
    if folder is None:
        return None
    import subprocess  # here and below: an ordinary install needs neither at its start

    try:
        # A repository above may be about something else; only one that has the project counts.
        _git(folder, "ls-files", "--error-unmatch", PROJECT)
        found = _git(folder, "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*")
    except (OSError, subprocess.SubprocessError):
        return None
    return found.replace("-", ".") or None


def _git(folder: str, *arguments: str) -> str:
    """Return what git prints in a folder, whatever repository the environment names."""
    import subprocess

    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return subprocess.run(  # noqa: S603, the arguments are constants
        (GIT, *arguments),
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=MOST_S,
        check=True,
    ).stdout.strip()


def _checkout(distribution: str) -> str | None:
    """Return the folder that an editable distribution is in; None for any other distribution.

    PEP 610: ``direct_url.json`` says so.
    """
    import importlib.metadata

    try:
        text = importlib.metadata.distribution(distribution).read_text("direct_url.json")
        found = json.loads(text or "{}")
        if not found.get("dir_info", {}).get("editable"):
            return None
        from urllib.parse import urlsplit
        from urllib.request import url2pathname

        folder = url2pathname(urlsplit(found["url"]).path)
    except (importlib.metadata.PackageNotFoundError, ValueError, KeyError, AttributeError):
        return None
    return folder if os.path.isdir(folder) else None
