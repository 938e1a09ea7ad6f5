"""The picture that stands for a page, with the words that the page prints below it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from broadsheet.capture.addresses import absolute
from broadsheet.capture.dom import Element
from broadsheet.capture.nouns import Found, FoundPicture
from broadsheet.capture.pictures import picture
from broadsheet.capture.structured import Structured, plain, referred

CAPTION, CREDIT = 1000, 200
IMAGES = 100
NO_COVER = re.compile(
    r"(?:^|[/_.-])(?:logo|favicon|placeholder|default|fallback|avatar|gravatar|blank|spacer)s?(?=$|[/_.\d-])", re.I
)
"""In the address of a picture that stands for every page of a site, not for this one."""

SIZE = re.compile(r"(?:[-_.@](?:\d{2,4}x\d{0,4}|\d{2,4}w|scaled|\dx|thumb(?:nail)?|large|medium|small))+$", re.I)


def cover(root: Element, data: Structured) -> Found[FoundPicture] | None:
    """The picture that a page names first as its own, in the words of the figure on the page that shows it."""
    for found, origin in _stated(data):
        address = absolute(found.address, data.address)
        if address.startswith("http") and not NO_COVER.search(urlsplit(address).path):
            return Found(value=_with_words(replace(found, address=address), root, data.address), origin=origin)
    return None


def _stated(data: Structured) -> Iterator[tuple[FoundPicture, str]]:
    for address in data.every("og:image", "og:image:url", "og:image:secure_url")[:3]:
        yield FoundPicture(address=address, alt=data.first("og:image:alt", "twitter:image:alt")), "OpenGraph"
    for thing in data.articles[:2]:
        yield from ((one, "JSON-LD") for one in _objects(thing.get("image"), data))
    yield FoundPicture(address=data.first("twitter:image", "twitter:image:src", "thumbnail")), "meta"


def _objects(value: object, data: Structured) -> Iterator[FoundPicture]:
    """JSON-LD names pictures as addresses, as objects, and as lists of both."""
    for one in value[:5] if isinstance(value, list) else (value,):
        if isinstance(one, str):
            yield FoundPicture(address=one)
        elif isinstance(one, dict):
            thing = one if "url" in one or "contentUrl" in one else referred(data, one)
            yield FoundPicture(
                address=plain(thing.get("url")) or plain(thing.get("contentUrl")),
                caption=plain(thing.get("caption"), CAPTION),
                credit=plain(thing.get("creditText"), CREDIT),
            )


def _with_words(found: FoundPicture, root: Element, base: str) -> FoundPicture:
    """With the alternative text, caption and credit of the picture where the page shows it."""
    shown = _shown(found.address, root, base)
    if shown is None:
        return found
    return replace(
        found,
        alt=plain(shown.alt, CAPTION) or found.alt,
        caption=plain(shown.caption, CAPTION) or found.caption,
        credit=plain(shown.credit, CREDIT) or found.credit,
    )


def _shown(address: str, root: Element, base: str) -> FoundPicture | None:
    name = _name(address)
    if len(name) < 4:
        return None
    for image in root.xpath("//body//img")[:IMAGES]:
        if any(name == _name(part) for key, value in image.items() if "src" in key for part in value.split()[:20]):
            figure = next(image.iterancestors("figure"), image)
            return picture(figure, base)
    return None


def _name(address: str) -> str:
    """A picture's file name without its size and kind, by which its copies are known."""
    try:
        path = unquote(urlsplit(address).path)
    except ValueError:
        return ""
    return SIZE.sub("", path.rstrip("/").rpartition("/")[2].rpartition(".")[0].lower())
