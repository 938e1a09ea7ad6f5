"""What a reader sees of a page's elements, and what of it is words."""

from __future__ import annotations

import re

from broadsheet.capture.dom import Element
from broadsheet.capture.escape import tidy

BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dialog", "dir", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr",
    "html", "iframe", "li", "main", "menu", "nav", "ol", "p", "pre", "search", "section", "summary", "table", "tbody",
    "td", "tfoot", "th", "thead", "tr", "ul", "caption", "amp-iframe", "amp-youtube", "amp-twitter",
))  # fmt: skip
"""Elements that begin and end a line."""

_UNSEEN = frozenset((
    "applet", "area", "audio", "base", "button", "canvas", "col", "colgroup", "datalist", "embed", "frame", "frameset",
    "head", "input", "link", "map", "math", "meta", "meter", "noembed", "noframes", "noscript", "object", "optgroup",
    "option", "param", "progress", "rp", "rt", "script", "select", "source", "style", "svg", "template", "textarea",
    "title", "track", "video",
))  # fmt: skip
"""Elements that hold no words of a story: what runs, plays, is filled in, or is there for programs."""

_FOR_SCREEN_READERS = re.compile(
    r"(?:^|\s)(?:sr-only|(?:u-)?visually-?hidden|screen-?reader(?:-only|-text)?|assistive-text)(?:$|\s)", re.I
)
_NOT_DISPLAYED = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)\b", re.I)

Node = Element | str


def tag(node: Node) -> str:
    """An element's name, which the parser gives in small letters; "" for text, comments and what else is none."""
    name = None if isinstance(node, str) else node.tag
    return name if isinstance(name, str) else ""


def is_unseen(element: Element) -> bool:
    """Whether a reader sees nothing of it."""
    name = tag(element)
    if name in _UNSEEN or not name:
        return True
    return (
        element.get("hidden") is not None
        or _NOT_DISPLAYED.search(element.get("style", "")) is not None
        or _FOR_SCREEN_READERS.search(element.get("class", "")) is not None
    )


def inside(element: Element) -> list[Node]:
    """An element's text and children in order."""
    nodes: list[Node] = [element.text] if element.text else []
    for child in element:
        nodes.append(child)
        if child.tail:
            nodes.append(child.tail)
    return nodes


def text_of(element: Element) -> str:
    """An element's words on one line, as a reader sees them."""
    words: list[str] = []
    left: list[Node] = [element]
    while left:
        node = left.pop()
        if isinstance(node, str):
            words.append(node)
        elif not is_unseen(node):
            around = " " if tag(node) in BLOCKS or tag(node) == "br" else ""
            left += [around, *reversed(inside(node)), around]
    return " ".join(tidy("".join(words)).split())
