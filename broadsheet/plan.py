"""A site to the list of what it becomes: every output, on one screen."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

from broadsheet.cache import Cache
from broadsheet.cards import can_draw
from broadsheet.config import Config
from broadsheet.errors import Problem, raise_errors
from broadsheet.markup import addresses
from broadsheet.model import (
    Body,
    MediaFile,
    Picture,
    PublishedArticle,
    PublishedEdition,
    Site,
    Tag,
    TaggedArticles,
    Teaser,
    Text,
)
from broadsheet.related import related
from broadsheet.slugs import claim, encoded, slugify
from broadsheet.views import (
    FEED_FILES,
    Archive,
    ArticlePage,
    AuthorIndex,
    AuthorPage,
    Bar,
    Card,
    Copy,
    Count,
    Day,
    EditionIndex,
    EditionPage,
    EditionSummary,
    Feed,
    FeedIndex,
    FeedLink,
    FeedSet,
    Frame,
    FreePage,
    FrontPage,
    Link,
    Machine,
    Month,
    MonthPage,
    NewsSitemap,
    NotFound,
    Original,
    Output,
    PageLink,
    Pagination,
    Place,
    Redirect,
    Rendering,
    Scaled,
    SearchIndex,
    SearchPage,
    Section,
    SeriesPage,
    Sitemap,
    SitemapIndex,
    SitemapPage,
    SourceIndex,
    SourcePage,
    TagIndex,
    TagPage,
    View,
    WholeEdition,
    WholeSection,
    Year,
    YearPage,
)

TOP = 3
"""Stories beside the front page's lead."""

SECTIONS, OF_SECTION, LOOKED_AT = 4, 3, 200
"""Sections on the front page, stories in each, and the newest articles that they are taken from."""

MOST_NUMBERS = 60
"""Pages of a list that each of them leads to."""

MOST_FRESH = 40
"""Articles of an edition that are fetched to be read offline."""

REPORTS = 12
"""Other reports of a story that an article names, the newest of them."""

MOST_MONTHS = 36
"""Above as many months a chart has years."""

TALLEST = 20
"""Steps of a bar."""

SITEMAP_SIZE = 50_000
"""Addresses in one sitemap (sitemaps.org protocol)."""

NEWS_AGE = timedelta(hours=48)
"""How long an article stands in the news sitemap (Google's rule for it)."""

PART = 22_000
"""Characters of Markdown in one part of a whole edition: its page stays below 14 KB when it is sent."""

SEARCH_INDEX = "/search/index/"

SITE_CARD = "/card.png"

CARD_WIDTH, CARD_HEIGHT = 1200, 630
"""Pixels: what OpenGraph and its readers recommend."""

Plan = Mapping[str, Output]


def plan(site: Site, config: Config, *, cache: Cache | None = None, fonts: tuple[MediaFile, ...] = ()) -> Plan:
    """Every output of a site by its address. Raises ContentError when two claim one address.

    `cache` saves comparing texts again, `fonts` are those of the digest's own
    for its cards.
    """
    planner = _Planner(site, config, cache, fonts)
    outputs = [
        *planner.front(),
        *planner.articles(),
        *planner.tags(),
        *planner.sources(),
        *planner.authors(),
        *planner.editions(),
        *planner.archive(),
        *planner.pages(),
        *planner.search(),
        *planner.feeds(),
        *planner.cards(),
        *planner.files(),
        planner.not_found(),
    ]
    taken = {claim(output.url) for output in outputs}
    outputs += planner.redirects()
    outputs += [output for output in planner.machines(outputs) if claim(output.url) not in taken]
    _refuse_clashes(outputs)
    return {output.url: output for output in outputs}


def stands_until(site: Site) -> datetime | None:
    """The first moment after that of a site at which its plan would be another one, were nothing edited."""
    recent = [one.article.date for one in site.articles if one.article.date >= site.now - NEWS_AGE]
    moments = [site.next_due] if site.next_due else []
    # The last moment at which the oldest of them is news is not yet too late.
    moments += [date + NEWS_AGE + timedelta(microseconds=1) for date in recent]
    return min(moments, default=None)


