"""What a text is shows in it; its name only settles doubts."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.capture.sniff import kind

STORY = "The library opens again.\n\nChildren get a brighter room, and there is coffee at the door.\n"


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE html><html><body><p>Hello</p></body></html>",
        "\ufeff\n  <!doctype HTML>\n<p>Hello",
        "<!-- saved from url=(0030)https://example.org/page -->\n<html><head></head></html>",
        '<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN" "x.dtd"><html xmlns="x"></html>',
        '<?xml version="1.0" encoding="utf-8"?>\n<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>',
        '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN"><title>Old</title>',
        "<HTML><BODY BGCOLOR=white><FONT SIZE=2>Old</FONT>",
        "<head><title>No root</title></head>",
        "<meta charset=utf-8><title>Hello</title><p>Hello",
        "<article><h1>Hello</h1><p>A fragment.</p></article>",
        "<p>A paragraph.</p>",
        "<div class=story>" + STORY + "</div>",
        "<app-root><p>Hello</p></app-root>",
        "<p>Hello</p> { not: json }",
        "The library<p>It opens again.</p><p>There is coffee.</p><p>All are glad.</p>",
        "The library\n    of the quay\n<p>It opens again.</p>\n<p>There is coffee.</p>\n<p>All are glad.</p>\n",
    ],
)
def test_html_is_a_page(text: str) -> None:
    assert kind(text) == "page"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n",
        STORY,
        "# The library\n\nIt opens again.\n\n- coffee\n- books\n",
        "---\ntitle: The library\n---\n\nIt opens again.\n",
        "Use `<p>` for a paragraph and `</p>` to end it.\n",
        "How to write a page\n\n```html\n<p>One</p>\n<p>Two</p>\n<p>Three</p>\n```\n\nThat is all.\n",
        "How to write a page\n\n    <p>One</p>\n    <p>Two</p>\n    <p>Three</p>\n\nThat is all.\n",
        "The tag <br> breaks a line, and <p> begins a paragraph, which </p> ends.\n" + STORY,
        "<anna> hello\n<bert> hello to you\n",
        "<3 this library\n",
        "< less than\n",
        "1 < 2 and 3 > 2\n",
        "{ a brace }\n",
        "[A note] The library opens again.\n",
        "[link](https://example.org)\n",
        "[" * 100_000,
        '{"broken": ',
    ],
)
def test_words_are_a_text(text: str) -> None:
    assert kind(text) == "text"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('<?xml version="1.0"?>\n<rss version="2.0"><channel/></rss>', "feed"),
        ('<!-- made by hand -->\n<?xml-stylesheet href="x.xsl"?><RSS version="0.91"></RSS>', "feed"),
        ('<feed xmlns="http://www.w3.org/2005/Atom"></feed>', "feed"),
        ('<?xml version="1.0"?><!DOCTYPE rdf:RDF SYSTEM "x"><rdf:RDF xmlns="http://purl.org/rss/1.0/"/>', "feed"),
        ('{"items": [], "version": "https://jsonfeed.org/version/1.1", "title": "News"}', "feed"),
        ('<?xml version="1.0"?><opml version="2.0"><body/></opml>', "opml"),
        ('{"title": "Hello"}', "json"),
        ("[1, 2]", "json"),
        ('{"version": 1}', "json"),
    ],
)
def test_feeds_and_lists_of_them_are_seen_by_their_root(text: str, what: str) -> None:
    assert kind(text) == what
    assert kind(text, media_type="text/html") == what
    assert kind(text, name="notes.txt") == what


def test_a_name_settles_doubts_and_nothing_more() -> None:
    start = '<div align="center">\n\n# The library\n\n</div>\n'
    assert kind(start) == "page"
    assert kind(start, name="a/README.md") == "text"
    assert kind(start, media_type="text/plain") == "text"
    assert kind("The library<br>opens again", name="saved.HTML") == "page"
    assert kind("The library<br>opens again", media_type="text/html") == "page"
    assert kind("The library<br>opens again") == "text"
    assert kind("<!doctype html><p>Hello", name="page.txt", media_type="text/plain") == "page"
    assert kind("<html><p>Hello", name="page.txt") == "page"
    assert kind(STORY, name="story.html", media_type="text/html") == "text"


@given(st.text(), st.sampled_from(["", "text/html", "text/plain", "application/json"]), st.text(max_size=20))
def test_any_text_is_something(text: str, media_type: str, name: str) -> None:
    for start in ("", "<", "{", "<!--", "<?xml", "<!doctype "):
        assert kind(start + text, media_type=media_type, name=name)


@pytest.mark.parametrize(
    "piece", ["<!--", "<!-- -->", "<?xml ", " ", "```\n", "~~~\n`", "<p", "</p>", "[", '{"a":', "    \n"]
)
def test_a_giant_is_sniffed_in_a_moment(piece: str) -> None:
    begin = time.process_time()
    kind(piece * (5_000_000 // len(piece)))
    assert time.process_time() - begin < 2
