"""The parser has the arguments of the command that is called, and says nothing hidden."""

from __future__ import annotations

import pytest

from fodlam_core.cli import COMMANDS
from fodlam_core.cli.parser import parser


def test_help_names_every_command() -> None:
    """Without a command every one is listed with what it does."""
    text = " ".join(parser([]).format_help().split())

    assert [] == [name for name, does in COMMANDS.items() if f"{name} {does}" not in text]


def test_arguments_of_the_command() -> None:
    """What is parsed holds the arguments of the command, and what executes it."""
    args = parser(["run", "VGG16"]).parse_args(["run", "VGG16", "--debug"])

    assert (["VGG16"], True) == (args.configs, args.debug)
    assert callable(args.execute)


def test_no_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    """What is wrong is told with control characters written as escapes."""
    with pytest.raises(SystemExit) as left:
        parser(["run"]).parse_args(["run", "VGG16", "--no\x1b[31m"])

    assert 2 == left.value.code
    assert "\\x1b[31m" in capsys.readouterr().err
