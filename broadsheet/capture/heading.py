"""What stands around the headline of a page: the headline itself, standfirst, byline and dateline."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from broadsheet.capture.dom import Element
from broadsheet.capture.people import BY, has_person, is_byline, is_signature, people
from broadsheet.capture.structured import likeness, plain

BEFORE, AFTER = 60, 250
"""Elements before and after the headline in which its byline and date are looked for."""

PARAGRAPH = 240
"""Characters of a paragraph that is story and no standfirst any more."""

STANDFIRST = re.compile(
    r"(?:stand-?_?first|sub-?_?(?:head(?:line|ing)?|title|deck|tittel)|(?:^|[-_ ])(?:dek|deck|deks)(?:$|[-_ ])|lede"
    r"|(?:article|story|post|entry|content|news|page|single|header|headline|title|text|c)[-_]*(?:intro|lead|leadin"
    r"|summary|excerpt|description|desc|abstract|teaser|dek|deck|sapo)"
    r"|(?:^|[-_ ])(?:intro|lead|ingress|sapo|chapeau|chapo|entradilla|bajada|vorspann|lead-?in|summary|sommario"
    r"|catenaccio|occhiello|perex|anons|excerpt|tagline|synopsis|summar(?:y|ies))(?:$|[-_ ]))",
    re.I,
)
BYLINE = re.compile(
    r"by-?_?line|author|(?:^|[-_ ])(?:autor(?:en|es)?|auteur|writers?|reporter|contributor)(?:$|[-_ ]|s)", re.I
)
DATED = re.compile(r"date|time|publish|posted|byline|meta|stamp|fecha|datum", re.I)
OTHER = re.compile(
    r"comment(?!ary|ator)|disqus|caption|credit|related|recommend|newsletter|popular|trending|most-?_?(?:read|viewed)"
    r"|share|social|sidebar|ImageObject|breadcrumb|teaser-list|(?:^|[-_ ])ads?(?:$|[-_ ])|promo|paywall|cookie|gallery"
    r"|audio|video",
    re.I,
)
"""Names of what stands in an article's page and tells of something else."""

