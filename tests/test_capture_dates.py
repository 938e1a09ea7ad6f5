"""What stands where a date is stated, to the moment it means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.capture.dates import guessed, in_address, later, moment
from broadsheet.capture.dom import page

EAST = timezone(timedelta(hours=2))
DAY = datetime(2024, 5, 6)


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2024-05-06", DAY),
        ("20240506", DAY),
        ("2024/5/6", DAY),
        ("2024.05.06", DAY),
        ("2024-05-06T10:20:30+02:00", datetime(2024, 5, 6, 10, 20, 30, tzinfo=EAST)),
        ("2024-05-06T10:20:30+0200", datetime(2024, 5, 6, 10, 20, 30, tzinfo=EAST)),
        ("2024-05-06T10:20:30.123456Z", datetime(2024, 5, 6, 10, 20, 30, tzinfo=UTC)),
        ("2024-05-06T10:20", datetime(2024, 5, 6, 10, 20)),
        ("2024-05-06 10:20:30 +02", datetime(2024, 5, 6, 10, 20, 30, tzinfo=EAST)),
        ("2024-05-06 | 10:20", datetime(2024, 5, 6, 10, 20)),
        ("Mon, 06 May 2024 10:20:30 +0200", datetime(2024, 5, 6, 10, 20, 30, tzinfo=EAST)),
        (
            "Mon May 06 2024 10:20:30 GMT+0200 (Central European Summer Time)",
            datetime(2024, 5, 6, 10, 20, 30, tzinfo=EAST),
        ),
        ("1714983630", datetime(2024, 5, 6, 8, 20, 30, tzinfo=UTC)),
        ("1714983630000", datetime(2024, 5, 6, 8, 20, 30, tzinfo=UTC)),
        (1714983630, datetime(2024, 5, 6, 8, 20, 30, tzinfo=UTC)),
        ("Published May 6, 2024 at 4:05 p.m. EDT", datetime(2024, 5, 6, 16, 5)),
        ("6th May 2024", DAY),
    ],
)
def test_a_moment_is_read_in_every_usual_spelling(text: object, when: datetime) -> None:
    found = moment(text, language="en")
    assert found == when
    assert found is not None
    assert found.utcoffset() == when.utcoffset()


@pytest.mark.parametrize(
    ("text", "language", "when"),
    [
        ("05/06/2024", "en-US", datetime(2024, 5, 6)),
        ("05/06/2024", "en-GB", datetime(2024, 6, 5)),
        ("05/06/2024", "fr", datetime(2024, 6, 5)),
        ("25/12/2024", "en-US", datetime(2024, 12, 25)),
        ("06.05.24, 17:05 Uhr", "de", datetime(2024, 5, 6, 17, 5)),
        ("6. Mai 2024", "de", DAY),
        ("6 de mayo de 2024", "es", DAY),
        ("6 mai 2024", "fr", DAY),
        ("1er mai 2024", "fr", datetime(2024, 5, 1)),
        ("6. maj 2024", "da", DAY),
        ("6 мая 2024", "ru", DAY),
        ("2024年5月6日", "ja", DAY),
        ("May 6, 2024", "de", DAY),
    ],
)
def test_the_language_tells_the_order_and_the_months(text: str, language: str, when: datetime) -> None:
    assert moment(text, language=language) == when


@pytest.mark.parametrize(
    "text",
    ["", "today", "2 hours ago", "2024-05", "2024-13-40", "0000-00-00", "99999-12-31", "9" * 5000, "May 2024", "NaN",
     None, True, float("nan"), float("inf"), 10**400, [], {"@value": "2024"}, "1200-01-01", "Eels, 2024 edition"],
)  # fmt: skip
def test_what_is_no_date_is_none(text: object) -> None:
    assert moment(text, language="en") is None


@given(
    st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2099, 12, 31)), st.sampled_from([None, UTC, EAST])
)
def test_what_is_written_as_iso_is_read_back(when: datetime, zone: timezone | None) -> None:
    when = when.replace(microsecond=0, tzinfo=zone)
    assert moment(when.isoformat()) == when


@given(
    st.text(max_size=120) | st.from_regex(r"\d{1,12}[-/. ]\d{1,4}[-/. ]\d{1,4}.*"),
    st.sampled_from(["", "en", "de", "xx-YY"]),
)
def test_no_text_brings_it_down(text: str, language: str) -> None:
    found = moment(text, language=language)
    assert found is None or 1985 <= found.year <= 2100


@pytest.mark.parametrize(
    ("address", "day"),
    [
        ("https://weir.example/2024/05/06/eels", DAY),
        ("https://weir.example/news/2024-05-06-eels", DAY),
        ("https://weir.example/20240506/eels", DAY),
        ("https://weir.example/2024/02/31/eels", None),
        ("https://weir.example/eels-1202405061", None),
        ("https://weir.example/2024/eels", None),
        ("", None),
    ],
)
def test_the_day_that_stands_in_an_address(address: str, day: datetime | None) -> None:
    assert in_address(address) == day


def test_later_needs_more_than_a_minute_and_a_zone_on_both_sides() -> None:
    assert later(DAY.replace(hour=1), DAY)
    assert not later(DAY.replace(second=30), DAY)
    assert not later(DAY.replace(hour=23, tzinfo=UTC), DAY)
    assert later(DAY.replace(day=7, tzinfo=UTC), DAY)


def test_a_day_is_guessed_from_the_text_and_no_year_taken_for_one() -> None:
    assert guessed(page("<p>Published: May 6, 2024 by the weir</p>"), "") == DAY
    assert guessed(page("<p>© 2024 The Weir</p>"), "") is None
    assert guessed(page("<p>Nothing</p>"), "") is None
    assert guessed(page("<p>" + "Published: May 6, 2024 " * 60_000 + "</p>"), "") is None
