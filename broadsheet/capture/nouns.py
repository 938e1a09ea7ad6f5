"""The nouns of capturing: what came in, what was found in it, what was left of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Generic[Value]):
    """A value and where it was found, in the words the report prints: "JSON-LD", "OpenGraph", "text"."""

    value: Value
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPicture:
    """A picture of the page; `address` is absolute, a data: address, or as written where no base is known."""

    address: str
    alt: str = ""
    caption: str = ""
    credit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of an article besides its body; None where nothing was found, never invented.

    A datetime without a zone had none on the page, and one at midnight without a
    zone may be a bare day.
    """

    title: Found[str] | None = None
    dek: Found[str] | None = None
    authors: Found[tuple[str, ...]] | None = None
    date: Found[datetime] | None = None
    updated: Found[datetime] | None = None
    source: Found[str] | None = None
    canonical_url: Found[str] | None = None
    image: Found[FoundPicture] | None = None
    tags: Found[tuple[str, ...]] | None = None
    lang: Found[str] | None = None
    license: Found[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """A page, a text or a feed as it came, before anything in it was understood or trusted.

    `name` is what the editor called it (a path, an address, "-"), `address` the
    page's own address where it is known (after redirects), `media_type` and
    `charset` what its sender said of it, both "" where nobody did. `known` is what
    the feed that named it said of it.
    """

    name: str
    data: bytes = field(repr=False)
    address: str = ""
    media_type: str = ""
    charset: str = ""
    known: Facts = field(default_factory=Facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph, heading, list, quotation, table, picture or code of the story.

    `text` is what a reader would read aloud (a picture's caption is none of it),
    `markdown` how the article's file holds it.
    """

    text: str
    markdown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """What was left out and why. `line` counts from 1: lines of a text, blocks of a page."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The story, in order, and what stood around it. `confidence` is 0 to 1: how sure we are to have just that."""

    blocks: tuple[Block, ...]
    dropped: tuple[Dropped, ...]
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """How often lines recur in other captures of one source: evidence of furniture, never proof.

    `counts` maps the key of a line (`repeats.key`) to the number of other
    captures that hold it; `captures` is how many captures were looked at.
    """

    counts: dict[str, int] = field(default_factory=dict, hash=False)
    captures: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """An editor's rules for one site.

    `drop_lines` and `keep_lines` are lines as they read (`*` stands for
    anything); the others are CSS selectors, for pages only.
    """

    drop_lines: tuple[str, ...] = ()
    keep_lines: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    title: str = ""
    dek: str = ""
    author: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """A capture, understood: `kind` is "page" or "text"; `doubts` say in words what an editor should look at.

    `parts` are pictures that came inside the capture, by the address the page has for them.
    """

    kind: str
    facts: Facts
    body: Body
    doubts: tuple[str, ...] = ()
    parts: Mapping[str, bytes] = field(default_factory=dict, hash=False, repr=False)
