"""A site to the list of what it becomes: every output, on one screen."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from broadsheet.config import Config
from broadsheet.errors import Problem, raise_errors
from broadsheet.markup import addresses
from broadsheet.model import (
    Body,
    MediaFile,
    PublishedArticle,
    PublishedEdition,
    PublishedPage,
    Publisher,
    Site,
    Tag,
    Teaser,
)
from broadsheet.slugs import claim, encoded

RELATED = 4
"""Articles named as related below an article."""


# What templates are given ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    title: str
    url: str
    lang: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A link with the number of articles behind it."""

    title: str
    url: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What every page shows around itself. Templates know it as `site`.

    `files` maps each stylesheet and script in static/ to its address with a
    mark of its version, so that browsers fetch it anew when it changes.
    """

    title: str
    description: str
    language: str
    base_url: str
    author: str
    navigation: tuple[Link, ...]
    pages: tuple[Link, ...]
    feeds: tuple[Link, ...]
    files: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pagination:
    """`number` counts from 1; `newer` and `older` are addresses, "" at the ends."""

    number: int
    total: int
    newer: str
    older: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontPage:
    lead: Teaser | None
    articles: tuple[Teaser, ...]
    edition: EditionSummary | None
    pagination: Pagination


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticlePage:
    published: PublishedArticle
    previous: Link | None
    next: Link | None
    related: tuple[Teaser, ...]

    @property
    def body(self) -> Body:
        return self.published.body


@dataclass(frozen=True, slots=True, kw_only=True)
class TagPage:
    tag: Tag
    description: str
    parent: Tag | None
    count: int
    articles: tuple[Teaser, ...]
    feeds: tuple[Link, ...]
    pagination: Pagination


@dataclass(frozen=True, slots=True, kw_only=True)
class TagIndex:
    tags: tuple[Count, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePage:
    publisher: Publisher
    count: int
    articles: tuple[Teaser, ...]
    pagination: Pagination


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceIndex:
    sources: tuple[Count, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionPage:
    published: PublishedEdition
    canonical: str
    previous: Link | None
    next: Link | None

    @property
    def body(self) -> Body:
        return self.published.body


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionSummary:
    title: str
    url: str
    date: datetime
    number: str
    summary: str
    count: int
    lang: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionIndex:
    editions: tuple[EditionSummary, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """`month` counts from 1."""

    year: int
    month: int
    url: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    year: int
    url: str
    count: int
    months: tuple[Month, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    years: tuple[Year, ...]


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
    articles: tuple[Teaser, ...]
    pagination: Pagination


@dataclass(frozen=True, slots=True, kw_only=True)
class FreePage:
    published: PublishedPage

    @property
    def body(self) -> Body:
        return self.published.body


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
    pages: tuple[SitemapPage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    sitemap: str


View = (
    FrontPage | ArticlePage | TagPage | TagIndex | SourcePage | SourceIndex | EditionPage | EditionIndex
    | Archive | YearPage | MonthPage | FreePage | NotFound | Redirect | Sitemap | Robots
)


# What renders an output ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """A template and what it is shown."""

    template: str
    view: View


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed's articles, newest first. `format` is rss or atom; `page` the address of its HTML page."""

    format: str
    title: str
    description: str
    page: str
    articles: tuple[PublishedArticle, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    file: MediaFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One file of the site. `url` is its path from the site's root; `origin` says who asked for it."""

    url: str
    origin: str
    makes: Rendering | Feed | Copy
    changed: datetime | None = None

    @property
    def is_page(self) -> bool:
        """Whether it is a page that readers are meant to come upon."""
        return isinstance(self.makes, Rendering) and not isinstance(
            self.makes.view, Redirect | NotFound | Sitemap | Robots
        )


Plan = Mapping[str, Output]


def plan(site: Site, config: Config) -> Plan:
    """Every output of a site by its address. Raises ContentError when two claim one address."""
    planner = _Planner(site, config)
    outputs = [
        *planner.front(),
        *planner.articles(),
        *planner.tags(),
        *planner.sources(),
        *planner.editions(),
        *planner.archive(),
        *planner.pages(),
        *planner.feeds(),
        *planner.files(),
        planner.not_found(),
    ]
    taken = {claim(output.url) for output in outputs}
    outputs += planner.redirects()
    outputs += [output for output in planner.machines(outputs) if claim(output.url) not in taken]
    _refuse_clashes(outputs)
    return {output.url: output for output in outputs}


def frame(site: Site, config: Config) -> Frame:
    """What the pages of a site have in common."""
    lists = [("Editions", "/editions/"), ("Tags", "/tags/"), ("Sources", "/sources/"), ("Archive", "/archive/")]
    present = {"/editions/": site.editions, "/tags/": site.tags, "/sources/": site.publishers, "/archive/": True}
    return Frame(
        title=config.title,
        description=config.description,
        language=config.language,
        base_url=config.base_url,
        author=config.author,
        navigation=tuple(Link(title=title, url=url) for title, url in lists if present[url]),
        pages=tuple(Link(title=one.page.title, url=one.url) for one in site.pages),
        feeds=(Link(title="RSS", url="/rss.xml"), Link(title="Atom", url="/atom.xml")),
        files=tuple(
            (url.lstrip("/"), f"{encoded(url)}?v={file.digest[:8]}")
            for url, file in site.static
            if url.endswith((".css", ".js"))
        ),
    )


class _Planner:
    """The outputs of one site, a method for each kind."""

    def __init__(self, site: Site, config: Config) -> None:
        self.site, self.config = site, config
        self.teasers = tuple(one.teaser for one in site.articles)

    def page(self, url: str, template: str, view: View, origin: str = "", changed: datetime | None = None) -> Output:
        return Output(url=url, origin=origin or url, makes=Rendering(template=template, view=view), changed=changed)

    def content_path(self, path: str) -> str:
        return f"{self.config.folders.content}/{path}"

    def front(self) -> Iterator[Output]:
        lead = _lead(self.site.articles)
        others = tuple(teaser for teaser in self.teasers if teaser is not lead)
        edition = next(iter(self.edition_summaries()), None)
        newest = max((one.changed for one in self.site.articles), default=None)
        for articles, pagination in _pages(others, "/", self.config.paginate):
            first = pagination.number == 1
            view = FrontPage(
                lead=lead if first else None,
                articles=articles,
                edition=edition if first else None,
                pagination=pagination,
            )
            yield self.page(_page_url("/", pagination.number), "front.html", view, "the front page", newest)

    def articles(self) -> Iterator[Output]:
        related = _Related(self.site.articles)
        for index, one in enumerate(self.site.articles):
            older = self.site.articles[index + 1] if index + 1 < len(self.site.articles) else None
            newer = self.site.articles[index - 1] if index else None
            view = ArticlePage(
                published=one,
                previous=Link(title=older.article.title, url=older.url, lang=older.article.lang) if older else None,
                next=Link(title=newer.article.title, url=newer.url, lang=newer.article.lang) if newer else None,
                related=related.to(one),
            )
            yield self.page(
                one.url, one.article.template or "article.html", view, self.content_path(one.article.path), one.changed
            )

    def tags(self) -> Iterator[Output]:
        if not self.site.tags:
            return
        counts = tuple(
            Count(title=one.tag.name, url=one.tag.url, count=len(one.articles)) for one in self.site.tags
        )
        yield self.page("/tags/", "tags.html", TagIndex(tags=counts), "the tag index")
        for one in self.site.tags:
            origin = f"the tag {one.tag.name}"
            for articles, pagination in _pages(_teasers(one.articles), one.tag.url, self.config.paginate):
                view = TagPage(
                    tag=one.tag, description=one.description, parent=one.parent, count=len(one.articles),
                    articles=articles, feeds=_feeds(one.tag.url), pagination=pagination,
                )
                yield self.page(_page_url(one.tag.url, pagination.number), "tag.html", view, origin)

    def sources(self) -> Iterator[Output]:
        if not self.site.publishers:
            return
        counts = tuple(
            Count(title=one.publisher.name, url=one.publisher.url, count=len(one.articles))
            for one in self.site.publishers
        )
        yield self.page("/sources/", "sources.html", SourceIndex(sources=counts), "the source index")
        for one in self.site.publishers:
            url = one.publisher.url
            for articles, pagination in _pages(_teasers(one.articles), url, self.config.paginate):
                view = SourcePage(
                    publisher=one.publisher, count=len(one.articles), articles=articles, pagination=pagination
                )
                yield self.page(
                    _page_url(url, pagination.number), "source.html", view, f"the source {one.publisher.name}"
                )

    def editions(self) -> Iterator[Output]:
        editions = self.site.editions
        if not editions:
            return
        summaries = self.edition_summaries()
        yield self.page("/editions/", "editions.html", EditionIndex(editions=summaries), "the index of editions")
        for index, one in enumerate(editions):
            older = summaries[index + 1] if index + 1 < len(editions) else None
            newer = summaries[index - 1] if index else None
            view = EditionPage(
                published=one,
                canonical=one.url,
                previous=Link(title=older.title, url=older.url, lang=older.lang) if older else None,
                next=Link(title=newer.title, url=newer.url, lang=newer.lang) if newer else None,
            )
            template = one.edition.template or "edition.html"
            origin = self.content_path(one.edition.path)
            yield self.page(one.url, template, view, origin, one.edition.updated or one.edition.date)
            if index == 0:
                yield self.page("/latest/", template, view, "the latest edition")

    def edition_summaries(self) -> tuple[EditionSummary, ...]:
        return tuple(
            EditionSummary(
                title=one.edition.title, url=one.url, date=one.edition.date, number=one.edition.number,
                summary=one.edition.summary, count=sum(len(section.articles) for section in one.sections),
                lang=one.edition.lang, mark=one.mark,
            )
            for one in self.site.editions
        )

    def archive(self) -> Iterator[Output]:
        months: dict[tuple[int, int], list[PublishedArticle]] = defaultdict(list)
        for one in self.site.articles:
            day = one.article.date.astimezone(self.config.timezone)
            months[day.year, day.month].append(one)
        years = _years({key: len(articles) for key, articles in months.items()})
        newest_first = [month for year in years for month in reversed(year.months)]
        yield self.page("/archive/", "archive.html", Archive(years=years), "the archive")
        for index, year in enumerate(years):
            older = years[index + 1] if index + 1 < len(years) else None
            newer = years[index - 1] if index else None
            view = YearPage(
                year=year,
                newer=Link(title=str(newer.year), url=newer.url) if newer else None,
                older=Link(title=str(older.year), url=older.url) if older else None,
            )
            yield self.page(year.url, "year.html", view, f"the archive of {year.year}")
            for month in year.months:
                position = newest_first.index(month)
                newer_month = newest_first[position - 1] if position else None
                older_month = newest_first[position + 1] if position + 1 < len(newest_first) else None
                teasers = _teasers(months[month.year, month.month])
                for articles, pagination in _pages(teasers, month.url, self.config.paginate):
                    month_view = MonthPage(
                        month=month, year=Link(title=str(year.year), url=year.url), newer=newer_month,
                        older=older_month, articles=articles, pagination=pagination,
                    )
                    origin = f"the archive of {month.year}-{month.month:02}"
                    yield self.page(_page_url(month.url, pagination.number), "month.html", month_view, origin)

    def pages(self) -> Iterator[Output]:
        for one in self.site.pages:
            template = one.page.template or "page.html"
            yield self.page(
                one.url, template, FreePage(published=one), self.content_path(one.page.path), one.page.updated
            )

    def feeds(self) -> Iterator[Output]:
        yield from self.feed("/", self.config.title, self.config.description, self.site.articles)
        for one in self.site.tags:
            title = f"{self.config.title}: {one.tag.name}"
            yield from self.feed(one.tag.url, title, one.description, one.articles)

    def feed(
        self, page: str, title: str, description: str, articles: tuple[PublishedArticle, ...]
    ) -> Iterator[Output]:
        for link in _feeds(page):
            feed = Feed(
                format=link.title.lower(), title=title, description=description or title, page=page,
                articles=articles[: self.config.feed.size],
            )
            yield Output(url=link.url, origin=f"the {link.title} feed of {page}", makes=feed)

    def files(self) -> Iterator[Output]:
        for url, file in self.site.media:
            yield Output(url=url, origin=self.content_path(file.path), makes=Copy(file=file))
        for url, file in self.site.static:
            yield Output(url=url, origin=f"{self.config.folders.static}/{file.path}", makes=Copy(file=file))

    def not_found(self) -> Output:
        return self.page("/404.html", "404.html", NotFound(articles=self.teasers[:5]), "the page for what is not found")

    def redirects(self) -> Iterator[Output]:
        aliases = [
            *((one.article.aliases, one.url, one.article.path) for one in self.site.articles),
            *((one.page.aliases, one.url, one.page.path) for one in self.site.pages),
            *((one.edition.aliases, one.url, one.edition.path) for one in self.site.editions),
        ]
        for paths, target, origin in aliases:
            for path in paths:
                if path == target:
                    continue
                yield self.page(path, "redirect.html", Redirect(target=target), self.content_path(origin))

    def machines(self, outputs: Iterable[Output]) -> Iterator[Output]:
        pages = tuple(
            SitemapPage(url=output.url, changed=output.changed)
            for output in outputs
            if output.is_page and output.url != "/latest/"
        )
        yield self.page("/sitemap.xml", "sitemap.xml", Sitemap(pages=pages), "the sitemap")
        yield self.page("/robots.txt", "robots.txt", Robots(sitemap="/sitemap.xml"), "robots.txt")


def _lead(articles: tuple[PublishedArticle, ...]) -> Teaser | None:
    """The front page's first story: of the pinned ones that of least weight, then the newest; else the newest."""
    pinned = [one for one in articles if one.article.pinned]
    if pinned:
        return min(pinned, key=lambda one: one.article.weight).teaser
    return articles[0].teaser if articles else None


def _teasers(articles: Iterable[PublishedArticle]) -> tuple[Teaser, ...]:
    return tuple(one.teaser for one in articles)


def _feeds(page: str) -> tuple[Link, ...]:
    return (Link(title="RSS", url=f"{page}rss.xml"), Link(title="Atom", url=f"{page}atom.xml"))


def _page_url(base: str, number: int) -> str:
    return base if number == 1 else f"{base}page/{number}/"


def _pages(
    teasers: tuple[Teaser, ...], base: str, size: int
) -> Iterator[tuple[tuple[Teaser, ...], Pagination]]:
    total = max(1, -(-len(teasers) // size))
    for number in range(1, total + 1):
        yield teasers[(number - 1) * size : number * size], Pagination(
            number=number,
            total=total,
            newer=_page_url(base, number - 1) if number > 1 else "",
            older=_page_url(base, number + 1) if number < total else "",
        )


def _years(counts: Mapping[tuple[int, int], int]) -> tuple[Year, ...]:
    """Years newest first, their months in the order of the calendar."""
    months: dict[int, list[Month]] = defaultdict(list)
    for (year, month), count in sorted(counts.items()):
        months[year].append(Month(year=year, month=month, url=f"/{year:04}/{month:02}/", count=count))
    return tuple(
        Year(year=year, url=f"/{year:04}/", count=sum(m.count for m in months[year]), months=tuple(months[year]))
        for year in sorted(months, reverse=True)
    )


class _Related:
    """Articles of the same story, then those that share tags: more first, rare tags first, then the newest.

    Only the newest articles of each tag are looked at, so that the cost for an
    article does not grow with the archive.
    """

    newest_of_tag = 50

    def __init__(self, articles: tuple[PublishedArticle, ...]) -> None:
        self.tagged: dict[str, list[int]] = defaultdict(list)
        self.told: dict[str, list[int]] = defaultdict(list)
        self.articles = articles
        for index, one in enumerate(articles):
            for tag in one.teaser.tags:
                self.tagged[tag.slug].append(index)
            if one.article.story:
                self.told[one.article.story].append(index)

    def to(self, one: PublishedArticle) -> tuple[Teaser, ...]:
        scores: dict[int, float] = defaultdict(float)
        for tag in one.teaser.tags:
            tagged = self.tagged[tag.slug]
            weight = 1 + 1 / len(tagged)
            for index in tagged[: self.newest_of_tag]:
                scores[index] += weight
        for index in self.told.get(one.article.story, ())[: self.newest_of_tag]:
            scores[index] += len(one.teaser.tags) * 2 + 1
        ranked = heapq.nsmallest(RELATED + 1, scores, key=lambda index: (-scores[index], index))
        others = (self.articles[index] for index in ranked if self.articles[index] is not one)
        return tuple(other.teaser for _, other in zip(range(RELATED), others, strict=False))


# What makes a plan impossible -------------------------------------------------------------------------


def _refuse_clashes(outputs: Iterable[Output]) -> None:
    """Two outputs with one file, or a file where another needs a folder, however the disk spells them."""
    claims: dict[str, list[Output]] = defaultdict(list)
    for output in outputs:
        claims[claim(output.url)].append(output)
    problems = [_clash(group) for group in claims.values() if len(group) > 1]
    for path, group in claims.items():
        parts = path.split("/")
        for depth in range(1, len(parts)):
            above = "/".join(parts[:depth])
            if above in claims:
                problems.append(_clash([*claims[above], *group]))
    raise_errors(problems)


def _clash(group: list[Output]) -> Problem:
    origins = sorted({output.origin for output in group}) or [group[0].origin]
    twice = " twice" if len(origins) == 1 else ""
    first = next((origin for origin in origins if "/" in origin and " " not in origin), origins[0])
    others = [origin for origin in origins if origin != first]
    urls = sorted({output.url for output in group})
    verb = "is" if len(urls) == 1 else "are"
    message = f"{' and '.join(urls)} {verb} claimed{twice} by {' and by '.join([first, *others])}"
    return Problem(path=first, message=message, hint="give one of them another slug or url; disks ignore case")


def broken_links(site: Site, outputs: Plan) -> list[tuple[str, str, str]]:
    """Content path, target as typed, and path of the site of each link that leads to no output."""
    bodies = [
        *(one.body for one in site.articles),
        *(one.body for one in site.pages),
        *(one.body for one in site.editions),
    ]
    return [
        (body.path, target, url)
        for body in bodies
        for target, url in body.links
        if url and find(outputs, url) is None and target in addresses(body.markdown)
    ]


def find(outputs: Plan, url: str) -> Output | None:
    """The output that a host would serve for a path of the site, percent forms already read."""
    path = url.split("#", 1)[0].split("?", 1)[0]
    return outputs.get(path) or outputs.get(path.rstrip("/") + "/") or outputs.get(path.removesuffix("index.html"))

