"""The default theme in a real browser: narrow and wide, light and dark, on paper, by keyboard, from right to left."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from digests import article, built, digest, png
from hosting import Hosted, hosted
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium on this machine, so the theme is not looked at in a browser (apt install it)"
)

LONG = "Rechtsschutzversicherungsgesellschaftsmitteilungsblatt"
BODY = f"""\
A paragraph with *stress*, [a link](https://example.com/), and {LONG * 3}.

> Somebody said so.

| One | Two | Three | Four | Five | Six |
|-----|-----|-------|------|------|-----|
| {" | ".join(["unbreakable" * 3] * 6)} |

```
{"x" * 200}
```
"""
STORY = {"source_url": "https://example.com/original", "story": "a-bridge", "section": "Town", "authors": "[Ada North]"}
SOURCE = "\n  name: The Harbour Post\n  author: Ned West\n  published: 2026-10-01"

FILES: dict[str, str | bytes] = {
    "articles/bridge.md": article(
        BODY, **STORY, title="The bridge opens", date="2026-10-02", tags="[Bridges, Harbour]", source=SOURCE,
        image="bridge.png", image_alt="A bridge", image_caption="The bridge by night.", image_credit="Ada North",
        corrections="\n  - date: 2026-10-04\n    note: The bridge is longer than we said.", dek="After nine years",
    ),
    "articles/bridge.png": png(1280, 720),
    "articles/again.md": article(BODY, **STORY, title="A bridge, again", date="2026-10-03", source="Evening Sheet"),
    "articles/long.md": article(BODY, title=f"'{LONG * 4} <b>'", date="2026-09-01", tags=f"[{LONG}]", lang="de"),
    **{
        f"articles/{number}.md": article("Words.", title=f"Short {number}", date=f"2026-0{number}-05", tags="[Bridges]")
        for number in range(1, 9)
    },
    "editions/first.md": article(
        "A note.", title="The first issue", date="2026-10-05", number="1",
        sections="\n  - title: Town\n    articles: [bridge, again]\n  - title: Rest\n    articles: [long]",
    ),
    "pages/about.md": article("Who we are.", title="About").replace("date: 2026-11-02\n", ""),
}  # fmt: skip

ARTICLE = "/2026/10/bridge/"
PAGES = (
    "/", ARTICLE, "/2026/09/long/", "/editions/first/", "/editions/first/whole/", "/editions/", "/tags/",
    "/tags/bridges/", "/sources/", "/sources/the-harbour-post/", "/authors/", "/authors/ada-north/", "/archive/",
    "/2026/", "/2026/10/", "/feeds/", "/search/", "/about/", "/not-here/",
)  # fmt: skip


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
    root = digest(tmp_path_factory.mktemp("theme"), FILES, base_url="https://example.org/news/", own_theme=False)
    built(root)
    with hosted(root / "site", "/news") as host:
        yield host


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page on which every breach of the policy and every error of a script is a line in `window.broken`."""
    page = context.new_page()
    page.add_init_script(
        "window.broken = [];"
        "addEventListener('error', (event) => window.broken.push(String(event.message)));"
        "addEventListener('unhandledrejection', (event) => window.broken.push(String(event.reason)));"
        "addEventListener('securitypolicyviolation', (event) => window.broken.push(event.violatedDirective));"
    )
    return page


def canvas(page: Page) -> float:
    """How light the page is behind its text, from 0 to 1."""
    colour = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    return sum(int(part) for part in re.findall(r"\d+", colour)[:3]) / 765


def test_no_page_scrolls_sideways_on_the_narrowest_screen(page: Page, site: Hosted) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    wide = []
    for path in PAGES:
        page.goto(site.address + path)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(path)
    assert wide == []


def test_no_page_breaks_the_policy_or_throws_an_error(page: Page, site: Hosted) -> None:
    for path in PAGES:
        page.goto(site.address + path)
        assert page.evaluate("window.broken") == [], path


def test_headings_begin_with_one_of_the_first_level_and_skip_none(page: Page, site: Hosted) -> None:
    for path in PAGES:
        page.goto(site.address + path)
        levels = page.evaluate("[...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map((h) => +h.tagName[1])")
        assert levels.count(1) == 1, path
        assert all(after - before <= 1 for before, after in pairwise(levels)), path


def test_pages_follow_the_system_in_light_and_dark_where_script_fails(browser: Browser, site: Hosted) -> None:
    for light in (True, False):
        context = browser.new_context(color_scheme="light" if light else "dark")
        page = context.new_page()
        page.route("**/site.js*", lambda route: route.abort())
        page.goto(site.address + ARTICLE)
        assert (canvas(page) > 0.5) is light
        context.close()


def test_a_choice_of_light_or_dark_is_kept_for_every_page(context: BrowserContext, page: Page, site: Hosted) -> None:
    page.emulate_media(color_scheme="light")
    page.goto(f"{site.address}/about/")
    button = page.get_by_role("button", name="Appearance As the system")
    button.click()
    expect(page.locator("#scheme")).to_have_text("Light")
    page.locator("#scheme").click()
    expect(page.locator("#scheme")).to_have_text("Dark")
    assert canvas(page) < 0.2
    other = context.new_page()
    other.emulate_media(color_scheme="light")
    other.goto(site.address + ARTICLE)
    assert canvas(other) < 0.2
    expect(other.locator("#scheme")).to_have_text("Dark")
    other.locator("#scheme").click()
    expect(page.locator("#scheme")).to_have_text("As the system")
    assert canvas(page) > 0.8


def test_the_choice_stands_before_anything_is_painted(context: BrowserContext, page: Page, site: Hosted) -> None:
    page.goto(site.address + "/")
    page.evaluate("localStorage.setItem('scheme', 'dark')")
    page.add_init_script(
        "new MutationObserver((_, all) => {"
        " if (document.body) { window.first = document.documentElement.dataset.scheme; all.disconnect(); }"
        "}).observe(document, {childList: true, subtree: true})"
    )
    page.goto(site.address + ARTICLE)
    assert page.evaluate("window.first") == "dark"


def test_every_page_prints_on_white_without_navigation(page: Page, site: Hosted) -> None:
    page.emulate_media(color_scheme="dark", media="print")
    shown = "[...document.querySelectorAll('nav, form, .skip, .imprint, button')].filter((e) => e.checkVisibility())"
    stuck = "[...document.querySelectorAll('*')].filter((e) => /fixed|sticky/.test(getComputedStyle(e).position))"
    for path in PAGES:
        page.goto(site.address + path)
        assert canvas(page) == 1, path
        assert page.evaluate(f"[{shown}.length, {stuck}.length]") == [0, 0], path
        if path != "/not-here/":
            expect(page.locator(".address").last).to_be_visible()


def test_an_article_on_paper_says_where_it_and_its_original_stand(page: Page, site: Hosted) -> None:
    page.emulate_media(media="print")
    page.goto(site.address + ARTICLE)
    expect(page.locator(".address")).to_have_text("https://example.org/news/2026/10/bridge/")
    printed = page.evaluate("getComputedStyle(document.querySelector('.original a'), '::after').content")
    assert "https://example.com/original" in printed


def test_the_whole_issue_prints_every_article_on_a_page_of_its_own(page: Page, site: Hosted) -> None:
    page.emulate_media(media="print")
    page.goto(f"{site.address}/editions/first/whole/")
    expect(page.locator(".whole .story")).to_have_count(3)
    second = page.locator(".whole .story").nth(1)
    assert second.evaluate("(e) => getComputedStyle(e).breakBefore") == "page"


def test_the_first_stop_of_the_keyboard_leads_to_the_content(page: Page, site: Hosted) -> None:
    for path in PAGES:
        page.goto(site.address + path)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getAttribute('href')") == "#content", path
        assert page.evaluate("document.activeElement.getBoundingClientRect().height") > 20, path


def test_focus_is_seen_wherever_it_goes(page: Page, site: Hosted) -> None:
    page.goto(site.address + ARTICLE)
    stops = 0
    while True:
        page.keyboard.press("Tab")
        seen = page.evaluate(
            "document.activeElement === document.body ? null"
            " : parseFloat(getComputedStyle(document.activeElement).outlineWidth)"
        )
        if seen is None:
            break
        stops += 1
        assert seen >= 2
    assert stops > 20


def test_a_slash_leads_to_search_and_into_its_box(page: Page, site: Hosted) -> None:
    page.goto(site.address + ARTICLE)
    page.keyboard.press("/")
    expect(page).to_have_url(f"{site.address}/search/")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#q")).to_have_value("/")


def test_an_address_that_leads_nowhere_becomes_a_question(page: Page, site: Hosted) -> None:
    page.goto(f"{site.address}/2025/the-old_bridge.html")
    expect(page.locator("#q")).to_have_value("news the old bridge")
    page.locator("#q").fill("bridge")
    page.locator(".search button").click()
    expect(page).to_have_url(f"{site.address}/search/?q=bridge")


def test_the_address_of_an_article_can_be_copied(context: BrowserContext, page: Page, site: Hosted) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(site.address + ARTICLE)
    page.get_by_role("button", name="Copy the link").click()
    expect(page.locator("[data-copy]")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "https://example.org/news/2026/10/bridge/"


def test_an_article_is_shared_by_plain_links(page: Page, site: Hosted) -> None:
    page.goto(site.address + ARTICLE)
    told = "The%20bridge%20opens%20https%3A//example.org/news/2026/10/bridge/"
    links = [link.get_attribute("href") for link in page.locator(".share a").all()]
    assert links == [
        f"mailto:?subject=The%20bridge%20opens&body={told}",
        f"https://share.joinmastodon.org/#text={told}",
        f"https://bsky.app/intent/compose?text={told}",
        "/news/2026/10/bridge/index.txt",
    ]


def test_an_article_names_its_original_its_mistakes_and_others_who_tell_the_story(page: Page, site: Hosted) -> None:
    page.goto(site.address + ARTICLE)
    original = page.get_by_role("link", name="Read the original at The Harbour Post")
    expect(original).to_have_attribute("href", "https://example.com/original")
    expect(page.locator(".source")).to_contain_text("By Ned West")
    page.get_by_role("link", name="Corrected 4 October 2026").click()
    expect(page.locator("#corrections")).to_contain_text("The bridge is longer than we said.")
    expect(page.locator(".also")).to_contain_text("A bridge, again")
    expect(page.locator(".also")).to_contain_text("Evening Sheet")
    expect(page.locator(".carried a")).to_have_text("The first issue")


def test_bars_stand_as_high_as_their_numbers(page: Page, site: Hosted) -> None:
    page.goto(f"{site.address}/2026/")
    bars = page.locator(".chart li")
    expect(bars).to_have_count(12)
    heights = [bar.evaluate("(e) => Math.round(e.getBoundingClientRect().height)") for bar in bars.all()]
    assert heights[9] == max(heights)
    assert abs(heights[0] * 2 - heights[9]) <= 2
    assert heights[10] == 0
    expect(bars.nth(9)).to_have_text("October 2026: 2 articles")


def test_without_script_nothing_is_offered_that_needs_it(browser: Browser, site: Hosted) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.address + ARTICLE)
    expect(page.locator("[data-copy]")).not_to_be_visible()
    expect(page.locator("#scheme")).to_be_disabled()
    expect(page.locator(".e-content")).to_contain_text("Somebody said so.")
    context.close()


def test_nothing_moves_while_a_page_loads(page: Page, site: Hosted) -> None:
    page.add_init_script(
        "window.moved = 0;"
        "new PerformanceObserver((list) => list.getEntries().forEach((one) => window.moved += one.value))"
        ".observe({type: 'layout-shift', buffered: true})"
    )
    for path in ("/", ARTICLE, "/archive/", "/not-here/"):
        page.goto(site.address + path, wait_until="networkidle")
        assert page.evaluate("window.moved") == 0, path


def test_a_site_from_right_to_left_is_mirrored(page: Page, tmp_path: Path) -> None:
    root = digest(tmp_path, FILES, more='language = "ar"', own_theme=False)
    built(root)
    with hosted(root / "site") as host:
        page.goto(host.address + ARTICLE)
        assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["ar", "rtl"]
        box, text = page.locator(".source").bounding_box(), page.locator(".text").bounding_box()
        assert box
        assert text
        assert box["x"] > text["x"] + text["width"]
        expect(page.get_by_role("link", name="اقرأ الأصل في The Harbour Post")).to_be_visible()
        page.set_viewport_size({"width": 320, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_colours_that_a_reader_forces_are_used(browser: Browser, site: Hosted) -> None:
    context = browser.new_context(forced_colors="active")
    page = context.new_page()
    page.goto(f"{site.address}/2026/")
    bar = page.locator(".chart li").nth(9)
    page.evaluate("document.body.append(document.createElement('hr'))")
    text = page.locator("hr").evaluate("(e) => { e.style.color = 'CanvasText'; return getComputedStyle(e).color; }")
    expect(bar).to_have_css("background-color", text)
    expect(bar).to_be_visible()
    context.close()
