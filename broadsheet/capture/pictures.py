"""Elements that show a picture to its address, words and credit, lazy or not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from broadsheet.capture.addresses import LONGEST, absolute
from broadsheet.capture.dom import Element
from broadsheet.capture.escape import tidy
from broadsheet.capture.nodes import tag, text_of
from broadsheet.capture.nouns import FoundPicture

WIDEST = 2_000
"""Pixels: of several sizes of a picture the largest up to this is taken."""

_PICTURES = ("img", "amp-img", "image")
_SETS = ("data-srcset", "data-lazy-srcset", "srcset")
_LAZY = (
    "data-src", "data-lazy-src", "data-original", "data-hi-res-src", "data-full-src", "data-src-large",
    "data-large-src", "data-img-src", "data-image", "data-url",
)  # fmt: skip
_PLACEHOLDER = re.compile(
    r"(?:^|[/_.-])(?:blank|placeholder|spacer|transparent|1x1|pixel|loading|lazy)[\w-]*\.\w{3,4}(?:$|\?)", re.I
)
_EMBEDDED = re.compile(r"data:image/(?:png|jpe?g|gif|webp|avif);base64,[A-Za-z0-9+/=]{400,}")
_CREDIT = re.compile(r"credit|copyright|photographer|attribution|photo-?by|byline", re.I)
_CREDIT_LABEL = re.compile(
    r"(?:(?:image|photo(?:graph)?|picture)s?(?:\s+(?:credits?|source|by|courtesy(?:\s+of)?))?|credits?|source|by)\s*:\s*",
    re.I,
)


def picture(element: Element, base: str) -> FoundPicture | None:
    """The picture of an img, picture, figure or amp-img with its caption; None for none and for what counts visits.

    Of lazily loaded ones the address meant for script. A data: address stays one.
    """
    shown = next((one for one in element.iter(*_PICTURES) if not _is_beacon(one)), None)
    address = next(_addresses(shown, base), "")
    if not address:
        return None
    caption = next(element.iter("figcaption"), None)
    credit = _credit(element)
    words = "" if caption is None else text_of(caption)
    return FoundPicture(
        address=address,
        alt=" ".join(tidy(shown.get("alt", "")).split()) if shown is not None else "",
        caption=_without(words, credit),
        credit=_CREDIT_LABEL.sub("", credit),
    )


def _is_beacon(element: Element) -> bool:
    return any(re.fullmatch(r"\s*[0-3](?:px)?\s*", element.get(side, "")) for side in ("width", "height"))


def _addresses(shown: Element | None, base: str) -> Iterator[str]:
    """Where the picture may be, the best first."""
    if shown is not None:
        yield from _own(shown, base)
        # The parser takes a source for the parent of what follows it.
        for holder in shown.iterancestors("picture"):
            for source in holder.iter("source"):
                yield from _own(source, base)
        after = shown.getnext()
        if after is not None and tag(after) == "noscript":
            yield from (found for one in after.iter(*_PICTURES) for found in _own(one, base))


def _own(element: Element, base: str) -> Iterator[str]:
    for name in _SETS:
        if best := _largest(element.get(name, "")):
            yield from _usable(best, base)
    for name in (*_LAZY, "src"):
        yield from _usable(element.get(name, ""), base)


def _usable(typed: str, base: str) -> Iterator[str]:
    """Its one address, or none."""
    typed = typed.strip()
    if typed.startswith("data:"):
        if _EMBEDDED.fullmatch(typed):
            yield typed
    elif not _PLACEHOLDER.search(typed) and (found := absolute(typed, base) or ("" if base else _as_written(typed))):
        yield found


def _as_written(typed: str) -> str:
    """A picture beside a saved page, whose own address nobody knows."""
    if len(typed) > LONGEST or re.match(r"[\w+.-]*:|//|[#{\[]", typed):
        return ""
    return typed


_BETWEEN_SIZES = re.compile(r",\s+|,(?=https?:)|,$")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)([wx])")
_PIXELS = {"w": 1, "x": 600}


def _largest(srcset: str) -> str:
    """Of a list of sizes the largest that is not wider than `WIDEST`, or the smallest of those that are."""
    if len(srcset) > 20 * LONGEST or "data:" in srcset:
        return ""
    sizes = [(_pixels(words[1:]), words[0]) for one in _BETWEEN_SIZES.split(srcset.strip()) if (words := one.split())]
    fitting = [one for one in sizes if one[0] <= WIDEST]
    return (max(fitting, key=_size) if fitting else min(sizes, key=_size, default=(0.0, "")))[1]


def _pixels(descriptors: list[str]) -> float:
    size = _SIZE.fullmatch(descriptors[0]) if descriptors else None
    return float(size[1]) * _PIXELS[size[2]] if size else 1.0


def _size(candidate: tuple[float, str]) -> float:
    return candidate[0]


def _credit(element: Element) -> str:
    if tag(element) != "figure":
        return ""
    named = (one for one in element.iter() if one is not element and _CREDIT.search(_names(one)))
    return next((words for one in named if (words := text_of(one)) and len(words) < 200), "")


def _names(element: Element) -> str:
    return f"{element.get('class', '')} {element.get('itemprop', '')}"


def _without(words: str, credit: str) -> str:
    return " ".join(words.replace(credit, " ", 1).split()).strip(" |·/") if credit else words
