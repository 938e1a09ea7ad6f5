"""The nouns: what a digest is made of, as its editor wrote it and as it is published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

Value = str | list["Value"] | dict[str, "Value"]


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
    body: str = ""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One file below content/pages: a free page such as "About"."""

    path: str
    title: str
    slug: str
    body: str = ""
    url: str = ""
    aliases: tuple[str, ...] = ()
    summary: str = ""
    updated: datetime | None = None
    draft: bool = False
    weight: int = 0
    lang: str = ""
    template: str = ""
    extra: Mapping[str, Value] = field(default_factory=dict, hash=False)


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
    body: str = ""
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
    markdown: str
    links: tuple[tuple[str, str], ...] = ()
    pictures: tuple[tuple[str, Picture], ...] = ()


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
