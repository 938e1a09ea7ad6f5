"""What is published at a given moment: the one place that decides."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from broadsheet.model import Article, Edition, HeldBack, Page

if TYPE_CHECKING:
    from broadsheet.config import Visibility


def held_back(item: Article | Edition | Page, now: datetime) -> HeldBack | None:
    """Why something is not to be seen at `now`, or None when it is.

    A draft stays back until an edit; an embargo (`publish_date`) and a date in
    the future until their moment; what has expired for good. Something that is
    published from one moment and expires at the same is never seen.
    """
    if item.draft:
        return HeldBack(path=item.path, reason="draft")
    if isinstance(item, Page):
        return None
    if item.expiry_date and item.expiry_date <= now:
        return HeldBack(path=item.path, reason="expired")
    if item.publish_date and item.publish_date > now and item.publish_date >= item.date:
        return HeldBack(path=item.path, reason="embargoed", until=item.publish_date)
    if item.date > now:
        return HeldBack(path=item.path, reason="scheduled", until=item.date)
    return None


def is_shown(held: HeldBack | None, show: Visibility) -> bool:
    """Whether a build that shows more than usual publishes what is held back for this reason."""
    if held is None:
        return True
    allowed = {"draft": show.drafts, "expired": show.expired, "embargoed": show.future, "scheduled": show.future}
    return allowed[held.reason]


def in_words(held: HeldBack, timezone: ZoneInfo) -> str:
    """Why something is held back, and until when on the site's clock: "embargoed until 2026-12-01 09:00 CET"."""
    if held.until is None:
        return held.reason
    joint = "for" if held.reason == "scheduled" else "until"
    return f"{held.reason} {joint} {held.until.astimezone(timezone):%Y-%m-%d %H:%M %Z}"


def next_due(items: Iterable[Article | Edition], now: datetime) -> datetime | None:
    """The next moment at which `held_back` answers anew for any of the items, when a new build is due."""
    moments = (moment for item in items for moment in _turns(item) if moment > now)
    return min(moments, default=None)


def _turns(item: Article | Edition) -> tuple[datetime, ...]:
    """When an item appears (unless it has expired by then), and when it expires."""
    if item.draft:
        return ()
    appears = max(item.date, item.publish_date or item.date)
    if not item.expiry_date:
        return (appears,)
    return (appears, item.expiry_date) if appears < item.expiry_date else (item.expiry_date,)
