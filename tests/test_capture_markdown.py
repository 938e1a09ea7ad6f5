"""Elements become blocks that say what the page said, and nothing that runs."""

from __future__ import annotations

import html
import json
import time

import pytest
from hostile import PAYLOADS, SHARED, active, dangers, elements
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.capture.dom import Element, page
from broadsheet.capture.markdown import block, blocks, inline, run, text_of
from broadsheet.capture.nouns import Block
from broadsheet.markup import sanitize, to_html, to_text

BASE = "https://example.com/2026/story"


def body(source: str) -> Element:
    root = page(f"<body>{source}</body>")
    assert root is not None
    return root.find("body")


def made(source: str) -> tuple[Block, ...]:
    return blocks(list(body(source)), BASE)


def markdown(source: str) -> str:
    return "\n\n".join(one.markdown for one in made(source))


def rendered(source: str) -> str:
    return sanitize(to_html(markdown(source)))


# Inside a line


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a <b> bold </b>word", "a **bold** word"),
        ("<em></em><strong> </strong>a", "a"),
        ("<b>a</b><b>b</b> <i>c</i>", "**ab** *c*"),
        ("<b>a <i>b</i> c</b>", "**a *b* c**"),
        ("<b><i>a</i></b>", "**_a_**"),
        ("<i>a <b>b</b></i>", "*a __b__*"),
        ("in<b>side</b>words", "in**side**words"),
        ("<code>a`b</code> <kbd>c</kbd>", "``a`b`` `c`"),
        ('<a href="other?utm_source=x">see <b>it</b></a>', "[see **it**](https://example.com/2026/other)"),
        ('<a href="javascript:x">see</a> <a href="#note">1</a>', "see 1"),
        ('<a href="/a"> </a>x', "x"),
        ('Wow!<a href="/a">[x]</a>', "Wow\\![\\[x\\]](https://example.com/a)"),
        ('<a href="/a">[b]: c</a>', "[\\[b&#93;: c](https://example.com/a)"),
        ('<a href="/a?x=1&amp;copy;=2">x</a>', "[x](https://example.com/a?x=1&amp;copy;=2)"),
        ("a<br>b<br> c", "a  \nb  \nc"),
        ("10<sup>6</sup> CO<sub>2</sub> 1<sup>st</sup>", "10⁶ CO₂ 1st"),
        ("<q>word</q>", "“word”"),
        ("a <!-- b --> <script>c</script><style>d</style>e", "a e"),
        ("a <span hidden>b</span><span style='display: none'>c</span><span class='sr-only'>d</span>", "a"),
        ('Ha <img class="emoji" alt="😀" src="/e.png">', "Ha 😀"),
        ('Ha <img alt="x [y]" src="/e.png">', "Ha ![x \\[y\\]](https://example.com/e.png)"),
        ("1990<span>. It was</span>", "1990\\. It was"),
        ("&amp;a<b>mp;</b> &amp;am<span>p;</span>", "&amp;a**mp;** &amp;amp;"),
        ("Title <a href='#title'>#</a>", "Title"),
    ],
)
def test_inline_elements_become_marks(source: str, expected: str) -> None:
    assert markdown(f"<p>{source}</p>") == expected


def test_empty_lines_part_paragraphs() -> None:
    assert [one.text for one in made("<div>one<br><br>two<br> <br/><br>three<p>four</p>five</div>")] == [
        "one", "two", "three", "four", "five"
    ]  # fmt: skip


def test_a_run_takes_texts_and_elements_as_they_stand() -> None:
    element = body("<b>bold</b>")[0]
    made_of = run(["some ", element, " and\nmore"], BASE)
    assert made_of == Block(text="some bold and more", markdown="some **bold** and more")
    assert run(["  ", "\n"], BASE) is None


def test_text_of_an_element_is_what_a_reader_sees_of_it() -> None:
    assert text_of(body("<div>One<p>two <b>th</b>ree<br>four</p><script>five</script><p hidden>six</div>")) == (
        "One two three four"
    )


def test_inline_is_one_line() -> None:
    assert inline(body("<h1># A<br><i>title</i></h1>")[0], BASE) == "\\# A *title*"


# Blocks


