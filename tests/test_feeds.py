"""Feeds: valid whatever an article holds, the same each time, and read by a feed reader as they were meant."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import feedparser
import pytest
from digests import FIXTURES, addresses, article, assembled, digest, feed_addresses, png, rendered
from feed_rules import faults
from hypothesis import example, given
from hypothesis import strategies as st

from broadsheet.collect import collect
from broadsheet.config import Config, Feeds
from broadsheet.feeds import plain, uri
from broadsheet.model import Article, Content, Edition, EditionSection, Source, Text
from broadsheet.plan import frame, plan
from broadsheet.render import Renderer, Setting
from broadsheet.theme import Theme
from broadsheet.theme import read as read_theme
from broadsheet.views import FEED_FILES, Feed

NOW = datetime(2026, 12, 1, tzinfo=UTC)
CONFIG = Config(title="Small Print", base_url="https://example.org/news/", id="small-print", author="The desk")
ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
FORMATS = ("rss", "atom")


def an_article(name: str = "a", **keys: Any) -> Article:
    values: dict[str, Any] = {"title": "Title", "date": datetime(2026, 11, 2, tzinfo=UTC), "slug": name, **keys}
    return Article(path=f"articles/{name}.md", **values)


@cache
def theme() -> Theme:
    return read_theme(Path("nowhere"), "templates")


def feed(
    format: str, *articles: Article, config: Config = CONFIG, page: str = "/", editions: tuple[Edition, ...] = ()
) -> bytes:
    site = collect(Content(articles=articles, editions=editions), config, root=Path("nowhere"), now=NOW).site
    renderer = Renderer(Setting(config=config, frame=frame(site, config), theme=theme()))
    return renderer.render(plan(site, config)[f"{page}{FEED_FILES[format]}"])


def read(xml: bytes) -> Any:
    """What feedparser makes of a feed, its addresses and HTML left alone."""
    found = feedparser.parse(xml, sanitize_html=False, resolve_relative_uris=False)
    assert not found.bozo, found.bozo_exception
    return found


def entries(xml: bytes) -> list[ElementTree.Element]:
    root = ElementTree.fromstring(xml)
    return [*root.iter("item"), *root.iter(f"{ATOM}entry")]


def items(data: bytes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(data)["items"]
    return found


def written(root: Path, format: str, url: str = "/") -> bytes:
    return rendered(root, f"{url}{FEED_FILES[format]}").encode()


@pytest.mark.parametrize("format", FORMATS)
def test_articles_are_newest_first(format: str) -> None:
    days = {"b": 2, "c": 3, "a": 1}
    articles = [an_article(name, title=name, date=datetime(2026, 1, day, tzinfo=UTC)) for name, day in days.items()]
    found = read(feed(format, *articles))
    assert [one.title for one in found.entries] == ["c", "b", "a"]


def test_the_root_says_which_format_it_is() -> None:
    assert read(feed("rss", an_article())).version == "rss20"
    assert read(feed("atom", an_article())).version == "atom10"


@pytest.mark.parametrize("format", FORMATS)
def test_a_feed_names_itself_and_its_page(format: str) -> None:
    xml = feed(format, an_article(tags=("C#",)), page="/tags/c-sharp/")
    found = read(xml).feed
    assert found.title == "Small Print: C#"
    assert found.link == "https://example.org/news/tags/c-sharp/"
    assert f"https://example.org/news/tags/c-sharp/{format}.xml" in [
        one.href for one in found.links if one.rel == "self"
    ]


@pytest.mark.parametrize("format", FORMATS)
def test_what_an_article_holds_is_read_from_the_feed(format: str) -> None:
    (one,) = read(
        feed(
            format,
            an_article(
                title="Tïtle & Co", summary="In short.", text=Text("Whole *text*."),
                authors=("Ann Example", "Desk, The"),
                tags=("C", "C++"), updated=datetime(2026, 11, 3, tzinfo=UTC),
            ),
        )
    ).entries  # fmt: skip
    assert one.title == "Tïtle & Co"
    assert one.link == "https://example.org/news/2026/11/a/"
    assert one.summary == "In short."
    assert one.content[0].value == "<p>Whole <em>text</em>.</p>"
    assert [tag.term for tag in one.tags] == ["C", "C++"]
    assert one.published_parsed[:3] == (2026, 11, 2)
    assert "Ann Example" in str(one.authors)
    assert "Desk, The" in str(one.authors)


def test_an_atom_entry_tells_when_it_changed() -> None:
    (one,) = read(feed("atom", an_article(updated=datetime(2026, 11, 3, tzinfo=UTC)))).entries
    assert one.updated_parsed[:3] == (2026, 11, 3)


@pytest.mark.parametrize("format", FORMATS)
def test_the_id_outlives_title_slug_url_and_base_url(format: str) -> None:
    before = read(feed(format, an_article()))
    changed = an_article(title="Other", url="/other/", date=datetime(2026, 1, 1, tzinfo=UTC), text=Text("Other."))
    config = replace(CONFIG, base_url="https://elsewhere.example/")
    after = read(feed(format, replace(changed, slug="other"), config=config))
    assert before.entries[0].id == after.entries[0].id
    assert before.entries[0].id.startswith("urn:uuid:")
    assert before.feed.get("id") == after.feed.get("id")


def test_an_rss_guid_is_no_address() -> None:
    (item,) = entries(feed("rss", an_article()))
    guid = item.find("guid")
    assert guid is not None
    assert guid.get("isPermaLink") == "false"


def test_the_original_is_named() -> None:
    source = Source(name="The Press & Co", url="https://press.example/a?b=1&c=2")
    (item,) = entries(feed("rss", an_article(source=source)))
    (entry,) = entries(feed("atom", an_article(source=source)))
    original = item.find("source")
    assert original is not None
    assert (original.text, original.get("url")) == ("The Press & Co", "https://press.example/a?b=1&c=2")
    assert links(entry)["via"] == {"href": "https://press.example/a?b=1&c=2", "title": "The Press & Co"}
    for format in FORMATS:
        (one,) = read(feed(format, an_article(source=source))).entries
        assert '<a href="https://press.example/a?b=1&amp;c=2">The Press &amp; Co</a>' in one.content[0].value


def links(entry: ElementTree.Element) -> Mapping[str, Mapping[str, str]]:
    found = entry.findall(f"{ATOM}link")
    return {one.attrib["rel"]: {key: one.attrib[key] for key in one.attrib if key != "rel"} for one in found}


def test_a_picture_is_an_enclosure_with_its_type_and_length(tmp_path: Path) -> None:
    picture = png(7, 5)
    digest(
        tmp_path, {"articles/a.md": article(image="ä b.png"), "articles/ä b.png": picture},
        base_url="https://example.org/news/",
    )  # fmt: skip
    url = "https://example.org/news/media/articles/%C3%A4%20b.png"
    (item,), (entry,) = entries(written(tmp_path, "rss")), entries(written(tmp_path, "atom"))
    enclosure = item.find("enclosure")
    assert enclosure is not None
    assert enclosure.attrib == {"url": url, "type": "image/png", "length": str(len(picture))}
    assert links(entry) == {
        "alternate": {"href": "https://example.org/news/2026/11/a/", "type": "text/html"},
        "enclosure": {"href": url, "type": "image/png", "length": str(len(picture))},
    }


def test_a_picture_on_another_host_whose_size_nobody_knows_is_no_enclosure(tmp_path: Path) -> None:
    digest(tmp_path, {"articles/a.md": article(image="https://p.example/a.png")})
    assert b"enclosure" not in written(tmp_path, "rss") + written(tmp_path, "atom")


@pytest.mark.parametrize("format", FORMATS)
def test_addresses_in_the_full_text_are_whole(tmp_path: Path, format: str) -> None:
    body = "[b](b.md) [p](/about/) ![i](i.png) [q](?x=1) noted[^1] <q cite='b.md'>q</q>\n\n[^1]: A note."
    digest(
        tmp_path,
        {"articles/a.md": article(body), "articles/b.md": article(date="2026-01-01"), "articles/i.png": png(),
         "pages/about.md": "---\ntitle: About\n---\n"},
        base_url="https://example.org/news/",
    )  # fmt: skip
    found = list(feed_addresses(written(tmp_path, format)))
    assert [one for one in found if not one.startswith("https://example.org/news/")] in ([], [DOCS])
    for path in ("2026/01/b/", "about/", "media/articles/i.png", "2026/11/a/?x=1", "2026/11/a/#fn:1"):
        assert f"https://example.org/news/{path}" in found
    assert b'cite="b.md"' not in written(tmp_path, format)


DOCS = "http://www.rssboard.org/rss-specification"


@pytest.mark.parametrize("format", FORMATS)
def test_an_excerpt_has_no_full_text(format: str) -> None:
    config = replace(CONFIG, feed=Feeds(full_text=False))
    source = Source(name="Press", url="https://press.example/")
    xml = feed(format, an_article(summary="In short.", text=Text("The whole text."), source=source), config=config)
    (one,) = read(xml).entries
    assert one.summary == "In short."
    assert b"whole text" not in xml
    assert entries(xml)[0].find(CONTENT) is None
    assert entries(xml)[0].find(f"{ATOM}content") is None
    assert b"https://press.example/" in xml


@pytest.mark.parametrize("format", FORMATS)
def test_no_feed_tells_when_it_was_made(format: str) -> None:
    xml = feed(format, an_article(updated=datetime(2026, 11, 5, 6, 7, 8, tzinfo=UTC)))
    assert xml == feed(format, an_article(updated=datetime(2026, 11, 5, 6, 7, 8, tzinfo=UTC)))
    assert read(xml).feed.updated_parsed[:6] == (2026, 11, 5, 6, 7, 8)


@pytest.mark.parametrize("format", FORMATS)
def test_a_feed_without_articles_is_a_feed(format: str) -> None:
    found = read(feed(format))
    assert found.entries == []
    assert found.feed.updated_parsed[0] == 1970


def test_moments_are_told_with_their_zone() -> None:
    date = datetime(2026, 7, 1, 9, 30, tzinfo=ZoneInfo("Europe/Vienna"))
    assert b"<pubDate>Wed, 01 Jul 2026 09:30:00 +0200</pubDate>" in feed("rss", an_article(date=date))
    assert b"<published>2026-07-01T09:30:00+02:00</published>" in feed("atom", an_article(date=date))


def test_an_entry_in_another_language_says_so() -> None:
    (entry,) = entries(feed("atom", an_article(lang="de")))
    assert entry.get("{http://www.w3.org/XML/1998/namespace}lang") == "de"


def test_a_summary_is_text_in_rss_too_whose_descriptions_are_html() -> None:
    """A reader of RSS renders a description; a summary of "<b>" is four characters and no bold."""
    (one,) = read(feed("rss", an_article(summary="1 < 2 & <script>alert(1)</script>"))).entries
    assert one.summary == "1 &lt; 2 &amp; &lt;script&gt;alert(1)&lt;/script&gt;"
    (one,) = read(feed("atom", an_article(summary="1 < 2 & <script>alert(1)</script>"))).entries
    assert one.summary == "1 &lt; 2 &amp; &lt;script&gt;alert(1)&lt;/script&gt;"
    (one,) = read(feed("atom", an_article(summary="1 < 2 & 3"))).entries
    assert (one.summary, one.summary_detail.type) == ("1 < 2 & 3", "text/plain")
    (item,) = items(feed("json", an_article(summary="1 < 2 & <script>alert(1)</script>")))
    assert item["summary"] == "1 < 2 & <script>alert(1)</script>"


# Whatever an article holds

ANY = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]), st.sampled_from("<>&\"']\0\b\x1b\x7f\x85\ufffe\U0001f30d"),
    ),
    max_size=40,
)  # fmt: skip
HARD = st.one_of(
    ANY, st.sampled_from(["]]>", "<![CDATA[", "&amp;", "&#0;", "<!--", "👩‍🚀", "שלום", "&nbsp;"])
)  # fmt: skip
TITLES = st.one_of(HARD, st.just("lone \ud800"))


def is_readable(text: str) -> bool:
    """Whether feedparser gives text back: it strips, and repairs what looks like UTF-8 read as Latin-1."""
    try:
        looks_broken = plain(text).encode("latin-1").decode("utf-8") != plain(text)
    except UnicodeError:
        looks_broken = False
    return bool(text) and plain(text).isprintable() and plain(text).strip() == text.strip() == text and not looks_broken


READABLE = TITLES.filter(is_readable)


@given(TITLES, HARD, HARD, HARD, HARD)
@example("<b>Bold</b> &amp; </script>", "<i>x</i> &#0;", "<table>stray<tr><td>x<p>y</table>", "R&D", "a<T> &c;")
@example("\ufdd0", "", "", "", "")
def test_any_text_makes_a_valid_feed(title: str, summary: str, body: str, name: str, tag: str) -> None:
    one = an_article(
        title=title, summary=summary, text=Text(body), authors=(name,) if name else (),
        tags=(tag,) if tag.strip() else (),
        source=Source(name=name or "x", url="https://press.example/"),
    )  # fmt: skip
    for format, name in FEED_FILES.items():
        data = feed(format, one)
        assert faults(data, f"https://example.org/news/{name}") == []
        assert addresses(data.decode()).ids == set()
        assert data == feed(format, one)
    for format in FORMATS:
        (entry,) = entries(feed(format, one))
        shown = next(child.text or "" for child in entry if child.tag.endswith("title"))
        assert (plain(title) or "https://example.org/news/2026/11/a/") in (shown, html.unescape(shown))
    (item,) = items(feed("json", one))
    assert item["title"] == (plain(title) or item["url"])


@given(READABLE)
def test_a_feed_reader_reads_the_title_as_it_was_written(title: str) -> None:
    (one,) = read(feed("atom", an_article(title=title))).entries
    shown = one.get("title", "")
    assert (html.unescape(shown) if one.title_detail.type == "text/html" else shown) == plain(title)


@given(READABLE.filter(lambda text: not set(text) & set("<&")))
def test_a_reader_of_rss_reads_the_title_as_it_was_written(title: str) -> None:
    """But for what it may take for HTML, on which RSS is silent and readers differ."""
    (one,) = read(feed("rss", an_article(title=title))).entries
    assert one.get("title", "") == plain(title)


@pytest.mark.parametrize("format", ["rss", "atom"])
def test_a_time_from_before_standard_time_is_written_as_feeds_can(tmp_path: Path, format: str) -> None:
    digest(tmp_path, {"articles/a.md": article(date="1880-05-01T12:00")}, more='timezone = "Europe/Vienna"')
    assert re.search(r"1880-05-01T10:54:39\+00:00|01 May 1880 10:54:39 \+0000", rendered(tmp_path, f"/{format}.xml"))


# JSON Feed


def test_a_json_feed_tells_all_that_the_others_do(tmp_path: Path) -> None:
    header = """title: A title
