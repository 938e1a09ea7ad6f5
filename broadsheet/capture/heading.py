"""The headline of a page, and what stands around it: standfirst and dateline."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from broadsheet.capture.dom import Element
from broadsheet.capture.lines import is_dense
from broadsheet.capture.people import is_byline
from broadsheet.capture.structured import likeness, plain

BEFORE, AFTER = 60, 250
"""Elements before and after the headline in which its byline and date are looked for."""

PARAGRAPH = 240
"""Characters of a paragraph that is story and no standfirst any more."""

LONGEST = 3000
MOST_PIECES = 800
"""Characters and pieces of an element's text that are looked at."""

SILENT = {"script", "style", "noscript", "template"}
STANDFIRST = re.compile(
    r"(?:stand-?_?first|sub-?_?(?:head(?:line|ing)?|title|deck|tittel)|(?:^|[-_ ])(?:dek|deck|deks)(?:$|[-_ ])|lede"
    r"|(?:article|story|post|entry|content|news|page|single|header|headline|title|text|c)[-_]*(?:intro|lead|leadin"
    r"|summary|excerpt|description|desc|abstract|teaser|dek|deck|sapo)"
    r"|(?:^|[-_ ])(?:intro|lead|ingress|sapo|chapeau|chapo|entradilla|bajada|vorspann|lead-?in|summary|sommario"
    r"|catenaccio|occhiello|perex|anons|excerpt|tagline|synopsis|summar(?:y|ies))(?:$|[-_ ]))",
    re.I,
)
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
UPDATED = re.compile(r"updat|modif|aktualisi|actualiz|mis à jour|aggiorna|gewijzigd|oppdatert|opdateret|senast", re.I)
PUBLISHED = re.compile(r"publi|posted|created|erschienen|veröffentlicht", re.I)
DATED = re.compile(r"date|time|publish|posted|byline|meta|stamp|fecha|datum", re.I)
OTHER = re.compile(
    r"comment(?!ary|ator)|disqus|caption|credit|related|recommend|newsletter|popular|trending|most-?_?(?:read|viewed)"
    r"|sidebar|ImageObject|breadcrumb|teaser-list|(?:^|[-_ ])(?:ads?|promo|gallery|audio|video)(?:$|[-_ ])|cookie",
    re.I,
)
"""Names of what stands in an article's page and tells of something else."""