def test_headings_sink_below_the_title_of_the_page() -> None:
    assert markdown("<h1>One</h1><h2>Two</h2><h6>Six</h6>") == "## One\n\n### Two\n\n###### Six"
    assert markdown("<h2><b>Two</b></h2><h3>C#</h3>") == "## Two\n\n### C\\#"
    assert markdown("<h2> <span></span></h2>") == ""


def test_lists_nest_and_count() -> None:
    assert markdown("<ol start=3><li>c<ul><li>x<li>y</ul><li>d</ol>") == "3. c\n    - x\n    - y\n4. d"
    assert markdown("<li>a<li>b") == "- a\n- b"
    assert markdown("<ul><li>a<ul></ul></li><ul><li>b</ul></ul>") == "- a\n    - b"


def test_items_may_hold_paragraphs() -> None:
    source = "<ul><li><p>a<p>b<li>c<li>d<pre>x\ny</pre></ul>"
    assert markdown(source) == "- a\n\n    b\n\n- c\n- d\n\n    `x`  \n    `y`"
    assert [name for _, name, _ in elements(rendered(source))].count("li") == 3


def test_a_list_in_nothing_but_an_item_is_that_items_list() -> None:
    assert markdown("<ul><li><ol><li>a<li>b</ol><li>c</ul>") == "1. a\n2. b\n- c"


def test_quotations_keep_their_paragraphs() -> None:
    source = "<blockquote><p>one<p>two<blockquote>three</blockquote><ul><li>four</ul></blockquote>"
    assert markdown(source) == "> one\n>\n> two\n>\n> > three\n>\n> - four"
    assert made(source)[0].text == "one\ntwo\nthree\nfour"


def test_definitions_become_a_list() -> None:
    assert markdown("<dl><dt>Term<dd>meaning<dd>another<dt>Next<dd>x</dl>") == (
        "- **Term**\n\n    meaning\n\n    another\n\n- **Next**\n\n    x"
    )


def test_tables_have_a_head_and_whole_rows() -> None:
    source = (
        "<table><caption>Sums</caption><thead><tr><th rowspan=2>Year<th colspan=2>Sum</thead>"
        "<tr><td>a|b<td><code>c|d</code><tr><td>1<br>2</table>"
    )
    assert markdown(source) == (
        "**Sums**\n\n| Year | Sum |  |\n| --- | --- | --- |\n|  | a\\|b | c\\|d |\n| 1 2 |  |  |"
    )
    assert rendered(source).count("<td") == 6


@pytest.mark.parametrize(
    "source",
    [
        "<table><tr><td>one<tr><td>two</table>",
        "<table><tr><td>one<td>two</table>",
        "<table role=presentation><tr><td>one<td>two<tr><td><td></table>",
        "<table><tr><td><h2>one</h2><td><tr><td>two<td></table>",
        "<table><tr><td><table><tr><td>one</table><td>two</table>",
    ],
)
def test_tables_that_only_arrange_are_none(source: str) -> None:
    assert "|" not in markdown(source)
    assert [one.text for one in made(source)] == ["one", "two"]


def test_a_giant_table_is_cut_and_says_so() -> None:
    text = markdown("<table>" + "<tr><td>a<td>b" * 1_000 + "</table>")
    assert text.count("\n") < 410
    assert text.endswith("(599 more rows)")


def test_code_is_fenced_with_its_language() -> None:
    assert markdown('<pre><code class="language-python">if a &lt; b:\n    c</code></pre>') == (
        "```python\nif a < b:\n    c\n```"
    )
    assert markdown("<pre>\n```\nx<br>y\n</pre>") == "````\n```\nx\ny\n````"


def test_code_cannot_stop_the_article_from_being_rendered() -> None:
    text = markdown("<pre>" + ">" * 500 + "x\n" + " " * 900 + "y</pre>")
    assert "y" in to_html(text)


def test_a_picture_has_its_caption_below() -> None:
    source = '<figure><img src="/a.jpg" alt="Boats"><figcaption>A *harbour* <small class=credit>Agency</small></figure>'
    assert made(source) == (
        Block(text="", markdown="![Boats](https://example.com/a.jpg)  \n*A \\*harbour\\* (Agency)*"),
    )
    assert '<img alt="Boats" src="https://example.com/a.jpg"><br>\n<em>A *harbour* (Agency)</em>' in rendered(source)


