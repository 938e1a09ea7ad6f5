"""A web address to what its server answers, asked for politely."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from email.message import Message
from email.utils import parsedate_to_datetime
from functools import cache, partial
from urllib.parse import urljoin

from broadsheet.capture import robots
from broadsheet.capture.guard import SAVE_IT, FetchError, Guard, Judged, Place, judge
from broadsheet.capture.magic import picture_type
from broadsheet.capture.robots import Robots
from broadsheet.capture.wire import MB, Answer, Connect, Line, Request, ask, connect, trust

REDIRECTS = (301, 302, 303, 307, 308)
WORDS = {
    400: "bad request",
    401: "it wants a password",
    402: "it wants to be paid",
    403: "it does not let programs in",
    404: "not found",
    410: "gone for good",
    429: "too many requests",
    451: "withheld for legal reasons",
    500: "the server failed",
    502: "the server failed",
    503: "out of service",
    504: "the server failed",
}
CLOSED = "programs are to stay away while its robots.txt cannot be read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a fetch may cost: seconds, steps, and the bytes of a robots.txt that are read."""

    connect: float = 10
    silence: float = 20
    total: float = 60
    redirects: int = 10
    robots_redirects: int = 5
    robots_size: int = 500_000
    longest_wait: float = 10
    pause: float = 0.5
    """Between two visits to one host, where its robots.txt does not ask for more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """What is asked for: its name, what its media types begin with, the most bytes it may have."""

    noun: str
    accept: str
    types: tuple[str, ...]
    size: int


TEXTS = ("text/", "application/xhtml+xml", "application/xml", "application/json", "application/octet-stream")
FEEDS = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
PAGE = Want(
    noun="page",
    accept="text/html, application/xhtml+xml, text/plain;q=0.5, */*;q=0.1",
    types=(*TEXTS, *FEEDS, "multipart/related", "message/rfc822"),
    size=10 * MB,
)
FEED = Want(
    noun="feed",
    accept="application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.1",
    types=(*TEXTS, *FEEDS, "application/x-", "application/opml+xml"),
    size=10 * MB,
)
PICTURE = Want(
    noun="picture",
    accept="image/webp, image/avif, image/jpeg, image/png, image/gif, */*;q=0.1",
    types=(),
    size=20 * MB,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What a server answered. `address` is where the redirects ended; `media_type` and `charset` are "" where unsaid.

    `unchanged`, and no data, where the `etag` or `last_modified` of an earlier answer still hold.
    """

    address: str
    media_type: str = ""
    charset: str = ""
    data: bytes = field(default=b"", repr=False)
    etag: str = ""
    last_modified: str = ""
    unchanged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Errand:
    """One fetch: the address it was begun with, what is wanted, since when, and when it must be over."""

    address: str
    want: Want
    conditions: dict[str, str]
    until: float = 0


