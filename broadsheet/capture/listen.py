"""Feeds and lists of feeds to what they say, several at a time, of each host one."""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from broadsheet.capture import feed
from broadsheet.capture.feed import FeedAddress
from broadsheet.capture.fetch import FEED, Fetched, Fetcher
from broadsheet.capture.inbox import Heard, Source
from broadsheet.errors import BroadsheetError, ContentError, Problem

THREADS = 8
MOST_FEEDS = 2_000
"""Of one list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """A feed or a list of feeds to ask. `key` is how messages and the inbox name it, `file` where it is no address.

    `before` is what is known of it; `listed` says that it stands in a list.
    """

    key: str
    file: Path | None = None
    before: Source = field(default_factory=Source)
    listed: bool = False

    @property
    def host(self) -> str:
        return self.key if self.file else urlsplit(self.key).netloc


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of an errand: what was heard, or the feeds to ask in its place, and what is wrong.

    Neither where nothing has changed since the feed was asked last.
    """

    errand: Errand
    heard: Heard | None = None
    feeds: tuple[FeedAddress, ...] = ()
    problems: tuple[Problem, ...] = ()


def listen(errands: Iterable[Errand], fetcher: Fetcher, known: Mapping[str, Source]) -> Iterator[tuple[Answer, int]]:
    """Each answer as it comes, with how many are still to come. What a list of feeds names is asked as well.

    `known` is what is known of feeds, by their keys. Threads that still wait for
    a server when the caller goes away end with the program.
    """
    line = _Line(fetcher)
    try:
        line.add(errands)
        while line.left:
            answer = line.next()
            keys = (one.address for one in answer.feeds)
            line.add(Errand(key=key, before=known.get(key, Source()), listed=True) for key in keys)
            yield answer, line.left
            # Only now: who breaks off while the next feed is asked has heard of this one.
            line.release(answer.errand.host)
    finally:
        line.close()


class _Line:
    """Errands that wait for their host or for a thread. Only the thread that made it changes it."""

    def __init__(self, fetcher: Fetcher) -> None:
        self.fetcher, self.left = fetcher, 0
        self.keys: set[str] = set()
        self.waiting: dict[str, deque[Errand]] = {}
        self.jobs: queue.SimpleQueue[Errand | None] = queue.SimpleQueue()
        self.done: queue.SimpleQueue[Answer | Exception] = queue.SimpleQueue()
        self.threads: list[threading.Thread] = []

    def add(self, errands: Iterable[Errand]) -> None:
        for errand in errands:
            if errand.key in self.keys:
                continue
            self.keys.add(errand.key)
            self.left += 1
            if errand.host in self.waiting:
                self.waiting[errand.host].append(errand)
            else:
                self.waiting[errand.host] = deque()
                self._begin(errand)

    def next(self) -> Answer:
        answer = self.done.get()
        self.left -= 1
        if isinstance(answer, Exception):
            raise answer
        return answer

    def release(self, host: str) -> None:
        """Let a host be asked for what waits for it."""
        if self.waiting[host]:
            self._begin(self.waiting[host].popleft())
        else:
            del self.waiting[host]

    def close(self) -> None:
        with suppress(queue.Empty):
            while True:
                self.jobs.get_nowait()
        for _ in self.threads:
            self.jobs.put(None)

    def _begin(self, errand: Errand) -> None:
        self.jobs.put(errand)
        if len(self.threads) < THREADS:
            self.threads.append(threading.Thread(target=self._work, name="broadsheet-feed", daemon=True))
            self.threads[-1].start()

    def _work(self) -> None:
        while errand := self.jobs.get():
            try:
                self.done.put(_asked(errand, self.fetcher))
            except Exception as error:  # a mistake of ours, whose traceback belongs to the thread that waits
                self.done.put(error)


def _asked(errand: Errand, fetcher: Fetcher) -> Answer:
    try:
        got = _got(errand, fetcher)
        if got.unchanged:
            return Answer(errand=errand)
        return _list(errand, got) if feed.is_outline(got.data, errand.key) else _feed(errand, got)
    except BroadsheetError as error:
        return Answer(errand=errand, problems=error.problems)


def _got(errand: Errand, fetcher: Fetcher) -> Fetched:
    if errand.file is None:
        before = errand.before
        return fetcher.fetch(errand.key, FEED, etag=before.etag, last_modified=before.last_modified)
    try:
        with errand.file.open("rb") as file:
            return Fetched(address="", data=file.read(FEED.size + 1))
    except (OSError, ValueError) as error:
        message = f"cannot be read: {getattr(error, 'strerror', None) or error}"
        raise ContentError([Problem(path=errand.key, message=message)]) from error


def _list(errand: Errand, got: Fetched) -> Answer:
    if errand.listed:
        message = "is a list of feeds within a list of feeds, which is not followed"
        return Answer(errand=errand, problems=(Problem(path=errand.key, message=message),))
    feeds = feed.outline(got.data, errand.key)
    if not feeds:
        message = "is a list of feeds, but names none by its address (xmlUrl)"
        return Answer(errand=errand, problems=(Problem(path=errand.key, message=message),))
    message = f"lists more than {MOST_FEEDS:,} feeds; the first {MOST_FEEDS:,} are asked"
    much = (Problem(path=errand.key, message=message, level="warning"),) if len(feeds) > MOST_FEEDS else ()
    return Answer(errand=errand, feeds=feeds[:MOST_FEEDS], problems=much)


def _feed(errand: Errand, got: Fetched) -> Answer:
    read = feed.read(got.data, name=errand.key, address=got.address, charset=got.charset)
    heard = Heard(key=errand.key, feed=read, etag=got.etag, last_modified=got.last_modified)
    return Answer(errand=errand, heard=heard, problems=read.notices)
