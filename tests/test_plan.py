"""A site to its outputs: which there are, what each shows, and that no two have one address."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from digests import NOW, article, assembled, built, digest, rendered, tree, write
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.collect import collect
from broadsheet.config import Config, Extras, Feeds, Images
from broadsheet.errors import ContentError, Problem
from broadsheet.model import (
    Article,
    Content,
    Edition,
    EditionSection,
    Image,
    MediaFile,
    Page,
    PublishedArticle,
    Source,
    TagDefinition,
    Text,
)
from broadsheet.plan import Plan, _led_to, find, frame, plan
from broadsheet.slugs import claim
from broadsheet.views import (
    ArticlePage,
    AuthorPage,
    Card,
    EditionIndex,
    EditionPage,
    Feed,
    Frame,
    FrontPage,
    Machine,
    MonthPage,
    NewsSitemap,
    Original,
    Redirect,
    Rendering,
    Scaled,
    SearchIndex,
    SeriesPage,
    Sitemap,
    SitemapIndex,
    SourcePage,
    TagIndex,
    TagPage,
    View,
    WholeEdition,
)

CONFIG = Config(title="Small Print", base_url="https://example.org/", paginate=2)


def an_article(number: int, **keys: Any) -> Article:
    values: dict[str, Any] = {
        "title": f"Article {number}", "date": datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number),
        "slug": f"a{number}", **keys,
    }  # fmt: skip
    return Article(path=f"articles/{number}.md", **values)


def plan_of(*articles: Article, config: Config = CONFIG, **content: Any) -> Plan:
    return plan(collect(Content(articles=articles, **content), config, root=Path("nowhere"), now=NOW).site, config)


def frame_of(*articles: Article, config: Config = CONFIG) -> Frame:
    return frame(collect(Content(articles=articles), config, root=Path("nowhere"), now=NOW).site, config)


def view(outputs: Plan, url: str) -> View:
    makes = outputs[url].makes
    assert isinstance(makes, Rendering)
    return makes.view


def front(outputs: Plan, url: str) -> FrontPage:
    found = view(outputs, url)
    assert isinstance(found, FrontPage)
    return found


def titles(teasers: Any) -> list[str]:
    return [teaser.title for teaser in teasers]


def feeds_of(page: str) -> set[str]:
    return {f"{page}{name}" for name in ("rss.xml", "atom.xml", "feed.json")}


ALWAYS = {
    "/", "/archive/", "/search/", "/search/index/", "/feeds/", "/feeds.opml", "/404.html", "/card.png",
    "/sitemap.xml", "/sitemap-1.xml", "/robots.txt", "/site.webmanifest", "/speculation.json", "/_headers", "/sw.js",
    *feeds_of("/"),
}  # fmt: skip


# Which outputs there are


def test_an_empty_digest_still_has_its_front_page_feeds_archive_and_machines_files() -> None:
    assert set(plan_of()) == ALWAYS


def test_every_kind_of_page_is_there() -> None:
    outputs = plan_of(
        an_article(1, tags=("X",), source=Source(name="Press"), authors=("A. Reporter",), aliases=("/old/",)),
        pages=(Page(path="pages/about.md", title="About", slug="about", aliases=("/imprint/",)),),
        editions=(Edition(path="editions/e.md", title="One", date=NOW, slug="2026-11-30", series="Weekly"),),
    )
    assert set(outputs) - ALWAYS == {
        "/2026/01/a1/", "/2026/01/a1/index.txt", "/2026/01/a1/card.png", "/tags/", "/tags/x/", *feeds_of("/tags/x/"),
        "/sources/", "/sources/press/", *feeds_of("/sources/press/"), "/authors/", "/authors/a-reporter/",
        "/editions/", *feeds_of("/editions/"), "/editions/series/weekly/", *feeds_of("/editions/series/weekly/"),
        "/editions/2026-11-30/", "/editions/2026-11-30/whole/", "/editions/2026-11-30/index.txt",
        "/editions/2026-11-30/card.png", "/latest/", "/2026/", "/2026/01/", "/about/", "/old/", "/imprint/",
    }  # fmt: skip


def test_what_is_switched_off_is_in_no_plan() -> None:
    extras = Extras(cards=False, search=False, plain_text=False)
    config = replace(CONFIG, extras=extras, images=Images(widths=()))
    outputs = plan_of(an_article(1), config=config)
    assert not [url for url in outputs if "card" in url or "search" in url or url.endswith("index.txt")]
    page = view(outputs, "/2026/01/a1/")
    assert isinstance(page, ArticlePage)
    assert (page.card, page.text) == (None, "")
    assert not frame_of(an_article(1), config=config).search


def test_the_front_page_has_a_lead_and_the_others_newest_first_page_by_page() -> None:
    outputs = plan_of(*(an_article(number) for number in range(6)))
    first, second, third = (front(outputs, url) for url in ("/", "/page/2/", "/page/3/"))
    assert first.lead is not None
    assert first.lead.title == "Article 5"
    assert titles(first.top) == ["Article 4", "Article 3"]
    assert [[titles(day.articles) for day in one.days] for one in (first, second, third)] == [
        [], [["Article 2"], ["Article 1"]], [["Article 0"]]
    ]  # fmt: skip
    assert second.lead is None
    assert (second.pagination.newer, second.pagination.older, second.pagination.total) == ("/", "/page/3/", 3)
    assert (first.pagination.newer, third.pagination.older) == ("", "")
    assert "/page/4/" not in outputs


@given(st.integers(1, 2000), st.data())
def test_pages_lead_to_all_of_them_or_to_the_ends_and_those_near(total: int, data: st.DataObject) -> None:
    number = data.draw(st.integers(1, total))
    pages = _led_to(number, total)
    assert len(pages) <= 70
    assert pages == sorted(set(pages))
    assert {1, total, number, max(1, number - 1), min(total, number + 1)} <= set(pages) <= set(range(1, total + 1))
    assert total > 60 or len(pages) == total


def test_a_pinned_article_leads_and_is_not_shown_twice() -> None:
    first = front(plan_of(an_article(1, pinned=True), an_article(2), an_article(3)), "/")
    assert first.lead is not None
    assert first.lead.title == "Article 1"
    assert titles(first.top) == ["Article 3", "Article 2"]


def test_articles_stand_under_their_day_on_the_sites_clock() -> None:
    config = replace(CONFIG, timezone=ZoneInfo("Pacific/Auckland"), paginate=20)
    hours = [datetime(2026, 3, 1, hour, tzinfo=UTC) for hour in (9, 10, 12, 13)]
    articles = [an_article(n, date=moment) for n, moment in enumerate(hours)]
    newest = [an_article(20 + day, date=datetime(2026, 4, day, tzinfo=UTC)) for day in (1, 2, 3, 4)]
    days = front(plan_of(*articles, *newest, config=config), "/").days
    assert [(f"{day.date:%d %H:%M}", titles(day.articles)) for day in days] == [
        ("02 00:00", ["Article 3", "Article 2"]), ("01 00:00", ["Article 1", "Article 0"])
    ]  # fmt: skip


def test_sections_have_their_newest_that_stand_nowhere_else_on_the_page() -> None:
    articles = [an_article(n, section="Law" if n % 3 else "Art") for n in range(12)]
    first = front(plan_of(*articles), "/")
    shown = [first.lead, *first.top, *(one for day in first.days for one in day.articles)]
    assert [section.title for section in first.sections] == ["Law", "Art"]
    assert titles(first.sections[0].articles) == ["Article 8", "Article 7", "Article 5"]
    assert not {one.url for section in first.sections for one in section.articles} & {one.url for one in shown if one}
    assert front(plan_of(*articles), "/page/2/").sections == ()


def test_the_front_page_says_as_of_when_it_is_without_a_clock() -> None:
    changed = datetime(2026, 5, 1, tzinfo=UTC)
    outputs = plan_of(an_article(1, updated=changed), an_article(2))
    assert front(outputs, "/").as_of == changed
    sections = (EditionSection(title="All", articles=("a1",)),)
    later = Edition(path="editions/e.md", title="One", date=NOW, slug="e", sections=sections)
    assert front(plan_of(an_article(1), an_article(2, updated=changed), editions=(later,)), "/").as_of == NOW
    assert front(plan_of(), "/").as_of is None


def test_an_article_page_knows_its_neighbours_and_kin() -> None:
    outputs = plan_of(*(an_article(n, tags=("X",) if n % 2 else ("Y",)) for n in range(5)))
    page = view(outputs, "/2026/01/a3/")
    assert isinstance(page, ArticlePage)
    assert page.previous is not None
    assert page.next is not None
    assert (page.next.title, page.previous.title) == ("Article 4", "Article 2")
    assert titles(page.related) == ["Article 1"]


def test_reports_of_one_story_are_told_apart_from_what_is_related() -> None:
    told = plan_of(*(an_article(n, story="leak" if n < 3 else "", tags=("X",)) for n in range(5)))
    page, alone = view(told, "/2026/01/a1/"), view(told, "/2026/01/a4/")
    assert isinstance(page, ArticlePage)
    assert isinstance(alone, ArticlePage)
    assert titles(page.story) == ["Article 2", "Article 0"]
    assert not {one.url for one in page.story} & {one.url for one in page.related}
    assert alone.story == ()


def test_of_a_story_told_very_often_the_newest_reports_are_named() -> None:
    outputs = plan_of(*(an_article(n, story="leak") for n in range(30)))
    for number in (0, 29):
        page = view(outputs, f"/2026/01/a{number}/")
        assert isinstance(page, ArticlePage)
        assert len(page.story) == 12
        assert page.published.url not in {one.url for one in page.story}


def test_a_title_that_comes_again_is_marked() -> None:
    outputs = plan_of(an_article(1, title="Weather"), an_article(2, title="Weather"), an_article(3))
    marks = [page.repeated for n in (1, 2, 3) if isinstance(page := view(outputs, f"/2026/01/a{n}/"), ArticlePage)]
    assert marks == [True, True, False]


def test_an_article_knows_the_editions_that_carry_it_and_its_card() -> None:
    sections = (EditionSection(title="All", articles=("a1", "a1")), EditionSection(title="More", articles=("a1",)))
    edition = Edition(path="editions/e.md", title="One", date=NOW, slug="e", sections=sections)
    outputs = plan_of(an_article(1), editions=(edition,))
    page = view(outputs, "/2026/01/a1/")
    assert isinstance(page, ArticlePage)
    assert [link.title for link in page.editions] == ["One"]
    assert page.card is not None
    assert isinstance(outputs[page.card.url].makes, Card)
    assert (page.card.width, page.card.height, page.card.alt) == (1200, 630, "Article 1")


def test_a_title_in_letters_that_cannot_be_drawn_has_the_sites_card() -> None:
    outputs = plan_of(an_article(1, title="\u4e16\u754c"))
    page = view(outputs, "/2026/01/a1/")
    assert isinstance(page, ArticlePage)
    assert page.card is not None
    assert page.card.url == "/card.png"
    assert "/2026/01/a1/card.png" not in outputs


def test_a_picture_as_large_as_a_card_stands_in_for_one() -> None:
    def shown(width: int, height: int) -> str:
        file = MediaFile(
            path="articles/p.jpg", file="p", digest="0" * 32, size=9, type="image/jpeg", width=width, height=height
        )
        config = replace(CONFIG, extras=Extras(cards=False))
        article = an_article(1, image=Image(path="p.jpg"))
        page = view(plan_of(article, media={"articles/p.jpg": file}, config=config), "/2026/01/a1/")
        assert isinstance(page, ArticlePage)
        return page.card.url if page.card else ""

    assert shown(1200, 630) == "/media/articles/p.jpg"
    assert shown(1199, 900) == shown(1600, 629) == ""


def test_each_author_has_a_page_however_the_name_is_spelled() -> None:
    outputs = plan_of(*(an_article(n, authors=("A. Reporter",) if n else ("a reporter",)) for n in range(3)))
    page = view(outputs, "/authors/a-reporter/")
    assert isinstance(page, AuthorPage)
    assert (page.author.name, page.count) == ("A. Reporter", 3)


def test_a_chart_counts_articles_by_month_and_by_year_when_the_months_are_many() -> None:
    def bars(*dates: datetime) -> list[tuple[int, int, int, int]]:
        articles = [an_article(n, tags=("X",), date=date, slug=f"a{n}") for n, date in enumerate(dates)]
        page = view(plan_of(*articles), "/tags/x/")
        assert isinstance(page, TagPage)
        return [(bar.year, bar.month, bar.count, bar.height) for bar in page.bars]

    assert bars(datetime(2025, 12, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 2, 9, tzinfo=UTC)) \
        == [(2025, 12, 1, 10), (2026, 1, 0, 0), (2026, 2, 2, 20)]
    assert bars(datetime(2020, 1, 1, tzinfo=UTC), datetime(2024, 2, 1, tzinfo=UTC)) == [
        (2020, 0, 1, 20), (2021, 0, 0, 0), (2022, 0, 0, 0), (2023, 0, 0, 0), (2024, 0, 1, 20)
    ]  # fmt: skip
    assert bars(datetime(2026, 1, 1, tzinfo=UTC)) == []


def test_editions_of_a_series_have_a_page_and_feeds_of_their_own() -> None:
    editions = tuple(
        Edition(path=f"editions/{n}.md", title=f"E{n}", date=NOW + timedelta(days=-n), slug=f"e{n}", series=series)
        for n, series in enumerate(("Weekly", "", "Weekly"))
    )
    outputs = plan_of(an_article(1), editions=editions)
    page = view(outputs, "/editions/series/weekly/")
    assert isinstance(page, SeriesPage)
    assert [one.title for one in page.editions] == ["E0", "E2"]
    feed, whole = outputs["/editions/series/weekly/atom.xml"].makes, outputs["/editions/feed.json"].makes
    assert isinstance(feed, Feed)
    assert isinstance(whole, Feed)
    assert (len(feed.entries), len(whole.entries)) == (2, 3)


def test_the_whole_edition_has_the_articles_themselves() -> None:
    sections = (EditionSection(title="All", articles=("a1",)),)
    edition = Edition(path="editions/e.md", title="One", date=NOW, slug="e", sections=sections)
    whole = view(plan_of(an_article(1, text=Text("Full text.")), editions=(edition,)), "/editions/e/whole/")
    assert isinstance(whole, WholeEdition)
    assert [one.body.markdown for section in whole.sections for one in section.articles] == ["Full text."]


def test_a_large_edition_is_printed_in_parts_that_keep_the_order() -> None:
    articles = [an_article(n, text=Text("x" * 9_000)) for n in range(5)]
    sections = (
        EditionSection(title="One", articles=("a0", "a1", "a2")), EditionSection(title="Two", articles=("a3", "a4")),
    )  # fmt: skip
    edition = Edition(path="editions/e.md", title="E", date=NOW, slug="e", sections=sections)
    outputs = plan_of(*articles, editions=(edition,))
    parts = [view(outputs, f"/editions/e/whole/{page}") for page in ("", "page/2/", "page/3/")]
    assert [
        [(section.title, [one.article.title for one in section.articles]) for section in part.sections]
        for part in parts if isinstance(part, WholeEdition)
    ] == [
        [("One", ["Article 0", "Article 1"])], [("One", ["Article 2"]), ("Two", ["Article 3"])],
        [("Two", ["Article 4"])],
    ]  # fmt: skip
    text = view(outputs, "/editions/e/index.txt")
    assert isinstance(text, WholeEdition)
    assert [len(section.articles) for section in text.sections] == [3, 2]


def test_the_search_index_is_of_what_is_published() -> None:
    makes = plan_of(an_article(1), an_article(2, draft=True))["/search/index/"].makes
    assert isinstance(makes, SearchIndex)
    assert [one.article.title for one in makes.articles] == ["Article 1"]


def test_the_news_sitemap_has_the_last_two_days_to_the_moment() -> None:
    ages = [timedelta(hours=48), timedelta(hours=48, seconds=1), timedelta(0)]
    outputs = plan_of(*(an_article(n, date=NOW - age) for n, age in enumerate(ages)))
    news = view(outputs, "/sitemap-news.xml")
    assert isinstance(news, NewsSitemap)
    assert sorted(titles(news.articles)) == ["Article 0", "Article 2"]


def test_a_large_site_has_sitemaps_of_fifty_thousand_addresses() -> None:
    pages = tuple(Page(path=f"pages/{n}.md", title=f"P{n}", slug=f"p{n}") for n in range(50_001))
    outputs = plan_of(pages=pages)
    index = view(outputs, "/sitemap.xml")
    assert isinstance(index, SitemapIndex)
    assert index.sitemaps == ("/sitemap-1.xml", "/sitemap-2.xml")
    sizes = [len(found.pages) for url in index.sitemaps if isinstance(found := view(outputs, url), Sitemap)]
    assert sizes[0] == 50_000
    assert sum(sizes) == sum(output.is_page for output in outputs.values())


def test_what_is_kept_offline_is_the_latest_edition() -> None:
    sections = (EditionSection(title="All", articles=("a1",)),)
    edition = Edition(path="editions/e.md", title="One", date=NOW, slug="e", sections=sections)
    machine = view(plan_of(an_article(1), an_article(2), editions=(edition,)), "/sw.js")
    assert isinstance(machine, Machine)
    assert machine.fresh == ("/", "/editions/e/", "/2026/01/a1/")
    other = view(plan_of(an_article(1, title="New"), an_article(2), editions=(edition,)), "/sw.js")
    assert isinstance(other, Machine)
    assert machine.version != other.version


def test_a_picture_is_published_without_metadata_and_in_its_sizes() -> None:
    file = MediaFile(
        path="articles/p.jpg", file="p.jpg", digest="0123456789abcdef", size=900_000, type="image/jpeg", width=2000,
        height=1000, scalable=True,
    )  # fmt: skip
    outputs = plan_of(an_article(1, image=Image(path="p.jpg")), media={"articles/p.jpg": file})
    assert isinstance(outputs["/media/articles/p.jpg"].makes, Original)
    sizes = {url: one.makes for url, one in outputs.items() if isinstance(one.makes, Scaled)}
    assert sorted((made.format, made.width) for made in sizes.values()) == [
        ("jpeg", 1200), ("webp", 480), ("webp", 800), ("webp", 1200), ("webp", 1600)
    ]  # fmt: skip
    page = view(outputs, "/2026/01/a1/")
    assert isinstance(page, ArticlePage)
    picture = page.published.teaser.image
    assert picture is not None
    assert {one.url for one in picture.variants} | {picture.src} == set(sizes)
    assert all("01234567" in url for url in sizes)


def test_a_picture_that_cannot_be_scaled_is_shown_as_it_is() -> None:
    file = MediaFile(path="articles/p.gif", file="p", digest="0" * 32, size=1, type="image/gif", width=2000, height=9)
    outputs = plan_of(an_article(1, image=Image(path="p.gif")), media={"articles/p.gif": file})
    assert not [one for one in outputs.values() if isinstance(one.makes, Scaled)]


def test_tag_pages_are_counted_and_paginated() -> None:
    outputs = plan_of(
        *(an_article(n, tags=("X",)) for n in range(3)), an_article(9, tags=("Y",)),
        tags=(TagDefinition(name="X", slug="x", description="All of X."),),
    )  # fmt: skip
    first, second = view(outputs, "/tags/x/"), view(outputs, "/tags/x/page/2/")
    assert isinstance(first, TagPage)
    assert isinstance(second, TagPage)
    assert (first.count, first.description, titles(first.articles)) == (3, "All of X.", ["Article 2", "Article 1"])
    assert titles(second.articles) == ["Article 0"]
    index = view(outputs, "/tags/")
    assert isinstance(index, TagIndex)
    assert [(one.title, one.count, one.url) for one in index.tags] == [("X", 3, "/tags/x/"), ("Y", 1, "/tags/y/")]


def test_each_source_has_a_page() -> None:
    outputs = plan_of(*(an_article(n, source=Source(name="Press")) for n in range(3)))
    page = view(outputs, "/sources/press/page/2/")
    assert isinstance(page, SourcePage)
    assert (page.count, titles(page.articles)) == (3, ["Article 0"])


def test_editions_are_indexed_and_the_newest_is_also_the_latest() -> None:
    editions = tuple(
        Edition(
            path=f"editions/{day}.md", title=f"Edition {day}", date=datetime(2026, 11, day, tzinfo=UTC), slug=str(day),
            sections=(EditionSection(title="All", articles=("a1",)),),
        )
        for day in (1, 2)
    )  # fmt: skip
    outputs = plan_of(an_article(1), editions=editions)
    index = view(outputs, "/editions/")
    assert isinstance(index, EditionIndex)
    assert [(one.title, one.count) for one in index.editions] == [("Edition 2", 1), ("Edition 1", 1)]
    assert view(outputs, "/latest/") == view(outputs, "/editions/2/")
    latest = view(outputs, "/latest/")
    assert isinstance(latest, EditionPage)
    assert latest.canonical == "/editions/2/"
    assert "/latest/" not in [page.url for page in sitemap(outputs)]


def test_the_archive_counts_months_on_the_sites_clock() -> None:
    config = replace(CONFIG, timezone=ZoneInfo("Pacific/Auckland"))
    late = an_article(1, date=datetime(2025, 12, 31, 20, tzinfo=UTC))
    outputs = plan_of(late, config=config)
    month = view(outputs, "/2026/01/")
    assert isinstance(month, MonthPage)
    assert (month.month.count, [titles(day.articles) for day in month.days]) == (1, [["Article 1"]])
    assert "/2025/" not in outputs


def test_a_month_is_paginated() -> None:
    outputs = plan_of(*(an_article(n) for n in range(5)))
    page = view(outputs, "/2026/01/page/3/")
    assert isinstance(page, MonthPage)
    assert [titles(day.articles) for day in page.days] == [["Article 0"]]


def test_an_alias_redirects() -> None:
    outputs = plan_of(an_article(1, aliases=("/old/", "/2026/01/a1/", "/x/old.html")))
    assert view(outputs, "/old/") == view(outputs, "/x/old.html") == Redirect(target="/2026/01/a1/")


def sitemap(outputs: Plan) -> Any:
    found = view(outputs, "/sitemap-1.xml")
    assert isinstance(found, Sitemap)
    return found.pages


def test_the_sitemap_lists_pages_and_neither_redirects_nor_files() -> None:
    outputs = plan_of(an_article(1, tags=("X",), aliases=("/old/",), updated=datetime(2026, 5, 1, tzinfo=UTC)))
    pages = {page.url: page.changed for page in sitemap(outputs)}
    assert set(pages) == {
        "/", "/2026/01/a1/", "/tags/", "/tags/x/", "/archive/", "/2026/", "/2026/01/", "/search/", "/feeds/",
    }  # fmt: skip
    assert pages["/2026/01/a1/"] == datetime(2026, 5, 1, tzinfo=UTC)


def test_a_digests_own_robots_txt_stands_before_ours(tmp_path: Path) -> None:
    digest(tmp_path, {})
    write(tmp_path, {"static/robots.txt": "User-agent: *\nDisallow: /\n"})
    built(tmp_path)
    assert tree(tmp_path / "site")["robots.txt"] == b"User-agent: *\nDisallow: /\n"


def entries(feed: Feed) -> list[str]:
    return [one.article.title for one in feed.entries if isinstance(one, PublishedArticle)]


def test_feeds_hold_the_newest_articles_and_each_tag_has_its_own() -> None:
    config = replace(CONFIG, feed=Feeds(size=2))
    outputs = plan_of(*(an_article(n, tags=("X",) if n == 1 else ()) for n in range(4)), config=config)
    whole, tagged = outputs["/atom.xml"].makes, outputs["/tags/x/rss.xml"].makes
    assert isinstance(whole, Feed)
    assert isinstance(tagged, Feed)
    assert entries(whole) == ["Article 3", "Article 2"]
    assert entries(tagged) == ["Article 1"]


def test_pages_show_no_more_than_they_are_given_of_the_site(tmp_path: Path) -> None:
    """The front page of a real build, read as a reader would."""
    digest(tmp_path, {f"articles/{n}.md": article(title=f"Number {n}", date=f"2026-11-0{n}") for n in range(1, 5)})
    html = rendered(tmp_path, "/")
    assert [html.index(f"Number {n}") for n in (4, 3, 2, 1)] == sorted(html.index(f"Number {n}") for n in range(1, 5))


# Addresses


def test_find_answers_as_a_host_would() -> None:
    outputs = plan_of(an_article(1), pages=(Page(path="pages/c.md", title="C", slug="café"),))
    for url in ("/2026/01/a1/", "/2026/01/a1", "/2026/01/a1/index.html", "/2026/01/a1/?x=1#y"):
        assert find(outputs, url) is outputs["/2026/01/a1/"]
    assert find(outputs, "/café/") is outputs["/café/"]
    assert find(outputs, "/2026/01/a2/") is None
    assert find(outputs, "/search/index/any/file.js") is outputs["/search/index/"]


@pytest.mark.parametrize(
    ("one", "other"),
    [("/a/", "/a/"), ("/a/", "/A/"), ("/café/", "/cafe\u0301/"), ("/straße/", "/STRASSE/"), ("/ﬁ/", "/fi/")],
)
def test_two_outputs_with_one_address_are_an_error_that_names_both(one: str, other: str) -> None:
    with pytest.raises(ContentError) as caught:
        plan_of(an_article(1, url=one), an_article(2, url=other))
    (problem,) = caught.value.problems
    assert "content/articles/1.md and by content/articles/2.md" in problem.message


def test_every_culprit_of_a_clash_is_named() -> None:
    with pytest.raises(ContentError) as caught:
        plan_of(
            an_article(1, url="/about/"), an_article(2, aliases=("/About/",)), an_article(3, url="/tags/x/"),
            an_article(4, tags=("X",)), pages=(Page(path="pages/about.md", title="About", slug="about"),),
        )  # fmt: skip
    assert [problem.message for problem in caught.value.problems] == [
        "/About/ and /about/ are claimed by content/articles/1.md and by content/articles/2.md"
        " and by content/pages/about.md",
        "/tags/x/ is claimed by content/articles/3.md and by the tag X",
    ]


def test_a_file_where_another_needs_a_folder_is_a_clash() -> None:
    with pytest.raises(ContentError) as caught:
        plan_of(an_article(1, url="/a.html"), an_article(2, url="/A.html/b/"))
    assert [problem.message for problem in caught.value.problems] == [
        "/A.html/b/ and /a.html are claimed by content/articles/1.md and by content/articles/2.md"
    ]


def test_an_alias_given_twice_is_an_error_of_its_own_file() -> None:
    with pytest.raises(ContentError, match=r"claimed twice by content/articles/1\.md"):
        plan_of(an_article(1, aliases=("/old/", "/old/")))


def tried(*articles: Article, **content: Any) -> tuple[Plan, tuple[Problem, ...]]:
    try:
        return plan_of(*articles, **content), ()
    except ContentError as error:
        return {}, error.problems


NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).filter(str.strip)


@given(st.lists(st.tuples(NAMES, NAMES, st.sampled_from(["a", "A", "ä", "a\u0308", "tags", "2026", "index.html"]))))
def test_addresses_in_a_plan_are_unique_to_every_disk_or_the_clash_is_told(parts: list[tuple[str, str, str]]) -> None:
    articles = [
        an_article(n, slug=slug, tags=(tag,), source=Source(name=source)) for n, (tag, source, slug) in enumerate(parts)
    ]
    pages = tuple(Page(path=f"pages/{n}.md", title=slug, slug=slug) for n, (_, _, slug) in enumerate(parts[:2]))
    outputs, problems = tried(*articles, pages=pages)
    assert all("claimed" in problem.message for problem in problems)
    claims = [claim(url) for url in outputs]
    assert len(set(claims)) == len(claims)
    folders = {"/".join(one.split("/")[:depth]) for one in claims for depth in range(1, one.count("/") + 1)}
    assert folders.isdisjoint(claims)


@given(st.lists(NAMES, min_size=1, max_size=8, unique=True))
def test_tags_and_sources_of_any_names_make_a_plan(names: list[str]) -> None:
    outputs = plan_of(*(an_article(n, tags=(name,), source=Source(name=name)) for n, name in enumerate(names)))
    assert len({claim(url) for url in outputs}) == len(outputs)


def test_assembling_gives_the_same_plan_each_time(tmp_path: Path) -> None:
    digest(tmp_path, {"articles/a.md": article(tags="[X]"), "articles/b.md": article(source="Press")})
    assert assembled(tmp_path).plan == assembled(tmp_path).plan
