"""What machines read of a site: structured data, manifest, sitemaps, headers, plain text."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.request import urlopen
from xml.etree import ElementTree

import html5lib
import pytest
from digests import NOW, ROOT, article, built, digest, png, rendered, tree, write
from hosting import headers_for, rules
from serving import served

from broadsheet import config as configuration
from broadsheet.assemble import assemble
from broadsheet.render import Renderer

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
NO_EXTRAS = "[extras]\nsearch = false\ncards = false\n"

HOSTILE = '</script><script>alert(1)</script> "quoted" & \'so\' <!-- 🗞️ مرحبا -->'
"""A title that tries to be more than words."""

FILES: dict[str, str | bytes] = {
    "articles/plain.md": article("Words of the [article](https://a.example/x).", title="Plain", date="2026-11-30"),
    "articles/rich.md": article(
        "First *words*.\n\n> Quoted.",
        title="Rich", date="2026-12-01T10:00:00+00:00", updated="2026-12-01T11:00:00+00:00",
        dek="The dek", summary="In short.", tags="[Ships, Sea]", section="World", authors="[Ada Ferris, Bo Lind]",
        source="{name: Harbour Gazette, url: 'https://gazette.example/a?b=1&c=2', author: Cy Marsh, "
        "published: 2026-11-29}",
        corrections="[{date: 2026-12-01, note: 'It was the third ship, <not> the second.'}]", image="square.png",
        archive_url="https://archive.example/1",
    ),
    "articles/hostile.md": article(
        "Text.", title=f"'{HOSTILE.replace(chr(39), chr(39) * 2)}'", date="2026-11-29", dek="'<b>bold</b>'",
        source="{name: '<i>Paper</i>', url: 'https://paper.example/'}",
    ),
    "articles/square.png": png(20, 20),
    "editions/first.md": "---\ntitle: First\ndate: 2026-12-01\nnumber: 7\nseries: Weekly\n"
    "sections: [{title: Sea, articles: [rich, plain]}]\n---\nNote of the issue.\n",
    "pages/about.md": "---\ntitle: About\n---\nUs.\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    root = tmp_path_factory.mktemp("digest")
    built(digest(root, FILES, more="[extras]\nsearch = false\n", own_theme=False))
    return {name: data for name, data in tree(root / "site").items() if not name.startswith(".broadsheet")}


def page(site: dict[str, bytes], name: str) -> str:
    return site[name].decode("utf-8")


def dom(text: str) -> Any:
    return html5lib.parse(text, treebuilder="lxml", namespaceHTMLElements=False)


def structured(text: str) -> dict[str, Any]:
    """A page's structured data by type, read as a browser finds it."""
    scripts = dom(text).xpath("//script[@type='application/ld+json']")
    found = [json.loads(script.text) for script in scripts]
    assert all(one["@context"] == "https://schema.org" for one in found)
    return {one["@type"]: one for one in found}


def empty(value: Any) -> bool:
    if isinstance(value, dict):
        return not value or any(empty(one) for one in value.values())
    if isinstance(value, list):
        return not value or any(empty(one) for one in value)
    return value is None or value == ""


def meta(text: str) -> dict[str, str]:
    return {one.get("property") or one.get("name"): one.get("content") for one in dom(text).xpath("//meta[@content]")}


# Structured data -------------------------------------------------------------------------------------


def test_an_article_tells_all_it_knows(site: dict[str, bytes]) -> None:
    found = structured(page(site, "2026/12/rich/index.html"))["NewsArticle"]
    house = found["publisher"]
    assert house["name"] == "Small Print"
    assert house["logo"]["url"] == "https://example.org/icon-512.png"
    assert {key: found[key] for key in found if key not in ("publisher", "@context", "@type")} == {
        "headline": "Rich",
        "alternativeHeadline": "The dek",
        "description": "In short.",
        "url": "https://example.org/2026/12/rich/",
        "mainEntityOfPage": "https://example.org/2026/12/rich/",
        "datePublished": "2026-12-01T10:00:00+00:00",
        "dateModified": "2026-12-01T11:00:00+00:00",
        "inLanguage": "en",
        "author": [
            {"@type": "Person", "name": "Ada Ferris", "url": "https://example.org/authors/ada-ferris/"},
            {"@type": "Person", "name": "Bo Lind", "url": "https://example.org/authors/bo-lind/"},
        ],
        "image": ["https://example.org/media/articles/square.png", "https://example.org/2026/12/rich/card.png"],
        "articleSection": "World",
        "keywords": ["Ships", "Sea"],
        "timeRequired": "PT1M",
        "isAccessibleForFree": True,
        "isPartOf": [{"@type": "PublicationIssue", "name": "First", "url": "https://example.org/editions/first/"}],
        "isBasedOn": {
            "@type": "CreativeWork",
            "url": "https://gazette.example/a?b=1&c=2",
            "publisher": {"@type": "Organization", "name": "Harbour Gazette"},
            "author": {"@type": "Person", "name": "Cy Marsh"},
            "datePublished": "2026-11-29T00:00:00+00:00",
            "archivedAt": "https://archive.example/1",
        },
        "correction": [{
            "@type": "CorrectionComment",
            "datePublished": "2026-12-01T00:00:00+00:00",
            "text": "It was the third ship, <not> the second.",
        }],
    }  # fmt: skip


