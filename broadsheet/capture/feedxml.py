"""The hostile XML of feeds to trees that a feed parser can take: no entities, and nothing without end."""

from __future__ import annotations

import re
from html.entities import html5
from xml.parsers import expat

from broadsheet.capture.dom import Element, to_xml, xml
from broadsheet.errors import ContentError, Problem

MOST_BYTES = 10_000_000
SIGNS = "<&\n\r"
MOST_SIGNS = 2_000_000
"""At each of them expat hands over a piece of text."""

MOST_ELEMENTS = 300_000
MOST_ITEMS = 10_000
MOST_OF_A_KIND = 100
"""Authors or tags of one item."""

MOST_PREFIXES = 200

ITEMS = frozenset({"item", "entry"})

# feedparser's patterns for these take the square of their length, or it compares each with all others.
SHORT = frozenset({
    "author", "category", "contributor", "created", "creator", "credit", "date", "email", "expirationdate", "issued",
    "keywords", "lastbuilddate", "managingeditor", "modified", "name", "owner", "pubdate", "published", "publisher",
    "subject", "tags", "updated", "valid", "webmaster",
})  # fmt: skip
SHORTEST = 200
"""Characters."""

LONGEST_BLANK = 1_000
"""Characters; a shorter one stays."""

PREFIXES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}
"""What feeds mean by a prefix that they forgot to declare."""


def kind(text: str, name: str, roots: frozenset[str]) -> str:
    """Which of `roots` XML text has, or "". Raises ContentError where it declares entities."""
    start = _root(text, _past_prolog(text, name), roots)
    found = START.match(text, start) if start >= 0 else None
    return found[1].lower() if found else ""


def tree(text: str, name: str, roots: frozenset[str]) -> tuple[Element, tuple[Problem, ...]]:
    """XML text to its tree, pruned of what has no end, and what is to be told of it.

    `roots` are the names its root may have, in lower case. Raises ContentError
    where it declares entities, is another kind of file, or cannot be read.
    """
    start = _root(text, _past_prolog(text, name), roots)
    if start < 0:
        raise refusal(name, "is not a feed")
    if sum(text.count(sign, start) for sign in SIGNS) > MOST_SIGNS:
        raise refusal(name, f"has more than {MOST_SIGNS:,} tags, entities and lines")
    if len(set(re.findall(r"xmlns:([^\s=]{1,99})", text))) > MOST_PREFIXES:
        raise refusal(name, f"declares more than {MOST_PREFIXES} namespaces")
    # Lines stay what they are in the file.
    root, broken = xml("\n" * text.count("\n", 0, start) + _with_characters(text[start:]))
    if root is None:
        raise refusal(name, f"cannot be read: {broken}")
    notices = _pruned(root, name)
    if broken:
        message = f"is broken XML ({broken}); told is what could be read"
        notices = (*notices, Problem(path=name, message=message, level="warning"))
    return root, notices


def well_formed(root: Element, name: str) -> bytes:
    """A tree as XML that every parser takes. Raises ContentError."""
    data = to_xml(root)
    try:
        expat.ParserCreate(namespace_separator=" ").Parse(data, True)
    except expat.ExpatError as error:
        raise refusal(name, f"is XML too broken to read: {error}") from error
    return data


def refusal(name: str, message: str, hint: str = "") -> ContentError:
    return ContentError([Problem(path=name, message=message, hint=hint)])


# What stands before the root

BEFORE = re.compile(r"\ufeff|\s+|<\?.*?\?>|<!--.*?-->", re.S)
DOCTYPE = re.compile(
    r"""<!DOCTYPE(?>[^\[\]"'<>]+|"[^"]*"|'[^']*')*+(?:\[(?P<subset>(?>[^\]"'<]+|"[^"]*"|'[^']*'|<!--.*?-->|<)*+)\]\s*)?>""",
    re.S | re.I,
)
START = re.compile(r"<(?:[\w.-]{1,40}:)?([A-Za-z][\w.-]{0,40})(?=[\s/>])")