def frame(site: Site, config: Config) -> Frame:
    """What the pages of a site have in common."""
    places = {
        "editions": site.editions, "tags": site.tags, "sources": site.publishers, "archive": True,
        "search": config.extras.search, "authors": site.authors, "feeds": True,
    }
    present = [Place(word=name, url=f"/{name}/") for name, there in places.items() if there]
    in_foot = ("/authors/", "/feeds/")
    return Frame(
        title=config.title,
        description=config.description,
        language=config.language,
        base_url=config.base_url,
        author=config.author,
        navigation=tuple(place for place in present if place.url not in in_foot),
        more=tuple(place for place in present if place.url in in_foot),
        pages=tuple(Link(title=one.page.title, url=one.url, lang=one.page.lang) for one in site.pages),
        feeds=_feeds("/"),
        files=tuple(
            (url.lstrip("/"), _versioned(url, file)) for url, file in site.static if url.endswith((".css", ".js"))
        ),
        card=_site_card(site, config),
        search=config.extras.search,
        offline=config.extras.offline,
        hub=config.feed.hub,
    )


class _Planner:
    """The outputs of one site, a method for each kind."""

    def __init__(self, site: Site, config: Config, cache: Cache | None, fonts: tuple[MediaFile, ...]) -> None:
        self.site, self.config, self.cache, self.fonts = site, config, cache, fonts
        self.drawn: dict[str, Card] = {}
        self.site_card = _site_card(site, config)
        self.titles = Counter(
            [one.article.title for one in site.articles]
            + [one.edition.title for one in site.editions]
            + [one.page.title for one in site.pages]
        )
        days = ((one.url, one.article.date.astimezone(config.timezone)) for one in site.articles)
        self.months = {url: (day.year, day.month) for url, day in days}
        self.summaries = tuple(_summary(one) for one in site.editions)
        self.last_month = max((self.month_of(one) for one in site.articles), default=(0, 0))

    def page(self, url: str, template: str, view: View, origin: str = "", changed: datetime | None = None) -> Output:
        return Output(url=url, origin=origin or url, makes=Rendering(template=template, view=view), changed=changed)

    def content_path(self, path: str) -> str:
        return f"{self.config.folders.content}/{path}"

    # Pages

    def front(self) -> Iterator[Output]:
        ranked = _teasers(_by_rank(self.site.articles))
        lead = ranked[0] if ranked else None
        dates = [*(one.changed for one in self.site.articles), *(one.date for one in self.summaries)]
        newest = max(dates, default=None)
        for articles, pagination in _pages(ranked[1:], "/", self.config.paginate):
            first = pagination.number == 1
            top = TOP if first and lead else 0
            view = FrontPage(
                lead=lead if first else None,
                top=articles[:top],
                days=self.days(articles[top:]),
                sections=self.sections({one.url for one in (*ranked[:1], *articles)}) if first else (),
                edition=next(iter(self.summaries), None) if first else None,
                as_of=newest,
                pagination=pagination,
            )
            yield self.page(_page_url("/", pagination.number), "front.html", view, "the front page", newest)

    def sections(self, shown: set[str]) -> tuple[Section, ...]:
        """The newest of the largest sections, less what the page shows already."""
        found: dict[str, list[Teaser]] = defaultdict(list)
        for one in self.site.articles[:LOOKED_AT]:
            if one.teaser.section and one.url not in shown:
                found[one.teaser.section].append(one.teaser)
        largest = sorted(found, key=lambda title: (-len(found[title]), title))[:SECTIONS]
        return tuple(Section(title=title, articles=tuple(found[title][:OF_SECTION])) for title in largest)

    def days(self, teasers: Iterable[Teaser]) -> tuple[Day, ...]:
        zone = self.config.timezone
        days = groupby(teasers, key=lambda one: one.date.astimezone(zone).date())
        return tuple(
            Day(date=datetime(day.year, day.month, day.day, tzinfo=zone), articles=tuple(group)) for day, group in days
        )

    def articles(self) -> Iterator[Output]:
        articles = self.site.articles
        alike = related(articles, by_text=self.config.extras.related_by_text, cache=self.cache)
        told: dict[str, list[Teaser]] = defaultdict(list)
        for one in articles:
            if one.article.story and len(told[one.article.story]) <= REPORTS:
                told[one.article.story].append(one.teaser)
        carried = _editions_of(self.site.editions)
        for index, one in enumerate(articles):
            view = ArticlePage(
                published=one,
                previous=_link(articles[index + 1]) if index + 1 < len(articles) else None,
                next=_link(articles[index - 1]) if index else None,
                related=tuple(articles[other].teaser for other in alike[index]),
                story=tuple(other for other in told[one.article.story] if other.url != one.url)[:REPORTS],
                editions=tuple(carried[one.url]),
                card=self.article_card(one),
                text=_beside(one.url, "index.txt") if self.config.extras.plain_text else "",
                repeated=self.titles[one.article.title] > 1,
            )
            origin = self.content_path(one.article.path)
            yield self.page(one.url, one.article.template or "article.html", view, origin, one.changed)
            if view.text:
                yield self.page(view.text, "article.txt", view, origin)

    def tags(self) -> Iterator[Output]:
        if not self.site.tags:
            return
        yield self.page("/tags/", "tags.html", TagIndex(tags=_tag_counts(self.site.tags)), "the tag index")
        below: dict[Tag | None, list[Tag]] = defaultdict(list)
        for one in self.site.tags:
            below[one.parent].append(one.tag)
        for one in self.site.tags:
            bars = self.bars(one.articles)
            for articles, pagination in _pages(_teasers(one.articles), one.tag.url, self.config.paginate):
                view = TagPage(
                    tag=one.tag, description=one.description, parent=one.parent, children=tuple(below[one.tag]),
                    count=len(one.articles), articles=articles, feeds=_feeds(one.tag.url), bars=bars,
                    pagination=pagination,
                )
                yield self.page(_page_url(one.tag.url, pagination.number), "tag.html", view, f"the tag {one.tag.name}")

    def sources(self) -> Iterator[Output]:
        if not self.site.publishers:
            return
        counts = tuple(
            Count(title=one.publisher.name, url=one.publisher.url, count=len(one.articles))
            for one in self.site.publishers
        )
        yield self.page("/sources/", "sources.html", SourceIndex(sources=counts), "the source index")
        for one in self.site.publishers:
            url, bars = one.publisher.url, self.bars(one.articles)
            for articles, pagination in _pages(_teasers(one.articles), url, self.config.paginate):
                view = SourcePage(
                    publisher=one.publisher, count=len(one.articles), articles=articles, feeds=_feeds(url),
                    bars=bars, pagination=pagination,
                )
                origin = f"the source {one.publisher.name}"
                yield self.page(_page_url(url, pagination.number), "source.html", view, origin)

    def authors(self) -> Iterator[Output]:
        if not self.site.authors:
            return
        counts = tuple(
            Count(title=one.author.name, url=one.author.url, count=len(one.articles)) for one in self.site.authors
        )
        yield self.page("/authors/", "authors.html", AuthorIndex(authors=counts), "the author index")
        for one in self.site.authors:
            url, bars = one.author.url, self.bars(one.articles)
            for articles, pagination in _pages(_teasers(one.articles), url, self.config.paginate):
                view = AuthorPage(
                    author=one.author, count=len(one.articles), articles=articles, bars=bars, pagination=pagination
                )
                yield self.page(_page_url(url, pagination.number), "author.html", view, f"the author {one.author.name}")

    def editions(self) -> Iterator[Output]:
        if not self.site.editions:
            return
        series = _series(self.summaries)
        index = EditionIndex(
            editions=self.summaries,
            series=tuple(Link(title=title, url=_series_url(title)) for title in series),
            feeds=_feeds("/editions/"),
        )
        yield self.page("/editions/", "editions.html", index, "the index of editions")
        for title, editions in series.items():
            url = _series_url(title)
            view = SeriesPage(title=title, editions=editions, feeds=_feeds(url))
            yield self.page(url, "series.html", view, f"the series {title}")
        by_url = {one.url: one for one in self.site.articles}
        for position, one in enumerate(self.site.editions):
            yield from self.edition(one, position, by_url)

    def edition(
        self, one: PublishedEdition, position: int, articles: Mapping[str, PublishedArticle]
    ) -> Iterator[Output]:
        editions = self.summaries
        older = editions[position + 1] if position + 1 < len(editions) else None
        newer = editions[position - 1] if position else None
        text = _beside(one.url, "index.txt") if self.config.extras.plain_text else ""
        view = EditionPage(
            published=one,
            canonical=one.url,
            whole=_beside(one.url, "whole/"),
            text=text,
            series=Link(title=one.edition.series, url=_series_url(one.edition.series)) if one.edition.series else None,
            repeated=self.titles[one.edition.title] > 1,
            feeds=_feeds(_series_url(one.edition.series) if one.edition.series else "/editions/"),
            card=self.edition_card(one),
            previous=Link(title=older.title, url=older.url, lang=older.lang) if older else None,
            next=Link(title=newer.title, url=newer.url, lang=newer.lang) if newer else None,
        )
        sections = tuple(
            WholeSection(title=section.title, articles=tuple(articles[teaser.url] for teaser in section.articles))
            for section in one.sections
        )
        template, origin = one.edition.template or "edition.html", self.content_path(one.edition.path)
        yield self.page(one.url, template, view, origin, one.edition.updated or one.edition.date)
        parts = _parts(sections)
        for number, part in enumerate(parts, 1):
            whole = WholeEdition(
                published=one, sections=part, pagination=_pagination(view.whole, number, len(parts))
            )
            yield self.page(_page_url(view.whole, number), "whole.html", whole, origin)
        if text:
            whole = WholeEdition(published=one, sections=sections, pagination=_pagination(view.whole, 1, 1))
            yield self.page(text, "edition.txt", whole, origin)
        if position == 0:
            yield self.page("/latest/", template, view, "the latest edition")

    def archive(self) -> Iterator[Output]:
        months: dict[tuple[int, int], list[PublishedArticle]] = defaultdict(list)
        for one in self.site.articles:
            months[self.month_of(one)].append(one)
        years = _years({key: len(articles) for key, articles in months.items()})
        newest_first = [month for year in years for month in reversed(year.months)]
        view = Archive(
            years=years, count=len(self.site.articles),
            bars=_bars({(year.year, 0): year.count for year in years}, {(year.year, 0): year.url for year in years}),
        )
        yield self.page("/archive/", "archive.html", view, "the archive")
        for index, year in enumerate(years):
            older = years[index + 1] if index + 1 < len(years) else None
            newer = years[index - 1] if index else None
            year_view = YearPage(
                year=year,
                newer=Link(title=str(newer.year), url=newer.url) if newer else None,
                older=Link(title=str(older.year), url=older.url) if older else None,
            )
            yield self.page(year.url, "year.html", year_view, f"the archive of {year.year}")
        links = {year.year: Link(title=str(year.year), url=year.url) for year in years}
        for position, month in enumerate(newest_first):
            newer_month = newest_first[position - 1] if position else None
            older_month = newest_first[position + 1] if position + 1 < len(newest_first) else None
            teasers = _teasers(months[month.year, month.month])
            for articles, pagination in _pages(teasers, month.url, self.config.paginate):
                month_view = MonthPage(
                    month=month, year=links[month.year], newer=newer_month, older=older_month,
                    days=self.days(articles), pagination=pagination,
                )
                origin = f"the archive of {month.year}-{month.month:02}"
                yield self.page(_page_url(month.url, pagination.number), "month.html", month_view, origin)

    def month_of(self, one: PublishedArticle) -> tuple[int, int]:
        return self.months[one.url]

    def bars(self, articles: Iterable[PublishedArticle]) -> tuple[Bar, ...]:
        """A chart of articles over time, until the site's newest: by month, or by year when those are many."""
        counts = Counter(self.month_of(one) for one in articles)
        first, last = _number(min(counts)), _number(self.last_month)
        if last - first < MOST_MONTHS:
            return _bars({_month(number): counts[_month(number)] for number in range(first, last + 1)}, {})
        years = Counter[int]()
        for (year, _), count in counts.items():
            years[year] += count
        return _bars({(year, 0): years[year] for year in range(min(years), self.last_month[0] + 1)}, {})

    def pages(self) -> Iterator[Output]:
        for one in self.site.pages:
            template = one.page.template or "page.html"
            yield self.page(
                one.url, template, FreePage(published=one), self.content_path(one.page.path), one.page.updated
            )

    def search(self) -> Iterator[Output]:
        if self.config.extras.search:
            yield self.page("/search/", "search.html", SearchPage(index=SEARCH_INDEX), "the search page")
            makes = SearchIndex(articles=self.site.articles)
            yield Output(url=SEARCH_INDEX, origin="the search index", makes=makes)

    def not_found(self) -> Output:
        articles = _teasers(self.site.articles[:5])
        return self.page("/404.html", "404.html", NotFound(articles=articles), "the page for what is not found")

    # Feeds

    def feeds(self) -> Iterator[Output]:
        index = self.feed_index()
        yield self.page("/feeds/", "feeds.html", index, "the page of all feeds")
        yield self.page("/feeds.opml", "feeds.opml", index, "the list of all feeds")
        yield from self.feed("/", self.config.title, self.config.description, self.site.articles)
        if self.site.editions:
            yield from self.feed("/editions/", self.config.title, "", self.site.editions, word="editions")
        issued: dict[str, list[PublishedEdition]] = defaultdict(list)
        for edition in self.site.editions:
            if edition.edition.series:
                issued[_series_url(edition.edition.series)].append(edition)
        for title in _series(self.summaries):
            url = _series_url(title)
            yield from self.feed(url, self.feed_title(title), "", tuple(issued[url]))
        for one in self.site.tags:
            yield from self.feed(one.tag.url, self.feed_title(one.tag.name), one.description, one.articles)
        for source in self.site.publishers:
            name, url = source.publisher.name, source.publisher.url
            yield from self.feed(url, self.feed_title(name), "", source.articles)

    def feed_title(self, name: str) -> str:
        return f"{self.config.title}: {name}"

    def feed(
        self, page: str, title: str, description: str,
        entries: tuple[PublishedArticle, ...] | tuple[PublishedEdition, ...], word: str = "",
    ) -> Iterator[Output]:
        sheet = next((_versioned(url, file) for url, file in self.site.static if url == "/feed.css"), "")
        for link in _feeds(page):
            feed = Feed(
                format=link.format, title=title, word=word, description=description or title, page=page,
                entries=entries[: self.config.feed.size], stylesheet=sheet,
            )
            yield Output(url=link.url, origin=f"the {link.name} feed of {page}", makes=feed)

    def feed_index(self) -> FeedIndex:
        series = _series(self.summaries)
        editions = [FeedSet(title="", page="/editions/", feeds=_feeds("/editions/"), count=len(self.summaries))]
        editions += [
            FeedSet(title=title, page=_series_url(title), feeds=_feeds(_series_url(title)), count=len(of_series))
            for title, of_series in series.items()
        ]
        return FeedIndex(
            site=FeedSet(title=self.config.title, page="/", feeds=_feeds("/"), count=len(self.site.articles)),
            editions=tuple(editions) if self.site.editions else (),
            tags=tuple(
                FeedSet(title=one.tag.name, page=one.tag.url, feeds=_feeds(one.tag.url), count=len(one.articles))
                for one in self.site.tags
            ),
            sources=tuple(
                FeedSet(
                    title=one.publisher.name, page=one.publisher.url, feeds=_feeds(one.publisher.url),
                    count=len(one.articles),
                )
                for one in self.site.publishers
            ),
        )

    # Files

    def article_card(self, one: PublishedArticle) -> Picture | None:
        publisher = one.teaser.publisher.name if one.teaser.publisher else ""
        card = Card(
            title=one.article.title, kicker=one.article.section, source=publisher, date=one.article.date,
            lang=one.article.lang, fonts=self.fonts,
        )
        image = one.teaser.image
        fits = image is not None and image.width >= CARD_WIDTH and image.height >= CARD_HEIGHT
        return self.card(one.url, card) or (image if fits else self.site_card)

    def edition_card(self, one: PublishedEdition) -> Picture | None:
        edition = one.edition
        card = Card(
            title=edition.title, kicker=edition.series, date=edition.date, lang=edition.lang, fonts=self.fonts
        )
        return self.card(one.url, card) or self.site_card

    def card(self, url: str, card: Card) -> Picture | None:
        """The card of a page; None where there are no cards, or its title cannot be drawn."""
        if not self.config.extras.cards or not can_draw(card.title, _files(self.fonts)):
            return None
        address = _beside(url, "card.png")
        self.drawn[address] = card
        return _card_picture(address, card.title)

    def cards(self) -> Iterator[Output]:
        """Those that the pages planned before refer to."""
        if self.config.extras.cards and self.site_card and SITE_CARD not in dict(self.site.static):
            title = self.config.title if can_draw(self.config.title, _files(self.fonts)) else ""
            yield Output(url=SITE_CARD, origin="the site's card", makes=Card(title=title, fonts=self.fonts))
        for url, card in self.drawn.items():
            yield Output(url=url, origin=f"the card of {url}", makes=card)

    def files(self) -> Iterator[Output]:
        for url, file in self.site.media:
            yield Output(url=url, origin=self.content_path(file.path), makes=Original(file=file))
        for one in self.site.pictures:
            makes = Scaled(file=one.file, width=one.width, format=one.format)
            yield Output(url=one.url, origin=self.content_path(one.file.path), makes=makes)
        for url, file in self.site.static:
            makes_of = Original if file.type.startswith("image/") else Copy
            yield Output(url=url, origin=f"{self.config.folders.static}/{file.path}", makes=makes_of(file=file))

    # Machines

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
        yield from self.sitemaps(outputs)
        fresh, latest = self.fresh(), self.summaries[:1]
        machine = Machine(
            sitemap="/sitemap.xml",
            fresh=("/", *(one.url for one in latest), *dict.fromkeys(one.url for one in fresh)),
            version=_mark(repr((latest, fresh))),
        )
        yield self.page("/robots.txt", "robots.txt", machine, "robots.txt")
        yield self.page("/site.webmanifest", "manifest.json", machine, "the web app manifest")
        yield self.page("/speculation.json", "speculation.json", machine, "the speculation rules")
        yield self.page("/_headers", "headers.txt", machine, "the headers for hosts")
        yield self.page("/sw.js", "sw.js", machine, "the service worker")
        if self.config.extras.offline:
            newest = NotFound(articles=fresh)
            yield self.page("/offline/", "offline.html", newest, "the page for readers without a connection")

    def sitemaps(self, outputs: Iterable[Output]) -> Iterator[Output]:
        pages = [
            SitemapPage(url=output.url, changed=output.changed)
            for output in outputs
            if output.is_page and output.url != "/latest/"
        ]
        since = self.site.now - NEWS_AGE
        news = tuple(one.teaser for one in self.site.articles if one.article.date >= since)
        sitemaps = []
        if news:
            view_of_news = NewsSitemap(articles=news[:1000])
            sitemaps.append(self.page("/sitemap-news.xml", "sitemap-news.xml", view_of_news, "the news sitemap"))
        for number, start in enumerate(range(0, len(pages), SITEMAP_SIZE), 1):
            view = Sitemap(pages=tuple(pages[start : start + SITEMAP_SIZE]))
            sitemaps.append(self.page(f"/sitemap-{number}.xml", "sitemap.xml", view, "a sitemap"))
        index = SitemapIndex(sitemaps=tuple(one.url for one in sitemaps))
        yield self.page("/sitemap.xml", "sitemap-index.xml", index, "the index of sitemaps")
        yield from sitemaps

    def fresh(self) -> tuple[Teaser, ...]:
        """The articles of the latest edition, or else the newest."""
        for edition in self.site.editions[:1]:
            carried = tuple(teaser for section in edition.sections for teaser in section.articles)
            return carried[:MOST_FRESH]
        return _teasers(self.site.articles[: self.config.paginate])