def test_the_original_is_linked_where_readers_see_it_by_the_same_address(site: dict[str, bytes]) -> None:
    for name in ("2026/12/rich/index.html", "2026/11/hostile/index.html"):
        original = structured(page(site, name))["NewsArticle"]["isBasedOn"]["url"]
        assert original in dom(page(site, name)).xpath("//main//a/@href")


def test_every_article_of_the_demo_names_its_original_as_data() -> None:
    made = assemble(ROOT, configuration.load(ROOT / "pyproject.toml"), now=NOW)
    renderer = Renderer(made.setting)
    articles = [made.plan[one.url] for one in made.site.articles]
    assert len(articles) > 50
    needed = {"headline", "datePublished", "dateModified", "author", "publisher", "image", "isBasedOn"}
    for output in articles:
        text = renderer.render(output).decode("utf-8")
        found = structured(text)["NewsArticle"]
        assert needed <= found.keys(), output.url
        assert not empty(found), output.url
        assert found["isBasedOn"]["url"] in dom(text).xpath("//main//a/@href"), output.url


def test_a_hostile_title_stays_words_for_machines_too(site: dict[str, bytes]) -> None:
    text = page(site, "2026/11/hostile/index.html")
    found = structured(text)
    assert found["NewsArticle"]["headline"] == HOSTILE
    assert found["BreadcrumbList"]["itemListElement"][-1]["name"] == HOSTILE
    assert meta(text)["og:title"] == HOSTILE
    assert not dom(text).xpath("//script[not(@type) and contains(., 'alert')]")
    said = page(site, "2026/11/hostile/index.txt")
    assert "".join(HOSTILE.split()) in "".join(said.split())
    assert "&lt;" not in said


def test_a_long_title_is_cut_to_a_headline(tmp_path: Path) -> None:
    title = "word " * 1000
    root = digest(tmp_path, {"articles/a.md": article(title=title)}, more=NO_EXTRAS, own_theme=False)
    headline = structured(rendered(root, "/2026/11/a/"))["NewsArticle"]["headline"]
    assert len(headline) <= 110
    assert headline.endswith(" word…")


def test_no_structured_data_of_any_page_has_empty_values_or_breaks(site: dict[str, bytes]) -> None:
    pages = [name for name in site if name.endswith(".html")]
    assert len(pages) > 20
    for name in pages:
        for one in structured(page(site, name)).values():
            assert not empty(one), (name, one)


def test_the_way_to_a_page_leads_over_pages_that_are_there(site: dict[str, bytes]) -> None:
    ways = {name: structured(page(site, name)).get("BreadcrumbList") for name in site if name.endswith(".html")}
    for name, way in ways.items():
        for place, step in enumerate(way["itemListElement"] if way else [], 1):
            path = step["item"].removeprefix("https://example.org/")
            assert f"{path}index.html" in site, name
            assert step["position"] == place
            assert step["name"]
    told = {name for name, way in ways.items() if way}
    kinds = ("2026/12/", "2026/12/rich/", "tags/ships/", "sources/harbour-gazette/", "authors/ada-ferris/")
    assert {f"{kind}index.html" for kind in (*kinds, "editions/first/")} <= told


