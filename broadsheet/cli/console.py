"""What is printed, and how."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from broadsheet.errors import Problem, describe
from broadsheet.visibility import in_words

if TYPE_CHECKING:
    # Imported for their names alone: `broadsheet --version` must not wait for what they bring along.
    from broadsheet.config import Config
    from broadsheet.model import HeldBack
    from broadsheet.reading import Progress


def tell(problems: Iterable[Problem]) -> None:
    """Print problems to standard error, compiler style."""
    colours = {"error": "red", "warning": "yellow", "notice": "cyan"}
    counts = {"error": 0, "warning": 0}
    for problem in problems:
        text = describe(problem)
        if _is_coloured():
            text = text.replace(f" {problem.level}: ", click.style(f" {problem.level}: ", colours[problem.level]), 1)
        echo(text, err=True)
        if problem.level in counts:
            counts[problem.level] += 1
    if counts["error"] > 1:
        click.echo(f"{counts['error']:,} errors", err=True)


def echo(line: str, *, err: bool = False) -> None:
    """Print what may hold half characters (lone surrogates), which no terminal takes."""
    click.echo(line.encode("utf-8", "replace").decode(), err=err)


def _is_coloured() -> bool:
    return sys.stderr.isatty() and "NO_COLOR" not in os.environ


@contextmanager
def progress_bar(*, wanted: bool = True, doing: str = "rendering") -> Iterator[Progress]:
    """A bar on a terminal for work that takes longer than a second; `doing` is what it says it does."""
    if not wanted or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    bar = _Bar(doing)
    try:
        yield bar.advance
    finally:
        bar.close()


class _Bar:
    """Says "reading" until it is told how much there is to do; shows itself after a second.

    It has no thread of its own, beside which no process could be forked.
    """

    def __init__(self, doing: str) -> None:
        self.doing = doing
        self.progress: Any = None
        self.next = time.monotonic() + 1

    def _show(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self.progress = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
            console=Console(stderr=True), transient=True, auto_refresh=False,
        )
        self.task = self.progress.add_task("reading", total=None)
        self.progress.start()

    def advance(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now < self.next:
            return
        if not self.progress:
            self._show()
        if total:
            self.progress.update(self.task, description=self.doing, completed=done, total=total)
        self.progress.refresh()
        self.next = now + 0.1

    def close(self) -> None:
        if self.progress:
            self.progress.stop()


def tell_held_back(held_back: Iterable[HeldBack], next_due: datetime | None, config: Config) -> None:
    """Say what is not published and until when, a line each, and when the next build is due."""
    held = list(held_back)
    if held:
        click.echo(f"held back: {len(held):,}")
    for one in held[:20]:
        click.echo(f"  {config.folders.content}/{one.path}: {in_words(one, config.timezone)}")
    if len(held) > 20:
        click.echo(f"  and {len(held) - 20:,} more (--json names all)")
    if next_due:
        click.echo(f"next build due {next_due.astimezone(config.timezone):%Y-%m-%d %H:%M %Z}")


def as_json(problem: Problem) -> dict[str, Any]:
    return {
        "path": problem.path, "line": problem.line, "column": problem.column, "level": problem.level,
        "message": problem.message, "hint": problem.hint,
    }
