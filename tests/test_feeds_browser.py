"""A feed in a real browser: a page that can be read, by its stylesheet alone."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from digests import article, built, digest
from playwright.sync_api import Browser, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = pytest.mark.skipif(
    CHROMIUM is None,
    reason="no Chromium on this machine, so feeds are not looked at in a browser (apt install chromium)",
)

LOOK = """() => {
  const shown = (name) => [...document.getElementsByTagName(name)].filter((one) => one.getClientRects().length);
  const note = shown("description").concat(shown("subtitle"))[0];
  return {
    shown: ["title", "summary", "description", "pubDate", "published", "creator", "source"].flatMap(
      (name) => shown(name).map((one) => one.textContent)),
    hidden: ["content:encoded", "content", "guid", "id", "generator", "updated", "lastBuildDate"].flatMap(
      (name) => shown(name).map((one) => one.textContent)),
    note: getComputedStyle(note, "::after").content,
    direction: getComputedStyle(document.documentElement).direction,
    paper: getComputedStyle(document.documentElement).backgroundColor,
    wide: document.documentElement.scrollWidth > innerWidth,
  }
}"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Not among the tests' own words."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module", params=["en", "ar"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    root = tmp_path_factory.mktemp("digest")
    one = article("Text " + "x" * 400, title="The headline", summary="In short.", source="The Press",
                  source_url="https://press.example/")  # fmt: skip
    more = f'language = "{request.param}"\ndescription = "All of it."'
    built(digest(root, {"articles/a.md": one}, more=more, own_theme=False))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(root / "site")))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield request.param, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("format", ["rss", "atom"])
def test_a_feed_is_a_page_that_can_be_read(browser: Browser, site: tuple[str, str], format: str) -> None:
    language, address = site
    papers = set()
    for scheme in ("light", "dark"):
        page = browser.new_page(viewport={"width": 320, "height": 600}, color_scheme=scheme)
        page.goto(f"{address}/{format}.xml")
        found = page.evaluate(LOOK)
        page.close()
        assert {"Small Print", "The headline", "In short."} <= set(found["shown"])
        assert found["hidden"] == []
        assert ("This is a feed" in found["note"]) == (language == "en")
        assert ("خلاصة" in found["note"]) == (language == "ar")
        assert found["direction"] == ("rtl" if language == "ar" else "ltr")
        assert not found["wide"]
        papers.add(found["paper"])
    assert len(papers) == 2
