"""Messages on standard error, which may be closed: that stops no command."""

from __future__ import annotations

import os
import sys

from fodlam_core.report.escapes import message_line


def say(text: str, before: str = "") -> None:
    """Print one line on standard error, whatever is in the text.

    Args:
        text: the message.
        before: what is written before it, such as ``"error: "``.
    """
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(f"{before}{message_line(text)}\n")
        sys.stderr.flush()
    except UnicodeEncodeError:
        line = message_line(text).encode("ascii", "backslashreplace").decode("ascii")
        sys.stderr.write(f"{before}{line}\n")
    except (OSError, ValueError):
        close_quietly(2)


def close_quietly(descriptor: int) -> None:
    """Point a stream that nobody reads elsewhere, lest the interpreter complains at its end."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, descriptor)
    os.close(null)
