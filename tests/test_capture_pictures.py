"""A picture is found behind whatever loads it late."""

from __future__ import annotations

import time

import pytest

from broadsheet.capture.dom import Element, page
from broadsheet.capture.nouns import FoundPicture
from broadsheet.capture.pictures import picture

BASE = "https://example.com/2026/story"
TINY = "data:image/gif;base64,R0lGODlhAQABAAAAACw="
WHOLE = "data:image/png;base64," + "A" * 600


def only(html: str) -> Element:
    root = page(f"<body>{html}</body>")
    assert root is not None
    return root.find("body")[0]


def address(html: str, base: str = BASE) -> str:
    found = picture(only(html), base)
    return found.address if found else ""


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<img src="/a.jpg">', "https://example.com/a.jpg"),
        ('<img src="a b(1).jpg">', "https://example.com/2026/a%20b%281%29.jpg"),
        (f'<img src="{TINY}" data-src="/a.jpg">', "https://example.com/a.jpg"),
        ('<img src="/img/placeholder.png" data-lazy-src="/a.jpg">', "https://example.com/a.jpg"),
        ('<img src="/s.jpg" srcset="/s.jpg 300w, /m.jpg 1200w, /l.jpg 4000w">', "https://example.com/m.jpg"),
        ('<img src="/s.jpg" srcset="/l.jpg 4000w,\n /xl.jpg 5000w">', "https://example.com/l.jpg"),
        ('<img srcset="/w_1,h_2/a.jpg 1x, /w_2,h_4/a.jpg 2x">', "https://example.com/w_2,h_4/a.jpg"),
        (f'<img src="{TINY}" data-srcset="/m.jpg 800w">', "https://example.com/m.jpg"),
        ('<picture><source srcset="/p.webp 900w"><img alt="x"></picture>', "https://example.com/p.webp"),
        (f'<figure><img src="{TINY}"><noscript><img src="/n.jpg"></noscript></figure>', "https://example.com/n.jpg"),
        ('<amp-img src="/a.jpg" width="800" height="600"></amp-img>', "https://example.com/a.jpg"),
        (f'<img src="{WHOLE}">', WHOLE),
        (f'<img src="{TINY}">', ""),
        ('<img src="data:image/svg+xml;utf8,<svg onload=x>">', ""),
        ('<img src="javascript:x">', ""),
        ('<img src="https://user:pw@example.com/a.jpg">', ""),
        ('<img src="/count.gif" width="1" height="1">', ""),
        ("<p>no picture</p>", ""),
    ],
)
def test_the_address_is_the_one_meant_for_readers(html: str, expected: str) -> None:
    assert address(html) == expected


def test_beside_a_saved_page_it_is_as_written() -> None:
    assert address('<img src="Story_files/a b.jpg">', "") == "Story_files/a b.jpg"
    assert address('<img src="file:///etc/passwd">', "") == ""
    assert address('<img src="//cdn.example.com/a.jpg">', "") == ""


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("<figcaption>A harbour</figcaption>", ("A harbour", "")),
        ('<figcaption>A harbour <span class="credit">Photo: Agency</span></figcaption>', ("A harbour", "Agency")),
        ('<figcaption>A harbour</figcaption><p class="image-credit">Credit: Agency</p>', ("A harbour", "Agency")),
        ('<figcaption><span itemprop="copyrightHolder">Agency</span></figcaption>', ("", "Agency")),
    ],
)
def test_caption_and_credit_are_told_apart(caption: str, expected: tuple[str, str]) -> None:
    found = picture(only(f'<figure><img src="/a.jpg" alt=" Boats \n at rest">{caption}</figure>'), BASE)
    assert found == FoundPicture(
        address="https://example.com/a.jpg", alt="Boats at rest", caption=expected[0], credit=expected[1]
    )


@pytest.mark.parametrize("srcset", ["a " * 70_000, "a, " * 50_000, ", " * 70_000, "a" * 150_000, "1w " * 50_000])
def test_no_list_of_sizes_takes_long(srcset: str) -> None:
    began = time.perf_counter()
    address(f'<img srcset="{srcset}">')
    assert time.perf_counter() - began < 2
