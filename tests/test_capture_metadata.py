"""A page to what is known of its article."""

from __future__ import annotations

import json
import lzma
import sys
import tarfile
from dataclasses import fields
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.capture.dom import page
from broadsheet.capture.metadata import article_body, facts
from broadsheet.capture.nouns import Facts, FoundPicture, Rules
from broadsheet.capture.structured import structured

PAGES = Path(__file__).parent / "fixtures" / "capture" / "metadata"
SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "cleaning"
ADDRESS = "https://ledger.example/science/harbour-lights"
TEXT = "<p>" + "It was a quiet day on the water and the story of it is long enough to be one. " * 6 + "</p>"


def read(html: str, address: str = ADDRESS, rules: Rules | None = None) -> Facts:
    root = page(html)
    assert root is not None
    return facts(root, address=address, rules=rules or Rules())


def value(found: Any) -> Any:
    return found.value if found else None


def article(*, head: str = "", top: str = "", ld: object = None, lang: str = "en") -> str:
    script = f'<script type="application/ld+json">{json.dumps(ld)}</script>' if ld is not None else ""
    return (
        f'<html lang="{lang}"><head>{head}{script}</head><body><main><h1>Eels return to the upper weir</h1>{top}{TEXT}'
        f"{TEXT}</main></body></html>"
    )


# Whole pages ----------------------------------------------------------------------------------------


def test_a_page_that_states_everything_is_understood() -> None:
    found = read((PAGES / "graph.html").read_text("utf-8"))
    assert value(found.title) == "Harbour lights go dark for the moths"
    assert found.dek is not None
    assert found.dek.origin == "standfirst"
    assert found.dek.value.startswith("Eleven nights without lamps")
    assert found.authors is not None
    assert (found.authors.value, found.authors.origin) == (("Orla Quillfeather",), "JSON-LD")
    zone = timezone(timedelta(hours=1))
    assert value(found.date) == datetime(2025, 5, 6, 7, 30, tzinfo=zone)
    assert value(found.updated) == datetime(2025, 5, 6, 9, 10, tzinfo=zone)
    assert value(found.source) == "The Tidewater Ledger"
    assert value(found.canonical_url) == ADDRESS
    assert value(found.tags) == ("Moths", "Light pollution")
    assert value(found.lang) == "en-GB"
    assert value(found.license) == "https://licences.example/by/4.0/"
    assert value(found.image) == FoundPicture(
        address="https://ledger.example/pictures/harbour-1200x630.jpg",
        alt="A dark quay",
        caption="The quay at ten.",
        credit="Wim Osterhout",
    )


def test_a_page_that_states_nothing_for_machines_is_read_as_a_reader_would() -> None:
    found = read((PAGES / "bare.html").read_text("utf-8"), "https://flusskurier.example/der-letzte-faehrmann")
    assert value(found.title) == "Der letzte Fährmann"
    assert value(found.dek) == "Seit vierzig Jahren setzt er über, im Herbst kommt die Brücke."
    assert value(found.authors) == ("Hedda Löwenzahn", "Tilo Birkhuhn")
    assert value(found.date) == datetime(2024, 3, 3, 17, 5)
    assert value(found.tags) == ("Fähre", "Brücken")
    assert value(found.lang) == "de"
    assert value(found.source) == "flusskurier.example"
    assert (found.updated, found.image, found.license) == (None, None, None)


def test_nothing_is_invented_for_a_page_without_facts() -> None:
    found = read("<p>Some words, and no more.</p>", "")
    assert [one.name for one in fields(found) if getattr(found, one.name) is not None] == []


def test_an_editors_rules_win() -> None:
    html = article(
        head='<meta name="author" content="Wrong Person"><meta property="article:published_time" content="2020-01-01">',
        top='<b class="t">The right title</b><i class="d">A dek of the right kind</i><u class="w">Ada Merle</u>'
        '<s class="z">2024-02-03</s>',
    )
    found = read(html, rules=Rules(title=".t", dek=".d", author=".w", date=".z"))
    assert value(found.title) == "The right title"
    assert value(found.dek) == "A dek of the right kind"
    assert value(found.authors) == ("Ada Merle",)
    assert value(found.date) == datetime(2024, 2, 3)
    assert {one.origin for one in (found.title, found.dek, found.authors, found.date) if one} == {"rule"}


# Titles and deks ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<title>Eels go home | Weir News</title>", "Eels go home"),
        ("<title>Weir News - Eels go home</title>", "Eels go home"),
        ("<title>Eels go home - a long story | Weir News</title>", "Eels go home - a long story"),
        ("<title>Eels &amp;amp; elvers</title>", "Eels & elvers"),
        ('<title>x</title><meta property="og:title" content="Eels\u202e go <b>home</b>">', "Eels go home"),
        ("<title>Eels go home – weirnews.example</title>", "Eels go home"),
    ],
)
def test_a_title_is_without_the_sites_name(head: str, title: str) -> None:
    html = f'<head><meta property="og:site_name" content="Weir News">{head}</head><body><p>Text.</p></body>'
    assert value(read(html, "https://weirnews.example/eels").title) == title


