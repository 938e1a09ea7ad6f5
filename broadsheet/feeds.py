"""A feed's articles or editions to RSS 2.0, Atom (RFC 4287) or JSON Feed 1.1."""

from __future__ import annotations

import hashlib
import html
import json
import re
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from broadsheet.collect import FEED_ID_NAMESPACE
from broadsheet.config import Config
from broadsheet.model import Body, Picture, PublishedArticle, PublishedEdition, Source, Teaser
from broadsheet.slugs import encoded
from broadsheet.versions import installed
from broadsheet.views import Feed
from broadsheet.words import Words, form_of

if TYPE_CHECKING:
    # Imported where a feed is first written: a build with nothing to render does without.
    from feedgen.feed import FeedGenerator

ENGINES = installed("feedgen", "lxml")
"""What a feed's bytes depend on besides its entries and ourselves."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed without entries was last changed."""

MOST_TAGS = 50
"""Tags that a feed names of an article, which stands in the feeds of all its tags: with all of them in each, a feed
would grow with the square of their number."""

MOST_REMEMBERED = 32_000_000
"""Bytes of entries kept in memory."""

ICON = "/icon-512.png"
"""The site's own picture, square."""

_ATOM = "{http://www.w3.org/2005/Atom}"
_DC = "http://purl.org/dc/elements/1.1/"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class Desk:
    """What every feed of a site is written with. Remembers entries: an article stands in many feeds, in each thrice.

    `to_html` makes a body's HTML with whole addresses; `words` are the site's
    own, not the article's.
    """

    def __init__(self, config: Config, words: Words, to_html: Callable[[Body], str]) -> None:
        self.config, self.words, self.to_html = config, words, to_html
        self.base = config.origin + config.prefix
        self.whole = lru_cache(maxsize=4096)(self._whole)
        self.made: dict[str, Written] = {}
        self.size = 0

    def _whole(self, address: str) -> str:
        """A path of the site, or a web address, as a web address."""
        return self.base + encoded(address) if address.startswith("/") else address

    def remember(self, made: Mapping[str, Written]) -> None:
        """Keep entries by their pages' addresses; the first remembered go where there are too many."""
        self.made.update(made)
        self.size += sum(one.size for one in made.values())
        while self.size > MOST_REMEMBERED:
            self.size -= self.made.pop(next(iter(self.made))).size


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An article or an edition as every format tells it: addresses are whole, `content` is HTML, the rest is text.

    `content` is "" where the digest gives away no more than a summary;
    `original` the address of the source, "" without one.
    """

    id: str
    url: str
    title: str
    summary: str
    content: str
    published: datetime
    changed: datetime
    lang: str
    authors: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    source: Source | None = None
    original: str = ""
    picture: Picture | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An entry as it stands in every feed that has it: RSS, Atom and JSON. `changed` is that of the entry."""

    changed: datetime
    rss: bytes
    atom: bytes
    json: bytes

    @property
    def size(self) -> int:
        return len(self.rss) + len(self.atom) + len(self.json)


def to_feed(feed: Feed, url: str, desk: Desk) -> bytes:
    """A feed to its file; `url` is the path that it will have."""
    found = written(feed, desk)
    match feed.format:
        case "json":
            return _to_json(feed, url, desk, found)
        case "rss":
            return _joined(to_rss(shell(feed, url, desk, found)), RSS, [one.rss for one in found])
        case _:
            return _joined(to_atom(shell(feed, url, desk, found)), ATOM, [one.atom for one in found])


def topic(url: str, config: Config) -> str:
    """The address that a feed calls itself by, and that a hub knows it by."""
    return config.origin + config.prefix + encoded(url)


def plain(text: str) -> str:
    """Text on one line, without the characters that XML 1.0 or HTML cannot hold in any spelling."""
    return _BLANKS.sub(" ", _without_controls(text)).strip(" ")


def _without_controls(text: str) -> str:
    return _controls().sub("", text)


_BLANKS = re.compile(r"[\t\n\r ]{2,}|[\t\n\r]")
"""All but the single spaces, which may stay."""


@cache
def _controls() -> re.Pattern[str]:
    """Made where a feed is first written, as it takes milliseconds."""
    return re.compile(
        "[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd"
        + "".join(f"{chr(plane * 0x10000)}-{chr(plane * 0x10000 + 0xFFFD)}" for plane in range(1, 17))
        + "]"
    )