def _past_prolog(text: str, name: str) -> int:
    """Where the root may begin. Raises ContentError where entities are declared before that."""
    start = 0
    while found := BEFORE.match(text, start) or DOCTYPE.match(text, start):
        start = found.end()
    first = START.search(text, start)
    declared = re.search("<!ENTITY", text[: first.start() if first else None], re.I)
    if declared:
        line = text.count("\n", 0, declared.start()) + 1
        message = "declares entities of its own, as no feed needs and attacks do"
        hint = "do not read it, or take the DOCTYPE out of a copy"
        raise ContentError([Problem(path=name, line=line, message=message, hint=hint)])
    return start


def _root(text: str, start: int, roots: frozenset[str]) -> int:
    """Where the root begins, also behind what a server that failed printed first; -1 where there is none."""
    first = START.search(text, start)
    if not first or first[1].lower() == "html":
        return -1
    near = START.finditer(text, first.start(), first.start() + 20_000)
    return next((found.start() for found in near if found[1].lower() in roots), -1)


# What XML does not take

REFERENCE = re.compile(r"&(?!#\d{1,7};|#[xX][\dA-Fa-f]{1,6};|(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]{0,40};)?")
UNSPEAKABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _with_characters(text: str) -> str:
    """The entities of HTML as the characters they are, single ampersands as entities, characters XML forbids away."""
    parts, end = [], 0
    text = UNSPEAKABLE.sub("", text)
    while (start := text.find("<![CDATA[", end)) >= 0 and (stop := text.find("]]>", start)) >= 0:
        parts += [REFERENCE.sub(_character, text[end:start]), text[start : stop + 3]]
        end = stop + 3
    return "".join((*parts, REFERENCE.sub(_character, text[end:])))


def _character(found: re.Match[str]) -> str:
    return html5.get(found[1] or "") or f"&amp;{found[1] or ''}"


# What has no end


def _pruned(root: Element, name: str) -> tuple[Problem, ...]:
    """Take out what is too much; what is to be told of it."""
    elements = list(root.iter("*"))
    if len(elements) > MOST_ELEMENTS:
        raise refusal(name, f"has more than {MOST_ELEMENTS:,} elements")
    for element in elements:
        _declare(element)
        _close_up(element)
    if not _ration(elements):
        return ()
    message = f"has more than {MOST_ITEMS:,} articles; the first {MOST_ITEMS:,} are read"
    return (Problem(path=name, message=message, level="warning"),)


def _declare(element: Element) -> None:
    """Give an element the namespace that its prefix stands for, where the feed forgot to say."""
    if ":" in element.tag and not element.tag.startswith("{"):
        prefix, _, noun = element.tag.rpartition(":")
        spelled = re.search(r"[A-Za-z_][A-Za-z0-9_-]*", noun)
        element.tag = f"{{{PREFIXES.get(prefix, 'urn:undeclared')}}}{spelled[0] if spelled else 'x'}"
    for key in element.keys():  # noqa: SIM118 - an element iterates over its children
        if ":" in key and not key.startswith("{"):
            del element.attrib[key]


def _close_up(element: Element) -> None:
    """Without a long blank before its text, which feedparser takes away line by line, each time moving all the rest."""
    text = element.text
    if text and len(text) > LONGEST_BLANK and text[:LONGEST_BLANK].isspace():
        element.text = text.lstrip()


def _ration(elements: list[Element]) -> bool:
    """Shorten what must be short; whether there were too many items."""
    items, taken = 0, 0
    for element in elements:
        noun = local(element)
        items += noun in ITEMS
        taken = 0 if noun in ITEMS else taken + (noun in SHORT)
        if noun in SHORT:
            _shorten(element)
        if (noun in ITEMS and items > MOST_ITEMS) or (noun in SHORT and taken > MOST_OF_A_KIND):
            remove(element)
    return items > MOST_ITEMS


def _shorten(element: Element) -> None:
    for child in element:
        child.tail = None
    if element.text and len(element.text) > SHORTEST:
        element.text = element.text[:SHORTEST]


def local(element: Element) -> str:
    """An element's name without its namespace, in lower case."""
    return str(element.tag).rpartition("}")[2].lower()


def remove(element: Element) -> None:
    """Take an element out, and the text between it and the next."""
    element.getparent().remove(element)
