"""A feed's bytes to its articles: RSS, Atom, JSON Feed; and a list of feeds (OPML) to theirs."""

from __future__ import annotations

import hashlib
import html
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any

import feedparser

from broadsheet.capture import addresses, dates
from broadsheet.capture.decode import text_of
from broadsheet.capture.dom import Element, page, select
from broadsheet.capture.feedxml import MOST_BYTES, MOST_ITEMS, kind, refusal, tree, well_formed
from broadsheet.errors import ContentError, Problem

ROOTS = frozenset({"rss", "rdf", "feed"})
LISTS = frozenset({"opml"})
LONGEST_TITLE = 500
LONGEST_SUMMARY = 600
"""Characters: what says more is no summary."""

MOST_TAGS = 50
DEEPEST_FOLDER = 8
"""Of a list of feeds; what lies deeper is named by the nearest eight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What a feed tells of one article; "", None or () where it does not.

    `id` is the feed's own name for it. `address` and `image` are absolute.
    `content` is the article or the start of it, untrusted HTML, whose relative
    addresses are relative to `base`.
    """

    id: str
    title: str = ""
    address: str = ""
    authors: tuple[str, ...] = ()
    date: datetime | None = None
    updated: datetime | None = None
    tags: tuple[str, ...] = ()
    summary: str = ""
    content: str = field(default="", repr=False)
    base: str = ""
    image: str = ""
    lang: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed as it was read. `address` is its own, `home` its site's, `notices` what an editor should know of it."""

    title: str
    address: str
    home: str
    lang: str
    items: tuple[Item, ...]
    notices: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedAddress:
    """A feed as a list of feeds names it; `folder` is where in the list, with slashes."""

    address: str
    title: str = ""
    folder: str = ""


def read(data: bytes, *, name: str, address: str = "", charset: str = "") -> Feed:
    """A feed of any format. Nothing but `data` is looked at.

    `name` is what messages call it, `address` where it came from, `charset` what
    its server said. Raises ContentError where it is none or cannot be read.
    """
    text = _text(data, name, charset)
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        return _of_json(text.lstrip("\ufeff"), name, address)
    root, notices = _tree(text, name, address, ROOTS)
    try:
        return _of_xml(well_formed(root, name), address, notices)
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        # feedparser takes an element's name for its own key, so that a feed can break it in many ways.
        raise refusal(name, f"cannot be read as a feed: {error}") from error


def outline(data: bytes, name: str) -> tuple[FeedAddress, ...]:
    """The feeds that an OPML file lists, each once, in its order. Raises ContentError where it is none."""
    root, _ = _tree(_text(data, name, ""), name, "", LISTS)
    found: dict[str, FeedAddress] = {}
    for element in root.iter("outline"):
        address = addresses.absolute(_attribute(element, "xmlurl"), "")
        if address:
            title = _line(_attribute(element, "title") or _attribute(element, "text"))
            found.setdefault(address, FeedAddress(address=address, title=title, folder=_folder(element)))
    return tuple(found.values())


def is_outline(data: bytes, name: str) -> bool:
    """Whether bytes are a list of feeds rather than a feed. Raises ContentError where they are no text."""
    return kind(_text(data, name, ""), name, ROOTS | LISTS) == "opml"


def _attribute(element: Element, name: str) -> str:
    """OPML's capitals are written in many ways."""
    return next((str(value) for key, value in element.items() if key.lower() == name), "")


def _folder(element: Element) -> str:
    above = [*islice(element.iterancestors("outline"), DEEPEST_FOLDER)]
    names = (_line(_attribute(one, "text") or _attribute(one, "title")) for one in reversed(above))
    return "/".join(name.replace("/", "-") for name in names if name)[:LONGEST_TITLE]


def _text(data: bytes, name: str, charset: str) -> str:
    if len(data) > MOST_BYTES:
        raise refusal(name, f"is larger than {MOST_BYTES // 1_000_000} MB")
    if not data.strip():
        raise refusal(name, "is not a feed: it is empty")
    return text_of(data, charset=charset, name=name)[0]


