"""What a host is told of a site, in a real browser: the policy on every kind of page, and reading offline."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from digests import article, built, digest, png, tree, write
from hosting import Hosted, hosted
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = pytest.mark.skipif(
    CHROMIUM is None,
    reason="no Chromium on this machine, so offline reading and the policy are not tried (apt install chromium)",
)

FILES: dict[str, str | bytes] = {
    "articles/read.md": article("Words.\n\n![A square](square.png)", title="Read before", image="square.png"),
    "articles/carried.md": article(title="Carried by the edition", date="2026-11-03", tags="[Ships]", authors="[Ada]"),
    "articles/old.md": article(title="Old and unread", date="2020-01-01", source="Gazette"),
    "articles/square.png": png(20, 20),
    "editions/first.md": "---\ntitle: First\ndate: 2026-11-04\n"
    "sections: [{title: Sea, articles: [carried]}]\n---\nNote.\n",
    "pages/about.md": "---\ntitle: About\n---\nUs.\n",
}
SWITCHES = "[extras]\nsearch = {search}\ncards = false\noffline = {offline}"


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


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context()
    context.set_default_timeout(15_000)
    yield context
    context.close()


def site(
    root: Path, *, offline: bool = True, search: bool = False, prefix: str = "",
    files: dict[str, str | bytes] = FILES,
) -> Path:  # fmt: skip
    shutil.rmtree(root / "content", ignore_errors=True)
    more = SWITCHES.format(offline=str(offline).lower(), search=str(search).lower())
    built(digest(root, files, base_url=f"https://example.org{prefix}/", more=more, own_theme=False))
    return root / "site"


def visited(context: BrowserContext, host: Hosted, *paths: str) -> Page:
    """A page that has been to each path, with the worker at work."""
    page = context.new_page()
    page.goto(host.address + "/")
    assert comes_true(page, "navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)")
    for path in paths:
        page.goto(host.address + path)
    page.wait_for_load_state("networkidle")
    return page


def comes_true(page: Page, promise: str) -> bool:
    """Whether what a promise gives is true at some time within ten seconds."""
    script = f"""async () => {{
        for (let turn = 0; turn < 500; turn += 1) {{
            if (await ({promise})) return true;
            await new Promise((next) => setTimeout(next, 20));
        }}
        return false;
    }}"""
    return bool(page.evaluate(script))


@pytest.mark.parametrize("prefix", ["", "/news"])
def test_the_latest_edition_and_what_was_read_open_without_a_connection(
    tmp_path: Path, context: BrowserContext, prefix: str
) -> None:
    with hosted(site(tmp_path, prefix=prefix), prefix) as host:
        page = visited(context, host, "/2026/11/read/")
        host.stop()
        page.goto(host.address + "/2026/11/read/?from=mail")
        expect(page.locator("h1")).to_have_text("Read before")
        assert page.evaluate("[...document.images].every((one) => one.naturalWidth > 0)")
        assert page.evaluate("document.styleSheets[0].cssRules.length") > 10

        page.goto(host.address + "/2026/11/carried/")
        expect(page.locator("h1")).to_have_text("Carried by the edition")
        page.goto(host.address + "/editions/first/")
        expect(page.locator("h1")).to_have_text("First")
        page.goto(host.address + "/")
        expect(page.locator("h1")).to_contain_text("Small Print")

        page.goto(host.address + "/2020/01/old/")
        expect(page.locator("h1")).to_have_text("You are offline")
        expect(page.locator("main")).to_contain_text("Carried by the edition")
        host.start()
        page.goto(host.address + "/2020/01/old/")
        expect(page.locator("h1")).to_have_text("Old and unread")


def test_a_reader_with_a_connection_sees_the_page_as_it_is_now(tmp_path: Path, context: BrowserContext) -> None:
    with hosted(site(tmp_path)) as host:
        page = visited(context, host, "/2026/11/carried/")
        site(tmp_path, files={**FILES, "articles/carried.md": article(title="Carried, corrected", date="2026-11-03")})
        page.goto(host.address + "/2026/11/carried/")
        expect(page.locator("h1")).to_have_text("Carried, corrected")
        host.stop()
        page.goto(host.address + "/2026/11/carried/")
        expect(page.locator("h1")).to_have_text("Carried, corrected")
        host.start()


def test_a_new_edition_takes_the_place_of_the_old_one_in_what_is_kept(tmp_path: Path, context: BrowserContext) -> None:
    kept = "caches.keys().then((names) => names.filter((name) => !name.endsWith('read')))"
    with hosted(site(tmp_path)) as host:
        page = visited(context, host)
        before = page.evaluate(kept)
        second = "---\ntitle: Second\ndate: 2026-11-20\nsections: [{title: Land, articles: [read]}]\n---\n"
        site(tmp_path, files={**FILES, "editions/second.md": second})
        page.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.update())")
        assert comes_true(page, f"{kept}.then((names) => names.length === 1 && names[0] !== {before[0]!r})")
        host.stop()
        page.goto(host.address + "/editions/second/")
        expect(page.locator("h1")).to_have_text("Second")
        host.start()


def test_what_is_kept_of_reading_has_an_end(tmp_path: Path, context: BrowserContext) -> None:
    with hosted(site(tmp_path)) as host:
        page = visited(context, host)
        held = page.evaluate("""async () => {
            const name = (await caches.keys()).find((one) => one.endsWith("read"));
            const cache = await caches.open(name);
            for (let number = 0; number < 300; number += 1) await cache.put(`/old/${number}/`, new Response("old"));
            return (await cache.keys()).length;
        }""")
        assert held >= 300
        page.goto(host.address + "/2020/01/old/")
        number = """caches.keys().then((names) => caches.open(names.find((one) => one.endsWith("read"))))
            .then((cache) => cache.keys()).then((kept) => kept.length <= 240)"""
        assert comes_true(page, number)
        host.stop()
        page.goto(host.address + "/2020/01/old/")
        expect(page.locator("h1")).to_have_text("Old and unread")
        host.start()


def test_a_site_that_works_offline_no_more_takes_its_worker_away(tmp_path: Path, context: BrowserContext) -> None:
    with hosted(site(tmp_path)) as host:
        page = visited(context, host)
        site(tmp_path, offline=False)
        page.goto(host.address + "/about/")
        page.evaluate("navigator.serviceWorker.getRegistration().then((one) => one?.update())")
        assert comes_true(page, "navigator.serviceWorker.getRegistrations().then((all) => all.length === 0)")
        assert page.evaluate("caches.keys()") == []


def test_a_site_that_does_not_work_offline_has_no_worker(tmp_path: Path, context: BrowserContext) -> None:
    output = site(tmp_path, offline=False)
    assert not [name for name, data in tree(output).items() if name.endswith(".html") and b"offline.js" in data]
    assert "offline/index.html" not in tree(output)
    with hosted(output) as host:
        page = context.new_page()
        page.goto(host.address + "/")
        page.wait_for_load_state("networkidle")
        assert page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0


def test_no_page_breaks_the_policy_that_hosts_are_told(tmp_path: Path, context: BrowserContext) -> None:
    root = tmp_path / "digest"
    write(root, {"static/mark.txt": "A file of the digest's own."})
    output = site(root, search=True)
    pages = ["/" + name.removesuffix("index.html") for name in tree(output) if name.endswith("index.html")]
    found: list[str] = []
    context.expose_binding("policyBroken", lambda _, broken: found.append(broken))
    context.add_init_script(
        "addEventListener('securitypolicyviolation', (event) =>"
        " policyBroken(`${document.location} ${event.effectiveDirective} ${event.blockedURI}`))"
    )
    with hosted(output) as host:
        page = context.new_page()
        page.on("console", lambda message: found.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: found.append(str(error)))
        for path in [*pages, "/2026/11/read/index.txt", "/rss.xml", "/atom.xml"]:
            page.goto(host.address + path)
        page.goto(host.address + "/search/?q=carried")
        expect(page.locator("main")).to_contain_text("Carried by the edition")
        assert len(pages) > 15
        assert found == []

        # What the policy is for: words that got into a page as script run nothing.
        page.goto(host.address + "/")
        page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))")
        assert page.evaluate("window.ran") is None
        assert "script-src" in found[0]


def test_a_page_is_fetched_when_a_reader_points_at_its_link(tmp_path: Path, context: BrowserContext) -> None:
    with hosted(site(tmp_path, offline=False)) as host:
        page = context.new_page()
        with page.expect_response("**/speculation.json") as told:
            page.goto(host.address + "/")
        assert told.value.headers["content-type"] == "application/speculationrules+json"
        page.wait_for_load_state("networkidle")
        page.locator("main a", has_text="Carried by the edition").first.hover()
        assert host.ahead.get(timeout=15) == "/2026/11/carried/"
