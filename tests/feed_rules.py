"""What the W3C's feed validator calls an error or warns of, as far as a feed of ours could: for tests."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import html5lib

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
URI = re.compile(r"[a-zA-Z][0-9a-zA-Z+.-]*:(//)?[0-9a-zA-Z;/?:@&=+$._!~*'()%,#-]+")
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
RFC822 = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}")
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
UNSAFE = {"script", "style", "iframe", "object", "embed", "form", "link", "meta", "base", "title", "svg", "math"}
ADDRESSES = {"href", "url", "src", "xmlUrl", "htmlUrl", "domain", "scheme"}


def faults(data: bytes, url: str) -> list[str]:
    """What is wrong with a feed of any format that calls itself `url`."""
    found = json_faults if data.startswith(b"{") else rss_faults if b"<rss " in data else atom_faults
    return [*found(data, url), *(f"control character in {data!r}" for _ in CONTROLS.findall(data.decode()))]


def rss_faults(data: bytes, url: str) -> Iterator[str]:
    (channel,) = ElementTree.fromstring(data)
    for name in ("title", "link", "description"):
        if not (channel.findtext(name) or "").strip():
            yield f"channel without {name}"
    yield from self_faults([one.attrib for one in channel.findall(f"{ATOM}link")], url)
    yield from address_faults(channel)
    yield from repeated("guid", [one.text or "" for one in channel.iter("guid")])
    for name in ("title", "category", "source"):
        yield from (fault for one in channel.iter(name) for fault in text_faults(one.text or "", data))
    yield from text_faults(channel.findtext("description") or "", data)
    for item in channel.findall("item"):
        names = Counter(child.tag for child in item)
        more = {name for name in names if names[name] > 1}
        if more - {"category", "{http://purl.org/dc/elements/1.1/}creator"}:
            yield f"repeated {more}"
        for name in ("description", CONTENT):
            yield from html_faults(item.findtext(name) or "")
        yield from date_faults(item.findtext("pubDate") or "")
        for one in item.findall("enclosure"):
            if int(one.attrib["length"]) < 0 or "/" not in one.attrib["type"]:
                yield f"enclosure {one.attrib}"


def date_faults(text: str) -> Iterator[str]:
    if not RFC822.fullmatch(text) or f"{parsedate_to_datetime(text):%a}" != text[:3]:
        yield f"date {text}"


def atom_faults(data: bytes, url: str) -> Iterator[str]:
    root = ElementTree.fromstring(data)
    yield from self_faults([one.attrib for one in root.findall(f"{ATOM}link")], url)
    yield from address_faults(root)
    listed = root.findall(f"{ATOM}entry")
    for one in (root, *listed):
        for name in ("id", "title", "updated"):
            if not (one.findtext(f"{ATOM}{name}") or "").strip():
                yield f"no {name}"
        if not URI.fullmatch(one.findtext(f"{ATOM}id") or ""):
            yield f"id {one.findtext(f'{ATOM}id')}"
        alternates = [link for link in one.findall(f"{ATOM}link") if link.get("rel") == "alternate"]
        if [link.get("type") for link in alternates] != ["text/html"]:
            yield f"alternates {alternates}"
    for name in ("id", "updated"):
        yield from repeated(name, [one.findtext(f"{ATOM}{name}") or "" for one in listed])
    for name in ("updated", "published"):
        yield from (f"date {one.text}" for one in root.iter(f"{ATOM}{name}") if not RFC3339.fullmatch(one.text or ""))
    if any(not (one.text or "").strip() for one in root.iter(f"{ATOM}name")):
        yield "nameless author"
    for name in ("title", "subtitle", "summary", "content"):
        for one in root.iter(f"{ATOM}{name}"):
            yield from html_faults(one.text or "") if one.get("type") == "html" else text_faults(one.text or "", b"")


def self_faults(links: list[dict[str, str]], url: str) -> Iterator[str]:
    own = [link["href"] for link in links if link["rel"] == "self"]
    if own != [url]:
        yield f"calls itself {own}, is {url}"
    yield from repeated("link", [f"{link['rel']} {link.get('type')}" for link in links])


def address_faults(root: ElementTree.Element) -> Iterator[str]:
    for one in root.iter():
        found = [one.attrib[name] for name in ADDRESSES & set(one.attrib)]
        if one.tag in ("link", "docs"):
            found.append(one.text or "")
        yield from (f"address {text}" for text in found if not URI.fullmatch(text) or not urlsplit(text).scheme)


def repeated(name: str, values: list[str]) -> Iterator[str]:
    yield from (f"{name} {value} twice" for value, count in Counter(values).items() if count > 1)


def text_faults(text: str, rss: bytes) -> Iterator[str]:
    """Of text that is no HTML. What looks like it must at least be spelt as RSS's profile has it."""
    if re.search(r"</\w+>", text):
        yield f"markup in text: {text}"
    if re.search(r"&#?\w+;|<[/a-zA-Z]", text) and b"&#x" not in rss:
        yield f"entity in text: {text}"


def html_faults(text: str) -> Iterator[str]:
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"))
    fragment = parser.parseFragment(text)
    yield from (f"HTML: {code} at {place} in {text!r}" for place, code, _ in parser.errors)
    for element in fragment.iter():
        name = element.tag.rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""
        if name in UNSAFE:
            yield f"<{name}>"
        if any(attribute.startswith("on") or attribute == "style" for attribute in element.attrib):
            yield f"attributes {element.attrib}"
        if name == "img" and "alt" not in element.attrib:
            yield f"no alt: {element.attrib}"
        for attribute in ("href", "src", "cite"):
            if attribute in element.attrib and not urlsplit(element.attrib[attribute]).scheme:
                yield f"relative {attribute}: {element.attrib[attribute]}"


JSON_FEED = {
    "version", "title", "home_page_url", "feed_url", "description", "icon", "favicon", "authors", "language", "hubs",
    "items",
}  # fmt: skip
JSON_ITEM = {
    "id", "url", "external_url", "title", "content_html", "content_text", "summary", "image", "date_published",
    "date_modified", "authors", "tags", "language", "attachments",
}  # fmt: skip


def json_faults(data: bytes, url: str) -> Iterator[str]:
    feed: dict[str, Any] = json.loads(data)
    if feed["version"] != "https://jsonfeed.org/version/1.1" or feed["feed_url"] != url or not feed["title"]:
        yield f"head {feed}"
    yield from (f"unknown {name}" for name in set(feed) - JSON_FEED)
    yield from repeated("id", [item["id"] for item in feed["items"]])
    for item in feed["items"]:
        yield from (f"unknown {name}" for name in set(item) - JSON_ITEM)
        if not item.get("content_html") and not item.get("content_text"):
            yield f"no content: {item}"
        yield from html_faults(item.get("content_html", ""))
        for name in ("url", "external_url", "image"):
            if name in item and not URI.fullmatch(item[name]):
                yield f"{name} {item[name]}"
        for name in ("date_published", "date_modified"):
            if name in item and not (RFC3339.fullmatch(item[name]) and datetime.fromisoformat(item[name])):
                yield f"{name} {item[name]}"
        yield from (f"attachment {one}" for one in item.get("attachments", ()) if one["size_in_bytes"] < 1)
