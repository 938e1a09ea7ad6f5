"""The preview in a real browser: edit, reload, broken edit, mend."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from serving import article, digest, save, served

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
URL = "2026/11/first/"
OWN = """<!doctype html><title>x</title><link rel=stylesheet href="{{ 'own.css'|file }}"><body><h1>Own</h1></body>"""
LONG = "\n\n".join(f"Paragraph {number}." for number in range(200))

pytestmark = pytest.mark.skipif(
    CHROMIUM is None,
    reason="no Chromium on this machine, so the preview is not tried in a browser (apt install chromium)",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            # Root has no sandbox; the rest keeps the browser from looking for a network there is none of.
            args=["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
                  "--disable-background-networking", "--disable-component-update"],
        )  # fmt: skip
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 900, "height": 600})
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


def test_a_page_follows_the_editor_through_edit_break_and_mend(tmp_path: Path, page: Page) -> None:
    file = digest(tmp_path)
    overlay = page.locator("#broadsheet-problems")
    heading = page.locator("h1")
    with served(tmp_path) as server:
        page.goto(server.address + URL)
        expect(heading).to_have_text("The first")
        page.evaluate("window.scrollTo(0, 1500)")

        save(file, article("The first, edited", body=LONG))
        expect(heading).to_have_text("The first, edited")
        page.wait_for_function("window.scrollY === 1500")

        save(file, article("The first, broken", body=LONG).replace("2026-11-02", "2026-13-02"))
        expect(overlay).to_contain_text("content/articles/first.md:3:7: error: date: month must be in 1..12")
        expect(overlay).to_contain_text("hint: dates are written 2026-12-02")
        expect(heading).to_have_text("The first, edited")

        save(file, article("The first, mended", body=LONG))
        expect(heading).to_have_text("The first, mended")
        expect(overlay).to_have_count(0)
        page.wait_for_function("window.scrollY === 1500")


def test_a_broken_edit_taken_back_leaves_the_page_as_it_was(tmp_path: Path, page: Page) -> None:
    file = digest(tmp_path)
    good = file.read_text()
    overlay = page.locator("#broadsheet-problems")
    with served(tmp_path) as server:
        page.goto(server.address + URL)
        page.evaluate("window.kept = true")
        save(file, good.replace("date:", "dat:"))
        expect(overlay).to_be_visible()
        save(file, good)
        expect(overlay).to_have_count(0)
        assert page.evaluate("window.kept"), "the page was reloaded though nothing of it changed"


def test_a_template_and_a_stylesheet_are_followed_too(tmp_path: Path, page: Page) -> None:
    digest(tmp_path)
    overlay = page.locator("#broadsheet-problems")
    with served(tmp_path) as server:
        page.goto(server.address + URL)
        own = tmp_path / "templates" / "article.html"
        own.parent.mkdir()
        save(own, OWN)
        expect(page.locator("h1")).to_have_text("Own")
        save(own, "<!doctype html><title>x</title><body><h1>{{ nobody }}</h1></body>")
        expect(overlay).to_contain_text("templates/article.html:1:1: error: 'nobody' is undefined")
        save(own, OWN)
        expect(overlay).to_have_count(0)

        sheet = tmp_path / "static" / "own.css"
        sheet.parent.mkdir()
        save(sheet, "h1 { color: rgb(1, 2, 3) }")
        expect(page.locator("h1")).to_have_css("color", "rgb(1, 2, 3)")
        save(sheet, "h1 { color: rgb(4, 5, 6) }")
        expect(page.locator("h1")).to_have_css("color", "rgb(4, 5, 6)")


def test_articles_come_and_go_on_the_front_page(tmp_path: Path, page: Page) -> None:
    digest(tmp_path)
    new = tmp_path / "content" / "articles" / "2026" / "third.md"
    with served(tmp_path) as server:
        page.goto(server.address)
        expect(page.get_by_role("link", name="The second")).to_have_count(1)
        new.parent.mkdir()
        save(new, article("The third").replace("---\n\n", "draft: true\n---\n\n"))
        expect(page.get_by_role("link", name="The third")).to_have_count(1)
        new.unlink()
        expect(page.get_by_role("link", name="The third")).to_have_count(0)


def test_a_digest_broken_from_the_start_comes_up_once_mended(tmp_path: Path, page: Page) -> None:
    file = digest(tmp_path)
    good = file.read_text()
    save(file, "no front matter")
    with served(tmp_path) as server:
        page.goto(server.address + URL)
        expect(page.locator("h1")).to_have_text("This page cannot be shown yet")
        save(file, good)
        expect(page.locator("h1")).to_have_text("The first")
