"""Readers find articles on the search page of a built site, under its own security policy."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from digests import article, built, digest
from hosting import Hosted, hosted
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from serving import served

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium on this machine, so search is not tried in a browser (apt install chromium)"
)

LONG = "Nothing in particular is said here. " * 30

FILES = {
    "articles/2024/pasta.md": article(
        f"{LONG} Then a paragraph on fermentation, and fermentation again. {LONG}",
        title="Cooking pasta", date="2024-05-01", tags="[Food]", source="The Kitchen",
    ),
    "articles/2025/older.md": article(
        "A text about gardens.", title="Gardens of old", date="2025-03-01", tags="[Garden]", source="The Leaf"
    ),
    "articles/2026/newer.md": article(
        "A text about gardens.", title="Gardens of now", date="2026-03-01", tags="[Garden]", source="The Leaf"
    ),
    "articles/2026/garten.md": article(
        "Über Gärten und Wörter.", title="Gärten im Herbst", date="2026-04-01", lang="de", tags="[Herbst]"
    ),
    "articles/2026/zh.md": article("讨论开放标准。", title="开放标准", date="2026-04-02", lang="zh"),
    "articles/2026/zh2.md": article("标题开头放着。准备好。", title="别的", date="2026-04-03", lang="zh"),
    "articles/2026/hostile.md": article(
        "Zebra `<img src=x onerror=\"document.title='owned'\">` text.",
        title="'Zebra <script>document.title=\"owned\"</script>'", date="2026-04-04", tags="[\"<b>bold</b>\"]",
    ),
    "articles/2026/draft.md": article("The unicorn.", title="Unicorn", date="2026-04-05", draft="true"),
    **{
        f"articles/many/{number:02}.md": article(
            "Penguins walk.", title=f"Penguins {number:02}", date=f"2026-01-{number:02}", tags="[Birds]"
        )
        for number in range(1, 13)
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
                  "--disable-background-networking", "--disable-component-update"],
        )  # fmt: skip
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    """A site below a path, as its own _headers have it served."""
    root = digest(
        tmp_path_factory.mktemp("search"), FILES, base_url="https://example.org/news/", own_theme=False
    )
    built(root)
    with hosted(root / "site", "/news") as host:
        yield host


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 900, "height": 700})
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page on which every breach of the policy and every error of a script is a line in `window.broken`."""
    page = context.new_page()
    page.set_default_timeout(15_000)
    expect.set_options(timeout=15_000)
    page.add_init_script(
        "window.broken = [];"
        "addEventListener('error', (event) => window.broken.push(String(event.message)));"
        "addEventListener('unhandledrejection', (event) => window.broken.push(String(event.reason)));"
        "addEventListener('securitypolicyviolation', (event) => window.broken.push(event.violatedDirective));"
    )
    return page


def titles(page: Page) -> list[str]:
    return page.locator(".result a").all_inner_texts()


def search(page: Page, site: Hosted, query: str) -> None:
    page.goto(f"{site.address}/search/{query}")
    expect(page.locator(".search-status")).not_to_be_empty()
    expect(page.locator(".search-status")).not_to_have_text("Searching …")


def test_typing_finds_an_article_and_marks_what_was_sought(page: Page, site: Hosted) -> None:
    page.goto(f"{site.address}/search/")
    page.locator("#q").press_sequentially("fermentation", delay=10)
    result = page.locator(".result")
    expect(result).to_have_count(1)
    expect(result.get_by_role("link")).to_have_attribute("href", "/news/2024/05/pasta/")
    expect(result.get_by_role("link")).to_have_text("Cooking pasta")
    expect(result.locator("mark").first).to_have_text("fermentation,")
    expect(result.locator("time")).to_have_text("1 May 2024")
    expect(result).to_contain_text("The Kitchen")
    expect(page.get_by_role("status")).to_have_text("Results: 1")
    expect(page).to_have_url(f"{site.address}/search/?q=fermentation")
    assert page.evaluate("window.broken") == []


