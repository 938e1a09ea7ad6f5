"""The interface's words, dates and numbers in the language of a site."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from broadsheet.versions import installed

if TYPE_CHECKING:
    # Imported where a date is first printed: a build with nothing to render does without.
    from babel import Locale

ENGINE = installed("Babel")
"""What dates and numbers depend on besides ourselves."""

FALLBACK = "en"
"""The language that has every word."""

CATEGORIES = ("zero", "one", "two", "few", "many", "other")
"""The plural categories of CLDR."""

RIGHT_TO_LEFT = {
    "adlm", "arab", "aran", "ar", "arc", "ckb", "dv", "fa", "hebr", "he", "iw", "ks", "mand", "nkoo",
    "nqo", "ps", "rohg", "sam", "sd", "syrc", "syr", "thaa", "ug", "ur", "yi",
}  # fmt: skip
"""Languages, and scripts where a tag names one, that are written from right to left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What one key says: by plural category, only "other" where it counts nothing. `language` is that of the words."""

    language: str
    forms: Mapping[str, str] = field(hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """All that an interface says, in one language."""

    language: str
    texts: Mapping[str, Text] = field(hash=False)


Vocabulary = Mapping[str, Mapping[str, Text]]
"""Every text by language and key."""


class Wrong(NamedTuple):
    """What is wrong in a table of words; `key` is the way to it from the top."""

    key: tuple[str, ...]
    message: str
    hint: str


class UnknownWordsError(LookupError):
    """A template asks for words that there are not, or does not say what stands in their places."""


# Reading ---------------------------------------------------------------------------------------------


def vocabulary(tables: Mapping[str, Mapping[str, str | Mapping[str, str]]]) -> Vocabulary:
    """Tables of words by language, as TOML has them, to texts. They must be free of `mistakes`."""
    return {
        language.lower(): {key: Text(language=language, forms=_forms(value)) for key, value in table.items()}
        for language, table in tables.items()
    }


def merged(ours: Vocabulary, own: Vocabulary) -> Vocabulary:
    """A vocabulary with another laid over it, key by key."""
    return {language: {**ours.get(language, {}), **own.get(language, {})} for language in sorted({*ours, *own})}


def mistakes(tables: Mapping[str, Any], ours: Vocabulary) -> Iterator[Wrong]:
    """What is wrong with tables of words that are to be laid over `ours`: places are those of our English words."""
    known = _places_of(tables.get(FALLBACK)) | {key: _named(text.forms) for key, text in ours.get(FALLBACK, {}).items()}
    for language, table in tables.items():
        if not isinstance(table, dict) or not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", language):
            hint = "write each word below its language, as in [en] or [pt-BR]"
            yield Wrong((language,), f"{language} is not the table of a language", hint)
            continue
        for key, value in table.items():
            for one in _mistakes(language, key, value, known.get(key)):
                yield one._replace(key=(language, *one.key))


def spoken(vocabulary: Vocabulary, language: str) -> Words:
    """The words of a site in `language`: what it lacks is taken from the wider language, then from English."""
    texts: dict[str, Text] = dict(vocabulary.get(FALLBACK, {}))
    for wider in _wider(language):
        texts |= vocabulary.get(wider, {})
    return Words(language=language, texts={key: texts[key] for key in sorted(texts)})


def speaks(vocabulary: Vocabulary, language: str) -> bool:
    """Whether there are words in a language at all, or in a wider one; else all is said in English."""
    return any(wider in vocabulary for wider in _wider(language))


def _wider(language: str) -> list[str]:
    """A language with those that it is a kind of, the widest first: pt and pt-br for pt-BR."""
    parts = language.lower().split("-")
    return ["-".join(parts[:end]) for end in range(1, len(parts) + 1)]


def _forms(value: str | Mapping[str, str]) -> dict[str, str]:
    return {"other": value} if isinstance(value, str) else {name: value[name] for name in CATEGORIES if name in value}


def _places_of(table: object) -> dict[str, set[str]]:
    """The places of each text in a table that nobody has judged yet."""
    texts = table.items() if isinstance(table, dict) else ()
    return {key: _named(_forms(value)) for key, value in texts if isinstance(value, str | dict)}


def _named(forms: Mapping[str, object]) -> set[str]:
    return {name for form in forms.values() for name in _PLACE.findall(str(form))}


def _mistakes(language: str, key: str, value: object, places: set[str] | None) -> Iterator[Wrong]:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", key):
        yield Wrong((key,), f"{key!r} is not a key", "write keys in small letters, as in read_at")
    elif isinstance(value, str):
        yield from _misplaced((key,), value, places)
    elif not isinstance(value, dict) or not all(isinstance(form, str) for form in value.values()):
        yield Wrong((key,), f"{key} must be text in quotes", 'or one by number: {one = "{n} tag", other = "{n} tags"}')
    else:
        yield from _miscounted(language, key, value)
        for name, form in value.items():
            yield from _misplaced((key, name), form, places)


def _miscounted(language: str, key: str, forms: Mapping[str, str]) -> Iterator[Wrong]:
    needed = plural_categories(language)
    hint = f"the numbers of [{language}] are {', '.join(needed)}"
    for name in needed:
        if name not in forms:
            yield Wrong((key,), f"{key} has no word for {name}", hint)
    for name in forms:
        if name not in needed:
            yield Wrong((key, name), f"{key}: {name} is no number of this language", hint)


_PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def _misplaced(at: tuple[str, ...], text: str, places: set[str] | None) -> Iterator[Wrong]:
    if re.search(r"[{}]", _PLACE.sub("", text)):
        yield Wrong(at, f"{at[0]}: a brace that holds no place", "a place is a name in braces, as in {source}")
    if places is None:
        return
    for name in _PLACE.findall(text):
        if name not in places:
            near = difflib.get_close_matches(name, sorted(places), 1)
            known = ", ".join(f"{{{one}}}" for one in sorted(places))
            hint = f"did you mean {{{near[0]}}}?" if near else f"its places are {known}" if places else "it has none"
            yield Wrong(at, f"{at[0]}: there is no place {{{name}}}", hint)


# Saying ----------------------------------------------------------------------------------------------


def form_of(words: Words, key: str, places: Mapping[str, Any]) -> str:
    """The text of a key with its places still open; `n` among the places is what it counts.

    Raises UnknownWordsError, which names the nearest key or the place left out.
    """
    text = words.texts.get(key)
    if text is None:
        near = difflib.get_close_matches(key, words.texts, 1)
        hint = f"did you mean {near[0]}?" if near else "add it to words.toml"
        raise UnknownWordsError(f"there are no words {key!r}; {hint}")
    forms = text.forms
    form = forms["other"] if len(forms) == 1 else forms[_category(key, places, text.language)]
    for name in _places(form):
        if name not in places:
            raise UnknownWordsError(f"the words {key!r} need {name}")
    return form


def _category(key: str, places: Mapping[str, Any], language: str) -> str:
    if "n" not in places:
        raise UnknownWordsError(f"the words {key!r} need n")
    if not isinstance(places["n"], int | float):
        raise UnknownWordsError(f"the words {key!r} need a number as n, not {places['n']!r}")
    return plural_category(places["n"], language)


def say(words: Words, key: str, **places: Any) -> str:
    """The words of a key as plain text."""
    form = form_of(words, key, places)
    return filled(form, with_number(places, words.language)) if places else form


def filled(form: str, places: Mapping[str, Any]) -> str:
    """A form with something in each of its places."""
    return _PLACE.sub(lambda place: str(places[place[1]]), form)


def with_number(places: Mapping[str, Any], language: str) -> Mapping[str, Any]:
    """The same, with the count as it is written in a language."""
    count = places.get("n")
    return {**places, "n": number(count, language)} if isinstance(count, int | float) else places


@lru_cache(maxsize=4096)
def _places(form: str) -> tuple[str, ...]:
    return tuple(_PLACE.findall(form))


# Dates and numbers -----------------------------------------------------------------------------------


def day(moment: datetime, language: str) -> str:
    """A date for readers ("31 October 2025"), in the zone it carries; ISO 8601 in a language that is not known."""
    return _day(moment.date(), language)


def day_time(moment: datetime, language: str) -> str:
    """A date with its time and zone: "31 October 2025, 9:05 am CET". Midnight stands for the whole day."""
    if not (moment.hour or moment.minute):
        return day(moment, language)
    return f"{_day_time(moment.replace(tzinfo=None, fold=0), language)} {moment:%Z}".strip()


def weekday(moment: datetime, language: str) -> str:
    """The weekday's name; blank in a language that is not known."""
    return _weekday(moment.date(), language)