def _title(feed: Feed, desk: Desk) -> str:
    title = plain(feed.title) or desk.base
    return f"{title}: {form_of(desk.words, feed.word, {})}" if feed.word else title


def _description(feed: Feed, title: str, desk: Desk) -> str:
    """A feed's description, else the site's; the title where there is neither, as RSS must have one."""
    own = "" if feed.description == feed.title else plain(feed.description)
    return own or plain(desk.config.description) or title


# Entries ---------------------------------------------------------------------------------------------


def written(feed: Feed, desk: Desk) -> list[Written]:
    """A feed's entries in every format: a page has feeds in each, one after the other."""
    known = {one.url: desk.made[one.url] for one in feed.entries if one.url in desk.made}
    new = {one.url: entry(one, desk) for one in feed.entries if one.url not in known}
    made = dict(zip(new, _written(new.values(), desk), strict=True))
    desk.remember(made)
    return [known.get(one.url) or made[one.url] for one in feed.entries]


def _written(found: Collection[Entry], desk: Desk) -> list[Written]:
    if not found:
        return []
    generator = _bare(desk)
    for one in found:
        add(one, generator, desk)
    _, *rss = _parted(to_rss(generator), RSS)
    _, *atom = _parted(to_atom(generator), ATOM)
    return [
        Written(changed=one.changed, rss=in_rss, atom=in_atom, json=_json(_item(one, desk)))
        for one, in_rss, in_atom in zip(found, rss, atom, strict=True)
    ]


def entry(one: PublishedArticle | PublishedEdition, desk: Desk) -> Entry:
    match one:
        case PublishedArticle():
            return _of_article(one, desk)
        case PublishedEdition():
            return _of_edition(one, desk)


def _of_article(one: PublishedArticle, desk: Desk) -> Entry:
    article, teaser = one.article, one.teaser
    address = desk.whole(one.url)
    title = plain(article.title) or address
    original = uri(article.source.url) if article.source else ""
    parts = (_figure(teaser.image, desk), desk.to_html(one.body), _read_at(article.source, original, desk))
    return Entry(
        id=one.id,
        url=address,
        title=title,
        summary=plain(teaser.summary) or title,
        content=_content(parts, desk),
        published=article.date,
        changed=one.changed,
        lang=article.lang,
        authors=_named(article.authors),
        tags=tuple((name, desk.whole(tag.url)) for tag in teaser.tags[:MOST_TAGS] if (name := plain(tag.name))),
        source=article.source,
        original=original,
        picture=teaser.image,
    )


def _of_edition(one: PublishedEdition, desk: Desk) -> Entry:
    edition = one.edition
    address = desk.whole(one.url)
    title = plain(edition.title) or address
    headlines = (plain(teaser.title) for section in one.sections for teaser in section.articles)
    return Entry(
        id=f"urn:uuid:{uuid.uuid5(FEED_ID_NAMESPACE, f'{desk.config.id}/{edition.path}')}",
        url=address,
        title=title,
        summary=plain(edition.summary) or " · ".join(headlines) or title,
        content=_content((desk.to_html(one.body), *_contents(one, desk)), desk),
        published=edition.date,
        changed=max(edition.date, edition.updated or edition.date),
        lang=edition.lang,
    )


def _content(parts: tuple[str, ...], desk: Desk) -> str:
    return _without_controls("\n".join(part for part in parts if part)) if desk.config.feed.full_text else ""


def _named(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for one in names if (name := plain(one))))


def _figure(picture: Picture | None, desk: Desk) -> str:
    if picture is None:
        return ""
    size = f' width="{picture.width}" height="{picture.height}"' if picture.width and picture.height else ""
    image = f'<img src="{html.escape(desk.whole(picture.src))}" alt="{html.escape(picture.alt)}"{size}>'
    words = " ".join(part for part in (html.escape(picture.caption), _credit(picture, desk)) if part)
    return f"<figure>{image}{f'<figcaption>{words}</figcaption>' if words else ''}</figure>"


def _credit(picture: Picture, desk: Desk) -> str:
    if not picture.credit:
        return ""
    name = html.escape(picture.credit)
    name = _link(name, uri(picture.credit_url)) if picture.credit_url else name
    return f"<small>{_said(desk, 'picture_credit', credit=name)}</small>"


def _link(words: str, address: str) -> str:
    return f'<a href="{html.escape(address)}">{words}</a>'