def test_what_stands_above_a_headline_in_one_element_is_no_part_of_it() -> None:
    head = '<head><meta property="og:title" content="Eels go home at last"></head>'
    assert value(read(f"{head}<h1><span>Nature</span>Eels go home at last</h1>").title) == "Eels go home at last"


def test_a_dek_that_is_cut_off_or_only_the_storys_beginning_is_none() -> None:
    cut = article(head='<meta property="og:description" content="It was a quiet day on the …">')
    begun = article(head='<meta property="og:description" content="It was a quiet day on the water and the story">')
    title = article(head='<meta property="og:description" content="Eels return to the upper weir">')
    assert [read(one).dek for one in (cut, begun, title)] == [None, None, None]


# Authors --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("Ada Merle", ("Ada Merle",)),
        ("By Ada Merle and Bo Tarn", ("Ada Merle", "Bo Tarn")),
        (["Ada Merle", {"name": "Bo Tarn"}], ("Ada Merle", "Bo Tarn")),
        ({"@type": "Person", "givenName": "Ada", "familyName": "Merle"}, ("Ada Merle",)),
        ({"@type": "Person", "name": ["Ada Merle", "Bo Tarn"]}, ("Ada Merle", "Bo Tarn")),
        ([{"name": "Ada Merle"}, {"name": "ada merle"}], ("Ada Merle",)),
        ([{"name": "Ada Merle"}, {"name": "Weir News"}], ("Ada Merle",)),
        ({"@type": "Organization", "name": "Weir News"}, ("Weir News",)),
        ([[["Ada Merle"]]], ("Ada Merle",)),
        ("https://weir.example/authors/ada", None),
        ([None, 7, {"name": {"x": 1}}, True], None),
    ],
)
def test_authors_come_in_every_shape_of_json(author: object, names: tuple[str, ...] | None) -> None:
    ld = {"@type": "NewsArticle", "headline": "Eels", "author": author, "publisher": {"name": "Weir News"}}
    assert value(read(article(ld=ld)).authors) == names


@pytest.mark.parametrize(
    ("top", "names"),
    [
        ('<p class="byline">By Ada Merle and Bo Tarn</p>', ("Ada Merle", "Bo Tarn")),
        ('<div>By <a href="/author/ada-merle">Ada Merle</a></div>', ("Ada Merle",)),
        ('<a rel="author" href="/x">Ada Merle</a>', ("Ada Merle",)),
        ('<span itemprop="author"><span itemprop="name">Ada Merle</span> is new</span>', ("Ada Merle",)),
        ("<p>Par Ada Merle</p>", ("Ada Merle",)),
        ('<div class="author"><b>Ada Merle</b><i>Deputy Content Hub</i><a>View all posts</a></div>', ("Ada Merle",)),
        ('<div class="author-box">Opinion by<br><b>Ada Merle</b>,<b>Bo Tarn</b></div>', ("Ada Merle", "Bo Tarn")),
        ('<p>By the river</p><figure><a href="/author/x">Foto Graf</a></figure>', None),
        ('<div class="comments"><a rel="author">Ada Merle</a></div>', None),
    ],
)
def test_bylines_are_found_near_the_headline(top: str, names: tuple[str, ...] | None) -> None:
    assert value(read(article(top=top)).authors) == names


def test_a_person_in_the_byline_says_more_than_the_sites_name_for_machines() -> None:
    ld = {"@type": "Article", "headline": "Eels", "author": {"name": "Weir News"}, "publisher": {"name": "Weir News"}}
    assert value(read(article(ld=ld, top='<p class="byline">By Ada Merle</p>')).authors) == ("Ada Merle",)


def test_a_story_signed_at_its_end_has_an_author() -> None:
    html = article().replace("</main>", "<p>By Ada Merle</p></main>")
    assert value(read(html).authors) == ("Ada Merle",)


