"""What stands where authors are named, to their names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from broadsheet.capture.structured import letters, plain

MOST_AUTHORS = 20
MOST_CHARACTERS = 100
MOST_WORDS = 6

BY = re.compile(
    r"^\W*(?:(?:written|reported|posted|published|created|reviewed|submitted|edited|words|story|text|article|interview"
    r"|analysis|review|opinion|escrito|geschrieben|skrevet|publié|scritto|geschreven)\s+)?"
    r"(?:by|von|vom|par|por|di|da|door|af|av|od|przez|от|автор(?:ы|и)?|autor(?:e|es|in|ka|zy)?|author(?:s)?"
    r"|authored by|auteur(?:s)?|text|texte|texto|testo|tekst|words|foto e testo|redaktion:|作者|記者|文|撮影・文)"
    r"(?:\s*[:/|]\s*|\s+)(?=\S)",
    re.I,
)
"""The words before an author's name, in the languages of the field."""

BETWEEN = re.compile(
    r"\s*(?:[;|•·/\n\t]|,\s+(?:and|und|et|y|e|og|och|en|i|a)\s|,)\s*"
    r"|\s+(?:and|und|et|og|och|en|&|with|mit|avec|con|и|та|et al\.?)\s+(?=[^\W\d_a-z])"
    r"|\s+(?:y|e|i)\s+(?=[^\W\d_a-z]\S*\s[^\W\d_a-z])",
)
"""What stands between two names. One word after "y" belongs to the name: Ortega y Gasset."""

ENDS = re.compile(
    r"\s+(?:[-–—]|\()\s*.*$"
    r"|\s+(?:in|from|for|at|reports?|reporting|aus|para|pour|für|à|en)\s+(?:the\s+)?[A-ZÀ-Ž].*$"
    r"|\s+(?i:on|updated|published|posted|last updated|last modified|aktualisiert|stand|publicado|publié)\b.*$"
)
"""What follows a name: an outlet, a place, a role, a day."""

ROLES = re.compile(
    r"\b(?:staff writers?|staff reporters?|(?:senior |chief |political |lead |deputy |managing |contributing |guest )*"
    r"(?:reporters?|editors?|correspondents?|columnists?|contributors?|journalists?|writers?|producers?|authors?"
    r"|fellows?|analysts?|photographers?|critics?)|redakteure?(?:in)?|korrespondent(?:in)?|reporterin"
    r"|freier? (?:autor|journalist)(?:in)?|redactora?|corresponsal|journaliste|giornalista|journalistin?"
    r"|ph\.?d\.?|m\.?d\.?|ceo|cto|founder|coordinator|director|manager|president|professor)\b\.?",
    re.I,
)
CAPITALS = re.compile(r"((?:[^\W\d_a-z][^\W\d_a-z.'’-]+\s){1,3}[^\W\d_a-z][^\W\d_a-z.'’-]+)\s+[A-Z][a-z]")
"""A name in capitals before an outlet that is not."""

SURROUNDING = " \t,.;:-–—|•·()'‘’`\""
PARTICLES = {
    "a", "al", "ap", "ben", "bin", "bint", "da", "das", "de", "del", "della", "den", "der", "di", "do", "dos", "du",
    "el", "ibn", "la", "las", "le", "los", "o", "op", "ten", "ter", "van", "vom", "von", "y", "zu", "zum", "zur",
}  # fmt: skip
"""Small words that names may begin with."""

NOBODY = {
    "admin", "administrator", "author", "authors", "by", "contributor", "contributors", "editor", "editorial",
    "editors", "guest", "guestauthor", "root", "staff", "superuser", "unknown", "user", "webmaster", "none", "null",
    "undefined", "anonymous", "share", "follow", "and", "more", "bio", "readmore", "viewprofile", "webadmin",
    "siteadmin", "wpadmin", "noauthor", "na", "various", "others", "etal", "updated", "facebook", "twitter",
    "instagram", "linkedin", "email", "print", "comments", "redaktion", "redaction", "inc", "llc", "ltd",
    "multiplesources", "marketing", "event", "events", "communications", "content", "sales", "web", "digital",
    "socialmedia", "publicrelations", "opinion", "news", "home", "sponsored", "advertisement", "advertorial",
    "partner", "authorname", "test", "default", "me", "us", "nan", "false", "true", "object", "person",
}  # fmt: skip
"""What is written where a name was due, as `letters` spells it."""

