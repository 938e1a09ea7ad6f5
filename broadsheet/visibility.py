"""What is published at a given moment: the one place that decides."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from broadsheet.config import Visibility
from broadsheet.model import Article, Edition, HeldBack, Page


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
        return HeldBack(path=item.path, reason="future", until=item.date)
    return None


def is_shown(held: HeldBack | None, show: Visibility) -> bool:
    """Whether a build that shows more than usual publishes what is held back for this reason."""
    if held is None:
        return True
    allowed = {"draft": show.drafts, "expired": show.expired, "embargoed": show.future, "future": show.future}
    return allowed[held.reason]


def next_due(items: Iterable[Article | Edition], now: datetime) -> datetime | None:
    """The next moment at which something appears or expires, when a new build is due."""
    moments = (
        moment
        for item in items
        if not item.draft
        for moment in (item.date, item.publish_date, item.expiry_date)
        if moment and moment > now and not (item.expiry_date and item.expiry_date <= now)
    )
    return min(moments, default=None)