def test_a_gallery_shows_every_picture_once() -> None:
    source = '<figure><img src="/a.jpg"><img src="/b.jpg"><img src="/a.jpg"><figcaption>Two</figcaption></figure>'
    assert markdown(source) == "![](https://example.com/a.jpg)\n\n![](https://example.com/b.jpg)  \n*Two*"


def test_a_figure_may_hold_something_else() -> None:
    assert made("<figure><blockquote>said</blockquote><figcaption>She</figcaption></figure>")[0].markdown == "> said"
    assert made("<figure><figcaption>Watch</figcaption></figure>") == ()


def test_films_are_linked_and_other_frames_go() -> None:
    source = '<iframe src="https://www.youtube.com/embed/abcdefghijk?rel=0" title="A [film]"></iframe>'
    assert made(source) == (
        Block(text="", markdown="[A \\[film\\]](https://www.youtube.com/watch?v=abcdefghijk)"),
    )
    assert made('<iframe src="https://ads.example/x"></iframe><iframe srcdoc="<p>x"></iframe>') == ()


def test_a_short_message_from_elsewhere_is_a_quotation() -> None:
    source = (
        '<blockquote class="twitter-tweet"><p>Words</p>— Nobody <a href="https://x.com/n/status/1?ref_src=t">May</a>'
        "<script src=x></script></blockquote>"
    )
    assert markdown(source) == "> Words\n>\n> — Nobody [May](https://x.com/n/status/1)"


def test_a_block_is_all_that_an_element_holds() -> None:
    element = body("<div><p>one</p><ul><li>two</ul></div>")[0]
    assert block(element, BASE) == Block(text="one\ntwo", markdown="one\n\n- two")
    assert block(body("<div><script>x</script></div>")[0], BASE) is None


# Laws

TEXTS = st.one_of(
    st.text(alphabet=st.sampled_from("\\`*_{}[]()<>#+-.!|~=:&;\"' \n\xa0ab1é"), max_size=12),
    st.sampled_from(("1. a", "# x", "- b", "---", "~~~", "```", "[x](y)", "a_b", "word", "[^1]: n", "&lt;", "| - |")),
).map(lambda text: html.escape(text, quote=False))
OPENINGS = st.sampled_from(
    ("b", "strong", "i", "em", "span", "code", "a", "sup", "q", "a href='/a_b?c=(1)&copy;=*'", "a href='#x'", "font")
)


def element(names: st.SearchStrategy[str], inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda name, parts: f"<{name}>{''.join(parts)}</{name.split()[0]}>", names, st.lists(inner, max_size=3)
    )


INLINE = st.recursive(
    st.one_of(TEXTS, st.sampled_from(("<br>", "<br><br>", " ", "<img src='a_b.png' alt='*x* [y] _z_'>"))),
    lambda inner: element(OPENINGS, inner),
    max_leaves=8,
)
NAMES = st.sampled_from(
    ("p", "div", "h1", "h2", "h5", "blockquote", "pre", "section", "ul", "ol", "li", "li", "dl", "dt", "dd", "figure",
     "figcaption", "table", "tr", "td", "td", "td colspan=2")
)  # fmt: skip
TREES = st.lists(st.recursive(INLINE, lambda inner: element(NAMES, inner), max_leaves=12), max_size=3).map("".join)


def letters(text: str) -> str:
    return "".join(text.split())


@given(TREES)
def test_rendering_says_what_the_block_says(source: str) -> None:
    """But for pictures and embedded things, whose words are none of the story's."""
    found = [one for one in made(source) if one.text]
    for one in found:
        assert letters(to_text(sanitize(to_html(one.markdown)))) == letters(one.text), one.markdown
    together = "\n\n".join(one.markdown for one in found)
    assert letters(to_text(sanitize(to_html(together)))) == letters("".join(one.text for one in found))


@given(st.lists(INLINE, max_size=4).map("".join))
def test_words_of_a_paragraph_stay_apart(source: str) -> None:
    for one in made(f"<p>{source}</p>"):
        assert to_text(sanitize(to_html(one.markdown))).split() == one.text.split()


