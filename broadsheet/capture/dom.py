"""Hostile HTML and XML to trees: the one place that parses them."""

from __future__ import annotations

import re
from itertools import dropwhile, islice
from typing import Any, TypeAlias

from lxml import etree, html
from lxml.cssselect import CSSSelector

Element: TypeAlias = Any
"""An lxml element. lxml ships no types."""


MOST_TAGS = 80_000
"""Of a page; what stands behind them is not parsed. Real articles have some thousands."""


def is_cut(text: str) -> bool:
    """Whether `page` looks at the beginning of a text only."""
    return text.count("<") > MOST_TAGS


def page(text: str) -> Element | None:
    """HTML text to its root element; None where there is nothing to parse."""
    if is_cut(text):
        text = text[: next(islice(re.finditer("<", text), MOST_TAGS, None)).start()]
    text = _CONTROLS.sub("", _NUMBERED.sub(_unless_control, _without_declaration(text)))
    if not text.strip():
        return None
    parser = html.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None
    _end_head(root)
    return root


_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""libxml2's HTML parser lets them in, and its trees let none be copied."""

_NUMBERED = re.compile(r"&#(?:x([0-9a-f]{1,8})|([0-9]{1,8}));?", re.I)


def _unless_control(found: re.Match[str]) -> str:
    number = int(found[1], 16) if found[1] else int(found[2])
    return "" if number > 0x10FFFF or _CONTROLS.match(chr(number)) else found[0]


_OF_HEAD = frozenset(
    ("base", "basefont", "bgsound", "link", "meta", "noscript", "script", "style", "template", "title")
)


def _end_head(root: Element) -> None:
    """Begin the body where HTML does.

    Where a page leaves its body tag out, as it may, libxml2 takes elements that
    HTML 4 had not for the head's.
    """
    head = root.find("head")
    strays = [] if head is None else list(dropwhile(lambda one: one.tag in _OF_HEAD, head))
    if not strays:
        return
    body = root.find("body")
    if body is None:
        body = etree.SubElement(root, "body")
    strays[-1].tail, body.text = (strays[-1].tail or "") + (body.text or ""), None
    for number, stray in enumerate(strays):
        body.insert(number, stray)


def _without_declaration(text: str) -> str:
    """lxml refuses text that declares an encoding; it is decoded already."""
    head = text.lstrip("\ufeff \t\r\n")
    if head.startswith("<?xml"):
        return head.partition("?>")[2]
    return head


def select(root: Element, selector: str) -> list[Element]:
    """The elements a CSS selector names, in document order. Raises ValueError for no selector."""
    try:
        return list(root.cssselect(selector))
    except Exception as error:  # cssselect has several families of them
        raise ValueError(f"{selector!r} is not a CSS selector") from error


def is_selector(text: str) -> bool:
    """Whether `select` takes it."""
    try:
        CSSSelector(text)
    except Exception:  # as above
        return False
    return True


def xml(text: str) -> tuple[Element | None, str]:
    """XML text without a DTD to its root element, and the first thing about it that had to be mended ("" if none).

    Nothing is loaded and no entity is resolved. None where nothing could be read.
    """
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, remove_comments=True,
        remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        return None, str(error)
    if root is not None:
        etree.strip_elements(root, etree.Entity, with_tail=False)
    fatal = next(iter(parser.error_log.filter_from_fatals()), None)
    words = fatal.message.partition("\n")[0].strip() if fatal else ""
    return root, f"line {fatal.line}: {words}" if fatal else ""


def to_xml(root: Element) -> bytes:
    """A tree as UTF-8."""
    return bytes(etree.tostring(root, encoding="utf-8"))
