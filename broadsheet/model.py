"""The nouns: what a digest is made of, as its editor wrote it and as it is published."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    Value = str | list["Value"] | dict[str, "Value"]
else:
    # What is read back from the cache is checked against the types of its fields, where one in terms of itself is none.
    Value = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a text without reading it again.

    `words` and `letters` count, `opening` is its first words as plain text (""
    where a summary stands for them), `targets` the relative addresses that it may
    name, as typed.
    """

    words: int
    letters: int
    opening: str
    targets: tuple[str, ...]


class Text:
    """Markdown below the header of a file: two are equal when their `digest` is.

    Read from where it lies each time that `markdown` is asked for, unless it is
    held; `facts` are None where nobody has looked. Pickled with all of it, so
    that another machine has what this one can read.
    """

    __slots__ = ("digest", "facts", "origin")

    def __init__(
        self, origin: str | Callable[[], str] = "", *, digest: str = "", facts: Facts | None = None
    ) -> None:
        self.origin, self.facts = origin, facts
        self.digest = digest or digest_of(self.markdown)

    @property
    def markdown(self) -> str:
        return self.origin if isinstance(self.origin, str) else self.origin()

    def __reduce__(self) -> tuple[object, ...]:
        return _text, (self.markdown, self.digest, self.facts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"Text(digest={self.digest!r})"


def digest_of(text: str) -> str:
    """32 hexadecimal digits that stand for a text: its BLAKE2b."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _text(markdown: str, digest: str, facts: Facts | None) -> Text:
    return Text(markdown, digest=digest, facts=facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Whom an article digests. `name` is never empty: without one it is the host of `url`."""

    name: str
    url: str = ""
    author: str = ""
    published: datetime | None = None
    license: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An article's picture as front matter names it.

    `path` is a file beside the article, a `/path` of the site, or a web address.
    """

    path: str
    alt: str = ""
    caption: str = ""
    credit: str = ""
    credit_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    date: datetime
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One file below content/articles.

    `path` is relative to the content folder, with forward slashes. Every
    datetime carries a zone. `slug` is always set (front matter, else the file's
    name); `url` only where front matter fixes it. A captured draft whose date is
    not known yet has that of `captured_at`. `content_hash` names the raw capture;
    `review` is what an editor should look at before it is published.
    """

    path: str
    title: str
    date: datetime
    slug: str
    text: Text = field(default_factory=Text)
    id: str = ""
    updated: datetime | None = None
    publish_date: datetime | None = None
    expiry_date: datetime | None = None
    draft: bool = False
    url: str = ""
    aliases: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    section: str = ""
    summary: str = ""
    dek: str = ""
    authors: tuple[str, ...] = ()
    source: Source | None = None
    canonical_url: str = ""
    image: Image | None = None
    archive_url: str = ""
    corrections: tuple[Correction, ...] = ()
    story: str = ""
    weight: int = 0
    pinned: bool = False
    lang: str = ""
    template: str = ""
    captured_at: datetime | None = None
    content_hash: str = ""
    review: tuple[str, ...] = ()
    extra: Mapping[str, Value] = field(default_factory=dict, hash=False)

    @property
    def body(self) -> str:
        """Its Markdown."""
        return self.text.markdown


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One file below content/pages: a free page such as "About"."""

    path: str
    title: str
    slug: str
    text: Text = field(default_factory=Text)
    url: str = ""
    aliases: tuple[str, ...] = ()
    summary: str = ""
    updated: datetime | None = None
    draft: bool = False
    weight: int = 0
    lang: str = ""
    template: str = ""
    extra: Mapping[str, Value] = field(default_factory=dict, hash=False)

    @property
    def body(self) -> str:
        """Its Markdown."""
        return self.text.markdown


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionSection:
    """A part of an edition; `articles` are names: a path below content/articles, or a slug."""

    title: str
    articles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One file below content/editions: a dated issue, its note in `body`."""

    path: str
    title: str
    date: datetime
    slug: str
    sections: tuple[EditionSection, ...] = ()
    text: Text = field(default_factory=Text)
    number: str = ""
    series: str = ""
    summary: str = ""
    url: str = ""
    aliases: tuple[str, ...] = ()
    updated: datetime | None = None
    publish_date: datetime | None = None
    expiry_date: datetime | None = None
    draft: bool = False
    lang: str = ""
    template: str = ""
    extra: Mapping[str, Value] = field(default_factory=dict, hash=False)

    @property
    def body(self) -> str:
        """Its Markdown."""
        return self.text.markdown


@dataclass(frozen=True, slots=True, kw_only=True)
class TagDefinition:
    """A tag as content/tags.yaml defines it."""

    name: str
    slug: str
    description: str = ""
    aliases: tuple[str, ...] = ()
    parent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFile:
    """A file that is published: a picture without its metadata, all else as it is.

    `path` is relative to its folder, `file` where it lies on disk, `digest` a
    hash of the bytes that are published, `size` their number; `width` and
    `height` are pixels, 0 where the file is not a picture that can be measured.
    `scalable` is a picture that can be made smaller: still, and of fair size.
    """

    path: str
    file: str = field(repr=False)
    digest: str
    size: int
    type: str
    width: int = 0
    height: int = 0
    scalable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Everything below content/ and static/, read. `unread` are the paths of files with errors."""

    articles: tuple[Article, ...] = ()
    pages: tuple[Page, ...] = ()
    editions: tuple[Edition, ...] = ()
    tags: tuple[TagDefinition, ...] = ()
    media: Mapping[str, MediaFile] = field(default_factory=dict, hash=False)
    static: Mapping[str, MediaFile] = field(default_factory=dict, hash=False)
    unread: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    name: str
    slug: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """A source as a page of its own: everything digested from it."""

    name: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """One who writes for this digest, as a page of its own."""

    name: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A picture made smaller: `width` in pixels, `type` a media type."""

    url: str
    width: int
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture as a page shows it.

    `url` is a path of this site or a web address; `width` and `height` are
    pixels (0 unknown), `type` a media type and `size` bytes ("" and 0 for a
    picture on another host). `variants` are its smaller sizes, narrow to wide,
    in one modern format; `src` is what a browser shows that knows none of them.
    """

    url: str
    alt: str = ""
    caption: str = ""
    credit: str = ""
    credit_url: str = ""
    width: int = 0
    height: int = 0
    type: str = ""
    size: int = 0
    variants: tuple[Variant, ...] = ()
    fallback: str = ""

    @property
    def src(self) -> str:
        return self.fallback or self.url


@dataclass(frozen=True, slots=True, kw_only=True)
class Teaser:
    """What a list shows of an article.

    `minutes` is the reading time; `mark` says in words why an article that the
    preview shows would be held back ("" when it would not).
    """

    url: str
    title: str
    date: datetime
    summary: str = ""
    dek: str = ""
    section: str = ""
    authors: tuple[Author, ...] = ()
    source: Source | None = None
    publisher: Publisher | None = None
    tags: tuple[Tag, ...] = ()
    image: Picture | None = None
    minutes: int = 1
    pinned: bool = False
    lang: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """Markdown, the page it stands on, and what its relative links and pictures lead to.

    `links` maps each target as typed to a path of the site ("" for a page that
    is held back); `pictures` the same for image files.
    """

    path: str
    url: str
    text: Text
    links: tuple[tuple[str, str], ...] = ()
    pictures: tuple[tuple[str, Picture], ...] = ()

    @property
    def markdown(self) -> str:
        return self.text.markdown


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedArticle:
    """An article that this build publishes, with its address. `id` names it in feeds for ever."""

    article: Article
    teaser: Teaser
    body: Body
    id: str

    @property
    def url(self) -> str:
        return self.teaser.url

    @property
    def changed(self) -> datetime:
        """When readers last had something new of it."""
        return max(self.article.date, self.article.updated or self.article.date)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedPage:
    page: Page
    url: str
    body: Body
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedSection:
    title: str
    articles: tuple[Teaser, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedEdition:
    edition: Edition
    url: str
    sections: tuple[PublishedSection, ...]
    body: Body
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBack:
    """What this build leaves out: `reason` in words, `until` when that ends (None: only by an edit)."""

    path: str
    reason: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggedArticles:
    tag: Tag
    description: str
    parent: Tag | None
    articles: tuple[PublishedArticle, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublisherArticles:
    publisher: Publisher
    articles: tuple[PublishedArticle, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorArticles:
    author: Author
    articles: tuple[PublishedArticle, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallerPicture:
    """A variant of a picture, or its fallback, as a file to make of `file`."""

    url: str
    file: MediaFile
    width: int
    format: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What is published at the moment `now`, in order: articles newest first."""

    now: datetime
    articles: tuple[PublishedArticle, ...]
    tags: tuple[TaggedArticles, ...]
    publishers: tuple[PublisherArticles, ...]
    authors: tuple[AuthorArticles, ...]
    editions: tuple[PublishedEdition, ...]
    pages: tuple[PublishedPage, ...]
    media: tuple[tuple[str, MediaFile], ...]
    pictures: tuple[SmallerPicture, ...]
    static: tuple[tuple[str, MediaFile], ...]
    held_back: tuple[HeldBack, ...]
    next_due: datetime | None = None