class Fetcher:
    """Fetches for one run. It remembers each origin's robots.txt, and when each host was visited last.

    Threads may share it; no host is asked for two things at once. `authorities`
    is a file of certificates to trust in place of Mozilla's. There are no
    cookies, no passwords, and no proxies.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        guard: Guard,
        monotonic: Callable[[], float],
        sleep: Callable[[float], None],
        limits: Limits | None = None,
        authorities: str = "",
        connect: Connect = connect,
    ) -> None:
        self.user_agent, self.guard, self.limits = user_agent, guard, limits or Limits()
        self.monotonic, self.sleep = monotonic, sleep
        self._line = Line(
            monotonic=monotonic,
            trust=cache(partial(trust, authorities)),
            connect=connect,
            connect_timeout=self.limits.connect,
            silence_timeout=self.limits.silence,
        )
        self._robots: dict[str, Robots] = {}
        self._visits: dict[str, float] = {}
        self._turns: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def fetch(self, address: str, want: Want = PAGE, *, etag: str = "", last_modified: str = "") -> Fetched:
        """What an address holds, after redirects. Raises FetchError, in plain words, for everything else.

        With the `etag` or `last_modified` of an earlier answer the server may say that nothing has changed.
        """
        errand = _Errand(address=address, want=want, conditions=_conditions(etag, last_modified))
        place, answer = self._follow(errand)
        if answer.status == 304:
            return Fetched(address=place.address, etag=etag, last_modified=last_modified, unchanged=True)
        return _fetched(errand, place, answer)

    def _headers(self, accept: str) -> dict[str, str]:
        return {
            "User-Agent": self.user_agent,
            "Accept": accept,
            "Accept-Encoding": "gzip, deflate",
            "Connection": "close",
        }

    def _follow(self, errand: _Errand) -> tuple[Place, Answer]:
        """The place where redirects end. Each step is judged like the first, and asks robots.txt anew."""
        judged = judge(errand.address, self.guard)
        seen: set[str] = set()
        spent = 0.0
        while True:
            place = judged.place
            seen.add(place.address)
            with self._turn(place.host):
                begin = self.monotonic()
                answer = self._visit(replace(errand, until=begin + self.limits.total - spent), judged)
                spent += self.monotonic() - begin
            if answer.status not in REDIRECTS:
                return place, answer
            judged = self._next(errand, place, answer)
            if judged.place.address in seen:
                raise FetchError(errand.address, "redirects in a circle", SAVE_IT)
            if len(seen) > self.limits.redirects:
                raise FetchError(errand.address, f"redirects more than {self.limits.redirects} times", SAVE_IT)

    def _next(self, errand: _Errand, place: Place, answer: Answer) -> Judged:
        there = _location(place, answer.headers)
        if not there:
            raise FetchError(errand.address, "redirects, but does not say where to", SAVE_IT)
        try:
            judged = judge(there, self.guard)
        except FetchError as error:
            problem = error.problems[0]
            raise FetchError(errand.address, f"redirects to {there[:120]}, which {problem.message}", SAVE_IT) from error
        if place.scheme == "https" and judged.place.scheme == "http":
            hint = "on the way there anybody could change it; if that does not matter, add that address"
            raise FetchError(errand.address, f"redirects to {there[:120]}, which is not encrypted", hint)
        return judged

    # A visit

    @contextmanager
    def _turn(self, host: str) -> Iterator[None]:
        with self._lock:
            turn = self._turns.setdefault(host, threading.Lock())
        with turn:
            yield

    def _visit(self, errand: _Errand, judged: Judged) -> Answer:
        """What one place answers, if its robots.txt lets us ask; after a wait if it asks for one."""
        place = judged.place
        rules = self._rules(errand, judged)
        if rules.closed:
            raise FetchError(errand.address, rules.closed, SAVE_IT)
        if not robots.allows(rules, place.address):
            raise FetchError(errand.address, f"the robots.txt of {place.host} asks programs not to read it", SAVE_IT)
        self._pause(place.host, robots.delay(rules))
        answer = self._ask(errand, judged)
        if answer.status in (429, 503) and (wait := _wait(answer.headers)) <= self.limits.longest_wait:
            self.sleep(wait)
            answer = self._ask(errand, judged)
        self._visits[place.host] = self.monotonic()
        return _welcome(errand, answer)

    def _ask(self, errand: _Errand, judged: Judged) -> Answer:
        return ask(
            Request(
                name=errand.address,
                judged=judged,
                headers=self._headers(errand.want.accept) | errand.conditions,
                size=errand.want.size,
                until=errand.until,
            ),
            self._line,
        )

    def _pause(self, host: str, delay: float) -> None:
        if host not in self._visits:
            return
        wanted = max(self.limits.pause, min(delay, self.limits.longest_wait))
        left = self._visits[host] + wanted - self.monotonic()
        if left > 0:
            self.sleep(left)

    # robots.txt

    def _rules(self, errand: _Errand, judged: Judged) -> Robots:
        origin = judged.place.origin
        if origin not in self._robots:
            self._robots[origin] = self._read_robots(errand, judged)
        return self._robots[origin]

    def _read_robots(self, errand: _Errand, judged: Judged) -> Robots:
        """RFC 9309, 2.3.1: what is not there forbids nothing, what fails forbids all. Not asked for twice."""
        product = self.user_agent.split("/")[0].lower()
        here = replace(judged, place=replace(judged.place, target="/robots.txt"))
        for _ in range(self.limits.robots_redirects + 1):
            answer = self._ask_robots(errand, here)
            if answer.status == 200:
                return robots.read(answer.data.decode("utf-8-sig", "replace"), product)
            if answer.status >= 500 or answer.status == 429:
                return Robots(product=product, closed=f"{CLOSED}: it answers {answer.status}")
            if answer.status not in REDIRECTS:
                break
            here = self._next(errand, here.place, answer)
        return Robots(product=product)

    def _ask_robots(self, errand: _Errand, judged: Judged) -> Answer:
        request = Request(
            name=errand.address,
            judged=judged,
            headers=self._headers("text/plain, */*;q=0.1"),
            size=self.limits.robots_size,
            until=errand.until,
            cut=True,
        )
        return ask(request, self._line)


# What headers say


def _conditions(etag: str, last_modified: str) -> dict[str, str]:
    """Headers from an earlier answer, which may have been tampered with since."""
    pairs = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in pairs.items() if _is_plain(value)}


def _is_plain(value: str) -> bool:
    return re.fullmatch(r"[\x20-\x7e]{1,500}", value) is not None


def _location(place: Place, headers: Message) -> str:
    """Where a redirect leads; servers send UTF-8 there, which http.client reads as Latin-1."""
    text = headers.get("location", "").strip()
    with suppress(UnicodeError):
        text = text.encode("latin-1").decode("utf-8")
    try:
        return urljoin(place.address, text) if text else ""
    except ValueError:
        return text


def _wait(headers: Message) -> float:
    """Seconds to wait before another try, by the server's own clock; endless where it does not say."""
    text = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        return int(text)
    try:
        then, now = parsedate_to_datetime(text), parsedate_to_datetime(headers.get("date", ""))
        return max(0.0, (then - now).total_seconds())
    except (TypeError, ValueError, OverflowError):
        return float("inf")


