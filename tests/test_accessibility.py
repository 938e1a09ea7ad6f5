"""Every kind of page judged by axe in a real browser: WCAG 2.2 AA and best practice, light and dark."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from digests import built, config_of, full_digest, tree
from hosting import Hosted, hosted
from playwright.sync_api import Browser, BrowserContext, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine, so axe judges no page")

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}

Judged = tuple[Hosted, list[str]]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module", params=["en", "ar"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judged]:
    """A digest with every kind of page, and a page of each kind: the one with the most in it."""
    root = full_digest(tmp_path_factory.mktemp("axe"), language=request.param)
    built(root)
    with hosted(root / "site", config_of(root).prefix) as host:
        yield host, kinds(root / "site")


def kinds(output: Path) -> list[str]:
    """The address of the largest page of each kind, which is told by its first word and its depth."""
    largest: dict[tuple[str, int], tuple[int, str]] = {}
    for name, data in tree(output).items():
        if name.endswith("index.html") and b'http-equiv="refresh"' not in data:
            path = name.removesuffix("index.html")
            first = path.split("/")[0]
            kind = ("article" if first.isdigit() else first, path.count("/"))
            largest[kind] = max(largest.get(kind, (0, "")), (len(data), f"/{path}"))
    return [*sorted({path for _, path in largest.values()}), "/nowhere/"]


def violations(context: BrowserContext, site: Judged) -> list[str]:
    host, paths = site
    page, found = context.new_page(), []
    for path in paths:
        page.goto(host.address + path)
        judged = Axe().run(page, options=RULES).response["violations"]
        found += [f"{path}: {one['id']}: {one['nodes'][0]['html'][:120]}" for one in judged]
    context.close()
    return found


def test_axe_finds_nothing_on_a_wide_light_screen(browser: Browser, site: Judged) -> None:
    assert len(site[1]) > 8
    wide = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme="light", bypass_csp=True)
    assert violations(wide, site) == []


def test_axe_finds_nothing_on_a_narrow_dark_one(browser: Browser, site: Judged) -> None:
    narrow = browser.new_context(viewport={"width": 360, "height": 740}, color_scheme="dark", bypass_csp=True)
    assert violations(narrow, site) == []
