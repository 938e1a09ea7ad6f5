"""What a text is: a page, plain text, a feed, a list of feeds, or JSON."""

from __future__ import annotations

import json
import re
from pathlib import PurePath
from typing import Literal

Kind = Literal["page", "text", "feed", "opml", "json"]

ROOTS: dict[str, Kind] = {"rss": "feed", "feed": "feed", "rdf:rdf": "feed", "opml": "opml", "html": "page"}
PAGE_STARTS = {
    *("a", "abbr", "address", "article", "aside", "b", "base", "blockquote", "body", "br", "button", "center", "code"),
    *("div", "dl", "em", "figure", "font", "footer", "form", "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "head"),
    *("header", "hr", "i", "iframe", "img", "link", "main", "meta", "nav", "noscript", "ol", "p", "picture", "pre"),
    *("script", "section", "small", "span", "strong", "style", "svg", "table", "tbody", "td", "template", "title"),
    *("tr", "u", "ul", "video"),
}
TEXT_NAMES = (".md", ".markdown", ".mdown", ".txt", ".text", ".rst")
PAGE_NAMES = (".html", ".htm", ".xhtml", ".shtml", ".mhtml", ".mht")
HEAD, WIDE = 20_000, 200_000

BEFORE_ROOT = re.compile(r"\s+|<\?(?:(?!\?>).)*\?>|<!--(?:(?!-->).)*-->|<!doctype\s+(?!html)[^>]*>", re.I | re.S)
DOCTYPE = re.compile(r"<!doctype\s+html\b", re.I)
ROOT = re.compile(r"<([a-z][a-z0-9:-]*)(?=[\s/>])", re.I)
CODE = re.compile(r"^(```|~~~).*?^\1|`[^`\n]+`|^(?: {4}|\t)[^\n]*", re.M | re.S)
CLOSER = re.compile(r"</(?:p|div|li|h[1-6]|td|tr|section|article|blockquote)>|<br\s*/?>", re.I)


def kind(text: str, *, media_type: str = "", name: str = "") -> Kind:
    """What a text is by what stands in it; where that leaves a doubt, by what its sender or its name says."""
    head = _from_root(text[:HEAD].lstrip("\ufeff"))
    if DOCTYPE.match(head):
        return "page"
    if head.startswith(("{", "[")):
        return _json_kind(text)
    root = _root(head)
    if root in ROOTS:
        return ROOTS[root]
    if _said_to_be_text(media_type, name):
        return "page" if root in ("head", "body") else "text"
    if root in PAGE_STARTS or "-" in root:
        return "page"
    return "page" if _is_fragment(text[:WIDE], media_type, name) else "text"


def _from_root(head: str) -> str:
    """A text from its first element on: white space, comments and declarations pass."""
    at = 0
    while found := BEFORE_ROOT.match(head, at):
        at = found.end()
    return head[at:]


def _root(head: str) -> str:
    found = ROOT.match(head)
    return found[1].lower() if found else ""


def _json_kind(text: str) -> Kind:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return "text"
    version = found.get("version") if isinstance(found, dict) else ""
    return "feed" if isinstance(version, str) and "jsonfeed.org/version/" in version else "json"


def _said_to_be_text(media_type: str, name: str) -> bool:
    return media_type in ("text/plain", "text/markdown") or PurePath(name).suffix.lower() in TEXT_NAMES


def _is_fragment(head: str, media_type: str, name: str) -> bool:
    """HTML that begins with words: tags end its paragraphs, and not only in what a text quotes."""
    if "html" in media_type or PurePath(name).suffix.lower() in PAGE_NAMES:
        return CLOSER.search(head) is not None
    closers = len(CLOSER.findall(CODE.sub("", head)))
    lines = [line for line in head.splitlines() if line.strip()]
    return closers >= 30 or (closers >= 3 and closers * 2 >= len(lines))
