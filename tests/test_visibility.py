"""What is to be seen at a moment, and when that changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.config import Visibility
from broadsheet.model import Article, Edition, HeldBack, Page
from broadsheet.visibility import held_back, is_shown, next_due

NOON = datetime(2026, 12, 2, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MERGER = Article(path="articles/merger.md", title="Merger", slug="merger", date=NOON - timedelta(days=1))

# Few moments, close together, so that they often coincide.
moments = st.builds(
    lambda hours, zone: (NOON + timedelta(hours=hours)).astimezone(timezone(timedelta(hours=zone))),
    st.integers(-6, 6),
    st.sampled_from([-8, 0, 1, 14]),
)
maybe = st.none() | moments
articles = st.builds(
    Article,
    path=st.just("articles/a.md"),
    title=st.just("A"),
    slug=st.just("a"),
    date=moments,
    publish_date=maybe,
    expiry_date=maybe,
    draft=st.booleans(),
)
editions = st.builds(
    Edition,
    path=st.just("editions/e.md"),
    title=st.just("E"),
    slug=st.just("e"),
    date=moments,
    publish_date=maybe,
    expiry_date=maybe,
    draft=st.booleans(),
)
dated = st.one_of(articles, editions)


def test_an_article_of_yesterday_is_seen() -> None:
    assert held_back(MERGER, NOON) is None


def test_an_article_of_this_very_moment_is_seen() -> None:
    assert held_back(replace(MERGER, date=NOON), NOON) is None


def test_an_article_of_tomorrow_waits_for_its_date() -> None:
    tomorrow = NOON + timedelta(days=1)
    assert held_back(replace(MERGER, date=tomorrow), NOON) == HeldBack(
        path="articles/merger.md", reason="scheduled", until=tomorrow
    )


def test_an_embargo_ends_at_its_moment_exactly() -> None:
    article = replace(MERGER, publish_date=NOON)
    assert held_back(article, NOON - SECOND) == HeldBack(path=article.path, reason="embargoed", until=NOON)
    assert held_back(article, NOON) is None


def test_an_article_expires_at_its_moment_exactly() -> None:
    article = replace(MERGER, expiry_date=NOON)
    assert held_back(article, NOON - SECOND) is None
    assert held_back(article, NOON) == HeldBack(path=article.path, reason="expired")


def test_an_embargo_that_ends_before_the_date_leaves_the_date_to_decide() -> None:
    article = replace(MERGER, publish_date=NOON + SECOND, date=NOON + 2 * SECOND)
    assert held_back(article, NOON) == HeldBack(path=article.path, reason="scheduled", until=article.date)


def test_a_page_knows_drafts_only() -> None:
    page = Page(path="pages/about.md", title="About", slug="about")
    assert held_back(page, NOON) is None
    assert held_back(replace(page, draft=True), NOON) == HeldBack(path=page.path, reason="draft")


@given(dated, moments)
def test_a_draft_is_never_seen(item: Article | Edition, now: datetime) -> None:
    held = held_back(replace(item, draft=True), now)
    assert held is not None
    assert (held.reason, held.until) == ("draft", None)


@given(dated, moments)
def test_what_has_expired_is_never_seen_again(item: Article | Edition, now: datetime) -> None:
    item = replace(item, expiry_date=now, draft=False)
    for later in range(4):
        held = held_back(item, now + timedelta(hours=later))
        assert held is not None
        assert held.reason == "expired"


@given(dated, moments)
def test_what_is_published_as_it_expires_is_never_seen(item: Article | Edition, moment: datetime) -> None:
    item = replace(item, date=moment, publish_date=moment, expiry_date=moment)
    assert all(held_back(item, NOON + timedelta(hours=hours)) for hours in range(-8, 9))


@given(dated, moments)
def test_an_item_is_seen_from_its_later_date_until_it_expires(item: Article | Edition, now: datetime) -> None:
    appears = max(item.date, item.publish_date or item.date)
    expires = item.expiry_date or NOON + timedelta(days=9)
    assert (held_back(item, now) is None) == (not item.draft and appears <= now < expires)


@given(dated, moments)
def test_what_waits_is_seen_at_the_moment_told_unless_it_expires_first(item: Article | Edition, now: datetime) -> None:
    held = held_back(item, now)
    if held and held.until:
        assert held.until > now
        assert held_back(item, held.until - timedelta(microseconds=1)) is not None
        at_last = held_back(item, held.until)
        assert at_last is None or at_last.reason == "expired"


@given(st.lists(dated, max_size=5), moments, st.floats(0, 1, exclude_max=True))
def test_nothing_changes_before_the_next_build_is_due(
    items: list[Article | Edition], now: datetime, share: float
) -> None:
    due = next_due(items, now)
    end = due or now + timedelta(days=2)
    between = min(now + (end - now) * share, end - timedelta(microseconds=1))
    assert [held_back(item, between) for item in items] == [held_back(item, now) for item in items]


@given(st.lists(dated, max_size=5), moments)
def test_something_changes_when_the_next_build_is_due(items: list[Article | Edition], now: datetime) -> None:
    due = next_due(items, now)
    if due is not None:
        assert due > now
        assert [held_back(item, due) for item in items] != [held_back(item, now) for item in items]


@given(st.lists(dated, max_size=5), moments)
def test_builds_when_due_come_to_an_end(items: list[Article | Edition], now: datetime) -> None:
    due: datetime | None = now
    for _ in range(2 * len(items) + 1):
        due = due and next_due(items, due)
    assert due is None


def test_drafts_and_what_has_expired_are_waited_for_by_nobody() -> None:
    later = NOON + timedelta(days=1)
    draft = replace(MERGER, date=later, draft=True)
    expired = replace(MERGER, date=later, expiry_date=NOON)
    assert next_due([draft, expired], NOON) is None


def test_an_embargo_that_ends_before_the_date_makes_no_build_due() -> None:
    article = replace(MERGER, publish_date=NOON + SECOND, date=NOON + 2 * SECOND)
    assert next_due([article], NOON) == article.date


@pytest.mark.parametrize("reason", ["draft", "expired", "embargoed", "scheduled"])
def test_by_default_nothing_held_back_is_shown(reason: str) -> None:
    assert not is_shown(HeldBack(path="a.md", reason=reason), Visibility())


@pytest.mark.parametrize(
    ("show", "reasons"),
    [
        (Visibility(drafts=True), {"draft"}),
        (Visibility(future=True), {"embargoed", "scheduled"}),
        (Visibility(expired=True), {"expired"}),
    ],
)
def test_each_switch_shows_its_own(show: Visibility, reasons: set[str]) -> None:
    kinds = {"draft", "expired", "embargoed", "scheduled"}
    assert {reason for reason in kinds if is_shown(HeldBack(path="a.md", reason=reason), show)} == reasons
    assert is_shown(None, show)