@lru_cache(maxsize=1024)
def month_year(year: int, month: int, language: str) -> str:
    """A month as a title: "October 2025"."""
    from babel.dates import format_date

    locale = _locale(language)
    if locale is None:
        return f"{year}-{month:02}"
    return format_date(date(year, month, 1), locale.datetime_skeletons["yMMMM"].pattern, locale)


@lru_cache(maxsize=1024)
def month(number: int, language: str) -> str:
    """A month's name by itself; two digits in a language that is not known."""
    names = _months(language)
    return names[number - 1] if names else f"{number:02}"


@lru_cache(maxsize=4096)
def number(value: float, language: str) -> str:
    """A number in groups of digits: 12,345."""
    locale = _locale(language)
    if locale is None:
        return f"{value:,}"
    from babel.numbers import format_decimal

    return format_decimal(value, locale=locale, numbering_system="latn")


@lru_cache(maxsize=1024)
def direction(language: str) -> str:
    """How a language is written: "rtl" or "ltr"."""
    tag, *parts = language.lower().split("-")
    scripts = [part for part in parts if len(part) == 4 and part.isalpha()]
    return "rtl" if (scripts[0] if scripts else tag) in RIGHT_TO_LEFT else "ltr"


@lru_cache(maxsize=4096)
def plural_category(value: float, language: str) -> str:
    """Which of the language's plural forms a number takes."""
    locale = _locale(language)
    if locale is None:
        return "other"
    return str(locale.plural_form(value))


