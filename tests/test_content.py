"""An article's file to an Article and back; content of other generators; every message as an editor sees it."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from approve import check
from hypothesis import example, given, settings
from hypothesis import strategies as st

from broadsheet import config, content, reading
from broadsheet.content import (
    dump,
    is_web_address,
    locate,
    parse,
    parse_article,
    parse_edition,
    parse_page,
    parse_tags,
    read_date,
)
from broadsheet.errors import BroadsheetError, ContentError, Problem, describe
from broadsheet.model import (
    Article,
    Correction,
    Edition,
    EditionSection,
    Image,
    Page,
    Source,
    TagDefinition,
    Text,
    Value,
)

VIENNA = ZoneInfo("Europe/Vienna")
CONFIG = config.Config(title="x", base_url="https://example.org/", timezone=VIENNA)
WINTER = timezone(timedelta(hours=1))


def article(header: str, body: str = "", path: str = "articles/merger.md") -> Article:
    return parse(f"---\n{header.strip()}\n---\n{body}", path, timezone=VIENNA)


def merger(more: str = "") -> Article:
    return article(f"title: Merger\ndate: 2026-12-02\n{more}")


def notices(text: str, path: str = "articles/merger.md") -> list[Problem]:
    return list(parse_article(text, path, timezone=VIENNA, shown=path)[1])


def refused(read: Callable[[], object]) -> tuple[Problem, ...]:
    """What our own error says of a reading; nothing when there is a value. Any other exception goes on."""
    try:
        read()
    except ContentError as error:
        return error.problems
    return ()


def errors(text: str, path: str = "articles/merger.md") -> list[str]:
    with pytest.raises(ContentError) as caught:
        parse(text, path, timezone=VIENNA)
    return [problem.message for problem in caught.value.problems]


# Keys ---------------------------------------------------------------------------------------------


def day(number: int) -> datetime:
    return datetime(2026, 12, number, tzinfo=WINTER)


SYNONYMS: list[tuple[str, str, object]] = [
    ("updated lastmod modified last_modified_at last-modified-at LastMod", "updated: 2026-12-03", day(3)),
    ("publish_date Publish-Date", "publish_date: 2026-12-03", day(3)),
    ("expiry_date expiryDate unpublishdate unpublishDate EXPIRY-DATE", "expiry_date: 2026-12-03", day(3)),
    ("draft Draft", "draft: true", True),
    ("slug", "slug: other", "other"),
    ("url permalink", "url: /a/b/", "/a/b/"),
    ("aliases redirect_from redirect-from", "aliases: [/a/, b.html]", ("/a/", "/b.html")),
    ("tags keywords", "tags: a, b", ("a", "b")),
    ("section category", "section: Trade", "Trade"),
    ("summary description excerpt", "summary: In short", "In short"),
    ("dek subtitle", "dek: Below", "Below"),
    ("authors author", "authors: Ada", ("Ada",)),
    ("source_url externalLink external_url external-url link original_url", "source_url: https://x.org/a", None),
    ("canonical_url canonical Canonical-URL", "canonical_url: https://x.org/a", "https://x.org/a"),
    ("image cover featured_image featured-image", "image: a.jpg", Image(path="a.jpg")),
    ("archive_url", "archive_url: https://x.org/a", "https://x.org/a"),
    ("story", "story: The merger", "The merger"),
    ("weight", "weight: -3", -3),
    ("pinned", "pinned: yes", True),
    ("lang", "lang: pt_BR", "pt-BR"),
    ("template", "template: long.html", "long.html"),
    ("id", "id: urn:x:1", "urn:x:1"),
]


@pytest.mark.parametrize(
    ("typed", "ours", "line", "value"),
    [(name, names.split()[0], line, value) for names, line, value in SYNONYMS for name in names.split()],
)
def test_a_key_is_read_under_each_of_its_names(typed: str, ours: str, line: str, value: object) -> None:
    text = f"---\ntitle: Merger\ndate: 2026-12-02\n{line.replace(ours, typed, 1)}\n---\n"
    found, told = parse_article(text, "articles/merger.md", timezone=VIENNA, shown="a.md")
    if ours == "source_url":
        assert found.source == Source(name="x.org", url="https://x.org/a")
    else:
        assert getattr(found, ours) == value
    assert (told, found.extra) == ((), {})


@pytest.mark.parametrize("key", ["date", "pubdate", "pubDate", "published", "publishDate", "DATE"])
def test_a_date_may_have_several_names(key: str) -> None:
    assert article(f"title: Merger\n{key}: 2026-12-02").date == day(2)


@pytest.mark.parametrize("typed", ["a  b", "' a b '", "a \u00a0b", "a\u2003b", '"a\\tb"', '"a\\n b"', "|\n  a\n  b"])
def test_a_text_is_one_line_with_one_space_between_words(typed: str) -> None:
    assert merger(f"dek: {typed}").dek == "a b"


def test_an_article_without_a_date_is_refused() -> None:
    assert errors("---\ntitle: Merger\nupdated: 2026-12-02\n---\n") == ["date is missing"]


def test_a_date_may_stand_in_the_name_of_the_file() -> None:
    found = article("title: Merger", path="articles/2026/2026-12-02-big-merger.md")
    assert (found.date, found.slug) == (day(2), "big-merger")


def test_an_article_in_a_folder_of_its_own_is_named_by_it() -> None:
    found = article("title: Merger", path="articles/2026-12-02-big-merger/index.md")
    assert (found.date, found.slug) == (day(2), "big-merger")


def test_a_date_in_front_matter_beats_that_of_the_file() -> None:
    assert article("title: Merger\ndate: 2026-12-03", path="articles/2026-12-02-merger.md").date == day(3)


@pytest.mark.parametrize(
    ("line", "draft"),
    [
        ("draft: true", True),
        ("draft: false", False),
        ("draft: off", False),
        ("draft: 'Yes'", True),
        ("draft:", False),
        ("published: false", True),
        ("published: true", False),
        ("published: no", True),
        ("status: draft", True),
        ("status: Hidden", True),
        ("status: published", False),
        ("draft: false\nstatus: draft", True),
        ("draft: true\npublished: true", True),
    ],
)
def test_an_article_may_be_marked_a_draft_in_several_ways(line: str, draft: bool) -> None:
    found = merger(line)
    assert (found.draft, found.extra) == (draft, {})


@pytest.mark.parametrize(
    ("line", "tags"),
    [
        ("tags: [no, on, 3.10, 22:22]", ("no", "on", "3.10", "22:22")),
        ("tags: a, b ,, a", ("a", "b")),
        ("tags:\n- a, b\n- c", ("a, b", "c")),
        ("tags: []", ()),
        ("tags: ~", ()),
        ("tags: [a, a, '']", ("a",)),
    ],
)
def test_tags_are_a_list_or_words_between_commas(line: str, tags: tuple[str, ...]) -> None:
    assert merger(line).tags == tags


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("author: Lovelace, Ada", ("Lovelace, Ada",)),
        ("author: [Ada, Alan]", ("Ada", "Alan")),
        ("authors: Ada, Alan", ("Ada", "Alan")),
        ("authors: Lovelace, Ada; Turing, Alan", ("Lovelace, Ada", "Turing, Alan")),
        ("authors: ['A; B']", ("A; B",)),
    ],
)
def test_names_of_authors_are_parted_where_they_should_be(line: str, authors: tuple[str, ...]) -> None:
    assert merger(line).authors == authors


@pytest.mark.parametrize(
    ("lines", "source"),
    [
        ("source: Reuters", Source(name="Reuters")),
        ("source: https://www.reuters.com/a", Source(name="reuters.com", url="https://www.reuters.com/a")),
        ("source: Reuters\nlink: https://r.com/a", Source(name="Reuters", url="https://r.com/a")),
        ("link: https://r.com/a", Source(name="r.com", url="https://r.com/a")),
        (
            "source: {name: Reuters, author: Ada, published: 2026-12-01, licence: CC0, link: https://r.com/a}",
            Source(name="Reuters", url="https://r.com/a", author="Ada", published=day(1), license="CC0"),
        ),
        ("source: {}", None),
        ("source: ~", None),
    ],
)
def test_a_source_is_a_name_or_a_name_with_parts(lines: str, source: Source | None) -> None:
    assert merger(lines).source == source


FULL_IMAGE = Image(path="a.jpg", alt="A", caption="C", credit="R", credit_url="https://r.com/")


@pytest.mark.parametrize(
    "lines",
    [
        "image: a.jpg\nimage_alt: A\nimage_caption: C\nimage_credit: R\nimage_credit_url: https://r.com/",
        "cover: {image: a.jpg, alt: A, caption: C, credit: R, credit_url: https://r.com/, relative: true, hidden: no}",
        "image: {path: a.jpg, alt: X, caption: C, credit: R, credit-url: https://r.com/}\nimage-alt: A",
    ],
)
def test_an_image_is_a_path_or_a_path_with_parts(lines: str) -> None:
    assert merger(lines).image == FULL_IMAGE


def test_corrections_stand_in_the_order_of_their_dates() -> None:
    lines = "corrections:\n- {date: 2026-12-04, note: 'Second: b'}\n- {date: 2026-12-03, text: First}"
    assert merger(lines).corrections == (
        Correction(date=day(3), note="First"),
        Correction(date=day(4), note="Second: b"),
    )


def test_hugos_publish_date_beside_a_date_is_an_embargo() -> None:
    found = article("title: Merger\ndate: 2026-12-02\npublishDate: 2026-12-05")
    assert (found.date, found.publish_date, found.extra) == (day(2), day(5), {})


def test_hugos_publish_date_alone_is_the_date() -> None:
    found = article("title: Merger\npublishDate: 2026-12-05")
    assert (found.date, found.publish_date) == (day(5), None)


def test_hugos_publish_date_holds_an_edition_back_as_well() -> None:
    text = "---\ntitle: Week\ndate: 2026-12-02\npublishDate: 2026-12-05\n---\n"
    found, told = parse_edition(text, "editions/week.md", timezone=VIENNA, shown="week.md")
    assert (found.publish_date, told) == (day(5), ())


def test_unknown_keys_are_kept_as_typed() -> None:
    found = merger("Mood: 3.10\nshow-toc: no\nnested: {a: [1, {b: on}]}\nextra: {own: x}")
    assert found.extra == {"own": "x", "Mood": "3.10", "show-toc": "no", "nested": {"a": ["1", {"b": "on"}]}}


def test_an_unknown_key_is_told_with_its_line_and_the_nearest_of_ours() -> None:
    (notice,) = notices("---\ntitle: Merger\ndate: 2026-12-02\nsumary: x\n---\n")
    assert (notice.level, notice.line, notice.column, notice.width) == ("notice", 4, 1, 6)
    assert notice.hint == "did you mean summary?"


def test_a_second_name_for_a_key_that_is_given_is_kept_and_told() -> None:
    text = "---\ntitle: Merger\ndate: 2026-12-02\nsummary: a\ndescription: b\n---\n"
    assert parse(text, "articles/a.md", timezone=VIENNA).extra == {"description": "b"}
    assert [notice.hint for notice in notices(text)] == ["summary is what counts"]


def test_a_key_both_at_the_top_and_under_extra_is_an_error() -> None:
    assert errors("---\ntitle: Merger\ndate: 2026-12-02\nmood: a\nextra: {mood: b}\n---\n") == [
        "mood: stands under extra as well"
    ]


def test_one_key_in_two_spellings_is_an_error() -> None:
    found = errors("---\ntitle: Merger\ndate: 2026-12-02\nimage-alt: a\nImage_Alt: b\n---\n")
    assert found == ["Image_Alt: written twice, first on line 4"]


def test_all_errors_of_a_file_are_told_at_once() -> None:
    found = errors("---\ndate: 2026-13-02\ndraft: maybe\nweight: heavy\ntags: {a: b}\n---\n")
    assert [message.split(":")[0] for message in found] == ["title is missing", "date", "draft", "weight", "tags"]


# Dates --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "iso"),
    [
        ("2026-12-02", "2026-12-02T00:00:00+01:00"),
        ("2026-7-1", "2026-07-01T00:00:00+02:00"),
        ("2026-12-02 09:30", "2026-12-02T09:30:00+01:00"),
        ("2026-12-02T09:30+01:00", "2026-12-02T09:30:00+01:00"),
        ("2026-12-02T09:30:15.123456789Z", "2026-12-02T09:30:15.123456+00:00"),
        ("2010-12-03 10:20:00 +0000", "2010-12-03T10:20:00+00:00"),
        ("2010-12-03 10:20:00 -0730", "2010-12-03T10:20:00-07:30"),
        ("2010-12-03 10:20 UTC", "2010-12-03T10:20:00+00:00"),
        ("2010-12-03t10:20+14", "2010-12-03T10:20:00+14:00"),
        ("9999-12-31", "9999-12-31T00:00:00+01:00"),
        # The clock goes from 2:00 to 3:00: half past two is half an hour after the change.
        ("2026-03-29 02:30", "2026-03-29T02:30:00+01:00"),
        ("2026-03-29 03:30", "2026-03-29T03:30:00+02:00"),
        # The clock goes from 3:00 to 2:00: the first of the two is meant.
        ("2026-10-25 02:30", "2026-10-25T02:30:00+02:00"),
        ("2026-10-25 03:00", "2026-10-25T03:00:00+01:00"),
        ("2026-10-25", "2026-10-25T00:00:00+02:00"),
    ],
)
def test_a_date_is_read_in_the_zone_of_the_site(typed: str, iso: str) -> None:
    assert read_date(typed, VIENNA).isoformat() == iso


@pytest.mark.parametrize(
    "zone", ["America/Sao_Paulo", "Asia/Beirut", "Africa/Cairo", "America/Havana", "Atlantic/Azores"]
)
def test_a_day_begins_with_its_first_moment_whatever_the_clock_does(zone: str) -> None:
    there = ZoneInfo(zone)
    for number in range(730):
        today = datetime(2017, 1, 1) + timedelta(days=number)
        start = read_date(f"{today:%Y-%m-%d}", there).astimezone(UTC)
        assert start.astimezone(there).date() == today.date()
        assert (start - timedelta(seconds=1)).astimezone(there).date() == (today - timedelta(days=1)).date()


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("2026-02-30", "the day of that month must be in 1..28"),
        ("2024-02-30", "the day of that month must be in 1..29"),
        ("2026-00-10", "month must be in 1..12"),
        ("2026-13-02", "month must be in 1..12"),
        ("0000-01-01", "year must be in 1..9999"),
        ("2026-12-02T24:00", "hour must be in 0..23"),
        ("2026-12-02T10:60", "minute must be in 0..59"),
        ("2026-12-02T10:00:60", "second must be in 0..59"),
        ("2026-12-02T10:00+25:00", "the offset's hours must be in 0..23"),
        ("2026-12-02T10:00+01:75", "the offset's minutes must be in 0..59"),
        ("0001-01-01T00:00+10:00", "is beyond the calendar"),
        ("9999-12-31T23:00-10:00", "is beyond the calendar"),
        ("02.12.2026", "is not a date"),
        ("12/02/2026", "is not a date"),
        ("2026-12", "is not a date"),
        ("20261202", "is not a date"),
        ("٢٠٢٦-١٢-٠٢", "is not a date"),
        ("2026-12-02T10:00+٠١:٠٠", "is not a date"),
        ("yesterday", "is not a date"),
    ],
)
def test_what_is_no_date_says_which_part_is_wrong(typed: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong.replace(".", r"\.")):
        read_date(typed, VIENNA)


@given(st.text(st.sampled_from("0123456789-:T+Z .,"), max_size=32) | st.datetimes().map(str))
def test_any_text_is_a_date_that_has_a_moment_or_is_none(text: str) -> None:
    try:
        moment = read_date(text, VIENNA)
    except ValueError:
        return
    assert moment.astimezone(UTC) == moment


@pytest.mark.parametrize(
    "typed",
    [
        "9998-12-31T23:59:59-23:59",
        "0002-01-01T00:00:00+23:59",
        "9999-12-30T23:59:59Z",
        "2026-12-02T09:30 -0000",
        "2026-12-02T09:30:00,123456789+23:59:59",
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Europe/Vienna", "Pacific/Kiritimati", "America/Los_Angeles"])
def test_a_moment_near_the_ends_of_the_calendar_is_one_in_every_zone(typed: str, zone: str) -> None:
    moment = read_date(typed, ZoneInfo(zone))
    assert moment.astimezone(UTC) == moment.astimezone(ZoneInfo(zone)) == moment


addresses = st.lists(
    st.sampled_from(
        [
            "http", "https", "HTTPS", "://", "//", "example", ".", "..", "org", "é", "xn--a", "-", "_", "%41",
            "@", "www.", ":", ":80", ":0", "/", "?", "#", "[::1]", "[", "]", " ", "<", '"', "\\", "\x7f", "~", "\n",
        ]
    ),
    max_size=8,
).map("".join)  # fmt: skip


@settings(max_examples=1000)
@given(addresses | addresses.map("https://example.org{}".format) | addresses.map("http://{}".format))
@example("https://example.org")
@example("https://www.example.org/a?b=c&d#e")
@example("https://example.org:80/")
@example("https://user@example.org/")
@example("https://EXAMPLE.org/")
@example("https://example.org./")
@example("https://-/")
@example("https://?a")
@example("https://example.org/[a]")
def test_a_web_address_is_what_has_a_host_and_a_port_and_can_be_a_link(text: str) -> None:
    assert is_web_address(text) == is_plain_link(text)
    if is_web_address(text):
        source = merger(f"source_url: '{text}'").source
        assert (source.name if source else "") == (urlsplit(text).hostname or "").removeprefix("www.")


def is_plain_link(text: str) -> bool:
    if not re.match(r"(?i)https?://[^/\s]", text) or any(c in '<>"\\\x7f' or c <= " " or c.isspace() for c in text):
        return False
    try:
        parts = urlsplit(text)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


# There and back -----------------------------------------------------------------------------------

ODD = [
    "no",
    "~",
    "null",
    "3.10",
    "22:22",
    "- a",
    "# a",
    "a: b",
    "'",
    '"',
    "{a",
    "[a",
    "*a",
    "&a",
    "!a",
    "%a",
    "@a",
    "`a",
    "---",
    "...",
    "+++",
    "|",
    ">",
    "?",
    "2026-12-02",
    "«a»",
    "e\u0301",
    "👩‍💻",
    "a\\b",
    "<<",
    "=",
    "a #b",
    "http://x",
    "\u200b",
]
inked = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Zs", "Zl", "Zp", "Cn"]), min_size=1, max_size=12
)
lines = st.lists(inked | st.sampled_from(ODD), min_size=1, max_size=4).map(" ".join)
texts = st.just("") | lines
word = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=8).map(str.lower)
moments = st.datetimes(
    min_value=datetime(1900, 1, 1),
    max_value=datetime(2100, 1, 1),
    timezones=st.sampled_from(
        [UTC, WINTER, timezone(timedelta(hours=-9, minutes=-30)), timezone(timedelta(seconds=3921))]
    ),
) | st.sampled_from(["2026-10-25 02:30", "2026-03-29 02:30", "1890-01-01"]).map(lambda text: read_date(text, VIENNA))
CAPTURED = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
addresses = st.lists(word, max_size=3).map(lambda parts: f"https://example.org/{'/'.join(parts)}?q=a%20b&c=#d")
paths = st.lists(st.sampled_from(["é", "a b", "x-1", "新聞", "#", "a+b"]), min_size=1, max_size=3).map(
    lambda parts: f"/{'/'.join(parts)}/"
)
names = st.lists(lines, max_size=3, unique=True).map(tuple)
any_text = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    [*ODD, "", " a ", "a\n\nb", "\0", "\x85", "\u2028"]
)
extras: st.SearchStrategy[dict[str, Value]] = st.dictionaries(
    any_text,
    st.recursive(
        any_text, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(any_text, inner, max_size=3), max_leaves=6
    ),
    max_size=3,
)
bodies = st.lists(
    st.sampled_from([*ODD, "", "    code", "\ttab", "text  ", "title: x", "\u2028", "\x85", "\f"]) | inked, max_size=6
).map(lambda found: "\n".join(found).strip("\n"))
sources = st.builds(
    Source,
    name=lines.filter(lambda name: not name.startswith("http")),
    url=st.just("") | addresses,
    author=texts,
    published=st.none() | moments,
    license=texts,
)
images = st.builds(Image, path=lines, alt=texts, caption=texts, credit=texts, credit_url=st.just("") | addresses)
corrections = st.lists(st.builds(Correction, date=moments, note=lines), max_size=3).map(
    lambda found: tuple(sorted(found, key=lambda one: (one.date, one.note)))
)
articles = st.builds(
    Article,
    path=st.sampled_from(["articles/2026-12-02-merger.md", "articles/merger.md"]),
    title=lines,
    date=moments | st.just(CAPTURED),
    slug=st.sampled_from(["merger", "other", "Ünï", "3.10", "no"]),
    text=bodies.map(Text),
    id=texts,
    updated=st.none() | moments,
    publish_date=st.none() | moments,
    expiry_date=st.none() | moments,
    draft=st.booleans(),
    url=st.just("") | paths,
    aliases=st.lists(paths, max_size=2, unique=True).map(tuple),
    tags=names,
    section=texts,
    summary=texts,
    dek=texts,
    authors=names,
    source=st.none() | sources,
    canonical_url=st.just("") | addresses,
    image=st.none() | images,
    archive_url=st.just("") | addresses,
    corrections=corrections,
    story=texts,
    weight=st.integers(-999_999_999, 999_999_999),
    pinned=st.booleans(),
    lang=st.sampled_from(["", "no", "en", "pt-BR"]),
    template=texts,
    captured_at=st.none() | moments | st.just(CAPTURED),
    content_hash=texts,
    review=names,
    extra=extras,
)


@settings(max_examples=300)
@given(articles)
def test_what_is_dumped_reads_the_same(found: Article) -> None:
    again, told = parse_article(dump(found), found.path, timezone=VIENNA, shown=found.path)
    assert again == found
    assert told == ()


@given(articles)
def test_what_is_dumped_again_is_the_same_text(found: Article) -> None:
    text = dump(found)
    assert dump(parse(text, found.path, timezone=VIENNA)) == text


def test_a_dumped_article_is_what_an_editor_would_write() -> None:
    found = merger("tags: [a]\nsource: Reuters\nsource_url: https://r.com/a\ndraft: true")
    assert dump(replace(found, text=Text("Text."))) == (
        "---\ntitle: Merger\ndate: 2026-12-02T00:00+01:00\ndraft: true\ntags:\n  - a\nsource: Reuters\n"
        "source_url: https://r.com/a\n---\n\nText.\n"
    )


# Content of other generators ----------------------------------------------------------------------


def test_an_article_of_jekyll_reads_unchanged() -> None:
    text = """---