def test_a_result_leads_to_its_article(page: Page, site: Hosted) -> None:
    search(page, site, "?q=pasta")
    page.locator(".result a").click()
    expect(page.locator("h1")).to_have_text("Cooking pasta")


def test_nothing_of_the_index_is_loaded_before_it_is_asked_for(page: Page, site: Hosted) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site.address}/search/", wait_until="networkidle")
    assert [url for url in asked if "/search/index/" in url] == []
    page.locator("#q").focus()
    page.wait_for_event("requestfinished", lambda request: request.url.endswith(".pf_meta"))


def test_of_equal_articles_the_newest_comes_first(page: Page, site: Hosted) -> None:
    search(page, site, "?q=gardens")
    assert titles(page) == ["Gardens of now", "Gardens of old"]


def test_an_article_that_is_about_it_comes_before_one_that_mentions_it(page: Page, site: Hosted) -> None:
    search(page, site, "?q=old+gardens")
    assert titles(page)[0] == "Gardens of old"


def test_filters_narrow_and_stand_in_the_address(page: Page, site: Hosted) -> None:
    search(page, site, "?q=gardens&year=2025")
    assert titles(page) == ["Gardens of old"]
    page.goto(f"{site.address}/search/?q=gardens")
    page.locator("details.filters summary").click()
    expect(page.locator("#year option")).to_have_text(["All", "2026 (1)", "2025 (1)"])
    page.locator("#year").select_option("2026")
    expect(page).to_have_url(f"{site.address}/search/?q=gardens&year=2026")
    expect(page.locator(".result a")).to_have_text(["Gardens of now"])
    assert page.evaluate("window.broken") == []


def test_a_filter_alone_lists_all_it_has_newest_first(page: Page, site: Hosted) -> None:
    search(page, site, "?tag=Birds")
    assert titles(page) == [f"Penguins {number}" for number in (12, 11, 10, "09", "08")]
    expect(page.locator("#tag")).to_have_value("Birds")


def test_further_results_come_when_asked_for(page: Page, site: Hosted) -> None:
    search(page, site, "?q=penguins")
    expect(page.get_by_role("status")).to_have_text("Results: 12")
    expect(page.locator(".result")).to_have_count(5)
    more = page.get_by_role("button", name="More results")
    more.click()
    expect(page.locator(".result")).to_have_count(10)
    expect(page.locator(".result a").nth(5)).to_be_focused()
    more.click()
    expect(page.locator(".result")).to_have_count(12)
    expect(more).to_be_hidden()


def test_back_returns_to_the_question_before(page: Page, site: Hosted) -> None:
    search(page, site, "?q=gardens")
    page.locator("#q").fill("pasta")
    page.locator("#q").press("Enter")
    expect(page.locator(".result a")).to_have_text(["Cooking pasta"])
    page.go_back()
    expect(page.locator("#q")).to_have_value("gardens")
    expect(page.locator(".result")).to_have_count(2)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=gärten", "Gärten im Herbst"), ("?q=标准", "开放标准"), ("?q=garden", "Gardens of now"),
        ("?q=ferment", "Cooking pasta"), ("?q=fermentations", "Cooking pasta"), ("?q=Kitchen", "Cooking pasta"),
        ("?q=%22now%22", "Gardens of now"), ("?q=cooking-pasta", "Cooking pasta"),
        ("?q=pasta+qqqq+2024", "Cooking pasta"),
    ],
)  # fmt: skip
def test_words_are_found_as_people_type_them(page: Page, site: Hosted, query: str, found: str) -> None:
    search(page, site, query)
    assert titles(page)[0] == found


def test_writing_without_spaces_is_found_only_where_it_stands_together(page: Page, site: Hosted) -> None:
    search(page, site, "?q=开放标准")
    assert titles(page) == ["开放标准"]
    expect(page.locator(".excerpt")).to_have_text("讨论开放标准。 2026", use_inner_text=True)


def test_quoted_words_are_found_only_where_they_stand_together(page: Page, site: Hosted) -> None:
    search(page, site, '?q="gardens of old"')
    assert titles(page) == ["Gardens of old"]


