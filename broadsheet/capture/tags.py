"""A page's keywords, wherever it lists them, to tags that a reader would recognise."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import islice

from broadsheet.capture.dom import Element
from broadsheet.capture.heading import called, spoken
from broadsheet.capture.nouns import Found
from broadsheet.capture.structured import Structured, letters, named

MOST_TAGS, MOST_CHARACTERS = 30, 60
MOST_LINKS = 20
"""Links of one list; more are a menu."""

TAGGED = re.compile(
    r"/(?:tags?|topics?|them(?:a|en?|as)|temas?|keywords?|etiquetas?|stichwort|schlagwort|sujets?|temat|tagi|stitky|emne|amnen?"
    r"|labels?|argomenti|onderwerp(?:en)?|mot-cle)[/=-].|[?&]tag=",
    re.I,
)
LISTED = re.compile(
    r"(?:^|[-_ ])(?:tags?|topics?|keywords?|themen|temas|etiquetas|labels|stichworte)(?:$|[-_ ])|tags", re.I
)

KEYED = re.compile(r"([\w ]{2,25}): ?(?=\S)(.+)")
"""A tag that says what kind of a tag it is: "Subject: Energy", "Page Type: Article"."""

SUBJECTS = ("subject", "topic", "tag", "keyword", "category")
NO_SUBJECTS = {"", "news", "article", "articles", "story", "stories", "home", "homepage", "latest"}
MACHINE = re.compile(r"[@.$/\\]|\S*_\S*|[0-9a-f]{8}-[0-9a-f-]{20,}|.*\d{6,}|.*[<>{}=]")
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")
CODE = re.compile(r"[A-Z0-9:.-]{2,}")


def tags(root: Element, data: Structured, *, unwanted: Collection[str]) -> Found[tuple[str, ...]] | None:
    """The tags of the first source that has any, or of one that says the same and more.

    `unwanted` are names, as `letters` spells them, that are no subject: the site's, the authors'.
    """
    lists = ((_cleaned(values, unwanted), origin) for values, origin in _keywords(root, data))
    found = [Found(value=values, origin=origin) for values, origin in lists if values]
    if not found:
        return None
    best = found[0]
    for other in found[1:]:
        if _says_more(other.value, best.value):
            best = other
    return best


def _keywords(root: Element, data: Structured) -> Iterator[tuple[tuple[str, ...], str]]:
    yield _split(one for thing in data.articles[:2] for one in named(data, thing.get("keywords"))), "JSON-LD"
    yield _split(data.every("article:tag", "og:article:tag")), "OpenGraph"
    for name in ("news_keywords", "keywords", "parsely-tags", "sailthru.tags"):
        yield _split(data.every(name)), "meta"
    yield _split(_tag_links(root)), "tag links"


def _tag_links(root: Element) -> list[str]:
    """The texts of the first few links to tags that stand together in what is called a list of tags."""
    lists: dict[Element, list[str]] = {}
    for link in root.xpath("//a[@href][not(ancestor::nav or ancestor::header or ancestor::footer)]")[:5000]:
        if TAGGED.search(link.get("href", "")[:500]) or "tag" in link.get("rel", "").split():
            named = next((one for one in islice(link.iterancestors(), 4) if LISTED.search(called(one))), None)
            if named is not None:
                lists.setdefault(named, []).append(spoken(link))
    return next((texts for texts in lists.values() if len(texts) <= MOST_LINKS), [])


def _says_more(tags: tuple[str, ...], than: tuple[str, ...]) -> bool:
    """Whether one list holds all of another and more, or names apart what the other runs together."""
    there, here = {letters(tag) for tag in than}, {letters(tag) for tag in tags}
    if len(than) == 1 and len(tags) > 1:
        return sorted(_words(than)) == sorted(_words(tags))
    return len(there) > 1 and there < here and not any(SLUG.fullmatch(tag) for tag in tags)


def _words(tags: tuple[str, ...]) -> list[str]:
    return " ".join(tags).lower().split()


def _split(values: Iterable[str]) -> tuple[str, ...]:
    parts = (part.strip(" #\"'[]") for value in values for part in re.split(r"\s*[,;|]\s*", value))
    return tuple(part for part in parts if 1 < len(part) <= MOST_CHARACTERS)


def _cleaned(tags: tuple[str, ...], unwanted: Collection[str]) -> tuple[str, ...]:
    """Without what machines write for machines, what is unwanted, and what says the same again."""
    if len(tags) > 4 and sum(bool(CODE.fullmatch(tag)) for tag in tags) > 0.6 * len(tags):
        return ()
    found: dict[str, str] = {}
    for tag in _without_noise(_subjects(tags)):
        if not MACHINE.match(tag) and letters(tag) not in unwanted and letters(tag) not in NO_SUBJECTS:
            found.setdefault(letters(tag), tag)
    return tuple(found.values())[:MOST_TAGS]


def _subjects(tags: tuple[str, ...]) -> tuple[str, ...]:
    """Where tags say of which kind they are, those that are subjects."""
    keyed = [match for tag in tags if (match := KEYED.fullmatch(tag))]
    if len(keyed) < 2:
        return tags
    subjects = tuple(match[2] for match in keyed if match[1].strip().lower() in SUBJECTS)
    others = tuple(tag for tag in tags if not KEYED.fullmatch(tag))
    return subjects if len(keyed) > len(others) else (*others, *subjects)


def _without_noise(tags: tuple[str, ...]) -> tuple[str, ...]:
    """Without variations on "News" for search engines, where there are several."""
    noise = [tag for tag in tags if re.search(r"\bnews\b", tag, re.I)]
    return tuple(tag for tag in tags if tag not in noise) if len(noise) > 2 else tags