date: 2026-11-02T09:30:00+01:00
updated: 2026-11-03
summary: In short.
authors: [Ann Example]
tags: [C, C++]
lang: de
source: {name: The Press, url: "https://press.example/a"}
image: {path: i.png, alt: A square}"""
    files: dict[str, str | bytes] = {
        "articles/a.md": f"---\n{header}\n---\nWhole *text*.\n", "articles/i.png": png(7, 5),
    }
    digest(tmp_path, files, base_url="https://example.org/news/", more='description = "All of it."\nauthor = "Us"')
    data = json.loads(written(tmp_path, "json"))
    (item,) = data.pop("items")
    assert data == {
        "version": "https://jsonfeed.org/version/1.1", "title": "Small Print", "language": "en",
        "home_page_url": "https://example.org/news/", "feed_url": "https://example.org/news/feed.json",
        "description": "All of it.", "authors": [{"name": "Us"}], "icon": "https://example.org/news/icon-512.png",
    }  # fmt: skip
    text, picture = item.pop("content_html"), "https://example.org/news/media/articles/i.png"
    assert "<p>Whole <em>text</em>.</p>" in text
    assert '<a href="https://press.example/a">The Press</a>' in text
    assert item.pop("id").startswith("urn:uuid:")
    (attachment,) = item.pop("attachments")
    assert attachment.pop("size_in_bytes") == len(png(7, 5))
    assert attachment == {"url": picture, "mime_type": "image/png", "title": "A square"}
    assert item == {
        "url": "https://example.org/news/2026/11/a/", "external_url": "https://press.example/a", "title": "A title",
        "summary": "In short.", "image": picture, "date_published": "2026-11-02T09:30:00+01:00",
        "date_modified": "2026-11-03T00:00:00+00:00", "authors": [{"name": "Ann Example"}], "tags": ["C", "C++"],
        "language": "de",
    }  # fmt: skip


def test_a_json_feed_of_excerpts_has_them_as_text() -> None:
    config = replace(CONFIG, feed=Feeds(full_text=False))
    (item,) = items(feed("json", an_article(summary="In <b>short</b>.", text=Text("The whole text.")), config=config))
    assert item["content_text"] == "In <b>short</b>."
    assert "content_html" not in item


@given(READABLE.filter(lambda text: not set(text) & set("<&")), READABLE.filter(lambda text: not set(text) & set("<&")))
def test_all_formats_tell_the_same(title: str, name: str) -> None:
    one = an_article(title=title, summary="In short.", text=Text("*Text.*"), tags=(name,), authors=(name,))
    (item,) = items(feed("json", one))
    for format in FORMATS:
        (entry,) = read(feed(format, one)).entries
        assert (entry.id, entry.link, entry.title) == (item["id"], item["url"], item["title"])
        assert (entry.summary, entry.content[0].value) == (item["summary"], item["content_html"])
        assert [tag.term for tag in entry.tags] == item["tags"]
        assert [author["name"] for author in entry.authors] == [author["name"] for author in item["authors"]]
        assert entry.published_parsed[:6] == datetime.fromisoformat(item["date_published"]).timetuple()[:6]


# What full text begins and ends with


@pytest.mark.parametrize("format", FEED_FILES)
def test_the_lead_picture_stands_before_the_text_with_its_words(tmp_path: Path, format: str) -> None:
    image = '{path: i.png, alt: A "square", caption: Seen <here>, credit: Ann Example, credit_url: "https://a.example/"}'
    digest(
        tmp_path, {"articles/a.md": article(image=image), "articles/i.png": png(7, 5)},
        base_url="https://example.org/news/",
    )  # fmt: skip
    data = written(tmp_path, format)
    text = items(data)[0]["content_html"] if format == "json" else read(data).entries[0].content[0].value
    assert text.startswith(
        '<figure><img src="https://example.org/news/media/articles/i.png" alt="A &quot;square&quot;"'
        ' width="7" height="5"><figcaption>Seen &lt;here&gt; <small>Picture: '
        '<a href="https://a.example/">Ann Example</a></small></figcaption></figure>\n<p>Words'
    )


def test_the_original_is_named_in_the_language_of_the_site() -> None:
    one = an_article(source=Source(name="Presse", url="https://press.example/"))
    assert "Original lesen bei" in feed("rss", one, config=replace(CONFIG, language="de")).decode()


# Editions

EDITION = Edition(
    path="editions/1.md", title="No. 1", date=datetime(2026, 11, 5, tzinfo=UTC), slug="1", series="Weekly",
    sections=(EditionSection(title="Science & more", articles=("a", "b")),), text=Text("A *note*."),
    summary="This week.",
)  # fmt: skip


@pytest.mark.parametrize("page", ["/editions/", "/editions/series/weekly/"])
@pytest.mark.parametrize("format", FEED_FILES)
def test_an_edition_is_told_by_its_note_and_its_articles(format: str, page: str) -> None:
    source = Source(name="The Press", url="https://press.example/")
    articles = (an_article("a", title="First <b>", summary="Of it."), an_article("b", title="Second", source=source))
    data = feed(format, *articles, editions=(EDITION,), page=page)
    assert faults(data, f"https://example.org/news{page}{FEED_FILES[format]}") == []
    one: Any = items(data)[0] if format == "json" else read(data).entries[0]
    text = one["content_html"] if format == "json" else one.content[0].value
    assert one["title"] == "No. 1"
    assert one["summary"] == "This week."
    assert one["id"].startswith("urn:uuid:")
    assert text == (
        "<p>A <em>note</em>.</p>\n<h2>Science &amp; more</h2>\n<ul>\n"
        '<li><a href="https://example.org/news/2026/11/a/">First &lt;b&gt;</a><br>Of it.</li>\n'
        '<li><a href="https://example.org/news/2026/11/b/">Second</a> (The Press)</li>\n</ul>'
    )


def test_an_edition_without_a_summary_is_summed_up_by_its_headlines() -> None:
    articles = (an_article("a", title="First"), an_article("b", title="Second"))
    data = feed("rss", *articles, editions=(replace(EDITION, summary=""),), page="/editions/")
    assert read(data).entries[0].summary == "First · Second"


def test_the_feed_of_all_editions_is_called_so() -> None:
    config = replace(CONFIG, language="de")
    data = feed("atom", an_article("a"), an_article("b"), editions=(EDITION,), page="/editions/", config=config)
    assert read(data).feed.title == "Small Print: Ausgaben"


# What feeds say of themselves


def test_a_hub_is_named_in_every_format() -> None:
    config = replace(CONFIG, feed=Feeds(hub="https://hub.example/?a=1&b=2"))
    for format in FORMATS:
        found = read(feed(format, an_article(), config=config)).feed.links
        assert [one.href for one in found if one.rel == "hub"] == ["https://hub.example/?a=1&b=2"]
    data = json.loads(feed("json", config=config))
    assert data["hubs"] == [{"type": "WebSub", "url": "https://hub.example/?a=1&b=2"}]
    for format in FEED_FILES:
        assert b"hub" not in feed(format, an_article())


def test_browsers_are_given_a_stylesheet_that_is_there(tmp_path: Path) -> None:
    digest(tmp_path, {"articles/a.md": article()}, base_url="https://example.org/news/")
    made = assembled(tmp_path)
    for format in FORMATS:
        named = rb'<\?xml-stylesheet type="text/css" href="/news(/feed.css)\?v=[0-9a-f]+"\?>'
        found = re.search(named, written(tmp_path, format))
        assert found
        assert found[1].decode() in made.plan
    makes = made.plan["/feed.json"].makes
    assert isinstance(makes, Feed)


def test_articles_of_one_moment_are_told_apart_in_atom_by_less_than_a_second() -> None:
    articles = [an_article(name) for name in "abcdefgh"]
    found = [one.findtext(f"{ATOM}updated") or "" for one in entries(feed("atom", *articles))]
    assert len(set(found)) == 8
    assert {moment[:19] for moment in found} == {"2026-11-02T00:00:00"}
    again = [one.findtext(f"{ATOM}updated") or "" for one in entries(feed("atom", *articles[2:]))]
    assert set(again) < set(found)


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("https://press.example/a?b=1&c=2#d", "https://press.example/a?b=1&c=2#d"),
        ("https://press.example/%41/ä|[1]", "https://press.example/%41/%C3%A4%7C%5B1%5D"),
        ("https://prèss.example:8080/", "https://xn--prss-6oa.example:8080/"),
        ("https://[2001:db8::1]/a", "https://[2001:db8::1]/a"),
    ],
)
def test_an_address_of_the_original_is_told_in_the_letters_of_addresses(typed: str, printed: str) -> None:
    assert uri(typed) == printed


@pytest.mark.parametrize("fixture", ["full"])
def test_every_feed_of_a_site_holds_the_rules(tmp_path: Path, fixture: str) -> None:
    made = assembled(FIXTURES / fixture)
    renderer = Renderer(made.setting)
    found = {url: renderer.render(one) for url, one in made.plan.items() if isinstance(one.makes, Feed)}
    assert len(found) > 9
    base = made.setting.config.base_url.rstrip("/")
    assert {url: wrong for url, data in found.items() if (wrong := faults(data, base + url))} == {}


# The page of all feeds


def test_the_page_of_feeds_and_its_list_name_every_feed(tmp_path: Path) -> None:
    tags = [f"tag {number}" for number in range(120)]
    files = {f"articles/{number}.md": article(tags=f"[{name}]") for number, name in enumerate(tags)}
    digest(tmp_path, dict(files), base_url="https://example.org/news/", own_theme=False)
    page, opml = rendered(tmp_path, "/feeds/"), rendered(tmp_path, "/feeds.opml")
    for name in FEED_FILES.values():
        assert f'href="/news/{name}"' in page
    outlines = [one.attrib for one in ElementTree.fromstring(opml.encode()).iter("outline")]
    assert len([one for one in outlines if "xmlUrl" in one]) == 121
    assert outlines[0]["xmlUrl"] == "https://example.org/news/rss.xml"
    assert outlines[0]["htmlUrl"] == "https://example.org/news/"
    assert page.count("rss.xml") < 121
    assert "stand on their own pages" in page


def test_a_list_of_feeds_is_xml_whatever_tags_are_called(tmp_path: Path) -> None:
    digest(tmp_path, {"articles/a.md": article(tags=r'["<&\"]]>"]')})
    (one,) = ElementTree.fromstring(rendered(tmp_path, "/feeds.opml")).findall("body/outline/outline")
    assert one.attrib["text"] == '<&"]]>'
