"""Why a piece of a page was left out, in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from broadsheet.capture.judge import Survey
from broadsheet.capture.pieces import Place

SECTIONS = {
    "nav": "navigation",
    "footer": "footer",
    "aside": "beside the story",
    "form": "a form",
    "button": "a button",
    "figcaption": "picture caption",
    "h1": "headline",
}
NAMES = (
    (r"newsletter|subscri|sign-?up|mailing|opt-?in", "newsletter call"),
    (r"comment|disqus|discuss|repl(?:y|ies)", "comment"),
    (r"shar(?:e|ing)\b|social|follow", "share bar"),
    (r"relat|recirc|recommend|trending|popular|most-|teaser|outbrain|taboola|more-?(?:from|on|stories)|read-?(?:more|next|also)"
     r"|up-?next|carousel", "related stories"),
    (r"author|\bbio\b|contributor", "author blurb"),
    (r"byline", "byline"),
    (r"advert|\bads?\b|\bad[-_]|sponsor|promo|banner|affiliat", "advertisement"),
    (r"paywall|premium|reg-?wall|offer|donat", "subscription offer"),
    (r"cookie|consent|gdpr|modal|popup|overlay", "notice over the page"),
    (r"caption", "picture caption"),
    (r"credit", "picture credit"),
    (r"breadcrumb|\bnav|menu|paginat|pager", "navigation"),
    (r"\btags?\b|tag-?list|topics?\b|categor", "tags"),
    (r"date|timestamp|published", "date"),
    (r"foot|copyright|legal|disclaim", "footer"),
    (r"side-?bar|\brail|widget", "beside the story"),
)  # fmt: skip
SHAPE = re.compile("|".join(f"(?P<n{number}>{names})" for number, (names, _) in enumerate(NAMES)))
NEAR = 4
"""How many places up a name still tells what a piece is: further out are the names of the page itself."""


def reasons(page: Survey, kept: Sequence[bool], *, changed: Sequence[bool]) -> Iterator[str]:
    """For each piece why it was left out, "" for those that were not; `changed` tells where a rule decided."""
    taken = [number for number, keep in enumerate(kept) if keep] or [len(kept)]
    named = cache(_named)
    for number, piece in enumerate(page.found.texts):
        if kept[number]:
            yield ""
        elif changed[number]:
            yield "rule"
        elif piece.place.hidden:
            yield "hidden"
        else:
            what = next((what for place in _near(piece.place) if (what := named(place))), "")
            yield _reason(what, _where(number, taken[0], taken[-1]), known=page.seen.repeated[number] > 0)


def _reason(what: str, where: str, *, known: bool) -> str:
    if known:
        what = f"{what}, also on other captures of this source" if what else "also on other captures of this source"
    return f"{where}: {what}" if what else where


def _where(number: int, first: int, last: int) -> str:
    if number < first:
        return "before the story"
    return "after the end" if number > last else "inside, but no part of the story"


def _named(place: Place) -> str:
    """What kind of furniture stands in a place, by its element and by what the site calls it."""
    if place.tag in SECTIONS:
        return SECTIONS[place.tag]
    name = f"{place.element.get('class', '')} {place.element.get('id', '')}"[:400].lower()
    found = SHAPE.search(name)
    return NAMES[int(str(found.lastgroup)[1:])][1] if found else ""


def _near(place: Place) -> Iterator[Place]:
    for _ in range(NEAR):
        yield place
        if place.above is None or place.above.tag in ("", "body", "html", "main"):
            return
        place = place.above
