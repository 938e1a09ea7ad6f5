"""What stands where authors are named, to their names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.capture.people import has_person, is_byline, is_signature, people


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ada Merle", ("Ada Merle",)),
        ("By Ada Merle", ("Ada Merle",)),
        ("Von Ada Merle und Bo Tarn", ("Ada Merle", "Bo Tarn")),
        ("Par Ada Merle avec AFP", ("Ada Merle",)),
        ("Por Ada Merle y Bo Tarn", ("Ada Merle", "Bo Tarn")),
        ("José Ortega y Gasset", ("José Ortega y Gasset",)),
        ("Text: Ada Merle; Fotos: Bo Tarn", ("Ada Merle",)),
        ("Written by Ada Merle, Bo Tarn & Cy Vole", ("Ada Merle", "Bo Tarn", "Cy Vole")),
        ("Ada Merle, Weir Press", ("Ada Merle",)),
        ("Ada Merle, Senior Reporter", ("Ada Merle",)),
        ("Ada Merle | The Weir Times", ("Ada Merle",)),
        ("Ada Merle in Paris", ("Ada Merle",)),
        ("Ada Merle (AP)", ("Ada Merle",)),
        ("Ada Merle on May 4, 2024", ("Ada Merle",)),
        ("Dr. Ada Merle, MD", ("Dr. Ada Merle",)),
        ("ada@weir.example (Ada Merle)", ("Ada Merle",)),
        ("ADA O'MERLE", ("Ada O'Merle",)),
        ("ADA MERLE Weir Press", ("Ada Merle",)),
        ("ludwig van Merle", ()),
        ("van der Merle", ("van der Merle",)),
        ("TPX, in News, Business", ("TPX",)),
        ("dpa", ("dpa",)),
        ("Weir Staff", ("Weir Staff",)),
        ("Will April Read", ("Will April Read",)),
        ("山田太郎", ("山田太郎",)),
        ("Иван Мерл", ("Иван Мерл",)),
        ("Staff", ()),
        ("admin", ()),
        ("jdadmin", ()),
        ("@adamerle", ()),
        ("https://weir.example/authors/ada", ()),
        ("ada@weir.example", ()),
        ("Marketing and Event Coordinator", ()),
        ("Updated 5 hours ago", ()),
        ("The eels are back again", ()),
        ("2024-05-06", ()),
        ("<script>alert(1)</script>", ()),
        ("", ()),
    ],
)
def test_names_are_taken_out_of_what_surrounds_them(text: str, names: tuple[str, ...]) -> None:
    assert people([text]) == names


def test_a_name_comes_once_however_it_is_spelled() -> None:
    assert people(["Zoë Merle", "zoe merle", "ZOË MERLE"]) == ("Zoë Merle",)


def test_the_sites_own_name_stands_only_where_nobody_else_does() -> None:
    assert people(["The Weir Times", "Ada Merle"], site={"weirtimes"}) == ("Ada Merle",)
    assert people(["The Weir Times"], site={"weirtimes"}) == ("The Weir Times",)


def test_agencies_and_desks_are_no_persons() -> None:
    assert has_person(["Weir Press", "Ada Merle"])
    assert not has_person(["Weir Press", "dpa", "Editorial Team"])


def test_a_byline_begins_so_and_a_signature_is_nothing_else() -> None:
    assert is_byline("By Ada Merle, our woman on the water")
    assert not is_byline("By the river it was still dark when the eels came")
    assert is_signature("By Ada Merle")
    assert not is_signature("By and by")


@given(st.lists(st.text(max_size=80), max_size=5))
def test_names_are_few_and_short_and_clean(values: list[str]) -> None:
    names = people(values)
    assert len(names) <= 20
    for name in names:
        assert 2 <= len(name) <= 100
        assert not set(name) & set("\n\x00\u202e<>@")


def test_ten_thousand_authors_are_twenty() -> None:
    assert len(people([f"{chr(65 + i % 26)}da Merle{chr(97 + i // 26 % 26)}" for i in range(10_000)])) == 20