def _welcome(errand: _Errand, answer: Answer) -> Answer:
    """An answer that can be used, or followed."""
    status = answer.status
    if status == 200 or status in REDIRECTS or (status == 304 and errand.conditions):
        return answer
    hint = SAVE_IT if status in (401, 402, 403, 451) else "try again later" if status in (429, 503) else ""
    raise FetchError(errand.address, f"answers {status}: {WORDS.get(status, 'no page')}", hint)


def _fetched(errand: _Errand, place: Place, answer: Answer) -> Fetched:
    headers = answer.headers
    if not answer.data:
        raise FetchError(errand.address, f"answers with an empty {errand.want.noun}", SAVE_IT)
    return Fetched(
        address=place.address,
        media_type=_media_type(errand, answer),
        charset=(headers.get_content_charset() or "")[:40],
        data=answer.data,
        etag=_plain_header(headers, "etag"),
        last_modified=_plain_header(headers, "last-modified"),
    )


def _plain_header(headers: Message, name: str) -> str:
    value = headers.get(name, "").strip()
    return value if _is_plain(value) else ""


def _media_type(errand: _Errand, answer: Answer) -> str:
    """What a page or feed is said to be; what a picture is, as servers often say that wrongly."""
    said = answer.headers.get_content_type() if answer.headers.get("content-type", "").strip() else ""
    picture = picture_type(answer.data)
    if errand.want is PICTURE and picture:
        return picture
    if errand.want is PICTURE or (said and not said.startswith(errand.want.types)):
        raise FetchError(errand.address, f"is no {errand.want.noun}, but {said or 'something unknown'}")
    return said
