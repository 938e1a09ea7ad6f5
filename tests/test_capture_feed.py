"""A feed of any format is read, whatever it tries, and nothing but its bytes is looked at."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.capture.feed import Feed, FeedAddress, Item, is_outline, outline, read
from broadsheet.errors import ContentError, Problem

FEEDS = Path(__file__).resolve().parent / "fixtures" / "capture" / "feeds"
FILES = sorted(FEEDS.glob("*"))
ADDRESS = "https://example.org/news/feed.xml"
NAME = "feed.xml"


def feed(name: str) -> Feed:
    return read((FEEDS / name).read_bytes(), name=name, address=ADDRESS)


def rss(*items: str, head: str = "", prolog: str = "") -> bytes:
    return f'{prolog}<rss version="2.0"><channel><title>News</title>{head}{"".join(items)}</channel></rss>'.encode()


def items(*inner: str) -> tuple[Item, ...]:
    return read(rss(*(f"<item>{one}</item>" for one in inner)), name=NAME, address=ADDRESS).items


def refused(data: bytes, *, address: str = ADDRESS) -> Problem:
    with pytest.raises(ContentError) as caught:
        read(data, name=NAME, address=address)
    (problem,) = caught.value.problems
    assert problem.path == NAME
    return problem


# The formats


def test_rss_2_gives_what_it_tells_of_its_articles() -> None:
    found = feed("rss2.xml")
    assert (found.title, found.home, found.lang) == (
        "The Harbour Gazette & Tide Tables", "https://harbour.example/", "en-GB",
    )  # fmt: skip
    assert found.notices == ()
    crane, fog, note = found.items
    assert crane == Item(
        id="harbour-4",
        title="A crane for the north quay",
        address="https://harbour.example/2026/11/crane?utm_source=rss&id=4",
        authors=("Ada Quay", "Bo Mole"),
        date=datetime(2026, 11, 21, 8, 30, tzinfo=timezone(timedelta(hours=1))),
        tags=("Cranes", "North quay"),
        summary="The old one lifted nine tonnes. The new one lifts forty.",
        content='<p>The old crane lifted nine tonnes & a half.</p><p><a href="/cranes">All cranes</a></p>',
        base=ADDRESS,
        image="https://harbour.example/crane.jpg",
        lang="en-GB",
    )
    assert (fog.id, fog.address) == ("https://harbour.example/2026/11/fog",) * 2
    assert (fog.authors, fog.image, fog.content) == (("Bo Mole",), "https://harbour.example/fog.png", "")
    assert (note.address, note.id[:7], note.authors) == ("", "sha256:", ())


def test_rss_091_is_read_without_its_dtd_and_in_its_own_encoding() -> None:
    (mill,) = feed("rss091.xml").items
    assert (mill.title, mill.address, mill.lang) == (
        "Mühle steht still – kein Wind", "http://mill.example/news?a=1&b=2", "de",
    )  # fmt: skip


def test_rss_1_is_read() -> None:
    (salt,) = feed("rss1.xml").items
    assert (salt.id, salt.authors, salt.tags) == ("https://library.example/books/1", ("Cy Marsh",), ("History",))
    assert salt.date == datetime(2026, 11, 18, 9, tzinfo=timezone(timedelta(hours=1)))


def test_atom_is_read_with_its_bases_languages_and_the_feeds_own_author() -> None:
    found = feed("atom.xml")
    saturn, clouds = found.items
    assert (found.home, found.lang) == ("https://observatory.example/", "pt-BR")
    assert (saturn.title, saturn.address) == ("Saturn & its rings", "https://observatory.example/notes/saturn.html")
    assert (saturn.authors, saturn.tags, saturn.lang) == (("Dee Lens",), ("Saturn",), "pt-BR")
    assert saturn.date is not None
    assert saturn.updated is not None
    assert saturn.updated - saturn.date == timedelta(hours=14)
    assert (saturn.summary, saturn.base) == ("Visible until < midnight.", "https://images.observatory.example/")
    assert saturn.content == '<p>Seen <em>well</em>.</p><img src="ring.jpg" alt="A ring"></img>'
    assert (clouds.authors, clouds.lang, clouds.updated) == (("Eve Dome", "Flo Slit"), "en", None)
    assert clouds.date == datetime(2026, 11, 19, 10, tzinfo=UTC)


def test_a_json_feed_is_read() -> None:
    found = feed("feed.json")
    winter, smoke = found.items
    assert (found.title, found.home, found.lang) == ("Beekeepers' bulletin", "https://bees.example/", "en")
    assert (winter.id, winter.address) == ("17", "https://example.org/2026/winter")
    assert (winter.authors, winter.tags) == (("Hal Drone", "Ivy Queen"), ("winter", "sugar"))
    assert (winter.image, winter.summary) == ("https://bees.example/hive.jpg", "What to give, and when.")
    assert winter.date == datetime(2026, 11, 17, 7, tzinfo=timezone(timedelta(hours=-5)))
    assert winter.updated == datetime(2026, 11, 18, 7, tzinfo=timezone(timedelta(hours=-5)))
    assert (smoke.address, smoke.authors) == ("https://elsewhere.example/smoke", ("Gus Comb",))
    assert smoke.content == "<p>Smoke &lt; fire.</p>\n<p>More tomorrow.</p>"


def test_a_json_feed_of_version_1_has_one_author() -> None:
    data = {"version": "https://jsonfeed.org/version/1", "items": [{"id": "1", "author": {"name": "Jo Wax"}}]}
    assert read(json.dumps(data).encode(), name=NAME).items[0].authors == ("Jo Wax",)


def test_a_list_of_feeds_gives_each_once_with_its_folder() -> None:
    data = (FEEDS / "feeds.opml").read_bytes()
    assert is_outline(data, "feeds.opml")
    assert outline(data, "feeds.opml") == (
        FeedAddress(address="https://harbour.example/feed.xml", title="The Harbour Gazette", folder="Coast/Ports"),
        FeedAddress(address="http://mill.example/rss", title="Old Mill", folder="Coast"),
        FeedAddress(address="https://observatory.example/notes/atom.xml", title="Observatory"),
    )
    assert not any(is_outline(file.read_bytes(), file.name) for file in FILES if file.suffix != ".opml")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_bytes_tell_their_encoding(encoding: str) -> None:
    data = rss("<item><title>Σίσυφος ☂</title></item>").decode().encode(encoding)
    assert read(data, name=NAME, charset="iso-8859-1").items[0].title == "Σίσυφος ☂"


def test_what_the_server_said_of_the_encoding_counts_where_the_bytes_do_not_tell() -> None:
    data = rss("<item><title>Съобщение за времето</title></item>").decode().encode("windows-1251")
    assert read(data, name=NAME, charset="windows-1251").items[0].title == "Съобщение за времето"


# Fields


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Tom &amp; Ann", "Tom & Ann"),
        ("Tom &amp;amp; Ann", "Tom & Ann"),
        ("<![CDATA[Tom &amp; Ann]]>", "Tom & Ann"),
        ("AT&T wins &nbsp;again", "AT&T wins again"),
        ("a &lt;b&gt;bold&lt;/b&gt; move", "a bold move"),
        ("what &lt;div&gt; means", "what <div> means"),
        ("  two\n  lines ", "two lines"),
        ("null\x00 byte \x1b[31m", "null byte [31m"),
        ("&#8220;quoted&#8221; &#x1F300;", "“quoted” 🌀"),
    ],
)
def test_a_title_is_a_line_of_text(written: str, title: str) -> None:
    assert items(f"<title>{written}</title>")[0].title == title


@pytest.mark.parametrize(
    ("written", "authors"),
    [
        ("<author>jo@example.agency (Jo Doe)</author>", ("Jo Doe",)),
        ("<author>Jo Doe &lt;jo@example.org&gt;</author>", ("Jo Doe",)),
        ("<author>jo@example.org</author>", ()),
        ("<author>https://example.org/jo</author>", ()),
        ("<dc:creator><![CDATA[Jo Doe]]></dc:creator>", ("Jo Doe",)),
        ("", ()),
    ],
)
def test_an_author_is_a_name(written: str, authors: tuple[str, ...]) -> None:
    assert items(f"<title>x</title>{written}")[0].authors == authors


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("Mon, 02 Nov 2026 10:00:00 GMT", datetime(2026, 11, 2, 10, tzinfo=UTC)),
        ("2026-11-02T10:00:00Z", datetime(2026, 11, 2, 10, tzinfo=UTC)),
        ("Mon, 02 Nov 2026 10:00:00", datetime(2026, 11, 2, 10)),
        ("2026-11-02", datetime(2026, 11, 2)),
        ("Mon, 02 Nov 0000 10:00:00 GMT", None),
        ("0000-00-00T00:00:00Z", None),
        ("99999-01-01", None),
        ("Mon, 99 Nov 2026 99:00:00 GMT", None),
        ("yesterday-ish", None),
        ("9" * 5000, None),
        ("", None),
    ],
)
def test_a_date_has_the_zone_it_was_given_or_there_is_none(written: str, date: datetime | None) -> None:
    assert items(f"<title>x</title><pubDate>{written}</pubDate>")[0].date == date


@pytest.mark.parametrize(
    ("inner", "address"),
    [
        ("<link>/a</link>", "https://example.org/a"),
        ('<link xml:base="https://other.example/b/">c</link>', "https://other.example/b/c"),
        ("<link>javascript:alert(1)</link>", ""),
        ("<link>file:///etc/passwd</link>", ""),
        ("<link>https://user:secret@example.org/</link>", ""),
        ("<link>mailto:jo@example.org</link>", ""),
        ("<link>http://[::1</link>", ""),
        ("<guid>https://example.org/g</guid>", "https://example.org/g"),
        ('<guid isPermaLink="false">https://example.org/g</guid>', ""),
        ("<link><![CDATA[https://example.org/?a=1&b=2]]></link>", "https://example.org/?a=1&b=2"),
        ("<link>https://example.org/?a=1&b=2</link>", "https://example.org/?a=1&b=2"),
    ],
)
def test_an_address_is_absolute_and_of_the_web(inner: str, address: str) -> None:
    assert items(f"<title>x</title>{inner}")[0].address == address


def test_an_article_without_an_id_goes_by_its_address_then_by_title_and_date() -> None:
    day = "<pubDate>2026-11-02</pubDate>"
    one, two, three, four = items(
        "<link>/a</link>", f"<title>A</title>{day}", "<title>A</title>", "<description>words</description>"
    )
    assert one.id == "https://example.org/a"
    assert len({two.id, three.id, four.id}) == 3
    assert two.id == items(f"<title>A</title><description>changed</description>{day}")[0].id


def test_of_two_articles_with_one_id_and_address_the_first_is_kept() -> None:
    found = items("<guid>1</guid><title>A</title>", "<guid>1</guid><title>B</title>", "<guid>1</guid><link>/c</link>")
    assert [one.title for one in found] == ["A", ""]


def test_a_long_description_is_the_article_and_no_summary() -> None:
    words = "<![CDATA[<p>" + "One word after another. " * 50 + "</p>]]>"
    (long,) = items(f"<title>x</title><description>{words}</description>")
    assert long.summary == ""
    assert long.content.startswith("<p>One word")


def test_elements_named_like_feedparsers_own_keys_do_no_harm() -> None:
    odd = '<links a="b"/><authors a="b"/><tags a="b"/><content a="b"/><title_detail>x</title_detail><id a="b"/>'
    odd += '<media_content>x</media_content><image a="b"/><summary_detail>y</summary_detail><published>z</published>'
    assert [one.title for one in items(f"{odd}<title>x</title>", "<title>y</title>")] == ["x", "y"]


# What is broken


def test_a_feed_cut_off_in_the_middle_gives_what_came() -> None:
    whole = (FEEDS / "rss2.xml").read_bytes()
    found = read(whole[: whole.index(b"ain</title>")], name=NAME)
    assert [one.title for one in found.items] == ["A crane for the north quay", "Fog, ag"]
    (notice,) = found.notices
    assert notice.level == "warning"
    assert "broken XML" in notice.message


def test_prefixes_that_nobody_declared_mean_what_they_mean_elsewhere() -> None:
    written = (
        '<dc:creator>Jo Doe</dc:creator><media:content url="/a.jpg"/><x:y z:q="1"/>'
        "<content:encoded>&lt;p&gt;A&lt;/p&gt;</content:encoded>"
    )
    (one,) = items(written)
    assert (one.authors, one.image, one.content) == (("Jo Doe",), "https://example.org/a.jpg", "<p>A</p>")


def test_what_a_server_printed_before_the_feed_is_passed_over() -> None:
    for before in ("<br />\n<b>Warning</b>: deprecated in <b>/www/index.php</b><br />\n", "\n\n", "﻿ ", "<!-- a -->"):
        assert read(before.encode() + rss("<item><title>x</title></item>"), name=NAME).items[0].title == "x"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is not a feed: it is empty"),
        (b" \n", "is not a feed: it is empty"),
        (b"Good morning", "is not a feed: neither RSS nor Atom nor JSON Feed"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is not a feed: neither RSS nor Atom nor JSON Feed"),
        (b'{"a": 1}', "is not a feed: it is JSON, but no JSON Feed"),
        (b'{"a": ', "is not a feed: it begins like JSON, but"),
        (b'{"a": ' + b"[" * 200_000, "is not a feed: it begins like JSON, but"),
        (b'{"a": ' + b"9" * 10_000 + b"}", "is not a feed: it begins like JSON, but"),
        (b"<!doctype html><title>A page</title><p>and its words", "is not a feed: it is a web page"),
        ((FEEDS / "feeds.opml").read_bytes(), "is a list of feeds (OPML)"),
        (b"<rss>" + b" " * 10_000_000, "is larger than 10 MB"),
        (b"<rss>" + b"<a/>" * 2_000_001, "has more than 2,000,000 tags, entities and lines"),
        (b"<rss>" + b"<a/>" * 300_000, "has more than 300,000 elements"),
        (
            b"<rss " + b" ".join(b"xmlns:n%d='u:%d'" % (n, n) for n in range(300)) + b"/>",
            "declares more than 200 names",
        ),
    ],
)
def test_what_is_no_feed_is_told_so(data: bytes, message: str) -> None:
    assert refused(data).message.startswith(message)


def test_a_page_that_names_its_feed_is_told_with_it() -> None:
    link = '<link rel="alternate" type="application/rss+xml" title="All" href="/feed.xml?a=1&amp;b=2">'
    problem = refused(
        f"<!DOCTYPE html><html><head>{link}</head><body><p>Words</p>".encode(), address="https://a.example/b/"
    )
    assert problem.hint == "its feed is https://a.example/feed.xml?a=1&b=2"


def test_a_feed_is_no_list_of_feeds() -> None:
    with pytest.raises(ContentError, match="is a feed, not a list of feeds"):
        outline((FEEDS / "atom.xml").read_bytes(), "a")
    with pytest.raises(ContentError, match="is not a list of feeds"):
        outline(b"words", "a")


# What is hostile

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
DOCTYPES = (
    f'<!DOCTYPE rss [<!ENTITY l0 "ha">{LAUGHS}]>',
    f'<!DOCTYPE rss [<!ENTITY a "{"a" * 50_000}">]>',
    '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    '<!DOCTYPE rss [<!ENTITY % a SYSTEM "http://127.0.0.1:9/x.dtd"> %a;]>',
    '<!DOCTYPE rss SYSTEM "<a" [<!ENTITY a "x">]>',
    "<!DOCTYPE rss [<!-- ]> --><!ENTITY a 'x'>]>",
    '<!doctype rss [<!entity a "x">]>',
    '<?x ?><!-- --><!DOCTYPE rss [<!ATTLIST rss a CDATA "]>"><!ENTITY a "x">]>',
    'junk <!DOCTYPE rss [<!ENTITY a "x">]>',
    '<!DOCTYPE rss [<!ENTITY a "x">',
)


@pytest.mark.parametrize("doctype", DOCTYPES, ids=range(len(DOCTYPES)))
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_feed_with_entities_of_its_own_is_refused(doctype: str, encoding: str) -> None:
    data = rss("<item><title>&a; &l9;</title></item>", prolog=f'<?xml version="1.0"?>\n{doctype}').decode()
    problem = refused(data.encode(encoding))
    assert problem.message == "declares entities of its own, as no feed needs and attacks do"
    assert problem.line == 2


def test_a_doctype_without_entities_is_passed_over() -> None:
    for doctype in ('<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd">', "<!DOCTYPE rss [<!ELEMENT rss ANY>]>"):
        data = rss("<item><title>Fish &amp; &eacute;t&eacute; &a; &#38;</title></item>", prolog=doctype)
        assert read(data, name=NAME).items[0].title == "Fish & été &a; &"


def test_entities_declared_later_are_not_resolved() -> None:
    data = rss('<item><title>A <!DOCTYPE x [<!ENTITY a "secret">]> &a;</title></item>')
    assert "secret" not in read(data, name=NAME).items[0].title.replace('"secret"', "")


def test_an_article_on_entities_is_no_attack() -> None:
    words = '<![CDATA[<pre>&lt;!DOCTYPE x [&lt;!ENTITY a "b">]></pre> <!ENTITY a "b">]]>'
    assert "ENTITY" in items(f"<title>x</title><description>{words}</description>")[0].summary


def test_more_articles_than_anyone_reads_are_cut_with_a_notice() -> None:
    data = rss(*(f"<item><title>{n}</title></item>" for n in range(10_050)))
    found = read(data, name=NAME)
    assert len(found.items) == 10_000
    assert [one.message for one in found.notices] == ["has more than 10,000 articles; the first 10,000 are read"]
    data = json.dumps(
        {"version": "https://jsonfeed.org/version/1", "items": [{"id": n} for n in range(10_050)]}
    ).encode()
    assert len(read(data, name=NAME).items) == 10_000


def test_deep_nesting_ends_somewhere() -> None:
    for depth in (300, 100_000):
        found = read(rss("<item><title>x</title><description>" + "<a>" * depth + "</description></item>"), name=NAME)
        assert found.notices


SLOW = {
    "an author of one long word": "<author>" + "a." * 1_000_000 + "</author>",
    "ever the same tag": "<category>a</category>" * 90_000,
    "ever another tag": "".join(f'<category term="{n}"/>' for n in range(90_000)),
    "keywords": "<itunes:keywords>" + "a,b " * 500_000 + "</itunes:keywords>",
    "tags in media": '<media:group xmlns:media="http://search.yahoo.com/mrss/">'
    + "<media:category>abc</media:category>" * 60_000 + "</media:group>",
    "authors": ("<author>" + "a" * 150 + "</author>") * 10_000,
    "a date": "<pubDate>" + "1-" * 1_000_000 + "</pubDate>",
    "ampersands": "<title>" + "&" * 1_000_000 + "</title>",
    "tags in text": "<description>" + "&lt;b" * 300_000 + "</description>",
    "lines": "<description>" + "\n" * 1_000_000 + "</description>",
    "open comments": "<!--" * 400_000,
    "open sections": "<![CDATA[" * 400_000,
}  # fmt: skip


@pytest.mark.parametrize("inner", SLOW.values(), ids=SLOW)
def test_no_feed_takes_the_square_of_its_length(inner: str) -> None:
    """Each of these takes feedparser alone, or a careless pattern, minutes; pytest would be seen to hang."""
    assert seconds(rss(f"<item><title>x</title>{inner}</item>")) < 8


@pytest.mark.parametrize("blank", ["\n", "\r", "&#13;", " \n"])
def test_a_blank_of_any_length_is_read_at_once(blank: str) -> None:
    inner = f'<content type="xhtml">{blank * 900_000}<div xmlns="http://www.w3.org/1999/xhtml"><p>a</p></div></content>'
    data = f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id>{inner}</entry></feed>'.encode()
    assert seconds(data) < 8
    assert read(data, name=NAME).items[0].content == "<p>a</p>"


def seconds(data: bytes) -> float:
    start = time.process_time()
    with suppress(ContentError):
        read(data, name=NAME)
    return time.process_time() - start


WATCHED = """
import sys
from pathlib import Path
from broadsheet.capture.feed import outline, read
from broadsheet.errors import ContentError

