"""Markdown keeps its dialect, and nothing that runs comes out of it."""

from __future__ import annotations

import html
import json

import pytest
from hostile import PAYLOADS, SHARED, dangers
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.engine import DEEPEST_QUOTE
from broadsheet.markup import (
    addresses,
    clean,
    first_words,
    is_relative,
    references,
    resolved_path,
    sanitize,
    to_html,
    to_text,
    with_image_attributes,
    word_count,
)

EXAMPLES = SHARED.parent.parent / "markdown" / "commonmark-examples.json"


def safe(text: str) -> str:
    return sanitize(to_html(text))


# The dialect


def test_a_table_is_a_table_whose_alignment_is_a_class() -> None:
    html = safe("| Year | Metre |\n|-----:|:-----:|\n| 1799 | platinum |")
    assert "<table>" in html
    assert '<th class="align-right">Year</th>' in html
    assert '<td class="align-center">platinum</td>' in html
    assert "style" not in html


def test_fenced_code_is_highlighted() -> None:
    html = safe('```python\nprint("hello")\n```')
    assert '<div class="highlight"><pre>' in html
    assert '<span class="nb">print</span>' in html


def test_fenced_code_without_a_language_is_not_guessed_at() -> None:
    assert '<span class="' not in safe("```\nimport this\n```")


def test_a_footnote_has_its_mark_and_its_way_back() -> None:
    html = safe("A claim[^1].\n\n[^1]: Its ground.")
    assert '<sup id="fnref:1"><a class="footnote-ref" href="#fn:1">1</a></sup>' in html
    assert '<li id="fn:1">' in html
    assert 'href="#fnref:1"' in html


def test_text_is_python_markdowns_and_not_commonmarks() -> None:
    assert to_html("snake_case_name stays") == "<p>snake_case_name stays</p>"
    assert to_html("a line\nand the next") == "<p>a line\nand the next</p>"
    assert to_html("text\n- no list") == "<p>text\n- no list</p>"


def test_quotes_are_straight_unless_typography_is_asked_for() -> None:
    text = "\"Wait\" -- don't... `\"code\"`"
    assert sanitize(to_html(text)) == "<p>\"Wait\" -- don't... <code>\"code\"</code></p>"
    assert sanitize(to_html(text, typographic_quotes=True)) == "<p>“Wait” – don’t… <code>\"code\"</code></p>"


def test_one_text_leaves_nothing_behind_for_the_next() -> None:
    first = to_html("See [x].\n\n[x]: https://example.net/\n\nNote[^1].\n\n[^1]: One.")
    assert to_html("See [x] and [^1].") == "<p>See [x] and [^1].</p>"
    assert to_html("See [x].\n\n[x]: https://example.net/\n\nNote[^1].\n\n[^1]: One.") == first


def test_good_text_passes_unharmed() -> None:
    html = (
        '<p>H<sub>2</sub>O, <kbd>Ctrl</kbd>, <mark>x</mark>, <abbr title="As typed">a</abbr>, '
        '<del datetime="2026-01-01">old</del> <time datetime="2026-01-01">then</time> '
        '<a href="https://example.net/?a=1&amp;b=2" title="There">link</a> '
        '<a href="mailto:desk@example.org">mail</a></p>'
        '<details open=""><summary>More</summary><ruby>漢<rt>kan</rt></ruby></details>'
        '<ol start="3" reversed=""><li value="4">four</li></ol>'
        '<figure><img src="https://example.net/a.png" alt="A &amp; B"><figcaption>Seen</figcaption></figure>'
        '<table><tbody><tr><td colspan="2">wide</td></tr></tbody></table>'
        '<blockquote cite="https://example.net/">said</blockquote>'
    )
    assert sanitize(html) == html


# What may not come out


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_that_runs_comes_out_of_our_own_payloads(payload: str) -> None:
    assert dangers(safe(payload)) == []
    assert dangers(sanitize(payload)) == []


@pytest.mark.skipif(not SHARED.is_file(), reason=f"the shared payloads are not here ({SHARED})")
def test_nothing_that_runs_comes_out_of_the_shared_payloads() -> None:
    payloads = [one["payload"] for one in json.loads(SHARED.read_text("utf-8"))]
    assert len(payloads) > 200
    wrong = {
        payload: found
        for payload in payloads
        for made in (safe(payload), sanitize(payload), safe(f"- {payload}\n\n> {payload}"))
        if (found := dangers(made))
    }
    assert wrong == {}


