"""The names that stand near a page's headline, or sign its story."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import islice

from broadsheet.capture.dom import Element
from broadsheet.capture.heading import Heading, called, spoken, texts, until_story
from broadsheet.capture.people import BY, has_person, is_byline, is_signature, people
from broadsheet.capture.structured import plain

BEFORE = 30
"""Elements before the headline in which its byline is looked for."""

TOGETHER = 30
"""Elements between the links of one byline, at most."""

BYLINE = re.compile(
    r"by-?_?line|author|(?:^|[-_ ])(?:autor(?:en|es)?|auteur|writers?|reporter|contributor)(?:$|[-_ ]|s)", re.I
)
PROFILE = re.compile(
    r"/(?:authors?|autor(?:en|es|i|a)?|auteurs?|profiles?|profil|staff|contributors?|columnists?"
    r"|journalists?|reporters?|writers?|by|meet-the-team|team|redaktion|redaktoren|redazione|redakcja|firmas?"
    r"|redactor(?:es)?|byline|journalisten?|journalistes?|forfatter|skribent|auteur|[a-z]{2,6}reporter)/.",
    re.I,
)
"""In the address of a page about a person."""

JOINING = re.compile(
    r"[\W_]*(?:and|und|et|y|e|og|och|en|with|mit|avec|con|i|и|(?:\w+\s){0,2}(?:by|von|par|por|di|door|av|af))?[\W_]*",
    re.I,
)

Names = tuple[str, ...]
Find = Callable[[Sequence[Element], Collection[str]], Names]


def byline(head: Heading, site: Collection[str]) -> Names:
    """The names near the headline, from the element that most plainly is a byline."""
    near, above = tuple(until_story(head.after)), head.before[-BEFORE:]
    places = [(find, elements) for find in FINDERS for elements in (near, above)]
    places += [(find, head.after) for find in (_by_relation, _by_link, _by_class)]
    return next((names for find, elements in places if (names := find(elements, site))), ())


def signature(root: Element, site: Collection[str]) -> Names:
    """The names below a story, where its last lines say by whom it is."""
    lines = (spoken(element) for element in root.xpath("//p")[-40:])
    return next((people([line], site=site) for line in lines if is_signature(line)), ())


def _by_relation(elements: Sequence[Element], site: Collection[str]) -> Names:
    """From links and elements that HTML itself marks as naming an author."""
    marked = [one for one in elements if "author" in (*one.get("rel", "").split(), one.get("itemprop", ""))]
    return people(dict.fromkeys(_inner_name(one) for one in marked), site=site)


def _inner_name(element: Element) -> str:
    """The text of the element that holds the name alone, where one does."""
    inner = element.xpath(".//*[@itemprop='name']")
    if inner:
        return spoken(inner[0]) or plain(inner[0].get("content", ""))
    return spoken(element) or plain(element.get("content", ""))


def _by_link(elements: Sequence[Element], site: Collection[str]) -> Names:
    """From links that lead to pages about persons, as many as stand together."""
    found: dict[str, int] = {}
    for at, element in enumerate(elements):
        if found and (at - max(found.values()) > TOGETHER or (element.tag == "p" and len(spoken(element)) > 120)):
            break
        if element.tag == "a" and PROFILE.search(element.get("href", "")[:500]):
            text = spoken(element)
            if len(text) < 200 and has_person(people([text], site=site)):
                found[text] = at
    return people(found, site=site)


def _by_class(elements: Sequence[Element], site: Collection[str]) -> Names:
    """From elements that are called bylines."""
    found: Names = ()
    for element in elements:
        if BYLINE.search(called(element)) and 0 < len(spoken(element)) < 600:
            names = people(_first_names(element), site=site)
            if has_person(names):
                return names
            found = found or names
    return found


def _first_names(element: Element) -> Iterator[str]:
    """The first pieces of a text that name somebody, as far as nothing but "and" stands between them."""
    joined = True
    named = False
    for piece in islice((plain(text, 300) for text in texts(element) if text.strip()), 40):
        if JOINING.fullmatch(piece):
            joined = True
        elif people([piece]) and (joined or not named):
            yield piece
            named, joined = True, piece.rstrip().endswith((",", "and", "&", "und"))
        elif named:
            return


def _by_words(elements: Sequence[Element], site: Collection[str]) -> Names:
    """From a short text that begins with "By"."""
    for element in elements:
        begins = "".join(islice(texts(element), 6)).lstrip()[:40]
        if BY.match(f"{begins} .") and is_byline(text := spoken(element)) and (names := people([text], site=site)):
            return names
    return ()


FINDERS: tuple[Find, ...] = (_by_relation, _by_link, _by_class, _by_words)
