"""The names that stand near a page's headline, or sign its story."""

from __future__ import annotations

import pytest

from broadsheet.capture.bylines import byline, signature
from broadsheet.capture.dom import page
from broadsheet.capture.heading import heading

LONG = (
    "<p>" + "The weir was loud with water, and the eels that nobody had counted went up it in the dark. " * 5 + "</p>"
)
TITLE = "<h1>Eels go home at last</h1>"


def read(body: str) -> tuple[str, ...]:
    root = page(f"<html><body>{body}{LONG}{LONG}</body></html>")
    return byline(heading(root, ["Eels go home at last"]), {"weirnews"})


@pytest.mark.parametrize(
    "line",
    [
        '<address><a rel="author" href="/x">Ada Merle</a> and <a rel="author" href="/y">Bo Tarn</a></address>',
        '<div><a href="/staff/ada-merle">Ada Merle</a>, <a href="/staff/bo-tarn">Bo Tarn</a></div>',
        '<div class="c-byline__names"><span>By</span> <b>Ada Merle</b> <i>and</i> <b>Bo Tarn</b> <u>4 min</u></div>',
        "<p>By Ada Merle and Bo Tarn</p>",
        '<div class="author-name">Ada Merle, Bo Tarn</div><div class="author-name">Cy Vole</div>',
        '<p class="byline"><style>.Open Sans{}</style>Ada Merle &amp; Bo Tarn</p>',
    ],
)
def test_a_byline_names_whom_it_names(line: str) -> None:
    assert read(TITLE + line) == ("Ada Merle", "Bo Tarn")
    assert read(line + TITLE) == ("Ada Merle", "Bo Tarn")


@pytest.mark.parametrize(
    "line",
    [
        '<nav><a href="/author/ada-merle">Ada Merle</a></nav>',
        '<div class="related"><a href="/author/ada-merle">Ada Merle</a></div>',
        '<a href="/people/ada-merle">Ada Merle</a>',
        '<a href="/author/ada-merle">All her stories</a>',
        "<p>By the mill it was still dark</p>",
        "<figure><figcaption class='author'>Ada Merle</figcaption></figure>",
    ],
)
def test_other_names_on_the_page_are_no_byline(line: str) -> None:
    assert read(TITLE + line) == ()


def test_the_byline_of_a_teaser_below_the_story_is_another_storys() -> None:
    own = '<p>By <a href="/author/ada-merle">Ada Merle</a></p>'
    teaser = '<a href="/author/bo-tarn">Bo Tarn</a>'
    assert read(TITLE + own + LONG + teaser) == ("Ada Merle",)


def test_a_signature_is_a_line_of_its_own_near_the_end() -> None:
    assert signature(page(f"{LONG}<p><em>By Ada Merle</em></p>"), ()) == ("Ada Merle",)
    assert (
        signature(page(f"{LONG}<p>By Ada Merle, who lives by the water and has counted eels all her life.</p>"), ())
        == ()
    )
