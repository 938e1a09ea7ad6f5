"""What stands where a date is stated, to the moment it means."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

import dateparser
import htmldate

from broadsheet.capture.dom import Element

FIRST_YEAR, LAST_YEAR = 1985, 2100
FIRST_DAY = "1995-01-01"
LAST_DAY = f"{LAST_YEAR}-12-31"
MOST_ELEMENTS, MOST_TEXT = 20_000, 1_000_000
MOST_CHARACTERS = 80

ISO = re.compile(
    r"(?:(\d{4})([-/.])(\d\d?)\2(\d\d?)|(\d{4})(\d\d)(\d\d))"
    r"(?:(?:\s*[T,|]?\s*|\s+(?:at|um|à|kl\.?)\s+)"
    r"(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,:]\d{1,9})?)?)?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d\d:?\d\d|[+-]\d\d)?(?:\[[\w/]+\])?",
    re.I,
)
NUMBERS = re.compile(r"(?<!\d)(?P<one>\d\d?)(?P<mark>[./-])\s?(?P<two>\d\d?)(?P=mark)\s?(?P<year>\d{4}|\d\d)(?!\d)")
CLOCK = re.compile(r"(?<!\d)(\d\d?)[:.h](\d\d)(?!\d)\s*([ap]\.?m\.?)?", re.I)
IN_ADDRESS = re.compile(r"(?<!\d)(20\d\d|19[89]\d)([/-]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")
WORDED = re.compile(
    r"\d{1,2}(?:st|nd|rd|th|º|ª|er)?\.?\s*(?:de\s+|of\s+)?[^\W\d_]{3,12}\.?,?\s*(?:de\s+|del\s+)?\d{4}"
    r"|[^\W\d_]{3,12}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}"
    r"|\d{4}\s?[年년]\s?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일]"
)
MONTH_FIRST = ("en", "en-us", "en-ph")


def moment(value: object, *, language: str = "") -> datetime | None:
    """The moment a short text or number means, with its zone where it has one; None where it is none.

    `language` is a BCP 47 tag: it tells 4/5 from 5/4, and what the months are called.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return _from_epoch(str(int(value)) if abs(value) < 1e15 else "")
    if not isinstance(value, str):
        return None
    text = " ".join(value[: MOST_CHARACTERS * 2].split())[:MOST_CHARACTERS]
    readers: tuple[Callable[[], datetime | None], ...] = (
        lambda: _from_epoch(text),
        lambda: _from_iso(text),
        lambda: _from_mail(text),
        lambda: _from_numbers(text, language),
        lambda: _from_words(text, language),
    )
    return next((found for read in readers if (found := read()) is not None), None)


def in_address(address: str) -> datetime | None:
    """The day that stands in an address, where one does."""
    found = IN_ADDRESS.search(address)
    return _made(int(found[1]), int(found[3]), int(found[4])) if found else None


def guessed(root: Element, address: str) -> datetime | None:
    """The day htmldate finds in a page: for pages of usual size that state none where they should.

    Its New Year's Days are years without a day, mostly of a copyright.
    """
    if root.xpath("count(//*)") > MOST_ELEMENTS or root.xpath("string-length()") > MOST_TEXT:
        return None
    try:
        day = htmldate.find_date(root, original_date=True, url=address or None, min_date=FIRST_DAY, max_date=LAST_DAY)
    except (ValueError, TypeError, RecursionError, AttributeError, OverflowError):
        return None
    return _from_iso(day) if day and not day.endswith("-01-01") else None


def later(one: datetime, other: datetime) -> bool:
    """Whether `one` is later than `other` by more than a minute; by day where only one of them has a zone."""
    if (one.tzinfo is None) != (other.tzinfo is None):
        return one.date() > other.date()
    return one - other > timedelta(minutes=1)


