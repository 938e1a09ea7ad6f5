"""What the feeds say, as `broadsheet inbox` lists it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from broadsheet.capture import inbox
from broadsheet.capture.addresses import absolute, is_web
from broadsheet.capture.inbox import Arrival, Inbox, Source
from broadsheet.capture.listen import Answer, Errand, listen
from broadsheet.cli.console import as_json, echo, progress_bar, tell
from broadsheet.cli.surroundings import clock, fetcher, here
from broadsheet.config import Config
from broadsheet.errors import ConfigError, Problem, cells, printable

WIDTH = 80
INDENT = 20
"""Where titles begin, after number and day."""

NO_FEEDS = 'name them in broadsheet.toml under [inbox], as in feeds = ["https://example.org/feed.xml", "feeds.opml"]'


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What was asked for on the command line; `since` has no zone yet."""

    lists_all: bool = False
    since: datetime | None = None
    limit: int | None = None
    as_data: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What is to be printed: `more` arrivals are not, `waiting` counts all that are not dealt with."""

    inbox: Inbox
    arrivals: tuple[Arrival, ...]
    more: int
    waiting: int
    asked: int
    problems: tuple[Problem, ...]
    config: Config


def list_arrivals(feeds: tuple[str, ...], wanted: Wanted) -> int:
    """Ask the feeds, remember what they say, list what is new; the exit code.

    A feed that fails stops none of the others. When the editor breaks off, what
    was heard until then is remembered and listed.
    """
    root, config = here()
    known = inbox.load(root).sources
    errands = _errands(feeds, root, config, known)
    if not errands and not wanted.lists_all:
        raise ConfigError([Problem(path="inbox", message="there are no feeds to ask", hint=NO_FEEDS)])
    answers, interrupted = _answers(listen(errands, fetcher(config), known), wanted)
    listing = _listing(answers, wanted, root, config)
    _print_data(listing) if wanted.as_data else _print(listing)
    if interrupted:
        raise KeyboardInterrupt
    return int(any(problem.level == "error" for problem in listing.problems))


def strike_off(text: str) -> int:
    """Dismiss arrivals by their numbers; the exit code."""
    root, _ = here()
    numbers = inbox.numbers(text)
    inbox.save(root, inbox.dismissed(inbox.load(root), numbers))
    click.echo(f"dismissed {_counted(len(numbers), 'article')}")
    return 0


# Asking


def _errands(feeds: tuple[str, ...], root: Path, config: Config, known: Mapping[str, Source]) -> list[Errand]:
    """What is to be asked: feeds named here relative to where we are, those of the configuration to the digest."""
    folder = Path.cwd() if feeds else root
    return [_errand(name, folder, root, known) for name in feeds or config.inbox.feeds]


def _errand(name: str, folder: Path, root: Path, known: Mapping[str, Source]) -> Errand:
    if is_web(name):
        key, file = absolute(name, ""), None
    else:
        file = Path(os.path.normpath(folder / name))
        key = (file.relative_to(root) if file.is_relative_to(root) else file).as_posix()
    return Errand(key=key, file=file, before=known.get(key, Source()))


def _answers(coming: Iterator[tuple[Answer, int]], wanted: Wanted) -> tuple[list[Answer], bool]:
    """What the feeds said, and whether the editor broke off before all had answered."""
    answers: list[Answer] = []
    try:
        with progress_bar(wanted=not wanted.as_data, doing="asking") as progress:
            for answer, left in coming:
                answers.append(answer)
                progress(len(answers), len(answers) + left)
    except KeyboardInterrupt:
        return answers, True
    return answers, False


def _listing(answers: list[Answer], wanted: Wanted, root: Path, config: Config) -> Listing:
    heard = [answer.heard for answer in answers if answer.heard]
    # Loaded anew: while the feeds were asked, an article may have been added elsewhere.
    state, new = inbox.look(inbox.load(root), heard, clock())
    if heard:
        inbox.save(root, state)
    waiting = inbox.waiting(state)
    begin = wanted.since.replace(tzinfo=config.timezone) if wanted.since else None
    arrivals = [one for one in (waiting if wanted.lists_all else new) if begin is None or one.when >= begin]
    shown = tuple(arrivals[: wanted.limit])
    return Listing(
        inbox=state, arrivals=shown, more=len(arrivals) - len(shown), waiting=len(waiting),
        asked=sum(not answer.feeds for answer in answers), config=config,
        problems=tuple(problem for answer in answers for problem in answer.problems),
    )  # fmt: skip


# Printing


def _print_data(listing: Listing) -> None:
    data = {
        "ok": not any(problem.level == "error" for problem in listing.problems),
        "asked": listing.asked,
        "waiting": listing.waiting,
        "more": listing.more,
        "articles": [_data(arrival, listing) for arrival in listing.arrivals],
        "problems": [as_json(problem) for problem in listing.problems],
    }
    click.echo(json.dumps(data, indent=2))


def _data(arrival: Arrival, listing: Listing) -> dict[str, Any]:
    return {
        "number": arrival.number,
        "title": arrival.title,
        "address": arrival.address,
        "date": arrival.date.isoformat() if arrival.date else None,
        "seen": arrival.seen.isoformat(),
        "feeds": [{"feed": key, "title": _name(key, listing)} for key in arrival.feeds],
    }


def _print(listing: Listing) -> None:
    for line in (*_groups(listing), *_last_lines(listing)):
        echo(line)
    tell(sorted(listing.problems, key=lambda problem: problem.order))


def _groups(listing: Listing) -> Iterator[str]:
    """Arrivals by their feed, the feed of the newest first."""
    rank: dict[str, int] = {}
    for arrival in listing.arrivals:
        rank.setdefault(_source(arrival), len(rank))
    for key, arrivals in groupby(sorted(listing.arrivals, key=lambda one: rank[_source(one)]), _source):
        yield from fitted(_name(key, listing), WIDTH, 1)
        for arrival in arrivals:
            yield from _arrival(arrival, listing)


def _source(arrival: Arrival) -> str:
    return arrival.feeds[0]


def _arrival(arrival: Arrival, listing: Listing) -> Iterator[str]:
    day = f"{arrival.when.astimezone(listing.config.timezone):%Y-%m-%d}"
    lines = fitted(arrival.title or arrival.address or arrival.id, WIDTH - INDENT, 2)
    if others := [_name(key, listing) for key in arrival.feeds[1:]]:
        lines += fitted(f"also in {', '.join(others)}", WIDTH - INDENT, 1)
    yield f"{arrival.number:>6}  {day}".ljust(INDENT) + lines[0]
    yield from (" " * INDENT + line for line in lines[1:])


def _last_lines(listing: Listing) -> Iterator[str]:
    if listing.more:
        yield f"and {listing.more:,} more"
    if listing.arrivals:
        yield f"add one with: broadsheet add {listing.arrivals[0].number}"
        return
    yield f"nothing new in {_counted(listing.asked, 'feed')}"
    if listing.waiting:
        yield f"{_counted(listing.waiting, 'article')} not dealt with: broadsheet inbox --all"


def _name(key: str, listing: Listing) -> str:
    source = listing.inbox.sources.get(key)
    return source.title if source and source.title else key


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


# Fitting lines


def fitted(text: str, width: int, most: int) -> list[str]:
    """Text on one to `most` lines of `width` columns; a wide character takes two, an ellipsis stands for the rest."""
    lines = [""]
    for word in printable(text).split():
        for part in _parts(word, width):
            joined = f"{lines[-1]} {part}".strip()
            if cells(joined) <= width:
                lines[-1] = joined
            else:
                lines.append(part)
    if len(lines) > most:
        lines[most - 1] = _cut(f"{lines[most - 1]} {lines[most]}", width)
    return lines[:most]


def _parts(word: str, width: int) -> Iterator[str]:
    """A word in parts that fit a line: Chinese has no spaces."""
    while cells(word) > width:
        end = next(end for end in range(width, 0, -1) if cells(word[:end]) <= width)
        yield word[:end]
        word = word[end:]
    yield word


def _cut(text: str, width: int) -> str:
    while cells(text) > width - 1:
        text = text[:-1]
    return f"{text.rstrip()}…"
