"""The picture that stands for a page."""

from __future__ import annotations

import json

import pytest

from broadsheet.capture.cover import cover
from broadsheet.capture.dom import page
from broadsheet.capture.nouns import Found, FoundPicture
from broadsheet.capture.structured import structured

HERE = "https://weir.example/eels"
PICTURE = "https://weir.example/p/eels.jpg"


def read(image: object = None, *, head: str = "", body: str = "") -> Found[FoundPicture] | None:
    ld = json.dumps({"@type": "NewsArticle", "headline": "x", "image": image})
    script = f'<script type="application/ld+json">{ld}</script>'
    root = page(f"<html><head>{head}{script}</head><body>{body}<p>x</p></body></html>")
    return cover(root, structured(root, address=HERE))


@pytest.mark.parametrize(
    "image",
    [
        PICTURE,
        "/p/eels.jpg",
        [PICTURE, "/p/other.jpg"],
        {"url": PICTURE},
        {"contentUrl": "/p/eels.jpg"},
        [{"url": PICTURE}],
    ],
)
def test_json_names_pictures_in_many_ways(image: object) -> None:
    assert read(image) == Found(value=FoundPicture(address=PICTURE), origin="JSON-LD")


@pytest.mark.parametrize(
    "image",
    [None, 7, [], {}, [None], {"url": {"x": 1}}, "javascript:alert(1)", "http://[", "/img/logo.svg", "/default-og.png"],
)
def test_what_is_no_picture_of_the_story_is_none(image: object) -> None:
    assert read(image) is None


def test_the_words_are_those_of_the_figure_that_shows_it_in_any_size() -> None:
    figure = (
        '<figure><img srcset="/p/eels-320x200.jpg 320w, /p/eels-800x500.jpg 800w" alt="An eel">'
        '<figcaption>An eel at the weir. <span class="credit">Photo: Bo Tarn</span></figcaption></figure>'
    )
    head = f'<meta property="og:image" content="{PICTURE}"><meta property="og:image:alt" content="Eel">'
    expected = FoundPicture(address=PICTURE, alt="An eel", caption="An eel at the weir.", credit="Bo Tarn")
    assert read(head=head, body=figure) == Found(value=expected, origin="OpenGraph")
    alone = FoundPicture(address=PICTURE, alt="Eel")
    assert read(head=head, body=figure.replace("eels", "otters")) == Found(value=alone, origin="OpenGraph")