def _by_rank(articles: tuple[PublishedArticle, ...]) -> list[PublishedArticle]:
    """Pinned articles by weight, then the others, each the newest first: the front page's order."""
    pinned = sorted((one for one in articles if one.article.pinned), key=lambda one: one.article.weight)
    return [*pinned, *(one for one in articles if not one.article.pinned)]


def _editions_of(editions: Iterable[PublishedEdition]) -> Mapping[str, list[Link]]:
    """The editions that carry an article, by its address."""
    carried: dict[str, list[Link]] = defaultdict(list)
    for one in editions:
        link = Link(title=one.edition.title, url=one.url, lang=one.edition.lang)
        for url in dict.fromkeys(teaser.url for section in one.sections for teaser in section.articles):
            carried[url].append(link)
    return carried


def _link(one: PublishedArticle) -> Link:
    return Link(title=one.article.title, url=one.url, lang=one.article.lang)


def _summary(one: PublishedEdition) -> EditionSummary:
    return EditionSummary(
        title=one.edition.title, url=one.url, date=one.edition.date, number=one.edition.number,
        series=one.edition.series, summary=one.edition.summary,
        count=sum(len(section.articles) for section in one.sections), lang=one.edition.lang, mark=one.mark,
    )


def _series(summaries: Iterable[EditionSummary]) -> Mapping[str, tuple[EditionSummary, ...]]:
    """Editions by the series they belong to, in the order of the alphabet, by its most used spelling."""
    found: dict[str, list[EditionSummary]] = defaultdict(list)
    for one in summaries:
        if one.series:
            found[slugify(one.series)].append(one)
    titles = sorted(_most_used(one.series for one in of_series) for of_series in found.values())
    return {title: tuple(found[slugify(title)]) for title in titles}