def test_the_front_page_tells_of_the_site_and_how_to_search_it(tmp_path: Path) -> None:
    found = structured(rendered(digest(tmp_path, FILES, own_theme=False), "/"))["WebSite"]
    assert found["publisher"]["name"] == "Small Print"
    assert found["potentialAction"]["target"]["urlTemplate"] == "https://example.org/search/?q={search_term_string}"
    (tmp_path / "broadsheet.toml").write_text((tmp_path / "broadsheet.toml").read_text() + NO_EXTRAS)
    assert "potentialAction" not in structured(rendered(tmp_path, "/"))["WebSite"]


def test_an_edition_is_an_issue_with_its_parts(site: dict[str, bytes]) -> None:
    found = structured(page(site, "editions/first/index.html"))["PublicationIssue"]
    assert found["issueNumber"] == "7"
    assert found["isPartOf"]["name"] == "Weekly"
    assert [part["url"] for part in found["hasPart"]] == [
        "https://example.org/2026/12/rich/", "https://example.org/2026/11/plain/",
    ]  # fmt: skip


def test_social_networks_get_title_picture_and_words_for_it(site: dict[str, bytes]) -> None:
    found = meta(page(site, "2026/12/rich/index.html"))
    assert {key: value for key, value in found.items() if key and key.startswith(("og:", "article:", "twitter:"))} == {
        "og:site_name": "Small Print",
        "og:type": "article",
        "og:title": "Rich",
        "og:description": "In short.",
        "og:url": "https://example.org/2026/12/rich/",
        "og:image": "https://example.org/2026/12/rich/card.png",
        "og:image:alt": "Rich",
        "og:image:type": "image/png",
        "og:image:width": "1200",
        "og:image:height": "630",
        "article:published_time": "2026-12-01T10:00:00+00:00",
        "article:modified_time": "2026-12-01T11:00:00+00:00",
        "article:section": "World",
        "article:author": "https://example.org/authors/bo-lind/",
        "article:tag": "Sea",
        "twitter:card": "summary_large_image",
    }
    assert meta(page(site, "index.html"))["og:image"] == "https://example.org/card.png"


def test_a_locale_is_told_only_where_the_language_names_a_country(tmp_path: Path) -> None:
    root = digest(tmp_path, FILES, more='language = "pt-br"\n' + NO_EXTRAS, own_theme=False)
    assert meta(rendered(root, "/"))["og:locale"] == "pt_BR"
    root = digest(tmp_path, FILES, more='language = "zh-Hans"\n' + NO_EXTRAS, own_theme=False)
    assert "og:locale" not in meta(rendered(root, "/"))


# Microformats ----------------------------------------------------------------------------------------


def classes(element: Any) -> set[str]:
    return set(element.get("class", "").split())


def test_an_article_is_a_complete_entry(site: dict[str, bytes]) -> None:
    entry = dom(page(site, "2026/12/rich/index.html")).xpath("//main//*[contains(@class, 'h-entry')]")[0]
    found: dict[str, list[Any]] = {}
    for element in entry.iter("*"):
        for name in classes(element):
            found.setdefault(name, []).append(element)
    assert found["p-name"][0].text == "Rich"
    assert found["u-url"][0].get("value") == "https://example.org/2026/12/rich/"
    assert found["dt-published"][0].get("datetime") == "2026-12-01T10:00:00+00:00"
    assert found["dt-updated"][0].get("datetime") == "2026-12-01T11:00:00+00:00"
    assert {"".join(one.itertext()).strip() for one in found["p-author"]} == {"Ada Ferris", "Bo Lind"}
    assert all("h-card" in classes(one) for one in found["p-author"])
    assert "First words." in "".join(found["e-content"][0].itertext())
    assert found["u-bookmark-of"][0].get("href") == "https://gazette.example/a?b=1&c=2"
    assert {one.text for one in found["p-category"]} == {"Ships", "Sea"}
    assert found["u-photo"]
    assert found["p-summary"]


def test_lists_are_feeds_of_entries_with_name_address_and_date(site: dict[str, bytes]) -> None:
    for name in ("", "tags/ships/", "sources/harbour-gazette/", "editions/first/"):
        feeds = dom(page(site, f"{name}index.html")).xpath("//*[contains(concat(' ', @class, ' '), ' h-feed ')]")
        assert len(feeds) == 1, name
        assert feeds[0].xpath(".//*[contains(@class, 'p-name')]"), name
        entries = feeds[0].xpath(".//*[contains(concat(' ', @class, ' '), ' h-entry ')]")
        assert entries, name
        for entry in entries:
            within = set().union(*(classes(one) for one in entry.iter("*")))
            assert {"p-name", "u-url", "dt-published"} <= within, name