@pytest.mark.skipif(not EXAMPLES.is_file(), reason=f"the CommonMark examples are not here ({EXAMPLES})")
def test_every_example_of_commonmark_is_rendered_and_harmless() -> None:
    """Python-Markdown reads some otherwise; none may stop it, and none may run."""
    examples = [one["markdown"] for one in json.loads(EXAMPLES.read_text("utf-8"))]
    assert len(examples) > 600
    assert [text for text in examples if dangers(safe(text))] == []
    assert max(len(first_words(text)) for text in examples) < 300


def test_the_judge_sees_what_is_planted() -> None:
    for planted in (
        "<script>x</script>", "<p onclick=x>", "<a href=' java\nscript:x'>", "<img src=data:image/png,x>",
        "<svg></svg>", "<math></math>", "<p style=x>", "<iframe></iframe>", "<p id=content>", "<form></form>",
        "<a href=vbscript:x>", "<meta charset=x>", "<base href=x>", "<object></object>", "<style></style>",
    ):  # fmt: skip
        assert dangers(f"<p>Good</p>{planted}"), planted


def test_the_judge_lets_good_text_pass() -> None:
    text = '[a](https://example.net/) `<script>` note[^1]\n\n[^1]: "javascript:x" <b>is</b> text.'
    assert dangers(safe(text)) == []


def test_hostile_text_is_dangerous_until_it_is_sanitized() -> None:
    assert sum(bool(dangers(to_html(payload))) for payload in PAYLOADS) > len(PAYLOADS) // 2


@given(st.text(alphabet=st.sampled_from("<>/=\"'&;:()[]!`*#\\\n\t\0 abjsvgonxhref"), max_size=60))
def test_nothing_that_runs_comes_out_of_any_text(text: str) -> None:
    assert dangers(safe(text)) == []


@pytest.mark.parametrize("space", ["\xa0", "\u1680", "\u2003", "\u2028", "\u3000", "\x1c", "\x85", "\ufeff"])
def test_no_space_before_a_scheme_hides_it(space: str) -> None:
    for address in (f"{space}javascript:alert(1)", f"javascript{space}:alert(1)", f" {space} data:text/html,x"):
        for resolve in (lambda address: address, lambda address: None):
            assert dangers(sanitize(f'<a href="{address}">x</a><img src="{address}">', resolve)) == []


def test_a_link_to_another_host_gets_a_scheme_or_goes() -> None:
    html = sanitize('<a href="//a.example/">a</a><a href="\\\\b.example/">b</a><a href="/\\c.example/">c</a>')
    assert html == '<a href="https://a.example/">a</a>bc'


def test_an_id_that_is_no_footnotes_is_dropped() -> None:
    assert sanitize('<li id="content">x</li><sup id="fnref:a">y</sup>') == '<li>x</li><sup id="fnref:a">y</sup>'


def test_only_classes_of_code_footnotes_and_alignment_stay() -> None:
    assert sanitize('<span class="kn masthead">x</span><td class="align-left"></td>').startswith('<span class="kn">')
    assert sanitize('<p class="nothing">x</p>') == "<p>x</p>"


# Limits


def test_text_nested_too_deep_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="nested"):
        to_html(">" * (DEEPEST_QUOTE + 1) + " x")
    with pytest.raises(ValueError, match="nested"):
        to_html("> " * (2 * DEEPEST_QUOTE) + "x")


def test_deep_quotations_below_the_limit_are_rendered() -> None:
    """The check of the limit once took twice as long for each further level: at 39 it would not have ended."""
    assert to_html("> " * DEEPEST_QUOTE + "x").count("<blockquote>") == DEEPEST_QUOTE


def test_text_too_long_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="characters"):
        to_html("x" * 1_000_001)


# Addresses


def test_relative_addresses_go_through_the_resolver_and_others_do_not() -> None:
    html = sanitize(to_html("[a](b.md) [c](https://d.example/) ![e](f.png)"), lambda address: f"/x/{address}")
    assert 'href="/x/b.md"' in html
    assert 'href="https://d.example/"' in html
    assert 'src="/x/f.png"' in html


VALUES = ("?a=1&copy=2", "a\xa0b.md", "a<b>.md", "it's.md", '"q".md', "  a.md\n", "", "&amp;.md", "#fn:1")


@pytest.mark.parametrize("value", VALUES)
def test_an_address_is_resolved_as_it_was_typed_and_written_as_the_sanitizer_writes_it(value: str) -> None:
    met: list[str] = []
    unsafe = f'<q cite="{html.escape(value)}">x</q>'

    def resolve(address: str) -> str:
        met.append(address)
        return address

    made = sanitize(unsafe, resolve)
    assert met == [value.strip("\t\n\f\r ")]
    assert made == clean(unsafe) == sanitize(made)