data = [Path(one).read_bytes() for one in sys.argv[1:]]
def read_all():
    for one in data:
        for verb in (lambda: read(one, name="a", address="https://example.org/"), lambda: outline(one, "a")):
            try:
                verb()
            except ContentError:
                pass
read_all()  # what is imported late is imported now
watching = True
def watch(event, arguments):
    if watching and event.split(".")[0] in ("open", "socket", "subprocess", "os", "urllib", "http", "ftplib"):
        print(event, arguments)
sys.addaudithook(watch)
read_all()
open(sys.executable).close()  # that it does watch
watching = False
"""


def test_reading_a_feed_touches_neither_network_nor_disk(tmp_path: Path) -> None:
    hostile = [
        rss('<item><link>http://127.0.0.1:9/a</link><enclosure url="http://127.0.0.1:9/b" type="image/png"/></item>'),
        rss("<item/>", prolog='<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd">'),
        rss("<item/>", prolog='<?xml-stylesheet href="http://127.0.0.1:9/x.xsl" type="text/xsl"?>'),
        rss('<item><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/></item>'),
        rss("<item><title>&a;</title></item>", prolog='<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
        b"http://127.0.0.1:9/feed.xml",
        b"/etc/passwd",
    ]
    for number, data in enumerate(hostile):
        (tmp_path / f"{number}.xml").write_bytes(data)
    names = [str(file) for file in (*FILES, *sorted(tmp_path.iterdir()))]
    done = subprocess.run([sys.executable, "-c", WATCHED, *names], capture_output=True, text=True, check=True)
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["open"]


# Laws


def judge(data: bytes) -> None:
    """A feed that holds to its word, a list of feeds, or an error in plain words."""
    with suppress(ContentError):
        for one in outline(data, NAME):
            assert one.address.startswith(("http://", "https://"))
    with suppress(ContentError):
        for item in read(data, name=NAME, address=ADDRESS).items:
            assert item.id
            assert not item.address or item.address.startswith(("http://", "https://"))
            assert "\n" not in item.title + item.summary + "".join((*item.authors, *item.tags))
            f"{item} {item.content}".encode()


@given(st.sampled_from(FILES), st.randoms(use_true_random=False))
def test_a_feed_mutated_is_a_feed_or_a_clear_error(file: Path, random: Random) -> None:
    judge(mutated(file.read_bytes(), random))


@given(st.binary(max_size=300))
def test_any_bytes_are_a_feed_or_a_clear_error(data: bytes) -> None:
    judge(data)
    judge(b"<rss>" + data + b"</rss>")


KEYS = st.sampled_from(["id", "url", "title", "authors", "author", "name", "items", "tags", "content_html", "image"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
)


@given(JSON)
def test_any_json_is_a_feed_or_a_clear_error(value: object) -> None:
    judge(json.dumps(value).encode())
    judge(
        json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [value, {"id": 1, "tags": value}]}).encode()
    )


PIECES = (
    b"<", b">", b"&", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"<item>", b"</item>", b"<entry>", b"</channel>", b"\x00",
    b"\xff", b"\xc3", b"&#0;", b"&nbsp;", b'"', b"'", b"<?xml", b"<!DOCTYPE x [", b"xmlns:a=''", b"<a:b c:d='e'>",
    b"<link", b"<content type='application/octet-stream'>", b"<content type='xhtml'>", b" xml:base='http://['", b"/>",
    b"\xed\xa0\x80", "\u202e".encode(), b"{", b"[", b"null", b"1e999", b'"\\ud800"', b"<title type='html'>",
)  # fmt: skip


def mutated(data: bytes, random: Random) -> bytes:
    for _ in range(random.randint(1, 8)):
        start = random.randrange(len(data) + 1)
        end = min(len(data), start + random.choice((0, 0, 1, 5, 100)))
        middle = random.choice((random.choice(PIECES), data[start:end] * 2, b"", data[: random.randrange(60)]))
        data = data[:start] + middle + data[end:]
    return data
