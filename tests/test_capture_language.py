"""Which language a page is in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.capture.language import language, tag
from broadsheet.capture.nouns import Found

ENGLISH = "The eels came back to the weir in the night, and nobody who lives by the water was awake to see it. " * 3
GERMAN = "Die Aale kamen in der Nacht zum Wehr zurück, und niemand, der am Wasser wohnt, war wach, um es zu sehen. " * 3


@pytest.mark.parametrize(
    ("stated", "spelled"),
    [
        ("en", "en"),
        ("en_us", "en-US"),
        ("EN-GB", "en-GB"),
        ("zh-hans-cn", "zh-Hans-CN"),
        ("es-419", "es-419"),
        ("de_DE.UTF-8", "de-DE"),
        ("iw", "he"),
        ("en, de", "en"),
        ("", ""),
        ("english", ""),
        ("x", ""),
        ("und", ""),
        ("<script>", ""),
        ("e" * 1000, ""),
    ],
)
def test_a_tag_is_spelled_as_it_ought_to_be(stated: str, spelled: str) -> None:
    assert tag(stated) == spelled


def test_what_the_page_states_stands_where_the_text_agrees() -> None:
    assert language([("en-GB", "html")], ENGLISH) == Found(value="en-GB", origin="html")
    assert language([("de", "html")], GERMAN) == Found(value="de", origin="html")


def test_a_template_that_says_english_of_another_language_is_not_believed() -> None:
    assert language([("en-US", "html"), ("de-AT", "OpenGraph")], GERMAN) == Found(value="de-AT", origin="OpenGraph")
    assert language([("en-US", "html")], GERMAN) == Found(value="de", origin="text")


def test_english_on_a_page_of_another_language_is_seen() -> None:
    assert language([("de", "html")], ENGLISH) == Found(value="en", origin="text")


def test_near_languages_are_left_as_stated() -> None:
    danish = "Ålene kom tilbage til dæmningen om natten, og ingen, der bor ved vandet, var vågen for at se det. " * 3
    assert language([("nb", "html")], danish) == Found(value="nb", origin="html")


def test_a_page_that_states_nothing_is_judged_by_its_text() -> None:
    assert language([], GERMAN) == Found(value="de", origin="text")
    assert language([], "Too short.") is None
    assert language([("", "html"), ("nonsense!", "meta")], "") is None


def test_a_text_too_short_to_judge_contradicts_nothing() -> None:
    assert language([("fr", "html")], "Un, deux, trois") == Found(value="fr", origin="html")
    assert language([("en", "html")], "") == Found(value="en", origin="html")


@given(st.text(max_size=60), st.text(max_size=400))
def test_a_tag_is_a_tag_or_nothing(stated: str, sample: str) -> None:
    assert tag(tag(stated)) == tag(stated)
    found = language([(stated, "html")], sample)
    assert found is None or tag(found.value) == found.value
