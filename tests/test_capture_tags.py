"""A page's keywords to tags that a reader would recognise."""

from __future__ import annotations

import json

import pytest

from broadsheet.capture.dom import page
from broadsheet.capture.structured import structured
from broadsheet.capture.tags import tags


def read(keywords: object = None, *, head: str = "", body: str = "") -> tuple[str, ...]:
    ld = json.dumps({"@type": "NewsArticle", "headline": "x", "keywords": keywords})
    script = f'<script type="application/ld+json">{ld}</script>'
    root = page(f"<html><head>{head}{script}</head><body>{body}<p>x</p></body></html>")
    found = tags(root, structured(root), unwanted={"weirnews", "adamerle"})
    return found.value if found else ()


@pytest.mark.parametrize(
    ("keywords", "found"),
    [
        ("Eels, Otters;Weirs|Eels", ("Eels", "Otters", "Weirs")),
        (["Eels", {"name": "Otters"}, None, 7], ("Eels", "Otters")),
        (["#Eels", "Weir News", "Ada Merle", "News", "Home"], ("Eels",)),
        (["type_story", "@desk", "98be933f-38cf-4fba-b6c6-ad438e82010a", "a.b/c", "Eels"], ("a.b/c", "Eels")),
        (["AER", "INDS08", "POL", "GEN", "US", "RULES:X"], ()),
        (["EU", "NATO"], ("EU", "NATO")),
        (["Subject: Eels", "Topic: Weirs", "Page Type: Article", "Long"], ("Eels", "Weirs")),
        (["Eels", "Otters", "Reeds", "Category: Water", "NLP Category: Other"], ("Eels", "Otters", "Reeds", "Water")),
        (["Weir news", "Weir latest news", "Weir news today", "Eels"], ("Eels",)),
        (["x" * 200, "y", ""], ()),
    ],
)
def test_what_machines_write_for_machines_is_no_tag(keywords: object, found: tuple[str, ...]) -> None:
    assert read(keywords) == found


def test_a_source_that_says_the_same_and_more_is_taken() -> None:
    head = '<meta name="keywords" content="Eels, Otters, Reeds">'
    assert read(["eels", "otters"], head=head) == ("Eels", "Otters", "Reeds")
    assert read(["eels", "mills"], head=head) == ("eels", "mills")
    assert read("Reeds Eels Otters", head=head) == ("Eels", "Otters", "Reeds")


def test_addresses_written_as_tags_replace_no_words() -> None:
    head = '<meta name="sailthru.tags" content="nature, brown-eels, otters, mills">'
    assert read(["Brown Eels", "Otters"], head=head) == ("Brown Eels", "Otters")


def test_the_links_of_a_list_of_tags_are_tags_where_nothing_else_is() -> None:
    links = '<a href="/tag/eels">Eels</a> <a href="/tag/otters">Otters</a>'
    assert read(body=f'<div class="article-tags">{links}</div>') == ("Eels", "Otters")
    assert read(body=f"<p>{links}</p>") == ()
    assert read(body=f'<nav class="tags">{links}</nav>') == ()
    menu = "".join(f'<a href="/tag/{i}">Tag {i}</a>' for i in range(40))
    assert read(body=f'<div class="tags">{menu}</div>') == ()
