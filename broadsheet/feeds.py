"""A feed's articles to RSS 2.0 or Atom (RFC 4287)."""

from __future__ import annotations

import html
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from feedgen.version import version_str
from lxml import etree

from broadsheet import __version__
from broadsheet.collect import FEED_ID_NAMESPACE
from broadsheet.config import Config
from broadsheet.model import Body, Picture, PublishedArticle
from broadsheet.plan import Feed
from broadsheet.slugs import encoded

ENGINES = f"feedgen {version_str}, lxml {etree.__version__}"
"""What a feed's bytes depend on besides its articles and ourselves."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed without articles was last changed."""

_ATOM = "{http://www.w3.org/2005/Atom}"
_DC = "http://purl.org/dc/elements/1.1/"

ToHtml = Callable[[Body], str]


def to_xml(feed: Feed, url: str, config: Config, to_html: ToHtml) -> bytes:
    """A feed to its file. `url` is its own path, `to_html` makes a body with absolute addresses."""
    base = config.origin + config.prefix
    changed = max((one.changed for one in feed.articles), default=EPOCH)
    generator = FeedGenerator()
    generator.register_extension("broadsheet", _FeedExtension, _EntryExtension)
    generator.id(_feed_id(feed, config))
    generator.title(xml_text(feed.title))
    generator.description(xml_text(feed.description))
    generator.language(config.language)
    generator.link(
        href=base + encoded(url), rel="self",
        type="application/rss+xml" if feed.format == "rss" else "application/atom+xml",
    )
    # The last link given is what feedgen makes RSS's <link> of.
    generator.link(href=base + encoded(feed.page), rel="alternate", type="text/html")
    generator.author({"name": xml_text(config.author or config.title)})
    generator.generator("Broadsheet", version=__version__)
    # Without it feedgen stamps the present time (also as RSS's lastBuildDate), and two builds would differ.
    generator.updated(_stamp(changed))
    for one in feed.articles:
        generator.add_entry(_entry(one, config, to_html), order="append")
    text: bytes = generator.rss_str(pretty=True) if feed.format == "rss" else generator.atom_str(pretty=True)
    return text


def _feed_id(feed: Feed, config: Config) -> str:
    """Outlives a change of address where the digest has an `id`."""
    if not config.id:
        return config.origin + config.prefix + encoded(feed.page)
    return f"urn:uuid:{uuid.uuid5(FEED_ID_NAMESPACE, f'{config.id} {feed.page}')}"


def _entry(one: PublishedArticle, config: Config, to_html: ToHtml) -> FeedEntry:
    base = config.origin + config.prefix
    article, teaser = one.article, one.teaser
    address = base + encoded(one.url)
    entry = FeedEntry()
    entry.id(one.id)
    entry.guid(one.id, permalink=False)
    entry.title(xml_text(article.title))
    entry.link(href=address, rel="alternate")
    entry.published(_stamp(article.date))
    entry.updated(_stamp(one.changed))
    for name in article.authors:
        entry.author({"name": xml_text(name)})
    for tag in teaser.tags:
        entry.category(term=xml_text(tag.name), scheme=base + encoded(tag.url), label=xml_text(tag.name))
    entry.summary(xml_text(teaser.summary or article.title))
    text = to_html(one.body) + _original(one) if config.feed.full_text else ""
    if text:
        entry.content(xml_text(text), type="html")
    entry.register_extension("broadsheet", _EntryExtension)
    entry.broadsheet.set(one, base, address)
    return entry


def _stamp(moment: datetime) -> datetime:
    """RFC 3339 and RFC 5322 know no seconds in an offset, which local times before standard time have."""
    offset = moment.utcoffset()
    return moment.astimezone(UTC) if offset and offset.seconds % 60 else moment


def _original(one: PublishedArticle) -> str:
    source = one.article.source
    if not source or not source.url:
        return ""
    name, href = html.escape(source.name), html.escape(source.url)
    return f'\n<p>Read the original at <a href="{href}">{name}</a>.</p>'


def xml_text(text: str) -> str:
    """Text without the characters that XML 1.0 cannot hold in any spelling."""
    return re.sub(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)


def enclosure(picture: Picture | None, base: str) -> dict[str, str]:
    """A picture of this site as an enclosure's attributes; empty for one on another host, whose size is unknown."""
    if picture is None or not picture.size:
        return {}
    return {"href": base + encoded(picture.url), "type": picture.type, "length": str(picture.size)}


class _FeedExtension(BaseExtension):  # type: ignore[misc]  # feedgen has no types
    """The namespace that the entries' authors need in RSS, whose own author is an e-mail address."""

    def extend_ns(self) -> dict[str, str]:
        return {"dc": _DC}


class _EntryExtension(BaseEntryExtension):  # type: ignore[misc]  # feedgen has no types
    """What feedgen 1.0.0 loses of an entry: the attributes of its links, and whom it digests.

    feedgen copies a link's rel, type and length onto the XML element after it has
    overwritten the variable that held them. Can go when a release keeps them.
    """

    def __init__(self) -> None:
        self.one: PublishedArticle | None = None

    def set(self, one: PublishedArticle, base: str, address: str) -> None:
        self.one, self.base, self.address = one, base, address

    def extend_atom(self, entry: Any) -> Any:
        if self.one is None:
            return entry
        for link in entry.findall(f"{_ATOM}link") + entry.findall("link"):
            entry.remove(link)
        source = self.one.article.source
        links = [{"rel": "alternate", "type": "text/html", "href": self.address}]
        if source and source.url:
            links.append({"rel": "via", "href": source.url, "title": xml_text(source.name)})
        if found := enclosure(self.one.teaser.image, self.base):
            links.append({"rel": "enclosure", **found})
        position = 1 + next(index for index, child in enumerate(entry) if etree.QName(child).localname == "updated")
        for link in reversed(links):
            entry.insert(position, etree.Element("link", link))
        if self.one.article.lang:
            entry.set("{http://www.w3.org/XML/1998/namespace}lang", self.one.article.lang)
        return entry

    def extend_rss(self, item: Any) -> Any:
        if self.one is None:
            return item
        for name in self.one.article.authors:
            etree.SubElement(item, f"{{{_DC}}}creator").text = xml_text(name)
        for author in item.findall("author"):
            item.remove(author)
        # RSS takes a description for HTML, and a summary is text.
        description = item.find("description")
        description.text = html.escape(description.text, quote=False)
        source = self.one.article.source
        if source and source.url:
            etree.SubElement(item, "source", url=source.url).text = xml_text(source.name)
        if found := enclosure(self.one.teaser.image, self.base):
            etree.SubElement(item, "enclosure", url=found["href"], type=found["type"], length=found["length"])
        return item
