"""Texts to HTML: links to their own parts, pictures in all their sizes, ids that are nobody else's."""

from __future__ import annotations

import re
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.bodies import cleaned, to_feed, to_page, typed
from broadsheet.errors import ContentError
from broadsheet.markup import with_heading_levels, with_living_links, with_parts
from broadsheet.model import Body, Picture, Text, Variant

BODY = Body(path="articles/a.md", url="/2026/11/a/", text=Text(""))
PICTURE = Picture(
    url="/media/b c.png", width=2000, height=1000, type="image/png",
    variants=(
        Variant(url="/media/b c.1-480.webp", width=480, type="image/webp"),
        Variant(url="/media/b c.1-800.webp", width=800, type="image/webp"),
    ),
    fallback="/media/b c.1-800.png",
)  # fmt: skip


def page(markdown: str, *, base: str = "", mark: str = "", **keys: object) -> str:
    body = replace(BODY, text=Text(markdown), **keys)  # type: ignore[arg-type]  # the tests' own shorthand
    return to_page(cleaned(typed(body, "content/articles/a.md")), base, mark=mark)


def feed(markdown: str, **keys: object) -> str:
    body = replace(BODY, text=Text(markdown), **keys)  # type: ignore[arg-type]  # likewise
    return to_feed(cleaned(typed(body, "content/articles/a.md")), "https://example.org/news")


def ids(html: str) -> list[str]:
    return re.findall(r'\sid="([^"]*)"', html)


# Parts


@pytest.mark.parametrize("target", ["#the-heading", "#The-Heading", "#part-the-heading", "#the%20heading"])
def test_a_link_leads_to_the_heading_whose_words_it_names(target: str) -> None:
    html = page(f"[x]({target})\n\n# The *heading*\n")
    assert html == '<p><a href="#part-the-heading">x</a></p>\n<h2 id="part-the-heading">The <em>heading</em></h2>'


def test_headings_of_the_same_words_are_counted() -> None:
    html = page("# A\n\n# A 2\n\n# A\n\n# A\n\n# !\n")
    assert ids(html) == ["part-a", "part-a-2", "part-a-3", "part-a-4", "part-u21"]


@pytest.mark.parametrize("target", ["#", "#gone", "#fn:9", "#content", "#main"])
def test_of_a_link_to_a_part_that_is_not_there_its_words_stay(target: str) -> None:
    assert page(f"[*words*]({target})") == "<p><em>words</em></p>"
    assert feed(f"[*words*]({target})") == "<p><em>words</em></p>"


def test_a_link_around_a_heading_leads_to_it() -> None:
    html = page('<a href="#one"><h2>One</h2></a>\n\n[x](#two)')
    assert '<h2 id="part-one"><a href="#part-one">One</a></h2>' in html
    assert "#part-two" not in html
    assert ids(html) == ["part-one"]


def test_an_id_typed_in_an_article_never_passes() -> None:
    html = page('<h2 id="content">x</h2>\n\n<p id="part-y">z</p>\n\n[a](#part-y)')
    assert ids(html) == ["part-x"]
    assert "<a" not in html


def test_a_heading_of_markup_and_quotes_has_an_id_that_is_plain() -> None:
    (id,) = ids(page('# "><b onclick=x>R&D</b> ‮ مرحبا 中文'))
    assert re.fullmatch(r"[\w-]+", id)


def test_in_feeds_links_to_parts_have_the_address_of_the_page() -> None:
    html = feed("# One\n\n[x](#one)[^1]\n\n[^1]: Note.")
    assert '<a href="https://example.org/news/2026/11/a/#part-one">x</a>' in html
    assert 'href="https://example.org/news/2026/11/a/#fn:1"' in html


def test_of_a_link_to_a_part_of_another_page_the_link_to_the_page_stays() -> None:
    assert page("[x](b.md#part)", links=(("b.md#part", "/b/#part"),)) == '<p><a href="/b/">x</a></p>'


def test_a_mark_begins_every_id_and_every_link_to_one() -> None:
    html = page("# One\n\n[x](#one)[^1]\n\n[^1]: Note.", mark="m-")
    assert set(ids(html)) == {"m-part-one", "m-fn:1", "m-fnref:1"}
    assert set(re.findall(r'href="#([^"]*)"', html)) == set(ids(html))


@given(st.lists(st.sampled_from(["# a", "# A", "## b", "# a 2", "[x](#a)", "[y](#a-2)", "[z](#q)", "n[^1]", "[^1]: f",
                                 '<h2><div><h2 id="x">q</h2></div></h2>', "<h3>", '<a title="t" href="#a">u</a>',
                                 "`<h2 id='x'>`"]), max_size=12))  # fmt: skip
def test_ids_are_unique_and_every_link_within_the_page_leads_to_one(lines: list[str]) -> None:
    html = page("\n\n".join(lines))
    assert len(ids(html)) == len(set(ids(html)))
    assert set(re.findall(r'href="#([^"]*)"', html)) <= set(ids(html))


def test_headings_inside_headings_are_closed_as_they_were_opened() -> None:
    html = page("<h1><div><h2>x</h2></div>y</h1>")
    assert re.findall(r"</?h\d", html) == ["<h2", "<h3", "</h3", "</h2"]


@pytest.mark.parametrize(
    "safe",
    [
        "<h2>a</h2>" * 20_000, "<h2><div>" * 10_000 + "</div></h2>" * 10_000,
        '<a href="#a">x</a>' * 20_000, '<a href="#a">' * 20_000, '<h2 title="' * 20_000,
    ],
)  # fmt: skip
def test_many_headings_and_links_take_no_more_than_their_share_of_time(safe: str) -> None:
    start = time.perf_counter()
    with_living_links(with_parts(with_heading_levels(safe)))
    assert time.perf_counter() - start < 3


# Pictures


def test_a_picture_has_its_sizes_on_pages_and_a_plain_form_in_feeds() -> None:
    pictures = (("b c.png", PICTURE),)
    html = page("![Al<t>](<b c.png>)", base="/news", pictures=pictures)
    assert html == (
        '<p><picture><source type="image/webp" srcset="/news/media/b%20c.1-480.webp 480w, '
        '/news/media/b%20c.1-800.webp 800w" sizes="(min-width: 46rem) 42rem, 100vw">'
        '<img alt="Al&lt;t&gt;" src="/news/media/b%20c.1-800.png" width="2000" height="1000"'
        ' loading="lazy" decoding="async"></picture></p>'
    )
    assert feed("![A](<b c.png>)", pictures=pictures) == (
        '<p><img alt="A" src="https://example.org/news/media/b%20c.1-800.png" width="2000" height="1000"></p>'
    )


def test_a_picture_whose_own_format_is_that_of_its_sizes_is_the_widest_of_them() -> None:
    picture = replace(PICTURE, type="image/webp", url="/media/b.webp", fallback="")
    html = page("![A](b.webp)", pictures=(("b.webp", picture),))
    assert "800w, /media/b.webp 2000w" in html
    assert 'src="/media/b.webp"' in html


def test_a_picture_without_other_sizes_stands_by_itself() -> None:
    picture = Picture(url="/media/b.gif", width=2, height=3)
    html = page("![A](b.gif) ![B](https://a.example/c.png)", pictures=(("b.gif", picture),))
    assert "<picture>" not in html
    assert html.count("loading") == 2


def test_text_beyond_the_limits_is_told_with_its_file() -> None:
    with pytest.raises(ContentError, match=r"content/articles/a\.md"):
        page("> " * 60 + "x")
