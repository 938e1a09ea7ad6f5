"""The interface's words: six languages that say the same, plurals, dates, numbers, and what can be wrong."""

from __future__ import annotations

import pickle
import re
import tomllib
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from digests import ROOT
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.theme import TEMPLATES
from broadsheet.words import (
    UnknownWordsError,
    Wrong,
    day,
    day_time,
    direction,
    merged,
    mistakes,
    month,
    month_year,
    number,
    plural_categories,
    plural_category,
    say,
    speaks,
    spoken,
    vocabulary,
    weekday,
)

TABLES = tomllib.loads((TEMPLATES / "words.toml").read_text("utf-8"))
OURS = vocabulary(TABLES)
LANGUAGES = ("en", "de", "fr", "es", "ar", "zh")
MOMENT = datetime(2025, 10, 31, 8, 5, tzinfo=UTC)


def laid_over(text: str) -> list[Wrong]:
    return list(mistakes(tomllib.loads(text), OURS))


# What ships


def test_the_six_languages_say_the_same() -> None:
    assert tuple(TABLES) == LANGUAGES
    assert [sorted(table.keys() ^ TABLES["en"].keys()) for table in TABLES.values()] == [[]] * 6


def test_nothing_is_wrong_with_what_ships() -> None:
    assert list(mistakes(TABLES, {})) == []


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_a_translation_has_the_places_of_the_english_words(language: str) -> None:
    def places(value: str | dict[str, str]) -> set[str]:
        return set(re.findall(r"\{(\w+)\}", value if isinstance(value, str) else " ".join(value.values())))

    assert {key: places(value) for key, value in TABLES[language].items()} == {
        key: places(value) for key, value in TABLES["en"].items()
    }


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_a_translation_is_none_where_it_repeats_the_english_words(language: str) -> None:
    english = {key: value for key, value in TABLES["en"].items() if re.search("[a-z]{4}", str(value))}
    same = [key for key, value in english.items() if TABLES[language][key] == value]
    assert len(same) < len(english) / 10, same


def test_every_word_is_asked_for_and_every_word_asked_for_is_there() -> None:
    sources = [file.read_text("utf-8") for file in TEMPLATES.iterdir() if file.suffix != ".toml"]
    sources += [file.read_text("utf-8") for file in (ROOT / "broadsheet").glob("*.py")]
    asked = {key for source in sources for key in re.findall(r"""\bwords\(\s*["'](\w+)["']""", source)}
    named = {key for source in sources for key in re.findall(r"""["']([a-z][a-z0-9_]*)["']""", source)}
    assert asked - TABLES["en"].keys() == set()
    assert TABLES["en"].keys() - named == set()


# Saying


def test_a_language_that_lacks_a_word_says_it_in_the_wider_language_then_in_english() -> None:
    own = vocabulary({"de-AT": {"search": "Suchn"}, "pl": {"search": "Szukaj"}})
    austrian, polish = (spoken(merged(OURS, own), language) for language in ("de-AT", "PL-pl"))
    assert [say(austrian, key) for key in ("search", "archive")] == ["Suchn", "Archiv"]
    assert [say(polish, key) for key in ("search", "archive")] == ["Szukaj", "Archive"]


def test_a_language_that_nobody_speaks_here_is_told_from_one_with_a_word_of_its_own_or_of_a_wider_one() -> None:
    table = vocabulary({"en": {"tags": "Tags"}, "pt": {"tags": "Temas"}})
    assert [speaks(table, one) for one in ("en", "en-GB", "pt-BR", "PT", "fi", "p")] == [True] * 4 + [False] * 2


def test_a_language_of_nobody_is_english() -> None:
    assert say(spoken(OURS, "tlh"), "articles", n=1) == "1 article"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["0 articles", "1 article", "2 articles", "1,234 articles"]),
        ("de", ["0 Artikel", "1 Artikel", "2 Artikel", "1.234 Artikel"]),
        ("fr", ["0 article", "1 article", "2 articles", "1\u202f234 articles"]),
        ("zh", ["0 篇文章", "1 篇文章", "2 篇文章", "1,234 篇文章"]),
    ],
)
def test_what_is_counted_takes_its_plural_and_digits_in_groups(language: str, said: list[str]) -> None:
    words = spoken(OURS, language)
    assert [say(words, "articles", n=n) for n in (0, 1, 2, 1234)] == said