def _read_at(source: Source | None, original: str, desk: Desk) -> str:
    if not source or not original:
        return ""
    link = _link(html.escape(source.name), original)
    return f"<p>{_said(desk, 'read_at', source=link)}</p>"


def _said(desk: Desk, key: str, **places: str) -> str:
    """The words of a key with HTML in their places."""
    return html.escape(form_of(desk.words, key, places), quote=False).format(**places)


def _contents(one: PublishedEdition, desk: Desk) -> Iterator[str]:
    for section in one.sections:
        if section.title:
            yield f"<h2>{html.escape(section.title)}</h2>"
        if section.articles:
            yield f"<ul>\n{''.join(_told(teaser, desk) for teaser in section.articles)}</ul>"


def _told(teaser: Teaser, desk: Desk) -> str:
    link = _link(html.escape(teaser.title), desk.whole(teaser.url))
    by = f" ({html.escape(teaser.source.name)})" if teaser.source else ""
    summary = f"<br>{html.escape(teaser.summary)}" if teaser.summary else ""
    return f"<li>{link}{by}{summary}</li>\n"


# JSON Feed -------------------------------------------------------------------------------------------


def _to_json(feed: Feed, url: str, desk: Desk, found: Iterable[Written]) -> bytes:
    config, title = desk.config, _title(feed, desk)
    hubs = [{"type": "WebSub", "url": config.feed.hub}] if config.feed.hub else None
    data = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "home_page_url": desk.whole(feed.page),
        "feed_url": topic(url, config),
        "description": _description(feed, title, desk),
        "icon": desk.whole(ICON),
        "authors": [{"name": plain(config.author)}] if plain(config.author) else None,
        "language": config.language,
        "hubs": hubs,
    }
    start = _json({**_present(data), "items": []}).removesuffix(b"]}")
    return b"".join((start, b", ".join(one.json for one in found), b"]}\n"))


def _json(data: Mapping[str, Any]) -> bytes:
    return _TO_JSON(data).encode()


_TO_JSON = json.JSONEncoder(ensure_ascii=False).encode


def _item(one: Entry, desk: Desk) -> dict[str, Any]:
    changed = one.changed if one.changed != one.published else None
    found = enclosure(one.picture, desk)
    attachment = {
        "url": found["href"], "mime_type": found["type"], "size_in_bytes": int(found["length"]),
        "title": plain(one.picture.alt) if one.picture else "",
    } if found else {}  # fmt: skip
    return _present({
        "id": one.id,
        "url": one.url,
        "external_url": one.original,
        "title": one.title,
        "content_html": one.content,
        "content_text": "" if one.content else one.summary,
        "summary": one.summary,
        "image": uri(desk.whole(one.picture.url)) if one.picture else "",
        "date_published": _stamp(one.published).isoformat(),
        "date_modified": _stamp(changed).isoformat() if changed else "",
        "authors": [{"name": name} for name in one.authors],
        "tags": [name for name, _ in one.tags],
        "language": one.lang,
        "attachments": [_present(attachment)] if attachment else [],
    })  # fmt: skip


def _present(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value}


# RSS and Atom ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What stands before each entry in feedgen's XML, and after all of them."""

    start: bytes
    end: bytes


RSS = Form(start=b"    <item", end=b"  </channel>\n</rss>\n")
ATOM = Form(start=b"  <entry", end=b"</feed>\n")


def shell(feed: Feed, url: str, desk: Desk, found: Iterable[Written]) -> FeedGenerator:
    """A feed that lacks its entries."""
    config, title = desk.config, _title(feed, desk)
    generator = _generator()
    generator.broadsheet.set(feed.stylesheet and config.prefix + feed.stylesheet, config)
    generator.id(_feed_id(feed, config))
    generator.title(title)
    generator.description(_description(feed, title, desk))
    generator.language(config.language)
    generator.link(href=topic(url, config), rel="self", type=f"application/{feed.format}+xml")
    # The last link given is what feedgen makes RSS's <link> of.
    generator.link(href=desk.whole(feed.page), rel="alternate", type="text/html")
    generator.author({"name": plain(config.author) or title})
    generator.icon(desk.whole(ICON))
    generator.generator("Broadsheet")
    # Without it feedgen stamps the present time (also as RSS's lastBuildDate), and two builds would differ.
    generator.updated(_stamp(max((one.changed for one in found), default=EPOCH)))
    return generator


