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
from broadsheet.config import Config, Feeds
from broadsheet.errors import ContentError, Problem
from broadsheet.model import Article, Content, Edition, EditionSection, Page, Source, TagDefinition
from broadsheet.plan import (
    ArticlePage,
    EditionIndex,
    EditionPage,
    Feed,
    FrontPage,
    MonthPage,
    Plan,
    Redirect,
    Rendering,
    Sitemap,
    SourcePage,
    TagIndex,
    TagPage,
    View,
    find,
    plan,
)
from broadsheet.slugs import claim

CONFIG = Config(title="Small Print", base_url="https://example.org/", paginate=2)


def an_article(number: int, **keys: Any) -> Article:
    values: dict[str, Any] = {
        "title": f"Article {number}", "date": datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number),
        "slug": f"a{number}", **keys,
    }  # fmt: skip
    return Article(path=f"articles/{number}.md", **values)


def plan_of(*articles: Article, config: Config = CONFIG, **content: Any) -> Plan:
    return plan(collect(Content(articles=articles, **content), config, root=Path("nowhere"), now=NOW).site, config)


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


# Which outputs there are


def test_an_empty_digest_still_has_its_front_page_feeds_archive_and_machines_files() -> None:
    assert set(plan_of()) == {"/", "/archive/", "/rss.xml", "/atom.xml", "/404.html", "/sitemap.xml", "/robots.txt"}


def test_every_kind_of_page_is_there() -> None:
    outputs = plan_of(
        an_article(1, tags=("X",), source=Source(name="Press"), aliases=("/old/",)),
        pages=(Page(path="pages/about.md", title="About", slug="about", aliases=("/imprint/",)),),
        editions=(Edition(path="editions/e.md", title="One", date=NOW, slug="2026-11-30"),),
    )
    assert set(outputs) == {
        "/", "/2026/01/a1/", "/tags/", "/tags/x/", "/tags/x/rss.xml", "/tags/x/atom.xml", "/sources/",
        "/sources/press/", "/editions/", "/editions/2026-11-30/", "/latest/", "/archive/", "/2026/", "/2026/01/",
        "/about/", "/rss.xml", "/atom.xml", "/404.html", "/old/", "/imprint/", "/sitemap.xml", "/robots.txt",
    }  # fmt: skip


def test_the_front_page_has_a_lead_and_the_others_newest_first_page_by_page() -> None:
    outputs = plan_of(*(an_article(number) for number in range(6)))
    first, second, third = (front(outputs, url) for url in ("/", "/page/2/", "/page/3/"))
    assert first.lead is not None
    assert first.lead.title == "Article 5"
    assert [titles(one.articles) for one in (first, second, third)] == [
        ["Article 4", "Article 3"], ["Article 2", "Article 1"], ["Article 0"]
    ]  # fmt: skip
    assert second.lead is None
    assert (second.pagination.newer, second.pagination.older, second.pagination.total) == ("/", "/page/3/", 3)
    assert (first.pagination.newer, third.pagination.older) == ("", "")
    assert "/page/4/" not in outputs


def test_a_pinned_article_leads_and_is_not_shown_twice() -> None:
    first = front(plan_of(an_article(1, pinned=True), an_article(2), an_article(3)), "/")
    assert first.lead is not None
    assert first.lead.title == "Article 1"
    assert titles(first.articles) == ["Article 3", "Article 2"]


def test_an_article_page_knows_its_neighbours_and_kin() -> None:
    outputs = plan_of(*(an_article(n, tags=("X",) if n % 2 else ("Y",)) for n in range(5)))
    page = view(outputs, "/2026/01/a3/")
    assert isinstance(page, ArticlePage)
    assert page.previous is not None
    assert page.next is not None
    assert (page.next.title, page.previous.title) == ("Article 4", "Article 2")
    assert titles(page.related) == ["Article 1"]


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
    assert (month.month.count, titles(month.articles)) == (1, ["Article 1"])
    assert "/2025/" not in outputs


def test_a_month_is_paginated() -> None:
    outputs = plan_of(*(an_article(n) for n in range(5)))
    page = view(outputs, "/2026/01/page/3/")
    assert isinstance(page, MonthPage)
    assert titles(page.articles) == ["Article 0"]


def test_an_alias_redirects() -> None:
    outputs = plan_of(an_article(1, aliases=("/old/", "/2026/01/a1/", "/x/old.html")))
    assert view(outputs, "/old/") == view(outputs, "/x/old.html") == Redirect(target="/2026/01/a1/")


def sitemap(outputs: Plan) -> Any:
    found = view(outputs, "/sitemap.xml")
    assert isinstance(found, Sitemap)
    return found.pages


def test_the_sitemap_lists_pages_and_neither_redirects_nor_files() -> None:
    outputs = plan_of(an_article(1, tags=("X",), aliases=("/old/",), updated=datetime(2026, 5, 1, tzinfo=UTC)))
    pages = {page.url: page.changed for page in sitemap(outputs)}
    assert set(pages) == {"/", "/2026/01/a1/", "/tags/", "/tags/x/", "/archive/", "/2026/", "/2026/01/"}
    assert pages["/2026/01/a1/"] == datetime(2026, 5, 1, tzinfo=UTC)


def test_a_digests_own_robots_txt_stands_before_ours(tmp_path: Path) -> None:
    digest(tmp_path, {})
    write(tmp_path, {"static/robots.txt": "User-agent: *\nDisallow: /\n"})
    built(tmp_path)
    assert tree(tmp_path / "site")["robots.txt"] == b"User-agent: *\nDisallow: /\n"


def test_feeds_hold_the_newest_articles_and_each_tag_has_its_own() -> None:
    config = replace(CONFIG, feed=Feeds(size=2))
    outputs = plan_of(*(an_article(n, tags=("X",) if n == 1 else ()) for n in range(4)), config=config)
    whole, tagged = outputs["/atom.xml"].makes, outputs["/tags/x/rss.xml"].makes
    assert isinstance(whole, Feed)
    assert isinstance(tagged, Feed)
    assert [one.article.title for one in whole.articles] == ["Article 3", "Article 2"]
    assert [one.article.title for one in tagged.articles] == ["Article 1"]


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