def _most_used(names: Iterable[str]) -> str:
    counts = Counter(names)
    return min(counts, key=lambda name: (-counts[name], name))


def _series_url(title: str) -> str:
    return f"/editions/series/{slugify(title)}/"


def _tag_counts(tags: Iterable[TaggedArticles]) -> tuple[Count, ...]:
    return tuple(Count(title=one.tag.name, url=one.tag.url, count=len(one.articles)) for one in tags)


def _teasers(articles: Iterable[PublishedArticle]) -> tuple[Teaser, ...]:
    return tuple(one.teaser for one in articles)


def _feeds(page: str) -> tuple[FeedLink, ...]:
    return tuple(FeedLink(format=format, url=page + name) for format, name in FEED_FILES.items())


def _beside(url: str, name: str) -> str:
    """A file that belongs to a page: in its folder, or beside the page where it is a file itself."""
    return url + name if url.endswith("/") else f"{url}-{name}"


def _versioned(url: str, file: MediaFile) -> str:
    return f"{encoded(url)}?v={file.digest[:8]}"


def _site_card(site: Site, config: Config) -> Picture | None:
    there = config.extras.cards or any(url == SITE_CARD for url, _ in site.static)
    return _card_picture(SITE_CARD, config.title) if there else None


def _card_picture(url: str, title: str) -> Picture:
    return Picture(url=url, alt=title, width=CARD_WIDTH, height=CARD_HEIGHT, type="image/png")


