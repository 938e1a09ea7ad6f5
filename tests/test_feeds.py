"""Feeds: valid whatever an article holds, the same each time, and read by a feed reader as they were meant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import feedparser
import pytest
from digests import addresses, article, digest, feed_addresses, png, rendered
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.collect import collect
from broadsheet.config import Config, Feeds
from broadsheet.feeds import xml_text
from broadsheet.model import Article, Content, Source
from broadsheet.plan import frame, plan
from broadsheet.render import Renderer, Setting
from broadsheet.theme import Theme

NOW = datetime(2026, 12, 1, tzinfo=UTC)
CONFIG = Config(title="Small Print", base_url="https://example.org/news/", id="small-print", author="The desk")
ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
FORMATS = ("rss", "atom")


def an_article(name: str = "a", **keys: Any) -> Article:
    values: dict[str, Any] = {"title": "Title", "date": datetime(2026, 11, 2, tzinfo=UTC), "slug": name, **keys}
    return Article(path=f"articles/{name}.md", **values)


def feed(format: str, *articles: Article, config: Config = CONFIG, page: str = "/") -> bytes:
    site = collect(Content(articles=articles), config, root=Path("nowhere"), now=NOW).site
    renderer = Renderer(Setting(config=config, frame=frame(site, config), theme=Theme(templates=())))
    return renderer.render(plan(site, config)[f"{page}{format}.xml"])


def read(xml: bytes) -> Any:
    """What feedparser makes of a feed, its addresses and HTML left alone."""
    found = feedparser.parse(xml, sanitize_html=False, resolve_relative_uris=False)
    assert not found.bozo, found.bozo_exception
    return found


def entries(xml: bytes) -> list[ElementTree.Element]:
    root = ElementTree.fromstring(xml)
    return [*root.iter("item"), *root.iter(f"{ATOM}entry")]


def written(root: Path, format: str, url: str = "/") -> bytes:
    return rendered(root, f"{url}{format}.xml").encode()


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
                title="Tïtle & Co", summary="In short.", body="Whole *text*.", authors=("Ann Example", "Desk, The"),
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
    changed = an_article(title="Other", url="/other/", date=datetime(2026, 1, 1, tzinfo=UTC), body="Other.")
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
    xml = feed(format, an_article(summary="In short.", body="The whole text.", source=source), config=config)
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
    assert one.summary == "1 < 2 & <script>alert(1)</script>"
    assert one.summary_detail.type == "text/plain"


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
TITLES = st.one_of(HARD, st.just("lone \ud800")).filter(xml_text)


def is_readable(text: str) -> bool:
    """Whether feedparser gives text back: it strips, and repairs what looks like UTF-8 read as Latin-1."""
    try:
        looks_broken = xml_text(text).encode("latin-1").decode("utf-8") != xml_text(text)
    except UnicodeError:
        looks_broken = False
    return xml_text(text).isprintable() and xml_text(text).strip() == text.strip() == text and not looks_broken


READABLE = TITLES.filter(is_readable)


@given(TITLES, HARD, HARD, HARD, HARD)
def test_any_text_makes_a_valid_feed(title: str, summary: str, body: str, name: str, tag: str) -> None:
    one = an_article(
        title=title, summary=summary, body=body, authors=(name,) if name else (), tags=(tag,) if tag.strip() else (),
        source=Source(name=name or "x", url="https://press.example/"),
    )  # fmt: skip
    for format in FORMATS:
        xml = feed(format, one)
        (entry,) = entries(xml)
        shown = next(child.text or "" for child in entry if child.tag.endswith("title"))
        assert _one_line_end(shown) == _one_line_end(xml_text(title))
        assert addresses(xml.decode()).ids == set()
        assert xml == feed(format, one)


def _one_line_end(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


@given(READABLE)
def test_a_feed_reader_reads_the_title_as_it_was_written(title: str) -> None:
    (one,) = read(feed("atom", an_article(title=title))).entries
    assert one.get("title", "") == xml_text(title)


@given(READABLE.filter(lambda text: not set(text) & set("<&")))
def test_a_reader_of_rss_reads_the_title_as_it_was_written(title: str) -> None:
    """But for what it may take for HTML, on which RSS is silent and readers differ."""
    (one,) = read(feed("rss", an_article(title=title))).entries
    assert one.get("title", "") == xml_text(title)


@pytest.mark.parametrize("format", ["rss", "atom"])
def test_a_time_from_before_standard_time_is_written_as_feeds_can(tmp_path: Path, format: str) -> None:
    digest(tmp_path, {"articles/a.md": article(date="1880-05-01T12:00")}, more='timezone = "Europe/Vienna"')
    assert re.search(r"1880-05-01T10:54:39\+00:00|01 May 1880 10:54:39 \+0000", rendered(tmp_path, f"/{format}.xml"))
