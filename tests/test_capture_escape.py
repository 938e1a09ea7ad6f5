"""Text of a stranger stays text: whatever signs are in it, the renderer shows them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.capture.escape import escape, tidy
from broadsheet.markup import sanitize, to_html, to_text

SIGNS = (
    "1. a", "# x", "- b", "***", "---", "```", "~~~", "| a | b |", "|---|---|", "[x](y)", "![x](y)", "[^1]", "[^1]: n",
    "[x]: y", "&amp;", "&lt", "<b>", "</p>", "<!--", "-->", "<?php", "<![CDATA[", "a@b.example", "<a@b.example>",
    "<http://x.example>", "    four", "snake_case", "_x_", "**y**", "$$", "\\", "\\*", "{: .x}", "Term\n: meaning",
    "*[A]: b", "===", "+ x", "2) x", "&#38;", "&#38", "C#", "<script>", "`", "``x``", "\x02klzzwxh:0000\x03", "[TOC]",
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=30),
    st.text(alphabet=st.sampled_from("\\`*_{}[]()<>#+-.!|~=:&;^/\"'ab1 é,\xa0\u200b\u202e\n\t"), max_size=25),
    st.lists(st.sampled_from(SIGNS), max_size=5).map(" ".join),
    st.lists(st.sampled_from(SIGNS), max_size=5).map("".join),
)


def shown(markdown: str) -> str:
    return " ".join(to_text(sanitize(to_html(markdown))).split())


@given(TEXTS)
def test_escaped_text_is_shown_as_it_was(text: str) -> None:
    assert shown(escape(text)) == " ".join(tidy(text).split())


@given(TEXTS)
def test_escaped_text_is_one_paragraph_without_any_element(text: str) -> None:
    assert re.fullmatch(r"(?:<p>[^<]*</p>)?", sanitize(to_html(escape(text))))
    assert "\n" not in escape(text)


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("around", ["{}", "word {}", "{} word", "word{}word", "({})", "- {}", "1. {}"])
def test_no_sign_is_read_wherever_it_stands(sign: str, around: str) -> None:
    text = around.format(sign)
    assert shown(escape(text)) == " ".join(tidy(text).split())


@pytest.mark.parametrize(
    "prose",
    [
        "In 2026 it rose by 3.5 % (or 3 * 4 < 13), she said.",
        "snake_case_name and __init__.py's cousin", "AT&T, R&D; Q&A", "A dash - and another -- and a plus + sign",
        "“Wait!” he said. Why? #hashtag", "e.g. 1990. And so on...",
        "~ about 5 ~ or so", "a = b == c", "it's 5 > 4", "C# and F#", "a | b", "note: this", "100% {sure}",
    ],
)  # fmt: skip
def test_ordinary_prose_is_left_alone(prose: str) -> None:
    kept = prose.replace("__init__", "\\_\\_init\\_\\_").replace("R&D;", "R&amp;D;")
    assert escape(prose) == kept


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("1990. It was", "1990\\. It was"),
        ("1990.5 was", "1990.5 was"),
        ("#1 in sales", "\\#1 in sales"),
        ("> 100 people", "\\> 100 people"),
        ("- so it goes", "\\- so it goes"),
        ("-5 degrees", "-5 degrees"),
        ("[sic]", "\\[sic\\]"),
        ("---", "\\---"),
    ],
)
def test_signs_are_escaped_where_a_line_begins(text: str, markdown: str) -> None:
    assert escape(text) == markdown


def test_what_is_not_seen_goes() -> None:
    assert tidy("a\u200bb\ufeffc\xadd\u202ee\u2066f\x00g\x1bh\U000e0041i") == "abcdefghi"
    assert tidy("a\u200cb") == "ab"


def test_joiners_stay_where_letters_need_them() -> None:
    assert tidy("می\u200cخواهم 👩\u200d👧") == "می\u200cخواهم 👩\u200d👧"


def test_white_space_is_a_browsers() -> None:
    assert tidy(" a \t\r\n b\u2028c\xa0d\u2009e") == " a b c\xa0d\u2009e"
