"""What can be wrong, as data, and how it is told."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning", "notice"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong in one place.

    `line` and `column` count from 1 (columns in characters); 0 means that the
    place inside the file is not known. `excerpt` is the offending line as it
    stands in the file, `width` how many of its characters are meant.
    """

    path: str
    message: str
    line: int = 0
    column: int = 0
    hint: str = ""
    excerpt: str = ""
    width: int = 1
    level: Level = "error"

    @property
    def order(self) -> tuple[str, int, int, str]:
        return (self.path, self.line, self.column, self.message)


class BroadsheetError(Exception):
    """A run that cannot go on; carries every problem found, not the first."""

    exit_code = 1

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.order))
        super().__init__("\n".join(describe(problem) for problem in self.problems))


class ContentError(BroadsheetError):
    """Content or templates that cannot be built."""

    exit_code = 1


class ConfigError(BroadsheetError):
    """A configuration or a command line that makes no sense."""

    exit_code = 2


class PublishError(BroadsheetError):
    """The output folder could not be written; what was there is intact."""

    exit_code = 3


def describe(problem: Problem) -> str:
    """A problem as a compiler would print it, with its line and a hint."""
    place = [printable(problem.path)]
    if problem.line:
        place += [str(problem.line), str(problem.column or 1)]
    lines = [f"{':'.join(place)}: {problem.level}: {_shortened(printable(problem.message))}"]
    if problem.excerpt and problem.line:
        gutter = f"{problem.line:>5} | "
        start = max(problem.column, 1) - 1
        excerpt, start = _window(printable(problem.excerpt), start)
        width = max(1, min(problem.width, len(excerpt) - start))
        indent, carets = cells(excerpt[:start]), cells(excerpt[start : start + width]) or 1
        lines += [f"{gutter}{excerpt}", f"{'|':>7} {' ' * indent}{'^' * carets}"]
    if problem.hint:
        lines.append(f"  hint: {printable(problem.hint)}")
    return "\n".join(lines)


def _shortened(message: str, size: int = 300) -> str:
    return message if len(message) <= size else f"{message[:size]}…"


def _window(text: str, start: int, size: int = 72) -> tuple[str, int]:
    """The part of a long line around `start`, so that a message stays readable."""
    if len(text) <= size:
        return text, min(start, len(text))
    left = max(0, min(start - size // 3, len(text) - size))
    return text[left : left + size], min(start - left, size)


def cells(text: str) -> int:
    """How many columns of a terminal a text takes: two for a wide character, none for a combining one."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.category(c) in ("Mn", "Me") for c in text)


def printable(text: str) -> str:
    """Text with what a terminal would obey (controls, lone surrogates) made visible."""
    return "".join(c if c.isprintable() or unicodedata.category(c) == "Zs" else "·" for c in text)


def raise_errors(problems: Iterable[Problem], kind: type[BroadsheetError] = ContentError) -> None:
    """Raise `kind` when any of the problems is an error; warnings pass."""
    found = tuple(problems)
    if any(problem.level == "error" for problem in found):
        raise kind(found)
