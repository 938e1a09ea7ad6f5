"""Scraped text to lines: nothing unseen, wrapped and broken sentences whole, lists and headings left alone."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.capture.lines import normal, parse

PROSE = (
    "The vessel is pulled along a submerged cable by a winch on shore and needs about a tenth of the energy of the"
    " ships it replaces, according to a report that the harbour office published in the spring of last year."
)


def texts(text: str) -> list[str]:
    return [line.text for line in parse(text)]


def test_empty_lines_are_no_lines_but_are_counted() -> None:
    first, second = parse("One.\n\n\nTwo.\n")
    assert (first.gap, second.gap) == (0, 2)
    assert second.raw[0].number == 4


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_they_do_on_any_system(end: str) -> None:
    assert texts(f"One.{end}Two.") == ["One.", "Two."]


def test_what_cannot_be_seen_is_gone() -> None:
    assert texts("\ufeffA\u200bbc\xa0d\x00e \u202ef\xadg\x0c") == ["Abc de fg"]


def test_letters_are_composed() -> None:
    assert texts("Cafe\u0301") == ["Café"]


def test_half_a_surrogate_is_replaced() -> None:
    assert texts("a\ud800b") == ["a\ufffdb"]


@pytest.mark.parametrize("width", [60, 72, 78, 100])
def test_wrapped_paragraphs_are_unwrapped(width: int) -> None:
    wrapped = "\n\n".join([textwrap.fill(PROSE, width)] * 3)
    assert texts(wrapped) == [PROSE] * 3


def test_a_wrapped_quotation_is_unwrapped() -> None:
    quoted = "\n".join(f"> {line}" for line in textwrap.wrap(PROSE, 76))
    lines = parse("\n\n".join([quoted, *[textwrap.fill(PROSE, 78)] * 2]))
    assert [(line.kind, line.text) for line in lines] == [("quote", PROSE), ("", PROSE), ("", PROSE)]


def test_items_of_a_list_are_not_joined() -> None:
    wrapped = textwrap.fill(PROSE, 78)
    lines = parse(f"# A headline\n\n{wrapped}\n\n{wrapped}\n\n  * apples\n  * pears and\n  * plums\n")
    assert [line.text for line in lines[-3:]] == ["apples", "pears and", "plums"]
    assert {line.kind for line in lines[-3:]} == {"item"}


def test_headlines_under_one_another_are_not_taken_for_wrapped() -> None:
    headlines = [
        "Oyster beds reopen after two quiet winters at sea",
        "The lighthouse keeper who never once saw the sea",
        "Why the price of rope doubled, and who pays for it",
        "Storm closes the coast road for the third time",
    ]
    body = [PROSE, PROSE]
    assert texts("\n".join(headlines + body)) == headlines + body


def test_a_sentence_broken_at_a_link_is_mended() -> None:
    broken = (
        "The council, which met on Tuesday, was told by\nthe harbour office\nthat the ferries must go\n.\n"
        "Nobody objected."
    )
    assert texts(broken) == [
        "The council, which met on Tuesday, was told by the harbour office that the ferries must go.",
        "Nobody objected.",
    ]


def test_a_menu_is_not_mended() -> None:
    menu = ["Home", "News", "iPhone", "Business", "Opinion"]
    assert texts("\n".join(menu)) == menu


def test_chinese_is_joined_without_spaces() -> None:
    first, second = "青湾镇的孩子们上学不再绕路了，这座人行桥于上周六正式开放，桥面全长共有四", "，十二米。"
    assert texts(f"{first}\n{second}") == [first + second]


def test_light_markup_is_read_and_taken_away() -> None:
    text = "# Head\n\n**Lead.**\n\nA _very_ [good](https://x.example/a_b) and **bold** word\\."
    text += "\n\n## Sub\n\n> Said.\n\n1. One"
    lines = parse(text)
    assert [(line.kind, line.level, line.text) for line in lines] == [
        ("heading", 1, "Head"),
        ("", 0, "Lead."),
        ("", 0, "A very good and bold word."),
        ("heading", 2, "Sub"),
        ("quote", 0, "Said."),
        ("item", 0, "One"),
    ]
    assert lines[-1].ordinal == "1."
    assert lines[1].strong


def test_a_line_of_marks_alone_is_none() -> None:
    assert texts("*\n|\n•\nText.\n") == ["Text."]


@given(st.text())
def test_every_line_that_shows_anything_is_accounted_for_once(text: str) -> None:
    written = normal(text).split("\n")
    numbers = [raw.number for line in parse(text) for raw in line.raw]
    assert numbers == sorted(set(numbers))
    assert all(written[number - 1].strip() for number in numbers)


@given(st.text(alphabet="ab .\n*#_[]()>\\1-\u3042“”", max_size=300))
def test_no_line_is_empty_or_has_an_end_of_line_in_it(text: str) -> None:
    for line in texts(text):
        assert line == line.strip()
        assert line
        assert "\n" not in line


@pytest.mark.parametrize("piece", ["**a ", "__a ", "[a", "![", "*", "_a", "\\", "a,\n", "x\n", "> ", "1. "])
def test_a_million_of_anything_is_read_in_time(piece: str) -> None:
    assert parse(piece * (1_000_000 // len(piece))) is not None
