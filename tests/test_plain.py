"""Safe HTML as plain text: nothing lost, nothing escaped, no line too long."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.markup import sanitize, to_html, with_heading_levels
from broadsheet.plain import WIDTH, columns, to_plain, underlined, wrapped

LONG = "Nobody had thought of asking the lighthouse keeper, who had seen the ship pass on each of the three nights."


def plain(text: str) -> str:
    return to_plain(with_heading_levels(sanitize(to_html(text))))


def test_a_paragraph_is_wrapped_and_its_words_stay() -> None:
    said = plain(LONG)
    assert said.split() == LONG.split()
    assert len(said.split("\n")) == 2
    assert max(map(len, said.split("\n"))) <= WIDTH


def test_links_are_numbered_and_told_below_each_address_once() -> None:
    said = plain("[One](https://a.example/1), [two](https://a.example/2), [again](https://a.example/1).")
    assert said == "One [1], two [2], again [1].\n\n[1] https://a.example/1\n[2] https://a.example/2"


def test_an_address_that_is_its_own_words_is_not_told_twice() -> None:
    assert plain("<https://a.example/> and <me@a.example>") == "https://a.example/ and me@a.example"


def test_a_picture_is_its_words_and_its_address() -> None:
    assert plain("![A map](https://a.example/m.png)") == "[A map] [1]\n\n[1] https://a.example/m.png"


def test_quotations_keep_their_mark_on_every_line() -> None:
    said = plain(f"> {LONG}\n>\n> > Inner.\n\nAfter.").split("\n")
    assert [line[:2] for line in said] == ["> ", "> ", ">", "> ", "", "Af"]
    assert said[3] == "> > Inner."


def test_lists_keep_their_points_and_numbers() -> None:
    said = plain(f"- one\n- two\n    - inner\n\nText.\n\n<ol start=3><li>{LONG}<li>four</ol>")
    assert said.split("\n") == [
        "- one", "- two", "  - inner", "", "Text.", "",
        "3. Nobody had thought of asking the lighthouse keeper, who had seen the",
        "   ship pass on each of the three nights.",
        "4. four",
    ]  # fmt: skip


def test_headings_are_underlined() -> None:
    assert plain("## Part\n\nText.\n\n### Within\n\nMore.") == "Part\n----\n\nText.\n\nWithin\n\nMore."
    assert underlined("海の日") == "海の日\n======"


def test_code_stands_as_it_was_typed() -> None:
    code = 'def f():\n    return "<b>&amp;"  # ' + "long " * 30
    assert plain(f"```python\n{code}\n```") == "\n".join(f"    {line}".rstrip() for line in code.split("\n"))


def test_a_narrow_table_is_columns_and_a_wide_one_a_line_for_each_cell() -> None:
    assert plain("| Name | Tons |\n|---|---|\n| Ada | 7 |\n| Bo | 12 |").split("\n") == [
        "Name  Tons", "----  ----", "Ada   7", "Bo    12",
    ]  # fmt: skip
    wide = plain(f"| Name | Story |\n|---|---|\n| Ada | {LONG} |\n| Bo | none |")
    assert wide.startswith("Name: Ada\nStory: Nobody had")
    assert wide.endswith("\n\nName: Bo\nStory: none")


def test_footnotes_are_named_where_they_belong() -> None:
    said = plain("Text[^why].\n\n[^why]: Because of [this](https://a.example/).")
    assert said == "Text[^why].\n\n* * *\n\n[^why] Because of this [1].\n\n[1] https://a.example/"


def test_signs_that_markup_stands_for_are_text() -> None:
    assert plain("x<sup>2</sup>, ~~no~~ <del>old</del>, `a < b` &amp; <q>so</q>") == (
        "x^2, ~~no~~ ~~old~~, `a < b` & “so”"
    )


def test_writing_without_spaces_is_wrapped_by_columns_and_no_line_begins_with_a_stop() -> None:
    lines = wrapped("海上的灯塔看守人说，那艘船连续三个晚上都从这里经过。" * 6).split("\n")
    assert all(columns(line) <= WIDTH + 2 for line in lines)
    assert not any(line.startswith(("，", "。")) for line in lines)
    assert len(lines) == 5


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 9000 + "x", "<blockquote>" * 5000 + "<p>x</p>" * 200, "<table>" * 4000 + "<td>x" * 4000,
        "<ul><li>" * 4000 + "x", '<a href="https://a.example/">' * 4000 + "x", "<pre>" * 3000 + "x",
        "<td>x</td>" * 4000, "<dd>" * 5000 + "x",
    ],
)  # fmt: skip
def test_text_that_is_nested_without_end_stays_small_and_keeps_its_words(markup: str) -> None:
    said = to_plain(sanitize(markup))
    assert "x" in said
    assert len(said) < 500_000


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=400))
def test_no_control_character_comes_out(text: str) -> None:
    said = plain(text)
    assert not [one for one in said if unicodedata.category(one) == "Cc" and one != "\n"]
    assert not re.search(r"[ \t]$", said, re.M)


@given(st.lists(st.text(alphabet="abcdefghij", min_size=1, max_size=30), max_size=80))
def test_wrapping_keeps_the_words_and_their_order(words: list[str]) -> None:
    lines = wrapped(" ".join(words)).split("\n")
    assert " ".join(lines).split() == words
    assert all(len(line) <= WIDTH for line in lines)


@given(st.text(alphabet="<>&\"'/ab=", max_size=200))
def test_what_was_escaped_comes_out_as_typed(text: str) -> None:
    code = text.replace("&", "&amp;").replace("<", "&lt;")
    assert to_plain(f"<pre>{sanitize(f'<pre>{code}</pre>')[5:-6]}</pre>").strip() == text.strip()
