"""Feeds share what was written of an entry: each is, byte for byte, what feedgen or json makes of the whole of it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from broadsheet import feeds
from broadsheet.collect import collect
from broadsheet.config import Config, Feeds
from broadsheet.feeds import Desk, add, entry, shell, to_atom, to_feed, to_rss, written
from broadsheet.model import Article, Body, Content, Edition, EditionSection, Source
from broadsheet.plan import plan
from broadsheet.theme import read as read_theme
from broadsheet.views import Feed
from broadsheet.words import spoken

NOW = datetime(2026, 12, 1, tzinfo=UTC)
CONFIG = Config(title="Small Print", base_url="https://example.org/news/", id="small-print")
WORDS = spoken(read_theme(Path("nowhere"), "templates").words, "en")
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.sampled_from(
        ["<b>bold</b> &amp; so on", "a  b\n\n    <item>\n    </item>\n  <entry>", "]]>", "R&D <x", "lone \ud800"]
    ),
)
MANY = st.lists(st.tuples(TEXTS, TEXTS, st.sets(st.sampled_from(["one", "<two> & two"]))), max_size=5)


def articles(many: list[tuple[str, str, set[str]]]) -> tuple[Article, ...]:
    return tuple(
        Article(
            path=f"articles/{number}.md", slug=f"a{number}", date=datetime(2026, 11, 1 + number, tzinfo=UTC),
            title=title, summary=text, authors=(text,) if text else (), tags=tuple(sorted(tags)),
            lang="ar" if number % 2 else "", source=Source(name=text or "x", url=f"https://press.example/{number}"),
        )
        for number, (title, text, tags) in enumerate(many)
    )  # fmt: skip


def all_feeds(config: Config, found: tuple[Article, ...], editions: tuple[Edition, ...] = ()) -> list[tuple[str, Feed]]:
    site = collect(Content(articles=found, editions=editions), config, root=Path("nowhere"), now=NOW).site
    return [(url, one.makes) for url, one in plan(site, config).items() if isinstance(one.makes, Feed)]


def a_desk(config: Config = CONFIG) -> Desk:
    return Desk(config, WORDS, lambda body: text_of(body))


def text_of(body: Body) -> str:
    return f"<p>{body.path} &amp; \n\n    &lt;item  </p>\n"


def by_feedgen(feed: Feed, url: str, desk: Desk) -> bytes:
    generator = shell(feed, url, desk, written(feed, desk))
    for one in feed.entries:
        add(entry(one, desk), generator, desk)
    return to_rss(generator) if feed.format == "rss" else to_atom(generator)


def by_json(data: bytes) -> bytes:
    return (json.dumps(json.loads(data), ensure_ascii=False) + "\n").encode()


@given(MANY, st.sampled_from(["", "https://hub.example/?a&b"]), st.sampled_from([20, 2]), st.booleans())
@example([], "", 20, True)
def test_a_feed_is_what_is_made_of_the_whole_of_it(
    many: list[tuple[str, str, set[str]]], hub: str, size: int, full: bool
) -> None:
    config = replace(CONFIG, feed=Feeds(hub=hub, size=size, full_text=full))
    desk = a_desk(config)
    for url, feed in all_feeds(config, articles(many)):
        data = to_feed(feed, url, desk)
        assert data == (by_json(data) if feed.format == "json" else by_feedgen(feed, url, a_desk(config)))
        assert data == to_feed(feed, url, a_desk(config))


def test_a_feed_of_editions_is_what_is_made_of_the_whole_of_it() -> None:
    editions = tuple(
        Edition(
            path=f"editions/{number}.md", title=f"No. {number}", date=datetime(2026, 11, number, tzinfo=UTC),
            slug=str(number), series="Weekly", sections=(EditionSection(title="A & B", articles=("a0",)),),
        )
        for number in (1, 2)
    )  # fmt: skip
    desk, found = a_desk(), articles([("First <b>", "Of it.", set())])
    of_editions = [(url, feed) for url, feed in all_feeds(CONFIG, found, editions) if "editions" in url]
    assert len(of_editions) == 6
    for url, feed in of_editions:
        data = to_feed(feed, url, desk)
        assert data == (by_json(data) if feed.format == "json" else by_feedgen(feed, url, a_desk()))


def test_an_entry_is_written_once_for_all_feeds() -> None:
    asked: list[str] = []

    def to_html(body: Body) -> str:
        asked.append(body.path)
        return text_of(body)

    desk = Desk(CONFIG, WORDS, to_html)
    for url, feed in all_feeds(CONFIG, articles([("A", "a", {"one"}), ("B", "b", {"one", "two"})])):
        to_feed(feed, url, desk)
    assert sorted(asked) == ["articles/0.md", "articles/1.md"]


def test_what_is_remembered_has_a_bound_and_changes_no_feed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "MOST_REMEMBERED", 4000)
    desk = a_desk()
    for url, feed in all_feeds(CONFIG, articles([(f"{number}", "Words. " * 9, {"one"}) for number in range(9)])):
        assert to_feed(feed, url, desk) == to_feed(feed, url, a_desk())
        assert desk.size == sum(one.size for one in desk.made.values()) <= 4000