NOT_IN_NAMES = re.compile(
    r"[\d@#<>{}\[\]=+*_\\^~?!:“”„«»…]|https?:|www\.|\.(?:com|org|net)/"
    r"|\b(?:is|are|was|were|has|have|will|can|this|that|your|our|their|his|her|more|about|read|share|view|sign|photo"
    r"|image|who|what|how|not|when)\b"
    r"|(?i:\b(?:the author|follow|updated|published|posted|minutes? ago|hours? ago|days? ago|min read|subscribe|click"
    r"|getty images|copyright|rights reserved|sponsored|commented|newsletter|comments|posts|profile|view all"
    r"|read more|more from|about us|log in|sign up|sign in|share this)\b)"
)
"""Lower case where the word is a name as well: Will, Read, More, April."""

ORGANISATIONS = re.compile(
    r"\b(?:staff|team|desk|newsroom|editors|editorial|news|press|agency|agencies|redaktion|redacción|redazione|rédaction"
    r"|redactie|redaktionen|reuters|afp|ap|dpa|efe|ansa|sda|apa|pti|ians|bbc|cnn|times|post|wire|service|network|media"
    r"|magazine|group|inc|university|institute|foundation|company|bureau|correspondents|agencias|agenturen|online"
    r"|security|journal|today|daily|weekly|bloomberg|associated|board|zeitung|blatt|kurier|presse|nachrichten|diario"
    r"|periódico|gazette|tribune|herald|chronicle|tv|radio|sources)\b",
    re.I,
)


def people(values: Iterable[str], *, site: Collection[str] = ()) -> tuple[str, ...]:
    """The names in what is given, each once, as they are written; the site's own only where nobody else is named.

    `site` are the site's names as `letters` spells them. Nothing is invented:
    what is no name is left out, and nobody is the answer to a sentence, a date
    or a profile's address.
    """
    names: dict[str, str] = {}
    for value in list(values)[:200]:
        for name in _named(plain(value, 1000)):
            names.setdefault(letters(name), name)
    others = [name for key, name in names.items() if key not in site]
    return tuple(others or names.values())[:MOST_AUTHORS]


def has_person(names: Iterable[str]) -> bool:
    """Whether any of these looks like a person rather than an agency, a desk or a company."""
    return any(_is_person(name) for name in names)


def _is_person(name: str) -> bool:
    return " " in name and not ORGANISATIONS.search(name)


def is_byline(text: str) -> bool:
    """Whether a line says by whom: it begins so, and ends soon."""
    return len(text) < 200 and bool(BY.match(text)) and bool(people([text]))


def is_signature(text: str) -> bool:
    """Whether a line is a name and the word before it, and nothing else: how some stories end."""
    return len(text) < 60 and text[:1].isupper() and is_byline(text) and has_person(people([text]))


def _named(text: str) -> Iterator[str]:
    """The names in one text. After a person come no outlets, roles and places; after an outlet only persons."""
    text = re.sub(r"\S+@\S+\.\w+\s*\(([^()]{1,99})\)", r"\1", text)
    text = re.sub(r"\(?\S*@\S+\)?|https?://\S+", " ", text)
    names = [_name(part or "") for part in BETWEEN.split(BY.sub("", text))]
    names = [name for name in names if _is_name(name)]
    yield from (name for name in names if name is names[0] or _is_person(name))


def _name(part: str) -> str:
    """A part of a byline without what surrounds the name; capitals only in an agency's short name."""
    part = BY.sub("", part.strip(SURROUNDING))
    if found := CAPITALS.match(part):
        part = found[1]
    part = ENDS.sub("", part)
    if ROLES.search(part) and not ORGANISATIONS.search(part):
        part = ROLES.sub("", part)
    part = part.strip(SURROUNDING.replace(".", ""))
    if part.isupper() and " " in part and len(part) > 6:
        return " ".join(map(_capitalised, part.split()))
    return part


def _capitalised(word: str) -> str:
    return re.sub(r"[^\W\d_]+", lambda match: match[0].capitalize(), word) if len(word) > 2 else word


def _is_name(name: str) -> bool:
    words = name.split()
    if not 1 <= len(words) <= MOST_WORDS or not 2 <= len(name) <= MOST_CHARACTERS or letters(name) in NOBODY:
        return False
    if NOT_IN_NAMES.search(name) or not any(char.isalpha() for char in name):
        return False
    if len(words) == 1:
        return not name.islower() or bool(ORGANISATIONS.search(name))
    return not words[0].islower() or (words[0] in PARTICLES and not name.islower())