def plural_categories(language: str) -> tuple[str, ...]:
    """The plural forms a language tells apart; one where it is not known."""
    locale = _locale(language)
    return tuple(name for name in CATEGORIES if name == "other" or (locale and name in locale.plural_form.tags))


@lru_cache(maxsize=256)
def _locale(language: str) -> Locale | None:
    """What Babel knows of a language, None when nothing. English without a country is the world's, not America's."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse("en-001" if language.lower() == "en" else language, sep="-")
    except (UnknownLocaleError, ValueError):
        return None


# Kept by date, not by moment: moments in two zones are equal, and their dates may differ.
@lru_cache(maxsize=4096)
def _day(date: date, language: str) -> str:
    from babel.dates import format_date

    locale = _locale(language)
    return format_date(date, "long", locale) if locale else date.isoformat()


@lru_cache(maxsize=4096)
def _day_time(moment: datetime, language: str) -> str:
    from babel.dates import format_time

    locale = _locale(language)
    if locale is None:
        return f"{moment:%Y-%m-%d %H:%M}"
    time = format_time(moment, "short", locale=locale)
    joined: str = locale.datetime_formats["long"].format(time, day(moment, language))
    return joined


@lru_cache(maxsize=4096)
def _weekday(date: date, language: str) -> str:
    from babel.dates import format_date

    locale = _locale(language)
    return format_date(date, "EEEE", locale) if locale else ""


@lru_cache(maxsize=256)
def _months(language: str) -> tuple[str, ...]:
    """The months' names as they stand alone.

    Taken from a copy: Babel 2.18 writes what it has resolved for one language
    into the data it shares with the next (`LocaleDataDict.__getitem__`), so that
    October would be 十月 in Hebrew after a page in Chinese.
    """
    from copy import deepcopy

    from babel.localedata import LocaleDataDict, load

    locale = _locale(language)
    if locale is None:
        return ()
    names = LocaleDataDict(deepcopy({"months": load(str(locale))["months"]}))["months"]["stand-alone"]["wide"]
    return tuple(names[number] for number in range(1, 13))
