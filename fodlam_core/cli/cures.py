"""What to write into a configuration, said as options of a command that takes no configuration.

Readers and rules say what to do in the syntax of a configuration, which most commands have.
"""

from __future__ import annotations

import re

_FLAGS = {"input": "--input", "regions": "--regions", "format": "--file-format"}


def network_options(text: str) -> str:
    """Return a message of a network reader with the options of ``networks``.

    >>> network_options("x.onnx: no size; write for instance input = [3, 8, 8] under [network]")
    'x.onnx: no size; give for instance --input 3,8,8'
    >>> network_options("x.toml: [network] regions: no layer of it runs once for each region")
    'x.toml: --regions: no layer of it runs once for each region'
    """
    keys = "|".join(_FLAGS)
    text = re.sub(
        rf"write (for instance )?({keys}) = (\[[^]]*\]|\S+) under \[network\]",
        lambda found: f"give {found[1] or ''}{_FLAGS[found[2]]} {_plain(found[3])}",
        text,
    )
    return re.sub(rf"\[network\] ({keys})\b", lambda found: _FLAGS[found[1]], text)


def scaler_options(text: str) -> str:
    """Return a message of a scaling rule with the options of ``scalers show``.

    >>> scaler_options("not in the table; [technology.options] interpolate = true interpolates")
    'not in the table; --option interpolate=true interpolates'
    >>> scaler_options("write [[technology.options.factors]] from_nm = 45, to_nm = 28, time = ...")
    "give --option 'factors=[{from_nm = 45, to_nm = 28, time = ...}]'"
    """
    text = re.sub(
        r"write \[\[technology\.options\.(\w+)\]\] ([^;]+)", r"give --option '\1=[{\2}]'", text
    )
    text = re.sub(r"\[technology\.options\] (\w+) = (\S+)", r"--option \1=\2", text)
    return re.sub(r"\[technology\.options\](?: (\w+))?:", _option, text)


def _option(found: re.Match[str]) -> str:
    return f"--option {found[1]}:" if found[1] else "--option:"


def _plain(value: str) -> str:
    return value.strip("[]").replace(" ", "") if value != "..." else "NAME"
