"""Feeds that changed since the last time, told to the site's WebSub hub (https://www.w3.org/TR/websub/)."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from broadsheet import __version__
from broadsheet.config import Config
from broadsheet.errors import ConfigError, Problem, PublishError
from broadsheet.feeds import topic
from broadsheet.files import replace
from broadsheet.publish import MARK, read_manifest
from broadsheet.views import FEED_FILES

STATE = "pinged.json"
"""The file beside the manifest that says what the hub was told last."""

PATIENCE = 20
"""Seconds that a hub may take to answer."""

ENOUGH = 3
"""Refusals in a row after which the hub is left alone."""

LONGEST_ANSWER = 10_000
"""Bytes of a hub's answer that are read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A feed that the hub is to be told of: its file, the address it goes by, and the digest of its bytes."""

    file: str
    topic: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of telling the hub of a feed: `problem` is None where it took note."""

    feed: Changed
    problem: Problem | None = None


def changed_feeds(output: Path, config: Config, wanted: Sequence[str] = ()) -> tuple[Changed, ...]:
    """The built feeds that the hub does not know as they are; with `wanted` those, changed or not.

    `wanted` are addresses or paths of feeds, or of pages for all feeds of each.
    Raises ConfigError where there are none such, PublishError where the output
    folder cannot be read.
    """
    built = tuple(
        Changed(file=file, topic=topic(f"/{file}", config), digest=one.digest)
        for file, one in sorted(read_manifest(output).files.items())
        if file.rsplit("/", 1)[-1] in FEED_FILES.values()
    )
    if not built:
        problem = Problem(path=str(output), message="holds no feeds yet", hint="build the site first: broadsheet build")
        raise ConfigError([problem])
    if wanted:
        return _chosen(built, wanted, config)
    known = _told(output, config.feed.hub)
    return tuple(one for one in built if known.get(one.file) != one.digest)


def _chosen(built: tuple[Changed, ...], wanted: Sequence[str], config: Config) -> tuple[Changed, ...]:
    named: dict[str, list[Changed]] = {}
    for one in built:
        page = one.file.rpartition("/")[0]
        for name in (one.file, one.topic, page, topic(f"/{page}", config)):
            named.setdefault(name.strip("/"), []).append(one)
    missing = [name for name in wanted if name.strip("/") not in named]
    if missing:
        raise ConfigError(_no_feed(name, named) for name in missing)
    return tuple(dict.fromkeys(one for name in wanted for one in named[name.strip("/")]))


def _no_feed(name: str, named: Iterable[str]) -> Problem:
    near = difflib.get_close_matches(name.strip("/"), list(named), 1)
    hint = f"did you mean {near[0] or '/'}?" if near else "the page /feeds/ lists every feed"
    return Problem(path=name, message="is no feed of this site", hint=hint)


# What the hub knows ----------------------------------------------------------------------------------


def _told(output: Path, hub: str) -> dict[str, str]:
    """The digest of each feed that this hub was told of last. A file that cannot be read tells nothing."""
    try:
        data = json.loads((output / MARK / STATE).read_bytes())
        files = data["files"] if data["hub"] == hub else {}
        return {str(name): str(digest) for name, digest in files.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def remember(output: Path, hub: str, told: Iterable[Changed]) -> None:
    """Note what a hub was told, and forget feeds that are no more. Raises PublishError."""
    known = _told(output, hub) | {one.file: one.digest for one in told}
    there = read_manifest(output).files
    files = {name: known[name] for name in sorted(known) if name in there}
    file = output / MARK / STATE
    try:
        replace(file, json.dumps({"hub": hub, "files": files}, indent=0, ensure_ascii=False).encode())
    except OSError as error:
        message = f"cannot be written: {error.strerror or error}"
        raise PublishError([Problem(path=str(file), message=message)]) from error


# Telling ---------------------------------------------------------------------------------------------


def tell(feeds: Sequence[Changed], config: Config, *, patience: float = PATIENCE) -> Iterator[Answer]:
    """Tell the hub of feeds, one after the other; ends early where it cannot be reached or refuses again and again.

    `patience` is how many seconds it may take to answer.
    """
    refused = 0
    for feed in feeds:
        try:
            problem = _post(config, feed.topic, patience)
        except (OSError, HTTPException, ValueError, OverflowError) as error:
            yield Answer(feed=feed, problem=_unreached(config.feed.hub, error))
            return
        yield Answer(feed=feed, problem=problem)
        refused = refused + 1 if problem else 0
        if refused == ENOUGH:
            return


def _post(config: Config, topic: str, patience: float) -> Problem | None:
    parts = urlsplit(config.feed.hub)
    kind = HTTPSConnection if parts.scheme.lower() == "https" else HTTPConnection
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    # Hubs differ in what they call the feed: the older ask for hub.url, some of the newer for hub.topic.
    body = urlencode({"hub.mode": "publish", "hub.url": topic, "hub.topic": topic})
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "User-Agent": f"Broadsheet/{__version__} (+{config.base_url})",
        "Connection": "close",
    }
    with closing(kind(parts.netloc, timeout=patience)) as connection:
        connection.request("POST", path, body, headers)
        return _refusal(connection.getresponse(), topic)


def _refusal(answer: HTTPResponse, topic: str) -> Problem | None:
    if 200 <= answer.status < 300:
        return None
    said = answer.read(LONGEST_ANSWER).decode("utf-8", "replace").strip().split("\n")[0]
    words = f"{answer.status} {answer.reason}".strip() + (f", {said[:200]}" if said else "")
    return Problem(path=topic, message=f"the hub answered {words}", hint=_advice(answer))


def _advice(answer: HTTPResponse) -> str:
    if 300 <= answer.status < 400:
        return f"it has moved to {answer.headers['Location']}: name that below [feed]"
    if answer.status >= 500 or answer.status in (408, 429):
        return "try again later; this feed stays to be told of"
    return "see that the hub takes feeds of this site, and that the site is published where base_url says"


def _unreached(hub: str, error: Exception) -> Problem:
    if isinstance(error, TimeoutError):
        words = "does not answer"
    else:
        words = f"cannot be reached: {getattr(error, 'strerror', None) or error or type(error).__name__}"
    return Problem(path=hub, message=words, hint="try again later; nothing that it was not told is forgotten")
