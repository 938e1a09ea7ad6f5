"""An article's text to the HTML of a page, or of a feed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from broadsheet.errors import ContentError, Problem
from broadsheet.limits import TooCostlyError
from broadsheet.markup import (
    Kept,
    clean,
    to_html,
    with_addresses,
    with_focusable_tables,
    with_heading_levels,
    with_image_attributes,
    with_living_links,
    with_parts,
    with_sources,
)
from broadsheet.model import Body, Picture
from broadsheet.slugs import encoded, slugify

SIZES = "(min-width: 46rem) 42rem, 100vw"
"""How wide a picture stands in the text, for browsers to choose one of its sizes."""

LAZY = {"loading": "lazy", "decoding": "async"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A body as Markdown made it: unsafe HTML. `path` is its file as messages name it."""

    body: Body
    path: str
    html: str


def typed(
    body: Body, path: str, *, typographic_quotes: bool = False, back_to_note: str | None = None,
    kept: Kept = lambda key, make: make(),
) -> Typed:
    """A body's Markdown rendered (see `to_html`). Raises ContentError where it is beyond the limits."""
    try:
        html = to_html(body.markdown, typographic_quotes=typographic_quotes, back_to_note=back_to_note, kept=kept)
    except TooCostlyError as error:
        hint = f"it is the part that begins with: {error.excerpt}" if error.excerpt else ""
        raise ContentError([Problem(path=path, message=str(error), hint=hint)]) from error
    return Typed(body=body, path=path, html=html)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """A body's HTML as all that shows it has it: safe, its headings in steps and named; addresses are as typed."""

    body: Body
    path: str
    html: str


def cleaned(text: Typed) -> Cleaned:
    return Cleaned(body=text.body, path=text.path, html=with_parts(with_heading_levels(clean(text.html))))


def to_page(text: Cleaned, base: str, *, mark: str = "") -> str:
    """Safe HTML for a page of the site; `base` stands before its paths. Raises ContentError.

    `mark` begins every id, for pages that show several bodies.
    """
    pictures = _by_address(text.body, base)
    safe = with_living_links(_addressed(text, base, mark=mark))
    safe = with_image_attributes(safe, lambda src: {**_size(pictures.get(src)), **LAZY})
    safe = with_sources(safe, lambda src: _source(pictures.get(src), base))
    return with_focusable_tables(safe)


def to_feed(text: Cleaned, base: str) -> str:
    """Safe HTML for feeds, whose addresses are whole: `base` begins with a scheme. Raises ContentError."""
    pictures, page = _by_address(text.body, base), address_of(text.body.url, base)
    safe = with_living_links(_addressed(text, base, page=page), page)
    return with_image_attributes(safe, lambda src: _size(pictures.get(src)))


@lru_cache(maxsize=16_384)
def address_of(path: str, base: str) -> str:
    """A path of the site, or a web address, as a link prints it; `base` stands before a path."""
    if re.match(r"https?://", path, re.I):
        return path
    path, mark, query = path.partition("?")
    return base + encoded(path) + mark + query


def _addressed(text: Cleaned, base: str, *, page: str = "", mark: str = "") -> str:
    """The text with every relative address resolved; links to its own parts begin with `page`."""
    links, pictures = dict(text.body.links), dict(text.body.pictures)
    missed: list[str] = []

    def resolve(target: str) -> str | None:
        if target.startswith("#"):
            return page + "#" + _part(target, mark)
        if picture := pictures.get(target):
            return address_of(picture.src, base)
        if target not in links:
            missed.append(target)
            return None
        # What parts another page has is not known here.
        return address_of(links[target].split("#")[0], base) if links[target] else None

    safe = with_addresses(text.html, resolve, mark=mark)
    if missed:
        raise ContentError(_not_understood(text.path, target) for target in missed)
    return safe


def _part(target: str, mark: str) -> str:
    """The id that a link to a part of its own page means: a footnote's, or that of a heading in its words."""
    name = target[1:]
    if re.match(r"fn(?:ref\d*)?:", name):
        return mark + name
    return f"{mark}part-{slugify(unquote(name).removeprefix('part-'))}"


def _by_address(body: Body, base: str) -> Mapping[str, Picture]:
    return {address_of(picture.src, base): picture for _, picture in body.pictures}


def _size(picture: Picture | None) -> dict[str, str]:
    if not picture or not picture.width or not picture.height:
        return {}
    return {"width": str(picture.width), "height": str(picture.height)}


def _source(picture: Picture | None, base: str) -> dict[str, str]:
    """The attributes of a source in a picture's modern format, none where it has no other sizes."""
    if not picture or not picture.variants:
        return {}
    type = picture.variants[0].type
    sizes = [(one.url, one.width) for one in picture.variants]
    if picture.type == type:
        sizes.append((picture.url, picture.width))
    return {"type": type, "srcset": _srcset(sizes, base), "sizes": SIZES}


def _srcset(sizes: Iterable[tuple[str, int]], base: str) -> str:
    return ", ".join(f"{address_of(url, base)} {width}w" for url, width in sizes)


def _not_understood(shown: str, target: str) -> Problem:
    """For what Markdown takes for a link or a picture and the scan for references does not."""
    message = f"the address {target} is written in a way that is not understood" if target else "a link has no address"
    return Problem(path=shown, message=message, hint="write it as [words](file.md) or ![words](picture.png)")