layout: post
title:  "Welcome to Jekyll!"
date:   2010-12-03 10:20:00 +0000
last_modified_at: 2010-12-04
categories: [jekyll, update]
category: update
tags: jekyll, ruby
permalink: /welcome.html
redirect_from:
  - /old/
excerpt: Short
published: false
---
Text
"""
    found, told = parse_article(text, "articles/2010-12-03-welcome.md", timezone=VIENNA, shown="a.md")
    assert found == Article(
        path="articles/2010-12-03-welcome.md",
        title="Welcome to Jekyll!",
        date=datetime(2010, 12, 3, 10, 20, tzinfo=UTC),
        slug="welcome",
        text=Text("Text"),
        updated=datetime(2010, 12, 4, tzinfo=WINTER),
        draft=True,
        url="/welcome.html",
        aliases=("/old/",),
        tags=("jekyll", "ruby"),
        section="update",
        summary="Short",
        extra={"layout": "post", "categories": ["jekyll", "update"]},
    )
    assert [notice.message.split(":")[0] for notice in told] == ["layout", "categories"]


def test_an_article_of_hugo_in_toml_reads_unchanged() -> None:
    text = """+++
title = "Hugo: fast"
date = 2024-03-01T10:00:00+01:00
publishDate = 2024-03-02
expiryDate = 2025-01-01
lastmod = 2024-04-01
draft = false
weight = 10
tags = ["go", "3.10"]
keywords = ["static"]
aliases = ["/posts/hugo/"]
externalLink = "https://gohugo.io/"
images = ["a.jpg"]