# Dates ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "top", "address", "day"),
    [
        ('<meta name="date" content="2024-05-06">', "<time>2024-05-09</time>", ADDRESS, "2024-05-06"),
        ("", '<time datetime="2024-05-06T23:30-05:00">May 6</time>', ADDRESS, "2024-05-06"),
        ("", '<p class="date">6 May 2024</p>', ADDRESS, "2024-05-06"),
        ("", "<p>By Ada Merle, 6 May 2024</p>", ADDRESS, "2024-05-06"),
        ("", '<time class="updated">2024-05-08</time><time>2024-05-06</time>', ADDRESS, "2024-05-06"),
        ("", '<p class="date">9 June 2024</p>', "https://weir.example/2024/05/06/eels", "2024-05-06"),
        ("", "", "https://weir.example/2024/05/06/eels", "2024-05-06"),
        ("", '<p class="date">05/06/2024</p>', "https://weir.example.uk/eels", "2024-06-05"),
        ("", '<p class="date">05/06/2024</p>', ADDRESS, "2024-05-06"),
    ],
)
def test_the_date_is_the_day_that_the_page_states(head: str, top: str, address: str, day: str) -> None:
    date = read(article(head=head, top=top), address).date
    assert date is not None
    assert date.value.isoformat()[:10] == day


def test_a_change_before_the_publication_is_none() -> None:
    when = "2024-05-06T10:00Z"
    ld = {"@type": "Article", "headline": "Eels", "datePublished": when, "dateModified": when}
    assert read(article(ld=ld)).updated is None


# Structured data as it comes ------------------------------------------------------------------------


GOOD = '{"@type": "NewsArticle", "headline": "Eels", "author": {"name": "Ada Merle"}, "datePublished": "2024-05-06"}'


@pytest.mark.parametrize(
    "script",
    [
        GOOD.replace("}}", "},}").replace('-06"}', '-06",}'),
        f"<!-- {GOOD} -->",
        f"//<![CDATA[\n{GOOD}\n//]]>",
        f"{GOOD};",
        GOOD.replace('"Eels"', '"Eels\nand\tmore"'),
        GOOD.replace('"Eels"', r'"Eels \d"'),
        GOOD.replace('"Eels"', '"Eels "quoted" wrongly"'),
        GOOD.replace('"', "&quot;"),
        "// a comment\n" + GOOD,
        GOOD[:-1],
        f"[{GOOD}]",
        f'{{"@graph": [{GOOD}]}}',
        f'{{"@type": "WebPage", "mainEntity": {GOOD}}}',
    ],
)
def test_json_that_is_broken_as_publishers_break_it_is_read(script: str) -> None:
    html = f'<html><head><script type="application/ld+json">{script}</script></head><body>{TEXT}</body></html>'
    found = read(html)
    assert value(found.authors) == ("Ada Merle",)
    assert value(found.date) == datetime(2024, 5, 6)


def test_an_article_in_the_data_of_a_program_is_read() -> None:
    pushed = json.dumps(GOOD)[1:-1]
    html = f'<html><body><script>self.push([1, "{pushed}"])</script>{TEXT}</body></html>'
    assert value(read(html).authors) == ("Ada Merle",)


def test_the_teasers_of_a_page_are_not_its_article() -> None:
    ld = {
        "@type": "WebPage",
        "mainEntity": {"@type": "ItemList", "itemListElement": [{"@type": "NewsArticle", "author": "Some Body"}]},
        "hasPart": {"@type": "NewsArticle", "headline": "Other", "author": "No Body"},
    }
    assert read(article(ld=ld)).authors is None


def test_the_body_of_the_article_is_given_paragraph_by_paragraph() -> None:
    root = page((PAGES / "graph.html").read_text("utf-8"))
    body = article_body(structured(root, address=ADDRESS))
    assert body == "The lamps went out at ten.\n\nNobody fell into the water."
    assert article_body(structured(page("<p>x</p>"))) == ""


# Addresses ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "canonical"),
    [
        ("/science/harbour-lights?fbclid=1", ADDRESS),
        ("https://ledger.example/", ADDRESS),
        ("https://other.example/", ADDRESS),
        ("https://other.example/the-first-printing", "https://other.example/the-first-printing"),
        ("https://ledger.example/science", ADDRESS),
        ("javascript:alert(1)", ADDRESS),
        ("http://[", ADDRESS),
    ],
)
def test_a_canonical_address_is_that_of_the_page_and_of_no_front_page(link: str, canonical: str) -> None:
    assert value(read(article(head=f'<link rel="canonical" href="{link}">')).canonical_url) == canonical


def test_the_picture_of_a_whole_site_is_not_the_articles() -> None:
    assert read(article(head='<meta property="og:image" content="https://x.example/img/logo.png">')).image is None


# Hostile pages --------------------------------------------------------------------------------------


def test_all_that_is_found_is_short() -> None:
    long = "Word " * 5000
    letters = "abcdefghijklmnopqrstuvwxyz"
    names = [{"name": f"Ad{one}{two}{three} Merle"} for one in letters for two in letters for three in letters[:15]]
    ld = {
        "@type": "NewsArticle",
        "headline": long,
        "author": names,
        "description": long,
        "keywords": [f"tag number {i}" for i in range(10_000)],
        "publisher": {"name": long},
        "image": [long] * 10,
        "license": long,
    }
    found = read(f'<script type="application/ld+json">{json.dumps(ld)}</script><p>x</p>')
    assert found.title is not None
    assert len(found.title.value) <= 300
    assert found.authors is not None
    assert len(found.authors.value) == 20
    assert found.tags is not None
    assert len(found.tags.value) == 30
    assert all(len(one.value) <= 1000 for one in (found.dek, found.source, found.license) if one)