@pytest.mark.parametrize("query", ["?q=unicorn", "?q=qqqqq", "?q=gardens&tag=Nothing"])
def test_what_is_not_there_or_a_draft_is_said_not_to_be_found(page: Page, site: Hosted, query: str) -> None:
    search(page, site, query)
    expect(page.get_by_role("status")).to_have_text("Nothing found. Fewer or other words may help.")
    assert titles(page) == []


@pytest.mark.parametrize(
    "query", ["zebra", "<script>", "\"><img src=x onerror=alert(1)>", "a" * 2000, '" "', "$&"]
)
def test_no_words_become_markup(page: Page, site: Hosted, query: str) -> None:
    page.goto(f"{site.address}/search/")
    page.locator("#q").fill(query)
    page.locator("#q").press("Enter")
    expect(page.get_by_role("status")).not_to_be_empty()
    if query == "zebra":
        expect(page.locator(".result a")).to_have_text(['Zebra <script>document.title="owned"</script>'])
        page.locator("details.filters summary").click()
        expect(page.locator("#tag option").last).to_have_text("<b>bold</b> (1)")
    assert page.title().startswith("Search")
    assert page.locator("main img, main script").count() == 0
    assert page.evaluate("window.broken") == []


def test_an_index_that_cannot_be_loaded_is_said_in_words(page: Page, site: Hosted) -> None:
    page.route(re.compile("/search/index/"), lambda route: route.abort())
    search(page, site, "?q=gardens")
    expect(page.get_by_role("status")).to_contain_text("could not be loaded")
    page.unroute(re.compile("/search/index/"))
    page.locator("#q").press("Enter")
    expect(page.locator(".result")).to_have_count(2)


def test_without_script_the_page_says_where_else_to_look(browser: Browser, site: Hosted) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.address}/search/?q=gardens")
    words = page.locator("main")
    expect(words).to_contain_text("Searching here needs JavaScript")
    for name in ("Archive", "Tags", "Sources"):
        expect(words.get_by_role("link", name=name)).to_be_visible()
    expect(page.locator("#q")).to_be_hidden()
    context.close()


def test_a_slash_leads_to_the_box_on_every_page(page: Page, site: Hosted) -> None:
    page.goto(f"{site.address}/")
    page.keyboard.press("/")
    page.wait_for_url(f"{site.address}/search/")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    expect(page.locator("#q")).to_have_value("")


def test_the_page_for_what_is_not_found_searches(page: Page, site: Hosted) -> None:
    page.goto(f"{site.address}/2020/cooking-pasta.html")
    page.locator("main form").get_by_role("button").click()
    expect(page.locator(".result a").first).to_have_text("Cooking pasta")


def test_from_right_to_left_a_source_is_followed_by_its_dot(tmp_path: Path, page: Page) -> None:
    digest(tmp_path, {"articles/a.md": article("Gardens.", source="The Leaf")}, more='language = "ar"', own_theme=False)
    built(tmp_path)
    with hosted(tmp_path / "site") as host:
        page.goto(f"{host.address}/search/?q=gardens")
        source = page.locator(".result .byline span")
        expect(source).to_have_text("The Leaf")
        assert source.evaluate("one => getComputedStyle(one).direction") == "rtl"
        assert source.locator("bdi").evaluate("one => getComputedStyle(one).direction") == "ltr"


def test_the_preview_searches_what_was_just_written(tmp_path: Path, page: Page) -> None:
    root = digest(tmp_path, {"articles/one.md": article("About otters.")}, own_theme=False)
    with served(root) as server:
        page.goto(f"{server.address}search/?q=otters")
        expect(page.locator(".result")).to_have_count(1)
        (root / "content/articles/one.md").write_text(article("About badgers."))
        page.goto(f"{server.address}search/?q=otters")
        expect(page.get_by_role("status")).to_contain_text("Nothing found")
        page.goto(f"{server.address}search/?q=badgers")
        expect(page.locator(".result")).to_have_count(1)