[cover]
image = "a.jpg"
alt = "A"
relative = true

[params]
toc = true
+++

Text
"""
    found = parse(text, "articles/hugo.md", timezone=VIENNA)
    assert found == Article(
        path="articles/hugo.md",
        title="Hugo: fast",
        date=datetime(2024, 3, 1, 10, tzinfo=WINTER),
        slug="hugo",
        text=Text("Text"),
        updated=read_date("2024-04-01", VIENNA),
        publish_date=datetime(2024, 3, 2, tzinfo=WINTER),
        expiry_date=datetime(2025, 1, 1, tzinfo=WINTER),
        weight=10,
        tags=("go", "3.10"),
        aliases=("/posts/hugo/",),
        source=Source(name="gohugo.io", url="https://gohugo.io/"),
        image=Image(path="a.jpg", alt="A"),
        extra={"keywords": ["static"], "images": ["a.jpg"], "params": {"toc": "true"}},
    )


def test_an_article_of_pelican_reads_unchanged() -> None:
    text = """Title: My super title: part one
Date: 2010-12-03 10:20
Modified: 2010-12-05 19:30
Category: Python
Tags: pelican, publishing
Slug: my-super-post
Authors: Alexis Metaireau; Conan Doyle
Summary: Short version for index
    and feeds
