"""What hostile content makes of a whole site: nothing runs, every format can be read, and words stay what they are."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import html5lib
import pytest
from digests import article, assembled, broken, built, digest, png, problems_of, rendered, told, tree
from hostile import active, dangerous_attributes
from hosting import Hosted, hosted
from lxml import etree
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")

RUN = "window.pwned=1"

TRAPS = (
    f"<script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<img src=x onerror={RUN}//",
    f'"><svg onload={RUN}>',
    f"' autofocus tabindex=1 onfocus={RUN} x='",
    f"</title></head></script><script>{RUN}</script>",
    f"<!--</script><script>{RUN}</script>-->",
    f"]]></title></entry><script xmlns='http://www.w3.org/1999/xhtml'>{RUN}</script>",
    f"javascript:{RUN}",
    f"data:text/html,<script>{RUN}</script>",
    "{{ 7 * 7 }} {% raw %} {n} {source} {0} {source.__class__} {number} {}",
    f"${{{RUN}}} `{RUN}` \\u003cscript>{RUN}</script>",
    "AT&T &lt;b&gt; &amp;amp; <b>x</b>",
    "%0d%0aX-Evil: 1",
    "\u202eevil\u2066 \u200f\u061c مرحبا",
    "__proto__",
    "constructor",
    "<form class=search data-index=//evil.example/><input name=q id=q></form>",
    "z̴̢̛̛͓̲͎̓̈́͋͝" * 60,
    "W" * 5000,
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U000e0041 \U0010fffd",
)
"""What stands in every field and text; what of it would run leaves a mark in the page."""

BODY = """\
{trap}

## {trap}

## toString

## part-q