ELSEWHERE = {
    "nav", "footer", "script", "style", "noscript", "template", "select", "button", "form", "svg", "figure",
    "figcaption", "iframe", "picture", "video", "audio",
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
        return Heading()
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
    return bool(OTHER.search(f"{element.get('class', '')} {element.get('id', '')} {element.get('itemtype', '')}"))


def spoken(element: Element) -> str:
    """An element's text without what scripts and styles hold."""
    return plain("".join(_texts(element)))


READ = ".//text()[not(parent::script or parent::style or parent::noscript or parent::template)]"


def _texts(element: Element) -> Iterator[str]:
    length = 0
    for text in element.xpath(READ):
        yield f" {text} " if text.getparent() is not element and _is_block(text.getparent()) else text
        length += len(text)
        if length > 3000:
            return


def _is_block(element: Element) -> bool:
    return element.tag in ("div", "p", "li", "ul", "h1", "h2", "h3", "h4", "section", "time", "address", "br", "td")


def _fitness(element: Element, text: str, titles: Sequence[str], alone: float) -> float:
    """At least 1 where an element can be the headline: it reads like a title stated, or is the one h1 there is."""
    alike = max((likeness(text, title) for title in titles), default=0.0)
    if any(len(text) > 12 and text.lower() in title.lower() for title in titles):
        alike = max(alike, 0.8)
    sentence = len(text.split()) > 3
    if element.tag == "h2":
        return 1.4 * alike + 0.2 * sentence
    return 2 * alike + 0.3 + (0.2 + alone) * sentence


def standfirst(head: Heading) -> str:
    """The line below the headline that a class calls so, or that a heading right below it holds."""
    for element in _until_story(head.after):
        if element.get("itemprop") == "description" or STANDFIRST.search(_called(element)):
            text = spoken(element)
            if 25 < len(text) < 450 and len(text.split()) > 4 and "©" not in text and not is_byline(text):
                return text
    below = next((one for one in head.after[:6] if one.tag == "h2"), None)
    text = spoken(below) if below is not None else ""
    return text if 50 < len(text) < 300 else ""


def _until_story(elements: Sequence[Element]) -> Iterator[Element]:
    """The elements before the second paragraph of the story."""
    seen = 0
    for element in elements[:120]:
        if element.tag == "p" and len(spoken(element)) > PARAGRAPH:
            seen += 1
        if seen > 1:
            return
        yield element


def byline(head: Heading, site: Collection[str]) -> tuple[str, ...]:
    """The names near the headline, from the element that most plainly is a byline."""
    near = (*head.before, *_until_story(head.after))
    far = head.after
    finds = ((_by_relation, near), (_by_class, near), (_by_words, near), (_by_relation, far), (_by_class, far))
    return next((names for find, elements in finds if (names := find(elements, site))), ())


def _by_relation(elements: Sequence[Element], site: Collection[str]) -> tuple[str, ...]:
    """From links and elements that HTML itself marks as naming an author."""
    marked = [one for one in elements if "author" in (*one.get("rel", "").split(), one.get("itemprop", ""))]
    return people(dict.fromkeys(_inner_name(one) for one in marked), site=site)


def _inner_name(element: Element) -> str:
    """The text of the element that holds the name alone, where one does."""
    inner = element.xpath(".//*[@itemprop='name']")
    if inner:
        return spoken(inner[0]) or plain(inner[0].get("content", ""))
    return spoken(element) or plain(element.get("content", ""))


def _by_class(elements: Sequence[Element], site: Collection[str]) -> tuple[str, ...]:
    found: tuple[str, ...] = ()
    for element in elements:
        text = spoken(element) if BYLINE.search(_called(element)) else ""
        names = _names_in(element, text, site) if 0 < len(text) < 300 else ()
        if has_person(names):
            return names
        found = found or names
    return found


def signature(root: Element, site: Collection[str]) -> tuple[str, ...]:
    """The names below a story, where its last lines say by whom it is."""
    lines = (spoken(element) for element in root.xpath("//p")[-40:])
    return next((people([line], site=site) for line in lines if is_signature(line)), ())


def _called(element: Element) -> str:
    return f"{element.get('class', '')} {element.get('id', '')} {element.get('data-testid', '')}"


def _names_in(element: Element, text: str, site: Collection[str]) -> tuple[str, ...]:
    """Names that an element links, else those it reads."""
    links = [spoken(link) for link in element.iter("a")]
    names = people(dict.fromkeys(links), site=site) if links else ()
    return names if has_person(names) else people([text], site=site)


def _by_words(elements: Sequence[Element], site: Collection[str]) -> tuple[str, ...]:
    """From a short text that begins with "By"."""
    for element in elements:
        begins = "".join(islice(element.itertext(), 4)).lstrip()[:40]
        if BY.match(f"{begins} .") and is_byline(text := spoken(element)) and (names := people([text], site=site)):
            return names
    return ()


def dates(head: Heading) -> Iterator[str]:
    """What may be the date, the likeliest first: time elements, then texts of elements that a class calls dates."""
    around = (*head.after, *head.before)
    for element in around:
        if element.tag == "time":
            yield from (text for text in (element.get("datetime", ""), spoken(element)) if text)
    for element in (*head.before, *head.after):
        called = f"{_called(element)} {element.get('itemprop', '')}"
        if DATED.search(called) and len(text := spoken(element)) < 200:
            yield element.get("datetime") or element.get("content") or text


def tag_links(head: Heading) -> list[str]:
    """The texts of links that HTML marks as leading to a tag, where they are no menu."""
    links = [spoken(one) for one in (*head.before, *head.after) if "tag" in one.get("rel", "").split()]
    return links if len(links) < 15 else []