Status: draft
Lang: en

This is the content.

Title: not a key
"""
    assert parse(text, "articles/x.md", timezone=VIENNA) == Article(
        path="articles/x.md",
        title="My super title: part one",
        date=datetime(2010, 12, 3, 10, 20, tzinfo=WINTER),
        slug="my-super-post",
        text=Text("This is the content.\n\nTitle: not a key"),
        updated=datetime(2010, 12, 5, 19, 30, tzinfo=WINTER),
        draft=True,
        tags=("pelican", "publishing"),
        section="Python",
        summary="Short version for index and feeds",
        authors=("Alexis Metaireau", "Conan Doyle"),
        lang="en",
    )


# Pages, editions, tags ----------------------------------------------------------------------------


def test_a_page_needs_a_title_only() -> None:
    text = "---\ntitle: About\ndate: 2026-12-02\n---\nUs."
    found, told = parse_page(text, "pages/about.md", timezone=VIENNA, shown="about.md")
    expected = Page(path="pages/about.md", title="About", slug="about", text=Text("Us."), extra={"date": "2026-12-02"})
    assert found == expected
    assert [notice.message.split(":")[0] for notice in told] == ["date"]


def test_an_edition_lists_its_articles_by_section() -> None:
    text = (
        "---\ntitle: Week 49\nnumber: 007\nsections:\n- title: Trade\n  articles: [merger, 2026/x.md]\n"
        "- title: Rest\n  articles: a, ,b\n- title: None yet\n---\nNote."
    )
    found, _ = parse_edition(text, "editions/2026-12-02.md", timezone=VIENNA, shown="a.md")
    assert found == Edition(
        path="editions/2026-12-02.md",
        title="Week 49",
        date=day(2),
        slug="2026-12-02",
        number="007",
        sections=(
            EditionSection(title="Trade", articles=("merger", "2026/x.md")),
            EditionSection(title="Rest", articles=("a", "b")),
            EditionSection(title="None yet", articles=()),
        ),
        text=Text("Note."),
    )


@pytest.mark.parametrize("text", ["", "# none yet\n", "\ufeff", "[]"])
def test_a_file_of_tags_may_be_empty(text: str) -> None:
    assert parse_tags(text, "tags.yaml", timezone=VIENNA, shown="tags.yaml") == ((), ())


def test_tags_are_names_or_names_with_parts() -> None:
    text = "- Open source\n- name: C++\n  description: The language\n  aliases: [cpp, cxx]\n  parent: Languages\r\n"
    assert parse_tags(text, "tags.yaml", timezone=VIENNA, shown="tags.yaml")[0] == (
        TagDefinition(name="Open source", slug="open-source"),
        TagDefinition(
            name="C++", slug="c-plus-plus", description="The language", aliases=("cpp", "cxx"), parent="Languages"
        ),
    )


# Any text -----------------------------------------------------------------------------------------

keys = st.sampled_from([*content.SYNONYMS, "published", "status", "publishdate", "number", "sections", "other", "Date"])
shapes = st.sampled_from(
    [
        "",
        "~",
        "x",
        "[x]",
        "{x: y}",
        "{name: 1}",
        "[{date: 2026-12-02, note: n}]",
        "{path: a, alt: [b]}",
        "true",
        "5",
        "2026-12-02",
        "2026-02-30",
        "http://[x",
        "https://example.org",
        "'\\x'",
        '"\\0"',
        "|\n  a\n  b",
        "[[a], {b: c}]",
        "/../a",
        "*a",
        "&a x",
        "{date: {}, note: []}",
        "[{title: [a], articles: {}}]",
        "99999999999999999999",
        "\u2028",
        "''",
    ]
)
headers = st.lists(st.tuples(keys, shapes), max_size=8).map(
    lambda pairs: "---\n" + "\n".join(f"{key}: {value}" for key, value in pairs) + "\n---\nText\n"
)


@settings(max_examples=300)
@given(st.text(max_size=40) | headers)
@example("---")
@example("[")
def test_any_text_is_an_article_or_a_list_of_errors_with_lines(text: str) -> None:
    for parse_one in (parse_article, parse_page, parse_edition, parse_tags):
        one: Callable[..., object] = parse_one
        found = refused(partial(one, text, "articles/a.md", timezone=VIENNA, shown="a.md"))
        assert all(problem.line > 0 and problem.path == "a.md" for problem in found)
        "".join(describe(problem) for problem in found).encode()


@settings(max_examples=50)
@given(st.binary(max_size=60) | st.text(max_size=30).map(lambda text: text.encode("utf-16")))
def test_any_bytes_are_content_or_a_list_of_errors(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write(
            root,
            {"articles/2026-12-02-a.md": data, "pages/b.md": data, "editions/2026-12-02.md": data, "tags.yaml": data},
        )
        found = refused(partial(reading.read, root, CONFIG, root / "static"))
    assert all(problem.path.startswith("content/") for problem in found)


# Places in files -----------------------------------------------------------------------------------


def write(root: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        file = root / "content" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return root


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_key_is_located_in_a_file_of_any_system(tmp_path: Path, end: str) -> None:
    text = "\ufeff---\ntitle: A\npermalink: /a/\n---\n\nSee /a/ and [b](b.md)\n".replace("\n", end)
    write(tmp_path, {"articles/a.md": text.encode()})
    place = locate(tmp_path, CONFIG, "articles/a.md", "url")
    assert (place.path, place.line, place.column, place.excerpt) == ("content/articles/a.md", 3, 12, "permalink: /a/")
    place = locate(tmp_path, CONFIG, "articles/a.md", "body", "/a/")
    assert (place.line, place.column, place.width) == (6, 5, 3)
    assert locate(tmp_path, CONFIG, "articles/a.md", "weight").line == 0
    assert locate(tmp_path, CONFIG, "articles/none.md", "url").line == 0


# Messages -----------------------------------------------------------------------------------------

DATED = "title: Merger\ndate: 2026-12-02\n"
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcde", "bcdef", strict=True)
)


def fenced(header: str, fence: str = "---") -> str:
    return f"{fence}\n{header.strip()}\n{fence}\n\nText.\n"


def also(line: str) -> str:
    return fenced(DATED + line)


ARTICLE, TAGS, EDITION = "articles/merger.md", "tags.yaml", "editions/2026-12-02.md"

MESSAGES: list[tuple[str, str, str | bytes]] = [
    ("missing-title", ARTICLE, fenced("date: 2026-12-02")),
    ("missing-date", ARTICLE, fenced("title: Merger")),
    ("empty-title", ARTICLE, fenced("title:\ndate: 2026-12-02")),
    ("title-list", ARTICLE, fenced("title: [Merger]\ndate: 2026-12-02")),
    ("no-front-matter", ARTICLE, "Just text.\n"),
    ("empty-file", ARTICLE, ""),
    ("bad-month", ARTICLE, fenced("title: Merger\nsummary: Two become one\n\ndate: 2026-13-02")),
    ("bad-day", ARTICLE, fenced("title: Merger\ndate: 2026-02-30")),
    ("not-a-date", ARTICLE, fenced("title: Merger\ndate: 2 December 2026")),
    ("bad-date-in-name", "articles/2026-13-02-merger.md", fenced("title: Merger")),
    ("duplicate-key", ARTICLE, also("tags: [a]\ntags: [b]")),
    ("duplicate-spelling", ARTICLE, also("image-alt: a\nimage_alt: b")),
    ("key-under-extra-too", ARTICLE, also("mood: a\nextra:\n  mood: b")),
    ("extra-not-a-mapping", ARTICLE, also("extra: x")),
    ("tags-mapping", ARTICLE, also("tags:\n  first: a")),
    ("tags-nested", ARTICLE, also("tags: [a, [b]]")),
    ("draft-word", ARTICLE, also("draft: maybe")),
    ("weight-word", ARTICLE, also("weight: heavy")),
    ("image-list", ARTICLE, also("image: [a.jpg]")),
    ("image-unknown-part", ARTICLE, also("image:\n  path: a.jpg\n  captoin: x")),
    ("source-unknown-part", ARTICLE, also("source:\n  name: Reuters\n  colour: red")),
    ("source-part-twice", ARTICLE, also("source:\n  url: https://a.example/\n  link: https://b.example/")),
    ("source-without-name", ARTICLE, also("source:\n  author: Ada")),
    ("corrections-text", ARTICLE, also("corrections: Fixed a name")),
    ("corrections-without-note", ARTICLE, also("corrections:\n  - date: 2026-12-03")),
    ("corrections-bad-date", ARTICLE, also("corrections:\n  - date: 3 Dec\n    note: Fixed")),
    ("sections-text", EDITION, fenced("title: Week\nsections: all of it")),
    ("sections-nested", EDITION, fenced("title: Week\nsections:\n  - title: Trade\n    articles: {a: b}")),
    ("bad-slug", ARTICLE, also("slug: a/b")),
    ("bad-url", ARTICLE, also("url: /../secret/")),
    ("bad-alias", ARTICLE, also("aliases: [/old/, '/a?b=c']")),
    ("alias-of-the-front-page", ARTICLE, also("aliases: https://example.org")),
    ("bad-web-address", ARTICLE, also("canonical_url: www.example.org/a")),
    ("broken-web-address", ARTICLE, also("source_url: https://[1/")),
    ("bad-lang", ARTICLE, also("lang: english")),
    ("control-character", ARTICLE, also('summary: "a\\x07b"')),
    ("invisible-character", ARTICLE, also("summary: a\x07b")),
    ("wide-characters", ARTICLE, fenced("title: 合併\n日付: 合併: 済み")),
    ("unclosed-front-matter", ARTICLE, "---\ntitle: Merger\n\nText.\n"),
    ("unclosed-toml", ARTICLE, "+++\ntitle = 'Merger'\n\nText.\n"),
    ("yaml-colon", ARTICLE, fenced("title: Merger: two become one\ndate: 2026-12-02")),
    ("yaml-quote", ARTICLE, fenced('title: "Merger\ndate: 2026-12-02')),
    ("yaml-after-quote", ARTICLE, fenced('title: "Merger" agreed\ndate: 2026-12-02')),
    ("yaml-list", ARTICLE, also("tags: [a, b")),
    ("yaml-mapping", ARTICLE, also("source: {name: a")),
    ("yaml-tab", ARTICLE, also("source:\n\tname: a")),
    ("yaml-indent", ARTICLE, also("source:\n    name: a\n  author: b")),
    ("yaml-at", ARTICLE, also("authors: @ada")),
    ("yaml-star", ARTICLE, fenced("title: *Merger* agreed\ndate: 2026-12-02")),
    ("yaml-list-on-line", ARTICLE, also("tags: - a")),
    ("yaml-no-colon", ARTICLE, fenced("title: Merger\ndate 2026-12-02\nsummary: x")),
    ("yaml-escape", ARTICLE, also('summary: "C:\\path"')),
    ("yaml-type", ARTICLE, also("weight: !!int 5")),
    ("yaml-not-keys", ARTICLE, fenced("- title")),
    ("yaml-list-and-keys", ARTICLE, also("tags:\n  - a\n  b: c")),
    ("yaml-alias-bomb", ARTICLE, also(BOMB)),
    ("yaml-deep", ARTICLE, also("a: " + "[" * 40)),
    ("toml-value", ARTICLE, fenced("title = Merger", "+++")),
    (
        "toml-wrong-type",
        ARTICLE,
        fenced("title = 'Merger'\ndate = 2026-12-02\ndraft = 'maybe'\n[source]\ncolour = 1", "+++"),
    ),
    ("keys-twice", ARTICLE, "Title: Merger\nDate: 2026-12-02\nTitle: Again\n\nText.\n"),
    ("keys-bad-date", ARTICLE, "Title: Merger\nDate:   2 Dec 2026\n\nText.\n"),
    ("not-utf-8", ARTICLE, also("summary: Größe").encode("windows-1252")),
    ("utf-16", ARTICLE, also("summary: a").encode("utf-16")),
    ("several", ARTICLE, fenced("date: 2026-13-02\ndraft: maybe\nweight: heavy")),
    ("tags-not-a-list", TAGS, "Open source: The movement\n"),
    ("tags-unknown-key", TAGS, "- name: Open source\n  colour: red\n"),
    ("tags-without-name", TAGS, "- name: Open source\n- description: The other\n"),
    ("notice-unknown-key", ARTICLE, also("mood: calm")),
    ("notice-near-key", ARTICLE, also("sumary: calm")),
    ("notice-second-name", ARTICLE, also("tags: a\nkeywords: b")),
]


@pytest.mark.parametrize(("name", "path", "text"), MESSAGES, ids=[name for name, _, _ in MESSAGES])
def test_a_message_is_the_one_approved(tmp_path: Path, name: str, path: str, text: str | bytes) -> None:
    write(tmp_path, {path: text.encode() if isinstance(text, str) else text})
    try:
        told = reading.read(tmp_path, CONFIG, tmp_path / "theme").notices
    except BroadsheetError as error:
        told = error.problems
    assert told
    check(f"messages/{name}.txt", "\n".join(describe(problem) for problem in told) + "\n")


@pytest.mark.parametrize("line", ["status: private", "status: pending", "published: n", "published: nope"])
def test_what_may_be_meant_to_be_hidden_is_held_back_and_told(line: str) -> None:
    text = f"---\ntitle: x\ndate: 2026-12-02\n{line}\n---\n"
    article, told = parse_article(text, "articles/x.md", timezone=VIENNA, shown="x.md")
    assert article.draft
    key, _, word = line.partition(": ")
    assert [(one.level, one.line, one.message) for one in told if one.level == "warning"] == [
        ("warning", 4, f"{key}: {word} is not known; held back as a draft")
    ]
    assert article.extra == {key: word}


@pytest.mark.parametrize("date", ["9999-12-31T23:59:59Z", "0001-01-01T00:00+02:00"])
def test_a_moment_that_is_beyond_the_calendar_in_the_sites_timezone_is_refused(date: str) -> None:
    with pytest.raises(ContentError, match="beyond the calendar"):
        parse(f"---\ntitle: x\ndate: {date}\n---\n", "articles/x.md", timezone=VIENNA)


def test_a_captured_draft_may_wait_for_its_date_and_a_published_article_may_not() -> None:
    text = "---\ntitle: A merger\ndate:\ndraft: true\ncaptured_at: 2026-11-22T09:30Z\n---\n"
    found = parse(text, "articles/merger.md", timezone=VIENNA)
    assert found.date == found.captured_at == CAPTURED
    assert "\ndate:" not in dump(found)
    with pytest.raises(ContentError, match="date: is empty"):
        parse(text.replace("draft: true", "draft: false"), "articles/merger.md", timezone=VIENNA)


def test_a_reminder_keeps_its_commas() -> None:
    text = "---\ntitle: A\ndate: 2026-11-22\nreview:\n  - authors, if any\n  - date\n---\n"
    assert parse(text, "articles/a.md", timezone=VIENNA).review == ("authors, if any", "date")