def test_what_looks_like_a_tag_in_an_attribute_is_none() -> None:
    typed = '<p title="<a href=">x</p><p title=" href=" lang="<a href=">y</p><a href="b.md" title="<img src=">z</a>'
    assert sanitize(typed, lambda address: f"/{address}") == clean(typed).replace("b.md", "/b.md")


def test_an_address_that_is_not_resolved_leaves_its_words() -> None:
    assert sanitize(to_html("[words](b.md)"), lambda address: None) == "<p>words</p>"


@pytest.mark.parametrize("address", ["a.md", "/a/", "?page=2", "#fn:1", "./a:b.md", ""])
def test_an_address_of_this_site_is_relative(address: str) -> None:
    assert is_relative(address)


@pytest.mark.parametrize(
    "address", ["https://a.example/", "//a.example/", "mailto:a@b.example", "\\\\a.example", "/\\a"]
)
def test_an_address_with_a_scheme_or_host_is_not_relative(address: str) -> None:
    assert not is_relative(address)


def test_references_finds_every_way_to_write_a_link() -> None:
    text = (
        "[a](a.md) [b](<b c.md>) [d](d.md 'title') ![e](e_(1).png) [f][f] <a href='g.md'> <img src=h.png>\n\n"
        "[f]: f.md\n[same](a.md) [out](https://example.net/) [part](#fn:1)\n"
    )
    assert references(text) == ("a.md", "b c.md", "d.md", "e_(1).png", "g.md", "h.png", "f.md")


@given(st.from_regex(r"[a-z0-9_.-]{1,12}\.(md|png)", fullmatch=True))
def test_references_finds_every_address_that_is_rendered(name: str) -> None:
    text = f"[words]({name}) and ![picture](<{name}>) and [ref]\n\n[ref]: {name}"
    assert addresses(text) <= set(references(text))


def test_links_in_code_and_comments_are_not_links() -> None:
    text = "`[a](a.md)`\n\n```\n[b](b.md)\n```\n\ntext\n\n    [c](c.md)\n\n<!-- [d](d.md) -->\n\n[e](e.md)"
    assert addresses(text) == {"e.md"}


def test_an_address_is_seen_from_its_file() -> None:
    assert resolved_path("articles/2026/a.md", "../b.md?x#y") == "articles/b.md"
    assert resolved_path("articles/a.md", "caf%C3%A9.md") == "articles/café.md"
    assert resolved_path("articles/a.md", "../../etc/passwd").startswith("..")


def test_of_a_link_without_an_address_its_words_stay() -> None:
    html = '<a title="T">a <b>b</b></a> <a href="https://c.example/">c</a> <abbr>d</abbr> <a>e'
    assert sanitize(html) == 'a <b>b</b> <a href="https://c.example/">c</a> <abbr>d</abbr> e'


def test_pictures_are_given_their_size() -> None:
    html = with_image_attributes('<img src="/a.png?x=1&amp;y=2"><img alt="b" src="/b.png">', lambda src: {"title": src})
    assert html == (
        '<img src="/a.png?x=1&amp;y=2" alt="" title="/a.png?x=1&amp;y=2"><img alt="b" src="/b.png" title="/b.png">'
    )


# Words


def test_the_first_words_are_those_of_the_first_paragraph() -> None:
    text = "# Heading\n\n![picture](a.png)\n\n> quoted\n\n- list\n\nFirst *words* & [a link][1], noted[^n].\n\nSecond."
    assert first_words(text + "\n\n[1]: https://example.net/\n\n[^n]: A note.") == "First words & a link, noted."


def test_the_first_words_end_with_a_sentence_or_a_word() -> None:
    assert first_words("A sentence that is whole. " * 20, 60) == "A sentence that is whole. A sentence that is whole."
    assert first_words("word " * 40, 22) == "word word word word …"


def test_the_first_words_of_text_that_cannot_be_rendered_are_none() -> None:
    assert first_words("words\n" + "> " * (DEEPEST_QUOTE + 1) + "x") == ""


def test_the_first_words_hold_no_markup() -> None:
    assert first_words("So <b onclick=x>bold</b><script>alert(1)</script> &lt;i&gt;") == "So bold <i>"
    assert to_text("<p>a &amp; b</p>") == "a & b"


def test_words_are_counted_in_scripts_with_and_without_spaces() -> None:
    assert word_count("four words of text") == 4
    assert word_count("日本語の文章") == 3


def test_tags_that_nest_without_end_are_refused_before_they_cost_anything() -> None:
    to_html("<b>x</b> " * 10_000)
    with pytest.raises(ValueError, match="HTML tags"):
        to_html("<div>" * 200_000)