@given(st.lists(st.lists(INLINE, min_size=2, max_size=3), min_size=2, max_size=3))
def test_no_cell_of_a_table_ends_early(cells: list[list[str]]) -> None:
    source = "<table>" + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) for row in cells) + "</table>"
    for one in made(source):
        assert letters(to_text(sanitize(to_html(one.markdown)))) == letters(one.text)


MEANT = {
    "a", "b", "blockquote", "body", "br", "code", "div", "em", "h2", "h3", "h4", "h5", "h6", "head", "hr", "html",
    "img", "li", "ol", "p", "pre", "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip


@given(TREES)
def test_no_element_appears_that_was_not_meant(source: str) -> None:
    shown = rendered(source)
    assert {name for _, name, _ in elements(shown)} <= MEANT
    assert dangers(shown) == []


# Hostile pages


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_that_runs_comes_out_of_our_own_payloads(payload: str) -> None:
    for source in (payload, f"<p>{payload}</p>", f"<ul><li>{payload}</ul>", f"<p>{html.escape(payload)}</p>"):
        assert dangers(rendered(source)) == []
        assert not active(to_html(markdown(source)))


@pytest.mark.skipif(not SHARED.is_file(), reason=f"the shared payloads are not here ({SHARED})")
def test_nothing_that_runs_comes_out_of_the_shared_payloads() -> None:
    """Not even before the sanitizer."""
    payloads = [one["payload"] for one in json.loads(SHARED.read_text("utf-8"))]
    assert len(payloads) > 200
    sources = [
        source
        for payload in payloads
        for source in (payload, f"<table><tr><td>{payload}<td>x<tr><td>y<td>{payload}</table>", html.escape(payload))
    ]
    assert [source for source in sources if dangers(rendered(source)) or active(to_html(markdown(source)))] == []


SLOW = {
    "breaks": "<p>" + "<br>" * 200_000,
    "lines": "<p>" + "a<br>" * 60_000,
    "marks": "<p>" + "<b>x</b> <i>y</i> <a href='/z'>z</a> " * 12_000,
    "unclosed marks": "<p>" + "<b><i>x " * 60_000,
    "nested containers": "<div>" * 100_000 + "x",
    "nested quotations": "<blockquote>" * 100_000 + "x",
    "nested lists": "<ul><li>x" * 50_000,
    "nested tables": "<table><tr><td>x<td>" * 30_000,
    "nested figures": "<figure>" * 100_000 + "<img src=a.jpg>",
    "items": "<ul>" + "<li>x" * 50_000,
    "cells": "<table>" + ("<tr>" + "<td>x" * 10) * 8_000,
    "wide cells": "<table>" + "<tr>" + "<td colspan=9999>x" * 50_000 + "<tr><td>y" * 50_000,
    "high cells": "<table>" + "<tr><td rowspan=9999>x" * 30_000,
    "signs": "<p>" + "*_`[&lt;" * 100_000,
    "underscores": "<p>" + "_" * 500_000,
    "ticks": "<p><code>" + "`" * 500_000 + "</code>",
    "spans of code": "<p>" + "<code>a`b</code>" * 50_000,
    "entities": "<p>" + "&amp;" + "a" * 500_000,
    "rules": "<p>" + "- " * 250_000 + "x",
    "digits": "<p>" + "1" * 500_000,
    "indents": "<pre>" + " " * 500_000 + "x",
    "pictures": "<figure>" + "<img src=a.jpg>" * 20_000,
}


@pytest.mark.parametrize("source", SLOW.values(), ids=SLOW.keys())
def test_no_page_takes_long(source: str) -> None:
    began = time.process_time()
    made(source)
    assert time.process_time() - began < 5


def test_a_tree_deeper_than_the_parser_makes_is_no_trouble() -> None:
    """Should the parser's limit ever go."""
    root = body("<div></div>")[0]
    inner = root
    for name in ("div", "blockquote", "b", "ul", "li") * 1_000:
        inner.append(inner.makeelement(name))
        inner = inner[0]
    inner.text = "x"
    assert [one.text for one in blocks([root], BASE)] == ["x"]
    assert text_of(root) == "x"