def _tree(text: str, name: str, address: str, roots: frozenset[str]) -> tuple[Element, tuple[Problem, ...]]:
    try:
        return tree(text, name, roots)
    except ContentError as error:
        if error.problems[0].message != "is not a feed":
            raise
        raise _stranger(text, name, address, roots) from error


def _stranger(text: str, name: str, address: str, roots: frozenset[str]) -> ContentError:
    """What a file is instead of a feed, and where the feed may be."""
    if kind(text, name, ROOTS | LISTS):
        return refusal(name, "is a list of feeds (OPML)" if roots == ROOTS else "is a feed, not a list of feeds")
    wanted = "a feed" if roots == ROOTS else "a list of feeds"
    if not re.search(r"<(?:!doctype html|html|head|body|title|link|meta|p|div)[\s>]", text[:50_000], re.I):
        return refusal(name, f"is not {wanted}: neither RSS nor Atom nor JSON Feed")
    there = alternates(text, address)
    return refusal(name, f"is not {wanted}: it is a web page", f"its feed is {there[0]}" if there else "")


def alternates(text: str, address: str) -> tuple[str, ...]:
    """The feeds that an HTML page says it has."""
    root = page(text[:1_000_000])
    if root is None:
        return ()
    found = []
    for link in select(root, "link[rel~=alternate][href]"):
        if re.fullmatch(r"application/(rss|atom|feed)\+(xml|json)", (link.get("type") or "").strip().lower()):
            found.append(addresses.absolute(link.get("href"), address) or _line(link.get("href")))
    return tuple(dict.fromkeys(filter(None, found)))


# RSS and Atom: feedparser understands, we ask it with care, as any of its values may be any other's


Entry = Mapping[str, Any]


