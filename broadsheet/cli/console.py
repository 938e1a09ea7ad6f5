"""What is printed, and what the process is asked of its surroundings."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from broadsheet.build import Progress
from broadsheet.config import Config, find, load
from broadsheet.errors import ConfigError, Problem, describe
from broadsheet.model import HeldBack


def tell(problems: Iterable[Problem]) -> None:
    """Print problems to standard error, compiler style."""
    colours = {"error": "red", "warning": "yellow", "notice": "cyan"}
    counts = {"error": 0, "warning": 0}
    for problem in problems:
        text = describe(problem)
        if _is_coloured():
            text = text.replace(f" {problem.level}: ", click.style(f" {problem.level}: ", colours[problem.level]), 1)
        click.echo(text.encode("utf-8", "replace").decode(), err=True)
        if problem.level in counts:
            counts[problem.level] += 1
    if counts["error"] > 1:
        click.echo(f"{counts['error']:,} errors", err=True)


def _is_coloured() -> bool:
    return sys.stderr.isatty() and "NO_COLOR" not in os.environ


def here() -> tuple[Path, Config]:
    """The digest that the current directory lies in: its folder and configuration. Raises ConfigError."""
    file = find(Path.cwd())
    return file.parent, load(file)


def clock() -> datetime:
    """The present moment, or SOURCE_DATE_EPOCH (seconds since 1970) where that is set, for builds to repeat."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return datetime.now(UTC)
    try:
        return datetime.fromtimestamp(int(epoch), UTC)
    except (ValueError, OverflowError, OSError) as error:
        problem = Problem(path="SOURCE_DATE_EPOCH", message=f"{epoch!r} is not a number of seconds since 1970")
        raise ConfigError([problem]) from error


def processors() -> int:
    return os.cpu_count() or 1


@contextmanager
def progress_bar(*, wanted: bool = True) -> Iterator[Progress]:
    """A bar on a terminal for work that takes longer than a second."""
    if not wanted or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    bar = _Bar(time.monotonic())
    try:
        yield bar.advance
    finally:
        bar.close()


class _Bar:
    def __init__(self, start: float) -> None:
        self.start = start
        self.progress: Any = None

    def advance(self, done: int, total: int) -> None:
        if self.progress is None:
            if time.monotonic() - self.start < 1:
                return
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            self.progress = Progress(
                TextColumn("rendering"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
                console=Console(stderr=True), transient=True,
            )
            self.progress.start()
            self.task = self.progress.add_task("rendering", total=total)
        self.progress.update(self.task, completed=done)

    def close(self) -> None:
        if self.progress is not None:
            self.progress.stop()


def moment(value: datetime, config: Config) -> str:
    """A moment on the site's clock: 2026-12-01 09:00 CET."""
    return f"{value.astimezone(config.timezone):%Y-%m-%d %H:%M %Z}"


def tell_held_back(held_back: Iterable[HeldBack], next_due: datetime | None, config: Config) -> None:
    """Say what is not published and until when, a line each, and when the next build is due."""
    held = list(held_back)
    if held:
        click.echo(f"held back: {len(held):,}")
    for one in held[:20]:
        until = f" until {moment(one.until, config)}" if one.until else ""
        click.echo(f"  {config.folders.content}/{one.path}: {one.reason}{until}")
    if len(held) > 20:
        click.echo(f"  and {len(held) - 20:,} more (--json names all)")
    if next_due:
        click.echo(f"next build due {moment(next_due, config)}")


def as_json(problem: Problem) -> dict[str, Any]:
    return {
        "path": problem.path, "line": problem.line, "column": problem.column, "level": problem.level,
        "message": problem.message, "hint": problem.hint,
    }