def _bare(desk: Desk) -> FeedGenerator:
    """A feed that says no more of itself than feedgen asks for: only its entries count."""
    generator = _generator()
    generator.id(desk.base)
    generator.title(desk.base)
    generator.description(desk.base)
    generator.link(href=desk.base)
    return generator


def _generator() -> FeedGenerator:
    from feedgen.feed import FeedGenerator

    generator = FeedGenerator()
    generator.register_extension("broadsheet", _FeedExtension, _EntryExtension)
    return generator


def to_rss(generator: FeedGenerator) -> bytes:
    return _with_character_references(generator.rss_str(pretty=True))


def to_atom(generator: FeedGenerator) -> bytes:
    xml: bytes = generator.atom_str(pretty=True)
    return xml


def _parted(xml: bytes, form: Form) -> list[bytes]:
    """What stands before the entries, and each of them. Within texts and attributes, `<` is written otherwise."""
    return xml.removesuffix(form.end).split(form.start)


def _joined(xml: bytes, form: Form, found: Iterable[bytes]) -> bytes:
    """A shell with entries in it."""
    return form.start.join((xml.removesuffix(form.end), *found)) + form.end


def _feed_id(feed: Feed, config: Config) -> str:
    """Outlives a change of address where the digest has an `id`."""
    if not config.id:
        return config.origin + config.prefix + encoded(feed.page)
    return f"urn:uuid:{uuid.uuid5(FEED_ID_NAMESPACE, f'{config.id} {feed.page}')}"


def add(one: Entry, generator: FeedGenerator, desk: Desk) -> None:
    """Give feedgen's feed one more entry, behind those it has."""
    added = generator.add_entry(order="append")
    added.guid(one.id, permalink=False)
    added.title(one.title)
    added.link(href=one.url, rel="alternate")
    added.published(_stamp(one.published))
    added.updated(_distinct(_stamp(one.changed), one.id))
    added.author([{"name": name} for name in one.authors])
    added.category([{"term": name, "scheme": address, "label": name} for name, address in one.tags])
    added.summary(one.summary)
    if one.content:
        added.content(one.content, type="html")
    added.broadsheet.set(one, enclosure(one.picture, desk))


def _stamp(moment: datetime) -> datetime:
    """RFC 3339 and RFC 5322 know no seconds in an offset, which local times before standard time have."""
    offset = moment.utcoffset()
    return moment.astimezone(UTC) if offset and offset.seconds % 60 else moment


def _distinct(moment: datetime, id: str) -> datetime:
    """A moment within its second, the entry's own: articles dated by the day alone share their midnight,
    and readers take entries that were updated at one moment for one (W3C validator, DuplicateUpdated).
    """
    mark = hashlib.blake2b(id.encode("utf-8", "replace"), digest_size=8).digest()
    return moment.replace(microsecond=int.from_bytes(mark, "big") % 1_000_000)


def uri(address: str) -> str:
    """A web address as typed in the ASCII of RFC 3986: percent forms kept, a host in other scripts in Punycode."""
    if _PLAIN_ADDRESS.fullmatch(address):
        return address
    host = re.match(r"https?://[^/?#]*", address, re.I)
    start = host[0] if host else ""
    return _FOREIGN_LABEL.sub(_punycode, start) + quote(address[len(start) :], safe=";/?:@&=+$-_.!~*'()%,#")


_PLAIN_ADDRESS = re.compile(r"https?://[\w.:/?&=+$;@~*'()%,#!-]*", re.ASCII)
_FOREIGN_LABEL = re.compile(r"[^./:@]*[^./:@\x00-\x7f][^./:@]*")


def _punycode(label: re.Match[str]) -> str:
    try:
        return label[0].encode("idna").decode()
    except UnicodeError:
        return quote(label[0])


def enclosure(picture: Picture | None, desk: Desk) -> dict[str, str]:
    """A picture of this site as an enclosure's attributes; empty for one on another host, whose size is unknown."""
    if picture is None or not picture.size:
        return {}
    return {"href": desk.whole(picture.url), "type": picture.type, "length": str(picture.size)}


_LIKE_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>|&#?\w+;")
"""What readers of feeds take for HTML, whatever the format says of it."""


def _as_html(element: Any) -> bool:
    """Make text that readers would take for HTML the HTML that shows it; whether it was needed."""
    if element is None or not _LIKE_MARKUP.search(element.text or ""):
        return False
    element.text = html.escape(element.text, quote=False)
    return True


