"""Whose text it is: the outlet's name, from what the text says of itself in passing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from broadsheet.capture.features import Reading

LARGE = "A-ZÀ-ÞА-Я0-9"
NAME = (
    rf"(?:[Tt]he )?[{LARGE}](?:[\w&'’-]|\.\w)*"
    rf"(?:(?: (?:of|and|&|de|du|des|do|da|das|dos|der|la|le|für)){{0,2}} [{LARGE}](?:[\w&-]|\.\w)*){{0,4}}"
)
YEARS = r"(?:(?:19|20)\d\d(?:\s?[-–]\s?(?:(?:19|20)\d\d|\d\d))?,?\s*)?"
STRONG, FAIR = 2, 1


class Sign(NamedTuple):
    """Evidence of one kind: what a line must hold to be looked at, what the name stands in, and what that weighs."""

    kind: str
    weight: int
    holds: str
    pattern: re.Pattern[str]


AROUND = (
    Sign(
        "copyright",
        STRONG,
        "©|(c)|(C)|opyright|OPYRIGHT",
        re.compile(
            rf"(?:©|\([cC]\)|[Cc]opyright|COPYRIGHT)\W{{0,4}}(?:[Cc]opyright\W{{1,4}})?{YEARS}(?:[Bb]y )?({NAME})"
        ),
    ),
    Sign(
        "call",
        FAIR,
        "ewsletter|lert|riefing|pdates|app|embership",
        re.compile(
            r"(?:[Ee]xplore|[Ss]ubscribe to|[Ss]ign up (?:for|to)|[Gg]et|[Jj]oin|[Rr]eceive)(?: the| our| all)? "
            rf"({NAME})['’]?s? (?:[\w-]+ ){{0,2}}(?:[Nn]ewsletters?|[Aa]lerts|[Bb]riefing|[Uu]pdates|app|membership)"
        ),
    ),
    Sign(
        "call",
        FAIR,
        "ubscribe to|upport|onate to|member of|bout|ollow|ore from|ore From|dvertise with",
        re.compile(
            r"(?:[Ss]ubscribe to|[Ss]upport|[Dd]onate to|[Bb]ecome a member of|[Aa]bout|[Ff]ollow|[Mm]ore [Ff]rom"
            rf"|[Aa]dvertise with) ({NAME})(?=$|[.!,:]| on | today| for )"
        ),
    ),
    Sign(
        "call",
        FAIR,
        "bonn|uscr|ssine|scriviti",
        re.compile(
            rf"^(?:Abonnieren Sie|Abonnez-vous à|S’abonner à|Suscríbete a|Assine(?: o| a)?|Iscriviti a) ({NAME})"
        ),
    ),
    Sign(
        "made",
        FAIR,
        "odified|llustrat|raphic|dited|omposite|rtwork",
        re.compile(
            r"(?:[Mm]odified|[Ii]llustrated|[Ii]llustration|[Gg]raphics?|[Ee]dited|[Cc]omposite|[Aa]rtwork)"
            rf" by ({NAME})$"
        ),
    ),
)
INSIDE = (
    Sign(
        "request",
        FAIR,
        "comment",
        re.compile(
            rf"({NAME})(?:['’]s?)? (?:requests?|inquiry|inquiries|queries|questions) for comment"
            rf"|[Rr]equests? for comment from ({NAME})"
        ),
    ),
    Sign(
        "told",
        FAIR,
        "told|tells|with|statement to|ed by|gegenüber|exclusively",
        re.compile(
            r"(?:told|tells|(?:interview|spoke|speaking|shared) with|statement to|reached by|contacted by|gegenüber"
            rf"|seen by|obtained by|exclusively to) ({NAME})"
        ),
    ),
)
"""What names an outlet around its stories, and inside them."""


LATER = re.compile(r"[\s.,]*(?:All [Rr]ights.*|Inc|LLC|Ltd|GmbH|Limited|Corp|Media Group|AG|SA)?[\s.,]*$")
NOBODY = frozenset(
    re.findall(
        r"\w+",
        "all the our this a an your us inc llc ltd copyright rights reserved gettyimages getty reuters ap afp"
        " associatedpress shutterstock facebook twitter instagram google apple linkedin youtube x newsletters"
        " newsletter daily morning allrights allrightsreserved googlenews",
    )
)
"""Folded names that are no outlet's, or of an agency that lends pictures."""
MOST_CHARACTERS = 2000


def outlet(readings: Sequence[Reading], chosen: Sequence[bool], *, title: str = "", name_hint: str = "") -> str:
    """The name that strong evidence, or evidence of two kinds, gives the outlet; "" where there is not as much."""
    kinds: dict[str, dict[str, int]] = defaultdict(dict)
    names: dict[str, str] = {}
    for kind, weight, name in _evidence(readings, chosen, title):
        kinds[_folded(name)][kind] = max(weight, kinds[_folded(name)].get(kind, 0))
        names.setdefault(_folded(name), name)
    hint = _folded(name_hint)
    ranked = sorted(
        (sum(found.values()) + (1 if len(folded) > 3 and folded in hint else 0), -len(folded), folded)
        for folded, found in kinds.items()
    )
    if not ranked or ranked[-1][0] < STRONG:
        return ""
    return names[ranked[-1][2]]


def _evidence(readings: Sequence[Reading], chosen: Sequence[bool], title: str) -> Iterator[tuple[str, int, str]]:
    around = [reading.line.text[:MOST_CHARACTERS] for reading, kept in zip(readings, chosen, strict=True) if not kept]
    inside = [reading.line.text[:MOST_CHARACTERS] for reading, kept in zip(readings, chosen, strict=True) if kept]
    yield from _named(around, AROUND)
    yield from _named(inside, INSIDE)
    for text in around if title else ():
        if name := _after_title(text, title):
            yield "title", STRONG, name


def _named(texts: Sequence[str], signs: Sequence[Sign]) -> Iterator[tuple[str, int, str]]:
    whole = "\n".join(texts)
    for sign in signs:
        held = [word for word in sign.holds.split("|") if word in whole]
        for text in texts if held else ():
            if any(word in text for word in held):
                yield from ((sign.kind, sign.weight, name) for name in _names(text, sign.pattern))


def _names(text: str, pattern: re.Pattern[str]) -> Iterator[str]:
    for found in pattern.finditer(text):
        if name := _name(next(filter(None, found.groups()), "")):
            yield name


def _after_title(text: str, title: str) -> str:
    """What a page's title adds to the headline: "Headline - Outlet"."""
    if not text.startswith(title) or len(text) > len(title) + 60:
        return ""
    added = re.fullmatch(r"\s+[-–—|·•»:]\s+(\S.*)", text[len(title) :])
    return _name(re.split(r"\s+[-–—|·•»]\s+", added[1])[-1]) if added else ""


def _name(found: str) -> str:
    name = LATER.sub("", re.sub(r"['’]s?$", "", found.strip(" .,;:-–—|")))
    name = re.sub(r"^(?:19|20)\d\d\s+|\s+(?:19|20)\d\d$|^the\s+", "", name)
    return "" if _folded(name) in NOBODY or len(name) < 3 or not any(map(str.isalpha, name)) else name


def _folded(name: str) -> str:
    return re.sub(r"\W+", "", name.casefold().removeprefix("the "))