def test_arabic_has_six_plurals() -> None:
    words = spoken(OURS, "ar")
    assert len({re.sub(r"\d+", "#", say(words, "articles", n=n)) for n in (0, 1, 2, 3, 11, 100)}) == 6


def test_english_words_in_another_language_count_in_english() -> None:
    # Polish tells "few" from "many", which the English text has not.
    words = spoken(OURS, "pl")
    assert [say(words, "articles", n=n) for n in (1, 2, 5)] == ["1 article", "2 articles", "5 articles"]


def test_a_word_that_is_not_there_names_the_nearest() -> None:
    with pytest.raises(UnknownWordsError, match="did you mean articles"):
        say(spoken(OURS, "en"), "artikles", n=1)


@given(st.text(), st.sampled_from(LANGUAGES))
def test_what_stands_in_a_place_comes_out_as_it_is(text: str, language: str) -> None:
    form = TABLES[language]["read_at"]
    assert say(spoken(OURS, language), "read_at", source=text) == form.replace("{source}", text)


def test_words_can_be_sent_to_another_process() -> None:
    words = spoken(OURS, "ar")
    assert pickle.loads(pickle.dumps(words)) == words


# What can be wrong


@pytest.mark.parametrize(
    ("text", "key", "message"),
    [
        ('[en]\nread_at = "at {sorce}"', ("en", "read_at"), "there is no place {sorce}"),
        ('[en]\nskip = "{n}"', ("en", "skip"), "there is no place {n}"),
        ('[de]\narticles = {one = "x", other = "{m}"}', ("de", "articles", "other"), "there is no place {m}"),
        ('[pl]\narticles = {one = "x", other = "y"}', ("pl", "articles"), "articles has no word for few"),
        ('[zh]\narticles = {one = "x", other = "y"}', ("zh", "articles", "one"), "one is no number of this language"),
        ("[en]\nskip = 1", ("en", "skip"), "must be text in quotes"),
        ('[en]\nskip = {other = 1}', ("en", "skip"), "must be text in quotes"),
        ('[en]\nskip = "a { b"', ("en", "skip"), "a brace that holds no place"),
        ('[en]\nskip = "{0}"', ("en", "skip"), "a brace that holds no place"),
        ('[en]\nSkip = "x"', ("en", "Skip"), "is not a key"),
        ('skip = "x"', ("skip",), "not the table of a language"),
        ('["e n"]\nskip = "x"', ("e n",), "not the table of a language"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_the_way_to_it(text: str, key: tuple[str, ...], message: str) -> None:
    found = laid_over(text)
    assert {one.key for one in found} == {key}
    assert message in found[0].message
    assert found[0].hint


def test_a_place_is_told_with_the_one_that_was_meant() -> None:
    assert [one.hint for one in laid_over('[fr]\nread_at = "{sourcce}"')] == ["did you mean {source}?"]


def test_a_new_word_has_the_places_of_its_own_english() -> None:
    text = '[en]\nsend = "Send to {name}"\n[de]\nsend = "An {nmae} senden"\n'
    assert [(one.key, one.hint) for one in laid_over(text)] == [(("de", "send"), "did you mean {name}?")]
    assert laid_over('[de]\nsend = "An {nmae} senden"\n') == []


def test_a_language_that_is_not_known_has_one_number() -> None:
    assert plural_categories("tlh") == ("other",)
    assert laid_over('[tlh]\narticles = {other = "{n}"}') == []


@given(st.recursive(st.text() | st.integers(), lambda inner: st.dictionaries(st.text(), inner), max_leaves=10))
def test_no_table_whatever_breaks_the_judge(value: object) -> None:
    list(mistakes({"en": value, "de": {"skip": value}}, OURS))


# Dates and numbers


@pytest.mark.parametrize(
    ("language", "dated", "named", "of_year"),
    [
        ("en", "31 October 2025", "October", "October 2025"),
        ("en-US", "October 31, 2025", "October", "October 2025"),
        ("de", "31. Oktober 2025", "Oktober", "Oktober 2025"),
        ("fr", "31 octobre 2025", "octobre", "octobre 2025"),
        ("es", "31 de octubre de 2025", "octubre", "octubre de 2025"),
        ("ar", "31 أكتوبر 2025", "أكتوبر", "أكتوبر 2025"),
        ("zh", "2025年10月31日", "十月", "2025年10月"),
        ("tlh", "2025-10-31", "10", "2025-10"),
    ],
)
def test_dates_are_in_the_order_and_words_of_the_language(language: str, dated: str, named: str, of_year: str) -> None:
    assert (day(MOMENT, language), month(10, language), month_year(2025, 10, language)) == (dated, named, of_year)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "31 October 2025, 8:05 am UTC"), ("de", "31. Oktober 2025, 08:05 UTC"),
        ("zh", "2025年10月31日 08:05 UTC"), ("tlh", "2025-10-31 08:05 UTC"),
    ],
)  # fmt: skip
def test_a_time_has_its_zone(language: str, told: str) -> None:
    assert day_time(MOMENT, language).replace("\u202f", " ") == told


