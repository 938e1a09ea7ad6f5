"""The articles of an editor's feeds that are not dealt with yet, each with a number that stays its own."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from broadsheet.capture.addresses import canonical
from broadsheet.capture.feed import Feed, Item
from broadsheet.errors import ConfigError, ContentError, Problem, PublishError
from broadsheet.files import replace as put

FILE = "capture/inbox.json"
"""Below the digest's folder."""

FORMAT = 1

MARGIN = 500
"""How many articles of a feed are remembered after it stopped listing them, as some come back."""

MOST_WAITING = 200
"""Of one feed; the oldest make room. Who has not looked at two hundred will not look at more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An article that a feed told of. `feeds` are the keys of all that did, the first to do so first.

    `seen` is when it was first seen. `path` is the file it was added as, below
    the digest's folder, or "".
    """

    number: int
    feeds: tuple[str, ...]
    id: str
    address: str
    title: str
    date: datetime | None
    seen: datetime
    path: str = ""
    dismissed: bool = False

    @property
    def is_waiting(self) -> bool:
        return not (self.path or self.dismissed)

    @property
    def when(self) -> datetime:
        """Its date, to sort by; when it was seen if it has none, or says that it comes from the future."""
        if self.date is None:
            return self.seen
        return min(self.date if self.date.tzinfo else self.date.replace(tzinfo=UTC), self.seen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What is known of one feed. `known` maps marks of ids to marks of addresses, what it listed last first."""

    title: str = ""
    etag: str = ""
    last_modified: str = ""
    known: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """All that is remembered: `next` is the next number, `sources` are by the address or file of their feed."""

    next: int = 1
    sources: Mapping[str, Source] = field(default_factory=dict, hash=False)
    arrivals: Mapping[int, Arrival] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a feed said when it was asked; `key` is its address or file as the editor names it."""

    key: str
    feed: Feed
    etag: str = ""
    last_modified: str = ""


# Looking


def look(inbox: Inbox, heard: Iterable[Heard], now: datetime) -> tuple[Inbox, tuple[Arrival, ...]]:
    """What an inbox becomes by what feeds say, and the arrivals that are new, newest first.

    An article is known again by its feed's id for it, whatever became of title
    and address, and by its address, in whichever feed. Where several of a feed
    have one address, that tells nothing.
    """
    desk = _Desk(inbox, now)
    for one in sorted(heard, key=lambda one: one.key):
        desk.take(one)
    numbers = range(inbox.next, desk.next)
    new = sorted((desk.arrivals[number] for number in numbers), key=lambda one: (one.when, one.number))
    # The newest has the highest number, whichever feed it is of.
    desk.arrivals |= {number: replace(one, number=number) for number, one in zip(numbers, new, strict=True)}
    kept = _kept(desk)
    made = Inbox(next=desk.next, sources=desk.sources, arrivals=kept)
    return made, newest_first(kept[number] for number in numbers if number in kept)


class _Desk:
    """An inbox while feeds are looked through."""

    def __init__(self, inbox: Inbox, now: datetime) -> None:
        self.now, self.next = now, inbox.next
        self.sources, self.arrivals = dict(inbox.sources), dict(inbox.arrivals)
        # 0 stands for articles that are known, and no longer in the inbox.
        self.by_address = {mark: 0 for source in inbox.sources.values() for mark in source.known.values() if mark}
        self.by_address |= {mark: one.number for one in inbox.arrivals.values() if (mark := self._address_mark(one))}
        self.by_id = {(key, _mark(one.id)): one.number for one in inbox.arrivals.values() for key in one.feeds}

    def _address_mark(self, arrival: Arrival) -> str:
        source, mark = self.sources.get(arrival.feeds[0]), _mark(arrival.id)
        if source and mark in source.known:
            return source.known[mark]
        return _mark(canonical(arrival.address)) if arrival.address else ""

    def take(self, heard: Heard) -> None:
        before = self.sources.get(heard.key, Source())
        marks = _marks(heard.feed)
        # Feeds list what is new first; it gets the highest number.
        for (id_mark, address_mark), item in reversed(marks):
            number = self.by_id.get((heard.key, id_mark)) or self.by_address.get(address_mark, 0)
            if number:
                self._again(number, heard.key, item)
            elif id_mark not in before.known and address_mark not in self.by_address:
                number = self._add(heard.key, item)
            self.by_id[heard.key, id_mark] = number
            if address_mark:
                self.by_address[address_mark] = number
        listed = {id_mark: address_mark for (id_mark, address_mark), _ in marks}
        self.sources[heard.key] = Source(
            title=heard.feed.title or before.title,
            etag=heard.etag,
            last_modified=heard.last_modified,
            known=_first(listed | {mark: one for mark, one in before.known.items() if mark not in listed}, len(listed)),
        )

    def _add(self, key: str, item: Item) -> int:
        number, self.next = self.next, self.next + 1
        self.arrivals[number] = Arrival(
            number=number, feeds=(key,), id=item.id, address=item.address, title=item.title, date=item.date,
            seen=self.now,
        )  # fmt: skip
        return number

    def _again(self, number: int, key: str, item: Item) -> None:
        """The first feed's words count; every feed is named."""
        known = self.arrivals[number]
        if key not in known.feeds:
            known = replace(known, feeds=(*known.feeds, key))
        elif key == known.feeds[0] and known.is_waiting:
            known = replace(known, title=item.title or known.title, address=item.address or known.address)
        self.arrivals[number] = known


def _marks(feed: Feed) -> list[tuple[tuple[str, str], Item]]:
    """Items with the marks of their id and address; "" for an address that says nothing of one article."""
    spelled = [canonical(item.address) if item.address else "" for item in feed.items]
    times = Counter(spelled)
    home = canonical(feed.home) if feed.home else ""
    told = [address if address != home and times[address] == 1 else "" for address in spelled]
    return [((_mark(item.id), _mark(address)), item) for item, address in zip(feed.items, told, strict=True)]


def _mark(text: str) -> str:
    """A short name for an id or address of any length; "" for none."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=12).hexdigest() if text else ""


def _first(known: Mapping[str, str], listed: int) -> dict[str, str]:
    return dict(list(known.items())[: listed + MARGIN])


def _kept(desk: _Desk) -> dict[int, Arrival]:
    """The arrivals that wait, the newest of each feed, and those dealt with that a feed may list again."""
    waiting: Counter[str] = Counter()
    kept = []
    for arrival in sorted(desk.arrivals.values(), key=lambda one: -one.number):
        waiting[arrival.feeds[0]] += arrival.is_waiting
        if waiting[arrival.feeds[0]] <= MOST_WAITING if arrival.is_waiting else _is_listed(arrival, desk.sources):
            kept.append(arrival)
    return {arrival.number: arrival for arrival in reversed(kept)}


def _is_listed(arrival: Arrival, sources: Mapping[str, Source]) -> bool:
    return any(_mark(arrival.id) in sources[key].known for key in arrival.feeds if key in sources)


def newest_first(arrivals: Iterable[Arrival]) -> tuple[Arrival, ...]:
    return tuple(sorted(arrivals, key=lambda one: (one.when, one.number), reverse=True))


# Dealing with arrivals


def waiting(inbox: Inbox) -> tuple[Arrival, ...]:
    """The arrivals neither added nor dismissed, newest first."""
    return newest_first(one for one in inbox.arrivals.values() if one.is_waiting)


def item(inbox: Inbox, number: int) -> Arrival:
    """The arrival of a number, dealt with or not. Raises ContentError where there is none."""
    if number not in inbox.arrivals:
        had = 0 < number < inbox.next
        message = "is no longer in the inbox" if had else "is no number of the inbox"
        hint = "broadsheet inbox --all lists those it has"
        raise ContentError([Problem(path=str(number), message=message, hint=hint)])
    return inbox.arrivals[number]


def added(inbox: Inbox, number: int, path: str) -> Inbox:
    """The inbox once an arrival is the article at `path`."""
    return _with(inbox, replace(item(inbox, number), path=path))


def dismissed(inbox: Inbox, numbers: Iterable[int]) -> Inbox:
    """The inbox without what an editor does not want. Raises ContentError for a number it has not."""
    arrivals = dict(inbox.arrivals)
    for number in numbers:
        arrivals[number] = replace(item(inbox, number), dismissed=True)
    return replace(inbox, arrivals=arrivals)


def _with(inbox: Inbox, arrival: Arrival) -> Inbox:
    return replace(inbox, arrivals={**inbox.arrivals, arrival.number: arrival})


def numbers(text: str) -> tuple[int, ...]:
    """Numbers as an editor writes them: "12" or "3,5-9". Raises ConfigError."""
    found: list[int] = []
    for part in text.replace(" ", "").split(","):
        ends = re.fullmatch(r"([0-9]{1,9})(?:-([0-9]{1,9}))?", part)
        if not ends or int(ends[2] or ends[1]) < int(ends[1]) or int(ends[2] or 0) - int(ends[1]) > 10_000:
            hint = "write them as in 3,5-9"
            raise ConfigError([Problem(path=text, message=f"{part!r} is no number of the inbox", hint=hint)])
        found += range(int(ends[1]), int(ends[2] or ends[1]) + 1)
    return tuple(dict.fromkeys(found))


# The file


def load(root: Path) -> Inbox:
    """The inbox of a digest's folder; an empty one where there is none yet. Raises ContentError for one damaged."""
    try:
        return parse((root / FILE).read_bytes())
    except FileNotFoundError:
        return Inbox()
    except OSError as error:
        raise ContentError([Problem(path=FILE, message=f"cannot be read: {error.strerror}")]) from error
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        message = f"is damaged: {error or type(error).__name__}"
        hint = "mend it, or delete it: then all that your feeds list is new again, and the numbers begin at 1"
        raise ContentError([Problem(path=FILE, message=message, hint=hint)]) from error


def save(root: Path, inbox: Inbox) -> None:
    """Write an inbox beside the one there is, then in its place. Raises PublishError."""
    try:
        put(root / FILE, dump(inbox))
    except OSError as error:
        raise PublishError([Problem(path=FILE, message=f"cannot be written: {error.strerror}")]) from error


def dump(inbox: Inbox) -> bytes:
    """An inbox as its file has it."""
    data = {
        "format": FORMAT,
        "next": inbox.next,
        "feeds": {key: _source_out(one) for key, one in inbox.sources.items()},
        "articles": [_arrival_out(one) for one in inbox.arrivals.values()],
    }
    # What is no character (a file's name may hold such) is written as JSON escapes it.
    return json.dumps(data, ensure_ascii=False, indent=1).encode("utf-8", "backslashreplace") + b"\n"


def parse(data: bytes) -> Inbox:
    """A file's bytes to the inbox. Raises ValueError, TypeError, LookupError or AttributeError for others."""
    read = json.loads(data)
    if read["format"] != FORMAT:
        raise ValueError(f"its format is {read['format']!r}, and this version of Broadsheet knows {FORMAT}")
    arrivals = {one.number: one for one in map(_arrival_in, read["articles"])}
    following = _whole(read["next"])
    if any(not 0 < number < following for number in arrivals):
        raise ValueError("a number in it is not below the next")
    sources = {key: _source_in(one) for key, one in read["feeds"].items()}
    return Inbox(next=following, sources=sources, arrivals=arrivals)


def _source_out(source: Source) -> dict[str, Any]:
    return {
        "title": source.title, "etag": source.etag, "last_modified": source.last_modified,
        "known": " ".join(f"{mark}:{address}" for mark, address in source.known.items()),
    }  # fmt: skip


def _source_in(data: Mapping[str, Any]) -> Source:
    pairs = (pair.partition(":") for pair in _text(data["known"]).split())
    return Source(
        title=_text(data["title"]), etag=_text(data["etag"]), last_modified=_text(data["last_modified"]),
        known={mark: address for mark, _, address in pairs},
    )  # fmt: skip


def _arrival_out(arrival: Arrival) -> dict[str, Any]:
    told: dict[str, Any] = {
        "number": arrival.number, "title": arrival.title, "address": arrival.address, "id": arrival.id,
        "date": arrival.date.isoformat() if arrival.date else None, "seen": arrival.seen.isoformat(),
        "feeds": list(arrival.feeds),
    }  # fmt: skip
    return told | ({"path": arrival.path} if arrival.path else {}) | ({"dismissed": True} if arrival.dismissed else {})


def _arrival_in(data: Mapping[str, Any]) -> Arrival:
    date, seen = data["date"], datetime.fromisoformat(data["seen"])
    if seen.tzinfo is None:
        raise ValueError("a moment in it has no zone")
    if not data["feeds"]:
        raise ValueError("an article in it is of no feed")
    return Arrival(
        number=_whole(data["number"]), feeds=tuple(map(_text, data["feeds"])), id=_text(data["id"]),
        address=_text(data["address"]), title=_text(data["title"]), seen=seen,
        date=datetime.fromisoformat(date) if date else None, path=_text(data.get("path", "")),
        dismissed=data.get("dismissed") is True,
    )  # fmt: skip


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.40} stands where a text should")
    return value


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise TypeError(f"{value!r:.40} stands where a number should")
    return value