@pytest.mark.parametrize(
    "script",
    [
        "[" * 100_000,
        '{"a":' * 50_000,
        '{"@type":"Article","headline":' + "[" * 900 + "]" * 900 + "}",
        "/*" * 200_000,
        '{"@type": "Article", "headline": "' + "\\" * 300_000,
        '"@type":"Article"' + '"headline" : "x' * 30_000,
        '"@type":"Article"' + " " * 400_000 + ",",
        '{"@type":"Article","datePublished":' + "9" * 400_000 + "}",
        '{"@type":"Article","datePublished":NaN,"dateModified":Infinity,"author":1e999}',
        '{"@type":"Article","datePublished":"0000-00-00","author":"\\ud800\\u202e"}',
        '{"@type":"Article","datePublished":"99999-12-31T25:61:61+99:99"}',
        '{"@type":["Article",{"x":1},null],"author":{"@id":{"@id":1}},"url":["a"],"mainEntityOfPage":{"@id":[]}}',
    ],
)
def test_hostile_data_takes_neither_long_nor_the_program_down(script: str) -> None:
    found = read(f'<script type="application/ld+json">{script}</script><h1>Eels return to the weir</h1>{TEXT}')
    assert found.date is None
    assert found.authors is None


KEYS = (
    "@type", "@id", "@graph", "author", "name", "headline", "datePublished", "image", "url", "keywords", "publisher",
    "mainEntityOfPage", "license", "inLanguage", "articleBody",
)  # fmt: skip
PLAIN = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=40) | st.just("2024-05-06")
JSON = st.recursive(
    PLAIN | st.sampled_from([ADDRESS, "NewsArticle"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=25,
)


@settings(max_examples=150, deadline=None)
@given(ld=JSON, address=st.sampled_from([ADDRESS, "", "http://[", "ftp://x", "https://x.example/2024/02/31/x"]))
def test_no_structured_data_brings_it_down(ld: object, address: str) -> None:
    script = json.dumps(ld).replace("</", "<\\/")
    found = read(f'<html lang="xx"><script type="application/ld+json">{script}</script><h1>Eels</h1>{TEXT}', address)
    assert found.title is None or 0 < len(found.title.value) <= 300


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_no_mutation_of_a_page_brings_it_down(data: st.DataObject) -> None:
    html = (PAGES / data.draw(st.sampled_from(["graph.html", "bare.html"]))).read_text("utf-8")
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(html)))
        cut = data.draw(st.integers(0, 80))
        put = data.draw(st.sampled_from(["", "<", '"', "</script>", "\x00", "\u202e", "}", "&#x;", "é"]))
        html = html[:at] + put + html[at + cut :]
    root = page(html)
    if root is not None:
        found = facts(root, address=ADDRESS)
        for one in (found.title, found.dek, found.source):
            assert one is None or not set(one.value) & set("\x00\n\u202e")


# The measured floor ---------------------------------------------------------------------------------


FLOORS = {"authors_equal": 0.96, "date_day": 0.98, "dek_f80": 0.88, "tags_f1": 0.86, "title_exact": 0.88}


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"the pages to measure on are not here ({SHARED})")
def test_what_is_found_on_real_pages_does_not_sink(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(SHARED))
    scorer = __import__("score_cleaning")
    inputs = json.loads((SHARED / "dev" / "inputs.json").read_text("utf-8"))
    gold = json.loads(lzma.decompress((SHARED / "dev" / "gold.json.xz").read_bytes()))
    scores: dict[str, list[float]] = {}
    with tarfile.open(SHARED / "dev" / "html.tar.xz") as pages:
        for member in pages:
            name = Path(member.name).stem
            if name not in gold or not (file := pages.extractfile(member)):
                continue
            root = page(file.read().decode("utf-8", "replace"))
            found = {key: value(one) for key, one in _plain(facts(root, address=inputs[name]["url"])).items()}
            found["date"] = found["date"].isoformat() if found["date"] else ""
            for measure, score in scorer.meta(gold[name], found).items():
                scores.setdefault(measure, []).append(score)
    sys.modules.pop("score_cleaning", None)
    means = {measure: sum(scores[measure]) / len(scores[measure]) for measure in FLOORS}
    assert {name: mean for name, mean in means.items() if mean < FLOORS[name]} == {}


def _plain(found: Facts) -> dict[str, Any]:
    return {name: getattr(found, name) for name in ("title", "dek", "authors", "date", "tags")}