# Files for machines ----------------------------------------------------------------------------------


def test_the_sitemap_index_names_every_sitemap_and_these_every_page(site: dict[str, bytes]) -> None:
    index = ElementTree.fromstring(site["sitemap.xml"])
    named = [one.text or "" for one in index.iter(f"{SITEMAP}loc")]
    assert named == ["https://example.org/sitemap-news.xml", "https://example.org/sitemap-1.xml"]
    urls = ElementTree.fromstring(site["sitemap-1.xml"]).findall(f"{SITEMAP}url")
    found = {one.findtext(f"{SITEMAP}loc") for one in urls}
    assert "https://example.org/2026/12/rich/" in found
    assert all(f"{(one or '').removeprefix('https://example.org/')}index.html" in site for one in found)


def test_the_news_sitemap_says_what_news_search_asks_for(site: dict[str, bytes]) -> None:
    root = ElementTree.fromstring(site["sitemap-news.xml"])
    told = [[(part.tag, part.text) for part in news.iter() if not len(part)] for news in root.iter(f"{NEWS}news")]
    assert told == [
        [
            (f"{NEWS}name", "Small Print"), (f"{NEWS}language", "en"), (f"{NEWS}publication_date", date),
            (f"{NEWS}title", title),
        ]
        for title, date in (("Rich", "2026-12-01T10:00:00+00:00"), ("Plain", "2026-11-30T00:00:00+00:00"))
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "told"),
    [("pt-BR", "pt"), ("zh", "zh-cn"), ("zh-Hans-CN", "zh-cn"), ("zh-TW", "zh-tw"), ("zh-Hant-HK", "zh-tw")],
)
def test_news_are_told_in_the_languages_that_news_search_knows(tmp_path: Path, language: str, told: str) -> None:
    files = {"articles/a.md": article(date="2026-12-01", lang=language)}
    root = digest(tmp_path, files, more=NO_EXTRAS, own_theme=False)
    assert f"<news:language>{told}<" in rendered(root, "/sitemap-news.xml", NOW)


def test_robots_are_led_to_the_sitemap(site: dict[str, bytes]) -> None:
    assert page(site, "robots.txt") == "User-agent: *\nAllow: /\n\nSitemap: https://example.org/sitemap.xml\n"


def test_the_manifest_names_the_site_and_icons_that_are_there(site: dict[str, bytes]) -> None:
    manifest = json.loads(site["site.webmanifest"])
    assert (manifest["name"], manifest["lang"], manifest["dir"]) == ("Small Print", "en", "ltr")
    sizes = {icon["sizes"]: icon["src"].removeprefix("/") for icon in manifest["icons"]}
    for name in sizes.values():
        assert name in site
    for icon in manifest["icons"]:
        if icon["type"] == "image/png":
            data = site[icon["src"].removeprefix("/")]
            assert f"{int.from_bytes(data[16:20])}x{int.from_bytes(data[20:24])}" == icon["sizes"]


def test_headers_are_written_as_hosts_read_them(site: dict[str, bytes]) -> None:
    text = page(site, "_headers")
    assert all(len(line) <= 2000 for line in text.split("\n"))
    found = rules(text)
    assert len(found) <= 100
    for pattern, lines in found:
        assert pattern.startswith("/")
        assert pattern.count("*") <= 1
        assert lines
        assert all(re.fullmatch(r"[A-Z][A-Za-z-]+", name) and value for name, value in lines)


def test_headers_keep_what_is_versioned_and_never_a_page(site: dict[str, bytes]) -> None:
    found = rules(page(site, "_headers"))
    for name in site:
        path = "/" + name.removesuffix("index.html")
        headers = headers_for(path, found)
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "," not in headers["Content-Security-Policy"]
        forever = "immutable" in headers.get("Cache-Control", "")
        assert forever == (name.endswith((".css", ".js")) and name != "sw.js"), name
        if name.endswith("feed.json"):
            assert headers["Content-Type"] == "application/feed+json"
        if name.endswith("index.txt"):
            assert headers["X-Robots-Tag"] == "noindex"


def test_the_policy_lets_nothing_run_but_files_of_the_site(tmp_path: Path) -> None:
    root = digest(tmp_path, FILES, own_theme=False)
    assert "script-src 'self';" in rendered(root, "/_headers")