[q](#q) [text](#toString) [script]({target})

<p id="q"><a id="scheme" name="currentScript" class="search">x</a><img name="forms" src="i.png"></p>

<form class="search" data-index="//evil.example/" id="s"><input name="q"></form>

<details open ontoggle="{run}"><summary>x</summary>y</details>

Zebra {trap}
"""


def quoted(text: str) -> str:
    """As YAML has it."""
    return json.dumps(text, ensure_ascii=False)


def files() -> dict[str, str | bytes]:
    found: dict[str, str | bytes] = {"articles/i.png": png(40, 30)}
    for number, trap in enumerate(TRAPS):
        one = quoted(trap)
        found[f"articles/p{number}.md"] = article(
            BODY.format(trap=trap, run=RUN, target=f"JaVaScRiPt&colon;{RUN}"),
            title=one, dek=one, summary=one, section=one, story=quoted(TRAPS[number % 2]), authors=f"[{one}, Ann]",
            tags=f"[{one}, All]", source=f"{{name: {one}, author: {one}, license: {one}, published: 2026-11-01}}",
            source_url="https://news.example/a?b='&c=d", corrections=f"[{{date: 2026-11-03, note: {one}}}]",
            image="i.png", image_alt=one, image_caption=one, image_credit=one, pinned=str(number == 1).lower(),
        )  # fmt: skip
        issue = f"title: {one}\ndate: 2026-11-02\nnumber: {one}\nseries: {one}\nsummary: {one}"
        sections = f"sections:\n- title: {one}\n  articles: [p{number}]\n- articles: [p0]"
        found[f"editions/e{number}.md"] = f"---\n{issue}\n{sections}\n---\n{trap}\n"
        found[f"pages/x{number}.md"] = f"---\ntitle: {one}\nsummary: {one}\n---\n{trap}\n"
    return found


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = digest(tmp_path_factory.mktemp("hostile"), files(), own_theme=False, more="[extras]\noffline = true\n")
    built(root)
    return root / "site"


@pytest.fixture(scope="module")
def texts(site: Path) -> dict[str, str]:
    """Every file that is text."""
    kinds = (".html", ".xml", ".opml", ".json", ".webmanifest", ".txt", ".js")
    return {name: data.decode("utf-8") for name, data in tree(site).items() if name.endswith(kinds)}


# What is written -------------------------------------------------------------------------------------


def test_no_page_has_anything_that_runs_or_two_parts_of_one_name(texts: dict[str, str]) -> None:
    known = {"meta", "link", "script", "data", "button", "form", "input", "select"}
    for name, text in texts.items():
        if name.endswith(".html"):
            parser = html5lib.HTMLParser()
            ids = [one.get("id") for one in parser.parse(text).iter() if one.get("id")]
            assert parser.errors == [], name
            assert len(ids) == len(set(ids)), name
            assert active(text).keys() <= known, name
            assert dangerous_attributes(text) == [], name


def test_every_file_for_machines_can_be_read(texts: dict[str, str]) -> None:
    for name, text in texts.items():
        if name.endswith((".xml", ".opml")):
            etree.fromstring(text.encode())
        elif name.endswith((".json", ".webmanifest")):
            json.loads(text)
        elif name.endswith(".txt"):
            assert re.findall(r"[^\n\x20-\x7e\xa0-\U0010ffff]", text) == [], name


def test_every_link_leads_somewhere(site: Path) -> None:
    assert broken(site, "https://example.org/") == []


LIKE_HTML = TRAPS.index("AT&T &lt;b&gt; &amp;amp; <b>x</b>")


def data_of(html: str) -> list[dict[str, Any]]:
    return [json.loads(one) for one in re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)]


def test_words_like_html_mean_themselves_in_every_format(texts: dict[str, str]) -> None:
    words = TRAPS[LIKE_HTML]
    html = texts[f"2026/11/p{LIKE_HTML}/index.html"]
    page = html5lib.parse(html, namespaceHTMLElements=False)
    said = {one.get("property") or one.get("name"): one.get("content") for one in page.iter("meta")}
    assert said["description"] == said["article:section"] == words
    assert (said["og:title"] or "").startswith(words)
    (article,) = (one for one in data_of(html) if one["@type"] == "NewsArticle")
    assert article["headline"] == article["description"] == article["isBasedOn"]["publisher"]["name"] == words
    assert words in texts[f"2026/11/p{LIKE_HTML}/index.txt"]
    feed = json.loads(texts["feed.json"])
    assert words in [one["title"] for one in feed["items"]]
    opml = etree.fromstring(texts["feeds.opml"].encode())
    assert words in [one.get("text") for one in opml.iter("outline")]


@pytest.mark.parametrize("kind", ["tags", "sources", "authors"])
def test_a_description_is_told_to_machines_as_it_is_to_people(texts: dict[str, str], kind: str) -> None:
    (html,) = (text for name, text in texts.items() if name.startswith(f"{kind}/at-and-t") and name.endswith(".html"))
    (listed,) = (one for one in data_of(html) if one["@type"] == "CollectionPage")
    page = html5lib.parse(html, namespaceHTMLElements=False)
    (described,) = (one.get("content") for one in page.iter("meta") if one.get("name") == "description")
    assert TRAPS[LIKE_HTML] in described
    assert listed["description"] == described


# What a browser makes of it --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine, so nothing is tried in a browser (apt install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.mark.parametrize("policy", [True, False], ids=["with-the-policy", "without-it"])
def test_nothing_runs_in_a_browser(browser: Browser, site: Path, policy: bool) -> None:
    context = browser.new_context(bypass_csp=not policy, service_workers="block")
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    with hosted(site) as host:
        asked: list[str] = []
        page.on("request", lambda one: None if one.url.startswith(host.address) else asked.append(one.url))
        for path in ("/", "/feeds/", "/editions/", "/search/", *(f"/2026/11/p{n}/" for n in range(0, len(TRAPS), 3))):
            page.goto(f"{host.address}{path}")
            assert page.evaluate("window.pwned") is None, path
        page.goto(f"{host.address}/<script>{RUN}</script>/%22%3E%3Cimg src=x onerror={RUN}%3E/")
        assert page.evaluate("window.pwned") is None
        search(page, host)
    context.close()
    assert wrong == []
    assert asked == []


def search(page: Page, host: Hosted) -> None:
    """Let a reader see every hostile article among the results, and every hostile tag among those to choose from."""
    page.goto(f"{host.address}/search/?q=zebra")
    more, results = page.locator(".search-more"), page.locator(".result")
    expect(results.nth(4)).to_be_visible(timeout=15_000)
    while more.is_visible():
        count = results.count()
        more.click()
        expect(results.nth(count)).to_be_visible()
    assert results.count() == len(TRAPS)
    titles = [" ".join(one.split()) for one in page.locator(".result h2").all_text_contents()]
    assert {TRAPS[0], TRAPS[5], TRAPS[LIKE_HTML]} <= set(titles)
    page.locator("details.filters summary").click()
    page.select_option("#tag", TRAPS[0])
    expect(results).to_have_count(1)
    assert page.evaluate("window.pwned") is None


def test_a_word_said_thousands_of_times_stops_no_search(browser: Browser, tmp_path: Path) -> None:
    often = {f"articles/{n}.md": article("a " * 25_000, title=f"Title {n}") for n in range(5)}
    built(digest(tmp_path, often, own_theme=False, more="[extras]\ncards = false\n"))
    with hosted(tmp_path / "site") as host:
        page = browser.new_page()
        page.goto(f"{host.address}/search/?q=a")
        expect(page.locator(".result")).to_have_count(5, timeout=10_000)
        page.close()


# Names and numbers that nobody expects ---------------------------------------------------------------


@pytest.mark.parametrize("address", ["/search/index/", "/search/index/entry.json/", "/Search/Index/x/"])
def test_no_page_lies_among_the_files_of_the_search_index(tmp_path: Path, address: str) -> None:
    digest(tmp_path, {"articles/a.md": article(url=address)}, own_theme=False)
    assert "claimed by content/articles/a.md and by the search index" in told(tmp_path)


def edition(*names: str, **keys: str) -> str:
    header = {"title": "An issue", "date": "2026-11-03", **keys}
    lines = [*(f"{key}: {value}" for key, value in header.items()), "sections:"]
    sections = [f"- title: Part\n  articles: [{name}]" for name in names]
    return "\n".join(["---", *lines, *sections, "---", "A note.\n"])


def test_a_series_keeps_one_page_however_it_is_spelled(tmp_path: Path) -> None:
    issues = {
        f"editions/e{n}.md": edition("a", series=name)
        for n, name in enumerate(("The Weekly", "The weekly", "The Weekly", '""'))
    }
    digest(tmp_path, {"articles/a.md": article(), **issues}, own_theme=False)
    plan = assembled(tmp_path).plan
    assert [url for url in plan if re.fullmatch("/editions/series/[^/]+/", url)] == ["/editions/series/the-weekly/"]
    assert rendered(tmp_path, "/editions/series/the-weekly/").count('href="/editions/e') == 3
    assert rendered(tmp_path, "/editions/series/the-weekly/atom.xml").count("<entry") == 3


def test_an_edition_prints_an_article_once_however_often_it_is_named(tmp_path: Path) -> None:
    files = {"articles/a.md": article("Only once."), "editions/e.md": edition("a, a", "a")}
    digest(tmp_path, files, own_theme=False)
    made = assembled(tmp_path)
    assert "content/articles/a.md is named again; it is shown where it is named first" in {
        one.message for one in made.notices
    }
    assert rendered(tmp_path, "/editions/e/whole/").count("Only once.") == 1
    assert rendered(tmp_path, "/editions/e/index.txt").count("Only once.") == 1


def test_a_feed_of_an_article_with_hundreds_of_tags_names_the_first_of_them(tmp_path: Path) -> None:
    tags = ", ".join(f"Tag {number}" for number in range(300))
    digest(tmp_path, {"articles/a.md": article(tags=f"[{tags}]")}, own_theme=False)
    assert rendered(tmp_path, "/tags/tag-299/atom.xml").count("<category") == 50
    assert rendered(tmp_path, "/2026/11/a/").count('rel="tag"') == 300


def test_hundreds_of_broken_links_are_all_told_and_names_like_them_looked_for_a_hundred_times(tmp_path: Path) -> None:
    links = "\n".join(f"[x](othe{number}.md)" for number in range(150))
    digest(tmp_path, {"articles/other.md": article(), "articles/a.md": article(links)}, own_theme=False)
    problems = [one for one in problems_of(tmp_path) if one.level == "error"]
    assert len(problems) == 150
    assert sum("did you mean other.md?" in one.hint for one in problems) == 100
