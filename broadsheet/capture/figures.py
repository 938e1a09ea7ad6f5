"""Of the pictures of a page those that stand inside its story and belong to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from broadsheet.capture.dom import Element
from broadsheet.capture.pieces import Picture, Piece, Place

SMALL = 100
"""Pixels: icons, faces and what counts visits are smaller, pictures of a story are not."""
MOST = 200
FOREIGN = re.compile(
    r"relat|recirc|recommend|author|avatar|\bbio\b|promo|advert|\bads?\b|sponsor|newsletter|shar(?:e|ing)\b|social|logo"
    r"|\bicon|teaser|\bcard|emoji|button|banner|outbrain|taboola|comment"
)
FOREIGN_SECTIONS = frozenset(("aside", "nav", "footer", "header", "form", "button", "dialog"))


def illustrations(pictures: Sequence[Picture], kept: Sequence[Piece], dropped: Sequence[Piece]) -> list[Element]:
    """The elements that show the story's pictures, each with its caption: figures where there are any."""
    if not kept:
        return []
    first, last = kept[0].order, kept[-1].order
    homes = {place for piece in kept for place in way(piece.place)}
    teasing = {place for piece in dropped if piece.linked > len(piece.text) / 2 for place in way(piece.place)}
    found = (
        shown(picture.element)
        for picture in pictures
        if first < picture.before <= last and _belongs(picture, homes, teasing)
    )
    return list(dict.fromkeys(found))[:MOST]


def way(place: Place | None) -> Iterator[Place]:
    """A place and those around it, from the inside."""
    while place is not None:
        yield place
        place = place.above


def _belongs(picture: Picture, homes: set[Place], teasing: set[Place]) -> bool:
    if picture.place.hidden or _is_small(picture.element) or FOREIGN.search(_names(picture.element)):
        return False
    return not any(
        place in teasing or place.tag in FOREIGN_SECTIONS or FOREIGN.search(_names(place.element))
        for place in _apart(picture.place, homes)
    )


def _apart(place: Place | None, homes: set[Place]) -> Iterator[Place]:
    """The places around a picture up to the first that holds text of the story too."""
    while place is not None and place not in homes:
        yield place
        place = place.above


def _is_small(element: Element) -> bool:
    sizes = (re.match(r"\s*(\d{1,6})(?:px)?\s*$", element.get(side) or "") for side in ("width", "height"))
    return any(size is not None and int(size[1]) < SMALL for size in sizes)


def _names(element: Element) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}"[:400].lower()


def shown(element: Element) -> Element:
    """The figure, or picture element, that an img stands in; else the img."""
    outer = element
    for above in element.iterancestors("figure", "picture"):
        outer = above
        if above.tag == "figure":
            break
    return outer