_TEXTS = re.compile(rb"<(?:title|description|category|source)[ >][^<&]*&[^<]*")
_REFERENCES = {b"&amp;": b"&#x26;", b"&lt;": b"&#x3C;", b"&gt;": b"&#x3E;"}


def _with_character_references(xml: bytes) -> bytes:
    """RSS whose texts spell `&` and `<` as the RSS Advisory Board's profile has it (Best Practices, character data)."""

    def text(found: re.Match[bytes]) -> bytes:
        start, end, words = found[0].partition(b">")
        return start + end + re.sub(rb"&(?:amp|lt|gt);", lambda one: _REFERENCES[one[0]], words)

    return _TEXTS.sub(text, xml)


class _FeedExtension:
    """What feedgen does not write of a feed: its stylesheet, and in RSS its hub.

    Brings the namespace that the entries' authors need in RSS, whose own author
    is an e-mail address.
    """

    def __init__(self) -> None:
        self.stylesheet, self.hub, self.lang = "", "", ""

    def set(self, stylesheet: str, config: Config) -> None:
        self.stylesheet, self.hub, self.lang = stylesheet, config.feed.hub, config.language

    def extend_ns(self) -> dict[str, str]:
        return {"dc": _DC}

    def extend_rss(self, rss: Any) -> Any:
        from lxml import etree

        channel = rss[0]
        if self.hub:
            channel.insert(_after(channel, "link"), etree.Element(f"{_ATOM}link", rel="hub", href=self.hub))
        for name in ("title", "description"):
            _as_html(channel.find(name))
        rss.set(_LANG, self.lang)
        return self._styled(rss)

    def extend_atom(self, feed: Any) -> Any:
        from lxml import etree

        if self.hub:
            feed.insert(_after(feed, "link"), etree.Element("link", rel="hub", href=self.hub))
        for name in ("title", "subtitle"):
            if _as_html(element := feed.find(name)):
                element.set("type", "html")
        return self._styled(feed)

    def _styled(self, root: Any) -> Any:
        from lxml import etree

        if self.stylesheet:
            text = f'type="text/css" href="{html.escape(self.stylesheet)}"'
            root.addprevious(etree.ProcessingInstruction("xml-stylesheet", text))
        return root


class _EntryExtension:
    """What feedgen 1.0.0 loses of an entry: the attributes of its links, and whom it digests.

    feedgen copies a link's rel, type and length onto the XML element after it has
    overwritten the variable that held them. Can go when a release keeps them.
    """

    def __init__(self) -> None:
        self.one: Entry | None = None

    def set(self, one: Entry, enclosure: dict[str, str]) -> None:
        self.one, self.enclosure = one, enclosure

    def extend_atom(self, entry: Any) -> Any:
        from lxml import etree

        if self.one is None:
            return entry
        children = {child.tag: child for child in entry}
        entry.remove(children["link"])
        position = entry.index(children["updated"]) + 1
        for link in reversed(list(self._links(self.one))):
            entry.insert(position, etree.Element("link", link))
        for name in ("title", "summary"):
            if _as_html(children[name]):
                children[name].set("type", "html")
        if self.one.lang:
            entry.set(_LANG, self.one.lang)
        return entry

    def _links(self, one: Entry) -> Iterator[dict[str, str]]:
        yield {"rel": "alternate", "type": "text/html", "href": one.url}
        if one.source and one.original:
            yield _present({"rel": "via", "href": one.original, "title": plain(one.source.name)})
        if self.enclosure:
            yield {"rel": "enclosure", **self.enclosure}

    def extend_rss(self, item: Any) -> Any:
        from lxml import etree

        if self.one is None:
            return item
        if self.one.lang:
            item.set(_LANG, self.one.lang)
        children = {child.tag: child for child in item}
        _as_html(children["title"])
        for name in self.one.authors:
            etree.SubElement(item, f"{{{_DC}}}creator").text = name
        # RSS takes a description for HTML, and a summary is text.
        children["description"].text = html.escape(self.one.summary, quote=False)
        source, found = self.one.source, self.enclosure
        if source and self.one.original:
            etree.SubElement(item, "source", url=self.one.original).text = plain(source.name)
        if found:
            etree.SubElement(item, "enclosure", url=found["href"], type=found["type"], length=found["length"])
        return item


def _after(element: Any, name: str) -> int:
    """The position behind the last child of that name."""
    return 1 + max(index for index, child in enumerate(element) if child.tag.rpartition("}")[2] == name)
