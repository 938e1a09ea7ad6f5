"""What a text and its HTML may be, so that whoever parses them ends in seconds."""

from __future__ import annotations

import re
from collections import Counter

LARGEST_BODY = 1_000_000
"""Characters of Markdown in one article."""

MOST_OPEN = 2_000_000
"""Tags of the HTML, each counted as often as tags stand open around it: what a parser spends on those that nest."""

MOST_ATTRIBUTES = 2_000
"""Attributes of one tag; a parser compares each with all before it."""

MOST_JOINED = 300_000_000_000
"""Ampersands times characters between two tags; for each, the sanitizer copies the words so far."""


class TooCostlyError(ValueError):
    """Text that would take too much work.

    `line` is where in the text, counted from 1, and 0 where that is not known;
    `excerpt` is how the part begins.
    """

    def __init__(self, message: str, line: int = 0, excerpt: str = "") -> None:
        super().__init__(message)
        self.line = line
        self.excerpt = excerpt


def check_html(html: str) -> None:
    """Refuse HTML that costs its parser the square of its length, or makes much of little. Raises TooCostlyError."""
    check_words(html)
    if html.count("<") ** 2 >= MOST_OPEN or len(html) >= MOST_ATTRIBUTES:
        _check_tags(html)


def check_words(html: str) -> None:
    """The same of HTML whose tags are few at a time. Raises TooCostlyError."""
    if html.count("&") * len(html) > MOST_JOINED:
        joined = sum(words.count("&") * len(words) for words in html.split("<"))
        if joined > MOST_JOINED:
            raise TooCostlyError("too many ampersands in one paragraph")


_SPACE = r"\t\n\f\r "
_ATTRIBUTE = (
    rf"[{_SPACE}/]*+(?:=[^{_SPACE}/>=]*+|[^{_SPACE}/>=]++)"
    rf"(?:[{_SPACE}]*+=[{_SPACE}]*+(?:\"[^\"]*+\"|'[^']*+'|[^{_SPACE}>\"'][^{_SPACE}>]*+|))?+"
)
_TAG = re.compile(
    rf"<!--(?:-?>|.*?--!?>|.*)|<[!?][^>]*>?|</[^A-Za-z>][^>]*>?"
    rf"|<(/?)([A-Za-z][^{_SPACE}/>]*+)((?:{_ATTRIBUTE})*+)",
    re.S,
)
"""A comment or a tag as the HTML standard reads it: whether it is an end, its name, its attributes."""

_UNTIL_END = frozenset({"iframe", "noembed", "noframes", "plaintext", "script", "style", "textarea", "title", "xmp"})
"""Elements with text in them up to their own end, whatever it looks like."""

_UNKNOWN = frozenset({"frameset", "math", "noscript", "select", "svg"})
"""Elements in which tags mean something else."""

_NEVER_OPEN = frozenset({
    "area", "base", "br", "caption", "col", "colgroup", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta",
    "option", "p", "param", "source", "tbody", "tfoot", "thead", "tr", "track", "wbr",
})  # fmt: skip
"""Elements that are empty, or end where the next of them begins, so that they nest in others only."""

_BARRIERS = frozenset({"applet", "button", "marquee", "object", "table", "td", "template", "th"})
"""Elements out of which no end tag reaches."""


def _check_tags(html: str) -> None:
    """Elements left open are made anew in each block that follows, and what is deep costs its depth."""
    opened: list[tuple[str, Counter[str]]] = [("", Counter())]
    depth = cost = place = 0
    while tag := _TAG.search(html, place):
        place = tag.end()
        if not tag[2]:
            continue
        end, name, attributes = tag[1], tag[2].lower(), tag[3]
        if len(attributes) > MOST_ATTRIBUTES and len(re.findall(_ATTRIBUTE, attributes)) > MOST_ATTRIBUTES:
            raise TooCostlyError(f"an HTML tag has more than {MOST_ATTRIBUTES:,} attributes")
        depth += _closed(opened, name) if end else _opened(opened, name)
        cost += depth
        if not end and name in _UNTIL_END:
            found = re.compile(rf"</{name}(?=[{_SPACE}/>])", re.I).search(html, place)
            place = found.start() if found and name != "plaintext" else len(html)
        if name in _UNKNOWN:
            # Every tag that may follow counts as if it stayed open.
            left = html.count("<", place)
            cost += left * depth + left**2 // 2
            place = len(html)
        if cost > MOST_OPEN:
            raise TooCostlyError("too many HTML tags are left open, or stand inside one another")


def _opened(opened: list[tuple[str, Counter[str]]], name: str) -> int:
    if name in _NEVER_OPEN:
        return 0
    if name in _BARRIERS:
        opened.append((name, Counter()))
    else:
        opened[-1][1][name] += 1
    return 1


def _closed(opened: list[tuple[str, Counter[str]]], name: str) -> int:
    """Take a tag from those that are open, and tell what that adds to their number: nothing, or less."""
    if name not in _BARRIERS:
        inside = opened[-1][1]
        if not inside[name]:
            return 0
        inside[name] -= 1
        return -1
    last = len(opened) - 1
    while name == "table" and opened[last][0] in ("td", "th"):
        last -= 1
    if opened[last][0] != name:
        return 0
    gone: int = sum(1 + inside.total() for _, inside in opened[last:])
    del opened[last:]
    return -gone
