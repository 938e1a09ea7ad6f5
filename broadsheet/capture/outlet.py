"""Whose text it is: the outlet's name, from what the text says of itself in passing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from broadsheet.capture.features import Reading

NAME = r"(?:[Tt]he )?[A-ZÀ-ÞА-Я0-9][\w&.'’-]*(?: (?:of|and|&|de|du|des|der|la|le|für)(?= [A-ZÀ-Þ]))?(?: [A-ZÀ-ÞА-Я0-9][\w&.-]*){0,4}"

STRONG, FAIR = 2, 1
EVIDENCE: tuple[tuple[str, int, str, re.Pattern[str]], ...] = (
    (
        "copyright",
        STRONG,
        "around",
        re.compile(rf"(?:©|\([cC]\)|[Cc]opyright)\W{{0,4}}(?:[Cc]opyright\W+)?(?:(?:19|20)\d\d(?:\s?[-–]\s?(?:(?:19|20)\d\d|\d\d))?,?\s*)?(?:[Bb]y )?({NAME})"),
    ),
    (
        "newsletter",
        FAIR,
        "around",
        re.compile(rf"(?:[Ee]xplore|[Ss]ubscribe to|[Ss]ign up (?:for|to)|[Gg]et|[Jj]oin|[Rr]eceive)(?: the| our| all)? ({NAME})['’]?s? (?:[\w-]+ ){{0,2}}(?:[Nn]ewsletters?|[Aa]lerts|[Bb]riefing|[Uu]pdates|app|membership)"),
    ),
    ("newsletter", FAIR, "around", re.compile(rf"(?:[Ss]ubscribe to|[Ss]upport|[Dd]onate to|[Bb]ecome a member of|[Aa]bout|[Ff]ollow|[Mm]ore [Ff]rom|[Aa]dvertise with) ({NAME})(?=$|[.!,:]| on | today| for )")),
    ("newsletter", FAIR, "around", re.compile(rf"^(?:Abonnieren Sie|Abonnez-vous à|S’abonner à|Suscríbete a|Assine(?: o| a)?|Iscriviti a) ({NAME})")),
    (
        "request",
        FAIR,
        "story",
        re.compile(rf"({NAME})(?:['’]s?)? (?:requests?|inquiry|inquiries|queries|questions) for comment|[Rr]equests? for comment from ({NAME})"),
    ),
    (
        "told",
        FAIR,
        "story",
        re.compile(rf"(?:told|tells|(?:interview|spoke|speaking|shared) with|statement to|reached by|contacted by|gegenüber|seen by|obtained by|exclusively to) ({NAME})"),
    ),
    ("made", FAIR, "around", re.compile(rf"(?:[Mm]odified|[Ii]llustrated|[Ii]llustration|[Gg]raphics?|[Ee]dited|[Cc]omposite|[Aa]rtwork) by ({NAME})$")),
    ("self", FAIR, "story", re.compile(rf"(?:[Tt]his (?:article|story) (?:was )?(?:first |originally )?(?:appeared|published) (?:in|on|at|by)) ({NAME})")),
)
"""Kind, weight, where it may stand (in the story or around it), and what it looks like."""

LATER = re.compile(r"[\s.,]*(?:All [Rr]ights.*|Inc|LLC|Ltd|GmbH|Limited|Corp|Media Group|AG|SA)?[\s.,]*$")
NOBODY = frozenset(
    "all the our this a an your us inc llc ltd copyright rights reserved getty images getty reuters ap afp associated press"
    " shutterstock facebook twitter instagram google apple linkedin youtube x newsletters newsletter daily morning getty's"
    .split()
) | {"getty images", "associated press", "all rights", "all rights reserved", "google news"}


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
    for reading, kept in zip(readings, chosen, strict=True):
        text = reading.line.text
        for kind, weight, place, pattern in EVIDENCE:
            if (place == "story") == kept:
                for found in pattern.finditer(text[:2000]):
                    name = _name(next(filter(None, found.groups()), ""))
                    if name:
                        yield kind, weight, name
        if title and not kept and (name := _after_title(text, title)):
            yield "title", STRONG, name


def _after_title(text: str, title: str) -> str:
    """What a page's title adds to the headline: "Headline - Outlet"."""
    if not text.startswith(title) or len(text) > len(title) + 60:
        return ""
    added = re.fullmatch(r"\s+[-–—|·•»:]\s+(\S.*)", text[len(title) :])
    return _name(re.split(r"\s+[-–—|·•»]\s+", added[1])[-1]) if added else ""


def _name(found: str) -> str:
    name = LATER.sub("", re.sub(r"['’]s?$", "", found.strip(" .,;:-–—|")))
    name = re.sub(r"^(?:19|20)\d\d\s+", "", name)
    return "" if _folded(name) in NOBODY or len(name) < 3 or not any(map(str.isalpha, name)) else name


def _folded(name: str) -> str:
    return re.sub(r"\W+", "", name.casefold().removeprefix("the "))
