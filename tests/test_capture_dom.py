"""Hostile HTML to a tree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.capture.dom import is_selector, page, select


def tags(text: str) -> list[str]:
    root = page(text)
    assert root is not None
    return [element.tag for element in root.iter()]


def test_a_page_may_leave_its_body_tag_out() -> None:
    found = tags("<!doctype html><title>A</title><article><p>One.</p></article>Two.<p>Three.</p>")
    assert found == ["html", "head", "title", "body", "article", "p", "p"]
    root = page("<title>A</title><main>One.</main>Two.<p>Three.")
    assert root is not None
    assert root.find("body").text_content() == "One.Two.Three."


def test_what_belongs_in_a_head_stays_there() -> None:
    head = '<meta charset="utf-8"><link rel="a"><script>1</script><style>p{}</style><noscript>x</noscript>'
    assert tags(f"<head>{head}</head><body><p>One.</p></body>")[:2] == ["html", "head"]
    assert tags(f"{head}<p>One.</p>")[-2:] == ["body", "p"]


@pytest.mark.parametrize("text", ["", " \n", "\0", "<!-- x -->", "<?xml version='1.0'?>", "<!doctype html>"])
def test_where_nothing_is_there_is_no_page(text: str) -> None:
    root = page(text)
    assert root is None or not root.text_content().strip()


def test_text_that_declares_an_encoding_is_read() -> None:
    assert "p" in tags('<?xml version="1.0" encoding="utf-16"?><html><body><p>One.</p></body></html>')


@pytest.mark.parametrize(("selector", "good"), [("p.a > b", True), ("p[[", False), ("", False), ("::x(", False)])
def test_selectors_are_told_from_nonsense(selector: str, good: bool) -> None:
    assert is_selector(selector) == good
    if not good:
        with pytest.raises(ValueError, match="is not a CSS selector"):
            select(page("<p>"), selector)


ODD = ["\x00", "\x01", "\x0b", "\x7f", "\ufffe", "\ud800", "&#1;", "&#x1F;", "&#xD800;", "&#xFFFE;"]


@pytest.mark.parametrize("odd", ODD)
def test_no_tree_holds_what_no_tree_may(odd: str) -> None:
    root = page(f"<p title='a{odd}b'>a{odd}b</p>")
    assert root is not None
    assert root.text_content() == root.find(".//p").get("title") == "ab"


def test_other_numbered_characters_stay() -> None:
    root = page("<p>&#8220;caf&#xe9;&#8221; &#38; &#x1F600;")
    assert root is not None
    assert root.text_content() == "“café” & 😀"


parts = st.sampled_from(
    ["<p>", "</p>", "<article>", "<body>", "</body>", "<head>", "<title>", "</html>", "<html>", "x", "&#0;", "<", "\0",
     "<svg>", "<template>", "</", "<!--", "-->", "<![CDATA[", "<table><tr>", "\ufffe", "<p\0>", "<input value='"]
)  # fmt: skip


@given(st.lists(parts, max_size=12).map("".join))
def test_whatever_comes_is_a_tree_or_nothing(text: str) -> None:
    root = page(text)
    assert root is None or root.tag == "html"
