"""The headline of a page, and what stands around it."""

from __future__ import annotations

import pytest

from broadsheet.capture.dom import page
from broadsheet.capture.heading import Heading, far_dates, heading, near_dates, spoken, standfirst

LONG = (
    "<p>" + "The weir was loud with water, and the eels that nobody had counted went up it in the dark. " * 5 + "</p>"
)


def read(body: str, *titles: str) -> Heading:
    return heading(page(f"<html><body>{body}{LONG}{LONG}</body></html>"), titles)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<h1>Weir News</h1><h2>Eels go home at last</h2>", "Eels go home at last"),
        ("<h1>Eels go home</h1><h1>Otters at play in the reeds</h1>", "Eels go home"),
        ("<h1>A headline for readers, not for engines</h1>", "A headline for readers, not for engines"),
        ("<h1>3 Comments</h1>", ""),
        ("<h1><script>x()</script>Eels <span>go</span> home</h1>", "Eels go home"),
        ("<p>No headline</p>", ""),
    ],
)
def test_the_headline_is_what_the_page_calls_itself_or_its_only_h1(body: str, text: str) -> None:
    assert read(body, "Eels go home at last | Weir News").text == text


@pytest.mark.parametrize(
    ("below", "text"),
    [
        ('<p class="article-standfirst">Nobody counted them, but the mill heard.</p>',
         "Nobody counted them, but the mill heard."),
        ('<div itemprop="description">Nobody counted them, but the mill heard.</div>',
         "Nobody counted them, but the mill heard."),
        ("<h2>Nobody counted them as they came, but all night the mill heard.</h2>",
         "Nobody counted them as they came, but all night the mill heard."),
        ('<figure><figcaption class="summary">Nobody counted them, but the mill heard.</figcaption></figure>', ""),
        ('<p class="lead">By Ada Merle, our woman on the water, in Weir</p>', ""),
        ('<p class="summary">Short.</p>', ""),
        ("<p>Nobody counted them, but the mill heard.</p>", ""),
    ],
)  # fmt: skip
def test_a_standfirst_is_called_so_or_stands_right_below(below: str, text: str) -> None:
    assert standfirst(read(f"<h1>Eels go home at last</h1>{below}", "Eels go home at last")) == text


def test_dates_near_the_headline_come_in_order_and_changes_last() -> None:
    body = (
        "<time>2024-01-01</time><h1>Eels go home at last</h1><p>Updated: <time>2024-03-03</time></p>"
        '<p>Published: <time datetime="2024-02-02">Friday</time></p>'
    )
    found = near_dates(read(body, "Eels go home at last"))
    assert found[:3] == ["2024-02-02", "Friday", "2024-01-01"]
    assert found.index("2024-03-03") > 2


def test_the_dates_of_what_follows_the_story_are_far() -> None:
    head = read(f"<h1>Eels go home at last</h1>{LONG}{LONG}<time>2024-05-05</time>", "Eels go home at last")
    assert near_dates(head) == []
    assert far_dates(head) == ["2024-05-05"]


def test_a_comments_date_is_nobodys() -> None:
    head = read(
        '<h1>Eels go home at last</h1><div class="comments"><time>2024-05-05</time></div>', "Eels go home at last"
    )
    assert far_dates(head) == []


def test_words_in_blocks_are_kept_apart() -> None:
    assert spoken(page("<div><p>One</p><p>two</p><style>x</style></div>")) == "One two"