def _of_xml(data: bytes, address: str, notices: tuple[Problem, ...]) -> Feed:
    # Of text feedparser would open an address or a file; of a stream it reads the stream.
    parsed = feedparser.parse(
        io.BytesIO(data),
        response_headers={"content-location": address, "content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    about: Entry = parsed["feed"]
    home = addresses.absolute(_value(about, "link"), address)
    own = [link for link in _entries(about, "links") if _value(link, "rel") == "self"]
    lang = _language(_value(about, "language"))
    inherited = _names(about) if str(parsed["version"]).startswith("atom") else ()
    items = (_item(entry, address or home, lang, inherited) for entry in parsed["entries"])
    return Feed(
        title=_title(about),
        address=address or next((addresses.absolute(_value(link, "href"), "") for link in own), ""),
        home=home,
        lang=lang,
        items=_with_ids(items),
        notices=notices,
    )


def _item(entry: Entry, base: str, lang: str, inherited: tuple[str, ...]) -> Item:
    content, content_base = _content(entry, base)
    summary = _plain(_value(entry, "summary"))
    if not content and len(summary) > LONGEST_SUMMARY:
        content = _value(entry, "summary")
    published, updated = _moment(entry, ("published", "created"), lang), _moment(entry, ("updated",), lang)
    return Item(
        id=_line(_value(entry, "id"), 2_000),
        title=_title(entry),
        address=_address(entry, content_base),
        authors=_names(entry) or inherited,
        date=published or updated,
        updated=updated if published and updated and dates.later(updated, published) else None,
        tags=_unique(_line(_value(tag, "label") or _value(tag, "term")) for tag in _entries(entry, "tags")),
        summary=summary if len(summary) <= LONGEST_SUMMARY else "",
        content=content,
        base=content_base,
        image=_image(entry, content_base),
        lang=_language(_value(_entry(entry, "title_detail"), "language")) or lang,
    )


def _value(entry: Entry, key: str) -> str:
    # dict's own, as feedparser's warns when it looks for another key in place of one that is not there.
    found = dict.get(entry, key) if isinstance(entry, dict) else None
    return found if isinstance(found, str) else ""


def _entry(entry: Entry, key: str) -> Entry:
    found = dict.get(entry, key) if isinstance(entry, dict) else None
    return found if isinstance(found, dict) else {}


def _entries(entry: Entry, key: str) -> list[Entry]:
    found = dict.get(entry, key) if isinstance(entry, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _title(entry: Entry) -> str:
    title = _value(entry, "title")
    return _line(title if _value(_entry(entry, "title_detail"), "type") == "text/plain" else _plain(title))


def _content(entry: Entry, base: str) -> tuple[str, str]:
    """The longest of the contents that are text, as HTML, and what its addresses are relative to."""
    texts = [one for one in _entries(entry, "content") if _value(one, "type") in TEXTS]
    best = max(texts, key=lambda one: len(_value(one, "value")), default=_entry(entry, "summary_detail"))
    base = addresses.absolute(_value(best, "base"), base) or base
    if not texts:
        return "", base
    value = _value(best, "value")
    return (_as_html(value) if _value(best, "type") == "text/plain" else value).strip(), base


TEXTS = ("text/html", "application/xhtml+xml", "text/plain")


def _address(entry: Entry, base: str) -> str:
    links = [_value(link, "href") for link in _entries(entry, "links") if _value(link, "rel") == "alternate"]
    written = (_value(entry, "feedburner_origlink"), _value(entry, "link"), *links)
    return next((found for one in written if (found := _web(one, base))), "")


def _web(address: str, base: str) -> str:
    found = addresses.absolute(address, base)
    return found if addresses.is_web(found) else ""


def _names(entry: Entry) -> tuple[str, ...]:
    people = [_value(one, "name") for one in _entries(entry, "authors")]
    # Of one author feedparser cuts the address out of the name, and a longer ending (.example) not whole.
    written = _value(entry, "author")
    return _unique(_person(one) for one in (people if len(people) > 1 or not written else [written]))


def _person(name: str) -> str:
    """A name without an address: "jo@example.com (Jo Doe)" is Jo Doe, and an address alone is nobody."""
    name = _plain(name)
    if found := re.fullmatch(r"\S+@\S+ \((.+)\)|(.+?) [(<]\S+@\S+[)>]", name):
        name = found[1] or found[2]
    return "" if "@" in name or addresses.is_web(name) else name


def _image(entry: Entry, base: str) -> str:
    media = (*_entries(entry, "media_content"), *_entries(entry, "media_thumbnail"))
    pictures = [_value(one, "url") for one in media if _is_picture(one)]
    attached = [one for one in _entries(entry, "links") if _value(one, "rel") == "enclosure"]
    pictures += [_value(one, "href") for one in attached if _value(one, "type").startswith("image/")]
    pictures.append(_value(_entry(entry, "image"), "href"))
    return next((found for one in pictures if (found := _web(one, base))), "")


def _is_picture(media: Entry) -> bool:
    medium = _value(media, "medium") or _value(media, "type").partition("/")[0]
    ending = re.search(r"\.(jpe?g|png|webp|gif|avif)\b", _value(media, "url"))
    return medium == "image" or (not medium and ending is not None)


def _moment(entry: Entry, keys: tuple[str, ...], lang: str) -> datetime | None:
    return next((found for key in keys if (found := _dated(_value(entry, key), lang))), None)


NO_YEAR = re.compile(r"(?:^|[ /-])0000(?:$|[ /-])")
"""Databases print a date that they have not so; mail's dates have it mean 2000."""


def _dated(text: str, lang: str) -> datetime | None:
    return None if NO_YEAR.search(text) else dates.moment(text, language=lang)


# JSON Feed, https://www.jsonfeed.org/version/1.1/


def _of_json(text: str, name: str, address: str) -> Feed:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise refusal(name, f"is not a feed: it begins like JSON, but {error}") from error
    version = data.get("version")
    if not (isinstance(version, str) and "jsonfeed.org" in version) and not isinstance(data.get("items"), list):
        hint = "a JSON Feed has the keys version and items"
        raise refusal(name, "is not a feed: it is JSON, but no JSON Feed", hint)
    entries = _json_list(data, "items")
    lang, own = _language(_json_text(data, "language")), _web(_json_text(data, "feed_url"), address)
    base = address or own
    inherited = _json_names(data)
    message = f"has more than {MOST_ITEMS:,} articles; the first {MOST_ITEMS:,} are read"
    return Feed(
        title=_line(_json_text(data, "title")),
        address=base,
        home=_web(_json_text(data, "home_page_url"), base),
        lang=lang,
        items=_with_ids(_json_item(entry, base, lang, inherited) for entry in entries[:MOST_ITEMS]),
        notices=(Problem(path=name, message=message, level="warning"),) if len(entries) > MOST_ITEMS else (),
    )


def _json_item(entry: Mapping[str, Any], base: str, lang: str, inherited: tuple[str, ...]) -> Item:
    date, updated = _dated(_json_text(entry, "date_published"), lang), _dated(_json_text(entry, "date_modified"), lang)
    pictures = (_json_text(entry, "image"), _json_text(entry, "banner_image"))
    tags = entry.get("tags")
    return Item(
        id=_line(_json_text(entry, "id"), 2_000),
        title=_line(_json_text(entry, "title")),
        address=_web(_json_text(entry, "url"), base) or _web(_json_text(entry, "external_url"), base),
        authors=_json_names(entry) or inherited,
        date=date or updated,
        updated=updated if date and updated and dates.later(updated, date) else None,
        tags=_unique(_line(tag) for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
        summary=_line(_json_text(entry, "summary"), LONGEST_SUMMARY),
        content=_clean(_json_text(entry, "content_html")).strip() or _as_html(_json_text(entry, "content_text")),
        base=base,
        image=next((found for one in pictures if (found := _web(one, base))), ""),
        lang=_language(_json_text(entry, "language")) or lang,
    )


def _json_text(entry: Mapping[str, Any], key: str) -> str:
    found = entry.get(key)
    if isinstance(found, (int, float)) and not isinstance(found, bool):
        return str(found)  # ids that are numbers, which version 1 allowed
    return found if isinstance(found, str) else ""


def _json_list(entry: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    found = entry.get(key)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _json_names(entry: Mapping[str, Any]) -> tuple[str, ...]:
    one = entry.get("author")
    people = _json_list(entry, "authors") or ([one] if isinstance(one, dict) else [])
    return _unique(_person(_json_text(person, "name")) for person in people[:MOST_TAGS])


# Text


def _with_ids(items: Iterable[Item]) -> tuple[Item, ...]:
    """Items with an id each; of several with one id and one address the first."""
    found: dict[tuple[str, str], Item] = {}
    for item in items:
        named = item if item.id else replace(item, id=item.address or _fingerprint(item))
        found.setdefault((named.id, named.address), named)
    return tuple(found.values())


def _fingerprint(item: Item) -> str:
    told = f"{item.title}\n{item.date}" if item.title or item.date else f"{item.summary}\n{item.content}"
    return f"sha256:{hashlib.sha256(told.encode('utf-8', 'replace')).hexdigest()[:32]}"


def _clean(text: str) -> str:
    """Text that can be written as UTF-8 and as XML."""
    return re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)


def _line(text: str, longest: int = LONGEST_TITLE) -> str:
    """Text on one line; what is too long ends with an ellipsis."""
    line = " ".join(_clean(text).split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def _plain(text: str) -> str:
    """HTML to one line of text."""
    if "<" not in text and "&" not in text:
        return " ".join(_clean(text).split())
    root = page(text)
    if root is None:
        return ""
    for element in select(root, "script, style, template"):
        element.text = None
    for element in select(root, BLOCKS):
        element.tail = f" {element.tail or ''}"
    return " ".join(_clean(root.text_content()).split())


BLOCKS = "p, br, div, li, dd, dt, h1, h2, h3, h4, h5, h6, td, th, blockquote, figure, figcaption, pre"
"""Where a word ends."""


def _as_html(text: str) -> str:
    """Plain text as paragraphs."""
    parts = (html.escape(part.strip(), quote=False) for part in re.split(r"\n\s*\n", _clean(text)))
    return "\n".join(f"<p>{part}</p>" for part in parts if part)


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, names)))[:MOST_TAGS]


def _language(text: str) -> str:
    tag = text.strip().replace("_", "-")
    return tag if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", tag) else ""
