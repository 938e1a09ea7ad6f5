"""What the site's outputs are made of: the views templates are shown, and everything else that becomes a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from broadsheet.model import (
    Author,
    Body,
    MediaFile,
    Picture,
    PublishedArticle,
    PublishedEdition,
    PublishedPage,
    Publisher,
    Tag,
    Teaser,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    title: str
    url: str
    lang: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A page of the site's own: `word` is the key of its name in the translation file."""

    word: str
    url: str


FEED_FILES = {"rss": "rss.xml", "atom": "atom.xml", "json": "feed.json"}
"""What the feeds of a page are called beside it, by format."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLink:
    """`format` is rss, atom or json."""

    format: str
    url: str

    @property
    def name(self) -> str:
        return {"rss": "RSS", "atom": "Atom", "json": "JSON Feed"}[self.format]

    @property
    def type(self) -> str:
        return "application/feed+json" if self.format == "json" else f"application/{self.format}+xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A link with the number of articles behind it."""

    title: str
    url: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """Articles of a month, or of a year where `month` is 0; `height` is 0 to 20, 20 being the tallest of its chart.

    `url` is the page of that time, "" where it has none.
    """

    year: int
    month: int
    count: int
    height: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What every page shows around itself. Templates know it as `site`.

    `navigation` and `more` name the site's own pages, for the head and the foot;
    `pages` the free ones. `files` maps each file in static/ that pages refer to
    to its address with a mark of its version, so that browsers fetch it anew
    when it changes. `card` is the picture that stands for the whole site, None
    without one. `search` and `offline` say whether the site has them; `hub` is
    the address of its WebSub hub, "" without one.
    """

    title: str
    description: str
    language: str
    base_url: str
    author: str
    navigation: tuple[Place, ...]
    more: tuple[Place, ...]
    pages: tuple[Link, ...]
    feeds: tuple[FeedLink, ...]
    files: tuple[tuple[str, str], ...]
    card: Picture | None = None
    search: bool = False
    offline: bool = False
    hub: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLink:
    number: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pagination:
    """`number` counts from 1; `newer` and `older` are addresses, "" at the ends.

    `pages` leads to all pages, or where these are very many to those near and
    to some of the others.
    """

    number: int
    total: int
    newer: str
    older: str
    pages: tuple[PageLink, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The articles of one day, at midnight of which `date` is."""

    date: datetime
    articles: tuple[Teaser, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    title: str
    articles: tuple[Teaser, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionSummary:
    title: str
    url: str
    date: datetime
    number: str
    series: str
    summary: str
    count: int
    lang: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontPage:
    """`top` are the stories beside the lead; `days` those of the rest; all three are of this page of the pagination.

    `sections` has the newest of the largest sections that stand nowhere else on
    the page. `as_of` is when readers last had something new.
    """

    lead: Teaser | None
    top: tuple[Teaser, ...]
    days: tuple[Day, ...]
    sections: tuple[Section, ...]
    edition: EditionSummary | None
    as_of: datetime | None
    pagination: Pagination


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticlePage:
    """`story` are others' reports of the same story, `editions` the issues that carry the article.

    `repeated` says whether something else on the site has the same title.
    `card` is the picture that social networks show, None without one; `text`
    the address of the plain-text edition, "" without one.
    """

    published: PublishedArticle
    previous: Link | None
    next: Link | None
    related: tuple[Teaser, ...]
    story: tuple[Teaser, ...]
    editions: tuple[Link, ...]
    card: Picture | None
    text: str
    repeated: bool

    @property
    def body(self) -> Body:
        return self.published.body


@dataclass(frozen=True, slots=True, kw_only=True)
class TagPage:
    tag: Tag
    description: str
    parent: Tag | None
    children: tuple[Tag, ...]
    count: int
    articles: tuple[Teaser, ...]
    feeds: tuple[FeedLink, ...]
    bars: tuple[Bar, ...]
    pagination: Pagination


@dataclass(frozen=True, slots=True, kw_only=True)
class TagIndex:
    tags: tuple[Count, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePage:
    publisher: Publisher
    count: int
    articles: tuple[Teaser, ...]
    feeds: tuple[FeedLink, ...]
    bars: tuple[Bar, ...]
    pagination: Pagination


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceIndex:
    sources: tuple[Count, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorPage:
    author: Author
    count: int
    articles: tuple[Teaser, ...]
    bars: tuple[Bar, ...]
    pagination: Pagination


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorIndex:
    authors: tuple[Count, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionPage:
    """`canonical` is the edition's own address, which /latest/ differs from; `whole` that of its print run.

    `series` leads to its series, and `feeds` are those of that, or of all
    editions. `repeated` says whether something else on the site has the same
    title.
    """

    published: PublishedEdition
    canonical: str
    whole: str
    text: str
    series: Link | None
    repeated: bool
    feeds: tuple[FeedLink, ...]
    card: Picture | None
    previous: Link | None
    next: Link | None

    @property
    def body(self) -> Body:
        return self.published.body


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeSection:
    title: str
    articles: tuple[PublishedArticle, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeEdition:
    """An edition with the full text of its articles, to be printed in one run; a large one in several parts.

    `older` in its pagination is the next part, `newer` the one before.
    """

    published: PublishedEdition
    sections: tuple[WholeSection, ...]
    pagination: Pagination

    @property
    def body(self) -> Body:
        return self.published.body


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionIndex:
    """All editions; `series` are links to the pages of each series."""

    editions: tuple[EditionSummary, ...]
    series: tuple[Link, ...]
    feeds: tuple[FeedLink, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesPage:
    title: str
    editions: tuple[EditionSummary, ...]
    feeds: tuple[FeedLink, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """`month` counts from 1."""

    year: int
    month: int
    url: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """`bars` has all twelve months, those without articles too."""

    year: int
    url: str
    count: int
    months: tuple[Month, ...]
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    years: tuple[Year, ...]
    count: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class YearPage:
    year: Year
    newer: Link | None
    older: Link | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthPage:
    month: Month
    year: Link
    newer: Month | None
    older: Month | None
    days: tuple[Day, ...]
    pagination: Pagination


@dataclass(frozen=True, slots=True, kw_only=True)
class FreePage:
    published: PublishedPage

    @property
    def body(self) -> Body:
        return self.published.body


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """`index` is the address below which the search index lies."""

    index: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSet:
    """The feeds of one page in all formats."""

    title: str
    page: str
    feeds: tuple[FeedLink, ...]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedIndex:
    """Every feed there is: of the site, its editions and their series, its tags and its sources."""

    site: FeedSet
    editions: tuple[FeedSet, ...]
    tags: tuple[FeedSet, ...]
    sources: tuple[FeedSet, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFound:
    articles: tuple[Teaser, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SitemapPage:
    url: str
    changed: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """At most 50,000 pages, as the protocol has it."""

    pages: tuple[SitemapPage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SitemapIndex:
    sitemaps: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsSitemap:
    """The articles of the last two days."""

    articles: tuple[Teaser, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What a file for machines needs to know beyond the frame: addresses of the site's sitemap and of its newest pages.

    `fresh` are the front page, the latest edition and its articles, for what
    keeps pages at hand offline; `version` a mark that changes with them.
    """

    sitemap: str
    fresh: tuple[str, ...] = ()
    version: str = ""


View = (
    FrontPage | ArticlePage | TagPage | TagIndex | SourcePage | SourceIndex | AuthorPage | AuthorIndex
    | EditionPage | WholeEdition | EditionIndex | SeriesPage | Archive | YearPage | MonthPage | FreePage
    | SearchPage | FeedIndex | NotFound | Redirect | Sitemap | SitemapIndex | NewsSitemap | Machine
)


# What renders an output ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """A template and what it is shown."""

    template: str
    view: View


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed's articles or editions, newest first. `format` is rss, atom or json; `page` the address of its HTML page.

    `word` is a key of the translation file whose word follows the title, "" for
    none; `stylesheet` the address of the sheet that browsers show it with.
    """

    format: str
    title: str
    word: str = ""
    description: str
    page: str
    entries: tuple[PublishedArticle, ...] | tuple[PublishedEdition, ...]
    stylesheet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A file as it is."""

    file: MediaFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """A picture as it is, less what it says of its maker: EXIF, GPS, thumbnails."""

    file: MediaFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaled:
    """A picture made `width` pixels wide, in `format`: avif, webp, jpeg or png."""

    file: MediaFile
    width: int
    format: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A drawn picture with a title, as social networks show it. `date` is left out where it is None.

    `fonts` are the digest's own, for scripts that ours lack.
    """

    title: str
    kicker: str = ""
    source: str = ""
    date: datetime | None = None
    lang: str = ""
    fonts: tuple[MediaFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchIndex:
    """A bundle: many files below the output's address."""

    articles: tuple[PublishedArticle, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One file of the site, or a bundle. `url` is its path from the site's root; `origin` says who asked for it."""

    url: str
    origin: str
    makes: Rendering | Feed | Copy | Original | Scaled | Card | SearchIndex
    changed: datetime | None = None

    @property
    def is_page(self) -> bool:
        """Whether it is a page that readers are meant to come upon."""
        return isinstance(self.makes, Rendering) and not isinstance(
            self.makes.view, WholeEdition | NotFound | Redirect | Sitemap | SitemapIndex | NewsSitemap | Machine
        ) and self.makes.template not in PLAIN


PLAIN = ("article.txt", "edition.txt", "feeds.opml")
"""Templates that say again for machines and plain readers what a page says."""
