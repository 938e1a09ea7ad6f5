"""A page's statements of itself for machines."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.capture.dom import page
from broadsheet.capture.structured import Structured, letters, likeness, named, plain, structured

HERE = "https://weir.example/eels"


def read(*things: object, head: str = "", address: str = HERE) -> Structured:
    scripts = "".join(f'<script type="application/ld+json">{json.dumps(one)}</script>' for one in things)
    return structured(
        page(f"<html><head>{head}{scripts}</head><body><h1>Eels go home</h1></body></html>"), address=address
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Eels &amp;amp; elvers", "Eels & elvers"),
        ("<b>Eels</b> go<br>home", "Eels go home"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("Eels\u202e\u200b\x00 \n go\u00a0home", "Eels go home"),
        ("so\u00adft", "soft"),
        ("\ud800x", "x"),
        (None, ""),
        (7, ""),
        (["x"], ""),
    ],
)
def test_plain_text_is_one_line_of_what_can_be_read(value: object, text: str) -> None:
    assert plain(value) == text


@given(st.text())
def test_plain_text_is_short_and_can_be_written(text: str) -> None:
    found = plain(text, 50)
    assert len(found) <= 50
    assert found.encode("utf-8").decode("utf-8") == found


def test_the_article_of_the_page_comes_before_those_it_leads_to() -> None:
    other = {"@type": "NewsArticle", "url": "https://weir.example/otters", "headline": "Otters"}
    this = {"@type": "NewsArticle", "url": "https://www.weir.example/eels/", "headline": "Something else"}
    assert read(other, this).articles[0] == this


def test_without_addresses_the_article_that_is_called_as_the_page_is_comes_first() -> None:
    other, this = ({"@type": "Article", "headline": title} for title in ("Otters at play", "Eels go home"))
    assert read([other, this]).articles[0] == this


def test_an_article_says_more_than_a_page_and_both_are_known() -> None:
    found = read(
        {"@graph": [{"@type": "WebPage", "name": "x"}, {"@type": ["BlogPosting"], "headline": "Eels go home"}]}
    )
    assert [one["headline"] for one in found.articles] == ["Eels go home"]
    assert [one["name"] for one in found.pages] == ["x"]


def test_metas_are_known_by_whatever_names_them_in_any_case() -> None:
    head = '<meta PROPERTY="OG:Title" content="a"><meta name="author" content="b"><meta itemprop="author" content="c">'
    found = read(head=head)
    assert found.first("nothing", "og:title") == "a"
    assert found.every("author") == ("b", "c")
    assert found.first("nothing") == ""


def test_names_are_followed_through_references() -> None:
    found = read({"@type": "Person", "@id": "#1", "name": "Ada Merle"})
    assert named(found, [{"@id": "#1"}, {"name": ["Bo", "Cy"]}, "Di", {"@id": "#2"}, None]) == [
        "Ada Merle",
        "Bo",
        "Cy",
        "Di",
    ]


def test_letters_and_likeness_compare_as_readers_do() -> None:
    assert letters("The Zoë-Times!") == letters("zoe times")
    assert likeness("Eels go home", "eels GO home") == 1
    assert likeness("", "x") == 0