def test_weekdays_have_names() -> None:
    assert [weekday(MOMENT, language) for language in ("en", "fr", "zh", "tlh")] == ["Friday", "vendredi", "星期五", ""]


def test_equal_moments_in_two_zones_keep_their_own_dates() -> None:
    here, there = (MOMENT.astimezone(timezone(timedelta(hours=hours))) for hours in (0, 20))
    assert here == there
    assert (day(here, "en"), day(there, "en")) == ("31 October 2025", "1 November 2025")
    assert (weekday(here, "en"), weekday(there, "en")) == ("Friday", "Saturday")
    assert day_time(here, "de") != day_time(there, "de")


def test_the_hour_that_comes_twice_is_told_by_its_zone() -> None:
    zone = ZoneInfo("Europe/Vienna")
    twice = [datetime(2025, 10, 26, 2, 30, tzinfo=zone, fold=fold) for fold in (0, 1)]
    assert [day_time(one, "de")[-4:] for one in twice] == ["CEST", " CET"]


def test_months_do_not_hang_on_the_languages_asked_for_before() -> None:
    # Babel 2.18 keeps what it resolved for one language where the next finds it.
    assert [month(10, language) for language in ("zh", "he", "ja", "pt-BR")] == ["十月", "אוקטובר", "10月", "outubro"]


def test_digits_are_latin_in_every_language() -> None:
    for language in ("ar", "ar-EG", "fa", "bn", "hi", "mr"):
        assert number(1234, language).replace("\u066c", "").isascii(), language
        assert "31" in day(MOMENT, language)


@given(st.from_regex(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", fullmatch=True), st.datetimes(timezones=st.just(UTC)))
def test_no_language_tag_whatever_breaks_a_date_or_a_number(language: str, moment: datetime) -> None:
    assert day(moment, language)
    assert day_time(moment, language)
    assert month(moment.month, language)
    assert month_year(moment.year, moment.month, language)
    assert number(moment.year, language)
    assert plural_category(moment.year, language) in plural_categories(language)
    weekday(moment, language)


@pytest.mark.parametrize("language", ["ar", "AR-eg", "fa", "he", "ur", "az-Arab", "ks", "yi", "dv"])
def test_what_is_written_from_right_to_left(language: str) -> None:
    assert direction(language) == "rtl"


@pytest.mark.parametrize("language", ["en", "az", "ur-Latn", "zh-Hant", "ku", "arn"])
def test_what_is_written_from_left_to_right(language: str) -> None:
    assert direction(language) == "ltr"