def test_the_documents_tell_servers_the_policy_that_hosts_read(tmp_path: Path) -> None:
    policy = headers_for("/", rules(rendered(digest(tmp_path, FILES, own_theme=False), "/_headers")))
    told = (ROOT / "docs" / "hosting.md").read_text("utf-8")
    assert told.count(policy["Content-Security-Policy"]) == 3
    for name in ("X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy", "Cross-Origin-Opener-Policy"):
        assert len(re.findall(rf"{name}:? \"?{re.escape(policy[name])}", told)) >= 2


def test_a_site_below_a_path_says_so_everywhere(tmp_path: Path) -> None:
    more = "[extras]\nsearch = true\noffline = true\ncards = false\n"
    root = digest(tmp_path, FILES, base_url="https://example.org/news/", more=more, own_theme=False)
    assert all(pattern.startswith("/news/") for pattern, _ in rules(rendered(root, "/_headers")))
    manifest = json.loads(rendered(root, "/site.webmanifest"))
    assert (manifest["scope"], manifest["start_url"], manifest["id"]) == ("/news/",) * 3
    assert '"/news/*"' in rendered(root, "/speculation.json")
    fresh = re.search(r"FRESH = (.*);", rendered(root, "/sw.js"))
    assert fresh
    assert all(address.startswith("/news/") for address in json.loads(fresh[1]))
    assert "Sitemap: https://example.org/news/sitemap.xml" in rendered(root, "/robots.txt")


def test_a_preview_leaves_no_worker_behind(tmp_path: Path) -> None:
    digest(tmp_path, FILES, more="[extras]\nsearch = false\ncards = false\noffline = true\n", own_theme=False)
    assert "offline.js" in rendered(tmp_path, "/")
    with served(tmp_path) as server:
        pages = [urlopen(server.address + path).read() for path in ("", "sw.js")]
    assert b"offline.js" not in pages[0]
    assert b"unregister" in pages[1]


def test_pages_and_no_files_are_fetched_ahead(site: dict[str, bytes]) -> None:
    told = json.loads(site["speculation.json"])
    assert [one["eagerness"] for one in (*told["prefetch"], *told["prerender"])] == ["moderate", "conservative"]
    assert {"not": {"href_matches": ["/*.*", "/search/*"]}} in told["prefetch"][0]["where"]["and"]


# Plain text ------------------------------------------------------------------------------------------


def test_an_article_has_a_plain_text_edition_that_its_page_names(site: dict[str, bytes]) -> None:
    text = page(site, "2026/12/rich/index.html")
    assert dom(text).xpath("//link[@rel='alternate'][@type='text/plain']/@href") == ["/2026/12/rich/index.txt"]
    assert "/2026/12/rich/index.txt" in dom(text).xpath("//main//a/@href")
    assert page(site, "2026/12/rich/index.txt") == """\
Small Print

Rich
====

The dek

By Ada Ferris, Bo Lind
1 December 2026
Updated 1 December 2026

Read the original at Harbour Gazette
https://gazette.example/a?b=1&c=2
By Cy Marsh
Published 29 November 2026

First words.

> Quoted.

Correction
----------

1 December 2026: It was the third ship, <not> the second.

Archived copy: https://archive.example/1
https://example.org/2026/12/rich/

"""


def test_an_edition_has_one_with_the_whole_text_of_its_articles(site: dict[str, bytes]) -> None:
    said = page(site, "editions/first/index.txt")
    assert said.startswith("Small Print\n\nFirst\n=====\n\nWeekly · Edition 7 · 1 December 2026\n\nNote of the issue.")
    assert "Contents\n--------\n\nSea\n- Rich\n- Plain\n" in said
    assert "First words." in said
    assert "[1] https://a.example/x" in said


def test_plain_text_can_be_switched_off(tmp_path: Path) -> None:
    more = "[extras]\nplain_text = false\nsearch = false\ncards = false\n"
    root = digest(tmp_path, FILES, more=more, own_theme=False)
    built(root)
    assert not [name for name in tree(root / "site") if name.endswith("index.txt")]
    assert "text/plain" not in rendered(root, "/2026/12/rich/")


def test_an_override_of_headers_stands_in_place_of_ours(tmp_path: Path) -> None:
    root = digest(tmp_path, FILES, more=NO_EXTRAS, own_theme=False)
    write(root, {"templates/headers.txt": "/*\n  X-Own: yes\n"})
    assert rendered(root, "/_headers") == "/*\n  X-Own: yes\n"