def _files(fonts: Iterable[MediaFile]) -> tuple[Path, ...]:
    return tuple(Path(font.file) for font in fonts)


def _mark(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def _page_url(base: str, number: int) -> str:
    return base if number == 1 else f"{base}page/{number}/"


def _pages(
    teasers: tuple[Teaser, ...], base: str, size: int
) -> Iterator[tuple[tuple[Teaser, ...], Pagination]]:
    total = max(1, -(-len(teasers) // size))
    links = _page_links(base, range(1, total + 1)) if total <= MOST_NUMBERS else ()
    for number in range(1, total + 1):
        yield teasers[(number - 1) * size : number * size], _pagination(base, number, total, links)


def _pagination(base: str, number: int, total: int, links: tuple[PageLink, ...] = ()) -> Pagination:
    """The pagination of one page; `links` are those of all pages, where each leads to all."""
    return Pagination(
        number=number,
        total=total,
        newer=_page_url(base, number - 1) if number > 1 else "",
        older=_page_url(base, number + 1) if number < total else "",
        pages=links or _page_links(base, _led_to(number, total)),
    )


def _page_links(base: str, numbers: Iterable[int]) -> tuple[PageLink, ...]:
    return tuple(PageLink(number=one, url=_page_url(base, one)) for one in numbers)


def _led_to(number: int, total: int) -> list[int]:
    """The pages that one of them leads to: all, or the ends, those near, and every so many between."""
    if total <= MOST_NUMBERS:
        return list(range(1, total + 1))
    step = -(-total // (MOST_NUMBERS - 5))
    near = range(max(1, number - 2), min(total, number + 2) + 1)
    return sorted({1, total, *near, *range(step, total, step)})


def _letters(text: Text) -> int:
    return text.facts.letters if text.facts else len(text.markdown)


def _parts(sections: tuple[WholeSection, ...]) -> list[tuple[WholeSection, ...]]:
    """An edition's articles in parts that each fit a page, in their order and under their sections."""
    parts: list[list[tuple[str, PublishedArticle]]] = [[]]
    room = PART
    for title, one in ((section.title, one) for section in sections for one in section.articles):
        room -= _letters(one.body.text)
        if room < 0 and parts[-1]:
            parts.append([])
            room = PART - _letters(one.body.text)
        parts[-1].append((title, one))
    return [
        tuple(
            WholeSection(title=title, articles=tuple(one for _, one in group))
            for title, group in groupby(part, key=lambda pair: pair[0])
        )
        for part in parts
    ]


def _years(counts: Mapping[tuple[int, int], int]) -> tuple[Year, ...]:
    """Years newest first, their months in the order of the calendar."""
    months: dict[int, list[Month]] = defaultdict(list)
    for (year, month), count in sorted(counts.items()):
        months[year].append(Month(year=year, month=month, url=f"/{year:04}/{month:02}/", count=count))
    return tuple(
        Year(
            year=year, url=f"/{year:04}/", count=sum(m.count for m in months[year]), months=tuple(months[year]),
            bars=_bars(
                {(year, number): counts.get((year, number), 0) for number in range(1, 13)},
                {(month.year, month.month): month.url for month in months[year]},
            ),
        )
        for year in sorted(months, reverse=True)
    )


def _bars(counts: Mapping[tuple[int, int], int], urls: Mapping[tuple[int, int], str]) -> tuple[Bar, ...]:
    """Bars in the order of time. Fewer than three say nothing, and there are none."""
    if len(counts) < 3:
        return ()
    most = max(counts.values()) or 1
    return tuple(
        Bar(year=year, month=month, count=count, height=-(-count * TALLEST // most), url=urls.get((year, month), ""))
        for (year, month), count in sorted(counts.items())
    )


def _number(month: tuple[int, int]) -> int:
    return month[0] * 12 + month[1] - 1


def _month(number: int) -> tuple[int, int]:
    return number // 12, number % 12 + 1


# What makes a plan impossible -------------------------------------------------------------------------


def _refuse_clashes(outputs: Iterable[Output]) -> None:
    """Two outputs with one file, or a file where another needs a folder, however the disk spells them."""
    claims: dict[str, list[Output]] = defaultdict(list)
    for output in outputs:
        claims[_claim(output)].append(output)
    # The card and the text of a page clash wherever the page does: it is enough to name the page.
    leading = {path: group for path, group in claims.items() if any(one.is_page or _leads(one) for one in group)}
    raise_errors(_clashes(leading, claims))
    raise_errors(_clashes(claims, claims))


def _claim(output: Output) -> str:
    """A bundle has its whole folder, as nobody knows before it is made which files lie there."""
    return claim(output.url.rstrip("/") if isinstance(output.makes, SearchIndex) else output.url)


def _clashes(paths: Mapping[str, list[Output]], claims: Mapping[str, list[Output]]) -> list[Problem]:
    problems = [_clash(group) for group in paths.values() if len(group) > 1]
    for path, group in paths.items():
        parts = path.split("/")
        for depth in range(1, len(parts)):
            above = "/".join(parts[:depth])
            if above in claims:
                problems.append(_clash([*claims[above], *group]))
    return problems


def _leads(output: Output) -> bool:
    return isinstance(output.makes, Rendering) and isinstance(output.makes.view, Redirect)


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
    return [broken for body in bodies for broken in _broken(body, outputs)]


def _broken(body: Body, outputs: Plan) -> Iterator[tuple[str, str, str]]:
    lost = [(target, url) for target, url in body.links if url and find(outputs, url) is None]
    meant = addresses(body.markdown) if lost else ()
    return ((body.path, target, url) for target, url in lost if target in meant)


def find(outputs: Plan, url: str) -> Output | None:
    """The output that a host would serve for a path of the site, percent forms already read."""
    path = url.split("#", 1)[0].split("?", 1)[0]
    if path.startswith(SEARCH_INDEX):
        return outputs.get(path) or outputs.get(SEARCH_INDEX)
    return outputs.get(path) or outputs.get(path.rstrip("/") + "/") or outputs.get(path.removesuffix("index.html"))

