"""How far a long job is: a bar on a terminal, now and then a line elsewhere."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

from fodlam_core.report.messages import say

LINE_EVERY_S = 10.0


@contextmanager
def progress(
    *, quiet: bool, what: str = "points", at_once: bool = False
) -> Iterator[Callable[[int, int], None]]:
    """Give a function to be called with what is done and what there is to do.

    Args:
        quiet: whether nothing is shown.
        what: what is counted.
        at_once: whether the first line comes before anything is done.
    """
    if quiet:
        yield lambda _done, _total: None
    elif sys.stderr is not None and sys.stderr.isatty():
        with _bar(what) as watch:
            yield watch
    else:
        yield _lines(what, at_once=at_once)


@contextmanager
def _bar(what: str) -> Iterator[Callable[[int, int], None]]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        BarColumn(),
        TaskProgressColumn(show_speed=False),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None, rate="")
        start: list[tuple[float, int]] = []

        def watch(done: int, total: int) -> None:
            now = time.monotonic()
            if not start:
                start.append((now, done))
            rate = _rate(start[0], now, done, what)
            bar.update(task, completed=done, total=total, rate=rate)

        yield watch


def _lines(what: str, *, at_once: bool) -> Callable[[int, int], None]:
    """Return a function that prints a line every ten seconds, and one at first if asked to."""
    start = last = time.monotonic()
    first: int | None = None

    def watch(done: int, total: int) -> None:
        nonlocal last, first
        if first is None:
            first = done
            if at_once:
                say(f"{done:,} of {total:,} {what}")
        now = time.monotonic()
        if now - last >= LINE_EVERY_S:
            last = now
            rate = _rate((start, first), now, done, what)
            say(f"{done:,} of {total:,} {what}, {rate}")

    return watch


def _rate(start: tuple[float, int], now: float, done: int, what: str) -> str:
    seconds = now - start[0]
    return f"{(done - start[1]) / seconds:,.0f} {what}/s" if seconds > 0 else ""