def _from_epoch(text: str) -> datetime | None:
    if not re.fullmatch(r"\d{9,10}|\d{12,13}", text):
        return None
    seconds = int(text) / (1000 if len(text) > 10 else 1)
    found = datetime.fromtimestamp(seconds, tz=UTC)
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def _from_iso(text: str) -> datetime | None:
    found = ISO.match(text)
    if not found or (found.end() < len(text) and text[found.end()].isdigit()):
        return None
    year, month, date = (found[1], found[3], found[4]) if found[1] else (found[5], found[6], found[7])
    day = _made(int(year), int(month), int(date))
    if day is None or found["hour"] is None:
        return day
    return _at(day, int(found["hour"]), int(found["minute"]), int(found["second"] or 0), found["zone"] or "", text)


def _at(day: datetime, hour: int, minute: int, second: int, zone: str, text: str) -> datetime | None:
    if re.search(r"\d\s*pm\b", text, re.I) and hour < 12:
        hour += 12
    try:
        return day.replace(hour=hour % 24, minute=minute, second=min(second, 59), tzinfo=_zone(zone))
    except ValueError:
        return day


def _zone(text: str) -> timezone | None:
    if not text:
        return None
    if text.upper() in ("Z", "UTC", "GMT"):
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if offset > timedelta(hours=14):
        return None
    return timezone(-offset if text[0] == "-" else offset)


def _from_mail(text: str) -> datetime | None:
    """As mail and HTTP write it: Mon, 06 May 2024 10:00:00 +0200."""
    if not re.match(r"[A-Za-z]{3},? +\d{1,2} [A-Za-z]{3} \d{4} \d", text):
        return _from_script(text)
    try:
        return _plausible(parsedate_to_datetime(text))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _from_script(text: str) -> datetime | None:
    """As scripts print it: Mon May 06 2024 10:00:00 GMT+0200 (Central European Summer Time), or without the zone."""
    found = re.match(
        r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d\d?) (?:(\d{4}) )?(\d\d:\d\d:\d\d)(?: (?:GMT|UTC|[A-Z]{3,4}))?([+-]\d{4})?"
        r"(?: (\d{4}))?",
        text,
    )
    if not found or not (year := found[3] or found[6]):
        return None
    try:
        return _plausible(parsedate_to_datetime(f"{found[2]} {found[1]} {year} {found[4]} {found[5] or '-0000'}"))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _from_numbers(text: str, language: str) -> datetime | None:
    found = NUMBERS.search(text)
    if not found:
        return None
    one, two, year = int(found["one"]), int(found["two"]), int(found["year"])
    year += 2000 if year < 70 else 1900 if year < 100 else 0
    month_first = found["mark"] != "." and language.lower() in MONTH_FIRST
    day = _made(year, one, two) if month_first else _made(year, two, one)
    day = day or (_made(year, two, one) if month_first else _made(year, one, two))
    return _with_clock(day, text[found.end() :]) if day else None


def _with_clock(day: datetime, rest: str) -> datetime:
    found = CLOCK.search(rest[:30])
    if not found:
        return day
    hour, minute = int(found[1]), int(found[2])
    half = (found[3] or "").lower()
    hour = hour % 12 + (12 if half.startswith("p") else 0) if half else hour
    return day.replace(hour=hour, minute=minute) if hour < 24 and minute < 60 else day


def _from_words(text: str, language: str) -> datetime | None:
    found = WORDED.search(text)
    if not found:
        return None
    settings = {"PREFER_DAY_OF_MONTH": "first", "REQUIRE_PARTS": ["day", "month", "year"], "STRICT_PARSING": True}
    try:
        day = dateparser.parse(found[0], languages=_languages(language), settings=settings)
    except (ValueError, TypeError, RecursionError, OverflowError):
        return None
    day = _plausible(day.replace(tzinfo=None)) if day else None
    return _with_clock(day, text[found.end() :]) if day else None


def _languages(language: str) -> list[str]:
    primary = language.lower().partition("-")[0]
    known = {"no": "nb", "nn": "nb"}.get(primary, primary)
    return [known] if known == "en" or not known else [known, "en"]


def _made(year: int, month: int, day: int) -> datetime | None:
    try:
        return _plausible(datetime(year, month, day))  # noqa: DTZ001 -- a bare day has no zone, and is given none
    except ValueError:
        return None


def _plausible(when: datetime) -> datetime | None:
    return when if FIRST_YEAR <= when.year <= LAST_YEAR else None