ELSEWHERE = {
    "nav", "footer", "script", "style", "noscript", "template", "select", "form", "svg", "figure", "figcaption",
    "iframe", "picture", "video", "audio",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A page's headline (text "" where no element is one) and the elements around it, in document order."""

    text: str = ""
    before: tuple[Element, ...] = field(default=(), repr=False)
    after: tuple[Element, ...] = field(default=(), repr=False)


def heading(root: Element, titles: Sequence[str]) -> Heading:
    """The element that is the page's headline, judged by what the page says its title is."""
    candidates = [(element, spoken(element)) for element in root.xpath("//h1 | //h2")[:60]]
    alone = 0.5 if sum(one.tag == "h1" for one, _ in candidates) == 1 else 0.0
    fitting = [(_fitness(one, text, titles, alone), text, one) for one, text in candidates if 3 < len(text) < 400]
    fitness, text, element = max(fitting, key=lambda one: one[0], default=(0.0, "", None))
    if fitness < 1:
        text, element = "", next(iter(root.xpath("//article | //main | //*[@role='main'] | //body")), root)
    before, after = _around(root, element)
    return Heading(text=text, before=before, after=after)


def _around(root: Element, headline: Element) -> tuple[tuple[Element, ...], tuple[Element, ...]]:
    """The elements before and after the headline, without pictures, comments and all that leads elsewhere."""
    above = set(headline.iterancestors())
    before: deque[Element] = deque(maxlen=BEFORE)
    after: list[Element] = []
    outside: set[Element] = set()
    passed = False
    for element in root.iter():
        if element is headline:
            passed = True
        elif element.getparent() in outside or (element not in above and _is_elsewhere(element)):
            outside.add(element)
        elif passed:
            after.append(element)
            if len(after) == AFTER:
                break
        else:
            before.append(element)
    return tuple(before), tuple(after)


def _is_elsewhere(element: Element) -> bool:
    if not isinstance(element.tag, str) or element.tag in ELSEWHERE:
        return True
    return bool(OTHER.search(f"{called(element)} {element.get('itemtype', '')[:100]}"))


def spoken(element: Element) -> str:
    """An element's text without what scripts and styles hold, and without the end of what is very long."""
    return plain("".join(texts(element)), LONGEST)


def texts(element: Element) -> Iterator[str]:
    """An element's pieces of text in order, those of blocks set off by spaces."""
    length = 0
    for text in islice(_walk(element), MOST_PIECES):
        length += len(text)
        yield text
        if length > LONGEST:
            return


def _walk(element: Element) -> Iterator[str]:
    """Lazily, as an element may hold the whole of a large page."""
    yield element.text or ""
    ways = [(element, iter(element))]
    while ways:
        parent, children = ways[-1]
        child = next(children, None)
        if child is None:
            ways.pop()
            if ways:
                yield f" {parent.tail or ''}" if _is_block(parent) else parent.tail or ""
        elif child.tag in SILENT or not isinstance(child.tag, str):
            yield child.tail or ""
        else:
            yield f" {child.text or ''}" if _is_block(child) else child.text or ""
            ways.append((child, iter(child)))


def _is_block(element: Element) -> bool:
    return element.tag in ("div", "p", "li", "ul", "h1", "h2", "h3", "h4", "section", "time", "address", "br", "td")


def _fitness(element: Element, text: str, titles: Sequence[str], alone: float) -> float:
    """At least 1 where an element can be the headline: it reads like a title stated, or is the one h1 there is."""
    alike = max((likeness(text, title) for title in titles), default=0.0)
    dense = sum(map(is_dense, text))
    if any((len(text) > 12 or dense > 4) and text.lower() in title.lower() for title in titles):
        alike = max(alike, 0.8)
    sentence = len(text.split()) > 3 or dense > 6
    if element.tag == "h2":
        return 1.4 * alike + 0.2 * sentence
    return 2 * alike + 0.3 + (0.2 + alone) * sentence


def standfirst(head: Heading) -> str:
    """The line below the headline that a class calls so, or that a heading right below it holds."""
    for element in until_story(head.after):
        if element.get("itemprop") == "description" or STANDFIRST.search(called(element)):
            text = spoken(element)
            if 25 < len(text) < 450 and len(text.split()) > 4 and "©" not in text and not is_byline(text):
                return text
    below = next((one for one in head.after[:6] if one.tag == "h2"), None)
    text = spoken(below) if below is not None else ""
    return text if 50 < len(text) < 300 else ""


def until_story(elements: Sequence[Element]) -> Iterator[Element]:
    """The elements before the second paragraph of the story."""
    seen = 0
    for element in elements[:120]:
        if element.tag == "p" and len(spoken(element)) > PARAGRAPH:
            seen += 1
        if seen > 1:
            return
        yield element


def called(element: Element) -> str:
    """What an element's makers call it."""
    return " ".join(element.get(name, "")[:300] for name in ("class", "id", "data-testid"))


def near_dates(head: Heading) -> list[str]:
    """What may be the date, between the headline and the story or right above, the likeliest first."""
    near = (*until_story(head.after), *reversed(head.before[-30:]))
    words = ((one.text or "").strip() for one in near)
    return [*_dates(near), *(text for text in words if 7 < len(text) < 60 and YEAR.search(text))]


def far_dates(head: Heading) -> list[str]:
    """What may be the date, and as well that of another story."""
    return _dates(head.after)


def _dates(elements: Sequence[Element]) -> list[str]:
    """From time elements, then from those that are called so; what says "updated" last."""
    times = [element for element in elements if element.tag == "time"]
    others = [one for one in elements if DATED.search(f"{called(one)} {one.get('itemprop', '')}")]
    found = [(_is_update(element), text) for element in (*times, *others) for text in _dated(element)]
    return [text for _, text in sorted(found, key=lambda one: one[0])]


def _dated(element: Element) -> list[str]:
    text = spoken(element)
    stated = (element.get("datetime", ""), element.get("content", ""), text if len(text) < 200 else "")
    return [one for one in stated if one]


def _is_update(element: Element) -> bool:
    """Whether an element tells when a story was changed: it, or what stands right before it, says so."""
    parent = element.getparent()
    before = element.getprevious()
    told = (parent.text if before is None and parent is not None else before.tail if before is not None else "") or ""
    words = f"{called(element)} {element.get('itemprop', '')} {told[-40:]} {spoken(element)[:40]}"
    return bool(UPDATED.search(words)) and not PUBLISHED.search(words)
